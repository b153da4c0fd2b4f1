//! A task depends on itself.
//!
//! ## What it finds
//!
//! A task that names its own id among its dependencies.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T010 Build the API (depends on T009, T010)
//! ```
//!
//! It waits for its own end and never starts.
//!
//! ## How to fix it
//!
//! Delete the id, or put in the one that was meant, which is often the one
//! before.

use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for task in 0..context.tasks().len() {
        let own = context.graph().dependencies_of(task).iter().find(|dependency| dependency.on == task);
        if let Some(dependency) = own {
            let message = format!("{} depends on itself", context.tasks()[task].name());
            findings.push(
                context
                    .task_finding(task, message)
                    .with_related(context.place(dependency.span), "stated here"),
            );
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two (depends on T001, T002)\n", &[4]),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two (depends on T001)\n"),
];
