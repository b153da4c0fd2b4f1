//! After a crash: what became of the attempts that were under way.
//!
//! The engine knows from its log which attempts it asked for and never saw the end of.
//! [`settle`] looks them up in the journals of the run's keepers and among the living
//! processes, and gives one answer for each:
//!
//! | in the journal | keeper | process | answer |
//! |---|---|---|---|
//! | nothing | any | | `NeverStarted` |
//! | finished | any | | `Finished`, with everything |
//! | started | alive | any | `Alive`, kept: its exit will be in the journal |
//! | started | dead | alive | `Alive`, not kept: nobody will learn its exit |
//! | started | dead | gone | `Gone` |
//! | starting | dead | found by its environment | `Alive`, not kept |
//! | starting | dead | not found | `Gone`: it may have run, so it counts as run |
//!
//! A process that was just made has the environment of its keeper until it is another
//! program, and cannot be found so; on a busy machine that takes a while. Its output file
//! is locked by then, so it is looked for as long as that is so.
//!
//! A keeper whose engine has died starts nothing more, but it may first work off what
//! was in the pipe. So `settle` waits until a living keeper has recorded that it has
//! seen the end of the pipe; from then on "nothing in the journal" means never.
//!
//! [`Watch`] then stands in for the lost runtime: it reports the ends of attempts that
//! are still alive, and ends them on request.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use checkoff_core::Timestamp;
use checkoff_core::event::Process;
use crossbeam_channel::Sender;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::attempt::{CancelMode, Exit, Finished, Output, OutputLimits, PartId};
use crate::journal::{self, Record};
use crate::keeper::{JOURNAL, LOCK, folders, now};
use crate::process::{self, Adopted, adopt};
use crate::runtime::Report;
use crate::spool::{is_held, read_left_behind};

/// How long a keeper whose engine is gone has to notice, unless the caller says
/// otherwise.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a new process has to become the program it is for. What holds an output file
/// longer than this without being found is what an attempt that has ended left behind.
const NEWBORN: Duration = Duration::from_secs(2);
/// Pause between two looks at a journal that is about to be written.
const LOOK_EVERY: Duration = Duration::from_millis(3);

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Which one.
    pub id: PartId,
    /// What became of it.
    pub outcome: Settlement,
}

/// What can become of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It never had a process and never will.
    NeverStarted,
    /// It ended, and this is known about it.
    Finished(Finished),
    /// It still runs.
    Alive(Alive),
    /// It has run, or may have; it runs no more, and nobody saw how it ended.
    Gone {
        /// When it was started.
        started_at: Timestamp,
        /// What it had written.
        output: Output,
    },
}

/// An attempt whose engine is gone and whose process is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alive {
    /// Which one.
    pub id: PartId,
    /// Its process.
    pub process: Process,
    /// When it was started.
    pub started_at: Timestamp,
    /// Where its output is.
    pub spool: PathBuf,
    /// The folder of its keeper.
    pub keeper: PathBuf,
    /// Whether that keeper lives and will record its end.
    pub kept: bool,
}

/// It cannot be said what became of the attempts.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// A keeper has an engine: the run is not abandoned.
    #[error("the keeper in `{}` still takes orders: another checkoff has this run", folder.display())]
    StillServed {
        /// The folder of the keeper.
        folder: PathBuf,
    },
    /// A journal or a folder cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Says what became of each of `under_way`, in that order. `home` is the folder in
/// which [`next_folder`](crate::keeper::next_folder) made those of the run's keepers.
///
/// # Errors
/// Another engine has the run, or a journal cannot be read.
pub fn settle(home: &Path, under_way: &[PartId]) -> Result<Vec<Settled>, SettleError> {
    settle_within(home, under_way, PATIENCE)
}

/// As [`settle`], waiting no longer than `patience` for a keeper to notice that its
/// engine is gone.
///
/// # Errors
/// As for [`settle`].
pub fn settle_within(
    home: &Path,
    under_way: &[PartId],
    patience: Duration,
) -> Result<Vec<Settled>, SettleError> {
    let until = Instant::now() + patience;
    let failed = |source| SettleError::Read { path: home.to_owned(), source };
    let mut known: BTreeMap<PartId, Settlement> = BTreeMap::new();
    for (_, folder) in folders(home).map_err(failed)? {
        for (id, facts) in Book::of(&folder, until)?.into_facts() {
            known.insert(id, facts);
        }
    }
    let settled = under_way.iter().map(|id| {
        let outcome = known.get(id).cloned().unwrap_or(Settlement::NeverStarted);
        Settled { id: *id, outcome }
    });
    Ok(settled.collect())
}

/// The journal of one keeper, read when nothing more will be started in it.
struct Book {
    folder: PathBuf,
    kept: bool,
    this_boot: bool,
    entries: BTreeMap<PartId, Entry>,
}

#[derive(Default)]
struct Entry {
    starting: Option<(Timestamp, PathBuf)>,
    started: Option<(Process, Timestamp)>,
    finished: Option<Finished>,
}

impl Book {
    fn of(folder: &Path, until: Instant) -> Result<Book, SettleError> {
        let failed = |source| SettleError::Read { path: folder.to_owned(), source };
        loop {
            // In this order: a keeper that dies in between has recorded everything.
            let kept = is_locked(folder).map_err(failed)?;
            let records = journal::read(&folder.join(JOURNAL)).map_err(failed)?;
            if !kept || records.contains(&Record::Closed) {
                return Ok(Book::new(folder, kept, records));
            }
            if Instant::now() >= until {
                return Err(SettleError::StillServed { folder: folder.to_owned() });
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    fn new(folder: &Path, kept: bool, records: Vec<Record>) -> Book {
        let boot = process::boot_id();
        let mut book =
            Book { folder: folder.to_owned(), kept, this_boot: false, entries: BTreeMap::new() };
        for record in records {
            match record {
                Record::Opened { boot: its, .. } => book.this_boot = its == boot,
                Record::Starting { id, at, spool } => {
                    book.entries.entry(id).or_default().starting = Some((at, spool));
                }
                Record::Started { id, process, at } => {
                    book.entries.entry(id).or_default().started = Some((process, at));
                }
                Record::Finished(finished) => {
                    let id = finished.id;
                    book.entries.entry(id).or_default().finished = Some(finished);
                }
                Record::Closed => {}
            }
        }
        book
    }

    fn into_facts(mut self) -> impl Iterator<Item = (PartId, Settlement)> {
        let entries = std::mem::take(&mut self.entries);
        entries.into_iter().map(move |(id, entry)| (id, self.settle(id, entry)))
    }

    fn settle(&self, id: PartId, entry: Entry) -> Settlement {
        if let Some(finished) = entry.finished {
            return Settlement::Finished(finished);
        }
        let (starting_at, spool) = entry.starting.unwrap_or_default();
        let started_at = entry.started.map_or(starting_at, |(_, at)| at);
        let process = match entry.started {
            // Dead or not, its keeper is about to say more about it.
            Some((process, _)) if self.kept => Some(process),
            Some((process, _)) => {
                Some(process).filter(|process| self.this_boot && process::is_alive(*process))
            }
            None if self.this_boot => self.find_unrecorded(id, &spool),
            None => None,
        };
        match process {
            Some(process) => Settlement::Alive(Alive {
                id,
                process,
                started_at,
                spool,
                keeper: self.folder.clone(),
                kept: self.kept,
            }),
            None => {
                let output = read_left_behind(&spool, OutputLimits::default());
                Settlement::Gone { started_at, output }
            }
        }
    }

    /// The process of an attempt that was about to be started when the keeper died.
    fn find_unrecorded(&self, id: PartId, spool: &Path) -> Option<Process> {
        let until = Instant::now() + NEWBORN;
        loop {
            // In this order: one that becomes its program in between is found.
            let is_held = is_held(spool);
            let found = process::find_by_environment(&self.folder, id);
            if found.is_some() || !is_held || Instant::now() >= until {
                return found;
            }
            thread::sleep(LOOK_EVERY);
        }
    }
}

/// Whether a keeper lives in this folder.
fn is_locked(folder: &Path) -> io::Result<bool> {
    let lock = match File::open(folder.join(LOCK)) {
        Ok(lock) => lock,
        // It was never opened, and its engine is gone.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match flock(&lock, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(false),
        Err(Errno::WOULDBLOCK) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// Waits until no keeper of the run lives any more: every attempt is over and
/// recorded, and [`settle`] has nothing `Alive` that is kept.
///
/// # Errors
/// A lock cannot be waited for.
pub fn wait_for_keepers(home: &Path) -> io::Result<()> {
    for (_, folder) in folders(home)? {
        match File::open(folder.join(LOCK)) {
            Ok(lock) => flock(&lock, FlockOperation::LockShared)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Stands in for the lost runtime of attempts that are still alive: each gets its
/// `Finished` report. One thread per attempt; there are few, and rarely.
#[derive(Debug)]
pub struct Watch {
    ending: Arc<Mutex<BTreeMap<PartId, Ending>>>,
    alive: BTreeMap<PartId, Alive>,
}

/// How far the ending of an attempt has gone.
#[derive(Debug, Clone, Copy)]
struct Ending {
    killed: bool,
}

impl Watch {
    /// Begins to watch. Every one of `alive` is reported finished once, perhaps at
    /// once.
    ///
    /// # Errors
    /// No thread can be made.
    pub fn begin(alive: Vec<Alive>, reports: &Sender<Report>) -> io::Result<Watch> {
        let ending: Arc<Mutex<BTreeMap<PartId, Ending>>> = Arc::default();
        for one in alive.iter().cloned() {
            let (reports, ending) = (reports.clone(), ending.clone());
            thread::Builder::new().name(format!("watch {}", one.id)).spawn(move || {
                let finished = wait_for_end(&one, &ending);
                // An engine that no longer listens will settle again.
                let _ = reports.send(Report::Finished(finished));
            })?;
        }
        let alive = alive.into_iter().map(|one| (one.id, one)).collect();
        Ok(Watch { ending, alive })
    }

    /// Ends one of them, as [`Runtime::cancel`](crate::Runtime::cancel) does, and
    /// returns at once. One that is over, or not watched here, is left alone.
    ///
    /// # Errors
    /// It may not be signalled, or no thread can be made.
    pub fn cancel(&self, id: PartId, mode: CancelMode, grace: Duration) -> io::Result<()> {
        let Some(one) = self.alive.get(&id) else { return Ok(()) };
        let Some(process) = adopt(one.process)? else { return Ok(()) };
        let ending = self.ending.clone();
        note(&ending, id, mode == CancelMode::Now);
        let end = move || {
            if mode == CancelMode::Gentle {
                let _ = process::terminate_group(process.process().pid);
                if process.wait(Some(grace)).unwrap_or(false) {
                    return;
                }
                note(&ending, id, true);
            }
            // It can fail only for a process of another user, which TERM did not reach
            // either; the attempt then goes on, and its end is reported when it comes.
            let _ = process.end(CancelMode::Now, grace);
        };
        thread::Builder::new().name(format!("end {id}")).spawn(end)?;
        Ok(())
    }
}

fn note(ending: &Mutex<BTreeMap<PartId, Ending>>, id: PartId, killed: bool) {
    let mut ending = ending.lock().unwrap_or_else(PoisonError::into_inner);
    ending.entry(id).or_insert(Ending { killed }).killed |= killed;
}

fn wait_for_end(one: &Alive, ending: &Mutex<BTreeMap<PartId, Ending>>) -> Finished {
    // A process that cannot be waited for is looked at in the journal all the same.
    let _ = adopt(one.process)
        .map(|adopted: Option<Adopted>| adopted.map(|process| process.wait(None)));
    let mut finished = recorded_end(one).unwrap_or_else(|| Finished {
        id: one.id,
        exit: Exit::Unknown,
        started_at: one.started_at,
        ended_at: now(),
        cpu_user_us: 0,
        cpu_system_us: 0,
        peak_rss_bytes: 0,
        output: read_left_behind(&one.spool, OutputLimits::default()),
        had_leftovers: false,
    });
    let ending = ending.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(Ending { killed }) = ending.get(&one.id).copied() {
        finished.exit = Exit::Cancelled { killed };
    }
    finished
}

/// What the keeper recorded of the end, once it has; `None` when it died before.
fn recorded_end(one: &Alive) -> Option<Finished> {
    loop {
        let kept = one.kept && is_locked(&one.keeper).unwrap_or(false);
        let records = journal::read(&one.keeper.join(JOURNAL)).unwrap_or_default();
        let finished = records.into_iter().rev().find_map(|record| match record {
            Record::Finished(finished) if finished.id == one.id => Some(finished),
            _ => None,
        });
        if finished.is_some() || !kept {
            return finished;
        }
        thread::sleep(LOOK_EVERY);
    }
}
