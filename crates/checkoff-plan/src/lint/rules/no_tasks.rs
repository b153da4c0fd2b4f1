//! Nothing in the file was read as a task.
//!
//! ## What it finds
//!
//! A file without a single task.
//!
//! ## Why it matters
//!
//! ```markdown
//! # TODO
//! * write the parser
//! * write the tests
//! ```
//!
//! Bullets without boxes are prose, so nothing here can be run or checked off.
//! Perhaps the file is not a list, or it is one in a way that checkoff does not
//! know.
//!
//! ## How to fix it
//!
//! Put boxes before the bullets: `- [ ] write the parser`. If the dialect was
//! not recognised, name it: `--profile`, or `<!-- checkoff: profile=… -->` in the
//! first line.

use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if context.tasks().is_empty() {
        findings.push(context.finding(context.first_line(), "no tasks were found".to_owned()));
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# TODO\n\n* write the parser\n", &[1]),
    super::tests::Case::fires("", &[1]),
    super::tests::Case::quiet("# TODO\n\n* [ ] write the parser\n"),
];
