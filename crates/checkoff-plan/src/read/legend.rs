//! What the file itself says its marks mean.
//!
//! A legend is a line under a legend heading (`## Status Legend`), a line that
//! calls itself one (`Statuses: …`), or a line that explains two marks or more
//! (`[ ] Open, [x] Done`).

use crate::document::{Document, LegendEntry, Region};
use crate::grammar::{mark, words};
use crate::scan::{Kind, Scan};

use super::text::aligned;

/// The legend of a file, and which lines are boxes that only explain a mark.
#[derive(Debug, Default)]
pub(crate) struct Legend {
    /// 1-based lines, ascending.
    pub(crate) boxes: Vec<usize>,
}

impl Legend {
    pub(crate) fn explains(&self, line: usize) -> bool {
        self.boxes.binary_search(&line).is_ok()
    }
}

/// Finds the legend and stores its entries in the document.
pub(crate) fn read(document: &mut Document, scan: &Scan) -> Legend {
    let mut legend = Legend::default();
    let mut under = false;
    for (index, (line, shape)) in scan.lines.iter().zip(&scan.shapes).enumerate() {
        if line.region != Region::Body || shape.kind == Kind::Blank {
            continue;
        }
        let bytes = &document.bytes[line.start..line.end];
        if shape.kind == Kind::Heading {
            under = is_legend_title(&aligned(bytes));
            continue;
        }
        // A legend line is short; a mark needs its bracket.
        if bytes.len() > 600 || memchr::memchr(b'[', bytes).is_none() {
            under = under || (bytes.len() < 80 && is_label(&aligned(bytes)));
            continue;
        }
        let text = aligned(bytes).into_owned();
        let start = if shape.kind == Kind::Item { shape.start as usize } else { 0 };
        let entries = entries(&text[start..]);
        let is_item_box = shape.kind == Kind::Item && shape.bracket.is_some();
        let says = under || names_itself(&text);
        let explains = if is_item_box {
            under && entries.len() == 1 && text[shape.content as usize..].len() < 60
        } else {
            entries.len() >= 2 || (says && !entries.is_empty())
        };
        if !explains {
            continue;
        }
        if is_item_box {
            legend.boxes.push(index + 1);
        }
        for (mark, state, word) in entries {
            // A second meaning is kept behind the first, which counts; a lint rule tells of it.
            if !document.legend.iter().any(|entry| entry.mark == mark && entry.state == state) {
                document.legend.push(LegendEntry { mark, state, word, line: index + 1 });
            }
        }
    }
    legend
}

fn is_legend_title(text: &str) -> bool {
    let lower = text.to_lowercase();
    [
        "legend",
        "status key",
        "statuses",
        "status markers",
        "conventions",
        "status indicators",
        "symbols",
        "checkbox states",
        "task states",
        "status codes",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// `**Legend:**` on a line of its own.
fn is_label(text: &str) -> bool {
    let trimmed = text.trim().trim_matches('*');
    (trimmed.ends_with(':') || text.trim().ends_with("**")) && is_legend_title(trimmed)
}

fn names_itself(text: &str) -> bool {
    let head: String = text.chars().take(40).collect();
    is_legend_title(&head) || head.to_lowercase().contains("status:")
}

/// Marks in brackets with the state word after them.
fn entries(text: &str) -> Vec<(String, crate::document::State, String)> {
    let mut found = Vec::new();
    for (open, _) in text.match_indices('[') {
        let inner = &text[open + 1..];
        let Some(close) = inner.find(']') else { break };
        let sign = &inner[..close];
        if sign.chars().count() != 1 {
            continue;
        }
        let after = inner[close + 1..].trim_start_matches(|letter: char| {
            letter.is_whitespace()
                || matches!(letter, '`' | '*' | '=' | ':' | '-' | '–' | '—' | '→' | '"')
        });
        let said = words::word_at(after).or_else(|| words::emoji_at(after));
        if let Some((length, state)) = said {
            let known = mark::default_state(sign.as_bytes()).is_some()
                || sign.chars().all(char::is_alphanumeric);
            if known || !sign.is_ascii() {
                found.push((sign.to_owned(), state, after[..length].to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    fn legend_of(text: &str) -> (String, Vec<usize>) {
        let document = crate::read::read("", text.as_bytes(), &crate::read::Options::default());
        let shown = document
            .legend
            .iter()
            .map(|entry| format!("{}={}", entry.mark, entry.state))
            .collect::<Vec<_>>();
        let boxes = document
            .checks
            .iter()
            .filter(|check| check.kind == crate::document::CheckKind::Legend)
            .map(|check| check.line)
            .collect();
        (shown.join(" "), boxes)
    }

    #[test]
    fn legends_are_boxes_lines_and_sentences() {
        assert_eq!(
            legend_of(
                "## Status Legend\n\n- [ ] Not started\n- [~] In progress\n- [!] Blocked\n\n## A\n- [ ] a\n"
            ),
            (" =todo ~=doing !=blocked".to_owned(), vec![3, 4, 5])
        );
        assert_eq!(legend_of("Conventions: [ ] Open, [x] Done\n- [ ] a\n").0, " =todo x=done");
        assert_eq!(
            legend_of("**Statuses:** `[~]` dropped/superseded · `[!]` blocked\n").0,
            "~=cancelled !=blocked"
        );
        assert_eq!(legend_of("- [ ] Done is better than perfect\n").0, "");
    }
}
