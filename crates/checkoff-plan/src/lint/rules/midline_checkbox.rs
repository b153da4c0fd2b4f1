//! A box stands in the middle of a line.
//!
//! ## What it finds
//!
//! `- [ ]` or `- [x]` after other text of a paragraph. It is not read as a task.
//!
//! ## Why it matters
//!
//! ```markdown
//! **Prerequisites**: plan.md - [ ] T001 Create the project
//! ```
//!
//! A line break was lost, perhaps in a merge, and with it a task.
//!
//! ## How to fix it
//!
//! Put the box on a line of its own.

use crate::document::OddityKind;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    context.report_oddities(OddityKind::MidlineCheckbox, findings, |_| {
        "a box in the middle of a line is not a task".to_owned()
    });
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Tasks\n\nPrerequisites: plan.md - [ ] T001 Create the project\n- [ ] T002 Two\n", &[3]),
    super::tests::Case::quiet("# Tasks\n\nWrite `- [ ]` for an open task.\n\n- [ ] T002 Two\n"),
];
