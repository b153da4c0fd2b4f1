//! Some boxes are checked with `x`, others with `X`.
//!
//! ## What it finds
//!
//! A file that has both. Reported once, for the file.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [X] T001 One
//! - [x] T002 Two
//! ```
//!
//! Both mean done. But a search for `[x]` misses half, and the difference shows
//! up in diffs.
//!
//! ## How to fix it
//!
//! Use one of the two; `--fix` changes the rarer one.

use crate::document::{CheckKind, Span};
use crate::edit::TextEdit;
use crate::lint::{Consent, Context, Finding, Fix};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    let tasks = document.tasks.iter().filter_map(|task| task.spans.mark);
    let checks = document.checks.iter().filter(|check| check.kind != CheckKind::Legend);
    let marks: Vec<Span> = tasks.chain(checks.map(|check| check.mark)).collect();
    let with = |mark: &[u8]| -> Vec<Span> {
        marks.iter().copied().filter(|span| document.slice(*span) == mark).collect()
    };
    let (small, large) = (with(b"x"), with(b"X"));
    if small.is_empty() || large.is_empty() {
        return;
    }
    let (rare, common) = if large.len() > small.len() { (&small, b'X') } else { (&large, b'x') };
    let mut rare = rare.clone();
    rare.sort();
    rare.dedup();
    let message = format!("`X` is used {} and `x` {}", times(large.len()), times(small.len()));
    let fix = Fix {
        title: format!("use `{}` everywhere", common as char),
        edits: rare.iter().map(|span| TextEdit::replace(*span, [common])).collect(),
        consent: Consent::Safe,
    };
    let related = context.place(rare[0]);
    findings.push(
        context.finding(context.first_line(), message).with_related(related, "the rarer one").with_fix(fix),
    );
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [X] One\n- [X] Two\n- [x] Three\n", &[1]).fixed("- [X] One\n- [X] Two\n- [X] Three\n"),
    super::tests::Case::quiet("- [x] One\n- [ ] Two\n- [x] Three\n\n```\n- [X] Four\n```\n"),
];
