//! A comment for checkoff says nothing that checkoff knows.
//!
//! ## What it finds
//!
//! `<!-- checkoff: … -->` with anything but `profile=`, `allow(…)` and
//! `allow-file(…)`, or with a profile that does not exist.
//!
//! ## Why it matters
//!
//! ```markdown
//! <!-- checkoff: alow(bom) -->
//! ```
//!
//! It is taken for a comment, and the rule goes on speaking.
//!
//! ## How to fix it
//!
//! Correct the word.

use crate::document::OddityKind;
use crate::lint::wording::short;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    context.report_oddities(OddityKind::UnknownDirective, findings, |oddity| {
        format!("`{}` means nothing to checkoff", short(oddity.detail.trim()))
    });
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("<!-- checkoff: alow(bom) -->\n\n- [ ] One\n", &[1]),
    super::tests::Case::quiet("<!-- checkoff: profile=nested -->\n<!-- checkoff: allow-file(bom) -->\n\n- [ ] One\n"),
];
