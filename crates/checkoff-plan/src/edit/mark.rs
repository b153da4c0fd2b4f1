//! Boxes: one byte between two brackets, in an item, a heading or a cell.
//!
//! Which byte is a matter of the file: its legend, the marks it already uses,
//! the habit of its dialect, and only then the default. A mark that would be
//! read as something else is never written.

use crate::dialect::Dialect;
use crate::document::{Carrier, Check, CheckKind, Column, Document, Span, State, Task};
use crate::edit::vocabulary::Context;
use crate::edit::{Draft, Reason, TextEdit};
use crate::grammar;

/// Sets the box of a task.
pub(super) fn set_task(
    context: &Context<'_>,
    task: &Task,
    state: State,
    draft: &mut Draft,
) -> Result<(), Reason> {
    let document = context.document;
    let mark = context.marks().for_state(document, state)?;
    if let Some(column) = column(document, task)
        && decided(column.state, state) != state
    {
        return Err(Reason::ColumnDecides { line: document.headings[column.heading].line });
    }
    draft.edits.push(edit(document, task, mark).ok_or(Reason::NoPlace)?);
    Ok(())
}

/// Sets a box that is not a task.
pub(super) fn set_check(
    context: &Context<'_>,
    check: &Check,
    state: State,
    draft: &mut Draft,
) -> Result<(), Reason> {
    if check.kind == CheckKind::Legend {
        return Err(Reason::Legend);
    }
    let mark = match state {
        State::Todo => ' ',
        State::Done => context.marks().done_check,
        State::Doing | State::Blocked | State::Cancelled => return Err(Reason::OnlyOpenOrChecked),
    };
    if check.checked != (state == State::Done) {
        draft.edits.push(TextEdit::replace(check.mark, mark.to_string()));
    }
    Ok(())
}

/// The board column that a box stands in.
fn column<'d>(document: &'d Document, task: &Task) -> Option<&'d Column> {
    let start = task.spans.block.start;
    document.columns.iter().find(|column| column.block.range().contains(&start))
}

/// How a marked box in a column is read: the column decides about open boxes, and
/// what stands under done is done.
fn decided(column: State, mark: State) -> State {
    if column == State::Done || mark == State::Todo { column } else { mark }
}

/// One character for another; a malformed group (`[ x ]`, `[]`) becomes a box.
fn edit(document: &Document, task: &Task, mark: char) -> Option<TextEdit> {
    match (task.spans.mark, task.spans.bracket) {
        (Some(span), Some(bracket)) if !well_formed(document, span, bracket) => {
            Some(TextEdit::replace(bracket, format!("[{mark}]")))
        }
        (None, Some(bracket)) => Some(TextEdit::replace(bracket, format!("[{mark}]"))),
        (Some(span), _) => Some(TextEdit::replace(span, mark.to_string())),
        (None, None) => None,
    }
}

/// `[`, one character, `]`.
fn well_formed(document: &Document, mark: Span, bracket: Span) -> bool {
    bracket.start + 1 == mark.start
        && mark.end + 1 == bracket.end
        && document.text(mark).chars().count() == 1
}

/// Which marks a document uses for what.
#[derive(Debug)]
pub(super) struct Marks {
    /// What done tasks get.
    done: char,
    /// What checked steps and criteria get.
    done_check: char,
    /// Marks of tasks in use, by state, most frequent first.
    used: Vec<(State, char, usize)>,
}

impl Marks {
    pub(super) fn survey(document: &Document) -> Marks {
        let mut used: Vec<(State, char, usize)> = Vec::new();
        for task in document.tasks.iter().filter(|task| is_box(task) && !task.mark_unknown) {
            let Some(mark) = task.spans.mark.and_then(|span| single(document, span)) else {
                continue;
            };
            // Words beside a mark can overrule it (`[~] SKIPPED`); that mark says something else.
            if task.queued || meaning(document, mark) != Some(task.state) {
                continue;
            }
            match used.iter_mut().find(|entry| entry.0 == task.state && entry.1 == mark) {
                Some(entry) => entry.2 += 1,
                None => used.push((task.state, mark, 1)),
            }
        }
        used.sort_by_key(|&(_, _, count)| std::cmp::Reverse(count));
        let checked = document.checks.iter().filter(|check| check.checked);
        let (upper, all) = checked.fold((0, 0), |(upper, all), check| {
            (upper + usize::from(document.slice(check.mark) == b"X"), all + 1)
        });
        let done = done_mark(document, &used);
        let done_check = match all {
            0 => done,
            _ if upper * 2 > all => 'X',
            _ => 'x',
        };
        Marks { done, done_check, used }
    }

    /// The mark to write for a state.
    fn for_state(&self, document: &Document, state: State) -> Result<char, Reason> {
        let mark = match state {
            State::Todo => ' ',
            State::Done => self.done,
            State::Doing => legend_mark(document, state)
                .or_else(|| self.most_used(state))
                .or_else(|| habit(document.detection.dialect, state))
                .unwrap_or('~'),
            State::Blocked | State::Cancelled => legend_mark(document, state)
                .or_else(|| self.most_used(state))
                .or_else(|| habit(document.detection.dialect, state))
                .ok_or(Reason::NoMark)?,
        };
        match said_by_legend(document, mark) {
            Some(means) if means != state => Err(Reason::MarkTaken { mark, means }),
            _ => Ok(mark),
        }
    }

    fn most_used(&self, state: State) -> Option<char> {
        self.used.iter().find(|entry| entry.0 == state).map(|entry| entry.1)
    }
}

/// `X` if most closed tasks use it, else `x`; another sign only where the legend
/// says so and no task uses either.
fn done_mark(document: &Document, used: &[(State, char, usize)]) -> char {
    let count = |mark| -> usize {
        used.iter()
            .filter(|entry| entry.0.is_closed() && entry.1 == mark)
            .map(|entry| entry.2)
            .sum()
    };
    match (count('X'), count('x')) {
        (upper, lower) if upper > lower => 'X',
        (0, 0) => used
            .iter()
            .find(|entry| entry.0 == State::Done)
            .map(|entry| entry.1)
            .or_else(|| legend_mark(document, State::Done))
            .unwrap_or('x'),
        _ => 'x',
    }
}

fn is_box(task: &Task) -> bool {
    matches!(task.carrier, Carrier::Box | Carrier::HeadingBox | Carrier::CellBox)
}

fn single(document: &Document, span: Span) -> Option<char> {
    let text = std::str::from_utf8(document.slice(span)).ok()?;
    let mut characters = text.chars();
    let mark = characters.next()?;
    characters.next().is_none().then_some(mark)
}

/// The bracket mark that the legend gives to a state; emoji of the legend are no marks.
fn legend_mark(document: &Document, state: State) -> Option<char> {
    document.legend.iter().filter(|entry| entry.state == state).find_map(|entry| {
        let mut characters = entry.mark.chars();
        let mark = characters.next()?;
        (characters.next().is_none() && mark.is_ascii()).then_some(mark)
    })
}

/// What a mark means in this document.
fn meaning(document: &Document, mark: char) -> Option<State> {
    let dialect = document.detection.dialect;
    let by_habit = State::ALL.into_iter().find(|state| habit(dialect, *state) == Some(mark));
    let mut buffer = [0; 4];
    said_by_legend(document, mark)
        .or(by_habit)
        .or_else(|| grammar::mark::default_state(mark.encode_utf8(&mut buffer).as_bytes()))
}

/// What the legend says a mark means.
fn said_by_legend(document: &Document, mark: char) -> Option<State> {
    let mut buffer = [0; 4];
    let mark: &str = mark.encode_utf8(&mut buffer);
    document.legend.iter().find(|entry| entry.mark == mark).map(|entry| entry.state)
}

/// What a dialect's own tools write.
fn habit(dialect: Dialect, state: State) -> Option<char> {
    match (dialect, state) {
        (Dialect::Kiro, State::Doing) => Some('-'),
        (Dialect::Obsidian, State::Doing) => Some('/'),
        (Dialect::Obsidian, State::Cancelled) => Some('-'),
        _ => None,
    }
}
