//! A person closes a box, in the ways editors do it.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use checkoff_worker::person::{MayHaveChanged, PersonWatch};

use crate::stage::FOREVER;

/// Makes a file that is not fresh, which would be reported twice.
fn old_file(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
}

#[test]
fn every_way_to_save_a_file_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let in_folder = |name: &str| folder.path().join(name);
    let (path, beside, other) = (in_folder("aufgaben ☑.md"), in_folder("b"), in_folder("other.md"));
    old_file(&path, "- [ ] a\n");
    let (send, notices) = crossbeam_channel::unbounded();
    let watch = PersonWatch::begin(vec![other.clone(), path.clone()], send).unwrap();
    let next = || notices.recv_timeout(FOREVER).unwrap().file;
    // Each is told once at the beginning, the one that is not there as well.
    assert_eq!((next(), next()), (0, 1));

    // Replaced, by one of the same length and time.
    old_file(&beside, "- [x] a\n");
    fs::rename(&beside, &path).unwrap();
    assert_eq!(next(), 1);

    fs::remove_file(&path).unwrap();
    assert_eq!(next(), 1);

    old_file(&beside, "");
    fs::rename(&beside, &other).unwrap();
    assert_eq!(next(), 0);

    // Written in place.
    fs::write(&other, "- [x] a\n").unwrap();
    assert_eq!(next(), 0);

    drop(watch);
    // The thread ends, and with it the only sender.
    let end = notices.iter().last();
    assert!(end.is_none_or(|last| last == MayHaveChanged { file: 0 }), "{end:?}");
}
