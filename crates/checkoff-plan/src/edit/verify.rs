//! Proof after the fact: the changed bytes, read again, say what was meant and nothing else.
//!
//! The carriers know their bytes; this file trusts none of them. It compares
//! two readings line by line and task by task, so that an edit that makes the
//! reader see another list (a mark that means something else, a word that turns
//! a row into a header) never reaches a disk.

use std::collections::BTreeMap;
use std::fmt;

use crate::document::{Carrier, Document, State};
use crate::edit::Change;
use crate::select::Target;

/// In what the changed document differs from what was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyError {
    /// Line count, endings, byte order mark or final newline changed.
    Form {
        /// What changed.
        what: &'static str,
    },
    /// A line changed that no edit names.
    OtherLine {
        /// The line in the old document.
        line: usize,
    },
    /// Tasks or boxes appeared or went away.
    Count {
        /// What is counted.
        what: &'static str,
        /// How many there were.
        before: usize,
        /// How many there are.
        after: usize,
    },
    /// A task or box does not have the state it should have.
    State {
        /// What it is called.
        name: String,
        /// Its line in the old document.
        line: usize,
        /// What was meant.
        expected: State,
        /// What is read.
        found: State,
    },
    /// A task or box is no longer where it should be.
    Gone {
        /// What it is called.
        name: String,
        /// Its line in the old document.
        line: usize,
    },
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VerifyError::Form { what } => write!(f, "the edit would change the {what}"),
            VerifyError::OtherLine { line } => write!(f, "the edit would change line {line} too"),
            VerifyError::Count { what, before, after } => {
                write!(f, "the file would be read with {after} {what} instead of {before}")
            }
            VerifyError::State { name, line, expected, found } => {
                write!(f, "`{name}` at line {line} would be read as {found} instead of {expected}")
            }
            VerifyError::Gone { name, line } => {
                write!(f, "`{name}` at line {line} would not be read any more")
            }
        }
    }
}

impl std::error::Error for VerifyError {}

/// Checks that `new`, read from the changed bytes, is `old` with exactly this change.
pub fn verify(old: &Document, new: &Document, change: &Change) -> Result<(), VerifyError> {
    let lines = LineMap::new(old, change);
    form(old, new, change)?;
    untouched_lines(old, new, change, &lines)?;
    let expected: BTreeMap<Target, State> =
        change.settings.iter().map(|setting| (setting.target, setting.after)).collect();
    tasks(old, new, &expected, &lines)?;
    checks(old, new, &expected, &lines)
}

fn form(old: &Document, new: &Document, change: &Change) -> Result<(), VerifyError> {
    let what = if old.lines.len() != new.lines.len() {
        "number of lines"
    } else if old.encoding.bom != new.encoding.bom {
        "byte order mark"
    } else if old.encoding.eol != new.encoding.eol {
        "line endings"
    } else if old.encoding.final_newline != new.encoding.final_newline {
        "final newline"
    } else if change.moves.is_empty() && old.encoding.valid_utf8 != new.encoding.valid_utf8 {
        "encoding"
    } else {
        return Ok(());
    };
    Err(VerifyError::Form { what })
}

/// Which new line an old line has become.
struct LineMap {
    /// `to[n - 1]` for line `n`; empty when no line moves.
    to: Vec<usize>,
}

impl LineMap {
    fn new(old: &Document, change: &Change) -> LineMap {
        if change.moves.is_empty() {
            return LineMap { to: Vec::new() };
        }
        let count = old.lines.len();
        let mut moved = vec![false; count];
        let mut arriving: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for one in &change.moves {
            moved[one.first - 1..one.first - 1 + one.count].fill(true);
            arriving.entry(one.before).or_default().extend(one.first..one.first + one.count);
        }
        let mut to = vec![0; count];
        let mut next = 1;
        // One past the last line, for what moves to the end.
        for (line, moved) in (1..).zip(moved.into_iter().chain([true])) {
            let here = arriving.get(&line).into_iter().flatten().copied();
            for old_line in here.chain((!moved).then_some(line)) {
                to[old_line - 1] = next;
                next += 1;
            }
        }
        LineMap { to }
    }

    fn new_line(&self, line: usize) -> usize {
        self.to.get(line.wrapping_sub(1)).copied().unwrap_or(line)
    }
}

fn untouched_lines(
    old: &Document,
    new: &Document,
    change: &Change,
    lines: &LineMap,
) -> Result<(), VerifyError> {
    let mut touched = vec![false; old.lines.len()];
    for setting in &change.settings {
        touched[setting.target.line(old) - 1] = true;
    }
    // With moves, edits span whole blocks; their lines are compared at their new places.
    if change.moves.is_empty() {
        for edit in &change.edits {
            let first = old.line_of(edit.span.start);
            let last = old.line_of(edit.span.end.max(edit.span.start + 1) - 1);
            touched[first - 1..last].fill(true);
        }
    }
    for (line, touched) in (1..).zip(touched) {
        if !touched && old.line_bytes(line) != new.line_bytes(lines.new_line(line)) {
            return Err(VerifyError::OtherLine { line });
        }
    }
    Ok(())
}

fn tasks(
    old: &Document,
    new: &Document,
    expected: &BTreeMap<Target, State>,
    lines: &LineMap,
) -> Result<(), VerifyError> {
    count("tasks", old.tasks.len(), new.tasks.len())?;
    let places = by_line(new.tasks.iter().map(|task| task.line), lines.to.is_empty());
    let mut on_line = Ordinals::default();
    for (index, task) in old.tasks.iter().enumerate() {
        let gone = || VerifyError::Gone { name: task.name().to_owned(), line: task.line };
        let found = place(&places, &mut on_line, index, task.line, lines).ok_or_else(gone)?;
        let found = &new.tasks[found];
        if found.line != lines.new_line(task.line) || found.id != task.id {
            return Err(gone());
        }
        let wanted = expected.get(&Target::Task(index)).copied();
        let derived = wanted.is_none() && task.carrier == Carrier::Steps;
        let wanted = wanted.unwrap_or(task.state);
        if found.state != wanted && !derived {
            return Err(VerifyError::State {
                name: task.name().to_owned(),
                line: task.line,
                expected: wanted,
                found: found.state,
            });
        }
    }
    Ok(())
}

fn checks(
    old: &Document,
    new: &Document,
    expected: &BTreeMap<Target, State>,
    lines: &LineMap,
) -> Result<(), VerifyError> {
    count("boxes that are no tasks", old.checks.len(), new.checks.len())?;
    let places = by_line(new.checks.iter().map(|check| check.line), lines.to.is_empty());
    let mut on_line = Ordinals::default();
    for (index, check) in old.checks.iter().enumerate() {
        let gone = || VerifyError::Gone { name: check.text.text.clone(), line: check.line };
        let found = place(&places, &mut on_line, index, check.line, lines).ok_or_else(gone)?;
        let found = &new.checks[found];
        if found.line != lines.new_line(check.line) || found.kind != check.kind {
            return Err(gone());
        }
        let wanted = expected
            .get(&Target::Check(index))
            .map_or(check.checked, |state| *state == State::Done);
        if found.checked != wanted {
            let state = |checked| if checked { State::Done } else { State::Todo };
            return Err(VerifyError::State {
                name: check.text.text.clone(),
                line: check.line,
                expected: state(wanted),
                found: state(found.checked),
            });
        }
    }
    Ok(())
}

fn count(what: &'static str, before: usize, after: usize) -> Result<(), VerifyError> {
    if before == after { Ok(()) } else { Err(VerifyError::Count { what, before, after }) }
}

/// Indices by line; not built when nothing moves, since then the order is the same.
fn by_line(
    lines: impl Iterator<Item = usize>,
    nothing_moves: bool,
) -> Option<BTreeMap<usize, Vec<usize>>> {
    if nothing_moves {
        return None;
    }
    let mut places: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, line) in lines.enumerate() {
        places.entry(line).or_default().push(index);
    }
    Some(places)
}

/// How many of a line's items have been seen.
#[derive(Default)]
struct Ordinals(BTreeMap<usize, usize>);

fn place(
    places: &Option<BTreeMap<usize, Vec<usize>>>,
    on_line: &mut Ordinals,
    index: usize,
    line: usize,
    lines: &LineMap,
) -> Option<usize> {
    let Some(places) = places else { return Some(index) };
    let ordinal = on_line.0.entry(line).or_default();
    *ordinal += 1;
    places.get(&lines.new_line(line))?.get(*ordinal - 1).copied()
}
