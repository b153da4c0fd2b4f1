//! Runs that are stopped, refused or disturbed.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use checkoff_core::event::{Outcome, Question, RunOutcome};
use checkoff_core::{AttemptId, Event, TaskIndex, Timestamp};
use checkoff_engine::{Engine, Plan, Resume, StartError};
use checkoff_store::{NewRun, SqliteStore, Store};

use crate::project::{Project, Story, next_until};

#[test]
fn a_second_run_of_a_list_is_told_who_holds_it() {
    let project = Project::with_list("- [ ] T001 Slow\n  - run: `sleep 60`\n");
    let running = project.start().expect("a run");
    next_until(&running, |it| matches!(it.event, Event::AttemptStarted { .. }));
    let second = project.start();
    let Err(StartError::Held { run, pid, .. }) = &second else {
        panic!("the list was given twice: {second:?}");
    };
    assert_eq!((*run, *pid), (Some(running.handle.run()), std::process::id()));
    running.handle.cancel();
    Story::of(&running);
    let third = project.start().expect("the list is free again");
    third.handle.cancel();
    Story::of(&third);
}

#[test]
fn cancelling_ends_what_runs_and_asks_about_it() {
    let project = Project::with_list(
        "- [ ] T001 Slow\n  - run: `sleep 60`\n\
         - [ ] T002 After\n  - needs: T001\n  - run: `true`\n",
    );
    let running = project.start().expect("a run");
    next_until(&running, |it| matches!(it.event, Event::AttemptStarted { .. }));
    running.handle.cancel();
    let story = Story::of(&running);
    assert_eq!(story.outcome, RunOutcome::Cancelled);
    let task = project.task("T001");
    assert_eq!(story.attempt(task).0, &Outcome::Cancelled);
    assert!(story.events.contains(&Event::TaskAsked { task, question: Question::Cancelled }));
    assert!(!project.read("TASKS.md").contains("[x]"));
}

#[test]
fn draining_finishes_what_runs_and_starts_nothing() {
    let mut project = Project::with_list(
        "- [ ] T001 Slow\n  - run: `while [ ! -f go ]; do sleep 0.01; done`\n\
         - [ ] T002 Next\n  - run: `touch next`\n",
    );
    project.jobs = 1;
    let running = project.start().expect("a run");
    next_until(&running, |it| matches!(it.event, Event::AttemptStarted { .. }));
    running.handle.drain();
    next_until(&running, |it| matches!(it.event, Event::DrainRequested));
    project.write("go", "");
    assert_eq!(Story::of(&running).outcome, RunOutcome::Cancelled);
    assert!(!project.path("next").exists());
    let list = project.read("TASKS.md");
    assert!(list.contains("- [x] T001") && list.contains("- [ ] T002"), "{list}");

    assert_eq!(project.resume(Resume::default()).outcome, RunOutcome::Succeeded);
    assert!(project.path("next").exists());
}

#[test]
fn a_box_that_cannot_be_written_is_said_so_and_tried_again_later() {
    let project = Project::with_list("- [ ] T001 One\n  - run: `echo ran >> log`\n");
    let list = project.path("TASKS.md");
    fs::set_permissions(&list, fs::Permissions::from_mode(0o444)).expect("read-only");
    let story = project.run();
    assert_eq!(story.outcome, RunOutcome::Succeeded, "the task itself is done");
    assert_eq!(story.count(|event| matches!(event, Event::BoxRefused { .. })), 1);
    assert!(project.read("TASKS.md").contains("- [ ] T001"));

    fs::set_permissions(&list, fs::Permissions::from_mode(0o644)).expect("writable");
    let story = project.resume(Resume::default());
    assert_eq!(story.count(|event| matches!(event, Event::BoxWritten { .. })), 1);
    assert!(project.read("TASKS.md").contains("- [x] T001"));
    assert_eq!(project.read("log"), "ran\n");
}

#[test]
fn a_task_that_vanished_is_refused_alone() {
    let project = Project::with_list(
        "- [ ] T001 Removes the other\n  - run: `sed -i '/T002/,+2d' TASKS.md`\n\
         - [ ] T002 Goes away\n  - needs: T001\n  - run: `true`\n\
         - [ ] T003 Stays\n  - needs: T001\n  - run: `true`\n",
    );
    let story = project.run();
    assert_eq!(story.outcome, RunOutcome::Succeeded);
    let list = project.read("TASKS.md");
    assert!(list.contains("- [x] T001") && list.contains("- [x] T003"), "{list}");
    let gone = project.task("T002");
    let refused =
        |event: &Event| matches!(event, Event::BoxRefused { tasks, .. } if *tasks == [gone]);
    assert_eq!(story.count(refused), 1, "{:#?}", story.events);
}

#[test]
fn what_cannot_be_retried_is_refused_before_anything_starts() {
    let project = Project::with_list("- [ ] T001 One\n  - run: `true`\n");
    assert_eq!(project.run().outcome, RunOutcome::Succeeded);
    let retry = Resume { retry: vec![project.task("T001")], ..Resume::default() };
    let again = Engine::resume(project.options(), checkoff_core::RunId(1), retry);
    assert!(matches!(again, Err(StartError::NotToRetry { .. })), "{again:?}");
}

#[test]
fn a_timeout_ends_the_attempt_and_fails_the_task() {
    let project = Project::with_list("- [ ] T001 Slow\n  - timeout: 50ms\n  - run: `sleep 60`\n");
    let story = project.run();
    assert_eq!(story.outcome, RunOutcome::Failed);
    assert_eq!(story.attempt(project.task("T001")).0, &Outcome::TimedOut);
}

#[test]
fn the_number_of_jobs_bounds_what_runs_at_once() {
    let mut text = String::new();
    for number in 1..=40 {
        text.push_str(&format!(
            "- [ ] T{number:03} Do it\n  - run: `mkdir busy.$$ && ls -d busy.* | wc -l >> seen; rmdir busy.$$`\n"
        ));
    }
    let mut project = Project::with_list(&text);
    project.jobs = 3;
    assert_eq!(project.run().outcome, RunOutcome::Succeeded);
    let seen = project.read("seen");
    let most = seen.lines().filter_map(|line| line.trim().parse::<u32>().ok()).max();
    assert!(most <= Some(3), "{most:?} at once");
}

/// A log that ends with an attempt handed over, and no keeper that ever heard of it.
fn resumed_after(boot: &str) -> (Project, Story) {
    let project = Project::with_list(
        "- [ ] T001 Once\n  - run: `echo once >> log`\n\
         - [ ] T002 Again\n  - run: `echo again >> log`\n  - safe to repeat: yes\n",
    );
    let store = SqliteStore::open(&project.path(".checkoff")).expect("a store");
    let Plan { spec, sources } = project.plan();
    let at = Timestamp::from_unix_us(1);
    let run = store.create_run(&NewRun { created_at: at, spec, sources }).expect("a run");
    let handed_over = |task| {
        let attempt = AttemptId { task: TaskIndex(task), number: 1 };
        (at, Event::AttemptReserved { attempt })
    };
    let started = (at, Event::RunStarted { boot: boot.to_owned() });
    store.append(run, 0, &[started, handed_over(0), handed_over(1)]).expect("a log");
    drop(store);
    let story = project.resume(Resume::default());
    (project, story)
}

#[test]
fn what_was_handed_over_before_the_power_was_lost_may_have_run() {
    // The keeper's journal is not synced: that it has nothing says nothing after a power cut.
    let (project, story) = resumed_after("another boot");
    assert_eq!(story.outcome, RunOutcome::Waiting);
    let once = project.task("T001");
    assert_eq!(story.attempt(once).0, &Outcome::Unknown);
    assert!(story.events.contains(&Event::TaskAsked { task: once, question: Question::Unknown }));
    assert_eq!(project.read("log"), "again\n");
}

#[test]
fn what_was_handed_over_and_never_started_under_the_same_boot_is_started() {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("a boot");
    let (project, story) = resumed_after(boot.trim());
    assert_eq!(story.outcome, RunOutcome::Succeeded);
    assert_eq!(story.count(|event| matches!(event, Event::AttemptWithdrawn { .. })), 2);
    assert_eq!(project.read("log").lines().count(), 2);
}
