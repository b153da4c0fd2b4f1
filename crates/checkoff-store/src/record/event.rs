//! The record of one event.

use checkoff_core::event::{
    ChangeKind, Check, Counts, DoneBecause, Evidence, FailedBecause, FileChange, Outcome, Output,
    Process, Question, ReopenedBecause, RunOutcome,
};
use checkoff_core::{AttemptId, Event, TaskIndex, Timestamp};
use serde::{Deserialize, Serialize};

use super::{BytesRecord, is_default};

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EventRecord {
    RunStarted { boot: String },
    RunResumed { boot: String },
    AttemptReserved { task: u32, number: u32 },
    AttemptStarted { task: u32, number: u32, pid: u32, start_ticks: u64 },
    AttemptWithdrawn { task: u32, number: u32 },
    AttemptFinished { task: u32, number: u32, outcome: OutcomeRecord, evidence: EvidenceRecord },
    ChecksFinished { task: u32, number: u32, checks: Vec<CheckRecord> },
    TaskDone { task: u32, because: DoneRecord },
    TaskFailed { task: u32, because: FailedRecord },
    TaskBlocked { task: u32, by: u32 },
    TaskAsked { task: u32, question: QuestionRecord },
    TaskReopened { task: u32, because: ReopenedRecord },
    PersonDone { task: u32 },
    RetryRequested { task: u32 },
    BoxWritten { file: u32, tasks: Vec<u32>, hash: String },
    BoxRefused { file: u32, tasks: Vec<u32>, message: String },
    DrainRequested {},
    CancelRequested {},
    RunFinished { outcome: RunOutcomeRecord, counts: CountsRecord },
}

/// How an attempt ended, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutcomeRecord {
    Exited(i32),
    Signalled(i32),
    TimedOut,
    OutputLimit,
    Cancelled,
    NotStarted(String),
    Unknown,
}

/// The evidence of an attempt, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EvidenceRecord {
    pub(crate) started_at_us: u64,
    pub(crate) ended_at_us: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) user_us: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) system_us: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) memory_bytes_max: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<OutputRecord>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) had_leftovers: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) changes: Vec<ChangeRecord>,
}

/// What something wrote, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutputRecord {
    pub(crate) bytes_total: u64,
    pub(crate) tail: BytesRecord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    pub(crate) hash: String,
}

/// A changed file, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChangeRecord {
    pub(crate) path: String,
    pub(crate) kind: ChangeKindRecord,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) hash: String,
}

/// A check, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CheckRecord {
    pub(crate) command: String,
    pub(crate) outcome: OutcomeRecord,
    pub(crate) duration_us: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<OutputRecord>,
}

/// Counts, as they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CountsRecord {
    pub(crate) done: u32,
    pub(crate) failed: u32,
    pub(crate) blocked: u32,
    pub(crate) asking: u32,
    pub(crate) active: u32,
    pub(crate) left: u32,
}

/// Two enums with the same variants, and the way between them.
macro_rules! twin {
    ($(#[$meta:meta])* $record:ident = $core:ident { $($variant:ident),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $record { $($variant),* }

        impl From<$core> for $record {
            fn from(core: $core) -> $record {
                match core { $($core::$variant => $record::$variant),* }
            }
        }

        impl From<$record> for $core {
            fn from(record: $record) -> $core {
                match record { $($record::$variant => $core::$variant),* }
            }
        }
    };
}

twin! {
    /// By what right a task is done, as it is stored.
    DoneRecord = DoneBecause { Attempt, Checks, Person, Members }
}
twin! {
    /// Why a task failed, as it is stored.
    FailedRecord = FailedBecause { Attempt, Checks }
}
twin! {
    /// What is wanted of a person, as it is stored.
    QuestionRecord = Question { DoIt, Unknown, Cancelled }
}
twin! {
    /// Why a task gets another attempt, as it is stored.
    ReopenedRecord = ReopenedBecause { SafeToRepeat, Unblocked }
}
twin! {
    /// How a run ended, as it is stored.
    RunOutcomeRecord = RunOutcome { Succeeded, Failed, Cancelled, Waiting }
}
twin! {
    /// What happened to a file, as it is stored.
    ChangeKindRecord = ChangeKind { Created, Modified, Deleted }
}

impl From<&Event> for EventRecord {
    fn from(event: &Event) -> EventRecord {
        match event {
            Event::RunStarted { boot } => EventRecord::RunStarted { boot: boot.clone() },
            Event::RunResumed { boot } => EventRecord::RunResumed { boot: boot.clone() },
            Event::AttemptReserved { attempt: AttemptId { task, number } } => {
                EventRecord::AttemptReserved { task: task.0, number: *number }
            }
            Event::AttemptStarted { attempt, process } => EventRecord::AttemptStarted {
                task: attempt.task.0,
                number: attempt.number,
                pid: process.pid,
                start_ticks: process.start_ticks,
            },
            Event::AttemptWithdrawn { attempt: AttemptId { task, number } } => {
                EventRecord::AttemptWithdrawn { task: task.0, number: *number }
            }
            Event::AttemptFinished { attempt, outcome, evidence } => EventRecord::AttemptFinished {
                task: attempt.task.0,
                number: attempt.number,
                outcome: outcome.into(),
                evidence: evidence.into(),
            },
            Event::ChecksFinished { attempt, checks } => EventRecord::ChecksFinished {
                task: attempt.task.0,
                number: attempt.number,
                checks: checks.iter().map(CheckRecord::from).collect(),
            },
            Event::TaskDone { task, because } => {
                EventRecord::TaskDone { task: task.0, because: (*because).into() }
            }
            Event::TaskFailed { task, because } => {
                EventRecord::TaskFailed { task: task.0, because: (*because).into() }
            }
            Event::TaskBlocked { task, by } => EventRecord::TaskBlocked { task: task.0, by: by.0 },
            Event::TaskAsked { task, question } => {
                EventRecord::TaskAsked { task: task.0, question: (*question).into() }
            }
            Event::TaskReopened { task, because } => {
                EventRecord::TaskReopened { task: task.0, because: (*because).into() }
            }
            Event::PersonDone { task } => EventRecord::PersonDone { task: task.0 },
            Event::RetryRequested { task } => EventRecord::RetryRequested { task: task.0 },
            Event::BoxWritten { file, tasks, hash } => EventRecord::BoxWritten {
                file: *file,
                tasks: tasks.iter().map(|task| task.0).collect(),
                hash: hash.clone(),
            },
            Event::BoxRefused { file, tasks, message } => EventRecord::BoxRefused {
                file: *file,
                tasks: tasks.iter().map(|task| task.0).collect(),
                message: message.clone(),
            },
            Event::DrainRequested => EventRecord::DrainRequested {},
            Event::CancelRequested => EventRecord::CancelRequested {},
            Event::RunFinished { outcome, counts } => {
                EventRecord::RunFinished { outcome: (*outcome).into(), counts: (*counts).into() }
            }
        }
    }
}

impl EventRecord {
    /// The event that was stored.
    ///
    /// # Errors
    /// Says what does not read as it should.
    pub(crate) fn into_event(self) -> Result<Event, String> {
        let attempt = |task, number| AttemptId { task: TaskIndex(task), number };
        let indices = |tasks: Vec<u32>| tasks.into_iter().map(TaskIndex).collect();
        Ok(match self {
            EventRecord::RunStarted { boot } => Event::RunStarted { boot },
            EventRecord::RunResumed { boot } => Event::RunResumed { boot },
            EventRecord::AttemptReserved { task, number } => {
                Event::AttemptReserved { attempt: attempt(task, number) }
            }
            EventRecord::AttemptStarted { task, number, pid, start_ticks } => {
                Event::AttemptStarted {
                    attempt: attempt(task, number),
                    process: Process { pid, start_ticks },
                }
            }
            EventRecord::AttemptWithdrawn { task, number } => {
                Event::AttemptWithdrawn { attempt: attempt(task, number) }
            }
            EventRecord::AttemptFinished { task, number, outcome, evidence } => {
                Event::AttemptFinished {
                    attempt: attempt(task, number),
                    outcome: outcome.into(),
                    evidence: evidence.into_evidence()?,
                }
            }
            EventRecord::ChecksFinished { task, number, checks } => Event::ChecksFinished {
                attempt: attempt(task, number),
                checks: checks
                    .into_iter()
                    .map(CheckRecord::into_check)
                    .collect::<Result<_, _>>()?,
            },
            EventRecord::TaskDone { task, because } => {
                Event::TaskDone { task: TaskIndex(task), because: because.into() }
            }
            EventRecord::TaskFailed { task, because } => {
                Event::TaskFailed { task: TaskIndex(task), because: because.into() }
            }
            EventRecord::TaskBlocked { task, by } => {
                Event::TaskBlocked { task: TaskIndex(task), by: TaskIndex(by) }
            }
            EventRecord::TaskAsked { task, question } => {
                Event::TaskAsked { task: TaskIndex(task), question: question.into() }
            }
            EventRecord::TaskReopened { task, because } => {
                Event::TaskReopened { task: TaskIndex(task), because: because.into() }
            }
            EventRecord::PersonDone { task } => Event::PersonDone { task: TaskIndex(task) },
            EventRecord::RetryRequested { task } => Event::RetryRequested { task: TaskIndex(task) },
            EventRecord::BoxWritten { file, tasks, hash } => {
                Event::BoxWritten { file, tasks: indices(tasks), hash }
            }
            EventRecord::BoxRefused { file, tasks, message } => {
                Event::BoxRefused { file, tasks: indices(tasks), message }
            }
            EventRecord::DrainRequested {} => Event::DrainRequested,
            EventRecord::CancelRequested {} => Event::CancelRequested,
            EventRecord::RunFinished { outcome, counts } => {
                Event::RunFinished { outcome: outcome.into(), counts: counts.into() }
            }
        })
    }
}

impl From<&Outcome> for OutcomeRecord {
    fn from(outcome: &Outcome) -> OutcomeRecord {
        match outcome {
            Outcome::Exited { code } => OutcomeRecord::Exited(*code),
            Outcome::Signalled { signal } => OutcomeRecord::Signalled(*signal),
            Outcome::TimedOut => OutcomeRecord::TimedOut,
            Outcome::OutputLimit => OutcomeRecord::OutputLimit,
            Outcome::Cancelled => OutcomeRecord::Cancelled,
            Outcome::NotStarted { message } => OutcomeRecord::NotStarted(message.clone()),
            Outcome::Unknown => OutcomeRecord::Unknown,
        }
    }
}

impl From<OutcomeRecord> for Outcome {
    fn from(record: OutcomeRecord) -> Outcome {
        match record {
            OutcomeRecord::Exited(code) => Outcome::Exited { code },
            OutcomeRecord::Signalled(signal) => Outcome::Signalled { signal },
            OutcomeRecord::TimedOut => Outcome::TimedOut,
            OutcomeRecord::OutputLimit => Outcome::OutputLimit,
            OutcomeRecord::Cancelled => Outcome::Cancelled,
            OutcomeRecord::NotStarted(message) => Outcome::NotStarted { message },
            OutcomeRecord::Unknown => Outcome::Unknown,
        }
    }
}

impl From<&Evidence> for EvidenceRecord {
    fn from(evidence: &Evidence) -> EvidenceRecord {
        EvidenceRecord {
            started_at_us: evidence.started_at.as_unix_us(),
            ended_at_us: evidence.ended_at.as_unix_us(),
            user_us: evidence.user_us,
            system_us: evidence.system_us,
            memory_bytes_max: evidence.memory_bytes_max,
            output: OutputRecord::of(&evidence.output),
            had_leftovers: evidence.had_leftovers,
            changes: evidence.changes.iter().map(ChangeRecord::from).collect(),
        }
    }
}

impl EvidenceRecord {
    fn into_evidence(self) -> Result<Evidence, String> {
        Ok(Evidence {
            started_at: Timestamp::from_unix_us(self.started_at_us),
            ended_at: Timestamp::from_unix_us(self.ended_at_us),
            user_us: self.user_us,
            system_us: self.system_us,
            memory_bytes_max: self.memory_bytes_max,
            output: OutputRecord::into_output(self.output)?,
            had_leftovers: self.had_leftovers,
            changes: self.changes.into_iter().map(FileChange::from).collect(),
        })
    }
}

impl OutputRecord {
    /// Nothing written, nothing stored.
    fn of(output: &Output) -> Option<OutputRecord> {
        (*output != Output::default()).then(|| OutputRecord {
            bytes_total: output.bytes_total,
            tail: BytesRecord::of(&output.tail),
            file: output.file.clone(),
            hash: output.hash.clone(),
        })
    }

    fn into_output(record: Option<OutputRecord>) -> Result<Output, String> {
        record.map_or_else(
            || Ok(Output::default()),
            |record| {
                Ok(Output {
                    bytes_total: record.bytes_total,
                    tail: record.tail.into_bytes()?,
                    file: record.file,
                    hash: record.hash,
                })
            },
        )
    }
}

impl From<&FileChange> for ChangeRecord {
    fn from(change: &FileChange) -> ChangeRecord {
        ChangeRecord {
            path: change.path.clone(),
            kind: change.kind.into(),
            hash: change.hash.clone(),
        }
    }
}

impl From<ChangeRecord> for FileChange {
    fn from(record: ChangeRecord) -> FileChange {
        FileChange { path: record.path, kind: record.kind.into(), hash: record.hash }
    }
}

impl From<&Check> for CheckRecord {
    fn from(check: &Check) -> CheckRecord {
        CheckRecord {
            command: check.command.clone(),
            outcome: (&check.outcome).into(),
            duration_us: check.duration_us,
            output: OutputRecord::of(&check.output),
        }
    }
}

impl CheckRecord {
    fn into_check(self) -> Result<Check, String> {
        Ok(Check {
            command: self.command,
            outcome: self.outcome.into(),
            duration_us: self.duration_us,
            output: OutputRecord::into_output(self.output)?,
        })
    }
}

impl From<Counts> for CountsRecord {
    fn from(counts: Counts) -> CountsRecord {
        let Counts { done, failed, blocked, asking, active, left } = counts;
        CountsRecord { done, failed, blocked, asking, active, left }
    }
}

impl From<CountsRecord> for Counts {
    fn from(record: CountsRecord) -> Counts {
        let CountsRecord { done, failed, blocked, asking, active, left } = record;
        Counts { done, failed, blocked, asking, active, left }
    }
}
