//! Runs that go as they should.

use checkoff_core::Event;
use checkoff_core::event::{ChangeKind, DoneBecause, FailedBecause, Outcome, RunOutcome};
use checkoff_engine::Resume;

use crate::project::{Project, Story, next_until};

#[test]
fn a_list_is_run_in_order_and_its_boxes_are_checked() {
    let project = Project::with_list(
        "- [ ] T001 One\n  - run: `echo one >> log`\n\
         - [ ] T002 Two\n  - needs: T001\n  - run: `echo two >> log`\n",
    );
    let story = project.run();
    assert_eq!(story.outcome, RunOutcome::Succeeded);
    assert_eq!(project.read("log"), "one\ntwo\n");
    assert_eq!(project.read("TASKS.md").matches("- [x] T00").count(), 2);
    let logged = project.history().events(checkoff_core::RunId(1), 0).expect("a log");
    let logged: Vec<Event> = logged.into_iter().map(|it| it.event).collect();
    assert_eq!(logged, story.events, "who watches sees what is stored");
}

#[test]
fn a_box_is_checked_only_when_every_check_passes() {
    let project = Project::with_list(
        "- [ ] T001 Good\n  - run: `touch made`\n  - done when: `test -f made`\n\
         - [ ] T002 Bad\n  - run: `true`\n  - done when: `test -f made; true`, `test -f missing`\n\
         - [ ] T003 After\n  - needs: T002\n  - run: `touch never`\n",
    );
    let story = project.run();
    assert_eq!(story.outcome, RunOutcome::Failed);
    let list = project.read("TASKS.md");
    assert!(list.contains("- [x] T001") && list.contains("- [ ] T002"), "{list}");
    assert!(!project.path("never").exists());
    let (good, bad) = (project.task("T001"), project.task("T002"));
    assert!(story.events.contains(&Event::TaskDone { task: good, because: DoneBecause::Checks }));
    assert!(
        story.events.contains(&Event::TaskFailed { task: bad, because: FailedBecause::Checks })
    );
    let of_bad = |event: &&Event| matches!(event, Event::ChecksFinished { attempt, .. } if attempt.task == bad);
    let Some(Event::ChecksFinished { checks, .. }) = story.events.iter().find(of_bad) else {
        panic!("no checks");
    };
    let outcomes: Vec<&Outcome> = checks.iter().map(|check| &check.outcome).collect();
    assert_eq!(outcomes, [&Outcome::Exited { code: 0 }, &Outcome::Exited { code: 1 }]);
}

#[test]
fn evidence_says_what_was_written_and_changed() {
    let project = Project::with_list(
        "- [ ] T001 Short\n  - files: `out/*.txt`\n  - run: `echo hello; echo oops >&2; mkdir -p out; echo x > out/a.txt`\n\
         - [ ] T002 Long\n  - run: `seq 1 40000`\n",
    );
    let story = project.run();
    let (outcome, evidence) = story.attempt(project.task("T001"));
    assert_eq!(outcome, &Outcome::Exited { code: 0 });
    assert_eq!(evidence.output.tail, b"hello\noops\n");
    assert_eq!(evidence.output.hash, blake3::hash(b"hello\noops\n").to_hex().to_string());
    let changes: Vec<_> =
        evidence.changes.iter().map(|change| (change.path.as_str(), change.kind)).collect();
    assert_eq!(changes, [("out/a.txt", ChangeKind::Created)]);
    assert!(evidence.ended_at >= evidence.started_at && evidence.memory_bytes_max > 0);

    let (_, evidence) = story.attempt(project.task("T002"));
    let whole: String = (1..=40_000).map(|number| format!("{number}\n")).collect();
    assert_eq!(evidence.output.bytes_total, whole.len() as u64);
    assert_eq!(evidence.output.hash, blake3::hash(whole.as_bytes()).to_hex().to_string());
    let kept = project.history().output(&evidence.output).expect("the whole output");
    assert!(kept == whole.as_bytes(), "nothing of a long output is lost");
}

#[test]
fn a_failed_task_is_tried_again_when_a_person_says_so() {
    let project = Project::with_list(
        "- [ ] T001 Needs a file\n  - run: `test -f there`\n\
         - [ ] T002 After\n  - needs: T001\n  - run: `true`\n\
         - [ ] T003 Free\n  - run: `echo ran >> free`\n",
    );
    assert_eq!(project.run().outcome, RunOutcome::Failed);
    project.write("there", "");
    let story = project.resume(Resume { retry: vec![project.task("T001")], ..Resume::default() });
    assert_eq!(story.outcome, RunOutcome::Succeeded);
    assert_eq!(project.read("free"), "ran\n", "what was done is not done again");
    assert_eq!(project.read("TASKS.md").matches("- [x]").count(), 3);
}

#[test]
fn a_box_that_a_person_checks_counts_as_their_word() {
    let project = Project::with_list(
        "- [ ] T001 Look at it\n- [ ] T002 After\n  - needs: T001\n  - run: `true`\n",
    );
    assert_eq!(project.run().outcome, RunOutcome::Waiting);
    let checked = project.read("TASKS.md").replace("- [ ] T001", "- [x] T001");
    project.write("TASKS.md", &checked);
    let story = project.resume(Resume::default());
    assert_eq!(story.outcome, RunOutcome::Succeeded);
    let task = project.task("T001");
    assert!(story.events.contains(&Event::PersonDone { task }));
    assert_eq!(project.read("TASKS.md").matches("- [x]").count(), 2);
}

#[test]
fn a_run_that_waits_sees_what_a_person_checks_in_the_file() {
    let mut project = Project::with_list(
        "- [ ] T001 Look at it\n- [ ] T002 After\n  - needs: T001\n  - run: `true`\n",
    );
    project.policy.wait_for_persons = true;
    let running = project.start().expect("a run");
    let asked = next_until(&running, |it| matches!(it.event, Event::TaskAsked { .. }));
    assert!(asked.is_none(), "the run ended: {asked:?}");
    let checked = project.read("TASKS.md").replace("- [ ] T001", "- [x] T001");
    project.write("TASKS.md", &checked);
    assert_eq!(Story::of(&running).outcome, RunOutcome::Succeeded);
}

#[test]
fn a_list_that_is_edited_meanwhile_keeps_both_edits() {
    let project = Project::with_list(
        "- [ ] T001 First\n  - run: `sed -i 's/First/First, renamed/; 1i # A new heading\\n' TASKS.md`\n\
         - [ ] T002 Second\n  - needs: T001\n  - run: `true`\n",
    );
    let story = project.run();
    assert_eq!(story.outcome, RunOutcome::Succeeded);
    let list = project.read("TASKS.md");
    assert!(list.starts_with("# A new heading\n"), "{list}");
    assert!(list.contains("- [x] T001 First, renamed") && list.contains("- [x] T002"), "{list}");
}

#[test]
fn the_box_of_an_id_that_stands_for_other_work_by_now_is_not_checked() {
    let project = Project::with_list(
        "- [ ] T001 Build the site\n  - run: `mv other.md TASKS.md`\n\
         - [ ] T002 Pack it\n  - needs: T001\n  - run: `true`\n",
    );
    let other = "- [ ] T001 Drop the database\n  - run: `drop`\n- [ ] T002 Pack it\n";
    project.write("other.md", other);
    assert_eq!(project.run().outcome, RunOutcome::Succeeded);
    let list = project.read("TASKS.md");
    assert_eq!(list, other.replace("[ ] T002", "[x] T002"));
}

#[test]
fn a_parent_closes_with_its_children_and_is_checked_when_asked_to() {
    let text = "- [ ] Parent\n  - [ ] One\n    - run: `true`\n  - [ ] Two\n    - run: `true`\n";
    let mut project = Project::with_list(text);
    assert_eq!(project.run().outcome, RunOutcome::Succeeded);
    assert_eq!(project.read("TASKS.md").matches("[x]").count(), 2);
    project = Project::with_list(text);
    project.policy.rollup = true;
    assert_eq!(project.run().outcome, RunOutcome::Succeeded);
    assert_eq!(project.read("TASKS.md").matches("[x]").count(), 3);
}
