//! What every store promises; each is a case that is run against all of them.

use checkoff_core::event::{Counts, DoneBecause, RunOutcome};
use checkoff_core::{Event, RunId, TaskIndex};
use checkoff_store::{Error, MemoryStore, SqliteStore, Store};

use crate::samples::{at, events, run};

/// Runs the case against each kind of store.
fn for_each_store(case: impl Fn(&dyn Store)) {
    case(&MemoryStore::new());
    let folder = tempfile::tempdir().expect("a folder");
    case(&SqliteStore::open(&folder.path().join("deep/er")).expect("a store"));
}

#[test]
fn what_is_appended_is_read_back_whole_and_in_order() {
    for_each_store(|store| {
        let run = store.create_run(&run()).expect("a run");
        let written = events();
        assert_eq!(store.append(run, 0, &written[..3]).expect("a batch"), 3);
        let last = store.append(run, 3, &written[3..]).expect("another");
        assert_eq!(last, written.len() as u64);
        let read = store.read(run, 0, usize::MAX).expect("a log");
        assert!(read.iter().map(|it| it.seq).eq(1..=last));
        let read: Vec<_> = read.into_iter().map(|it| (it.at, it.event)).collect();
        assert_eq!(read, written);
    });
}

#[test]
fn a_log_is_read_from_a_cursor_and_in_pages() {
    for_each_store(|store| {
        let run = store.create_run(&run()).expect("a run");
        store.append(run, 0, &events()).expect("a batch");
        let page = store.read(run, 2, 3).expect("a page");
        assert!(page.iter().map(|it| it.seq).eq(3..=5));
        let past = store.read(run, events().len() as u64, 10).expect("an empty page");
        assert_eq!(past, []);
    });
}

#[test]
fn a_run_keeps_its_plan_and_the_bytes_of_its_files() {
    for_each_store(|store| {
        let new = run();
        let first = store.create_run(&new).expect("a run");
        assert_eq!(store.spec(first).expect("a plan"), new.spec);
        assert_eq!(store.sources(first).expect("sources"), new.sources);
    });
}

#[test]
fn two_engines_on_one_run_cannot_both_write() {
    for_each_store(|store| {
        let run = store.create_run(&run()).expect("a run");
        let batch = &events()[..2];
        store.append(run, 0, batch).expect("the first is in time");
        let late = store.append(run, 0, batch);
        assert!(
            matches!(late, Err(Error::Conflict { expected: 0, found: 2, .. })),
            "the second is not: {late:?}"
        );
        assert_eq!(store.read(run, 0, 10).expect("a log").len(), 2, "nothing of it is written");
    });
}

#[test]
fn runs_are_listed_newest_first_with_where_they_stand() {
    for_each_store(|store| {
        let first = store.create_run(&run()).expect("a run");
        let second = store.create_run(&run()).expect("a run");
        let done = |task| Event::TaskDone { task: TaskIndex(task), because: DoneBecause::Attempt };
        let counts = Counts { done: 2, failed: 1, ..Counts::default() };
        let finished = Event::RunFinished { outcome: RunOutcome::Waiting, counts };
        let batch = [
            (at(5), Event::RunStarted { boot: String::new() }),
            (at(6), done(0)),
            (at(7), done(1)),
            (at(8), finished),
        ];
        store.append(first, 0, &batch).expect("a batch");
        let rows = store.runs().expect("a list");
        assert_eq!(rows.iter().map(|row| row.run).collect::<Vec<_>>(), [second, first]);
        let row = &rows[1];
        assert_eq!((row.seq, row.tasks, row.done, row.failed), (4, 4, 2, 1));
        assert_eq!((row.created_at, row.changed_at), (at(1), at(8)));
        assert_eq!(row.outcome, Some(RunOutcome::Waiting));
        assert_eq!(row.paths, ["/project/TASKS.md"]);

        let resumed = [(at(9), Event::RunResumed { boot: String::new() })];
        store.append(first, 4, &resumed).expect("a batch");
        let rows = store.runs().expect("a list");
        assert_eq!((rows[1].outcome, rows[1].done), (None, 2), "it is under way again");
        assert_eq!((rows[0].outcome, rows[0].seq), (None, 0));
    });
}

#[test]
fn a_run_that_does_not_exist_is_said_so() {
    for_each_store(|store| {
        let nobody = RunId(7);
        let is_no_run = |error: Option<Error>| {
            assert!(matches!(error, Some(Error::NoRun { run: RunId(7), .. })), "{error:?}");
        };
        is_no_run(store.append(nobody, 0, &events()).err());
        is_no_run(store.read(nobody, 0, 1).err());
        is_no_run(store.spec(nobody).err());
        is_no_run(store.sources(nobody).err());
    });
}

#[test]
fn the_feed_tells_how_far_each_run_is() {
    for_each_store(|store| {
        let run = store.create_run(&run()).expect("a run");
        let feed = store.feed();
        store.append(run, 0, &events()[..2]).expect("a batch");
        store.append(run, 2, &events()[2..5]).expect("a batch");
        assert_eq!(feed.try_iter().collect::<Vec<_>>(), [(run, 2), (run, 5)]);
    });
}

#[test]
fn an_empty_batch_changes_nothing() {
    for_each_store(|store| {
        let run = store.create_run(&run()).expect("a run");
        assert_eq!(store.append(run, 0, &[]).expect("nothing"), 0);
        assert_eq!(store.runs().expect("a list")[0].changed_at, at(1));
    });
}
