//! A dependency is stated in words that name no task.
//!
//! ## What it finds
//!
//! A dependency field or column with text in it, but no id: «SQL migrations»,
//! «backend team».
//!
//! ## Why it matters
//!
//! ```markdown
//! - **Dependencies**: SQL migrations, Redis running
//! ```
//!
//! Nothing waits for it, because nobody can tell which task it is.
//!
//! ## How to fix it
//!
//! Add the id of the task: «SQL migrations (TASK-001)». What is no task at all is
//! better said in the description.

use crate::document::OddityKind;
use crate::lint::wording::short;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    context.report_oddities(OddityKind::UnreadDependency, findings, |oddity| {
        format!("the dependency \"{}\" names no task", short(oddity.detail.trim()))
    });
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Tasks\n\n- [ ] T001 One\n  - depends on: the other team\n", &[4]),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n  - depends on: none\n- [ ] T002 Two\n  - depends on: T001\n"),
];
