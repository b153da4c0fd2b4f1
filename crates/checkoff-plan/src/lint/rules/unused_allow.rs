//! An `allow(…)` comment silences nothing.
//!
//! ## What it finds
//!
//! A rule named in `allow(…)` or `allow-file(…)` that has nothing to say at that
//! place. Rules that are switched off are not held against the comment.
//!
//! ## Why it matters
//!
//! ```markdown
//! <!-- checkoff: allow(duplicate-id) -->
//! - [ ] T051 Run the integration tests
//! ```
//!
//! Once the other T051 is gone, the comment hides the next one that comes.
//!
//! ## How to fix it
//!
//! Delete the name, or the comment.

use crate::lint::{Context, Finding};

/// Nothing: it can only speak when the comments were applied, see `lint/suppress.rs`.
pub(super) fn check(_context: &Context<'_>, _findings: &mut Vec<Finding>) {}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# List\n\n<!-- checkoff: allow(unknown-mark) -->\n- [ ] One\n- [?] Two\n", &[3])
        .beside("unknown-mark"),
    super::tests::Case::quiet("# List\n\n<!-- checkoff: allow(unknown-mark) -->\n- [?] One\n")
        .beside("unknown-mark"),
    super::tests::Case::quiet("# List\n\n<!-- checkoff: allow(unknown-mark) -->\n- [ ] One\n"),
];
