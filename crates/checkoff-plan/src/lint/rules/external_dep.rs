//! A task depends on a task of another file.
//!
//! ## What it finds
//!
//! A dependency on an id that this file does not have and that looks like one of
//! another file: each task has its own file, or the id has another shape than
//! the ids here. When both files are checked together it is looked up, and only
//! what is found nowhere is reported.
//!
//! ## Why it matters
//!
//! ```markdown
//! ---
//! id: task-29.2
//! dependencies: [task-29.1]
//! ---
//! ```
//!
//! Checked alone, nothing can be said about task-29.1: not whether it exists and
//! not whether it is done.
//!
//! ## How to fix it
//!
//! Check the folder instead of the file: `checkoff check backlog/`.

use super::dangling_dep::is_external;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for &(task, reference) in context.graph().unresolved() {
        let reference = &context.tasks()[task].depends_on[reference];
        let external = is_external(context, &reference.id, reference.source);
        if !external || context.is_elsewhere(reference) {
            continue;
        }
        let message = format!(
            "{} depends on {}, which is not in this file",
            context.tasks()[task].name(),
            reference.id
        );
        findings.push(
            context
                .task_finding(task, message)
                .with_related(context.place(reference.span), "stated here"),
        );
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "---\nid: task-29.2\ntitle: Fold\nstatus: To Do\nlabels: []\ndependencies:\n  - task-29.1\n---\n",
        &[1],
    )
    .at("backlog/tasks/task-29.2.md"),
    super::tests::Case::fires("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two (depends on WEB-4)\n", &[4]),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two (depends on T001)\n"),
];
