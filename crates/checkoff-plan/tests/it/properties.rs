//! What holds for any bytes.

use checkoff_plan::dialect::Dialect;
use checkoff_plan::document::{Document, Span};
use checkoff_plan::read::{Options, read};
use proptest::prelude::*;

use crate::corpus;

/// Pieces that lists are made of, so that random text is hardly ever plain.
const PIECES: &[&str] = &[
    "- [ ] ",
    "- [x] ",
    "* [X] ",
    "1. [~] ",
    "- ",
    "  ",
    "    ",
    "\t",
    "> ",
    "# ",
    "## ",
    "### [x] ",
    "T001",
    "T002 ",
    "T003-T009",
    "**",
    "`",
    "```",
    "~~~",
    "<!--",
    "-->",
    "---",
    "|",
    "|---|",
    " | ",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "[P] ",
    "(P) ",
    "[US1] ",
    "depends on ",
    "needs: ",
    "files: ",
    "src/a.rs",
    "run: `true`",
    "Phase 1: ",
    "Task 1: ",
    "ID: X | ",
    "✅ ",
    "🆔 ab",
    "⛔ a,b",
    "#task ",
    "Status",
    "Done",
    "é",
    "日本",
    "\u{FEFF}",
    "id: A-1",
    "status: Done",
    "Dependencies",
    "blocks ",
    "→",
    "(",
    ")",
    "[",
    "]",
    "x 2024-01-01 ",
    "(A) ",
    "* TODO ",
    "#+BEGIN_SRC",
    "#+END_SRC",
    "{\"id\":1}",
    "{\"tasks\":[{\"id\":1,\"dependencies\":[]}]}",
    "\\",
    "1.1 ",
    "1. ",
];

fn listlike() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        12 => prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

fn spans(document: &Document) -> Vec<Span> {
    let mut spans: Vec<Span> = document.headings.iter().map(|heading| heading.span).collect();
    for task in &document.tasks {
        let own = task.spans;
        spans.extend([own.title, own.block]);
        spans.extend(
            [own.mark, own.bracket, own.state_text, own.cell, own.id, own.parallel]
                .into_iter()
                .flatten(),
        );
        let references = task.depends_on.iter().chain(&task.blocks).chain(&task.conflicts_with);
        spans.extend(references.map(|reference| reference.span));
        spans.extend(task.files.iter().map(|file| file.span));
        spans.extend(task.verify.iter().chain(&task.acceptance).map(|text| text.span));
        spans.extend(
            task.attributes.iter().flat_map(|attribute| [attribute.key_span, attribute.value_span]),
        );
    }
    spans.extend(document.checks.iter().flat_map(|check| [check.mark, check.text.span]));
    spans.extend(document.edges.iter().map(|edge| edge.span));
    spans.extend(document.stats.iter().map(|stat| stat.span));
    spans.extend(document.wip_limits.iter().map(|limit| limit.span));
    spans.extend(document.columns.iter().map(|column| column.block));
    spans.extend(document.front_matter.iter().flat_map(|field| [field.key_span, field.value_span]));
    spans.extend(document.oddities.iter().map(|oddity| oddity.span));
    spans.extend(document.allows.iter().map(|allow| allow.span));
    spans
}

/// Everything that must hold for a document read from `bytes`.
fn check(bytes: &[u8], document: &Document) {
    assert_eq!(document.print(), bytes);
    check_lines(bytes, document);
    let text = std::str::from_utf8(bytes).ok();
    for span in spans(document) {
        assert!(span.start <= span.end && span.end <= bytes.len(), "{span:?} of {}", bytes.len());
        if let Some(text) = text {
            assert!(
                text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
                "{span:?} cuts a letter"
            );
        }
    }
    for (position, task) in document.tasks.iter().enumerate() {
        assert!((1..=document.lines.len().max(1)).contains(&task.line));
        assert!(task.parent != Some(position));
        assert!(task.children.iter().all(|&child| document.tasks[child].parent == Some(position)));
        assert!(task.heading.is_none_or(|heading| heading < document.headings.len()));
    }
    assert!(
        document
            .checks
            .iter()
            .all(|check| check.owner.is_none_or(|owner| owner < document.tasks.len()))
    );
    assert!(
        document
            .headings
            .iter()
            .all(|heading| heading.task.is_none_or(|task| task < document.tasks.len()))
    );
}

fn check_lines(bytes: &[u8], document: &Document) {
    let mut at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    for line in &document.lines {
        assert_eq!(line.start, at, "a line begins where the one before ended");
        let ending = &bytes[line.end..];
        let ending = if ending.starts_with(b"\r\n") {
            2
        } else if ending.starts_with(b"\n") {
            1
        } else {
            assert!(ending.is_empty(), "a line ends before a line ending or the end");
            0
        };
        at = line.end + ending;
    }
    assert_eq!(at, bytes.len(), "lines cover the file");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_are_read_and_kept(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes, &read("", bytes.clone(), &Options::default()));
    }

    #[test]
    fn any_list_is_read_and_kept(bytes in listlike()) {
        check(&bytes, &read("", bytes.clone(), &Options::default()));
    }

    #[test]
    fn every_profile_reads_anything(bytes in listlike(), dialect in prop::sample::select(&Dialect::ALL[..])) {
        check(&bytes, &read("a_b.md", bytes.clone(), &Options { profile: Some(dialect) }));
    }
}

#[test]
fn the_corpus_is_kept_under_every_profile() {
    for (name, bytes) in crate::corpus::lists() {
        check(&bytes, &read(&name, bytes.clone(), &Options::default()));
    }
    for (name, bytes) in corpus::lists().into_iter().step_by(7) {
        for dialect in Dialect::ALL {
            check(&bytes, &read(&name, bytes.clone(), &Options { profile: Some(dialect) }));
        }
    }
}
