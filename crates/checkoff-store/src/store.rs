//! What every store can do, whatever it is made of.

use std::path::PathBuf;

use checkoff_core::event::RunOutcome;
use checkoff_core::{Event, RunId, RunSpec, Timestamp};
use crossbeam_channel::Receiver;

/// The event log of runs.
///
/// All calls block until done. A store is shared by reference between the threads
/// of one process; other processes may hold the same place open to read.
pub trait Store: Send + Sync {
    /// Makes a run and says its name. It has no events yet.
    ///
    /// # Errors
    /// The place cannot be written.
    fn create_run(&self, run: &NewRun) -> Result<RunId, Error>;

    /// Appends these events after the one numbered `after` (0 for the first), all or
    /// none, and returns the number of the last one once they are safe on disk.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the log is not at `after`: somebody else writes it.
    fn append(&self, run: RunId, after: u64, events: &[(Timestamp, Event)]) -> Result<u64, Error>;

    /// Up to `limit` events that follow the one numbered `after`, in order.
    ///
    /// # Errors
    /// The run does not exist, or its records cannot be read.
    fn read(&self, run: RunId, after: u64, limit: usize) -> Result<Vec<Recorded>, Error>;

    /// Every run, the newest first.
    ///
    /// # Errors
    /// The records cannot be read.
    fn runs(&self) -> Result<Vec<RunRow>, Error>;

    /// The frozen plan of a run.
    ///
    /// # Errors
    /// The run does not exist, or its record cannot be read.
    fn spec(&self, run: RunId) -> Result<RunSpec, Error>;

    /// The plan files of a run as they were when it was made.
    ///
    /// # Errors
    /// The run does not exist.
    fn sources(&self, run: RunId) -> Result<Vec<Source>, Error>;

    /// From now on, the name and the last event number of each run appended to through
    /// this store. A receiver that falls behind gets fewer, never wrong, messages.
    fn feed(&self) -> Receiver<(RunId, u64)>;
}

/// A run to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// When.
    pub created_at: Timestamp,
    /// What it is to do.
    pub spec: RunSpec,
    /// The bytes of its plan files, in the order of `spec.files`.
    pub sources: Vec<Source>,
}

/// A plan file as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as in the spec.
    pub path: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// An event with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Counts from 1 within the run.
    pub seq: u64,
    /// When the engine saw it.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}

/// One line of the list of runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// Its name.
    pub run: RunId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its last event was.
    pub changed_at: Timestamp,
    /// Number of its last event.
    pub seq: u64,
    /// How it ended; `None` while it is under way (or its engine died).
    pub outcome: Option<RunOutcome>,
    /// Its plan files.
    pub paths: Vec<String>,
    /// Its tasks.
    pub tasks: u32,
    /// Of them done.
    pub done: u32,
    /// Of them failed.
    pub failed: u32,
}

/// A store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such run.
    #[error("there is no run {run} in `{place}`")]
    NoRun {
        /// Which.
        run: RunId,
        /// Where.
        place: PathBuf,
    },
    /// Another engine appended to the run in the meantime.
    #[error("run {run} is at event {found}, not at {expected}: another engine writes it")]
    Conflict {
        /// Which.
        run: RunId,
        /// What the writer thought.
        expected: u64,
        /// What is true.
        found: u64,
    },
    /// Nothing fits on the disk any more.
    #[error("the disk that holds `{place}` is full")]
    DiskFull {
        /// Where.
        place: PathBuf,
    },
    /// The folder or file may not be written.
    #[error("`{place}` cannot be written")]
    ReadOnly {
        /// Where.
        place: PathBuf,
        /// What the system said.
        #[source]
        source: Option<std::io::Error>,
    },
    /// A newer checkoff made it.
    #[error("`{place}` was written by a newer checkoff (format {found}, this one knows {known})")]
    Newer {
        /// Where.
        place: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format this program knows.
        known: u32,
    },
    /// Another process has held it for too long.
    #[error("`{place}` is locked by another process")]
    Locked {
        /// Where.
        place: PathBuf,
    },
    /// It is not a store.
    #[error("`{place}` is not a checkoff store")]
    NotAStore {
        /// Where.
        place: PathBuf,
    },
    /// A record does not read as what it should be.
    #[error("{what} in `{place}` cannot be read: {why}")]
    Corrupt {
        /// Where.
        place: PathBuf,
        /// Which record.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// Anything else the database says.
    #[error("`{place}` cannot be used")]
    Database {
        /// Where.
        place: PathBuf,
        /// What it said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The thread that writes has ended.
    #[error("the store in `{place}` is closed")]
    Closed {
        /// Where.
        place: PathBuf,
    },
}

impl RunRow {
    /// The row of a run without events.
    pub(crate) fn new(run: RunId, new: &NewRun) -> RunRow {
        RunRow {
            run,
            created_at: new.created_at,
            changed_at: new.created_at,
            seq: 0,
            outcome: None,
            paths: new.spec.files.iter().map(|file| file.path.clone()).collect(),
            tasks: u32::try_from(new.spec.tasks.len()).unwrap_or(u32::MAX),
            done: 0,
            failed: 0,
        }
    }

    /// The row after a batch.
    pub(crate) fn add(&mut self, tally: &Tally) {
        self.seq = tally.seq;
        self.changed_at = tally.changed_at.unwrap_or(self.changed_at);
        self.done += tally.done;
        self.failed = tally.failed.unwrap_or(self.failed);
        self.outcome = tally.outcome.unwrap_or(self.outcome);
    }
}

/// What a batch of events changes in the list of runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Number of the last event.
    pub(crate) seq: u64,
    /// Time of the last event; `None` for an empty batch.
    pub(crate) changed_at: Option<Timestamp>,
    /// So many more tasks are done. A done task stays done, so this adds up.
    pub(crate) done: u32,
    /// So many failed, as counted at the end of the run; `None` when it does not end here.
    /// A failed task can be tried again, so only the scheduler knows.
    pub(crate) failed: Option<u32>,
    /// The run ended (`Some(Some(..))`), or goes on (`Some(None)`).
    pub(crate) outcome: Option<Option<RunOutcome>>,
}

impl Tally {
    pub(crate) fn of(after: u64, events: &[(Timestamp, Event)]) -> Tally {
        let mut tally = Tally {
            seq: after + events.len() as u64,
            changed_at: events.last().map(|(at, _)| *at),
            done: 0,
            failed: None,
            outcome: None,
        };
        for (_, event) in events {
            match event {
                Event::TaskDone { .. } => tally.done += 1,
                Event::RunFinished { outcome, counts } => {
                    tally.outcome = Some(Some(*outcome));
                    tally.failed = Some(counts.failed);
                }
                Event::RunStarted { .. } | Event::RunResumed { .. } => tally.outcome = Some(None),
                _ => {}
            }
        }
        tally
    }
}
