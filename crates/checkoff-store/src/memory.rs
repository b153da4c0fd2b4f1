//! The log in memory: for tests and simulation. It keeps what it is given as
//! events, not as records, so that it shows the semantics alone.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use checkoff_core::{Event, RunId, RunSpec, Timestamp};
use crossbeam_channel::Receiver;

use crate::feed::Feed;
use crate::store::{Error, NewRun, Recorded, RunRow, Source, Store, Tally};

/// A store that ends with its process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    runs: Mutex<Vec<Run>>,
    feed: Feed,
}

#[derive(Debug)]
struct Run {
    new: NewRun,
    events: Vec<Recorded>,
    row: RunRow,
}

impl MemoryStore {
    /// An empty one.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    /// Calls with the run, if there is one.
    fn with<T>(
        &self,
        run: RunId,
        call: impl FnOnce(&mut Run) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let position = usize::try_from(run.0).ok().and_then(|number| number.checked_sub(1));
        match position.and_then(|position| runs.get_mut(position)) {
            Some(run) => call(run),
            None => Err(Error::NoRun { run, place: PathBuf::from("memory") }),
        }
    }
}

impl Store for MemoryStore {
    fn create_run(&self, new: &NewRun) -> Result<RunId, Error> {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let run = RunId(runs.len() as u64 + 1);
        runs.push(Run { new: new.clone(), events: Vec::new(), row: RunRow::new(run, new) });
        Ok(run)
    }

    fn append(&self, run: RunId, after: u64, events: &[(Timestamp, Event)]) -> Result<u64, Error> {
        let last = self.with(run, |run| {
            if run.row.seq != after {
                let (found, run) = (run.row.seq, run.row.run);
                return Err(Error::Conflict { run, expected: after, found });
            }
            for (nth, (at, event)) in (1..).zip(events) {
                run.events.push(Recorded { seq: after + nth, at: *at, event: event.clone() });
            }
            run.row.add(&Tally::of(after, events));
            Ok(run.row.seq)
        })?;
        self.feed.tell(run, last);
        Ok(last)
    }

    fn read(&self, run: RunId, after: u64, limit: usize) -> Result<Vec<Recorded>, Error> {
        self.with(run, |run| {
            let skip = usize::try_from(after).unwrap_or(usize::MAX);
            Ok(run.events.iter().skip(skip).take(limit).cloned().collect())
        })
    }

    fn runs(&self) -> Result<Vec<RunRow>, Error> {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(runs.iter().rev().map(|run| run.row.clone()).collect())
    }

    fn spec(&self, run: RunId) -> Result<RunSpec, Error> {
        self.with(run, |run| Ok(run.new.spec.clone()))
    }

    fn sources(&self, run: RunId) -> Result<Vec<Source>, Error> {
        self.with(run, |run| Ok(run.new.sources.clone()))
    }

    fn feed(&self) -> Receiver<(RunId, u64)> {
        self.feed.join()
    }
}
