//! A row of a task table is empty.
//!
//! ## What it finds
//!
//! A row between tasks whose cells hold nothing, or dashes.
//!
//! ## Why it matters
//!
//! ```markdown
//! | 3 | Export | 1 |
//! | — | —      | — |
//! ```
//!
//! A row was prepared and forgotten, or its task was deleted by half.
//!
//! ## How to fix it
//!
//! Fill it in or delete it.

use crate::document::OddityKind;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    context.report_oddities(OddityKind::EmptyTableRow, findings, |_| "the row is empty".to_owned());
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "| # | Task | Depends | Done |\n|---|---|---|---|\n| 1 | One | - | [ ] |\n| — | — | — | — |\n| 2 | Two | 1 | [ ] |\n",
        &[4],
    ),
    super::tests::Case::quiet(
        "| # | Task | Depends | Done |\n|---|---|---|---|\n| 1 | One | - | [ ] |\n| 2 | Two | 1 | [ ] |\n",
    ),
];
