//! Where every task of a run stands: the fold of the run's events, for showing.
//!
//! The scheduler keeps its own state, to decide by; this one keeps what people
//! ask: who runs since when, who failed how, how long is it going to take. It is
//! fed by the events of a live run and by those of a stored one alike.

use std::collections::BTreeMap;

use checkoff_core::event::{
    Counts, DoneBecause, Event, FailedBecause, Outcome, Question, RunOutcome,
};
use checkoff_core::{AttemptId, RunSpec, TaskIndex, Timestamp};
use checkoff_engine::Recorded;

use crate::measure;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Not tried yet.
    Left,
    /// Its attempt runs, or waits for a slot.
    Active,
    /// Done.
    Done(DoneBecause),
    /// Failed.
    Failed(FailedBecause),
    /// Cannot run because of that one.
    Blocked(TaskIndex),
    /// A person has to act.
    Asking(Question),
}

/// An attempt under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Active {
    /// Which.
    pub(crate) attempt: AttemptId,
    /// Since when its process is there.
    pub(crate) since: Timestamp,
    /// The attempt is over, its `done when` commands run.
    pub(crate) checking: bool,
}

/// How the last attempt of a task failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// `exit 1`, `ended by signal 9`, `time was up`, … or which check did not pass.
    pub(crate) how: String,
    /// The end of what it wrote.
    pub(crate) tail: Vec<u8>,
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Board {
    /// What the run is to do.
    pub(crate) spec: RunSpec,
    standings: Vec<Standing>,
    durations_us: Vec<u64>,
    active: Vec<Active>,
    failures: BTreeMap<TaskIndex, Failure>,
    refused: Vec<(Vec<TaskIndex>, String)>,
    outcome: Option<RunOutcome>,
    counts: Counts,
    seq: u64,
    started_at: Option<Timestamp>,
    last_at: Timestamp,
    /// Time spent between runs (a resumed run was nobody's while it lay).
    idle_us: u64,
    weights: Vec<u64>,
}

impl Board {
    /// A run before its first event.
    pub(crate) fn new(spec: RunSpec) -> Board {
        let count = spec.tasks.len();
        let shown = spec.tasks.iter().filter(|task| task.place.is_some()).count();
        Board {
            standings: vec![Standing::Left; count],
            durations_us: vec![0; count],
            active: Vec::new(),
            failures: BTreeMap::new(),
            refused: Vec::new(),
            outcome: None,
            counts: Counts { left: narrow(shown), ..Counts::default() },
            seq: 0,
            started_at: None,
            last_at: Timestamp::default(),
            idle_us: 0,
            weights: weights(&spec),
            spec,
        }
    }

    /// Takes one event in; one that was taken in before is stepped over.
    pub(crate) fn apply(&mut self, recorded: &Recorded) {
        if recorded.seq <= self.seq {
            return;
        }
        self.seq = recorded.seq;
        self.take_time(recorded);
        match &recorded.event {
            Event::RunStarted { .. } | Event::RunResumed { .. } => self.outcome = None,
            Event::AttemptReserved { attempt } => self.set(attempt.task, Standing::Active),
            Event::AttemptStarted { attempt, .. } => {
                self.set(attempt.task, Standing::Active);
                self.active.retain(|active| active.attempt.task != attempt.task);
                let (attempt, since) = (*attempt, recorded.at);
                self.active.push(Active { attempt, since, checking: false });
            }
            Event::AttemptWithdrawn { attempt } => self.set(attempt.task, Standing::Left),
            Event::AttemptFinished { attempt, outcome, evidence } => {
                let took_us = evidence.ended_at.since_us(evidence.started_at);
                self.durations_us[attempt.task.get()] += took_us;
                match self.active.iter_mut().find(|active| active.attempt == *attempt) {
                    Some(active) if outcome.is_success() => active.checking = true,
                    _ => self.active.retain(|active| active.attempt != *attempt),
                }
                if !outcome.is_success() {
                    let (how, tail) = (describe(outcome), evidence.output.tail.clone());
                    self.failures.insert(attempt.task, Failure { how, tail });
                }
            }
            Event::ChecksFinished { attempt, checks } => {
                let took_us: u64 = checks.iter().map(|check| check.duration_us).sum();
                self.durations_us[attempt.task.get()] += took_us;
                if let Some(check) = checks.iter().find(|check| !check.outcome.is_success()) {
                    let how = format!("`{}`: {}", check.command, describe(&check.outcome));
                    let tail = check.output.tail.clone();
                    self.failures.insert(attempt.task, Failure { how, tail });
                }
            }
            Event::TaskDone { task, because } => self.settle(*task, Standing::Done(*because)),
            Event::TaskFailed { task, because } => self.settle(*task, Standing::Failed(*because)),
            Event::TaskBlocked { task, by } => self.settle(*task, Standing::Blocked(*by)),
            Event::TaskAsked { task, question } => self.settle(*task, Standing::Asking(*question)),
            Event::TaskReopened { task, .. } | Event::RetryRequested { task } => {
                self.settle(*task, Standing::Left);
            }
            Event::BoxRefused { tasks, message, .. } => {
                self.refused.push((tasks.clone(), message.clone()));
            }
            Event::RunFinished { outcome, .. } => {
                self.outcome = Some(*outcome);
                self.active.clear();
            }
            Event::PersonDone { .. }
            | Event::BoxWritten { .. }
            | Event::DrainRequested
            | Event::CancelRequested => {}
        }
    }

    fn take_time(&mut self, recorded: &Recorded) {
        self.started_at.get_or_insert(recorded.at);
        if matches!(recorded.event, Event::RunResumed { .. }) {
            self.idle_us += recorded.at.since_us(self.last_at);
        }
        self.last_at = self.last_at.max(recorded.at);
    }

    fn settle(&mut self, task: TaskIndex, standing: Standing) {
        self.active.retain(|active| active.attempt.task != task);
        self.set(task, standing);
    }

    fn set(&mut self, task: TaskIndex, standing: Standing) {
        let before = std::mem::replace(&mut self.standings[task.get()], standing);
        if self.is_shown(task) {
            *count_of(&mut self.counts, before) -= 1;
            *count_of(&mut self.counts, standing) += 1;
        }
        if !matches!(standing, Standing::Failed(_) | Standing::Active) {
            self.failures.remove(&task);
        }
    }

    /// Whether it stands in a file, and is not only an order between tasks (a phase).
    pub(crate) fn is_shown(&self, task: TaskIndex) -> bool {
        self.spec.task(task).place.is_some()
    }

    /// How many tasks there are to show.
    pub(crate) fn total(&self) -> u32 {
        let Counts { done, failed, blocked, asking, active, left } = self.counts;
        done + failed + blocked + asking + active + left
    }

    /// Where a task stands.
    pub(crate) fn standing(&self, task: TaskIndex) -> Standing {
        self.standings[task.get()]
    }

    /// The tasks for which this holds, in file order.
    pub(crate) fn tasks_that(&self, holds: impl Fn(Standing) -> bool) -> Vec<TaskIndex> {
        let tasks = (0..).map(TaskIndex).zip(&self.standings);
        let held = tasks.filter(|(task, standing)| self.is_shown(*task) && holds(**standing));
        held.map(|(task, _)| task).collect()
    }

    /// The attempts under way, the oldest first.
    pub(crate) fn active(&self) -> &[Active] {
        &self.active
    }

    /// How the last attempt of a task failed.
    pub(crate) fn failure(&self, task: TaskIndex) -> Option<&Failure> {
        self.failures.get(&task)
    }

    /// Boxes that could not be checked, and why.
    pub(crate) fn refused(&self) -> &[(Vec<TaskIndex>, String)] {
        &self.refused
    }

    /// How many tasks stand where.
    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// How the run ended, if it has.
    pub(crate) fn outcome(&self) -> Option<RunOutcome> {
        self.outcome
    }

    /// How long attempts and checks of a task took, together.
    pub(crate) fn duration_us(&self, task: TaskIndex) -> u64 {
        self.durations_us[task.get()]
    }

    /// How long all attempts and checks took, one after another.
    pub(crate) fn work_us(&self) -> u64 {
        self.durations_us.iter().sum()
    }

    /// How long somebody was at it, up to `now` or the last event.
    pub(crate) fn elapsed_us(&self, now: Option<Timestamp>) -> u64 {
        let end = now.unwrap_or(self.last_at).max(self.last_at);
        let started = self.started_at.unwrap_or(end);
        end.since_us(started).saturating_sub(self.idle_us)
    }

    /// About how much longer it takes, when there is anything to tell it by.
    ///
    /// The remaining weight is at least the longest chain of what is left and at least an equal
    /// share per slot; what a unit of weight takes is learned from the tasks that are done, and
    /// until then estimates are taken at their word.
    pub(crate) fn remaining_us(&self, now: Timestamp) -> Option<u64> {
        let mut chain = 0;
        let mut work = 0;
        let (mut done_weight, mut done_us) = (0_u64, 0_u64);
        for (index, standing) in self.standings.iter().enumerate() {
            match standing {
                Standing::Left | Standing::Active => {
                    chain = chain.max(self.spec.tasks[index].rank);
                    work += self.weights[index];
                }
                Standing::Done(DoneBecause::Attempt | DoneBecause::Checks) => {
                    done_weight += self.weights[index];
                    done_us += self.durations_us[index];
                }
                _ => {}
            }
        }
        let weight = chain.max(work / u64::from(self.spec.limits.jobs.max(1)));
        let has_estimates = self.spec.tasks.iter().any(|task| task.estimate_ms.is_some());
        let total_us = match (done_weight, has_estimates) {
            (0, false) => return None,
            (0, true) => weight.checked_mul(1_000)?,
            (done, _) => {
                u64::try_from(u128::from(weight) * u128::from(done_us) / u128::from(done)).ok()?
            }
        };
        let oldest = self.active.iter().map(|active| now.since_us(active.since)).max();
        Some(total_us.saturating_sub(oldest.unwrap_or(0)))
    }
}

/// What of each task's rank is its own: the rank less that of the longest chain behind it.
fn weights(spec: &RunSpec) -> Vec<u64> {
    let mut behind = vec![0_u64; spec.tasks.len()];
    for task in &spec.tasks {
        for need in &task.needs {
            let behind = &mut behind[need.task.get()];
            *behind = (*behind).max(task.rank);
        }
    }
    spec.tasks.iter().zip(behind).map(|(task, behind)| task.rank.saturating_sub(behind)).collect()
}

fn count_of(counts: &mut Counts, standing: Standing) -> &mut u32 {
    match standing {
        Standing::Left => &mut counts.left,
        Standing::Active => &mut counts.active,
        Standing::Done(_) => &mut counts.done,
        Standing::Failed(_) => &mut counts.failed,
        Standing::Blocked(_) => &mut counts.blocked,
        Standing::Asking(_) => &mut counts.asking,
    }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How an attempt ended, in a few words.
pub(crate) fn describe(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Exited { code } => format!("exit {code}"),
        Outcome::Signalled { signal } => format!("ended by signal {signal}"),
        Outcome::TimedOut => "its time was up".to_owned(),
        Outcome::OutputLimit => "it wrote more than allowed".to_owned(),
        Outcome::Cancelled => "cancelled".to_owned(),
        Outcome::NotStarted { message } => format!("not started: {message}"),
        Outcome::Unknown => "outcome unknown".to_owned(),
    }
}

impl Board {
    /// `T004 Build the API`: the name, and the title where it is not the name, in so many columns.
    pub(crate) fn label(&self, task: TaskIndex, columns: usize) -> String {
        let task = self.spec.task(task);
        if task.name == task.title {
            return measure::shortened(&task.title, columns);
        }
        measure::shortened(&format!("{} {}", task.name, task.title), columns)
    }
}
