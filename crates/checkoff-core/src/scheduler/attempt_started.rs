//! `AttemptStarted`: its process is there.

use super::{RunStage, Scheduler, Stage};
use crate::effect::Effect;
use crate::event::Process;
use crate::id::AttemptId;

/// One that was handed over before the run was cancelled, and started after, is ended now.
pub(super) fn apply(
    scheduler: &mut Scheduler,
    attempt: AttemptId,
    process: Process,
    effects: &mut Vec<Effect>,
) {
    scheduler.set_stage(attempt.task, Stage::Running(process));
    if scheduler.run == RunStage::Cancelling {
        effects.push(Effect::CancelAttempt(attempt));
    }
}
