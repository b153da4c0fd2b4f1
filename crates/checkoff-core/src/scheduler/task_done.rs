//! `TaskDone`: what waited for it may go on, and its box is to be checked.

use super::{Mark, Scheduler, Stage};
use crate::effect::Effect;
use crate::event::DoneBecause;
use crate::id::TaskIndex;

pub(super) fn apply(
    scheduler: &mut Scheduler,
    task: TaskIndex,
    because: DoneBecause,
    effects: &mut Vec<Effect>,
) {
    scheduler.set_stage(task, Stage::Done(because));
    if has_box(scheduler, task, because) {
        scheduler.tasks[task.get()].mark = Mark::Due;
        scheduler.due.boxes.insert(task);
        effects.push(Effect::WriteBox(task));
    }
    scheduler.meet_needs(task, |_| true);
}

/// A parent's box is its owner's, unless the run was asked to roll up.
fn has_box(scheduler: &Scheduler, task: TaskIndex, because: DoneBecause) -> bool {
    let own = because != DoneBecause::Members || scheduler.spec.policy.rollup;
    own && scheduler.spec.task(task).place.is_some()
}
