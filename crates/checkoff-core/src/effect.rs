//! What must be done about an event. Imperative, closed; performed by the engine
//! only after the events that asked for it are committed.

use crate::event::{Event, RunOutcome};
use crate::id::{AttemptId, TaskIndex};

/// Something the engine must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Commit this decision together with the event that led to it; its own effects follow.
    Record(Event),
    /// Hand the attempt to the runtime, which starts it as soon as one of its slots is free.
    StartAttempt(AttemptId),
    /// Take an attempt back that has not started (answered by `AttemptWithdrawn`), or let it go
    /// on if it has.
    WithdrawAttempt(AttemptId),
    /// End the attempt: TERM, then KILL, the whole process group.
    CancelAttempt(AttemptId),
    /// Run the `done when` commands of the attempt's task.
    RunChecks(AttemptId),
    /// Check the task's box in its file, soon.
    WriteBox(TaskIndex),
    /// Tell a person.
    AskPerson(TaskIndex),
    /// The run is over for now: write what is unwritten, let go of what is held.
    FinishRun(RunOutcome),
}
