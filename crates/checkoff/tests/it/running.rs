//! `run` and what belongs to it, end to end on the real engine.

use std::process::Stdio;

use crate::test_environment::{Outcome, TestEnvironment};

const LIST: &str = "\
# Plan

- [ ] T001 Prepare
  - run: `echo ready > ready.txt`
## Build

- [ ] T002 Build
  - needs: T001
  - run: `echo building; test -f mended`
- [ ] T003 Test
  - needs: T002
  - run: `true`
- [ ] T004 Note
  - needs: T001
  - run: `echo noted`
  - done when: `test -f ready.txt`
";

/// The settings of a snapshot in which times, sizes and processes are replaced.
fn without_figures() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\d+(\.\d)?(µs|ms|s)\b", "[time]");
    settings.add_filter(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\[time\]", "[date]");
    settings.add_filter(r"\b\d\d:\d\d:\d\d\b", "[clock]");
    settings.add_filter(r"process \d+", "process [pid]");
    settings.add_filter(r"[\d.]+ [KM]iB", "[size]");
    settings.add_filter(r" +\d+\.\d× as fast .*", "");
    settings
}

macro_rules! assert_story {
    ($outcome:expr) => {
        without_figures().bind(|| insta::assert_snapshot!($outcome))
    };
}

/// The same environment with its list run once, which fails at T002.
fn failed() -> (TestEnvironment, Outcome) {
    let environment = TestEnvironment::with_list(LIST);
    let outcome = environment.checkoff(&["run", "--yes", "--jobs", "1"]).ended(10);
    (environment, outcome)
}

#[test]
fn a_run_checks_off_what_is_done_and_tells_what_failed() {
    let (environment, outcome) = failed();
    assert_story!(outcome);
    let list = environment.read("TASKS.md");
    let boxes: Vec<&str> = list.lines().filter(|line| line.starts_with("- [")).collect();
    let expected = ["- [x] T001 Prepare", "- [ ] T002 Build", "- [ ] T003 Test", "- [x] T004 Note"];
    assert_eq!(boxes, expected);
}

#[test]
fn what_failed_is_retried_and_the_rest_follows() {
    let (environment, _) = failed();
    environment.write("mended", "");
    let retried = environment.checkoff(&["retry", "T002"]).ended(0);
    assert_story!(retried);
    assert!(!environment.read("TASKS.md").contains("[ ]"));
    let again = environment.checkoff(&["run"]).ended(0);
    assert!(again.stderr.contains("nothing left to do"), "{again}");
    let done = environment.checkoff(&["retry", "T002"]).ended(3);
    assert!(done.stderr.contains("T002 is done"), "{done}");
    let none = environment.checkoff(&["retry"]).ended(3);
    assert!(none.stderr.contains("no task of run r1 has failed"), "{none}");
}

#[test]
fn runs_status_and_log_tell_it_again() {
    let (environment, _) = failed();
    assert_story!(environment.checkoff(&["runs"]).ended(0));
    assert_story!(environment.checkoff(&["status"]).ended(0));
    assert_story!(environment.checkoff(&["log"]).ended(0));
    assert_story!(environment.checkoff(&["log", "T002"]).ended(0));
    assert_story!(environment.checkoff(&["log", "r1", "T004"]).ended(0));
}

#[test]
fn a_run_or_task_that_does_not_exist_is_answered_with_what_was_meant() {
    let nothing = TestEnvironment::with_list(LIST).checkoff(&["log"]).ended(3);
    assert!(nothing.stderr.contains("nothing has run here yet"), "{nothing}");
    let (environment, _) = failed();
    let task = environment.checkoff(&["log", "T02"]).ended(3);
    assert!(task.stderr.contains("did you mean `T002`?"), "{task}");
    let run = environment.checkoff(&["status", "r9"]).ended(3);
    assert!(run.stderr.contains("the newest is r1"), "{run}");
    let only = environment.checkoff(&["run", "--only", "T009"]).ended(3);
    assert!(only.stderr.contains("T009"), "{only}");
    let phase = environment.checkoff(&["run", "--phase", "Buidl"]).ended(3);
    assert!(phase.stderr.contains("did you mean `Build`?"), "{phase}");
}

#[test]
fn events_are_one_json_object_a_line_live_and_from_the_log() {
    let environment = TestEnvironment::with_list(LIST);
    environment.write("mended", "");
    let live = environment.checkoff(&["run", "--yes", "--format", "json"]).ended(0);
    let parse = |text: &str| -> Vec<serde_json::Value> {
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect()
    };
    let mut events = parse(&live.stdout);
    let ended = events.pop().expect("a last line");
    assert_eq!((&ended["event"], &ended["outcome"]), (&"ended".into(), &"succeeded".into()));
    let numbers: Vec<u64> = events.iter().filter_map(|event| event["seq"].as_u64()).collect();
    assert_eq!(numbers, (1..=events.len() as u64).collect::<Vec<_>>());
    let reference = environment.checkoff(&["help", "events"]).ended(0).stdout;
    for event in &events {
        let name = event["event"].as_str().expect("a name");
        assert!(reference.contains(name), "`{name}` is not in `checkoff help events`");
    }
    let logged = environment.checkoff(&["log", "--format", "json"]).ended(0);
    assert_eq!(parse(&logged.stdout), events);
}

#[test]
fn nothing_is_run_unseen_where_nobody_can_be_asked() {
    let environment = TestEnvironment::with_list(LIST);
    environment.write("mended", "");
    insta::assert_snapshot!(environment.checkoff(&["run"]).ended(6));
    assert!(!environment.path("ready.txt").exists(), "a command was run");
    assert!(!environment.path(".checkoff").exists(), "a store was made");
    environment.checkoff(&["run", "--yes"]).ended(0);
    // What was let run once is not asked for again; a command that changed is.
    environment.write("TASKS.md", LIST);
    environment.checkoff(&["run"]).ended(0);
    environment.write("TASKS.md", LIST.replace("echo noted", "echo noticed"));
    let changed = environment.checkoff(&["run"]).ended(6);
    assert!(changed.stderr.contains("1 command of this list"), "{changed}");
}

#[test]
fn a_dry_run_shows_the_waves_and_runs_nothing() {
    let environment = TestEnvironment::with_list(LIST);
    insta::assert_snapshot!(environment.checkoff(&["run", "--dry-run", "--jobs", "2"]).ended(0));
    assert!(!environment.path("ready.txt").exists(), "a command was run");
}

#[test]
fn a_part_of_a_list_can_be_run() {
    let environment = TestEnvironment::with_list(LIST);
    let until = environment.checkoff(&["run", "-n", "--until", "T004"]).ended(0);
    assert!(until.stdout.contains("T001") && !until.stdout.contains("T002"), "{until}");
    let only = environment.checkoff(&["run", "-n", "--only", "T004"]).ended(0);
    assert!(!only.stdout.contains("T001"), "{only}");
    assert!(only.stderr.contains("T004 needs T001, which is open"), "{only}");
}

#[test]
fn a_persons_task_is_waited_for_and_ends_the_run_when_it_is_set() {
    let list = "- [ ] T001 Ask the lead\n- [ ] T002 Ship\n  - needs: T001\n  - run: `true`\n";
    let environment = TestEnvironment::with_list(list);
    let waiting = environment.checkoff(&["run", "--yes"]).ended(11);
    assert_story!(waiting);
    environment.checkoff(&["set", "T001", "done"]).ended(0);
    environment.checkoff(&["resume"]).ended(0);
    assert!(!environment.read("TASKS.md").contains("[ ]"));
}

#[test]
fn a_cycle_is_refused_before_anything_runs() {
    let list = "\
- [ ] T001 One\n  - needs: T002\n  - run: `touch one`
- [ ] T002 Two\n  - needs: T001\n  - run: `touch two`\n";
    let environment = TestEnvironment::with_list(list);
    insta::assert_snapshot!(environment.checkoff(&["run", "--yes"]).ended(3));
    assert!(!environment.path("one").exists() && !environment.path("two").exists());
}

#[test]
fn a_folder_that_cannot_be_written_says_what_to_do() {
    let environment = TestEnvironment::with_list(LIST);
    environment.write("file", "");
    let outcome = environment.checkoff(&["run", "--yes", "--store", "file/store"]).ended(7);
    assert!(outcome.stderr.contains("`--store FOLDER`"), "{outcome}");
}

/// A list whose first task says through one pipe that it has begun, and ends when another is
/// written to.
const HELD: &str = "\
- [ ] T001 Hold
  - run: `echo > begun; cat go`
- [ ] T002 Next
  - needs: T001
  - run: `true`
";

/// A run of [`HELD`] whose first task has begun.
fn held() -> (TestEnvironment, std::process::Child) {
    let environment = TestEnvironment::with_list(HELD);
    environment.shell("mkfifo begun go").ended(0);
    let child = environment
        .command(&["run", "--yes"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    environment.shell("read _ < begun").ended(0);
    (environment, child)
}

#[test]
fn a_second_run_of_one_list_says_who_holds_it() {
    let (environment, child) = held();
    let second = environment.checkoff(&["run", "--yes"]).ended(5);
    assert!(second.stderr.contains("is in use by run r1 (process"), "{second}");
    assert!(second.stderr.contains("--wait-lock"), "{second}");
    let status = environment.checkoff(&["status"]).ended(0);
    assert!(status.stdout.contains("run r1 is under way"), "{status}");
    environment.shell("echo > go").ended(0);
    let first = environment.normalised(child.wait_with_output().expect("its end")).ended(0);
    assert!(first.stdout.contains("run r1 succeeded"), "{first}");
}

#[test]
fn the_first_interrupt_finishes_what_runs_and_resume_goes_on() {
    let (environment, child) = held();
    environment.shell(&format!("kill -INT {}", child.id())).ended(0);
    environment.shell("\"$CHECKOFF\" log -f --format json | grep -m1 drain_requested").ended(0);
    environment.shell("echo > go").ended(0);
    let stopped = environment.normalised(child.wait_with_output().expect("its end")).ended(12);
    assert!(stopped.stdout.contains("was stopped"), "{stopped}");
    let list = environment.read("TASKS.md");
    assert!(list.contains("- [x] T001") && list.contains("- [ ] T002"), "{list}");
    environment.checkoff(&["resume"]).ended(0);
    assert!(environment.read("TASKS.md").contains("- [x] T002"));
}

#[test]
fn cancel_ends_what_runs() {
    let (environment, child) = held();
    let cancelled = environment.checkoff(&["cancel"]).ended(0);
    assert!(cancelled.stderr.contains("run r1 is cancelled"), "{cancelled}");
    let ended = environment.normalised(child.wait_with_output().expect("its end")).ended(13);
    assert!(ended.stdout.contains("was cancelled"), "{ended}");
    let again = environment.checkoff(&["cancel"]).ended(0);
    assert!(again.stderr.contains("has ended already"), "{again}");
}

#[test]
fn cancel_of_a_run_leaves_another_run_of_its_list_alone() {
    let (environment, mut lost) = held();
    lost.kill().expect("it is killed");
    lost.wait().expect("its end");
    environment.shell("echo > go").ended(0);
    let other = environment.command(&["run", "--yes", "-q"]).spawn();
    let mut other = other.expect("the binary starts");
    environment.shell("read _ < begun").ended(0);
    let cancelled = environment.checkoff(&["cancel", "r1"]).ended(5);
    assert!(cancelled.stderr.contains("nobody works on run r1"), "{cancelled}");
    assert!(cancelled.stderr.contains("is held by run r2"), "{cancelled}");
    assert!(cancelled.stderr.contains("`checkoff cancel r2`"), "{cancelled}");
    environment.shell("echo > go").ended(0);
    assert!(other.wait().expect("its end").success());
}

#[test]
fn who_waits_for_a_list_says_so_and_does_nothing_twice() {
    let (environment, child) = held();
    let second = environment
        .shell(
            "\"$CHECKOFF\" run --yes --wait-lock 2> said & \
             until grep -q 'waiting for run r1 (process' said; do sleep 0.01; done; \
             echo > go; wait $!",
        )
        .ended(0);
    child.wait_with_output().expect("its end");
    let said = environment.read("said");
    assert!(said.contains("nothing left to do"), "{said}{second}");
}

#[test]
fn a_script_in_a_language_that_nothing_runs_is_refused_before_anything_starts() {
    let list = "- [ ] T001 First\n  - run: `touch started`\n\
                - [ ] T002 Other\n  - run:\n    ```cobol\n    DISPLAY 'X'.\n    ```\n";
    let environment = TestEnvironment::with_list(list);
    let refused = environment.checkoff(&["run", "--yes"]).ended(3);
    assert!(refused.stderr.contains("nothing here runs `cobol`"), "{refused}");
    assert!(!environment.path("started").exists());
}

#[test]
fn undo_unchecks_what_a_run_checked_and_nothing_else() {
    let (environment, _) = failed();
    let undone = environment.checkoff(&["undo", "T001"]).ended(0);
    assert!(undone.stdout.contains("- [ ] T001 Prepare"), "{undone}");
    assert!(environment.read("TASKS.md").starts_with("# Plan\n\n- [ ] T001"));
    let again = environment.checkoff(&["undo", "T001"]).ended(0);
    assert!(again.stderr.contains("unchecked already"), "{again}");
    let never = environment.checkoff(&["undo", "T002"]).ended(3);
    assert!(never.stderr.contains("run r1 did not check `T002`"), "{never}");
}

#[test]
fn the_output_of_a_task_is_followed_while_it_runs() {
    let list = "- [ ] T001 Talk\n  - run: `echo early; echo > begun; cat go; echo late`\n";
    let environment = TestEnvironment::with_list(list);
    environment.shell("mkfifo begun go").ended(0);
    let mut run = environment.command(&["run", "--yes", "-q"]).spawn().expect("the binary starts");
    environment.shell("read _ < begun").ended(0);
    // The line is there while the task still runs; only then is the task let go on.
    let followed = environment
        .shell(
            "\"$CHECKOFF\" log -f T001 | while read -r line; do echo \"$line\"; \
             case $line in *'| early'*) echo > go;; esac; done",
        )
        .ended(0);
    assert!(run.wait().expect("its end").success(), "{followed}");
    let lines: Vec<&str> = followed.stdout.lines().skip(1).take(4).collect();
    let script = "$ echo early; echo > begun; cat go; echo late";
    assert_eq!(lines, [script, "| early", "|", "| late"], "{followed}");
    assert!(followed.stdout.contains("T001 Talk: done"), "{followed}");
}

#[test]
fn a_check_whose_keeper_died_is_run_again() {
    // The check kills its keeper, and lives until what became of it was looked into: its exit
    // is nobody's knowledge then, and says nothing about the task.
    let list = "\
- [ ] T001 Do it
  - run: `echo once >> marks`
  - done when: `test -f killed || { touch killed; kill -9 $PPID; \
until ls -d .checkoff/runs/*/keeper-2; do sleep 0.01; done; exit 1; }`
";
    let environment = TestEnvironment::with_list(list);
    environment.checkoff(&["run", "--yes"]).ended(0);
    assert!(environment.read("TASKS.md").contains("- [x] T001"));
    assert_eq!(environment.read("marks"), "once\n");
}

#[test]
fn a_run_whose_checkoff_was_killed_is_said_to_be_broken_off_and_resumes() {
    let (environment, mut child) = held();
    environment.shell(&format!("kill -KILL {}", child.id())).ended(0);
    child.wait().expect("its end");
    let status = environment.checkoff(&["status"]).ended(0);
    assert!(status.stdout.starts_with("run r1 broke off: its checkoff is gone"), "{status}");
    assert!(status.stdout.contains("checkoff resume"), "{status}");
    let runs = environment.checkoff(&["runs"]).ended(0);
    assert!(runs.stdout.contains("broke off"), "{runs}");
    // Nothing is going to happen: a follower does not wait for it.
    let followed = environment.checkoff(&["log", "-f"]).ended(0);
    assert!(followed.stdout.contains("run r1 broke off"), "{followed}");
    environment.shell("echo > go & \"$CHECKOFF\" resume").ended(0);
    assert!(!environment.read("TASKS.md").contains("[ ]"));
}

#[test]
fn a_run_goes_on_when_nobody_reads_its_events_any_more() {
    let environment = TestEnvironment::with_list(LIST);
    let line = "\"$CHECKOFF\" run --yes --format json | head -n 1; echo ${PIPESTATUS[0]}";
    let unread = environment.shell(line).ended(0);
    assert!(unread.stdout.ends_with("\n10\n"), "{unread}");
    let status = environment.checkoff(&["status"]).ended(0);
    assert!(status.stdout.starts_with("run r1 failed"), "{status}");
}

#[test]
fn a_list_that_is_moved_away_is_still_held_by_its_run() {
    let (environment, child) = held();
    environment.shell("mv TASKS.md away.md").ended(0);
    let status = environment.checkoff(&["status"]).ended(0);
    assert!(status.stdout.contains("is under way"), "{status}");
    environment.shell("echo > go").ended(0);
    let ended = environment.normalised(child.wait_with_output().expect("its end")).ended(0);
    assert!(ended.stdout.contains("not checked off"), "{ended}");
}
