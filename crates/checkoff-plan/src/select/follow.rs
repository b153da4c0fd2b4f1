//! Finding the same task again in a newer reading of its file.
//!
//! Between reading a list and writing a box somebody else may have edited the
//! file: lines move, other boxes change, notes are added. A line number proves
//! nothing then. A task is the same when its key and title are; when several
//! are equal in both (a list with the same line twice), the n-th is the same as
//! the n-th as long as there are equally many.

use std::collections::HashMap;
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
    Follower::new(old, new).follow(target)
}

/// Follows many targets from one reading to a newer one.
#[derive(Debug)]
pub struct Follower<'d> {
    old: &'d Document,
    new: &'d Document,
    old_keys: HashMap<&'d str, Vec<usize>>,
    new_keys: HashMap<&'d str, Vec<usize>>,
}

impl<'d> Follower<'d> {
    /// Prepares to follow targets of `old` into `new`.
    pub fn new(old: &'d Document, new: &'d Document) -> Follower<'d> {
        Follower { old, new, old_keys: by_key(old), new_keys: by_key(new) }
    }

    /// Where a target of the old reading stands in the new one.
    pub fn follow(&self, target: Target) -> Result<Target, FollowError> {
        match target {
            Target::Task(index) => self.task(index).map(Target::Task),
            Target::Check(index) => {
                let owner = match self.old.checks[index].owner {
                    Some(owner) => self.task(owner).ok(),
                    None => None,
                };
                check(self.old, index, self.new, owner).map(Target::Check)
            }
        }
    }

    fn task(&self, index: usize) -> Result<usize, FollowError> {
        let wanted = &self.old.tasks[index];
        let of_key = |keys: &HashMap<&'d str, Vec<usize>>| {
            keys.get(wanted.key.as_str()).cloned().unwrap_or_default()
        };
        let (before, after) = (of_key(&self.old_keys), of_key(&self.new_keys));
        let same_title = |tasks: &[Task], places: &[usize]| -> Vec<usize> {
            places.iter().copied().filter(|&at| tasks[at].title == wanted.title).collect()
        };
        let mut readings =
            vec![(same_title(&self.old.tasks, &before), same_title(&self.new.tasks, &after))];
        if wanted.id.is_some() {
            // The title was reworded, the id stayed.
            readings.push((before, after));
        } else {
            // A note was added to a task without id.
            let noted = |task: &Task| {
                task.id.is_none()
                    && task.phase == wanted.phase
                    && task.title.starts_with(&wanted.title)
            };
            readings.push((places(&self.old.tasks, noted), places(&self.new.tasks, noted)));
        }
        for (before, after) in readings {
            match pick(&before, index, &after) {
                Pick::Same(found) => return Ok(found),
                Pick::Unclear => {
                    return Err(FollowError::Ambiguous {
                        name: wanted.name().to_owned(),
                        lines: after.iter().map(|&at| self.new.tasks[at].line).collect(),
                    });
                }
                Pick::None => {}
            }
        }
        Err(FollowError::Gone { name: wanted.name().to_owned(), line: wanted.line })
    }
}

fn by_key(document: &Document) -> HashMap<&str, Vec<usize>> {
    let mut keys: HashMap<&str, Vec<usize>> = HashMap::with_capacity(document.tasks.len());
    for (index, task) in document.tasks.iter().enumerate() {
        keys.entry(&task.key).or_default().push(index);
    }
    keys
}

fn check(
    old: &Document,
    index: usize,
    new: &Document,
    owner: Option<usize>,
) -> Result<usize, FollowError> {
    let wanted = &old.checks[index];
    let gone = || FollowError::Gone { name: wanted.text.text.clone(), line: wanted.line };
    if wanted.owner.is_some() && owner.is_none() {
        return Err(gone());
    }
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
