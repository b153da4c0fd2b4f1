//! Which files an attempt changed, of those its task declares.
//!
//! Size, time of change and inode of each are noted before the attempt starts and
//! compared after it ended. A task that declares no files is not looked at: with
//! attempts side by side, a difference of the whole tree says nothing about one.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use checkoff_core::event::{ChangeKind, FileChange};
use globset::{Glob, GlobSet, GlobSetBuilder};

/// At most so many files of one task are looked at.
const FILES_MAX: usize = 4_096;
/// At most so many folder entries are walked for one task's globs.
const WALK_MAX: usize = 50_000;
/// Larger files are not hashed.
const HASH_BYTES_MAX: u64 = 64 << 20;

/// What was there before the attempt.
#[derive(Debug)]
pub(crate) struct Baseline {
    folder: PathBuf,
    declared: Vec<String>,
    before: BTreeMap<PathBuf, Trace>,
}

/// What tells one content of a file from another, without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trace {
    len: u64,
    modified_ns: i128,
    inode: u64,
}

impl Trace {
    fn of(metadata: &Metadata) -> Trace {
        let modified_ns =
            i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec());
        Trace { len: metadata.len(), modified_ns, inode: metadata.ino() }
    }
}

impl Baseline {
    /// Looks at the files a task declares; `None` when it declares none.
    pub(crate) fn of(folder: &Path, declared: &[String]) -> Option<Baseline> {
        (!declared.is_empty()).then(|| Baseline {
            before: look(folder, declared),
            folder: folder.to_owned(),
            declared: declared.to_vec(),
        })
    }

    /// What is different now, in order of the paths.
    pub(crate) fn changes(&self) -> Vec<FileChange> {
        let after = look(&self.folder, &self.declared);
        let mut changes = Vec::new();
        for (path, trace) in &after {
            let kind = match self.before.get(path) {
                None => ChangeKind::Created,
                Some(before) if before != trace => ChangeKind::Modified,
                Some(_) => continue,
            };
            let hash = self.hash(path, trace.len);
            changes.push(FileChange { path: path.display().to_string(), kind, hash });
        }
        let gone = self.before.keys().filter(|path| !after.contains_key(*path));
        changes.extend(gone.map(|path| FileChange {
            path: path.display().to_string(),
            kind: ChangeKind::Deleted,
            hash: String::new(),
        }));
        changes.sort_by(|one, other| one.path.cmp(&other.path));
        changes
    }

    fn hash(&self, path: &Path, len: u64) -> String {
        if len > HASH_BYTES_MAX {
            return String::new();
        }
        let read = fs::read(self.folder.join(path));
        read.map(|bytes| blake3::hash(&bytes).to_hex().to_string()).unwrap_or_default()
    }
}

/// The declared files that exist, by their paths relative to the folder.
fn look(folder: &Path, declared: &[String]) -> BTreeMap<PathBuf, Trace> {
    let mut found = Found { folder, files: BTreeMap::new(), walked: 0 };
    for name in declared {
        match pattern_of(name) {
            None => found.add(Path::new(name), None),
            Some(pattern) => found.add(&literal_start(name), Some(&pattern)),
        }
    }
    found.files
}

struct Found<'a> {
    folder: &'a Path,
    files: BTreeMap<PathBuf, Trace>,
    walked: usize,
}

impl Found<'_> {
    /// Adds a file, or every file below a folder, as far as the pattern agrees.
    fn add(&mut self, path: &Path, pattern: Option<&GlobSet>) {
        let mut waiting = vec![path.to_owned()];
        while let Some(path) = waiting.pop() {
            if self.walked >= WALK_MAX || self.files.len() >= FILES_MAX {
                return;
            }
            self.walked += 1;
            let full = self.folder.join(&path);
            // What is not there, or may not be looked at, is no file of the task's.
            let Ok(metadata) = fs::symlink_metadata(&full) else { continue };
            if metadata.is_dir() {
                waiting.extend(entries(&full).map(|name| path.join(name)));
            } else if pattern.is_none_or(|pattern| pattern.is_match(&path)) {
                self.files.insert(path, Trace::of(&metadata));
            }
        }
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = std::ffi::OsString> + use<> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.filter(|name| name != ".git" && name != ".checkoff")
}

/// The pattern, when the name is one and reads as one.
fn pattern_of(name: &str) -> Option<GlobSet> {
    if !name.contains(['*', '?', '[', '{']) {
        return None;
    }
    let mut set = GlobSetBuilder::new();
    set.add(Glob::new(name).ok()?);
    set.build().ok()
}

/// The folders before the first one with a wildcard.
fn literal_start(name: &str) -> PathBuf {
    let parts = Path::new(name).components();
    let literal =
        parts.take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']));
    literal.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_declared_files_count_and_each_kind_of_change_is_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::create_dir_all(path("src/deep")).expect("folders");
        for name in ["src/same.rs", "src/old.rs", "src/gone.rs", "other.txt"] {
            fs::write(path(name), "before").expect("a file");
        }
        let declared = ["src/**/*.rs".to_owned(), "notes.md".to_owned()];
        let baseline = Baseline::of(folder.path(), &declared).expect("files are declared");

        fs::write(path("src/old.rs"), "after, longer").expect("a change");
        fs::remove_file(path("src/gone.rs")).expect("a removal");
        for name in ["src/deep/new.rs", "src/deep/new.txt", "notes.md", "other.txt"] {
            fs::write(path(name), "new content").expect("a file");
        }

        let seen: Vec<_> =
            baseline.changes().into_iter().map(|change| (change.path, change.kind)).collect();
        let expected = [
            ("notes.md", ChangeKind::Created),
            ("src/deep/new.rs", ChangeKind::Created),
            ("src/gone.rs", ChangeKind::Deleted),
            ("src/old.rs", ChangeKind::Modified),
        ];
        assert_eq!(seen, expected.map(|(path, kind)| (path.to_owned(), kind)));
    }

    #[test]
    fn a_task_without_files_is_not_looked_at() {
        assert!(Baseline::of(Path::new("/"), &[]).is_none());
    }
}
