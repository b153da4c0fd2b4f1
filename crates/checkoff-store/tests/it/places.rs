//! SQLite in places that are no good, or were used before.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use checkoff_store::{Error, SqliteStore, Store};

use crate::samples::{events, run};

#[test]
fn a_log_outlives_its_store_and_is_read_beside_a_writer() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(folder.path()).expect("a store");
    let run = store.create_run(&run()).expect("a run");
    store.append(run, 0, &events()).expect("a batch");

    let reader = SqliteStore::open_to_read(folder.path()).expect("a reader beside the writer");
    assert_eq!(reader.read(run, 0, usize::MAX).expect("a log").len(), events().len());
    let written = reader.append(run, events().len() as u64, &events());
    assert!(matches!(written, Err(Error::ReadOnly { .. })), "a reader wrote: {written:?}");
    drop((store, reader));

    let again = SqliteStore::open(folder.path()).expect("the store again");
    assert_eq!(again.read(run, 0, usize::MAX).expect("a log").len(), events().len());
}

#[test]
fn the_folder_keeps_itself_out_of_version_control() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join(".checkoff");
    drop(SqliteStore::open(&place).expect("a store"));
    let ignored = fs::read_to_string(place.join(".gitignore")).expect("a .gitignore");
    assert!(ignored.lines().any(|line| line == "*"), "{ignored}");
}

#[test]
fn a_newer_store_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(SqliteStore::open(folder.path()).expect("a store"));
    let file = folder.path().join("checkoff.db");
    let connection = rusqlite::Connection::open(&file).expect("the file");
    connection.pragma_update(None, "user_version", 999).expect("a newer version");
    drop(connection);
    let opened = SqliteStore::open(folder.path()).map(drop);
    assert!(matches!(opened, Err(Error::Newer { found: 999, .. })), "{opened:?}");
}

#[test]
fn a_file_that_is_no_store_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("checkoff.db");
    fs::write(&file, "this is a letter to my aunt, and it is long enough to have a header")
        .expect("a letter");
    let opened = SqliteStore::open(folder.path()).map(drop);
    assert!(matches!(opened, Err(Error::NotAStore { .. })), "{opened:?}");

    fs::remove_file(&file).expect("gone");
    let other = rusqlite::Connection::open(&file).expect("a database");
    other.pragma_update(None, "application_id", 7).expect("of somebody else");
    drop(other);
    let opened = SqliteStore::open(folder.path()).map(drop);
    assert!(matches!(opened, Err(Error::NotAStore { .. })), "{opened:?}");
}

#[test]
fn a_folder_that_cannot_be_made_is_said_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let blocked = folder.path().join("file");
    fs::write(&blocked, "").expect("a file in the way");
    let opened = SqliteStore::open(&blocked.join("store")).map(drop);
    assert!(matches!(opened, Err(Error::ReadOnly { .. })), "{opened:?}");
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).expect("a folder");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).expect("closed");
    if fs::write(closed.join("probe"), "").is_err() {
        // Not for root, who may write everywhere.
        let opened = SqliteStore::open(&closed).map(drop);
        assert!(matches!(opened, Err(Error::ReadOnly { .. })), "{opened:?}");
    }
}
