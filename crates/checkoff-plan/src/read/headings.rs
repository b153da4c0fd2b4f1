//! Headings: sections, columns, and tasks of their own.

use crate::dialect::Dialect;
use crate::document::{Carrier, Heading, Oddity, OddityKind, Span, State, Task};
use crate::grammar::id::{self, Form, Id};
use crate::grammar::{mention, separator, words};

use super::survey::HeadingSeen;
use super::text::aligned;
use super::walk::{BelowHeadings, Owner, Walk};

const PHASES: [&str; 7] = ["phase", "milestone", "sprint", "wave", "stage", "epic", "iteration"];

/// Whether a heading names a phase by its first word.
pub(crate) fn is_phase(text: &str) -> bool {
    let text = text.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    PHASES.iter().any(|word| {
        text.len() >= word.len()
            && text.as_bytes()[..word.len()].eq_ignore_ascii_case(word.as_bytes())
            && text[word.len()..].chars().next().is_none_or(|letter| !letter.is_alphabetic())
    })
}

impl HeadingSeen {
    /// Whether the heading is a task by its own words: a box, or an id that is not a group's.
    pub(crate) fn is_task_like(&self) -> bool {
        if self.boxed || self.mark_after_id.is_some() {
            return true;
        }
        self.id.is_some_and(|id| match id.form {
            Form::Task => self.boxes_with_id == 0,
            Form::Speckit | Form::Parts | Form::Hash => self.boxes_with_id == 0,
            Form::Short => self.boxes_with_id == 0 && id.separated && !self.ranks_boxes(id),
            Form::Ordinal => self.has_field,
            Form::Dotted | Form::Number | Form::Phase | Form::Plan => false,
        })
    }
}

impl HeadingSeen {
    /// `### P0 — Foundation`, `## M1: First release` above boxes: a priority or milestone.
    fn ranks_boxes(&self, id: Id) -> bool {
        // One letter and a digit.
        self.boxes > 0 && !self.has_field && id.span.len() == 2 && self.rank_letter
    }
}

impl Walk<'_> {
    pub(crate) fn heading(&mut self, index: usize) {
        let Some(seen) =
            self.survey.headings.get(self.heading_index).filter(|seen| seen.line == index).cloned()
        else {
            return;
        };
        self.below_headings = BelowHeadings::default();
        self.close_frames(0);
        self.close_owners(seen.level);
        self.heading_index += 1;
        self.label = None;
        while self
            .headings
            .last()
            .is_some_and(|&last| self.document.headings[last].level >= seen.level)
        {
            self.headings.pop();
        }
        if self.column.is_some_and(|(_, level)| seen.level <= level) {
            self.column = None;
        }
        let heading = self.document.headings.len();
        let text = self.document.text(seen.text).into_owned();
        let parent_context = self.context();
        self.document.headings.push(Heading {
            level: seen.level,
            line: index + 1,
            text: text.clone(),
            span: seen.text,
            task: None,
        });
        if let Some(task) = self.restated(&seen).or_else(|| self.first_of_range(&text)) {
            self.document.headings[heading].task = Some(task);
            let entry = &mut self.document.tasks[task];
            entry.detail_line = entry.detail_line.or(Some(index + 1));
            self.owners.push(Owner { task, level: seen.level, detail: true });
        } else if self.is_heading_task(&seen, index, &text) {
            self.heading_task(&seen, index, heading, parent_context);
        } else if self.profile.board
            && self.owners.is_empty()
            && let Some(state) = seen.column
        {
            self.add_column(heading, state, seen.level);
        }
        if !self.is_title(heading) {
            self.out.phase_lines.push((index, seen.text));
        }
        self.headings.push(heading);
        self.below_headings = BelowHeadings::default();
    }

    /// The box or row above that a heading names again: what stands below tells more of it.
    ///
    /// `Task 13-15` tells of the first.
    fn restated(&self, seen: &HeadingSeen) -> Option<usize> {
        let id = seen.id.filter(|_| !seen.boxed && !self.profile.one_file)?;
        if matches!(id.form, Form::Ordinal | Form::Number | Form::Dotted) {
            return None;
        }
        let text = self.document.text(id.span).into_owned();
        let known =
            self.by_id.get(&text).or_else(|| self.by_id.get(text.split(['-', '–']).next()?))?;
        let carrier = self.document.tasks[*known].carrier;
        let carries = matches!(
            carrier,
            Carrier::Box | Carrier::CellBox | Carrier::CellWord | Carrier::CellPrefix
        );
        carries.then_some(*known)
    }

    /// `### Tasks 5-7: Tests` below a table: the details of three rows, told of the first.
    fn first_of_range(&self, text: &str) -> Option<usize> {
        let numbers = text.strip_prefix("Tasks ").or_else(|| text.strip_prefix("Task "))?;
        let numbers = numbers.split([':', '—', '(']).next()?.trim();
        let mentions = mention::in_field(numbers);
        let [only] = mentions.as_slice() else { return None };
        let whole = only.span.len() == numbers.len() && only.to.is_some();
        let first = *self.by_id.get(&only.from).filter(|_| whole)?;
        let carrier = self.document.tasks[first].carrier;
        matches!(carrier, Carrier::Box | Carrier::CellBox | Carrier::CellWord | Carrier::CellPrefix)
            .then_some(first)
    }

    fn is_heading_task(&self, seen: &HeadingSeen, index: usize, text: &str) -> bool {
        if self.profile.dialect == Dialect::Obsidian {
            // Boxes are the tasks of a vault; headings only divide a note.
            return seen.boxed;
        }
        if self.profile.one_file || self.is_group(seen) {
            return seen.boxed && !self.profile.one_file;
        }
        if seen.boxed || seen.mark_after_id.is_some() {
            return true;
        }
        if let Some(id) = &seen.id {
            let line = self.scan.lines[index];
            let relative =
                Id { span: Span::new(id.span.start - line.start, id.span.end - line.start), ..*id };
            let accepted = self.survey.accepts(&relative, &self.bytes[line.start..line.end]);
            let named = id.form == Form::Task || self.names_tasks(seen, &relative, text);
            if accepted && named && seen.is_task_like() {
                return !(seen.column.is_some() && self.profile.board)
                    && (seen.level > 1 || seen.has_field);
            }
            if id.form == Form::Ordinal
                && (seen.has_field || (self.column.is_some() && priority_tag(text).is_some()))
            {
                return true;
            }
        }
        if seen.level == 1 {
            return seen.id.is_some_and(|id| id.form == Form::Ordinal) && seen.has_field;
        }
        self.column.is_some()
            && seen.column.is_none()
            && (seen.has_field || priority_tag(text).is_some())
    }

    /// Whether a lettered id on a heading is a task's: not a criterion's or requirement's,
    /// and there is a state or work below it, or the file is one of heading tasks.
    fn names_tasks(&self, seen: &HeadingSeen, id: &Id, text: &str) -> bool {
        let line = self.scan.lines[self.survey.headings[self.heading_index - 1].line];
        let token = &self.bytes[line.start + id.span.start..line.start + id.span.end];
        let letters = token.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let prefix = &token[..letters];
        let criterion =
            ["AC", "FR", "NFR", "SC", "ADR", "RFC", "REQ", "CON", "UC", "Q", "D", "H", "V", "R"];
        if criterion.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(prefix))
            && !seen.has_field
        {
            return false;
        }
        // `### P1 — Core runtime` ranks what stands below it.
        let rank = prefix == b"P" && id.form == Form::Short;
        if (rank || id.form == Form::Hash) && !seen.has_field {
            return false;
        }
        seen.has_field
            || seen.boxes > 0
            || words::emoji_in(text).is_some()
            || id::is_known_prefix(prefix)
            || matches!(
                self.profile.dialect,
                Dialect::Heading | Dialect::Kanban | Dialect::Superpowers | Dialect::Table
            )
    }

    /// A heading above other task headings, or above boxes with ids of their own, is a group.
    fn is_group(&self, seen: &HeadingSeen) -> bool {
        if seen.boxed || seen.mark_after_id.is_some() {
            return false;
        }
        let deeper = self.survey.headings[self.heading_index..]
            .iter()
            .take_while(|other| other.level > seen.level)
            .take(64)
            .any(|other| other.is_task_like() || other.boxes_with_id > 0);
        deeper || seen.boxes_with_id > 0
    }

    fn heading_task(
        &mut self,
        seen: &HeadingSeen,
        index: usize,
        heading: usize,
        context: (Option<usize>, Option<usize>),
    ) {
        let shape = self.scan.shapes[index];
        let line_start = self.scan.lines[index].start;
        let mut task = super::task::blank(Carrier::HeadingWord, index + 1);
        let mut start = seen.text.start;
        let bracket = if seen.boxed {
            shape.bracket.map(|bracket| bracket.mark(line_start))
        } else {
            seen.mark_after_id
        };
        if let Some(mark) = bracket {
            self.set_mark(&mut task, mark);
            task.carrier = Carrier::HeadingBox;
            if seen.boxed {
                start = line_start + shape.content as usize;
            }
        }
        if let Some(id) =
            seen.id.filter(|id| id.form != Form::Ordinal || seen.has_field || bracket.is_some())
        {
            task.id = Some(self.document.text(id.span).into_owned());
            task.spans.id = Some(id.span);
            start = id.rest;
            // The ordinal of a card is no id when a field says the id.
        } else if let Some(id) = seen.id {
            start = id.rest;
        }
        if let Some(mark) = bracket.filter(|mark| mark.start > start) {
            start = mark.end + 1;
            start += crate::grammar::blanks(&self.bytes[start..seen.text.end]);
        }
        self.heading_title(&mut task, seen, start);
        self.place(&mut task, context);
        task.parent = self.owner_of_boxes();
        if let Some((column, _)) = self.column {
            task.state = self.document.columns[column].state;
            task.carrier = Carrier::Column;
        }
        let position = self.push_task(task);
        self.document.headings[heading].task = Some(position);
        self.owners.push(Owner { task: position, level: seen.level, detail: false });
    }

    /// State emoji, markers and title of a heading's task.
    fn heading_title(&mut self, task: &mut Task, seen: &HeadingSeen, start: usize) {
        let bytes = self.bytes;
        let whole = aligned(&bytes[seen.text.range()]);
        let lead = words::emoji_at(&whole);
        let mut at = start.clamp(seen.text.start, seen.text.end);
        if let Some((length, state)) = lead {
            self.say(task, Span::new(seen.text.start, seen.text.start + length), state);
            if task.spans.id.is_none() && at == seen.text.start {
                at += length;
                at += crate::grammar::blanks(&self.bytes[at..seen.text.end]);
            }
        }
        let rest = aligned(&bytes[at..seen.text.end]);
        if let Some((length, state)) = words::emoji_at(&rest) {
            self.say(task, Span::new(at, at + length), state);
            at += length;
            at += crate::grammar::blanks(&self.bytes[at..seen.text.end]);
            let dash = separator(&self.bytes[at..seen.text.end]);
            at += dash;
            at += crate::grammar::blanks(&self.bytes[at..seen.text.end]);
        }
        let mut end = seen.text.end;
        let rest = aligned(&bytes[at..end]);
        if let Some((cut, state)) = trailing_emoji(&rest) {
            self.say(task, Span::new(at + cut, end), state);
            end = at + without_opening(&rest[..cut]).len();
        } else if let Some((span, state)) = shouted(&rest)
            && task.spans.state_text.is_none()
        {
            self.say(task, Span::new(at + span.start, at + span.end), state);
        }
        // `#### **Task 2: Build**`: the bold part is the title.
        if seen.id.is_some_and(|id| id.bold_open)
            && let Some(close) = memchr::memmem::find(&self.bytes[at..end.max(at)], b"**")
        {
            end = at + close;
        }
        // `### ~~T8 — Struck out~~`
        if whole.starts_with("~~") && self.bytes[at..end.max(at)].ends_with(b"~~") {
            end -= 2;
        }
        self.markers_and_title(task, Span::new(at, end.max(at)), true);
    }

    fn say(&self, task: &mut Task, span: Span, state: State) {
        if task.carrier == Carrier::HeadingBox || task.spans.state_text.is_some() {
            return;
        }
        task.state = state;
        task.spans.state_text = Some(span);
        task.mark = Some(self.document.text(span).into_owned());
    }

    /// Phase and section for what stands right below the open headings.
    pub(crate) fn context(&self) -> (Option<usize>, Option<usize>) {
        if let Some(known) = self.below_headings.context.get() {
            return known;
        }
        let context = self.read_context();
        self.below_headings.context.set(Some(context));
        context
    }

    fn read_context(&self) -> (Option<usize>, Option<usize>) {
        let headings = &self.document.headings;
        let open: Vec<usize> =
            self.headings.iter().copied().filter(|&heading| !self.is_title(heading)).collect();
        let column = self.column.map(|(column, _)| self.document.columns[column].heading);
        // On a board below level 2 a heading beside the columns groups as they do.
        let level = self.survey.board_level;
        let beside = open
            .iter()
            .copied()
            .find(|&heading| self.profile.board && level > 2 && headings[heading].level == level);
        let phase = column
            .or(beside)
            .or_else(|| {
                self.headings.iter().copied().find(|&heading| {
                    is_phase(&headings[heading].text)
                        && (headings[heading].level > 1 || self.many_titles)
                })
            })
            .or_else(|| open.iter().rev().copied().find(|&heading| headings[heading].level == 2))
            .or_else(|| open.last().copied());
        let section = open.last().copied().filter(|&last| {
            phase.is_some_and(|phase| headings[last].level > headings[phase].level)
        });
        (phase, section)
    }

    /// The first heading of level 1 names the document, not a part of it.
    pub(crate) fn is_title(&self, heading: usize) -> bool {
        self.document.headings[heading].level == 1 && !self.many_titles
    }

    pub(crate) fn place(&self, task: &mut Task, (phase, section): (Option<usize>, Option<usize>)) {
        let text = |heading: usize| self.document.headings[heading].text.clone();
        task.phase = phase.map(text);
        task.section = section.map(text);
        task.heading = self.headings.last().copied();
    }

    /// Reports a box in the middle of a paragraph.
    pub(crate) fn midline_box(&mut self, index: usize, text: &str, span: Span) {
        let found = ["- [ ] ", "- [x] ", "- [X] "].iter().find_map(|sign| text.find(sign));
        let Some(at) = found.filter(|&at| at > 0 && !text[..at].contains('`')) else { return };
        let start = span.start + at;
        self.document.oddities.push(Oddity {
            kind: OddityKind::MidlineCheckbox,
            line: index + 1,
            span: Span::new(start, start + 5),
            detail: text[at..].chars().take(60).collect(),
        });
    }
}

/// `[HIGH]` at the start of a card's title.
pub(crate) fn priority_tag(text: &str) -> Option<&str> {
    let open = text.find('[')?;
    let inner = &text[open + 1..];
    let word = &inner[..inner.find(']')?];
    let lead = text[..open].trim_end_matches(' ');
    let leads = lead.is_empty() || lead.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (leads && is_priority(word)).then_some(word)
}

/// Whether a word in brackets is a priority.
pub(crate) fn is_priority(word: &str) -> bool {
    matches!(
        word,
        "HIGH" | "MEDIUM" | "LOW" | "CRITICAL" | "URGENT" | "High" | "Medium" | "Low" | "Critical"
    ) || (word.len() == 2 && word.starts_with('P') && word.as_bytes()[1].is_ascii_digit())
}

/// A state emoji, with a word or without, that ends a title: where it begins.
fn trailing_emoji(text: &str) -> Option<(usize, State)> {
    let trimmed = text.trim_end();
    let candidates = trimmed.char_indices().rev().filter(|(_, letter)| !letter.is_ascii());
    // Only the last signs can end it; the bound keeps a line of signs linear.
    candidates.map(|(at, _)| at).take(64).find_map(|at| {
        let (length, state) = words::emoji_at(&trimmed[at..])?;
        let behind = trimmed[at + length..].trim_start_matches([' ', '*']);
        let state = match words::word_at(behind) {
            _ if behind.is_empty() => state,
            // `✅ COMPLETED`, `✅ COMPLETE (2026-01-29)`: the word decides, a note may follow.
            Some((word, state)) if ends_token(&behind[word..]) => state,
            // `✅ REVIEWED`: any shouted word.
            None if is_shouted_word(behind.trim_end_matches('*')) => state,
            _ => return None,
        };
        (at > 0).then_some((at, state))
    })
}

/// A title without the blanks and the bold that opens behind it: `Model **✅ DONE**`.
fn without_opening(title: &str) -> &str {
    let title = title.trim_end();
    match title.strip_suffix("**") {
        Some(before) if before.matches("**").count() % 2 == 0 => before.trim_end(),
        _ => title,
    }
}

/// Whether a heading ends in a state, as an emoji or in capitals.
pub(crate) fn ends_in_state(text: &str) -> bool {
    trailing_emoji(text).is_some() || shouted(text).is_some()
}

fn is_shouted_word(text: &str) -> bool {
    text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether nothing but a note in brackets follows.
fn ends_token(rest: &str) -> bool {
    let rest = rest.trim_matches([' ', '*', '!', '.']);
    rest.is_empty() || (rest.starts_with('(') && rest.ends_with(')'))
}

/// A state word in capitals at the end, behind a dash or in brackets: `— COMPLETED`, `[DONE]`.
fn shouted(text: &str) -> Option<(Span, State)> {
    let text = without_date(text.trim_end());
    let trimmed = text.trim_end().trim_end_matches([']', ')', '*', '!']);
    let start = trimmed.rfind(['-', '—', '–', '[', '(', ':'])?;
    let word_start = start + trimmed[start..].chars().next().map_or(1, char::len_utf8);
    let word = trimmed[word_start..].trim_start();
    let offset = trimmed.len() - word.len();
    let (length, state) = words::word_at(word)?;
    let capitals = word[..length].bytes().all(|byte| !byte.is_ascii_lowercase());
    (capitals && length == word.len()).then(|| (Span::new(offset, offset + length), state))
}

/// Without a date in parentheses at the end: `— DONE (2025-11-26)`.
fn without_date(text: &str) -> &str {
    let Some((before, note)) = text.strip_suffix(')').and_then(|text| text.rsplit_once('(')) else {
        return text;
    };
    let is_date = note.len() >= 8
        && note.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'/'));
    if is_date { before } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_told_by_their_first_word() {
        for text in ["Phase 1: Setup", "Wave A — x", "🚀 Sprint 3", "Milestone"] {
            assert!(is_phase(text), "{text}");
        }
        for text in ["Phases", "Epics", "Setup phase", "Staged rollout"] {
            assert!(!is_phase(text), "{text}");
        }
    }

    #[test]
    fn an_emoji_with_its_word_and_note_ends_a_title() {
        for (text, found) in [
            ("Model ✅", Some((6, State::Done))),
            ("Model ✅ FIXED", Some((6, State::Done))),
            ("Model ✅ **COMPLETED**", Some((6, State::Done))),
            ("Layer ✅ COMPLETE (2026-01-29)", Some((6, State::Done))),
            ("Use ✅ for done things", None),
            ("✅", None),
        ] {
            assert_eq!(trailing_emoji(text), found, "{text}");
        }
    }

    #[test]
    fn shouted_states_end_a_title() {
        assert_eq!(shouted("Core Setup - COMPLETED").map(|found| found.1), Some(State::Done));
        assert_eq!(shouted("Setup & Analysis [COMPLETED]").map(|found| found.1), Some(State::Done));
        assert_eq!(shouted("Get it done"), None);
    }
}
