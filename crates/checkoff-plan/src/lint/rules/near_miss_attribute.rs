//! A bullet under a task is nearly a setting.
//!
//! ## What it finds
//!
//! `- key: value` under a task where the key is one letter away from one that
//! checkoff knows: `retires`, `time out`, `need`.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T010 Flaky download
//!   - retires: 3
//! ```
//!
//! An unknown key is prose and does nothing, without a word. Here the task would
//! be tried once.
//!
//! ## How to fix it
//!
//! Write the key that is suggested. If it is prose, leave out the colon or
//! silence the rule.

use crate::document::OddityKind;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    for oddity in document.oddities.iter().filter(|oddity| oddity.kind == OddityKind::NearMissAttribute) {
        let written = document.text(oddity.span);
        let message = format!("`{}` is not a setting and does nothing", written.trim());
        let help = format!("did you mean `{}`?", oddity.detail);
        findings.push(context.finding(oddity.span, message).with_help(help));
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] One\n  - run: `make`\n  - retires: 3\n", &[3]),
    super::tests::Case::quiet("- [ ] One\n  - run: `make`\n  - retry: 3\n  - note: be careful\n"),
];
