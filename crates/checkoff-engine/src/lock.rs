//! One run at a time for a plan file: two would check the same boxes.
//!
//! An exclusive `flock` on `.checkoff/locks/<name>` beside the real file, wherever
//! the store is; the kernel lets go of it when the engine dies. The file says who
//! holds it, for the other one's message. (The folder's own lock, which
//! [`plan_file`](crate::plan_file) takes for the milliseconds of a rewrite, is
//! another one: a person may check a box while a run goes on.)

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use checkoff_core::{RunId, Timestamp};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::clock::now;
use crate::options::WhenLocked;

/// The locks of all plan files of a run; let go when dropped.
#[derive(Debug)]
pub(crate) struct RunLock {
    files: Vec<File>,
}

/// Who holds a plan file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The plan file, as the one who was refused named it.
    pub path: PathBuf,
    /// The run that holds it; `None` while it is being made.
    pub run: Option<RunId>,
    /// The process of its engine; 0 when it has not said yet.
    pub pid: u32,
    /// Since when.
    pub since: Timestamp,
    /// The folder of the store the run is in, a real path: two stores may both have a run 1.
    /// Empty while it is being made.
    pub store: PathBuf,
}

/// A plan file could not be locked.
#[derive(Debug)]
pub(crate) enum LockError {
    Held(Holder),
    Failed { path: PathBuf, source: io::Error },
}

impl RunLock {
    /// Locks every plan file, in the order of their real paths, so that two runs of the same
    /// files cannot wait for each other.
    pub(crate) fn take(paths: &[PathBuf], when_locked: WhenLocked) -> Result<RunLock, LockError> {
        let mut places = Vec::new();
        for path in paths {
            let failed = |source| LockError::Failed { path: path.clone(), source };
            places.push((lock_file(path).map_err(failed)?, path));
        }
        places.sort();
        places.dedup_by(|one, other| one.0 == other.0);
        let mut files = Vec::new();
        for (place, path) in places {
            files.push(take_one(&place, path, when_locked)?);
        }
        Ok(RunLock { files })
    }

    /// Says in the locks which run of which store holds them.
    pub(crate) fn name(&mut self, run: RunId, store: &Path) {
        let store = store.canonicalize().unwrap_or_else(|_| store.to_owned());
        for file in &mut self.files {
            // Only for the other one's message: not worth failing for.
            let _ = describe(file, Some(run), &store);
        }
    }
}

/// Who holds this plan file now, if anybody does.
///
/// # Errors
/// The lock cannot be looked at.
pub fn holder(path: &Path) -> io::Result<Option<Holder>> {
    let place = match lock_place(path) {
        Ok(place) => place,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut file = match File::open(place) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match flock(&file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(None),
        Err(Errno::WOULDBLOCK) => Ok(Some(read_holder(&mut file, path))),
        Err(error) => Err(error.into()),
    }
}

/// Waits until nobody holds this plan file; the next moment somebody else may.
///
/// # Errors
/// The lock cannot be looked at.
pub fn wait_until_free(path: &Path) -> io::Result<()> {
    let place = lock_place(path)?;
    let file = match File::open(place) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    Ok(rustix::io::retry_on_intr(|| flock(&file, FlockOperation::LockShared))?)
}

fn take_one(place: &Path, path: &Path, when_locked: WhenLocked) -> Result<File, LockError> {
    let failed = |source: io::Error| LockError::Failed { path: path.to_owned(), source };
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(place);
    let mut file = open.map_err(failed)?;
    let operation = match when_locked {
        WhenLocked::Refuse => FlockOperation::NonBlockingLockExclusive,
        WhenLocked::Wait => FlockOperation::LockExclusive,
    };
    match rustix::io::retry_on_intr(|| flock(&file, operation)) {
        Ok(()) => {
            describe(&mut file, None, Path::new("")).map_err(failed)?;
            Ok(file)
        }
        Err(Errno::WOULDBLOCK) => Err(LockError::Held(read_holder(&mut file, path))),
        Err(error) => Err(failed(error.into())),
    }
}

/// Where the lock of a plan file is.
fn lock_place(path: &Path) -> io::Result<PathBuf> {
    // A list that was moved away while its run goes on is still held.
    let real = match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = path.parent().unwrap_or(Path::new("/"));
            fs::canonicalize(folder)?.join(path.file_name().unwrap_or_default())
        }
        real => real?,
    };
    let folder = real.parent().unwrap_or(Path::new("/")).join(".checkoff").join("locks");
    Ok(folder.join(real.file_name().unwrap_or_default()))
}

/// The same, with the folders made.
fn lock_file(path: &Path) -> io::Result<PathBuf> {
    let place = lock_place(path)?;
    let locks = place.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(locks)?;
    let ignore = locks.with_file_name(".gitignore");
    if !ignore.exists() {
        fs::write(ignore, "# Logs and outputs of checkoff.\n*\n")?;
    }
    Ok(place)
}

fn describe(file: &mut File, run: Option<RunId>, store: &Path) -> io::Result<()> {
    use std::io::Seek;
    let run = run.map_or(0, |run| run.0);
    let numbers = format!("{run} {} {} ", std::process::id(), now().as_unix_us());
    let text = [numbers.as_bytes(), store.as_os_str().as_bytes()].concat();
    file.rewind()?;
    file.write_all(&text)?;
    file.set_len(text.len() as u64)
}

/// What the lock says; a holder that has not written yet is nobody in particular.
fn read_holder(file: &mut File, path: &Path) -> Holder {
    let mut text = Vec::new();
    // Unreadable is the same as not written yet.
    let _ = file.read_to_end(&mut text);
    let mut words = text.splitn(4, |byte| *byte == b' ');
    let mut number = || {
        let word = words.next().and_then(|word| std::str::from_utf8(word).ok());
        word.and_then(|word| word.trim_end().parse::<u64>().ok()).unwrap_or(0)
    };
    let run = Some(number()).filter(|run| *run > 0).map(RunId);
    let pid = u32::try_from(number()).unwrap_or(0);
    let since = Timestamp::from_unix_us(number());
    let store = PathBuf::from(OsStr::from_bytes(words.next().unwrap_or_default()));
    Holder { path: path.to_owned(), run, pid, since, store }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_of_a_file_is_told_who_holds_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let plan = folder.path().join("TASKS.md");
        fs::write(&plan, "- [ ] one\n").expect("a plan");
        let link = folder.path().join("link.md");
        std::os::unix::fs::symlink(&plan, &link).expect("a link");

        assert_eq!(holder(&plan).expect("a look"), None);
        let mut lock =
            RunLock::take(&[plan.clone(), link.clone()], WhenLocked::Refuse).expect("the lock");
        let store = folder.path().join("a store");
        lock.name(RunId(3), &store);

        let Err(LockError::Held(held)) =
            RunLock::take(std::slice::from_ref(&link), WhenLocked::Refuse)
        else {
            panic!("the lock was given twice");
        };
        assert_eq!((held.run, held.pid), (Some(RunId(3)), std::process::id()));
        assert_eq!((held.path, held.store), (link, store));
        assert_eq!(holder(&plan).expect("a look").and_then(|held| held.run), Some(RunId(3)));

        drop(lock);
        assert_eq!(holder(&plan).expect("a look"), None);
        RunLock::take(&[plan], WhenLocked::Refuse).expect("the lock is free again");
    }
}
