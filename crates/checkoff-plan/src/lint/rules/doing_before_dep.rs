//! A task is in progress although something it depends on is open.
//!
//! ## What it finds
//!
//! A task that somebody works on and that names, at the task itself, a
//! dependency that is neither done nor cancelled.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T004 Agree on the schema
//! - [~] T010 Write the migration (depends on T004)
//! ```
//!
//! Work has begun on ground that may still move.
//!
//! ## How to fix it
//!
//! Do the dependency first, or check it if it is done, or delete it if the work
//! does not need it.

use crate::document::State;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let tasks = context.tasks();
    for (index, task) in tasks.iter().enumerate().filter(|(_, task)| task.state == State::Doing) {
        let stated = context.graph().dependencies_of(index);
        let open = stated.iter().find(|stated| {
            // A parent in progress because of its own subtasks waits for nothing outside.
            !stated.optional && stated.on != index && context.is_open(stated.on)
        });
        if let Some(dependency) = open {
            let on = tasks[dependency.on].name();
            let message = format!("{} is in progress but {on} is open", task.name());
            findings.push(
                context
                    .task_finding(index, message)
                    .with_related(context.place(dependency.span), "the dependency is stated here"),
            );
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Tasks\n\n- [ ] T001 One\n- [~] T002 Two (depends on T001)\n", &[4]),
    super::tests::Case::quiet("# Tasks\n\n- [x] T001 One\n- [~] T002 Two (depends on T001)\n"),
];
