//! `RunFinished`: nothing is left to do, for now.

use super::{RunStage, Scheduler};
use crate::effect::Effect;
use crate::event::RunOutcome;

pub(super) fn apply(scheduler: &mut Scheduler, outcome: RunOutcome, effects: &mut Vec<Effect>) {
    scheduler.run = RunStage::Finished(outcome);
    effects.push(Effect::FinishRun(outcome));
}
