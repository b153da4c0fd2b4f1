//! `TaskBlocked`: the task cannot run, nor can what needs it.

use super::{Scheduler, Stage};
use crate::id::TaskIndex;
use crate::spec::NeedKind;

pub(super) fn apply(scheduler: &mut Scheduler, task: TaskIndex, by: TaskIndex) {
    scheduler.set_stage(task, Stage::Blocked { by });
    scheduler.meet_needs(task, |kind| kind != NeedKind::Done);
    scheduler.block_dependents(task, by);
}
