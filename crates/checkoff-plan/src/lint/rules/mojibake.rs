//! Text was read in the wrong encoding and saved.
//!
//! ## What it finds
//!
//! A line with letters that, taken back as Mac Roman or Windows-1252 bytes, are
//! UTF-8 for something else: `â†’` was `→`. The message shows what the line would
//! read.
//!
//! ## Why it matters
//!
//! ```markdown
//! ### âœ… Done
//! ```
//!
//! The list is hard to read, and programs that look for ✅ do not find it.
//! checkoff goes by the word and is not misled.
//!
//! ## How to fix it
//!
//! `--fix=mojibake` takes the letters back, line by line, and changes nothing
//! else. It is never done unasked: the file may quote such text on purpose.

use crate::document::Span;
use crate::edit::TextEdit;
use crate::lint::encoding::{WrongTable, damage};
use crate::lint::wording::short;
use crate::lint::{Consent, Context, Finding, Fix};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    if document.bytes.is_ascii() {
        return;
    }
    for number in 1..=document.lines.len() {
        let line = document.line_bytes(number);
        if line.is_ascii() {
            continue;
        }
        let Ok(text) = std::str::from_utf8(line) else { continue };
        let start = document.line_span(number).start;
        let read_as = |table| (table, damage(text, table));
        let letters = |found: &[(std::ops::Range<usize>, String)]| found.iter().map(|(_, was)| was.chars().count()).sum::<usize>();
        let mut candidates = WrongTable::ALL.map(read_as);
        // The table that explains more of the line; of two that explain as much, the first.
        candidates.sort_by_key(|(_, found)| std::cmp::Reverse(letters(found)));
        let [(table, found), _] = candidates;
        let Some((first, _)) = found.first() else { continue };
        let span = Span::new(start + first.start, start + first.end);
        let message = format!(
            "UTF-8 was read as {}; the line would read \"{}\"",
            table.name(),
            short(restored(text, &found).trim()),
        );
        let edits = found.iter().map(|(range, was)| {
            TextEdit::replace(Span::new(start + range.start, start + range.end), was.as_bytes())
        });
        let fix = Fix {
            title: "take the letters back".to_owned(),
            edits: edits.collect(),
            consent: Consent::Named("mojibake"),
        };
        findings.push(context.finding(span, message).with_fix(fix));
    }
}

fn restored(text: &str, found: &[(std::ops::Range<usize>, String)]) -> String {
    let mut restored = String::with_capacity(text.len());
    let mut at = 0;
    for (range, was) in found {
        restored.push_str(&text[at..range.start]);
        restored.push_str(was);
        at = range.end;
    }
    restored.push_str(&text[at..]);
    restored
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Plan â†’ Work\n\n- [ ] Donâ€™t panic — really\n", &[1, 3])
        .fixed("# Plan → Work\n\n- [ ] Don’t panic — really\n"),
    super::tests::Case::fires("# Board\n\n## \u{f8ff}üî¥ Blocked\n\n- [ ] One ‚Üí two\n", &[3, 5])
        .fixed("# Board\n\n## 🔴 Blocked\n\n- [ ] One → two\n"),
    super::tests::Case::quiet("# Plan → Work ✅\n\n- [ ] Café «état» déjà vu\n"),
];
