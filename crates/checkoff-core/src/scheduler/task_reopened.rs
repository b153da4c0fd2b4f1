//! `TaskReopened`: back to the ready ones, for another attempt.

use super::Scheduler;
use crate::id::TaskIndex;

pub(super) fn apply(scheduler: &mut Scheduler, task: TaskIndex) {
    scheduler.reopen(task);
}
