//! `RetryRequested`: a person wants the task tried (again).

use super::Scheduler;
use crate::id::TaskIndex;

/// A blocked task is looked at anew: it is blocked again in the same step if what it needs
/// has still failed.
pub(super) fn apply(scheduler: &mut Scheduler, task: TaskIndex) {
    scheduler.reopen(task);
    scheduler.unblock(task);
}
