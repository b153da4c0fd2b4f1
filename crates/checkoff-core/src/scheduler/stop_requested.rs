//! `DrainRequested`, `CancelRequested`: nothing new is started.

use super::{RunStage, Scheduler, StageKind};
use crate::effect::Effect;
use crate::id::AttemptId;

/// What runs is finished.
pub(super) fn apply_drain(scheduler: &mut Scheduler, effects: &mut Vec<Effect>) {
    if scheduler.run != RunStage::Cancelling {
        scheduler.run = RunStage::Draining { asked: true };
        withdraw_reserved(scheduler, effects);
    }
}

/// What runs is ended, checks included.
pub(super) fn apply_cancel(scheduler: &mut Scheduler, effects: &mut Vec<Effect>) {
    scheduler.run = RunStage::Cancelling;
    withdraw_reserved(scheduler, effects);
    for kind in [StageKind::Running, StageKind::Checking] {
        effects.extend(attempts(scheduler, kind).map(Effect::CancelAttempt));
    }
}

/// Asks for those back that were handed over and may not have started.
pub(super) fn withdraw_reserved(scheduler: &Scheduler, effects: &mut Vec<Effect>) {
    effects.extend(attempts(scheduler, StageKind::Reserved).map(Effect::WithdrawAttempt));
}

fn attempts(scheduler: &Scheduler, kind: StageKind) -> impl Iterator<Item = AttemptId> + '_ {
    let of_kind = scheduler.stages().filter(move |(_, stage)| StageKind::of(*stage) == kind);
    of_kind.filter_map(|(task, _)| scheduler.last_attempt(task))
}
