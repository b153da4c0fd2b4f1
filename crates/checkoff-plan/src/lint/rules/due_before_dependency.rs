//! A task is due before something it depends on.
//!
//! ## What it finds
//!
//! Two open tasks with dates, where the one that waits is due first.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] Write the release notes 🆔 notes 📅 2026-03-20
//! - [ ] Publish ⛔ notes 📅 2026-03-15
//! ```
//!
//! One of the two dates cannot be kept.
//!
//! ## How to fix it
//!
//! Move one of the dates, or delete the dependency.

use crate::lint::dates::Date;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let tasks = context.tasks();
    let due = |task: usize| tasks[task].due.as_deref().and_then(Date::parse);
    for dependency in context.graph().dependencies() {
        let open = context.is_open(dependency.task) && context.is_open(dependency.on);
        let (Some(own), Some(needed)) = (due(dependency.task), due(dependency.on)) else { continue };
        if open && own < needed {
            let (task, on) = (tasks[dependency.task].name(), tasks[dependency.on].name());
            let message = format!("{task} is due on {own}, before {on} on {needed}, which it depends on");
            findings.push(
                context
                    .task_finding(dependency.task, message)
                    .with_related(context.task_place(dependency.on), format!("due on {needed}")),
            );
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "- [ ] #task Write notes 🆔 notes 📅 2026-03-20\n- [ ] #task Publish ⛔ notes 📅 2026-03-15\n",
        &[2],
    ),
    super::tests::Case::quiet(
        "- [ ] #task Write notes 🆔 notes 📅 2026-03-10\n- [ ] #task Publish ⛔ notes 📅 2026-03-15\n",
    ),
];
