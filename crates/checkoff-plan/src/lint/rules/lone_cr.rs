//! A carriage return stands alone inside a line.
//!
//! ## What it finds
//!
//! A CR that no LF follows; each line once. It is text, not a line ending.
//!
//! ## Why it matters
//!
//! ```text
//! - [ ] Fix `.github\release.yml`
//! ```
//!
//! written by a program that took the `\r` of `\release.yml` for a carriage
//! return, shows as two lines in some editors and as one in others, so line
//! numbers differ. A file whose lines all end in CR is one single line.
//!
//! ## How to fix it
//!
//! Put in what was meant. Where the whole file uses CR as its line ending,
//! `--fix=eol` writes LF.

use crate::document::Span;
use crate::edit::TextEdit;
use crate::lint::{Consent, Context, Finding, Fix};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    if memchr::memchr(b'\r', &document.bytes).is_none() {
        return;
    }
    for number in 1..=document.lines.len() {
        let line = document.line_span(number);
        // What ends in CR LF has its CR outside the line.
        let Some(at) = memchr::memchr(b'\r', document.slice(line)) else { continue };
        let span = Span::new(line.start + at, line.start + at + 1);
        let finding = context.finding(span, "a carriage return inside the line".to_owned());
        findings.push(match old_mac(context) {
            Some(fix) => finding.with_fix(fix),
            None => finding,
        });
    }
}

/// LF for every CR of a file that has no LF at all.
fn old_mac(context: &Context<'_>) -> Option<Fix> {
    let bytes = &context.document().bytes;
    let returns: Vec<usize> = memchr::memchr_iter(b'\r', bytes).collect();
    if returns.len() < 2 || memchr::memchr(b'\n', bytes).is_some() {
        return None;
    }
    let edits = returns.into_iter().map(|at| TextEdit::replace(Span::new(at, at + 1), b"\n"));
    Some(Fix {
        title: "end the lines with LF".to_owned(),
        edits: edits.collect(),
        consent: Consent::Named("eol"),
    })
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::bytes(b"- [ ] One\n- [ ] Two .github\release.yml\n- [ ] Three\n", &[2]),
    super::tests::Case::bytes(b"- [ ] One\r- [ ] Two\r", &[1]).fixed("- [ ] One\n- [ ] Two\n"),
    super::tests::Case::bytes(b"- [ ] One\r\n- [ ] Two\r\n", &[]),
];
