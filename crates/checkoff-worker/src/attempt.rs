//! One try of a task, as a runtime sees it: what to do, how it ended, what it said.
//!
//! These are plain values. They cross a process boundary (engine to keeper and
//! back) and a crash (the keeper's journal), so they hold nothing that lives only
//! in one process: no handles, no instants, only ids, bytes and Unix time.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use checkoff_core::{AttemptId, RunId, Timestamp};

/// Names one part of one attempt: one thing a runtime does.
///
/// Displayed as `r12/34.1` for the work and `r12/34.1/check0` for the first check;
/// that text is the value of `CHECKOFF_ATTEMPT` in the environment of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartId {
    /// The run it belongs to.
    pub run: RunId,
    /// The attempt it belongs to.
    pub attempt: AttemptId,
    /// Which part of it.
    pub part: Part,
}

/// What a part of an attempt is for: its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The work of the task itself.
    Work,
    /// The N-th `done when` command, from 0, run after the work.
    Check(u16),
}

impl PartId {
    /// The work of an attempt.
    pub fn work(run: RunId, attempt: AttemptId) -> PartId {
        PartId { run, attempt, part: Part::Work }
    }

    /// The N-th check of an attempt, from 0.
    pub fn check(run: RunId, attempt: AttemptId, nth: u16) -> PartId {
        PartId { run, attempt, part: Part::Check(nth) }
    }
}

impl fmt::Display for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.run, self.attempt)?;
        match self.part {
            Part::Work => Ok(()),
            Part::Check(nth) => write!(f, "/check{nth}"),
        }
    }
}

/// Everything a runtime needs to do one part of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptSpec {
    /// Which one this is.
    pub id: PartId,
    /// What to run: one argument of the interpreter, handed over unchanged.
    pub script: String,
    /// The interpreter and its leading arguments; the script becomes the last one.
    pub shell: Vec<String>,
    /// The folder to run in. Relative to that of the runtime when not absolute.
    pub cwd: PathBuf,
    /// Variables added to, or replacing those of, the environment of the runtime.
    pub env: Vec<(String, String)>,
    /// How long it may take. `None`: as long as it likes.
    pub timeout: Option<Duration>,
    /// How long it has between TERM and KILL, on timeout and on cancel.
    pub grace: Duration,
    /// What becomes of its output.
    pub output: OutputLimits,
    /// What becomes of processes of its group that outlive it.
    pub leftovers: Leftovers,
}

impl AttemptSpec {
    /// Time between TERM and KILL unless the task says otherwise.
    pub const GRACE: Duration = Duration::from_secs(5);

    /// An attempt that runs `script` under `/bin/sh -c`, in the current folder,
    /// without a time limit.
    pub fn shell(id: PartId, script: impl Into<String>) -> AttemptSpec {
        AttemptSpec {
            id,
            script: script.into(),
            shell: crate::shell::default_shell(),
            cwd: PathBuf::from("."),
            env: Vec::new(),
            timeout: None,
            grace: AttemptSpec::GRACE,
            output: OutputLimits::default(),
            leftovers: Leftovers::default(),
        }
    }
}

/// How much output is handed back in the report, and how much is allowed at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputLimits {
    /// Output up to this many bytes travels in the report; more stays in a file.
    pub inline: u32,
    /// Bytes of the beginning and of the end that the report quotes of a file.
    pub excerpt: u32,
    /// An attempt that has written more than this many bytes is ended with
    /// [`Exit::OutputLimit`]. What it wrote until then is all kept.
    pub total: u64,
}

impl Default for OutputLimits {
    fn default() -> OutputLimits {
        OutputLimits { inline: 16 << 10, excerpt: 4 << 10, total: 1 << 30 }
    }
}

/// What to do with processes of the attempt's group that are alive when its
/// first process has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Leftovers {
    /// They get a moment to end by themselves, then TERM, then KILL; the attempt
    /// is reported finished when they are gone.
    #[default]
    End,
    /// They go on, and the attempt is reported finished at once: for a task whose
    /// purpose is to start something.
    Leave,
}

/// How hard an attempt is asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelMode {
    /// TERM to its process group, KILL after its grace.
    Gentle,
    /// KILL to its process group at once.
    Now,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// It exited by itself with this code. Zero is success.
    Code(i32),
    /// A signal ended it that this runtime did not send.
    Signal(i32),
    /// It took longer than its timeout and was ended.
    Timeout {
        /// It ignored TERM and had to be killed.
        killed: bool,
    },
    /// It was cancelled.
    Cancelled {
        /// It ignored TERM, or was cancelled with [`CancelMode::Now`].
        killed: bool,
    },
    /// It wrote more output than allowed, or all but filled the disk.
    OutputLimit {
        /// The limit in bytes that was crossed; `None` when the disk ran short.
        limit: Option<u64>,
    },
    /// No process could be made. The text says what was missing, and where.
    SpawnFailed(String),
    /// It ran and is gone, and nobody was there to see how it ended.
    Unknown,
}

impl Exit {
    /// Whether the attempt did what it was asked: it exited by itself with code 0.
    pub fn is_success(&self) -> bool {
        matches!(self, Exit::Code(0))
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by_force = |killed: &bool| if *killed { ", killed" } else { "" };
        match self {
            Exit::Code(code) => write!(f, "exit {code}"),
            Exit::Signal(signal) => write!(f, "signal {signal}"),
            Exit::Timeout { killed } => write!(f, "timed out{}", by_force(killed)),
            Exit::Cancelled { killed } => write!(f, "cancelled{}", by_force(killed)),
            Exit::OutputLimit { limit: Some(limit) } => {
                write!(f, "more than {limit} bytes of output")
            }
            Exit::OutputLimit { limit: None } => f.write_str("disk nearly full"),
            Exit::SpawnFailed(why) => write!(f, "not started: {why}"),
            Exit::Unknown => f.write_str("gone, exit unknown"),
        }
    }
}

/// What an attempt wrote to its standard output and error, in the order written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Output {
    /// Not one byte.
    #[default]
    Empty,
    /// All of it.
    Inline(Vec<u8>),
    /// Too much to carry about: it is in a file, complete.
    File {
        /// Where it is, for good.
        path: PathBuf,
        /// Its length in bytes when the attempt was reported.
        len: u64,
        /// Its first bytes.
        head: Vec<u8>,
        /// Its last bytes; together with `head` never more than the whole.
        tail: Vec<u8>,
    },
}

/// All that is known about an attempt once it is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Which one.
    pub id: PartId,
    /// How it ended.
    pub exit: Exit,
    /// When its process was made.
    pub started_at: Timestamp,
    /// When its end was seen.
    pub ended_at: Timestamp,
    /// CPU time in user code of it and of the children it waited for, microseconds.
    pub cpu_user_us: u64,
    /// CPU time in the kernel, likewise.
    pub cpu_system_us: u64,
    /// Largest resident set of any of them, bytes.
    pub peak_rss_bytes: u64,
    /// What it wrote.
    pub output: Output,
    /// Whether processes of its group outlived it and had to be ended, or were left.
    pub had_leftovers: bool,
}
