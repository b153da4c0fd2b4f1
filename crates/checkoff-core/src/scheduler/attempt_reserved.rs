//! `AttemptReserved`: the attempt may start whenever there is a free slot.

use super::{Scheduler, Stage};
use crate::effect::Effect;
use crate::id::AttemptId;

pub(super) fn apply(scheduler: &mut Scheduler, attempt: AttemptId, effects: &mut Vec<Effect>) {
    scheduler.tasks[attempt.task.get()].attempts = attempt.number;
    scheduler.set_stage(attempt.task, Stage::Reserved);
    effects.push(Effect::StartAttempt(attempt));
}
