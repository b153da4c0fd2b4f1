//! `ChecksFinished`: the task is done if all passed.

use super::{Scheduler, Stage, Verdict};
use crate::event::{Check, DoneBecause, FailedBecause, Outcome, Question};
use crate::id::AttemptId;

/// Checks that were interrupted say nothing about the task: it is tried again when that is
/// safe, else a person is asked.
pub(super) fn apply(scheduler: &mut Scheduler, attempt: AttemptId, checks: &[Check]) {
    let task = scheduler.spec.task(attempt.task);
    let cancelled =
        checks.iter().any(|it| matches!(it.outcome, Outcome::Cancelled | Outcome::Unknown));
    let passed = checks.len() == task.done_when.len()
        && checks.iter().all(|check| check.outcome.is_success());
    let verdict = if passed {
        Verdict::Done(DoneBecause::Checks)
    } else if cancelled && task.safe_to_repeat {
        Verdict::Reopened
    } else if cancelled {
        Verdict::Asked(Question::Cancelled)
    } else {
        Verdict::Failed(FailedBecause::Checks)
    };
    scheduler.set_stage(attempt.task, Stage::Ended(verdict));
}
