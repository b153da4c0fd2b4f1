//! The runtime of a person: an attempt without a process.
//!
//! A person does a task somewhere else and says so by closing its box, with an editor
//! or with `checkoff set`; both change the plan file. So hosting a person means to
//! watch files and to say that one has changed. Whether a box in it was closed, and
//! what follows, is for the engine to read and decide.
//!
//! The files are looked at four times a second, by name: editors replace files rather
//! than write into them, network file systems tell nobody, and a `stat` costs a
//! microsecond. What is compared is everything that tells two versions apart. Because
//! clocks of file systems are coarse, a change seen while it was fresh is reported a
//! second time when it is not: a second write in the same tick would look the same.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A file that was written less than this ago may be written again without a trace.
const FRESH: Duration = Duration::from_millis(100);

/// A watched file may hold something new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MayHaveChanged {
    /// Index into the files as they were handed over.
    pub file: usize,
}

/// Watches plan files for the hand of a person, until it is dropped.
#[derive(Debug)]
pub struct PersonWatch {
    _stop: Sender<()>,
}

impl PersonWatch {
    /// Begins to watch. Every file is reported once at the beginning, so that nothing
    /// falls between the last reading and the first look, and then whenever it may
    /// have changed, appeared or gone. Ends by itself when nobody receives.
    ///
    /// # Errors
    /// No thread can be made.
    pub fn begin(files: Vec<PathBuf>, notices: Sender<MayHaveChanged>) -> io::Result<PersonWatch> {
        let (stop, stopped) = bounded(0);
        thread::Builder::new().name("person".to_owned()).spawn(move || {
            watch(&files, &notices, &stopped);
        })?;
        Ok(PersonWatch { _stop: stop })
    }
}

fn watch(files: &[PathBuf], notices: &Sender<MayHaveChanged>, stopped: &Receiver<()>) {
    let mut looks: Vec<Look> = files.iter().map(|_| Look::default()).collect();
    loop {
        for (file, (path, look)) in files.iter().zip(&mut looks).enumerate() {
            let changed = look.again(version(path), SystemTime::now());
            if changed && notices.send(MayHaveChanged { file }).is_err() {
                return;
            }
        }
        match stopped.recv_timeout(LOOK_EVERY) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// What tells two versions of a file apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version {
    device: u64,
    inode: u64,
    len: u64,
    modified: SystemTime,
    changed: (i64, i64),
}

/// The version of the file a name leads to; `None` when there is none.
fn version(path: &Path) -> Option<Version> {
    let data = fs::metadata(path).ok()?;
    Some(Version {
        device: data.dev(),
        inode: data.ino(),
        len: data.len(),
        modified: data.modified().ok()?,
        changed: (data.ctime(), data.ctime_nsec()),
    })
}

/// What is remembered of the last look at a file.
#[derive(Debug, Default)]
struct Look {
    seen: Option<Option<Version>>,
    was_fresh: bool,
}

impl Look {
    /// Looks again: whether it is worth reading.
    fn again(&mut self, version: Option<Version>, now: SystemTime) -> bool {
        let is_fresh = version.is_some_and(|version| {
            now.duration_since(version.modified).is_ok_and(|age| age < FRESH)
        });
        let changed = self.seen != Some(version);
        let has_cooled = self.was_fresh && !is_fresh;
        self.seen = Some(version);
        self.was_fresh = is_fresh;
        changed || has_cooled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(modified_ms: u64, len: u64) -> Option<Version> {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_millis(modified_ms);
        Some(Version { device: 1, inode: 2, len, modified, changed: (0, 0) })
    }

    fn now(ms: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(ms)
    }

    #[test]
    fn a_file_is_reported_at_first_and_when_it_differs() {
        let mut look = Look::default();
        assert!(look.again(at(1_000, 5), now(9_000)));
        assert!(!look.again(at(1_000, 5), now(9_250)));
        assert!(look.again(at(1_000, 6), now(9_500)));
        assert!(look.again(None, now(9_750)));
        assert!(!look.again(None, now(10_000)));
        assert!(look.again(at(1_000, 6), now(10_250)));
    }

    #[test]
    fn a_fresh_version_is_reported_again_when_it_has_cooled() {
        let mut look = Look::default();
        assert!(look.again(at(9_000, 5), now(9_010)));
        assert!(!look.again(at(9_000, 5), now(9_060)), "still fresh");
        assert!(look.again(at(9_000, 5), now(9_250)), "it may have been written at 9 020");
        assert!(!look.again(at(9_000, 5), now(9_500)));
    }
}
