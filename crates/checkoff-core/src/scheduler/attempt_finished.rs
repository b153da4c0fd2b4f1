//! `AttemptFinished`: what the end of an attempt means for its task.
//!
//! | outcome | safe to repeat | has checks | then |
//! |---|---|---|---|
//! | exit 0 | any | no | done |
//! | exit 0 | any | yes | its checks run |
//! | unknown | yes | any | another attempt |
//! | unknown | no | yes | its checks decide |
//! | unknown | no | no | a person is asked |
//! | cancelled | yes | any | another attempt, when the run goes on |
//! | cancelled | no | any | a person is asked |
//! | anything else | any | any | failed |

use super::{Scheduler, Stage, Verdict};
use crate::effect::Effect;
use crate::event::{DoneBecause, Evidence, FailedBecause, Outcome, Question};
use crate::id::AttemptId;

pub(super) fn apply(
    scheduler: &mut Scheduler,
    attempt: AttemptId,
    outcome: &Outcome,
    evidence: &Evidence,
    effects: &mut Vec<Effect>,
) {
    let task = scheduler.spec.task(attempt.task);
    let has_checks = !task.done_when.is_empty();
    let stage = match outcome {
        Outcome::Exited { code: 0 } if has_checks => Stage::Checking,
        Outcome::Exited { code: 0 } => Stage::Ended(Verdict::Done(DoneBecause::Attempt)),
        Outcome::Unknown | Outcome::Cancelled if task.safe_to_repeat => {
            Stage::Ended(Verdict::Reopened)
        }
        Outcome::Unknown if has_checks => Stage::Checking,
        Outcome::Unknown => Stage::Ended(Verdict::Asked(Question::Unknown)),
        Outcome::Cancelled => Stage::Ended(Verdict::Asked(Question::Cancelled)),
        Outcome::Exited { .. }
        | Outcome::Signalled { .. }
        | Outcome::TimedOut
        | Outcome::OutputLimit
        | Outcome::NotStarted { .. } => Stage::Ended(Verdict::Failed(FailedBecause::Attempt)),
    };
    if matches!(outcome, Outcome::Exited { .. }) {
        scheduler.pace.see(evidence.started_at, evidence.ended_at);
    }
    scheduler.set_stage(attempt.task, stage);
    if stage == Stage::Checking {
        effects.push(Effect::RunChecks(attempt));
    }
}
