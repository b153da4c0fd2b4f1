//! A task depends on the task it is part of.
//!
//! ## What it finds
//!
//! A subtask that names its own parent, or a parent's parent, as a dependency.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] 2 Build the API
//!   - [ ] 2.1 Routes (depends on 2)
//! ```
//!
//! A parent is closed after its subtasks, so the two wait for each other.
//!
//! ## How to fix it
//!
//! Delete the dependency: a subtask belongs to its parent anyway. If another
//! task was meant, name that one.

use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let tasks = context.tasks();
    for dependency in context.graph().dependencies() {
        let above = |task: &usize| tasks[*task].parent.filter(|parent| parent < task);
        let mut ancestors = std::iter::successors(above(&dependency.task), above);
        if ancestors.any(|ancestor| ancestor == dependency.on) {
            let (task, on) = (tasks[dependency.task].name(), tasks[dependency.on].name());
            let message = format!("{task} depends on {on}, which it is part of");
            findings.push(
                context
                    .task_finding(dependency.task, message)
                    .with_related(context.place(dependency.span), "stated here"),
            );
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Tasks\n\n- [ ] T001 One\n  - [ ] T002 Two (depends on T001)\n", &[4]),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two (depends on T001)\n"),
];
