//! Finding the same task again in a newer reading of its file.
//!
//! Between reading a list and writing a box somebody else may have edited the
//! file: lines move, other boxes change, notes are added. A line number proves
//! nothing then. A task is the same when its key and title are; when several
//! are equal in both (a list with the same line twice), the n-th is the same as
//! the n-th as long as there are equally many.

use std::fmt;

use crate::document::{Check, Document, Task};
use crate::select::Target;

/// The newer reading does not say which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowError {
    /// It is not there any more.
    Gone {
        /// What it was called.
        name: String,
        /// Where it stood.
        line: usize,
    },
    /// There are now more or fewer that look the same.
    Ambiguous {
        /// What it was called.
        name: String,
        /// Where those stand that look the same.
        lines: Vec<usize>,
    },
}

impl fmt::Display for FollowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FollowError::Gone { name, line } => {
                write!(f, "`{name}` stood at line {line} and is gone from the changed file")
            }
            FollowError::Ambiguous { name, lines } => {
                write!(f, "`{name}` stands at lines {lines:?} of the changed file")
            }
        }
    }
}

impl std::error::Error for FollowError {}

/// Where a target of `old` stands in `new`.
pub fn follow(old: &Document, target: Target, new: &Document) -> Result<Target, FollowError> {
    match target {
        Target::Task(index) => task(old, index, new).map(Target::Task),
        Target::Check(index) => check(old, index, new).map(Target::Check),
    }
}

fn task(old: &Document, index: usize, new: &Document) -> Result<usize, FollowError> {
    let wanted = &old.tasks[index];
    let readings: [fn(&Task, &Task) -> bool; 3] = [
        |a, b| a.key == b.key && a.title == b.title,
        // The title was reworded, the id stayed.
        |a, b| a.id.is_some() && a.key == b.key,
        // A note was added to a task without id.
        |a, b| a.id == b.id && a.scope == b.scope && b.title.starts_with(&a.title),
    ];
    for same in readings {
        let before = places(&old.tasks, |task| same(wanted, task));
        let after = places(&new.tasks, |task| same(wanted, task));
        match pick(&before, index, &after) {
            Pick::Same(found) => return Ok(found),
            Pick::Unclear => {
                return Err(FollowError::Ambiguous {
                    name: wanted.name().to_owned(),
                    lines: after.iter().map(|&i| new.tasks[i].line).collect(),
                });
            }
            Pick::None => {}
        }
    }
    Err(FollowError::Gone { name: wanted.name().to_owned(), line: wanted.line })
}

fn check(old: &Document, index: usize, new: &Document) -> Result<usize, FollowError> {
    let wanted = &old.checks[index];
    let gone = || FollowError::Gone { name: wanted.text.text.clone(), line: wanted.line };
    let owner = match wanted.owner {
        Some(owner) => Some(task(old, owner, new).map_err(|_| gone())?),
        None => None,
    };
    let same = |owner: Option<usize>| {
        move |check: &Check| {
            check.owner == owner && check.kind == wanted.kind && check.text.text == wanted.text.text
        }
    };
    let before = places(&old.checks, same(wanted.owner));
    let after = places(&new.checks, same(owner));
    match pick(&before, index, &after) {
        Pick::Same(found) => Ok(found),
        Pick::None => Err(gone()),
        Pick::Unclear => Err(FollowError::Ambiguous {
            name: wanted.text.text.clone(),
            lines: after.iter().map(|&i| new.checks[i].line).collect(),
        }),
    }
}

fn places<T>(items: &[T], fits: impl Fn(&T) -> bool) -> Vec<usize> {
    (0..items.len()).filter(|&index| fits(&items[index])).collect()
}

enum Pick {
    Same(usize),
    Unclear,
    None,
}

/// The one of `after` that stands where `index` stands in `before`.
fn pick(before: &[usize], index: usize, after: &[usize]) -> Pick {
    if after.is_empty() {
        return Pick::None;
    }
    match before.iter().position(|&place| place == index) {
        Some(position) if before.len() == after.len() => Pick::Same(after[position]),
        _ => Pick::Unclear,
    }
}
