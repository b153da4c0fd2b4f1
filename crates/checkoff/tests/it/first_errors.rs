//! The errors a new user meets first, each with its way out.

use std::os::unix::fs::PermissionsExt;

use crate::test_environment::TestEnvironment;

#[test]
fn no_list_anywhere_says_where_it_looked() {
    let outcome = TestEnvironment::new().checkoff(&["check"]).ended(3);
    insta::assert_snapshot!(outcome);
}

#[test]
fn a_missing_file_says_so_and_guesses() {
    let environment = TestEnvironment::with_list("- [ ] one\n");
    let guessed = environment.checkoff(&["check", "TASK.md"]).ended(3);
    assert!(guessed.stderr.contains("did you mean `TASKS.md`?"), "{guessed}");
    let unknown = environment.checkoff(&["check", "quite-another.md"]).ended(3);
    assert!(unknown.stderr.contains("`checkoff init`"), "{unknown}");
}

#[test]
fn a_folder_without_lists_is_told_from_an_empty_one() {
    let environment = TestEnvironment::new();
    environment.write("docs/README.md", "# nothing to do\n");
    environment.write("src/main.c", "int main;\n");
    let without = environment.checkoff(&["check", "docs"]).ended(3);
    assert!(without.stderr.contains("that could be a list holds no task"), "{without}");
    let empty = environment.checkoff(&["check", "src"]).ended(3);
    assert!(empty.stderr.contains("looks like a task list"), "{empty}");
}

#[test]
fn a_binary_file_is_no_list() {
    let environment = TestEnvironment::new();
    environment.write("TASKS.md", b"\x7fELF\x02\x00\x00");
    let outcome = environment.checkoff(&["check", "TASKS.md"]).ended(3);
    assert!(outcome.stderr.contains("`TASKS.md` is binary"), "{outcome}");
    let device = environment.checkoff(&["check", "/dev/zero"]).ended(3);
    assert!(device.stderr.contains("is a device"), "{device}");
}

#[test]
fn a_file_one_may_not_read_says_so() {
    let environment = TestEnvironment::with_list("- [ ] one\n");
    let path = environment.path("TASKS.md");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o000)).expect("a mode");
    if std::fs::File::open(&path).is_ok() {
        // Root may read everything; the message is covered wherever tests run as somebody else.
        return;
    }
    let outcome = environment.checkoff(&["check", "TASKS.md"]).ended(3);
    assert!(outcome.stderr.contains("permission denied"), "{outcome}");
}

#[test]
fn a_wrong_setting_is_named_with_its_place() {
    let environment = TestEnvironment::with_list("- [ ] one\n");
    environment.write("checkoff.toml", "[run]\njbos = 2\n");
    let outcome = environment.checkoff(&["check"]).ended(3);
    insta::assert_snapshot!(outcome);
}

#[test]
fn a_reader_that_goes_away_ends_us_silently() {
    let environment = TestEnvironment::with_list(&"- [ ] one\n".repeat(100));
    let outcome =
        environment.shell("\"$CHECKOFF\" help exit-codes | true; echo ${PIPESTATUS[0]}").ended(0);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("0\n", ""));
}

#[test]
fn a_full_disk_behind_standard_output_is_told() {
    let environment = TestEnvironment::new();
    let outcome = environment.shell("\"$CHECKOFF\" help exit-codes > /dev/full").ended(7);
    assert!(outcome.stderr.contains("failed to write to standard output"), "{outcome}");
}
