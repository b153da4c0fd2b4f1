//! `AttemptWithdrawn`: it never started, and its number is not used again.

use super::Scheduler;
use crate::id::AttemptId;

pub(super) fn apply(scheduler: &mut Scheduler, attempt: AttemptId) {
    scheduler.reopen(attempt.task);
}
