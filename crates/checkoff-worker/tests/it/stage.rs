//! A keeper with everything around it, in a folder of its own.
//!
//! Nothing here sleeps: a test waits for a report, for a process to end, or for what
//! an attempt writes into a named pipe. A wait that is never answered fails after
//! [`FOREVER`].

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use checkoff_core::event::Process;
use checkoff_core::{AttemptId, RunId, TaskIndex};
use checkoff_worker::keeper::next_folder;
use checkoff_worker::{
    AttemptSpec, Finished, Keeper, KeeperOptions, Output, PartId, Report, Runtime,
};
use crossbeam_channel::Receiver;

/// Longer than anything here takes on the slowest machine.
pub(crate) const FOREVER: Duration = Duration::from_secs(120);

/// Where the keeper's loop runs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Host {
    /// In a thread of the test.
    Thread,
    /// In a process of its own.
    Process,
}

/// The program that can be a keeper or an engine.
pub(crate) fn fake_engine() -> Command {
    Command::new(env!("CARGO_BIN_EXE_fake-engine"))
}

/// The work of the first attempt of this task.
pub(crate) fn work(task: u32) -> PartId {
    PartId::work(RunId(1), AttemptId { task: TaskIndex(task), number: 1 })
}

pub(crate) struct Stage {
    pub(crate) keeper: Keeper,
    reports: Receiver<Report>,
    seen: RefCell<Vec<Report>>,
    next: Cell<u32>,
    folder: tempfile::TempDir,
}

impl Stage {
    pub(crate) fn new(host: Host) -> Stage {
        Stage::with(host, KeeperOptions { slots: 8, ..KeeperOptions::default() })
    }

    pub(crate) fn with(host: Host, options: KeeperOptions) -> Stage {
        // A blank and letters outside ASCII in every path of every test.
        let folder = tempfile::Builder::new().prefix("bühne 舞台 ").tempdir().unwrap();
        let home = folder.path().join("home");
        let (send, reports) = crossbeam_channel::unbounded();
        let place = next_folder(&home).unwrap();
        let keeper = match host {
            Host::Thread => Keeper::in_process(&place, options, send),
            Host::Process => {
                let mut program = fake_engine();
                program.arg("keeper");
                Keeper::spawn(program, &place, options, send)
            }
        };
        let keeper = keeper.unwrap();
        Stage { keeper, reports, seen: RefCell::default(), next: Cell::new(0), folder }
    }

    /// A folder for the attempts to play in.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the keepers are.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A new attempt that runs `script` in [`path`](Stage::path).
    pub(crate) fn spec(&self, script: &str) -> AttemptSpec {
        let task = self.next.replace(self.next.get() + 1);
        let mut spec = AttemptSpec::shell(work(task), script);
        spec.cwd = self.path().to_owned();
        spec
    }

    /// Asks for an attempt.
    pub(crate) fn start(&self, spec: AttemptSpec) -> PartId {
        let id = spec.id;
        self.keeper.start(spec).unwrap();
        id
    }

    /// Runs one attempt to its end.
    pub(crate) fn run(&self, spec: AttemptSpec) -> Finished {
        let id = self.start(spec);
        self.finished(id)
    }

    /// Runs `script` to its end.
    pub(crate) fn shell(&self, script: &str) -> Finished {
        self.run(self.spec(script))
    }

    /// Waits for a report, or takes it from those that came meanwhile.
    pub(crate) fn wait<T>(&self, mut wanted: impl FnMut(&Report) -> Option<T>) -> T {
        if let Some(found) = self.seen.borrow().iter().find_map(&mut wanted) {
            return found;
        }
        loop {
            let report = self.reports.recv_timeout(FOREVER).expect("a report");
            let found = wanted(&report);
            self.seen.borrow_mut().push(report);
            if let Some(found) = found {
                return found;
            }
        }
    }

    /// Waits for the end of an attempt.
    pub(crate) fn finished(&self, wanted: PartId) -> Finished {
        self.wait(|report| match report {
            Report::Finished(finished) if finished.id == wanted => Some(finished.clone()),
            _ => None,
        })
    }

    /// Waits for the process of an attempt; tells it and where its output goes.
    pub(crate) fn started(&self, wanted: PartId) -> (Process, PathBuf) {
        self.wait(|report| match report {
            Report::Started { id, process, spool, .. } if *id == wanted => {
                Some((*process, spool.clone()))
            }
            _ => None,
        })
    }

    /// All reports so far, after the keeper has ended.
    pub(crate) fn close(self) -> Vec<Report> {
        self.keeper.close();
        let mut all = self.seen.into_inner();
        all.extend(self.reports.try_iter());
        all
    }

    /// Drops the engine's end of the keeper; the folder, and what is yet to be
    /// reported.
    pub(crate) fn drop_keeper(self) -> (tempfile::TempDir, Receiver<Report>) {
        drop(self.keeper);
        (self.folder, self.reports)
    }

    /// Makes a named pipe, by which an attempt and a test wait for each other.
    pub(crate) fn pipe(&self, name: &str) -> PathBuf {
        make_pipe(self.path(), name)
    }
}

/// Makes a named pipe.
pub(crate) fn make_pipe(folder: &Path, name: &str) -> PathBuf {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let path = folder.join(name);
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    path
}

/// Waits until somebody has written into a named pipe and closed it.
pub(crate) fn hear(pipe: &Path) -> String {
    fs::read_to_string(pipe).unwrap()
}

/// Waits until somebody reads a named pipe, and tells it something.
pub(crate) fn tell(pipe: &Path, what: &str) {
    fs::write(pipe, what).unwrap();
}

/// Waits for the end of a process that is not ours.
pub(crate) fn wait_until_gone(process: Process) {
    if let Some(adopted) = checkoff_worker::adopt(process).unwrap() {
        assert!(adopted.wait(Some(FOREVER)).unwrap(), "{process:?} never ended");
    }
}

/// Short output as text.
pub(crate) fn text(finished: &Finished) -> String {
    match &finished.output {
        Output::Empty => String::new(),
        Output::Inline(bytes) => String::from_utf8(bytes.clone()).unwrap(),
        Output::File { path, .. } => panic!("long output in {}", path.display()),
    }
}
