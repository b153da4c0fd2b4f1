//! A CommonMark parser as witness: it must see list boxes on the same lines.

use std::collections::BTreeSet;

use checkoff_plan::document::Region;
use checkoff_plan::scan::{Kind, scan};
use pulldown_cmark::{Event, Options, Parser};

use crate::corpus;

/// Lines with `[ ]`, `[x]` or `[X]` boxes by the scanner.
fn ours(bytes: &[u8]) -> BTreeSet<usize> {
    let scan = scan(bytes);
    let boxed = |index: &usize| {
        let (line, shape) = (scan.lines[*index], scan.shapes[*index]);
        line.region == Region::Body
            && shape.kind == Kind::Item
            && shape.bracket.is_some_and(|bracket| {
                bracket.well_formed
                    && matches!(&bytes[bracket.mark(line.start).range()], b" " | b"x" | b"X")
            })
    };
    (0..scan.lines.len()).filter(boxed).map(|index| index + 1).collect()
}

/// Lines with task list markers by pulldown-cmark.
fn theirs(bytes: &[u8]) -> BTreeSet<usize> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let options = Options::ENABLE_TASKLISTS
        | Options::ENABLE_TABLES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    Parser::new_ext(text, options)
        .into_offset_iter()
        .filter(|(event, _)| matches!(event, Event::TaskListMarker(_)))
        .map(|(_, range)| text[..range.start].bytes().filter(|&byte| byte == b'\n').count() + 1)
        .collect()
}

#[test]
fn boxes_stand_on_the_lines_where_commonmark_sees_them() {
    let mut markers = 0;
    for (name, bytes) in corpus::lists().into_iter().filter(|(name, _)| name.ends_with(".md")) {
        let (ours, theirs) = (ours(&bytes), theirs(&bytes));
        assert_eq!(ours, theirs, "{name}");
        markers += theirs.len();
    }
    println!("{markers} boxes on the same lines");
}

#[test]
fn small_lists_agree_too() {
    for text in [
        "- [ ] a\n  - [x] b\n    - [X] c\n",
        "> - [ ] a\n> > 1. [x] b\n",
        "```\n- [ ] a\n```\n\n    - [ ] code\n\n- [ ] b\n",
        "<!--\n- [ ] a\n-->\n- [ ] b\n",
        "---\ntitle: a\n---\n- [ ] b\n",
        "1. [ ] a\n2) [x] b\n+ [ ] c\n* [ ] d\n",
        "- a\n\n  ```\n  - [ ] b\n  ```\n\n- [ ] c\n",
        "- [ ]\ttab\n-\t[ ] tab\n",
        "text - [ ] a\n- [x]no\n- [P] letter\n",
    ] {
        assert_eq!(ours(text.as_bytes()), theirs(text.as_bytes()), "{text}");
    }
}
