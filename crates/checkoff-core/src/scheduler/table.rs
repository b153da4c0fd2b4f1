//! Which event may happen to a task in which stage: one table, from which
//! `docs/reference/stages.md` is written.

use std::fmt::Write as _;

use super::{RunStage, Stage};
use crate::event::{Counts, Event};
use crate::id::TaskIndex;

/// The kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the event of that name")]
pub enum Kind {
    RunStarted,
    RunResumed,
    AttemptReserved,
    AttemptStarted,
    AttemptWithdrawn,
    AttemptFinished,
    ChecksFinished,
    TaskDone,
    TaskFailed,
    TaskBlocked,
    TaskAsked,
    TaskReopened,
    PersonDone,
    RetryRequested,
    BoxWritten,
    BoxRefused,
    DrainRequested,
    CancelRequested,
    RunFinished,
}

/// The kind of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the stage of that name")]
pub enum StageKind {
    Pending,
    Ready,
    Reserved,
    Running,
    Checking,
    Ended,
    Asking,
    Done,
    Failed,
    Blocked,
}

impl Kind {
    /// The kind of an event, and the tasks it happens to.
    pub(super) fn of(event: &Event) -> (Kind, Vec<TaskIndex>) {
        let none = Vec::new();
        match event {
            Event::RunStarted { .. } => (Kind::RunStarted, none),
            Event::RunResumed { .. } => (Kind::RunResumed, none),
            Event::AttemptReserved { attempt } => (Kind::AttemptReserved, vec![attempt.task]),
            Event::AttemptStarted { attempt, .. } => (Kind::AttemptStarted, vec![attempt.task]),
            Event::AttemptWithdrawn { attempt } => (Kind::AttemptWithdrawn, vec![attempt.task]),
            Event::AttemptFinished { attempt, .. } => (Kind::AttemptFinished, vec![attempt.task]),
            Event::ChecksFinished { attempt, .. } => (Kind::ChecksFinished, vec![attempt.task]),
            Event::TaskDone { task, .. } => (Kind::TaskDone, vec![*task]),
            Event::TaskFailed { task, .. } => (Kind::TaskFailed, vec![*task]),
            Event::TaskBlocked { task, .. } => (Kind::TaskBlocked, vec![*task]),
            Event::TaskAsked { task, .. } => (Kind::TaskAsked, vec![*task]),
            Event::TaskReopened { task, .. } => (Kind::TaskReopened, vec![*task]),
            Event::PersonDone { task } => (Kind::PersonDone, vec![*task]),
            Event::RetryRequested { task } => (Kind::RetryRequested, vec![*task]),
            Event::BoxWritten { tasks, .. } => (Kind::BoxWritten, tasks.clone()),
            Event::BoxRefused { tasks, .. } => (Kind::BoxRefused, tasks.clone()),
            Event::DrainRequested => (Kind::DrainRequested, none),
            Event::CancelRequested => (Kind::CancelRequested, none),
            Event::RunFinished { .. } => (Kind::RunFinished, none),
        }
    }
}

impl StageKind {
    /// All of them, in the order of a task's life.
    pub const ALL: [StageKind; 10] = [
        StageKind::Pending,
        StageKind::Ready,
        StageKind::Reserved,
        StageKind::Running,
        StageKind::Checking,
        StageKind::Ended,
        StageKind::Asking,
        StageKind::Done,
        StageKind::Failed,
        StageKind::Blocked,
    ];

    /// The kind of a stage.
    pub fn of(stage: Stage) -> StageKind {
        match stage {
            Stage::Pending => StageKind::Pending,
            Stage::Ready => StageKind::Ready,
            Stage::Reserved => StageKind::Reserved,
            Stage::Running(_) => StageKind::Running,
            Stage::Checking => StageKind::Checking,
            Stage::Ended(_) => StageKind::Ended,
            Stage::Asking(_) => StageKind::Asking,
            Stage::Done(_) => StageKind::Done,
            Stage::Failed(_) => StageKind::Failed,
            Stage::Blocked { .. } => StageKind::Blocked,
        }
    }

    /// With the runtime: counts against the slots, and keeps others away from what it claims.
    pub(super) fn is_active(self) -> bool {
        matches!(self, StageKind::Reserved | StageKind::Running | StageKind::Checking)
    }

    /// Which count a task in this stage belongs to.
    pub(super) fn count_in(self, counts: &mut Counts) -> &mut u32 {
        match self {
            StageKind::Pending | StageKind::Ready => &mut counts.left,
            StageKind::Reserved | StageKind::Running | StageKind::Checking | StageKind::Ended => {
                &mut counts.active
            }
            StageKind::Asking => &mut counts.asking,
            StageKind::Done => &mut counts.done,
            StageKind::Failed => &mut counts.failed,
            StageKind::Blocked => &mut counts.blocked,
        }
    }
}

/// Events that happen to tasks, and the stages in which they may.
const ALLOWED: &[(Kind, &[StageKind])] = &[
    (Kind::AttemptReserved, &[StageKind::Ready]),
    (Kind::AttemptStarted, &[StageKind::Reserved]),
    (Kind::AttemptWithdrawn, &[StageKind::Reserved]),
    (Kind::AttemptFinished, &[StageKind::Reserved, StageKind::Running]),
    (Kind::ChecksFinished, &[StageKind::Checking]),
    (Kind::TaskDone, &[StageKind::Ended, StageKind::Ready]),
    (Kind::TaskFailed, &[StageKind::Ended]),
    (Kind::TaskBlocked, &[StageKind::Pending, StageKind::Ready]),
    (Kind::TaskAsked, &[StageKind::Ended, StageKind::Ready]),
    (Kind::TaskReopened, &[StageKind::Ended]),
    (
        Kind::PersonDone,
        &[
            StageKind::Pending,
            StageKind::Ready,
            StageKind::Asking,
            StageKind::Failed,
            StageKind::Blocked,
        ],
    ),
    (Kind::RetryRequested, &[StageKind::Asking, StageKind::Failed, StageKind::Blocked]),
    (Kind::BoxWritten, &[StageKind::Done]),
    (Kind::BoxRefused, &[StageKind::Done]),
];

/// Whether an event may happen to a task in this stage; true for events of the run.
pub fn allows(kind: Kind, stage: StageKind) -> bool {
    ALLOWED.iter().find(|(of, _)| *of == kind).is_none_or(|(_, stages)| stages.contains(&stage))
}

/// Whether an event may happen in a run at this stage.
pub(super) fn allows_run(kind: Kind, run: RunStage) -> bool {
    match kind {
        Kind::RunStarted => run == RunStage::New,
        // A person may answer while nobody runs it; the answer waits for `RunResumed`.
        Kind::RunResumed | Kind::PersonDone | Kind::RetryRequested => run != RunStage::New,
        // A box can be written after the end, when the first try was refused.
        Kind::BoxWritten | Kind::BoxRefused => run != RunStage::New,
        _ => !matches!(run, RunStage::New | RunStage::Finished(_)),
    }
}

/// The table as Markdown, for the reference.
pub fn table() -> String {
    let mut text = String::from("| event |");
    for stage in StageKind::ALL {
        let _ = write!(text, " {stage:?} |");
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(StageKind::ALL.len()));
    text.push('\n');
    for (kind, stages) in ALLOWED {
        let _ = write!(text, "| {kind:?} |");
        for stage in StageKind::ALL {
            text.push_str(if stages.contains(&stage) { " ✓ |" } else { "  |" });
        }
        text.push('\n');
    }
    text
}
