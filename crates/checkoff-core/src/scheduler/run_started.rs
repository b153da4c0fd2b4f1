//! `RunStarted`, `RunResumed`: tasks are started from here on.

use super::{Mark, RunStage, Scheduler, Stage};
use crate::effect::Effect;
use crate::id::TaskIndex;
use crate::spec::Action;

/// Opens the run, and with it every task that waits for nothing.
pub(super) fn apply(scheduler: &mut Scheduler) {
    scheduler.run = RunStage::Open;
    for nth in 0..scheduler.tasks.len() {
        let task = TaskIndex(u32::try_from(nth).expect("tasks are counted in 32 bits"));
        if scheduler.spec.task(task).action == Action::Held {
            scheduler.due.blocked.insert(task, task);
        } else if scheduler.tasks[nth].unmet == 0 {
            scheduler.set_stage(task, Stage::Ready);
        }
    }
}

/// Opens it again. What was asked of the former engine (to stop) does not bind this one, and
/// a box that could not be checked is tried again: perhaps the file may be written now.
pub(super) fn apply_again(scheduler: &mut Scheduler, effects: &mut Vec<Effect>) {
    scheduler.run = RunStage::Open;
    for (nth, task) in (0..).zip(&mut scheduler.tasks) {
        if task.mark == Mark::Refused {
            task.mark = Mark::Due;
            scheduler.due.boxes.insert(TaskIndex(nth));
            effects.push(Effect::WriteBox(TaskIndex(nth)));
        }
    }
}
