//! A folder with a list, and engines on it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use checkoff_core::event::{Evidence, Outcome, RunOutcome};
use checkoff_core::spec::{Limits, Policy};
use checkoff_core::{Event, RunId, RunSpec, TaskIndex};
use checkoff_engine::{
    Ended, Engine, History, KeeperHost, Options, Plan, Recorded, Request, Resume, Running,
    StartError, Update, prepare,
};
use checkoff_plan::{read, weave};
use tempfile::TempDir;

/// A run that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Project {
    folder: TempDir,
    pub(crate) policy: Policy,
    pub(crate) jobs: u32,
}

impl Project {
    pub(crate) fn with_list(text: &str) -> Project {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("TASKS.md"), text).expect("a list");
        Project { folder, policy: Policy::default(), jobs: 2 }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file of the project")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file of the project");
    }

    pub(crate) fn options(&self) -> Options {
        let mut options = Options::new(self.path(".checkoff"), "");
        options.keeper = KeeperHost::Thread;
        options
    }

    /// The whole list as a run.
    pub(crate) fn plan(&self) -> Plan {
        let path = self.path("TASKS.md");
        let bytes = fs::read(&path).expect("a list");
        let name = path.to_string_lossy().into_owned();
        let woven = weave::weave(vec![read::read(&name, bytes, &read::Options::default())]);
        let request = Request {
            selection: None,
            limits: Limits { jobs: self.jobs },
            policy: self.policy,
            projects: vec![self.folder.path().to_owned()],
            paths: vec![path],
        };
        prepare(&woven, &request).expect("a list that can be run").plan
    }

    pub(crate) fn start(&self) -> Result<Running, StartError> {
        Engine::start(self.options(), self.plan())
    }

    /// Runs the list to its end.
    pub(crate) fn run(&self) -> Story {
        Story::of(&self.start().expect("a run"))
    }

    /// Takes the first run up again.
    pub(crate) fn resume(&self, resume: Resume) -> Story {
        let running = Engine::resume(self.options(), RunId(1), resume).expect("the run again");
        Story::of(&running)
    }

    pub(crate) fn spec(&self) -> RunSpec {
        self.history().spec(RunId(1)).expect("a plan")
    }

    pub(crate) fn history(&self) -> History {
        History::open(&self.path(".checkoff")).expect("a store")
    }

    pub(crate) fn task(&self, name: &str) -> TaskIndex {
        self.spec().find(name).expect("a task of the run")
    }
}

/// Everything an engine said.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) events: Vec<Event>,
    pub(crate) outcome: RunOutcome,
}

impl Story {
    pub(crate) fn of(running: &Running) -> Story {
        let mut events = Vec::new();
        let ended = next_until(running, |recorded| {
            events.push(recorded.event.clone());
            false
        });
        match ended {
            Some(Ended::Finished { outcome, .. }) => Story { events, outcome },
            other => panic!("the run ended with {other:?} after {events:#?}"),
        }
    }

    /// How the last attempt of a task went.
    pub(crate) fn attempt(&self, wanted: TaskIndex) -> (&Outcome, &Evidence) {
        let mut attempts = self.events.iter().filter_map(|event| match event {
            Event::AttemptFinished { attempt, outcome, evidence } if attempt.task == wanted => {
                Some((outcome, evidence))
            }
            _ => None,
        });
        attempts.next_back().expect("an attempt of the task")
    }

    pub(crate) fn count(&self, is: impl Fn(&Event) -> bool) -> usize {
        self.events.iter().filter(|event| is(event)).count()
    }
}

/// Listens until an event is the wanted one, or the engine ends.
pub(crate) fn next_until(
    running: &Running,
    mut wanted: impl FnMut(&Recorded) -> bool,
) -> Option<Ended> {
    loop {
        match running.updates.recv_timeout(PATIENCE).expect("the engine says something") {
            Update::Committed(recorded) if wanted(&recorded) => return None,
            Update::Ended(ended) => return Some(ended),
            _ => {}
        }
    }
}
