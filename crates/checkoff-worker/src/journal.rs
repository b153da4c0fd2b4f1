//! What a keeper has done, on disk, so that nothing depends on anyone remembering it.
//!
//! One file of [frames](crate::frame), one `write` each, in this order for every
//! attempt: `Starting` before there is a process, `Started` with its pid and start
//! time as soon as there is one, `Finished` with everything before anybody is told.
//! `Opened` comes first; `Closed` says that the engine is gone and nothing more will
//! be started.
//!
//! The journal survives the death of the keeper and of the engine, not that of the
//! machine: it is not synced. It need not be: when the machine dies every attempt
//! dies with it, and `Opened` names the boot.
//!
//! Reading stops at the first record that is not whole. A keeper killed in the middle
//! of a write leaves one of those at the end, and nothing after it.
//!
//! A run of a hundred thousand attempts would leave a long journal that no one needs:
//! the engine has stored all of it. So the engine acknowledges, and when most of the
//! file is acknowledged it is written anew without that, beside the old one, and
//! renamed over it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use checkoff_core::Timestamp;
use checkoff_core::event::Process;

use crate::attempt::{Finished, PartId};
use crate::frame::{Fields, FrameError, FrameWriter, next_frame};
use crate::message::{decode_finished, encode_finished};

/// Raised when older programs could no longer read the journal.
const VERSION: u32 = 1;

const OPENED: u8 = 1;
const STARTING: u8 = 2;
const STARTED: u8 = 3;
const FINISHED: u8 = 4;
const CLOSED: u8 = 5;

/// A journal shorter than this is not worth writing anew.
const COMPACT_ABOVE: u64 = 8 << 20;

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Record {
    /// A keeper began.
    Opened { boot: String, keeper: Process, at: Timestamp },
    /// A process is about to be made; its output will be in `spool`.
    Starting { id: PartId, at: Timestamp, spool: PathBuf },
    /// It was made.
    Started { id: PartId, process: Process, at: Timestamp },
    /// It is over.
    Finished(Finished),
    /// Nothing more will be started.
    Closed,
}

impl Record {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Record::Opened { boot, keeper, at } => FrameWriter::begin(out, OPENED)
                .u32(VERSION)
                .text(boot)
                .process(*keeper)
                .time(*at)
                .end(),
            Record::Starting { id, at, spool } => {
                FrameWriter::begin(out, STARTING).id(*id).time(*at).path(spool).end();
            }
            Record::Started { id, process, at } => {
                FrameWriter::begin(out, STARTED).id(*id).process(*process).time(*at).end();
            }
            Record::Finished(finished) => {
                encode_finished(FrameWriter::begin(out, FINISHED), finished);
            }
            Record::Closed => FrameWriter::begin(out, CLOSED).end(),
        }
    }

    /// `None` for a kind that a later version added.
    fn decode(mut fields: Fields<'_>) -> Result<Option<Record>, FrameError> {
        Ok(Some(match fields.kind() {
            OPENED => {
                if fields.u32()? != VERSION {
                    return Err(fields.malformed());
                }
                let (boot, keeper) = (fields.text()?, fields.process()?);
                Record::Opened { boot, keeper, at: fields.time()? }
            }
            STARTING => {
                let (id, at) = (fields.id()?, fields.time()?);
                Record::Starting { id, at, spool: fields.path()? }
            }
            STARTED => {
                let (id, process) = (fields.id()?, fields.process()?);
                Record::Started { id, process, at: fields.time()? }
            }
            FINISHED => Record::Finished(decode_finished(&mut fields)?),
            CLOSED => Record::Closed,
            _ => return Ok(None),
        }))
    }
}

/// The writing end, held by the keeper.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// Bytes of whole records in the file.
    len: u64,
    /// Of these, how many the engine has no more use for.
    dead: u64,
    /// The record that opened it.
    opening: Span,
    /// Where the records are that are still of use.
    live: BTreeMap<PartId, Vec<Span>>,
    buffer: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Span {
    at: u64,
    len: u64,
}

impl Journal {
    /// Begins a journal, where there must be none yet.
    pub(crate) fn create(path: PathBuf, opened: &Record) -> io::Result<Journal> {
        let file = OpenOptions::new().read(true).append(true).create_new(true).open(&path)?;
        let mut journal = Journal {
            path,
            file,
            len: 0,
            dead: 0,
            opening: Span::default(),
            live: BTreeMap::new(),
            buffer: Vec::new(),
        };
        journal.opening = journal.write(opened)?;
        Ok(journal)
    }

    /// Adds one record. When it cannot be written whole, it is as if it had not been
    /// tried.
    pub(crate) fn append(&mut self, record: &Record) -> io::Result<()> {
        let span = self.write(record)?;
        match record {
            Record::Starting { id, .. } | Record::Started { id, .. } => {
                self.live.entry(*id).or_default().push(span);
            }
            Record::Finished(finished) => {
                self.live.entry(finished.id).or_default().push(span);
            }
            Record::Opened { .. } | Record::Closed => {}
        }
        Ok(())
    }

    fn write(&mut self, record: &Record) -> io::Result<Span> {
        self.buffer.clear();
        record.encode(&mut self.buffer);
        if let Err(error) = self.file.write_all(&self.buffer) {
            // Half a record would hide every later one from the reader.
            self.file.set_len(self.len)?;
            return Err(error);
        }
        let span = Span { at: self.len, len: self.buffer.len() as u64 };
        self.len += span.len;
        Ok(span)
    }

    /// Lets go of attempts whose finish the engine has stored.
    pub(crate) fn forget(&mut self, ids: &[PartId]) -> io::Result<()> {
        for id in ids {
            let spans = self.live.remove(id).unwrap_or_default();
            self.dead += spans.iter().map(|span| span.len).sum::<u64>();
        }
        if self.len > COMPACT_ABOVE && self.dead > self.len / 2 {
            self.compact()?;
        }
        Ok(())
    }

    /// Writes the journal anew with what is still of use, in the old order.
    fn compact(&mut self) -> io::Result<()> {
        let beside = self.path.with_extension("new");
        let mut spans: Vec<(Span, Option<PartId>)> = vec![(self.opening, None)];
        for (id, of_one) in &self.live {
            spans.extend(of_one.iter().map(|span| (*span, Some(*id))));
        }
        spans.sort_unstable_by_key(|(span, _)| span.at);
        let mut bytes = Vec::new();
        let mut live: BTreeMap<PartId, Vec<Span>> = BTreeMap::new();
        let mut opening = Span::default();
        for (span, id) in spans {
            let moved = Span { at: bytes.len() as u64, len: span.len };
            bytes.resize(bytes.len() + span.len as usize, 0);
            self.file.read_exact_at(&mut bytes[moved.at as usize..], span.at)?;
            match id {
                Some(id) => live.entry(id).or_default().push(moved),
                None => opening = moved,
            }
        }
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(&beside)?;
        file.set_len(0)?;
        (&file).write_all(&bytes)?;
        fs::rename(&beside, &self.path)?;
        self.file = file;
        self.len = bytes.len() as u64;
        self.dead = 0;
        self.opening = opening;
        self.live = live;
        Ok(())
    }
}

/// All whole records of a journal, in order; none when there is no file.
pub(crate) fn read(path: &Path) -> io::Result<Vec<Record>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    Ok(records(&bytes))
}

fn records(bytes: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    let mut rest = bytes;
    while let Ok(Some((fields, len))) = next_frame(rest) {
        match Record::decode(fields) {
            Ok(record) => records.extend(record),
            Err(_) => break,
        }
        rest = &rest[len..];
    }
    records
}

#[cfg(test)]
mod tests {
    use checkoff_core::{AttemptId, RunId, TaskIndex};

    use super::*;
    use crate::attempt::{Exit, Output};

    fn id(task: u32) -> PartId {
        PartId::work(RunId(1), AttemptId { task: TaskIndex(task), number: 1 })
    }

    fn opened() -> Record {
        let keeper = Process { pid: 7, start_ticks: 8 };
        Record::Opened { boot: "b".to_owned(), keeper, at: Timestamp::from_unix_us(1) }
    }

    fn starting(task: u32) -> Record {
        let at = Timestamp::from_unix_us(2);
        Record::Starting { id: id(task), at, spool: PathBuf::from("spool/0") }
    }

    fn finished(task: u32, output: Vec<u8>) -> Record {
        Record::Finished(Finished {
            id: id(task),
            exit: Exit::Timeout { killed: true },
            started_at: Timestamp::from_unix_us(3),
            ended_at: Timestamp::from_unix_us(4),
            cpu_user_us: 5,
            cpu_system_us: 6,
            peak_rss_bytes: 7,
            output: Output::Inline(output),
            had_leftovers: true,
        })
    }

    #[test]
    fn a_torn_end_hides_only_the_record_that_was_torn() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let written = [opened(), starting(0), finished(0, b"\0out".to_vec()), Record::Closed];
        let mut journal = Journal::create(path.clone(), &written[0]).unwrap();
        let mut ends = vec![journal.len as usize];
        for record in &written[1..] {
            journal.append(record).unwrap();
            ends.push(journal.len as usize);
        }
        let bytes = fs::read(&path).unwrap();
        for cut in 0..=bytes.len() {
            let whole = ends.iter().filter(|end| **end <= cut).count();
            assert_eq!(records(&bytes[..cut]), written[..whole], "cut at {cut}");
        }
    }

    #[test]
    fn what_is_acknowledged_is_dropped_and_the_rest_stays_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::create(path.clone(), &opened()).unwrap();
        journal.append(&starting(7)).unwrap();
        for task in 100..250 {
            journal.append(&starting(task)).unwrap();
            journal.append(&finished(task, vec![b'x'; 100_000])).unwrap();
            if task % 10 == 0 {
                continue;
            }
            journal.forget(&[id(task)]).unwrap();
        }
        assert!(journal.len < COMPACT_ABOVE * 2, "{}", journal.len);
        journal.append(&finished(7, b"end".to_vec())).unwrap();
        let records = read(&path).unwrap();
        assert_eq!(records[0], opened());
        assert_eq!(records[1], starting(7));
        let kept = (100..250).step_by(10);
        for task in kept {
            assert!(records.contains(&finished(task, vec![b'x'; 100_000])), "task {task}");
        }
        assert_eq!(records.last(), Some(&finished(7, b"end".to_vec())));
    }
}
