//! A comment is never closed.
//!
//! ## What it finds
//!
//! `<!--` at the start of a line without a `-->` before the end of the file.
//!
//! ## Why it matters
//!
//! ```markdown
//! <!-- later
//! - [ ] T002 Build
//! ```
//!
//! Everything after it is hidden on the page and not read as tasks.
//!
//! ## How to fix it
//!
//! Close it with `-->`.

use crate::document::OddityKind;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    context.report_oddities(OddityKind::UnclosedComment, findings, |_| {
        "the comment is never closed; what follows is not read as tasks".to_owned()
    });
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] One\n\n<!-- later\n\n- [ ] Two\n", &[3]),
    super::tests::Case::quiet("- [ ] One\n\n<!-- later -->\n\n- [ ] Two\n"),
];
