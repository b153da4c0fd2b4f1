//! `checkoff set`: what it prints, what it ends with, and many of it at once.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::test_environment::TestEnvironment;

const LIST: &str =
    "# Plan\n\n## Build\n\n- [ ] Compile\n- [ ] Test\n- [x] Format\n\n## Release\n\n- [ ] Test\n";

#[test]
fn the_changed_line_is_shown_before_and_after() {
    let environment = TestEnvironment::with_list(LIST);
    let outcome = environment.checkoff(&["set", "Compile", "done"]).ended(0);
    assert_eq!(outcome.stdout, "TASKS.md:5\n- - [ ] Compile\n+ - [x] Compile\n");
    assert_eq!(outcome.stderr, "");
    assert_eq!(environment.read("TASKS.md"), LIST.replace("[ ] Compile", "[x] Compile"));
    let again = environment.checkoff(&["set", "Compile", "done"]).ended(0);
    assert_eq!((again.stdout.as_str(), again.stderr.as_str()), ("", "`Compile` is done already\n"));
}

#[test]
fn a_dry_run_shows_the_same_and_writes_nothing() {
    let environment = TestEnvironment::with_list(LIST);
    let dry = environment.checkoff(&["set", "Compile", "done", "--dry-run"]).ended(0);
    assert_eq!(environment.read("TASKS.md"), LIST);
    assert_eq!(dry.stdout, environment.checkoff(&["set", "Compile", "done"]).stdout);
}

#[test]
fn what_is_unclear_is_refused_and_the_file_stays() {
    let environment = TestEnvironment::with_list(LIST);
    let ambiguous = environment.checkoff(&["set", "Test", "done"]).ended(4);
    insta::assert_snapshot!(ambiguous.stderr, @r"
    error: `Test` is ambiguous: it stands at lines 6 and 11
    hint: select one by its line, for instance `line:6`
    ");
    let unknown = environment.checkoff(&["set", "Compil", "done"]).ended(3);
    insta::assert_snapshot!(unknown.stderr, @r"
    error: no task `Compil`
    hint: did you mean `Compile`?
    ");
    let blocked = environment.checkoff(&["set", "Compile", "blocked"]).ended(4);
    insta::assert_snapshot!(blocked.stderr, @r"
    error: `TASKS.md` was not changed: cannot set `Compile` at line 5 to blocked: no mark in this file is known to mean blocked
    hint: say in the file what it is, for instance `- [!] blocked` under a heading `Legend`
    ");
    environment.checkoff(&["set", "Compile", "finished"]).ended(2);
    environment.checkoff(&["set", "line:0", "done"]).ended(2);
    environment.checkoff(&["set", "Compile", "done", "--file", "-"]).ended(2);
    assert_eq!(environment.read("TASKS.md"), LIST);
    environment.checkoff(&["set", "Release/Test", "done"]).ended(0);
    environment.checkoff(&["set", "line:6", "done"]).ended(0);
    assert_eq!(environment.read("TASKS.md"), LIST.replace("[ ] Test", "[x] Test"));
}

#[test]
fn an_id_must_be_one_task_in_all_lists_named() {
    let environment = TestEnvironment::new();
    environment.write("a/TASKS.md", "- [ ] Same\n- [ ] Only here\n");
    environment.write("b/TASKS.md", "- [ ] Same\n");
    let both =
        environment.checkoff(&["set", "Same", "done", "--file", "a", "--file", "b"]).ended(4);
    assert!(both.stderr.contains("a/TASKS.md:1 and b/TASKS.md:1"), "{both}");
    environment.checkoff(&["set", "Same", "done", "--file", "b"]).ended(0);
    environment.checkoff(&["set", "Only here", "done", "-f", "a", "-f", "b"]).ended(0);
    assert_eq!(environment.read("a/TASKS.md"), "- [ ] Same\n- [x] Only here\n");
    assert_eq!(environment.read("b/TASKS.md"), "- [x] Same\n");
}

#[test]
fn what_cannot_be_written_says_why() {
    let environment = TestEnvironment::with_list(LIST);
    let set_mode = |name: &str, mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(environment.path(name), permissions).expect("the mode");
    };
    set_mode("TASKS.md", 0o444);
    let file = environment.checkoff(&["set", "Compile", "done"]).ended(7);
    assert!(file.stderr.contains("error: `TASKS.md` is read-only"), "{file}");
    set_mode("TASKS.md", 0o644);
    set_mode("", 0o555);
    let folder = environment.checkoff(&["set", "Compile", "done"]);
    set_mode("", 0o755);
    assert!(folder.ended(7).stderr.contains("/project` is read-only"));
    assert_eq!(environment.read("TASKS.md"), LIST);
}

#[test]
fn notes_commits_and_parents_come_when_asked_for() {
    let environment = TestEnvironment::with_list("- [ ] Outer\n  - [x] One\n  - [ ] Two\n");
    let arguments = ["set", "Two", "done", "--rollup", "--note", "by hand", "--commit", "1a2b3c4"];
    let outcome = environment.checkoff(&arguments).ended(0);
    assert_eq!(
        environment.read("TASKS.md"),
        "- [x] Outer\n  - [x] One\n  - [x] Two (by hand) 1a2b3c4\n"
    );
    assert!(outcome.stdout.contains("TASKS.md:1\n") && outcome.stdout.contains("TASKS.md:3\n"));
}

#[test]
fn sixty_four_commands_at_once_lose_nothing_and_leave_nothing() {
    let list: String = (0..64).map(|number| format!("- [ ] T{number:03} Do it\n")).collect();
    let environment = TestEnvironment::with_list(&list);
    let children: Vec<_> = (0..64)
        .map(|number| {
            let mut command =
                environment.command(&["set", &format!("line:{}", number + 1), "done"]);
            command.stdout(Stdio::null()).spawn().expect("the binary starts")
        })
        .collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    assert_eq!(environment.read("TASKS.md"), list.replace("[ ]", "[x]"));
    let names = std::fs::read_dir(environment.project()).expect("the folder").count();
    assert_eq!(names, 1, "something was left beside the list");
}
