//! Finding the same task again in a newer reading of its file.
//!
//! Between reading a list and writing a box somebody else may have edited the
//! file: lines move, other boxes change, notes are added. A line number proves
//! nothing then. A task is the same when its id, title and surroundings are;
//! failing that, when its id is; a task without id when its title is, or is
//! what the new title begins with. When several are equal in both readings (a
//! list with the same line twice), the n-th is the same as the n-th as long as
//! there are equally many.

use crate::map::HashMap;
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
    old: Named<'d>,
    new: Named<'d>,
}

/// The tasks of a document by what they are called.
#[derive(Debug)]
struct Named<'d> {
    document: &'d Document,
    by_name: HashMap<Name<'d>, Vec<usize>>,
}

/// What a task is called: by id, or by title where it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Name<'d> {
    Id(Option<&'d str>, &'d str),
    Title(&'d str),
}

impl<'d> Named<'d> {
    fn new(document: &'d Document) -> Named<'d> {
        let mut by_name: HashMap<Name<'d>, Vec<usize>> =
            crate::map::with_capacity(document.tasks.len());
        for (index, task) in document.tasks.iter().enumerate() {
            by_name.entry(name(task)).or_default().push(index);
        }
        Named { document, by_name }
    }

    fn called(&self, name: Name<'_>) -> Vec<usize> {
        self.by_name.get(&name).cloned().unwrap_or_default()
    }

    /// Those of `places` that look like a task of another reading, surroundings included.
    fn alike(&self, places: &[usize], other: &Document, wanted: &Task) -> Vec<usize> {
        let fits = |&&place: &&usize| {
            let task = &self.document.tasks[place];
            task.title == wanted.title
                && task.phase == wanted.phase
                && task.section == wanted.section
                && parent_name(self.document, task) == parent_name(other, wanted)
        };
        places.iter().filter(fits).copied().collect()
    }
}

fn name(task: &Task) -> Name<'_> {
    match &task.id {
        Some(id) => Name::Id(task.scope.as_deref(), id),
        None => Name::Title(&task.title),
    }
}

fn parent_name<'d>(document: &'d Document, task: &Task) -> Option<&'d str> {
    task.parent.map(|parent| document.tasks[parent].name())
}

impl<'d> Follower<'d> {
    /// Prepares to follow targets of `old` into `new`.
    pub fn new(old: &'d Document, new: &'d Document) -> Follower<'d> {
        Follower { old: Named::new(old), new: Named::new(new) }
    }

    /// Where a target of the old reading stands in the new one.
    pub fn follow(&self, target: Target) -> Result<Target, FollowError> {
        let old = self.old.document;
        match target {
            Target::Task(index) => self.task(index).map(Target::Task),
            Target::Check(index) => {
                let owner = old.checks[index].owner.and_then(|owner| self.task(owner).ok());
                check(old, index, self.new.document, owner).map(Target::Check)
            }
        }
    }

    fn task(&self, index: usize) -> Result<usize, FollowError> {
        let (old, new) = (self.old.document, self.new.document);
        let wanted = &old.tasks[index];
        let (before, after) = (self.old.called(name(wanted)), self.new.called(name(wanted)));
        let strict = (self.old.alike(&before, old, wanted), self.new.alike(&after, old, wanted));
        let by_name = (before, after);
        // A note was added to a task without id; looked for only when nothing else is found.
        let noted = || {
            let fits = |task: &Task| {
                task.id.is_none()
                    && task.phase == wanted.phase
                    && task.title.starts_with(&wanted.title)
            };
            match wanted.id {
                None => (places(&old.tasks, fits), places(&new.tasks, fits)),
                Some(_) => (Vec::new(), Vec::new()),
            }
        };
        let readings: [&dyn Fn() -> (Vec<usize>, Vec<usize>); 3] =
            [&|| strict.clone(), &|| by_name.clone(), &noted];
        for reading in readings {
            let (before, after) = reading();
            match pick(&before, index, &after) {
                Pick::Same(found) => return Ok(found),
                Pick::Unclear => {
                    return Err(FollowError::Ambiguous {
                        name: wanted.name().to_owned(),
                        lines: after.iter().map(|&at| new.tasks[at].line).collect(),
                    });
                }
                Pick::None => {}
            }
        }
        Err(FollowError::Gone { name: wanted.name().to_owned(), line: wanted.line })
    }
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
