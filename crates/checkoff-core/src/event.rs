//! What has happened in a run. Past tense, closed, and all there is: the state of
//! a run is the fold of its events.
//!
//! Two kinds share one enum because they share one log. *Reports* come from the
//! world through the engine (an attempt ended, a person asked for cancellation).
//! *Decisions* are the scheduler's own and come out of
//! [`Scheduler::step`](crate::scheduler::Scheduler::step) as
//! [`Effect::Record`](crate::effect::Effect::Record). A replay applies both and
//! decides nothing, so a newer scheduler reads an older log to the same state.

use crate::id::{AttemptId, TaskIndex, Timestamp};

/// Something that has happened in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Report: the run began.
    RunStarted {
        /// Names the boot of the machine: the keeper's journal outlives processes, not power.
        boot: String,
    },
    /// Report: a new engine took the run over, after a crash or after its end.
    RunResumed {
        /// As for `RunStarted`.
        boot: String,
    },
    /// Decision: this attempt may be started whenever there is a free slot.
    AttemptReserved {
        /// Which.
        attempt: AttemptId,
    },
    /// Report: its process exists.
    AttemptStarted {
        /// Which.
        attempt: AttemptId,
        /// To find it again after a crash.
        process: Process,
    },
    /// Report: it will not start; the reservation is given back.
    AttemptWithdrawn {
        /// Which.
        attempt: AttemptId,
    },
    /// Report: it ended, one way or another.
    AttemptFinished {
        /// Which.
        attempt: AttemptId,
        /// How.
        outcome: Outcome,
        /// What shows it.
        evidence: Evidence,
    },
    /// Report: its `done when` commands ran.
    ChecksFinished {
        /// Of which attempt.
        attempt: AttemptId,
        /// One a command, in order; the first that fails ends the row.
        checks: Vec<Check>,
    },
    /// Decision: the task is done, its box may be checked.
    TaskDone {
        /// Which.
        task: TaskIndex,
        /// By what right.
        because: DoneBecause,
    },
    /// Decision: the task failed.
    TaskFailed {
        /// Which.
        task: TaskIndex,
        /// Why.
        because: FailedBecause,
    },
    /// Decision: the task cannot run, for what it needs did not get done.
    TaskBlocked {
        /// Which.
        task: TaskIndex,
        /// The failed (or held) task at the root of it.
        by: TaskIndex,
    },
    /// Decision: only a person can go on here.
    TaskAsked {
        /// Which.
        task: TaskIndex,
        /// What is wanted of the person.
        question: Question,
    },
    /// Decision: the task goes back to the ready ones, for another attempt.
    TaskReopened {
        /// Which.
        task: TaskIndex,
        /// Why.
        because: ReopenedBecause,
    },
    /// Report: a person said that the task is done.
    PersonDone {
        /// Which.
        task: TaskIndex,
    },
    /// Report: a person wants a failed, blocked or asking task tried (again).
    RetryRequested {
        /// Which.
        task: TaskIndex,
    },
    /// Report: the boxes of these tasks are checked in the file.
    BoxWritten {
        /// Index into [`RunSpec::files`](crate::spec::RunSpec::files).
        file: u32,
        /// Whose boxes.
        tasks: Vec<TaskIndex>,
        /// BLAKE3 of the file after it, hexadecimal.
        hash: String,
    },
    /// Report: these boxes could not be checked; the tasks are done all the same.
    BoxRefused {
        /// Index into [`RunSpec::files`](crate::spec::RunSpec::files).
        file: u32,
        /// Whose boxes.
        tasks: Vec<TaskIndex>,
        /// Why, for a person.
        message: String,
    },
    /// Report: finish what runs, start nothing new.
    DrainRequested,
    /// Report: end what runs, start nothing new.
    CancelRequested,
    /// Decision: nothing is left to do in this run for now.
    RunFinished {
        /// How it ended.
        outcome: RunOutcome,
        /// How many tasks stand where.
        counts: Counts,
    },
}

/// How many tasks of a run stand where; together all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Done.
    pub done: u32,
    /// Failed.
    pub failed: u32,
    /// Blocked by one that failed or is held.
    pub blocked: u32,
    /// A person has to act.
    pub asking: u32,
    /// Under way.
    pub active: u32,
    /// Not yet tried.
    pub left: u32,
}

/// How to find a process again, even when its number was given to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Process {
    /// Process id.
    pub pid: u32,
    /// Start time, in clock ticks since boot (field 22 of `/proc/PID/stat`); 0 when unknown.
    pub start_ticks: u64,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// By itself, with this exit code.
    Exited {
        /// 0 is success.
        code: i32,
    },
    /// By a signal nobody here sent.
    Signalled {
        /// Its number.
        signal: i32,
    },
    /// Its time was up.
    TimedOut,
    /// It wrote more than allowed, or all but filled the disk.
    OutputLimit,
    /// It was ended because the run was cancelled.
    Cancelled,
    /// It could not be started at all.
    NotStarted {
        /// Why, for a person.
        message: String,
    },
    /// Nobody knows: it was under way when everything that watched it died.
    Unknown,
}

impl Outcome {
    /// Whether it ended well.
    pub fn is_success(&self) -> bool {
        matches!(self, Outcome::Exited { code: 0 })
    }
}

/// What shows how an attempt went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// When the process was there.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Processor time in user mode, its children included.
    pub user_us: u64,
    /// Processor time in the kernel, its children included.
    pub system_us: u64,
    /// Peak resident memory.
    pub memory_bytes_max: u64,
    /// What it wrote.
    pub output: Output,
    /// Processes of its group outlived it, and were ended or left.
    pub had_leftovers: bool,
    /// What it changed of the files it declared, or of the repository.
    pub changes: Vec<FileChange>,
}

/// What an attempt or a check wrote to standard output and standard error, in order of arrival.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Output {
    /// All of it, in bytes.
    pub bytes_total: u64,
    /// All of it when it is short, else its end.
    pub tail: Vec<u8>,
    /// The whole of it when `tail` is not: a path below the store's folder.
    pub file: Option<String>,
    /// BLAKE3 of the whole, hexadecimal; empty when nothing was written.
    pub hash: String,
}

/// One changed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Relative to the task's directory.
    pub path: String,
    /// What happened to it.
    pub kind: ChangeKind,
    /// BLAKE3 of the new content, hexadecimal; empty when deleted or too large to read.
    pub hash: String,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It was not there before.
    Created,
    /// Its content differs.
    Modified,
    /// It is gone.
    Deleted,
}

/// The result of one `done when` command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// As written in the plan.
    pub command: String,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub duration_us: u64,
    /// What it wrote.
    pub output: Output,
}

/// By what right a task is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DoneBecause {
    /// Its attempt ended well.
    Attempt,
    /// Its attempt ended well and its `done when` commands passed.
    Checks,
    /// A person said so.
    Person,
    /// Everything in it is done.
    Members,
}

/// Why a task failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailedBecause {
    /// Its attempt did not end well.
    Attempt,
    /// A `done when` command did not pass.
    Checks,
}

/// What is wanted of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    /// Do it: there is nothing the engine could run.
    DoIt,
    /// Look what came of the attempt, then `retry` it or set it done: it was under way when all
    /// that watched it died, and it is not marked safe to repeat.
    Unknown,
    /// The same after a cancellation.
    Cancelled,
}

/// Why a task gets another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReopenedBecause {
    /// The outcome of the last attempt is unknown, and it is safe to repeat.
    SafeToRepeat,
    /// What blocked it is gone.
    Unblocked,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunOutcome {
    /// Every task of it is done.
    Succeeded,
    /// At least one task failed.
    Failed,
    /// It was asked to stop, and tasks are left.
    Cancelled,
    /// Nothing failed, but persons have to act before the rest can be done.
    Waiting,
}

impl RunOutcome {
    /// The word shown to people and used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            RunOutcome::Succeeded => "succeeded",
            RunOutcome::Failed => "failed",
            RunOutcome::Cancelled => "cancelled",
            RunOutcome::Waiting => "waiting",
        }
    }
}
