//! What the keeper is for: somebody dies, and everything is known afterwards.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use checkoff_worker::settle::{settle_within, wait_for_keepers};
use checkoff_worker::{
    Alive, CancelMode, Exit, Finished, KeeperOptions, Output, PartId, Report, Runtime, SettleError,
    Settled, Settlement, Watch, process, settle,
};
use crossbeam_channel::Receiver;
use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process};

use crate::stage::wait_until_gone;
use crate::stage::{FOREVER, Host, Stage, fake_engine, hear, make_pipe, tell, text, work};

fn kill(pid: u32) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), Signal::KILL).unwrap();
}

/// Kills a keeper and waits until the engine's end has noticed.
fn kill_keeper(stage: &Stage) {
    kill(stage.keeper.pid());
    stage.wait(|report| matches!(report, Report::Lost { .. }).then_some(()));
}

fn settled(home: &Path, ids: &[PartId]) -> Vec<Settlement> {
    let settled = settle(home, ids).unwrap();
    let order: Vec<PartId> = settled.iter().map(|one: &Settled| one.id).collect();
    assert_eq!(order, ids);
    settled.into_iter().map(|one| one.outcome).collect()
}

fn alive(settlement: &Settlement) -> Alive {
    match settlement {
        Settlement::Alive(alive) => alive.clone(),
        other => panic!("it is not alive: {other:?}"),
    }
}

fn end_of(reports: &Receiver<Report>) -> Finished {
    match reports.recv_timeout(FOREVER).unwrap() {
        Report::Finished(finished) => finished,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_killed_keeper_leaves_nothing_unexplained() {
    let stage = Stage::with(Host::Process, KeeperOptions { slots: 2, ..KeeperOptions::default() });
    let over = stage.start(stage.spec("echo over"));
    stage.finished(over);
    let [gone_ready, left_ready] = ["gone", "left"].map(|name| stage.pipe(name));
    let gone = stage.start(stage.spec("echo last words; echo > gone; sleep 1000"));
    let left = stage.start(stage.spec("echo still here; echo > left; sleep 1000"));
    let waits = stage.start(stage.spec("true"));
    let (gone_process, _) = stage.started(gone);
    let (left_process, _) = stage.started(left);
    hear(&gone_ready);
    hear(&left_ready);
    kill_keeper(&stage);
    kill(gone_process.pid);
    wait_until_gone(gone_process);

    let outcomes = settled(&stage.home(), &[over, gone, left, waits]);
    let Settlement::Finished(finished) = &outcomes[0] else { panic!("{:?}", outcomes[0]) };
    assert_eq!((&finished.exit, text(finished)), (&Exit::Code(0), "over\n".to_owned()));
    let Settlement::Gone { output, started_at } = &outcomes[1] else { panic!("{:?}", outcomes[1]) };
    assert_eq!(*output, Output::Inline(b"last words\n".to_vec()));
    assert!(started_at.as_unix_us() > 0);
    let survivor = alive(&outcomes[2]);
    assert_eq!((survivor.process, survivor.kept), (left_process, false));
    assert_eq!(outcomes[3], Settlement::NeverStarted);
    assert!(stage.keeper.start(stage.spec("true")).is_err(), "the keeper is dead");

    let (send, reports) = crossbeam_channel::unbounded();
    let watch = Watch::begin(vec![survivor], &send).unwrap();
    watch.cancel(waits, CancelMode::Now, FOREVER).unwrap();
    watch.cancel(left, CancelMode::Gentle, FOREVER).unwrap();
    let finished = end_of(&reports);
    assert_eq!(finished.id, left);
    assert_eq!(finished.exit, Exit::Cancelled { killed: false });
    assert_eq!(text(&finished), "still here\n");
    assert!(!process::is_alive(left_process));
}

#[test]
fn a_process_that_was_never_recorded_is_found_by_its_environment() {
    let stage = Stage::new(Host::Process);
    let ready = stage.pipe("ready");
    let id = stage.start(stage.spec("echo > ready; sleep 1000; true"));
    let (process, _) = stage.started(id);
    hear(&ready);
    kill_keeper(&stage);
    // As if it had been killed between making the process and recording it: the last
    // record, of which one byte is enough to be missing, is `Started`.
    let journal = stage.keeper.folder().join("journal");
    let len = fs::metadata(&journal).unwrap().len();
    OpenOptions::new().write(true).open(&journal).unwrap().set_len(len - 1).unwrap();

    let survivor = alive(&settled(&stage.home(), &[id])[0]);
    assert_eq!((survivor.process, survivor.kept), (process, false));
    let (send, reports) = crossbeam_channel::unbounded();
    let watch = Watch::begin(vec![survivor], &send).unwrap();
    watch.cancel(id, CancelMode::Now, Duration::ZERO).unwrap();
    assert_eq!(end_of(&reports).exit, Exit::Cancelled { killed: true });

    // Now that it is gone nobody can say that it has not run.
    let outcomes = settled(&stage.home(), &[id]);
    assert!(matches!(outcomes[0], Settlement::Gone { .. }), "{outcomes:?}");
}

#[test]
fn a_process_that_is_not_yet_its_program_is_waited_for() {
    let stage = Stage::new(Host::Process);
    let ready = stage.pipe("ready");
    let id = stage.start(stage.spec("echo > ready; exec sleep 1000"));
    let (process, _) = stage.started(id);
    hear(&ready);
    kill_keeper(&stage);
    let journal = stage.keeper.folder().join("journal");
    let len = fs::metadata(&journal).unwrap().len();
    OpenOptions::new().write(true).open(&journal).unwrap().set_len(len - 1).unwrap();
    kill(process.pid);
    wait_until_gone(process);

    // In its place one that holds the output file, and shows who it is only later.
    let spool = stage.keeper.folder().join("spool/0");
    let writer = OpenOptions::new().append(true).open(spool).unwrap();
    flock(&writer, FlockOperation::NonBlockingLockExclusive).unwrap();
    let folder = stage.keeper.folder().display();
    let shows_late =
        format!("sleep 0.2; exec env CHECKOFF_ATTEMPT={id} CHECKOFF_KEEPER='{folder}' sleep 1000");
    let mut child = Command::new("sh")
        .args(["-c", &shows_late])
        .stdout(writer)
        .process_group(0)
        .spawn()
        .unwrap();
    let survivor = alive(&settled(&stage.home(), &[id])[0]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(survivor.process.pid, child.id());
}

#[test]
fn an_orphan_that_ends_by_itself_has_an_unknown_exit_and_all_its_output() {
    let stage = Stage::new(Host::Process);
    let go_on = stage.pipe("go-on");
    let id = stage.start(stage.spec("echo before; read _ < go-on; echo after; exit 3"));
    stage.started(id);
    kill_keeper(&stage);
    let survivor = alive(&settled(&stage.home(), &[id])[0]);
    let (send, reports) = crossbeam_channel::unbounded();
    Watch::begin(vec![survivor], &send).unwrap();
    tell(&go_on, "\n");
    let finished = end_of(&reports);
    assert_eq!(finished.exit, Exit::Unknown);
    assert_eq!(text(&finished), "before\nafter\n");
}

/// An engine in a process of its own.
struct Engine {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl Engine {
    fn start(home: &Path, slots: u32, scripts: &[String]) -> Engine {
        let mut command = fake_engine();
        command.arg("engine").arg(home).arg(slots.to_string()).args(scripts);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Engine { child, said }
    }

    /// Waits until it says this.
    fn says(&mut self, expect: &str) {
        let mut line = String::new();
        while line.trim_end() != expect {
            line.clear();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "it never said {expect}");
        }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn a_killed_engine_costs_no_exit_and_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = |name: &str| make_pipe(folder.path(), name);
    let (go, then) = (pipe("go"), pipe("then"));
    let script = |pipe: &Path, rest: &str| format!("echo a; read _ < '{}'; {rest}", pipe.display());
    let home = folder.path().join("home");
    let scripts = [
        "exit 4".to_owned(),
        script(&go, "seq 1 100000; exit 7"),
        script(&then, "echo b; exit 8"),
        "echo never".to_owned(),
    ];
    let mut engine = Engine::start(&home, 2, &scripts);
    engine.says("finished 0");
    engine.says("started 2");
    engine.kill();

    let ids = [work(0), work(1), work(2), work(3)];
    let outcomes = settled(&home, &ids);
    assert!(matches!(&outcomes[0], Settlement::Finished(end) if end.exit == Exit::Code(4)));
    let survivors = [alive(&outcomes[1]), alive(&outcomes[2])];
    assert!(survivors.iter().all(|one| one.kept), "{survivors:?}");
    assert_eq!(outcomes[3], Settlement::NeverStarted);

    // Through the watch, while the old keeper still lives …
    let (send, reports) = crossbeam_channel::unbounded();
    let watch = Watch::begin(survivors.to_vec(), &send).unwrap();
    tell(&go, "\n");
    let finished = end_of(&reports);
    assert_eq!((finished.id, &finished.exit), (ids[1], &Exit::Code(7)));
    let Output::File { path, len, .. } = &finished.output else { panic!("{finished:?}") };
    let expect: String = (1..=100_000).map(|n| format!("{n}\n")).collect();
    assert_eq!(fs::read_to_string(path).unwrap(), format!("a\n{expect}"));
    assert_eq!(*len, expect.len() as u64 + 2);
    assert!(finished.peak_rss_bytes > 0);
    drop(watch);
    tell(&then, "\n");
    assert_eq!(end_of(&reports).exit, Exit::Code(8));

    // … and from the journal alone, when it has ended.
    wait_for_keepers(&home).unwrap();
    let outcomes = settled(&home, &ids);
    let Settlement::Finished(finished) = &outcomes[2] else { panic!("{:?}", outcomes[2]) };
    assert_eq!((&finished.exit, text(finished)), (&Exit::Code(8), "a\nb\n".to_owned()));
    assert_eq!(outcomes[3], Settlement::NeverStarted);
}

#[test]
fn what_a_keeper_still_keeps_can_be_cancelled_by_another_engine() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let mut engine = Engine::start(&home, 1, &["sleep 1000; true".to_owned()]);
    engine.says("started 0");
    engine.kill();
    let survivor = alive(&settled(&home, &[work(0)])[0]);
    let (send, reports) = crossbeam_channel::unbounded();
    let watch = Watch::begin(vec![survivor], &send).unwrap();
    watch.cancel(work(0), CancelMode::Gentle, FOREVER).unwrap();
    let finished = end_of(&reports);
    assert_eq!(finished.exit, Exit::Cancelled { killed: false });
    assert!(finished.peak_rss_bytes > 0, "its keeper saw the end: {finished:?}");
    wait_for_keepers(&home).unwrap();
}

#[test]
fn a_second_keeper_of_the_run_does_not_hide_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let mut first = Engine::start(&home, 1, &["echo first; exit 1".to_owned()]);
    first.says("finished 0");
    first.kill();
    let scripts = ["true".to_owned(), "exit 2".to_owned()];
    let mut second = Engine::start(&home, 1, &scripts);
    second.says("finished 1");
    second.kill();
    let outcomes = settled(&home, &[work(1), work(2)]);
    assert!(matches!(&outcomes[0], Settlement::Finished(end) if end.exit == Exit::Code(2)));
    assert_eq!(outcomes[1], Settlement::NeverStarted);
    let names: Vec<String> = fs::read_dir(&home)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_run_with_an_engine_cannot_be_settled() {
    let stage = Stage::new(Host::Process);
    let id = stage.shell("true").id;
    let error = settle_within(&stage.home(), &[id], Duration::from_millis(20)).unwrap_err();
    assert!(matches!(error, SettleError::StillServed { .. }), "{error}");
}

#[test]
fn a_run_without_keepers_has_started_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    assert_eq!(settled(&home, &[work(0)]), [Settlement::NeverStarted]);
    wait_for_keepers(&home).unwrap();
    // A keeper's folder that was made, and no more.
    checkoff_worker::keeper::next_folder(&home).unwrap();
    assert_eq!(settled(&home, &[work(0)]), [Settlement::NeverStarted]);
}
