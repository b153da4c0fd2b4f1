//! The log in SQLite: one file, `checkoff.db`, in the store's folder.
//!
//! The connection lives on a thread of its own behind a closed enum of requests,
//! so that exactly one writer exists in the process and no caller ever sees
//! «database is locked» for our own doing. `journal_mode=WAL` lets `checkoff log`
//! read while a run writes; `synchronous=FULL` makes a commit survive power loss
//! (measured here: about 0.2 ms; `NORMAL` would save it and lose the last events).
//!
//! The folder is given a `.gitignore` of its own, so that nobody commits a log.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use checkoff_core::{Event, RunId, RunSpec, Timestamp};
use crossbeam_channel::{Receiver, Sender, bounded};

use crate::feed::Feed;
use crate::store::{Error, NewRun, Recorded, RunRow, Source, Store};
use connection::Connection;

mod connection;
mod failure;
mod migrate;

/// The file in the store's folder.
const FILE: &str = "checkoff.db";

/// How many requests may wait for the thread; callers block beyond it.
const REQUESTS_MAX: usize = 64;

/// A store in a folder.
#[derive(Debug)]
pub struct SqliteStore {
    place: PathBuf,
    requests: Option<Sender<Request>>,
    thread: Option<JoinHandle<()>>,
    feed: Feed,
}

type Reply<T> = Sender<Result<T, Error>>;

/// What the thread can be asked.
#[derive(Debug)]
enum Request {
    CreateRun(Box<NewRun>, Reply<RunId>),
    Append { run: RunId, after: u64, events: Vec<(Timestamp, Event)>, reply: Reply<u64> },
    Read { run: RunId, after: u64, limit: usize, reply: Reply<Vec<Recorded>> },
    Runs(Reply<Vec<RunRow>>),
    Spec(RunId, Reply<RunSpec>),
    Sources(RunId, Reply<Vec<Source>>),
}

impl SqliteStore {
    /// Opens the store in this folder, making both when they are missing and bringing an
    /// older one up to date.
    ///
    /// # Errors
    /// The place cannot be written, is no store, or was written by a newer program.
    pub fn open(folder: &Path) -> Result<SqliteStore, Error> {
        connection::make_folder(folder)?;
        SqliteStore::serve(folder.join(FILE), Connection::open)
    }

    /// Opens the store in this folder without ever changing it.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn open_to_read(folder: &Path) -> Result<SqliteStore, Error> {
        SqliteStore::serve(folder.join(FILE), Connection::open_to_read)
    }

    /// Whether there is a store in this folder.
    pub fn exists(folder: &Path) -> bool {
        folder.join(FILE).is_file()
    }

    fn serve(
        place: PathBuf,
        open: fn(&Path) -> Result<Connection, Error>,
    ) -> Result<SqliteStore, Error> {
        let connection = open(&place)?;
        let (sender, receiver) = bounded(REQUESTS_MAX);
        let thread = std::thread::Builder::new()
            .name("checkoff-store".to_owned())
            .spawn(move || serve(connection, &receiver))
            .map_err(|source| Error::Database { place: place.clone(), source: Box::new(source) })?;
        let feed = Feed::default();
        Ok(SqliteStore { place, requests: Some(sender), thread: Some(thread), feed })
    }

    /// Asks the thread, and waits for its answer.
    fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, Error> {
        let closed = || Error::Closed { place: self.place.clone() };
        let (reply, answer) = bounded(1);
        let requests = self.requests.as_ref().ok_or_else(closed)?;
        requests.send(request(reply)).map_err(|_| closed())?;
        answer.recv().map_err(|_| closed())?
    }
}

impl Drop for SqliteStore {
    /// Closes the database cleanly: the write-ahead log is folded into the file.
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            // A panic in there was already printed, and there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

/// The thread: one request after the other, until nobody can ask any more.
fn serve(mut connection: Connection, requests: &Receiver<Request>) {
    for request in requests {
        // Who asked may be gone; what was written stands all the same.
        match request {
            Request::CreateRun(new, reply) => drop(reply.send(connection.create_run(&new))),
            Request::Append { run, after, events, reply } => {
                drop(reply.send(connection.append(run, after, &events)));
            }
            Request::Read { run, after, limit, reply } => {
                drop(reply.send(connection.read(run, after, limit)));
            }
            Request::Runs(reply) => drop(reply.send(connection.runs())),
            Request::Spec(run, reply) => drop(reply.send(connection.spec(run))),
            Request::Sources(run, reply) => drop(reply.send(connection.sources(run))),
        }
    }
}

impl Store for SqliteStore {
    fn create_run(&self, run: &NewRun) -> Result<RunId, Error> {
        self.ask(|reply| Request::CreateRun(Box::new(run.clone()), reply))
    }

    fn append(&self, run: RunId, after: u64, events: &[(Timestamp, Event)]) -> Result<u64, Error> {
        let events = events.to_vec();
        let last = self.ask(|reply| Request::Append { run, after, events, reply })?;
        self.feed.tell(run, last);
        Ok(last)
    }

    fn read(&self, run: RunId, after: u64, limit: usize) -> Result<Vec<Recorded>, Error> {
        self.ask(|reply| Request::Read { run, after, limit, reply })
    }

    fn runs(&self) -> Result<Vec<RunRow>, Error> {
        self.ask(Request::Runs)
    }

    fn spec(&self, run: RunId) -> Result<RunSpec, Error> {
        self.ask(|reply| Request::Spec(run, reply))
    }

    fn sources(&self, run: RunId) -> Result<Vec<Source>, Error> {
        self.ask(|reply| Request::Sources(run, reply))
    }

    fn feed(&self) -> Receiver<(RunId, u64)> {
        self.feed.join()
    }
}
