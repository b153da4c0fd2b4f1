//! A code fence is never closed.
//!
//! ## What it finds
//!
//! A line of three or more backticks or tildes that opens code, without one that
//! closes it before the end of the file.
//!
//! ## Why it matters
//!
//! ~~~markdown
//! ```bash
//! make test
//!
//! - [ ] T002 Build
//! ~~~
//!
//! Everything after it is code and not a task, down to the end of the file.
//!
//! ## How to fix it
//!
//! Close it. The closing line must be at least as long as the opening one and
//! hold nothing else.

use crate::document::OddityKind;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    context.report_oddities(OddityKind::UnclosedFence, findings, |_| {
        "the code fence is never closed; what follows is not read as tasks".to_owned()
    });
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] One\n\n```bash\nmake\n\n- [ ] Two\n", &[3]),
    super::tests::Case::quiet("- [ ] One\n\n```bash\nmake\n```\n\n- [ ] Two\n"),
];
