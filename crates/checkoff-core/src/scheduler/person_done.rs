//! `PersonDone`: a person said so; nothing is run for it any more.

use super::{Scheduler, Stage, Verdict};
use crate::event::DoneBecause;
use crate::id::TaskIndex;

/// What was blocked by this very task is free again.
pub(super) fn apply(scheduler: &mut Scheduler, task: TaskIndex) {
    scheduler.set_stage(task, Stage::Ended(Verdict::Done(DoneBecause::Person)));
    scheduler.unblock(task);
}
