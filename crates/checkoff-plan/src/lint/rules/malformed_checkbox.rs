//! A box is not written as Markdown knows it.
//!
//! ## What it finds
//!
//! `[ x ]`, `[x ]`, `[]`, `-[ ]`, a box whose text follows without a blank.
//! checkoff reads such a line as a task; Markdown viewers show it as text.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [] Write the tests
//! -[ ] Run them
//! ```
//!
//! Neither shows a box on a page, and other tools do not count them.
//!
//! ## How to fix it
//!
//! Write `- [ ]` or `- [x]`, which is what `--fix` does.

use crate::document::{Oddity, OddityKind, Span};
use crate::edit::TextEdit;
use crate::lint::{Consent, Context, Finding, Fix};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    for oddity in document.oddities.iter().filter(|oddity| oddity.kind == OddityKind::MalformedCheckbox) {
        let written = document.text(oddity.span).trim().to_owned();
        let finding = context.finding(oddity.span, format!("`{written}` is not a checkbox"));
        findings.push(match well_formed(context, oddity) {
            Some(fix) => finding.with_fix(fix),
            None => finding,
        });
    }
}

/// Puts `- [c] ` where the bullet and the bracket group are.
fn well_formed(context: &Context<'_>, oddity: &Oddity) -> Option<Fix> {
    let document = context.document();
    let line = document.line_span(oddity.line);
    let text = document.line_bytes(oddity.line);
    let open = memchr::memchr(b'[', text)?;
    let close = open + memchr::memchr(b']', &text[open..])?;
    let inside = text[open + 1..close].trim_ascii();
    let mark = match inside {
        [] => b' ',
        [mark] => *mark,
        _ => return None,
    };
    let mut group = Vec::with_capacity(5);
    let before = text[..open].last();
    if before.is_some_and(|byte| !matches!(byte, b' ' | b'\t' | b'>')) {
        group.push(b' ');
    }
    group.extend([b'[', mark, b']']);
    if text.get(close + 1).is_some_and(|byte| !matches!(byte, b' ' | b'\t')) {
        group.push(b' ');
    }
    let title = format!("write `{}`", String::from_utf8_lossy(group.trim_ascii()));
    let span = Span::new(line.start + open, line.start + close + 1);
    Some(Fix { title, edits: vec![TextEdit::replace(span, group)], consent: Consent::Safe })
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] One\n- [x ] Two\n- [] Three\n-[ ] Four\n- [ x ] Five\n", &[2, 3, 4, 5])
        .fixed("- [ ] One\n- [x] Two\n- [ ] Three\n- [ ] Four\n- [x] Five\n"),
    super::tests::Case::quiet("- [ ] One\n- [x] Two\n- [link](http://x)\n- [P] means parallel\n"),
];
