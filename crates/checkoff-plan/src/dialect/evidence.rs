//! What detectors may ask about a file.

use std::collections::BTreeSet;

use crate::document::{Field, State};
use crate::grammar::id::Form;
use crate::read::survey::{HeadingSeen, Survey};
use crate::read::text::aligned;
use crate::scan::Scan;

/// A file as detection sees it.
pub(crate) struct Evidence<'d> {
    pub(crate) path: &'d str,
    pub(crate) bytes: &'d [u8],
    pub(crate) scan: &'d Scan,
    pub(crate) survey: &'d Survey,
    pub(crate) front_matter: &'d [Field],
    /// Tables whose header says tasks.
    pub(crate) task_tables: usize,
}

/// The headings that are board columns.
pub(crate) struct Columns(Vec<State>);

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many different states they stand for.
    pub(crate) fn states(&self) -> usize {
        self.0.iter().collect::<BTreeSet<_>>().len()
    }
}

impl Evidence<'_> {
    pub(crate) fn contains(&self, needle: &[u8]) -> bool {
        memchr::memmem::find(self.bytes, needle).is_some()
    }

    /// The bytes without a mark and blanks in front.
    pub(crate) fn body(&self) -> &[u8] {
        self.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(self.bytes).trim_ascii_start()
    }

    /// The value of a front matter key that has one.
    pub(crate) fn front(&self, key: &str) -> Option<&str> {
        self.front_matter.iter().find(|field| field.key == key).map(|field| field.value.as_str())
    }

    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(extension))
    }

    /// Whether the path holds these words, whichever separator it was flattened with.
    pub(crate) fn path_has(&self, part: &str) -> bool {
        let path = self.path.replace(['\\', '_'], "/").to_lowercase();
        let part = part.to_lowercase();
        path.starts_with(&part) || path.contains(&format!("/{}", part.trim_start_matches('/')))
    }

    pub(crate) fn name_has(&self, word: &str) -> bool {
        let name = self.path.rsplit(['/', '\\', '_']).next().unwrap_or(self.path);
        name.to_lowercase().contains(word)
    }

    /// Whether the first heading has a word.
    pub(crate) fn title_has(&self, word: &str) -> bool {
        self.survey.headings.first().is_some_and(|heading| {
            let text = self.heading_text(heading).to_lowercase();
            heading.level == 1
                && text.split(|letter: char| !letter.is_alphanumeric()).any(|other| other == word)
        })
    }

    fn box_texts(&self) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
        self.survey.boxes.iter().map(|seen| {
            let line = &self.scan.lines[seen.line];
            let start = line.start + self.scan.shapes[seen.line].content as usize;
            aligned(&self.bytes[start.min(line.end)..line.end])
        })
    }

    /// How many boxes have a text that fits.
    pub(crate) fn boxes_with(&self, fits: impl Fn(&str) -> bool) -> usize {
        self.box_texts().filter(|text| fits(text)).count()
    }

    pub(crate) fn boxes_with_form(&self, form: Form) -> usize {
        self.survey.boxes.iter().filter(|seen| seen.id.is_some_and(|id| id.form == form)).count()
    }

    fn heading_text(&self, heading: &HeadingSeen) -> std::borrow::Cow<'_, str> {
        aligned(&self.bytes[heading.text.range()])
    }

    /// How many headings begin with these words.
    pub(crate) fn headings_with(&self, start: &str) -> usize {
        self.survey
            .headings
            .iter()
            .filter(|heading| self.heading_text(heading).starts_with(start))
            .count()
    }

    pub(crate) fn boxed_headings_with(&self, word: &str) -> usize {
        self.survey
            .headings
            .iter()
            .filter(|heading| heading.boxed && self.heading_text(heading).contains(word))
            .count()
    }

    pub(crate) fn heading_is(&self, words: &str) -> bool {
        self.survey
            .headings
            .iter()
            .any(|heading| crate::read::text::words(&self.heading_text(heading)) == words)
    }

    /// Headings like `## 1. Group` with boxes below.
    pub(crate) fn numbered_groups(&self) -> usize {
        self.survey
            .headings
            .iter()
            .filter(|heading| {
                heading.boxes > 0 && heading.id.is_some_and(|id| id.form == Form::Ordinal)
            })
            .count()
    }

    /// Headings with an id or box of their own that are no groups.
    pub(crate) fn task_headings(&self) -> usize {
        self.survey.headings.iter().filter(|heading| heading.is_task_like()).count()
    }

    /// The headings that are board columns, side by side at one level.
    pub(crate) fn columns(&self) -> Columns {
        let level = self.survey.board_level;
        let side_by_side = self.survey.headings.iter().filter(|heading| heading.level == level);
        Columns(side_by_side.filter_map(|heading| heading.column).collect())
    }

    /// Whether most boxes stand in columns: three headings of a summary are no board.
    pub(crate) fn columns_hold_the_boxes(&self) -> bool {
        let level = self.survey.board_level;
        let mut inside = false;
        let (mut held, mut all) = (0, 0);
        for heading in &self.survey.headings {
            if heading.level <= level {
                inside = heading.column.is_some();
            }
            all += heading.boxes;
            held += if inside { heading.boxes } else { 0 };
        }
        held * 2 >= all
    }

    /// Boxes that stand in a column without a card around them.
    pub(crate) fn boxes_below_columns(&self) -> usize {
        let mut level = None;
        let mut card = None;
        let mut boxes = 0;
        for heading in &self.survey.headings {
            if level.is_some_and(|open| heading.level <= open) {
                level = None;
            }
            if card.is_some_and(|open| heading.level <= open) {
                card = None;
            }
            if heading.column.is_some() && level.is_none() {
                level = Some(heading.level);
            } else if card.is_none() && (heading.has_field || heading.is_task_like()) {
                card = Some(heading.level);
            }
            if level.is_some() && card.is_none() {
                boxes += heading.boxes;
            }
        }
        boxes
    }

    /// Template text like `[FEATURE NAME]`, outside fences.
    pub(crate) fn placeholders(&self) -> usize {
        let known: [&[u8]; 8] = [
            b"[FEATURE NAME]",
            b"[FEATURE]",
            b"[###-feature-name]",
            b"[Title]",
            b"[Brief description",
            b"[How to verify",
            b"[DATE]",
            b"[Entity",
        ];
        known.iter().map(|needle| memchr::memmem::find_iter(self.bytes, needle).count()).sum()
    }

    /// Lines that are not blank, and those that begin or read like todo.txt.
    pub(crate) fn todotxt_lines(&self) -> (usize, usize) {
        let mut lines = 0;
        let mut typical = 0;
        for line in &self.scan.lines {
            let text = &self.bytes[line.start..line.end];
            if text.trim_ascii().is_empty() {
                continue;
            }
            lines += 1;
            typical += usize::from(crate::read::todotxt::looks_like(&aligned(text)));
        }
        (lines, typical)
    }
}
