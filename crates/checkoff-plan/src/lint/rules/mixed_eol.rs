//! Some lines end in LF, others in CR LF.
//!
//! ## What it finds
//!
//! A file that has both. Reported once, for the file.
//!
//! ## Why it matters
//!
//! Every editor that settles on one of the two rewrites the other lines, and the
//! diff of a one-word change covers the whole file. checkoff keeps each line as
//! it is.
//!
//! ```text
//! - [ ] One\n
//! - [ ] Two\r\n
//! ```
//!
//! ## How to fix it
//!
//! `--fix=eol` gives every line the ending that most have. Then let
//! `.gitattributes` or `.editorconfig` keep it so.

use crate::document::{Eol, Span};
use crate::edit::TextEdit;
use crate::lint::wording::counted;
use crate::lint::{Consent, Context, Finding, Fix};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    if document.encoding.eol != Eol::Mixed {
        return;
    }
    let bytes = &document.bytes;
    let (long, short): (Vec<usize>, Vec<usize>) =
        memchr::memchr_iter(b'\n', bytes).partition(|at| *at > 0 && bytes[at - 1] == b'\r');
    let message = format!("{} of CR LF and {} of LF", counted(long.len(), "line ending"), short.len());
    let (name, edits, first): (&str, Vec<TextEdit>, Option<usize>) = if long.len() > short.len() {
        let edits = short.iter().map(|at| TextEdit::insert(*at, b"\r".as_slice()));
        ("CR LF", edits.collect(), short.first().copied())
    } else {
        let edits = long.iter().map(|at| TextEdit::delete(Span::new(at - 1, *at)));
        ("LF", edits.collect(), long.first().copied())
    };
    let fix = Fix { title: format!("end every line with {name}"), edits, consent: Consent::Named("eol") };
    let finding = context.finding(context.first_line(), message).with_fix(fix);
    findings.push(match first {
        Some(at) => finding.with_related(context.place(Span::new(at, at)), "the rarer one"),
        None => finding,
    });
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::bytes(b"- [ ] One\n- [ ] Two\r\n- [ ] Three\n", &[1]).fixed("- [ ] One\n- [ ] Two\n- [ ] Three\n"),
    super::tests::Case::bytes(b"- [ ] One\r\n- [ ] Two\r\n- [ ] Three\n", &[1]).fixed("- [ ] One\r\n- [ ] Two\r\n- [ ] Three\r\n"),
    super::tests::Case::bytes(b"- [ ] One\r\n- [ ] Two\r\n", &[]),
];
