//! The file is not UTF-8.
//!
//! ## What it finds
//!
//! Bytes that are no UTF-8. Reported once, for the file; the first such place is
//! shown.
//!
//! ## Why it matters
//!
//! A file saved as Latin-1 or UTF-16 shows wrong letters on every page that
//! expects UTF-8, and its words cannot be searched for. checkoff reads what it
//! can and keeps every byte.
//!
//! ```text
//! Caf\xE9
//! ```
//!
//! ## How to fix it
//!
//! Save the file as UTF-8 in an editor that shows the letters right:
//! `iconv -f LATIN1 -t UTF-8` where it was Latin-1. Which encoding it was, the
//! bytes do not say.

use crate::document::Span;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Err(error) = std::str::from_utf8(&context.document().bytes) else { return };
    let start = error.valid_up_to();
    let length = error.error_len().unwrap_or(context.document().bytes.len() - start);
    let bad = context.place(Span::new(start, start + length));
    let byte = context.document().bytes[start];
    let message = format!("the file is not UTF-8 (byte 0x{byte:02X} at line {})", bad.line);
    findings.push(context.finding(context.first_line(), message).with_related(bad, "the first bad byte"));
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::bytes(b"- [ ] Caf\xE9\n- [ ] Bar\n", &[1]),
    super::tests::Case::bytes(b"- [ ] One\n- [ ] Two \xC3\x28\n", &[1]),
    super::tests::Case::quiet("- [ ] Café\n"),
];
