//! What follows from the state, one decision at a time.
//!
//! The order of the questions is part of the meaning: what ended is judged before
//! anything new is reserved, and a run ends only when nothing else is to be decided.

use super::{RunStage, Scheduler, Stage, Verdict};
use crate::event::{DoneBecause, Event, Question, ReopenedBecause, RunOutcome};
use crate::id::AttemptId;

impl Scheduler {
    /// The next decision, if any is due.
    pub(super) fn decide(&mut self) -> Option<Event> {
        if matches!(self.run, RunStage::New | RunStage::Finished(_)) {
            return None;
        }
        self.judge()
            .or_else(|| self.close_group())
            .or_else(|| self.block())
            .or_else(|| self.ask())
            .or_else(|| self.reserve())
            .or_else(|| self.finish())
    }

    fn judge(&self) -> Option<Event> {
        let task = *self.due.verdicts.first()?;
        let Stage::Ended(verdict) = self.stage(task) else {
            unreachable!("task {task} is to be judged but is {:?}", self.stage(task));
        };
        Some(match verdict {
            Verdict::Done(because) => Event::TaskDone { task, because },
            Verdict::Failed(because) => Event::TaskFailed { task, because },
            Verdict::Asked(question) => Event::TaskAsked { task, question },
            Verdict::Reopened => {
                Event::TaskReopened { task, because: ReopenedBecause::SafeToRepeat }
            }
        })
    }

    fn close_group(&self) -> Option<Event> {
        let task = *self.due.groups.first()?;
        Some(Event::TaskDone { task, because: DoneBecause::Members })
    }

    fn block(&self) -> Option<Event> {
        let (&task, &by) = self.due.blocked.first_key_value()?;
        Some(Event::TaskBlocked { task, by })
    }

    fn ask(&self) -> Option<Event> {
        let task = *self.due.persons.first()?;
        Some(Event::TaskAsked { task, question: Question::DoIt })
    }

    fn reserve(&mut self) -> Option<Event> {
        let jobs = self.spec.limits.jobs;
        let at_most = jobs.saturating_add(self.pace.ahead(jobs));
        if self.run != RunStage::Open || self.counts.active >= at_most {
            return None;
        }
        let task = self.ready.first_free(&self.spec)?;
        let number = self.tasks[task.get()].attempts + 1;
        Some(Event::AttemptReserved { attempt: AttemptId { task, number } })
    }

    fn finish(&self) -> Option<Event> {
        let nothing_starts = self.run != RunStage::Open || self.ready.is_empty();
        let nothing_runs = self.counts.active == 0 && self.due.boxes.is_empty();
        if !nothing_starts || !nothing_runs || self.waits_for_a_person() {
            return None;
        }
        Some(Event::RunFinished { outcome: self.outcome(), counts: self.counts })
    }

    fn waits_for_a_person(&self) -> bool {
        let open = self.run == RunStage::Open && self.spec.policy.wait_for_persons;
        open && self.counts.asking > 0
    }

    fn outcome(&self) -> RunOutcome {
        let counts = self.counts;
        let cancelled = self.run == RunStage::Cancelling;
        let drained = self.run == RunStage::Draining { asked: true } && counts.left > 0;
        if counts.done as usize == self.tasks.len() {
            RunOutcome::Succeeded
        } else if cancelled || drained {
            RunOutcome::Cancelled
        } else if counts.failed > 0 {
            RunOutcome::Failed
        } else {
            RunOutcome::Waiting
        }
    }
}
