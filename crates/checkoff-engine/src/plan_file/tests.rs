//! What may happen to a file while a box in it is written.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use checkoff_plan::document::{Document, State};
use checkoff_plan::edit;
use checkoff_plan::read;
use checkoff_plan::select::{Selector, Target};
use rustix::fs::XattrFlags;
use tempfile::TempDir;

use super::replace::{Locked, Step};
use super::{PlanFileError, replace, set, set_selected};

const LIST: &str = "# Plan\n\n- [ ] First\n- [ ] Second\n- [x] Third\n";

struct Folder(TempDir);

impl Folder {
    fn with_list(text: &str) -> Folder {
        let folder = Folder(TempDir::with_prefix("checkoff-plan-file-").unwrap());
        fs::write(folder.list(), text).unwrap();
        folder
    }

    fn list(&self) -> PathBuf {
        self.0.path().join("TASKS.md")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.list()).unwrap()
    }

    /// Every name in the folder.
    fn names(&self) -> Vec<String> {
        names(self.0.path())
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn read_list(path: &Path) -> Document {
    read::read(&path.to_string_lossy(), fs::read(path).unwrap(), &read::Options::default())
}

fn set_one(
    path: &Path,
    base: &Document,
    selector: &str,
    state: State,
) -> Result<(), PlanFileError> {
    let wishes = [(selector.parse::<Selector>().unwrap(), state)];
    let (reading, options) = (read::Options::default(), edit::Options::default());
    set_selected(path, base, &wishes, &reading, &options).map(drop)
}

fn check(path: &Path, title: &str) -> Result<(), PlanFileError> {
    set_one(path, &read_list(path), title, State::Done)
}

#[test]
fn one_byte_changes_and_nothing_is_left_beside_the_list() {
    let folder = Folder::with_list(LIST);
    check(&folder.list(), "Second").unwrap();
    assert_eq!(folder.text(), LIST.replace("[ ] Second", "[x] Second"));
    assert_eq!(folder.names(), ["TASKS.md"]);
}

#[test]
fn a_task_that_has_its_state_is_not_written() {
    let folder = Folder::with_list(LIST);
    let inode = fs::metadata(folder.list()).unwrap().ino();
    check(&folder.list(), "Third").unwrap();
    assert_eq!(fs::metadata(folder.list()).unwrap().ino(), inode);
}

#[test]
fn a_foreign_edit_is_kept_and_the_task_found_again() {
    let folder = Folder::with_list(LIST);
    let base = read_list(&folder.list());
    let edited =
        format!("Somebody wrote this.\n{}- [ ] Fourth\n", LIST.replace("[ ] First", "[x] First"));
    fs::write(folder.list(), &edited).unwrap();
    // Line 4 of what was read is `Second`; in the file it is now line 5.
    set_one(&folder.list(), &base, "line:4", State::Done).unwrap();
    assert_eq!(folder.text(), edited.replace("[ ] Second", "[x] Second"));
}

#[test]
fn a_task_that_is_gone_or_doubled_is_refused() {
    let folder = Folder::with_list(LIST);
    let base = read_list(&folder.list());
    for foreign in [LIST.replace("Second", "Another"), format!("{LIST}- [ ] Second\n")] {
        fs::write(folder.list(), &foreign).unwrap();
        let error = set_one(&folder.list(), &base, "Second", State::Done).unwrap_err();
        assert!(matches!(error, PlanFileError::Follow { .. }), "{error:?}");
        assert_eq!(folder.text(), foreign);
    }
}

#[test]
fn a_replacement_of_something_else_is_refused() {
    let folder = Folder::with_list(LIST);
    let error = replace(&folder.list(), b"what it never was", b"new").unwrap_err();
    assert!(matches!(error, PlanFileError::Changed { .. }), "{error:?}");
    assert_eq!(folder.text(), LIST);
    replace(&folder.list(), LIST.as_bytes(), b"new").unwrap();
    assert_eq!(folder.text(), "new");
}

#[test]
fn a_write_between_reading_and_renaming_starts_over() {
    let folder = Folder::with_list(LIST);
    let locked = Locked::new(&folder.list()).unwrap();
    let snapshot = locked.read().unwrap();
    // An editor that knows no lock saves right before the rename.
    let replaced = locked
        .replace_observed(&snapshot, b"ours", &mut |step| {
            if step == Step::TemporaryWritten {
                fs::write(folder.list(), "theirs").unwrap();
            }
        })
        .unwrap();
    assert!(!replaced);
    assert_eq!(folder.text(), "theirs");
    assert_eq!(folder.names(), ["TASKS.md"]);
}

#[test]
fn a_symbolic_link_is_followed_and_stays() {
    let folder = Folder::with_list("");
    let real = folder.0.path().join("real");
    fs::create_dir(&real).unwrap();
    fs::write(real.join("list.md"), LIST).unwrap();
    fs::remove_file(folder.list()).unwrap();
    symlink("real/list.md", folder.list()).unwrap();
    check(&folder.list(), "First").unwrap();
    assert!(fs::symlink_metadata(folder.list()).unwrap().is_symlink());
    assert_eq!(
        fs::read_to_string(real.join("list.md")).unwrap(),
        LIST.replace("[ ] First", "[x] First")
    );
    assert_eq!(names(&real), ["list.md"]);
}

#[test]
fn mode_and_extended_attributes_are_kept() {
    let folder = Folder::with_list(LIST);
    fs::set_permissions(folder.list(), fs::Permissions::from_mode(0o640)).unwrap();
    // Not every file system has attributes; where it has none, none are lost.
    let attributes = rustix::fs::setxattr(folder.list(), "user.mood", b"calm", XattrFlags::empty());
    check(&folder.list(), "First").unwrap();
    assert_eq!(fs::metadata(folder.list()).unwrap().permissions().mode() & 0o7777, 0o640);
    if attributes.is_ok() {
        let mut value = [0; 16];
        let length = rustix::fs::getxattr(folder.list(), "user.mood", &mut value[..]).unwrap();
        assert_eq!(&value[..length], b"calm");
    }
}

#[test]
fn the_owner_is_kept_where_that_is_permitted() {
    let folder = Folder::with_list(LIST);
    let (user, group) = (Some(4321), Some(4322));
    // Only root may give files away; for others there is nothing to keep.
    if std::os::unix::fs::chown(folder.list(), user, group).is_err() {
        return;
    }
    check(&folder.list(), "First").unwrap();
    let metadata = fs::metadata(folder.list()).unwrap();
    assert_eq!((Some(metadata.uid()), Some(metadata.gid())), (user, group));
}

#[test]
fn what_is_read_only_stays_as_it_is() {
    let folder = Folder::with_list(LIST);
    let set_mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    set_mode(&folder.list(), 0o444);
    let error = check(&folder.list(), "First").unwrap_err();
    assert!(matches!(error, PlanFileError::ReadOnlyFile { .. }), "{error:?}");
    set_mode(&folder.list(), 0o644);

    set_mode(folder.0.path(), 0o555);
    let error = check(&folder.list(), "First").unwrap_err();
    set_mode(folder.0.path(), 0o755);
    assert!(matches!(error, PlanFileError::ReadOnlyFolder { .. }), "{error:?}");
    assert_eq!((folder.text().as_str(), folder.names()), (LIST, vec!["TASKS.md".to_owned()]));
}

#[test]
fn a_pipe_or_a_folder_is_no_list() {
    let folder = Folder::with_list(LIST);
    let base = read_list(&folder.list());
    let pipe = folder.0.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [pipe.as_path(), folder.0.path()] {
        let error = set_one(path, &base, "First", State::Done).unwrap_err();
        assert!(matches!(error, PlanFileError::NotAFile { .. }), "{error:?}");
    }
}

#[test]
fn hundreds_of_boxes_are_one_replacement() {
    let text: String = (0..500).map(|number| format!("- [ ] Task number {number}\n")).collect();
    let folder = Folder::with_list(&text);
    let base = read_list(&folder.list());
    let wishes: Vec<_> = (0..500).map(|index| (Target::Task(index), State::Done)).collect();
    // Somebody adds a line at the top first, so that all have to be followed.
    fs::write(folder.list(), format!("Hello\n{text}")).unwrap();
    let (reading, options) = (read::Options::default(), edit::Options::default());
    let written = set(&folder.list(), &base, &wishes, &reading, &options).unwrap();
    assert_eq!(written.change.settings.len(), 500);
    assert_eq!(folder.text(), format!("Hello\n{}", text.replace("[ ]", "[x]")));
}

/// Runs this very test program again as another process, which does `part` of the test `name`.
fn again(name: &str, part: &str, folder: &Folder) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([&format!("plan_file::tests::{name}"), "--exact", "--nocapture"])
        .env("CHECKOFF_TEST_PART", part)
        .env("CHECKOFF_TEST_FOLDER", folder.0.path())
        .stdout(Stdio::null());
    command
}

/// The part this process is to do, and the list, when it is one that [`again`] started.
fn part() -> Option<(String, PathBuf)> {
    let part = std::env::var("CHECKOFF_TEST_PART").ok()?;
    let folder = std::env::var_os("CHECKOFF_TEST_FOLDER")?;
    Some((part, PathBuf::from(folder).join("TASKS.md")))
}

#[test]
fn sixty_four_processes_lose_nothing() {
    const PROCESSES: usize = 64;
    const NAME: &str = "sixty_four_processes_lose_nothing";
    if let Some((number, list)) = part() {
        return check(&list, &format!("Task number {number}")).unwrap();
    }
    let text: String = (0..PROCESSES).map(|n| format!("- [ ] Task number {n}\n")).collect();
    let folder = Folder::with_list(&text);
    let children: Vec<_> = (0..PROCESSES)
        .map(|number| again(NAME, &number.to_string(), &folder).spawn().unwrap())
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(folder.text(), text.replace("[ ]", "[x]"));
    assert_eq!(folder.names(), ["TASKS.md"]);
}

#[test]
fn killed_between_writing_and_renaming_leaves_the_list_whole() {
    const NAME: &str = "killed_between_writing_and_renaming_leaves_the_list_whole";
    if let Some((_, list)) = part() {
        let locked = Locked::new(&list).unwrap();
        let snapshot = locked.read().unwrap();
        let half_way = &mut |step| {
            if step == Step::TemporaryWritten {
                rustix::process::kill_process(
                    rustix::process::getpid(),
                    rustix::process::Signal::KILL,
                )
                .unwrap();
            }
        };
        locked.replace_observed(&snapshot, b"half way", half_way).unwrap();
        return;
    }
    let folder = Folder::with_list(LIST);
    let status = again(NAME, "be killed", &folder).status().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    assert_eq!(folder.text(), LIST);
    assert_eq!(folder.names().len(), 2, "the temporary file of the dead process");

    // The lock died with its holder, and the next write takes the rest away.
    check(&folder.list(), "First").unwrap();
    assert_eq!(folder.text(), LIST.replace("[ ] First", "[x] First"));
    assert_eq!(folder.names(), ["TASKS.md"]);
}

#[test]
fn a_full_disk_leaves_the_list_whole() {
    const NAME: &str = "a_full_disk_leaves_the_list_whole";
    const RAN: i32 = 42;
    if let Some((_, list)) = part() {
        let error = check(&list, "First").unwrap_err();
        assert!(matches!(error, PlanFileError::Full { .. }), "{error:?}");
        // Tells a test that ran from one that was not found.
        std::process::exit(RAN);
    }
    // More than the one block (512 or 1024 bytes) the shell lets the process write.
    let text = format!("{LIST}{}", "A line of prose.\n".repeat(200));
    let folder = Folder::with_list(&text);
    let child = again(NAME, "write", &folder);
    let mut limited = Command::new("bash");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "bash"])
        .arg(child.get_program())
        .args(child.get_args())
        .envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .stdout(Stdio::null());
    assert_eq!(limited.status().unwrap().code(), Some(RAN));
    assert_eq!((folder.text(), folder.names()), (text, vec!["TASKS.md".to_owned()]));
}
