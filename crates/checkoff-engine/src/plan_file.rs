//! The only place that writes a user's list.
//!
//! ```text
//!  lock the folder ─▶ read ─▶ edit (pure) ─▶ apply ─▶ read again, verify ─▶ replace ─▶ unlock
//!                       ▲                                                     │
//!                       └──────── somebody else wrote it meanwhile ◀──────────┘
//! ```
//!
//! *Nothing is lost.* The edit is decided on the bytes that are in the file
//! while the lock is held, never on those a caller read before: targets of an
//! older reading are [followed](checkoff_plan::select::follow) into the new one,
//! and what cannot be followed for sure is refused.
//!
//! *The lock* is an exclusive `flock` on the folder that holds the file. A
//! replacement gives the file a new inode, so a lock on the file itself would
//! have to be checked for staleness after every wait, and a lock file beside it
//! would be litter in somebody's repository. The folder stays, needs no file,
//! and the kernel lets go of it when a process dies. It is held for one
//! rewrite, some milliseconds; all lists of one folder share it.
//!
//! *Other programs* take no such lock. Right before the replacement the file
//! is looked at once more, and when it is not the one that was read, all begins
//! again.
//!
//! *The replacement* is a temporary file in the same folder, synced, renamed
//! over the real file (a symbolic link is followed and stays), and the folder is
//! synced. Mode, extended attributes and, where permitted, owner are those of
//! the old file. Another hard link keeps the old contents, as with any editor
//! that replaces; snapshots made of hard links rely on that. The temporary name
//! is a function of the file's name: under the lock there is one writer, so what
//! has that name was left by a process that died, and the next write removes it.

mod error;
mod replace;

use std::borrow::Cow;
use std::path::Path;

use checkoff_plan::document::{Document, State};
use checkoff_plan::edit::{self, Change, Refusal};
use checkoff_plan::read;
use checkoff_plan::select::{self, FollowError, SelectError, Selector, Target};

pub use error::PlanFileError;
use replace::{Locked, Snapshot};

/// How often a file that changes under our hands is read again before giving up.
const ATTEMPTS_MAX: usize = 16;

/// What a write came to.
#[derive(Debug)]
pub struct Written<'d> {
    /// The list as it was read under the lock.
    pub before: Cow<'d, Document>,
    /// The list as it is now.
    pub after: Document,
    /// What was changed; empty when nothing had to be.
    pub change: Change,
}

/// Gives targets of an earlier reading their states, whatever happened to the file since.
///
/// `base` must have been read from this file with the same options. All
/// states are set in one replacement, or none is.
pub fn set<'d>(
    path: &Path,
    base: &'d Document,
    wishes: &[(Target, State)],
    reading: &read::Options,
    options: &edit::Options,
) -> Result<Written<'d>, PlanFileError> {
    update(path, Some(base), reading, |fresh| {
        let followed;
        let wishes = if fresh.bytes == base.bytes {
            wishes
        } else {
            followed = follow_all(base, wishes, fresh)?;
            &followed
        };
        Ok(edit::set_many(fresh, wishes, options)?)
    })
}

/// Gives what a selector selects a state, by what the file says at the moment of writing.
///
/// When `base` is given and the file has changed since, what the selector
/// selected there is followed instead: a line number means the line that was seen.
pub fn set_selected<'d>(
    path: &Path,
    base: &'d Document,
    wishes: &[(Selector, State)],
    reading: &read::Options,
    options: &edit::Options,
) -> Result<Written<'d>, PlanFileError> {
    let targets = wishes
        .iter()
        .map(|(selector, state)| Ok((select::resolve(base, selector)?, *state)))
        .collect::<Result<Vec<_>, SelectError>>()?;
    set(path, base, &targets, reading, options)
}

fn follow_all(
    base: &Document,
    wishes: &[(Target, State)],
    fresh: &Document,
) -> Result<Vec<(Target, State)>, FollowError> {
    let follower = select::Follower::new(base, fresh);
    wishes.iter().map(|&(target, state)| Ok((follower.follow(target)?, state))).collect()
}

/// Changes a list by what `edit` says about its bytes at the moment of writing.
///
/// `edit` is asked again when another program writes the file in between.
pub fn update<'d>(
    path: &Path,
    base: Option<&'d Document>,
    reading: &read::Options,
    mut edit: impl FnMut(&Document) -> Result<Change, EditError>,
) -> Result<Written<'d>, PlanFileError> {
    let locked = Locked::new(path)?;
    for _ in 0..ATTEMPTS_MAX {
        let snapshot = locked.read()?;
        let before = document(path, base, &snapshot, reading);
        let change = edit(&before).map_err(|error| error.at(path))?;
        if change.is_empty() {
            let after = before.clone().into_owned();
            return Ok(Written { before, after, change });
        }
        let bytes = change.apply(&before).map_err(|error| PlanFileError::apply(path, error))?;
        let after = read::read(&before.path, bytes, reading);
        edit::verify(&before, &after, &change)
            .map_err(|source| PlanFileError::Verify { path: path.to_owned(), source })?;
        if locked.replace(&snapshot, &after.bytes)? {
            return Ok(Written { before, after, change });
        }
    }
    Err(PlanFileError::Restless { path: path.to_owned() })
}

/// Replaces the bytes of a list, if they still are what `before` says.
///
/// For rewriting that is more than states (lint fixes, taking a change back).
pub fn replace(path: &Path, before: &[u8], after: &[u8]) -> Result<(), PlanFileError> {
    let changed = || PlanFileError::Changed { path: path.to_owned() };
    let locked = Locked::new(path)?;
    let snapshot = locked.read()?;
    if snapshot.bytes != before {
        return Err(changed());
    }
    if before == after || locked.replace(&snapshot, after)? { Ok(()) } else { Err(changed()) }
}

/// The list in its present state; the reading at hand when it is still that.
fn document<'d>(
    path: &Path,
    base: Option<&'d Document>,
    snapshot: &Snapshot,
    reading: &read::Options,
) -> Cow<'d, Document> {
    match base {
        Some(base) if *base.bytes == *snapshot.bytes => Cow::Borrowed(base),
        _ => {
            let name =
                base.map_or_else(|| path.to_string_lossy(), |base| Cow::Borrowed(&*base.path));
            Cow::Owned(read::read(&name, snapshot.bytes.as_slice(), reading))
        }
    }
}

/// Why an edit of the present bytes is not made.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The state cannot be written without guessing.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The file changed, and the target cannot be found again for sure.
    #[error(transparent)]
    Follow(#[from] FollowError),
    /// The selector selects nothing, or too much.
    #[error(transparent)]
    Select(#[from] SelectError),
}

impl EditError {
    fn at(self, path: &Path) -> PlanFileError {
        let path = path.to_owned();
        match self {
            EditError::Refused(source) => PlanFileError::Refused { path, source },
            EditError::Follow(source) => PlanFileError::Follow { path, source },
            EditError::Select(source) => PlanFileError::Select { path, source },
        }
    }
}

#[cfg(test)]
mod tests;
