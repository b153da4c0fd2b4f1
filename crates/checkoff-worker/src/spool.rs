//! Where the output of an attempt goes while it runs, and what becomes of it.
//!
//! Standard output and error go straight into one file, a *spool*. Never through a
//! pipe: a pipe needs a reader, and when that reader is killed the attempt dies of
//! SIGPIPE and what was in the pipe is lost. One file for both streams, because what
//! a person wants to see is what a terminal would have shown, and the order of two
//! files cannot be told afterwards.
//!
//! Most attempts say little, so the file is used again: created once per slot,
//! emptied after each attempt. Two things keep that honest:
//! - long output is not copied, the file is renamed and becomes the record;
//! - a spool that somebody may still write to is never used again. The descriptor an
//!   attempt writes to is locked (`flock`), and a lock lives as long as any process
//!   holds that descriptor, whatever group or session it fled to. When the lock cannot
//!   be had after the attempt, the file is given away.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::attempt::{Output, OutputLimits};

/// The file of one slot.
#[derive(Debug)]
pub(crate) struct Spool {
    path: PathBuf,
    file: File,
}

/// What became of a spool after an attempt.
#[derive(Debug)]
pub(crate) enum After {
    /// It can take the next attempt's output once that of the last is recorded.
    Reuse(Spool),
    /// The file is the attempt's now.
    GivenAway,
}

impl Spool {
    /// Makes a spool at a path where there is no file yet.
    pub(crate) fn create(path: PathBuf) -> io::Result<Spool> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        Ok(Spool { path, file })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes in it.
    pub(crate) fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// A descriptor for an attempt to write to, locked for as long as it lives.
    pub(crate) fn writer(&self) -> io::Result<File> {
        let writer = OpenOptions::new().append(true).open(&self.path)?;
        flock(&writer, FlockOperation::NonBlockingLockExclusive)?;
        Ok(writer)
    }

    /// Whether some process still holds a descriptor from [`writer`](Self::writer).
    fn is_held(&self) -> bool {
        match flock(&self.file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => flock(&self.file, FlockOperation::Unlock).is_err(),
            Err(_) => true,
        }
    }

    /// Takes the output of an attempt that has ended. Short output is read, and the
    /// spool is to be emptied when that is recorded; long output, or any output
    /// somebody can still add to, stays in its file, which moves to `keep_as`.
    pub(crate) fn collect(
        self,
        limits: OutputLimits,
        keep_as: &Path,
    ) -> io::Result<(Output, After)> {
        let len = self.len()?;
        if self.is_held() || len > u64::from(limits.inline) {
            let path = match fs::rename(&self.path, keep_as) {
                Ok(()) => keep_as.to_owned(),
                // Wherever it lies, it is complete; the slot takes another file.
                Err(_) => self.path.clone(),
            };
            let output = read_output(&self.file, len, limits, path)?;
            return Ok((output, After::GivenAway));
        }
        let output = match len {
            0 => Output::Empty,
            _ => Output::Inline(read_at(&self.file, 0, len)?),
        };
        Ok((output, After::Reuse(self)))
    }

    /// Forgets what is in it, before the next attempt.
    pub(crate) fn empty(&self) -> io::Result<()> {
        self.file.set_len(0)
    }
}

/// Whether a process holds a descriptor to write to the spool at `path`; for spools whose
/// keeper is gone.
pub(crate) fn is_held(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    flock(&file, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK)
}

/// The output in the file at `path`, as it is now; for attempts whose keeper is gone.
pub(crate) fn read_left_behind(path: &Path, limits: OutputLimits) -> Output {
    let read = || {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        read_output(&file, len, limits, path.to_owned())
    };
    read().unwrap_or_default()
}

fn read_output(file: &File, len: u64, limits: OutputLimits, path: PathBuf) -> io::Result<Output> {
    if len == 0 {
        return Ok(Output::Empty);
    }
    if len <= u64::from(limits.inline) {
        return Ok(Output::Inline(read_at(file, 0, len)?));
    }
    let head = len.min(u64::from(limits.excerpt));
    let tail = (len - head).min(u64::from(limits.excerpt));
    Ok(Output::File {
        path,
        len,
        head: read_at(file, 0, head)?,
        tail: read_at(file, len - tail, tail)?,
    })
}

/// Reads up to `len` bytes; fewer when the file was cut short by its writer.
fn read_at(file: &File, offset: u64, len: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; len as usize];
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}
