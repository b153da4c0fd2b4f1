//! `TaskFailed`: what needs it is blocked, goes on, or everything stops, by policy.

use super::{RunStage, Scheduler, Stage, stop_requested};
use crate::effect::Effect;
use crate::event::FailedBecause;
use crate::id::TaskIndex;
use crate::spec::{NeedKind, OnFailure};

pub(super) fn apply(
    scheduler: &mut Scheduler,
    task: TaskIndex,
    because: FailedBecause,
    effects: &mut Vec<Effect>,
) {
    scheduler.set_stage(task, Stage::Failed(because));
    let passed = scheduler.failures_are_passed();
    scheduler.meet_needs(task, |kind| passed || kind != NeedKind::Done);
    if !passed {
        scheduler.block_dependents(task, task);
    }
    if scheduler.spec.policy.on_failure == OnFailure::Stop && scheduler.run == RunStage::Open {
        scheduler.run = RunStage::Draining { asked: false };
        stop_requested::withdraw_reserved(scheduler, effects);
    }
}
