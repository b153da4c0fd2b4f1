//! An open task depends on one that was cancelled.
//!
//! ## What it finds
//!
//! A task that still has to be done and names, as a dependency, a task that was
//! dropped, skipped or superseded.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [-] T004 Generate the client (dropped)
//! - [ ] T010 Call the client (depends on T004)
//! ```
//!
//! A cancelled task counts as closed, so T010 may start, without what it needs.
//!
//! ## How to fix it
//!
//! Cancel the task too, or replace the dependency by what took its place, or
//! delete it if it is no longer needed. `T004?` says that it may be missing.

use crate::document::State;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let tasks = context.tasks();
    for dependency in context.graph().dependencies().iter().filter(|stated| !stated.optional) {
        let (task, on) = (&tasks[dependency.task], &tasks[dependency.on]);
        if context.is_open(dependency.task) && on.state == State::Cancelled {
            let message = format!("{} depends on {}, which was cancelled", task.name(), on.name());
            findings.push(
                context
                    .task_finding(dependency.task, message)
                    .with_related(context.task_place(dependency.on), "cancelled here"),
            );
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Tasks\n\n- [-] T001 One\n- [ ] T002 Two (depends on T001)\n", &[4]),
    super::tests::Case::quiet("# Tasks\n\n- [-] T001 One\n- [x] T002 Two (depends on T001)\n"),
];
