//! Lock, read, and put a new file in the place of the old one.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, FlockOperation, Gid, Uid, XattrFlags};
use rustix::io::Errno;

use super::PlanFileError;

/// Any of these bits makes a file or folder writable for somebody. Root can write
/// without them; whoever took them away did not want that.
const ANY_WRITE: u32 = 0o222;

/// What a write is about to do; tests stop at one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The new version is written and synced under its temporary name.
    TemporaryWritten,
    /// The new version has the name of the old one.
    Renamed,
}

/// A list whose folder is locked until this goes away.
#[derive(Debug)]
pub(super) struct Locked {
    /// As the caller named it, for messages.
    named: PathBuf,
    /// Symbolic links followed.
    real: PathBuf,
    folder: PathBuf,
    /// Holds the lock.
    handle: File,
}

/// What was read, and which file it was read from.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) bytes: Vec<u8>,
    file: File,
    metadata: Metadata,
}

impl Locked {
    /// Waits until nobody else writes a list of the same folder.
    pub(super) fn new(path: &Path) -> Result<Locked, PlanFileError> {
        let named = path.to_owned();
        let unreadable = |source| PlanFileError::Read { path: named.clone(), source };
        let real = fs::canonicalize(path).map_err(unreadable)?;
        // Opening a pipe would wait for somebody to write into it.
        if !fs::metadata(&real).map_err(unreadable)?.is_file() {
            return Err(PlanFileError::NotAFile { path: named });
        }
        let folder = real.parent().unwrap_or(Path::new("/")).to_owned();
        let failed = |source| PlanFileError::Lock { folder: folder.clone(), source };
        let handle = File::open(&folder).map_err(failed)?;
        match rustix::io::retry_on_intr(|| {
            rustix::fs::flock(&handle, FlockOperation::LockExclusive)
        }) {
            Ok(()) => {}
            // Some network file systems cannot lock a folder. What remains is
            // the look at the file right before the replacement.
            Err(Errno::NOTSUP | Errno::NOLCK | Errno::BADF | Errno::INVAL) => {}
            Err(error) => return Err(failed(error.into())),
        }
        Ok(Locked { named, real, folder, handle })
    }

    /// The present contents.
    pub(super) fn read(&self) -> Result<Snapshot, PlanFileError> {
        let unreadable = |source| PlanFileError::Read { path: self.named.clone(), source };
        let mut file = File::open(&self.real).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
        file.read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(Snapshot { bytes, file, metadata })
    }

    /// Puts new contents in the place of those that were read. `false`: the file
    /// is no longer the one that was read, and was left alone.
    pub(super) fn replace(&self, old: &Snapshot, bytes: &[u8]) -> Result<bool, PlanFileError> {
        self.replace_observed(old, bytes, &mut |_| {})
    }

    /// The same, telling how far it has come.
    pub(super) fn replace_observed(
        &self,
        old: &Snapshot,
        bytes: &[u8],
        observe: &mut dyn FnMut(Step),
    ) -> Result<bool, PlanFileError> {
        self.refuse_read_only(&old.metadata)?;
        let temporary = Temporary::new(&self.folder, &self.real);
        temporary.fill(old, bytes).map_err(|error| self.explain(error))?;
        observe(Step::TemporaryWritten);
        if !self.is_still(old) {
            return Ok(false);
        }
        temporary.rename(&self.real).map_err(|error| self.explain(error))?;
        observe(Step::Renamed);
        // The new version is in place; what may fail now is only its endurance.
        self.handle.sync_all().map_err(|error| self.explain(error))?;
        Ok(true)
    }

    fn refuse_read_only(&self, metadata: &Metadata) -> Result<(), PlanFileError> {
        let denied = |path: &Path| {
            matches!(
                rustix::fs::access(path, Access::WRITE_OK),
                Err(Errno::ACCESS | Errno::PERM | Errno::ROFS)
            )
        };
        let folder_bits =
            self.handle.metadata().map_or(ANY_WRITE, |folder| folder.permissions().mode());
        if folder_bits & ANY_WRITE == 0 || denied(&self.folder) {
            return Err(PlanFileError::ReadOnlyFolder { folder: self.folder.clone() });
        }
        if metadata.permissions().mode() & ANY_WRITE == 0 || denied(&self.real) {
            return Err(PlanFileError::ReadOnlyFile { path: self.named.clone() });
        }
        Ok(())
    }

    /// Whether the name still leads to the file that was read, unchanged.
    fn is_still(&self, old: &Snapshot) -> bool {
        let identity = |it: &Metadata| {
            (
                it.dev(),
                it.ino(),
                it.size(),
                it.mtime(),
                it.mtime_nsec(),
                it.ctime(),
                it.ctime_nsec(),
            )
        };
        fs::metadata(&self.real).is_ok_and(|now| identity(&now) == identity(&old.metadata))
    }

    fn explain(&self, source: io::Error) -> PlanFileError {
        let path = self.named.clone();
        match source.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => PlanFileError::Full { path, source },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                PlanFileError::ReadOnlyFolder { folder: self.folder.clone() }
            }
            _ => PlanFileError::Write { path, source },
        }
    }
}

/// The new version under its temporary name; removed unless it was renamed.
struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// One name for each file, short enough for any folder. The lock says that
    /// nobody else is writing under it.
    fn new(folder: &Path, real: &Path) -> Temporary {
        let name = real.file_name().unwrap_or_default();
        let hash = blake3::hash(name.as_encoded_bytes()).to_hex();
        Temporary { path: folder.join(format!(".checkoff-{}.tmp", &hash[..16])) }
    }

    fn fill(&self, old: &Snapshot, bytes: &[u8]) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            // Ours, of a process that died; or nothing.
            _ => {}
        }
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path)?;
        file.write_all(bytes)?;
        keep_attributes(old, &file)?;
        file.sync_all()
    }

    fn rename(self, real: &Path) -> io::Result<()> {
        fs::rename(&self.path, real)?;
        // Nothing is left to remove.
        std::mem::forget(self);
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // It may not exist; and whatever else fails here, the next write tries again.
        let _ = fs::remove_file(&self.path);
    }
}

/// Owner where permitted, extended attributes where the file system has them, mode.
fn keep_attributes(old: &Snapshot, new: &File) -> io::Result<()> {
    let own = new.metadata()?;
    let (uid, gid) = (old.metadata.uid(), old.metadata.gid());
    if own.uid() != uid || own.gid() != gid {
        let owner = (own.uid() != uid).then(|| Uid::from_raw(uid));
        let group = Some(Gid::from_raw(gid));
        if rustix::fs::fchown(new, owner, group).is_err() {
            // Not permitted to give it away; the group alone may still go.
            let _ = rustix::fs::fchown(new, None, group);
        }
    }
    for name in attribute_names(&old.file) {
        if let Some(value) = attribute(&old.file, &name) {
            // `security.*` may need rights we do not have.
            let _ = rustix::fs::fsetxattr(new, name.as_slice(), &value, XattrFlags::empty());
        }
    }
    // Last: a new owner takes set-user-id bits away.
    new.set_permissions(fs::Permissions::from_mode(old.metadata.permissions().mode() & 0o7777))
}

fn attribute_names(file: &File) -> Vec<Vec<u8>> {
    let mut list = vec![0; 0];
    let Ok(size @ 1..) = rustix::fs::flistxattr_query(file) else { return Vec::new() };
    list.resize(size, 0);
    match rustix::fs::flistxattr(file, list.as_mut_slice()) {
        Ok(length) => list[..length]
            .split(|&byte| byte == 0)
            .filter(|name| !name.is_empty())
            .map(<[u8]>::to_vec)
            .collect(),
        Err(_) => Vec::new(),
    }
}

fn attribute(file: &File, name: &[u8]) -> Option<Vec<u8>> {
    let size = rustix::fs::fgetxattr_query(file, name).ok()?;
    let mut value = vec![0; size];
    let length = rustix::fs::fgetxattr(file, name, value.as_mut_slice()).ok()?;
    value.truncate(length);
    Some(value)
}
