//! An id or a path holds a letter that only looks right.
//!
//! ## What it finds
//!
//! In ids, dependencies and paths: hyphens that are not `-` (U+2010, U+2011,
//! U+2212), blanks that are not blanks (U+00A0, U+2009, U+202F), letters of no
//! width (U+200B, U+FEFF, U+00AD), and Cyrillic or Greek letters among Latin
//! ones.
//!
//! ## Why it matters
//!
//! ```text
//! - [ ] T010 Write docs/read‑me.md
//! ```
//!
//! Here the hyphen is U+2011, as word processors and chat windows put it. The
//! file is not found, and a search for it finds nothing.
//!
//! ## How to fix it
//!
//! Type the letter anew. `--fix=lookalikes` puts the plain hyphen or blank and
//! drops what has no width.

use crate::document::Span;
use crate::edit::TextEdit;
use crate::lint::wording::short;
use crate::lint::{Consent, Context, Finding, Fix};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    if document.bytes.is_ascii() {
        return;
    }
    for task in &document.tasks {
        let ids = task.spans.id.into_iter().map(|span| (span, "the id"));
        let files = task.files.iter().map(|file| (file.span, "the path"));
        let references = task.depends_on.iter().map(|reference| (reference.span, "the dependency"));
        let mut last = Span::default();
        for (span, what) in ids.chain(files).chain(references) {
            // The ids of one range share a span.
            if span != last {
                findings.extend(finding(context, span, what));
            }
            last = span;
        }
    }
}

fn finding(context: &Context<'_>, span: Span, what: &str) -> Option<Finding> {
    let text = context.document().text(span);
    // A word wholly in another script is a word (`docs/план.md`); one among Latin letters is not.
    let mixed: Vec<Span> = words(&text)
        .filter(|word| text[word.range()].chars().any(|letter| letter.is_ascii_alphabetic()))
        .collect();
    let mut edits = Vec::new();
    let mut first = None;
    for (at, letter) in text.char_indices() {
        let plain = plain(letter);
        let foreign = is_foreign(letter) && mixed.iter().any(|word| word.range().contains(&at));
        if plain.is_none() && !foreign {
            continue;
        }
        first.get_or_insert(letter);
        if let Some(plain) = plain {
            let start = span.start + at;
            edits.push(TextEdit::replace(Span::new(start, start + letter.len_utf8()), plain));
        }
    }
    let letter = first?;
    let message = format!("{what} {} holds U+{:04X}, which only looks right", short(text.trim()), u32::from(letter));
    let finding = context.finding(span, message);
    Some(if edits.is_empty() {
        finding
    } else {
        let title = "put the plain letters".to_owned();
        finding.with_fix(Fix { title, edits, consent: Consent::Named("lookalikes") })
    })
}

/// What a lookalike stands for. The dashes of ranges (U+2013, U+2014) mean what they are.
fn plain(letter: char) -> Option<&'static str> {
    match letter {
        '\u{2010}' | '\u{2011}' | '\u{2212}' => Some("-"),
        '\u{a0}' | '\u{2009}' | '\u{202f}' => Some(" "),
        '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' | '\u{ad}' | '\u{2060}' => Some(""),
        _ => None,
    }
}

/// The runs of letters of a text.
fn words(text: &str) -> impl Iterator<Item = Span> {
    let mut at = 0;
    text.split(|letter: char| !letter.is_alphabetic()).filter_map(move |word| {
        let start = at;
        at += word.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        (!word.is_empty()).then(|| Span::new(start, start + word.len()))
    })
}

fn is_foreign(letter: char) -> bool {
    matches!(letter, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{4ff}')
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] One\n  - files: `docs/read\u{2011}me.md`\n", &[2])
        .fixed("- [ ] One\n  - files: `docs/read-me.md`\n"),
    super::tests::Case::quiet("- [ ] One – two‑three\n  - files: `docs/größe.md`, `docs/план.md`\n"),
];
