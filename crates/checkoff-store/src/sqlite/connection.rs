//! The statements.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use checkoff_core::event::RunOutcome;
use checkoff_core::spec::TaskSpec;
use checkoff_core::{Event, RunId, RunSpec, Timestamp};
use rusqlite::{OpenFlags, OptionalExtension, Row, Transaction, params};

use super::failure::explain;
use super::migrate;
use crate::record::{EventRecord, FORMAT, RunRecord, TaskRecord};
use crate::store::{Error, NewRun, Recorded, RunRow, Source, Tally};

/// How long to wait for another process that writes: commits take milliseconds, so this is
/// a hung process or a network folder.
const BUSY_MAX: Duration = Duration::from_secs(5);

/// An open database.
pub(super) struct Connection {
    place: PathBuf,
    inner: rusqlite::Connection,
}

/// Makes the store's folder, and keeps it out of version control.
pub(super) fn make_folder(folder: &Path) -> Result<(), Error> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::StorageFull => Error::DiskFull { place: folder.to_owned() },
        _ => Error::ReadOnly { place: folder.to_owned(), source: Some(source) },
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        std::fs::write(ignore, "# Logs and outputs of checkoff.\n*\n").map_err(failed)?;
    }
    Ok(())
}

impl Connection {
    /// Opens to write, making and migrating.
    pub(super) fn open(place: &Path) -> Result<Connection, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with(place, flags)?;
        migrate::migrate(&mut connection.inner, place)?;
        Ok(connection)
    }

    /// Opens to read only.
    pub(super) fn open_to_read(place: &Path) -> Result<Connection, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with(place, flags)?;
        migrate::check(&connection.inner, place)?;
        Ok(connection)
    }

    fn open_with(place: &Path, flags: OpenFlags) -> Result<Connection, Error> {
        let open = || {
            let inner = rusqlite::Connection::open_with_flags(place, flags)?;
            inner.busy_timeout(BUSY_MAX)?;
            if flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
                inner.pragma_update(None, "journal_mode", "wal")?;
                inner.pragma_update(None, "synchronous", "full")?;
            }
            inner.pragma_update(None, "foreign_keys", true)?;
            inner.set_prepared_statement_cache_capacity(32);
            Ok(inner)
        };
        let inner = open().map_err(|error| explain(place, error))?;
        Ok(Connection { place: place.to_owned(), inner })
    }

    /// Runs `work` in one transaction.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<T, Error> {
        let place = &self.place;
        let all = |inner: &mut rusqlite::Connection| {
            let behavior = rusqlite::TransactionBehavior::Immediate;
            let transaction = inner.transaction_with_behavior(behavior)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        all(&mut self.inner).map_err(|error| explain(place, error))
    }

    pub(super) fn create_run(&mut self, new: &NewRun) -> Result<RunId, Error> {
        let body = json(&RunRecord::from(&new.spec));
        self.write(|transaction| {
            let at_us = signed(new.created_at.as_unix_us());
            transaction.execute(
                "INSERT INTO run
                 (format, created_at_us, changed_at_us, seq, tasks, done, failed, body)
                 VALUES (?1, ?2, ?2, 0, ?3, 0, 0, ?4)",
                params![FORMAT, at_us, number(new.spec.tasks.len()), body],
            )?;
            let run = transaction.last_insert_rowid();
            let mut insert = transaction
                .prepare("INSERT INTO task (run, position, body) VALUES (?1, ?2, ?3)")?;
            for (position, task) in new.spec.tasks.iter().enumerate() {
                insert.execute(params![run, number(position), json(&TaskRecord::from(task))])?;
            }
            let mut insert = transaction.prepare(
                "INSERT INTO source (run, position, path, bytes) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for (position, source) in new.sources.iter().enumerate() {
                insert.execute(params![run, number(position), source.path, source.bytes])?;
            }
            Ok(RunId(unsigned(run)))
        })
    }

    pub(super) fn append(
        &mut self,
        run: RunId,
        after: u64,
        events: &[(Timestamp, Event)],
    ) -> Result<u64, Error> {
        let tally = Tally::of(after, events);
        let id = signed(run.0);
        let found = self.write(|transaction| {
            let read = "SELECT seq FROM run WHERE id = ?1";
            let mut read = transaction.prepare_cached(read)?;
            let found: Option<i64> = read.query_row([id], |row| row.get(0)).optional()?;
            if found != Some(signed(after)) {
                return Ok(found);
            }
            let mut insert = transaction.prepare_cached(
                "INSERT INTO event (run, seq, at_us, format, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for (seq, (at, event)) in (after + 1..).zip(events) {
                let body = json(&EventRecord::from(event));
                insert.execute(params![id, signed(seq), signed(at.as_unix_us()), FORMAT, body])?;
            }
            update_row(transaction, id, &tally)?;
            Ok(found)
        })?;
        match found {
            None => Err(self.no_run(run)),
            Some(found) if found != signed(after) => {
                Err(Error::Conflict { run, expected: after, found: unsigned(found) })
            }
            Some(_) => Ok(tally.seq),
        }
    }

    pub(super) fn read(
        &mut self,
        run: RunId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        self.known(run)?;
        let query = "SELECT seq, at_us, format, body FROM event
                     WHERE run = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<(i64, i64, u32, String)> =
            self.query(query, params![signed(run.0), signed(after), limit], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        let decode = |(seq, at_us, format, body): (i64, i64, u32, String)| {
            let what = || format!("event {seq} of run {run}");
            let record: EventRecord = self.parse(format, &body, what)?;
            let event = record.into_event().map_err(|why| self.corrupt(what(), why))?;
            let at = Timestamp::from_unix_us(unsigned(at_us));
            Ok(Recorded { seq: unsigned(seq), at, event })
        };
        rows.into_iter().map(decode).collect()
    }

    pub(super) fn runs(&mut self) -> Result<Vec<RunRow>, Error> {
        let query = "SELECT id, created_at_us, changed_at_us, seq, outcome, tasks, done, failed,
                            format, body FROM run ORDER BY id DESC";
        let rows: Vec<(RunRow, Option<String>, u32, String)> = self.query(query, [], |row| {
            let time = |column: usize| -> Result<Timestamp, rusqlite::Error> {
                Ok(Timestamp::from_unix_us(unsigned(row.get(column)?)))
            };
            let listed = RunRow {
                run: RunId(unsigned(row.get(0)?)),
                created_at: time(1)?,
                changed_at: time(2)?,
                seq: unsigned(row.get(3)?),
                outcome: None,
                paths: Vec::new(),
                tasks: row.get(5)?,
                done: row.get(6)?,
                failed: row.get(7)?,
            };
            Ok((listed, row.get(4)?, row.get(8)?, row.get(9)?))
        })?;
        let decode = |(row, outcome, format, body): (RunRow, Option<String>, u32, String)| {
            let what = || format!("run {}", row.run);
            let record: RunRecord = self.parse(format, &body, what)?;
            let outcome = outcome.map(|word| self.outcome(&word, what)).transpose()?;
            let paths = record.files.into_iter().map(|file| file.path).collect();
            Ok(RunRow { outcome, paths, ..row })
        };
        rows.into_iter().map(decode).collect()
    }

    pub(super) fn spec(&mut self, run: RunId) -> Result<RunSpec, Error> {
        let id = signed(run.0);
        let query = "SELECT format, body FROM run WHERE id = ?1";
        let mut found: Vec<(u32, String)> =
            self.query(query, [id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (format, body) = found.pop().ok_or_else(|| self.no_run(run))?;
        let record: RunRecord = self.parse(format, &body, || format!("run {run}"))?;
        let query = "SELECT body FROM task WHERE run = ?1 ORDER BY position";
        let bodies: Vec<String> = self.query(query, [id], |row| row.get(0))?;
        let decode = |(position, body): (usize, &String)| {
            let what = || format!("task {position} of run {run}");
            Ok(self.parse::<TaskRecord>(format, body, what)?.into())
        };
        let tasks: Vec<TaskSpec> =
            bodies.iter().enumerate().map(decode).collect::<Result<_, Error>>()?;
        Ok(record.into_spec(tasks))
    }

    pub(super) fn sources(&mut self, run: RunId) -> Result<Vec<Source>, Error> {
        self.known(run)?;
        let query = "SELECT path, bytes FROM source WHERE run = ?1 ORDER BY position";
        self.query(query, [signed(run.0)], |row| {
            Ok(Source { path: row.get(0)?, bytes: row.get(1)? })
        })
    }

    fn query<T>(
        &self,
        query: &str,
        params: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Vec<T>, Error> {
        let all = || -> Result<Vec<T>, rusqlite::Error> {
            self.inner.prepare_cached(query)?.query_map(params, read)?.collect()
        };
        all().map_err(|error| explain(&self.place, error))
    }

    fn known(&self, run: RunId) -> Result<(), Error> {
        let query = "SELECT 1 FROM run WHERE id = ?1";
        let found: Vec<i64> = self.query(query, [signed(run.0)], |row| row.get(0))?;
        if found.is_empty() { Err(self.no_run(run)) } else { Ok(()) }
    }

    fn parse<T: serde::de::DeserializeOwned>(
        &self,
        format: u32,
        body: &str,
        what: impl Fn() -> String,
    ) -> Result<T, Error> {
        if format > FORMAT {
            let place = self.place.clone();
            return Err(Error::Newer { place, found: format, known: FORMAT });
        }
        serde_json::from_str(body).map_err(|error| self.corrupt(what(), error.to_string()))
    }

    fn outcome(&self, word: &str, what: impl Fn() -> String) -> Result<RunOutcome, Error> {
        OUTCOMES
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
            .ok_or_else(|| self.corrupt(what(), format!("`{word}` is not an outcome")))
    }

    fn no_run(&self, run: RunId) -> Error {
        Error::NoRun { run, place: self.place.clone() }
    }

    fn corrupt(&self, what: String, why: String) -> Error {
        Error::Corrupt { place: self.place.clone(), what, why }
    }
}

const OUTCOMES: [RunOutcome; 4] =
    [RunOutcome::Succeeded, RunOutcome::Failed, RunOutcome::Cancelled, RunOutcome::Waiting];

/// Brings the list of runs up to date with a batch.
fn update_row(
    transaction: &Transaction<'_>,
    id: i64,
    tally: &Tally,
) -> Result<(), rusqlite::Error> {
    let mut update = transaction.prepare_cached(
        "UPDATE run SET seq = ?2, changed_at_us = coalesce(?3, changed_at_us),
                done = done + ?4, failed = coalesce(?5, failed),
                outcome = CASE WHEN ?6 THEN ?7 ELSE outcome END
         WHERE id = ?1",
    )?;
    let changed_at = tally.changed_at.map(|at| signed(at.as_unix_us()));
    let outcome = tally.outcome.flatten().map(RunOutcome::as_str);
    let row = params![
        id,
        signed(tally.seq),
        changed_at,
        tally.done,
        tally.failed,
        tally.outcome.is_some(),
        outcome
    ];
    update.execute(row).map(drop)
}

/// A record as text. Records hold only strings, numbers and lists: this cannot fail.
fn json(record: &impl serde::Serialize) -> String {
    serde_json::to_string(record).expect("a record serialises")
}

/// SQLite's integers have a sign; ours do not, and stay far below the limit.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn number(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use checkoff_core::event::Outcome;
    use checkoff_core::{AttemptId, RunSpec, TaskIndex};

    use super::*;

    fn event(text: &str) -> (Timestamp, Event) {
        let attempt = AttemptId { task: TaskIndex(0), number: 1 };
        let outcome = Outcome::NotStarted { message: text.to_owned() };
        let evidence = checkoff_core::event::Evidence::default();
        (Timestamp::from_unix_us(1), Event::AttemptFinished { attempt, outcome, evidence })
    }

    #[test]
    fn a_full_disk_is_said_so_and_nothing_of_the_batch_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut connection = Connection::open(&folder.path().join("checkoff.db")).expect("a store");
        let created_at = Timestamp::from_unix_us(1);
        let new = NewRun { created_at, spec: RunSpec::default(), sources: Vec::new() };
        let run = connection.create_run(&new).expect("a run");
        connection.append(run, 0, &[event("small")]).expect("a batch");

        // What a full disk is to SQLite: no page can be added.
        let pages: i64 = connection
            .inner
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .expect("a count");
        connection.inner.pragma_update(None, "max_page_count", pages).expect("a limit");
        let large = "x".repeat(100_000);
        let failed = connection.append(run, 1, &[event("small"), event(&large)]);
        assert!(matches!(failed, Err(Error::DiskFull { .. })), "{failed:?}");
        assert_eq!(connection.read(run, 0, 10).expect("a log").len(), 1);

        connection.inner.pragma_update(None, "max_page_count", pages + 1_000).expect("room");
        connection.append(run, 1, &[event(&large)]).expect("there is room again");
    }
}
