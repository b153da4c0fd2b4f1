//! What shows how an attempt went: the runtime's account in the log's words, the
//! hash of what was written, and the files that changed.
//!
//! Output that fits into a report is hashed on the spot. A long one is a file that
//! has to be read, and looking at changed files takes system calls: both happen on a
//! thread of their own, so that nobody waits for it but the task itself.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use checkoff_core::event::{Evidence, Outcome, Output};
use checkoff_worker::{Exit, Finished, Output as Written};
use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::run_loop::Input;
use changes::Baseline;

pub(crate) mod changes;

/// How an attempt ended, and what shows it.
#[derive(Debug)]
pub(crate) struct Account {
    /// The runtime's own words, for what only it knows (its id).
    pub(crate) finished: Finished,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// What shows it.
    pub(crate) evidence: Evidence,
}

/// Where the outputs of a store are, to name them below it.
#[derive(Debug, Clone)]
pub(crate) struct Outputs {
    store: PathBuf,
}

impl Outputs {
    pub(crate) fn new(store: &Path) -> Outputs {
        // The keeper names its files by the real path.
        Outputs { store: store.canonicalize().unwrap_or_else(|_| store.to_owned()) }
    }

    /// Takes down what an attempt wrote. A file is read for its hash.
    pub(crate) fn output(&self, written: &Written) -> Output {
        match written {
            Written::Empty => Output::default(),
            Written::Inline(bytes) => Output {
                bytes_total: bytes.len() as u64,
                tail: bytes.clone(),
                file: None,
                hash: blake3::hash(bytes).to_hex().to_string(),
            },
            Written::File { path, len, tail, .. } => Output {
                bytes_total: *len,
                tail: tail.clone(),
                file: Some(path.strip_prefix(&self.store).unwrap_or(path).display().to_string()),
                // A file that cannot be read any more has no hash; its length and end stand.
                hash: hash_file(path).unwrap_or_default(),
            },
        }
    }

    /// The whole account of an attempt.
    pub(crate) fn account(&self, finished: Finished, baseline: Option<&Baseline>) -> Account {
        let evidence = Evidence {
            started_at: finished.started_at,
            ended_at: finished.ended_at,
            user_us: finished.cpu_user_us,
            system_us: finished.cpu_system_us,
            memory_bytes_max: finished.peak_rss_bytes,
            output: self.output(&finished.output),
            had_leftovers: finished.had_leftovers,
            changes: baseline.map(Baseline::changes).unwrap_or_default(),
        };
        Account { outcome: outcome_of(&finished.exit), evidence, finished }
    }
}

/// The runtime's word for an end, as the log says it.
fn outcome_of(exit: &Exit) -> Outcome {
    match exit {
        Exit::Code(code) => Outcome::Exited { code: *code },
        Exit::Signal(signal) => Outcome::Signalled { signal: *signal },
        Exit::Timeout { .. } => Outcome::TimedOut,
        Exit::Cancelled { .. } => Outcome::Cancelled,
        Exit::OutputLimit { .. } => Outcome::OutputLimit,
        Exit::SpawnFailed(message) => Outcome::NotStarted { message: message.clone() },
        Exit::Unknown => Outcome::Unknown,
    }
}

fn hash_file(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// The thread that looks at files.
#[derive(Debug)]
pub(crate) struct Examiner {
    requests: Sender<(Finished, Option<Baseline>)>,
}

impl Examiner {
    /// Starts it; accounts come back as [`Input::Account`].
    ///
    /// # Errors
    /// No thread can be made.
    pub(crate) fn begin(outputs: Outputs, inputs: Sender<Input>) -> io::Result<Examiner> {
        // As many can wait as attempts are under way: the scheduler bounds it.
        let (requests, receiver): (_, Receiver<(Finished, Option<Baseline>)>) = unbounded();
        let examine = move || {
            for (finished, baseline) in receiver {
                let account = outputs.account(finished, baseline.as_ref());
                if inputs.send(Input::Account(Box::new(account))).is_err() {
                    break;
                }
            }
        };
        std::thread::Builder::new().name("checkoff-evidence".to_owned()).spawn(examine)?;
        Ok(Examiner { requests })
    }

    /// Asks for the account of an attempt. The thread lives as long as the loop that asks.
    pub(crate) fn examine(&self, finished: Finished, baseline: Option<Baseline>) {
        let sent = self.requests.send((finished, baseline));
        debug_assert!(sent.is_ok(), "the examiner ended before the loop");
    }
}

/// Whether an account takes reading files.
pub(crate) fn takes_time(finished: &Finished, baseline: Option<&Baseline>) -> bool {
    baseline.is_some() || matches!(finished.output, Written::File { .. })
}
