//! Front matter is never closed.
//!
//! ## What it finds
//!
//! A file that begins with `---` and keys, without a second `---`.
//!
//! ## Why it matters
//!
//! ```markdown
//! ---
//! status: open
//!
//! # Tasks
//! ```
//!
//! The keys are then no keys: no status, no dependencies.
//!
//! ## How to fix it
//!
//! Put `---` on a line of its own after the last key.

use crate::document::OddityKind;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    context.report_oddities(OddityKind::UnclosedFrontMatter, findings, |_| {
        "the front matter is never closed".to_owned()
    });
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("---\nstatus: open\nid: one\n\n# Tasks\n\n- [ ] One\n", &[1]),
    super::tests::Case::quiet("---\nstatus: open\nid: one\n---\n\n# Tasks\n\n- [ ] One\n"),
];
