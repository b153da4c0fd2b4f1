//! List boxes: tasks, or checks of something else.

use crate::dialect::MarkMeaning;
use crate::document::{Carrier, CheckKind, Oddity, OddityKind, Span, State, Task};
use crate::grammar::{id, mark};
use crate::scan::Shape;

use super::checks::Role;
use super::text::aligned;
use super::walk::{Frame, Walk};

/// What a mark says, all authorities heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) state: State,
    pub(crate) queued: bool,
    pub(crate) unknown: bool,
}

impl Walk<'_> {
    /// The meaning of a mark: legend, words of the text, dialect, default, in this order.
    pub(crate) fn meaning(&self, mark: Span, text: &str) -> Meaning {
        let raw = &self.bytes[mark.range()];
        let sign = aligned(raw);
        let sign = sign.trim();
        let is = |state| Meaning { state, queued: false, unknown: false };
        let key = if sign.is_empty() { " " } else { sign };
        if let Some(entry) = self.document.legend.iter().find(|entry| entry.mark == key) {
            return is(entry.state);
        }
        if sign == "~" && says_dropped(text) {
            return is(State::Cancelled);
        }
        if let Some((_, meaning)) = self.profile.marks.iter().find(|(known, _)| *known == key) {
            return match meaning {
                MarkMeaning::Is(state) => is(*state),
                MarkMeaning::Queued => Meaning { state: State::Todo, queued: true, unknown: false },
                MarkMeaning::Unknown => {
                    Meaning { state: State::Todo, queued: false, unknown: true }
                }
            };
        }
        match mark::default_state(raw) {
            Some(state) => Meaning { state, queued: false, unknown: mark::is_unknown(raw) },
            None => Meaning { state: State::Todo, queued: false, unknown: true },
        }
    }

    /// Sets mark, bracket and state of a task from what stands between its brackets.
    pub(crate) fn set_mark(&self, task: &mut Task, mark: Span) {
        let meaning = self.meaning(mark, "");
        task.state = meaning.state;
        task.queued = meaning.queued;
        task.mark_unknown = meaning.unknown;
        task.mark = Some(self.document.text(mark).into_owned());
        task.spans.mark = Some(mark);
        task.spans.bracket = Some(Span::new(mark.start - 1, mark.end + 1));
    }

    pub(crate) fn list_box(&mut self, index: usize, shape: &Shape) {
        self.report_malformed(index, shape);
        if self.legend.explains(index + 1) {
            self.check(index, shape, CheckKind::Legend, None);
            self.push_frame(shape, None, None);
            return;
        }
        let id = self.box_id(index, shape);
        match self.role(id.is_some()) {
            Role::Task => {
                let task = self.box_task(index, shape, id);
                let position = self.push_task(task);
                self.push_frame(shape, Some(position), None);
            }
            role => {
                let owner = self.check_owner();
                self.check(index, shape, role.kind(), owner);
                self.push_frame(shape, None, Some(role));
            }
        }
    }

    fn push_frame(&mut self, shape: &Shape, task: Option<usize>, role: Option<Role>) {
        self.frames.push(Frame { indent: shape.indent, quotes: shape.quotes, task, role });
    }

    fn report_malformed(&mut self, index: usize, shape: &Shape) {
        let Some(bracket) = shape.bracket.filter(|bracket| !bracket.well_formed) else { return };
        let span = bracket.span(self.scan.lines[index].start);
        let detail = self.document.text(span).into_owned();
        self.document.oddities.push(Oddity {
            kind: OddityKind::MalformedCheckbox,
            line: index + 1,
            span,
            detail,
        });
    }

    /// The id of a box, when the rest of the file agrees that it is one; offsets in the line.
    fn box_id(&self, index: usize, shape: &Shape) -> Option<id::Id> {
        let line = self.scan.lines[index];
        let text = &self.bytes[line.start..line.end];
        super::survey::box_id(text, shape.content as usize)
            .filter(|id| self.survey.accepts(id, text))
    }

    fn box_task(&mut self, index: usize, shape: &Shape, id: Option<id::Id>) -> Task {
        let line = self.scan.lines[index];
        let mut task = super::task::blank(Carrier::Box, index + 1);
        task.indent = shape.indent as usize;
        let content = (line.start + shape.content as usize).min(line.end);
        let bytes = self.bytes;
        let text = aligned(&bytes[content..line.end]);
        if let Some(bracket) = shape.bracket {
            let mark = bracket.mark(line.start);
            self.set_mark(&mut task, mark);
            task.spans.bracket = Some(bracket.span(line.start));
            let meaning = self.meaning(mark, &text);
            task.state = meaning.state;
            if text.trim_start_matches(['*', '~']).starts_with("SKIP:") {
                task.state = State::Cancelled;
            }
        }
        let context = self.context();
        self.place(&mut task, context);
        task.spans.block = super::whole_lines(self.document, index + 1, index + 1);
        if super::pipe::is_pipe(&text) {
            self.pipe_task(&mut task, index, content, &text);
        } else {
            self.title_of_box(&mut task, index, shape, id);
        }
        task.parent = self.parent_of(&task);
        if let Some((column, _)) = self.column
            && task.parent.is_none()
        {
            self.column_state(&mut task, column);
        }
        task
    }

    fn title_of_box(&mut self, task: &mut Task, index: usize, shape: &Shape, id: Option<id::Id>) {
        let line = self.scan.lines[index];
        let mut start = (line.start + shape.content as usize).min(line.end);
        let mut bold_open = false;
        if let Some(id) = id {
            let span = Span::new(line.start + id.span.start, line.start + id.span.end);
            task.id = Some(self.document.text(span).into_owned());
            task.alias = task.id.as_deref().and_then(id::alias).map(str::to_owned);
            task.spans.id = Some(span);
            start = line.start + id.rest;
            bold_open = id.bold_open;
        }
        let mut end = line.end;
        if bold_open && let Some(close) = memchr::memmem::find(&self.bytes[start..end], b"**") {
            let inside = Span::new(start, start + close);
            if self.skip_markers(task, inside, false).is_empty() {
                // `**T002 [P]** Contract test`: only the id and its markers are bold.
                start = inside.end + b"**".len();
            } else {
                // `**E01-T01 — Title** *(note)*`: the bold part is the title.
                end = inside.end;
            }
        }
        self.markers_and_title(task, Span::new(start.min(end), end), false);
    }

    /// The parent of a box: by its dotted id, else the enclosing box.
    fn parent_of(&self, task: &Task) -> Option<usize> {
        let dotted = task.id.as_deref().and_then(|id| self.dotted_parent(id));
        dotted
            .or_else(|| self.enclosing_task())
            .or_else(|| self.owner_of_boxes().filter(|_| self.frames.is_empty()))
    }

    fn dotted_parent(&self, id: &str) -> Option<usize> {
        if id.starts_with("Phase ") {
            // Phase 2.1 was put in after phase 2; it is no part of it.
            return None;
        }
        if let Some((before, _)) = id.rsplit_once('.')
            && let Some(&parent) =
                self.by_id.get(before).or_else(|| self.by_id.get(&format!("{before}.0")))
            && before != id
        {
            return (self.document.tasks[parent].id.as_deref() != Some(id)).then_some(parent);
        }
        let (phase, plan) = id.split_once('-')?;
        let numeric = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        };
        if !numeric(phase) || !numeric(plan.trim_start_matches("PLAN-")) {
            return None;
        }
        [phase, phase.trim_start_matches('0')]
            .iter()
            .find_map(|number| self.by_id.get(&format!("Phase {number}")))
            .copied()
    }

    pub(crate) fn push_task(&mut self, task: Task) -> usize {
        let position = self.document.tasks.len();
        if let Some(id) = &task.id {
            self.by_id.insert(id.clone(), position);
        }
        self.document.tasks.push(task);
        position
    }
}

/// `SKIPPED`, `DEFERRED: …`, `*(dropped)*`: the text says it will not be done.
fn says_dropped(text: &str) -> bool {
    const WORDS: [&str; 8] = [
        "SKIPPED",
        "SKIP",
        "DROPPED",
        "DEFERRED",
        "SUPERSEDED",
        "CANCELLED",
        "CANCELED",
        "WONTFIX",
    ];
    let mut after_opening = false;
    for word in text
        .split(|letter: char| !letter.is_ascii_alphabetic() && !matches!(letter, '(' | '—' | '–'))
    {
        let opens = word.starts_with(['(', '—', '–']);
        let letters = word.trim_start_matches(['(', '—', '–']);
        if letters.is_empty() {
            after_opening |= opens;
            continue;
        }
        if WORDS.contains(&letters)
            || ((opens || after_opening)
                && WORDS.iter().any(|known| known.eq_ignore_ascii_case(letters)))
        {
            return true;
        }
        after_opening = false;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::says_dropped;

    #[test]
    fn dropping_is_said_in_capitals_or_in_a_note() {
        for text in [
            "x — DEFERRED: later",
            "x (deferred to v2)",
            "SKIPPED because",
            "x *(superseded by T3)*",
            "x — dropped",
        ] {
            assert!(says_dropped(text), "{text}");
        }
        for text in ["handle skipped tests", "deferred shading pass", ""] {
            assert!(!says_dropped(text), "{text}");
        }
    }
}
