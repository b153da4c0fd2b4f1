//! An `allow(…)` comment names no rule.
//!
//! ## What it finds
//!
//! A name in `allow(…)` or `allow-file(…)` that is neither a rule nor the first
//! words of some.
//!
//! ## Why it matters
//!
//! ```markdown
//! <!-- checkoff: allow(duplicate-ids) -->
//! ```
//!
//! The rule is called `duplicate-id` and goes on speaking.
//!
//! ## How to fix it
//!
//! Write the name that is suggested; `checkoff explain` lists all.

use crate::lint::config::{is_known, suggest};
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for allow in &context.document().allows {
        for pattern in allow.rules.iter().filter(|pattern| !is_known(pattern)) {
            let finding = context.finding(allow.span, format!("there is no rule `{pattern}`"));
            findings.push(match suggest(pattern) {
                Some(name) => finding.with_help(format!("did you mean `{name}`?")),
                None => finding,
            });
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("<!-- checkoff: allow(duplicate-ids) -->\n- [ ] One\n", &[1]),
    super::tests::Case::quiet("<!-- checkoff: allow(duplicate-id, parallel) -->\n- [ ] One\n"),
];
