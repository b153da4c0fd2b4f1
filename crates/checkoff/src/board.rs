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
    /// Of `durations_us`, the part of the last attempt.
    last_durations_us: Vec<u64>,
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
    /// When the last engine was heard of, while only answers have come since.
    answered_after: Option<Timestamp>,
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
            last_durations_us: vec![0; count],
            active: Vec::new(),
            failures: BTreeMap::new(),
            refused: Vec::new(),
            outcome: None,
            counts: Counts { left: narrow(shown), ..Counts::default() },
            seq: 0,
            started_at: None,
            last_at: Timestamp::default(),
            idle_us: 0,
            answered_after: None,
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
                self.last_durations_us[attempt.task.get()] = took_us;
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
                self.last_durations_us[attempt.task.get()] += took_us;
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
        match recorded.event {
            // A new engine puts down what persons have said before it says that it is there.
            Event::PersonDone { .. } | Event::RetryRequested { .. } => {
                self.answered_after.get_or_insert(self.last_at);
            }
            Event::RunResumed { .. } => {
                let heard_of = self.answered_after.take().unwrap_or(self.last_at);
                self.idle_us += recorded.at.since_us(heard_of);
            }
            _ => self.answered_after = None,
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

    /// How long the last attempt of a task took, with its checks.
    pub(crate) fn last_duration_us(&self, task: TaskIndex) -> u64 {
        self.last_durations_us[task.get()]
    }

    /// Whether the run was taken up again after a time in which nobody was at it.
    pub(crate) fn was_idle(&self) -> bool {
        self.idle_us > 0
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

/// Small runs for the tests of what is shown of them.
#[cfg(test)]
pub(crate) mod testing {
    use checkoff_core::event::{Evidence, Process};
    use checkoff_core::spec::{Action, Need, NeedKind, Place, TaskSpec};

    use super::*;

    /// Tasks in a chain, each taking one unit of time; `phase` stands for no task of a file.
    pub(crate) fn chain(names: &[&str]) -> Board {
        let length = names.len();
        let tasks = names.iter().enumerate().map(|(index, name)| TaskSpec {
            key: (*name).to_owned(),
            name: (*name).to_owned(),
            title: format!("do {name}"),
            phase: None,
            place: (*name != "phase").then_some(Place {
                file: 0,
                line: narrow(index) + 1,
                item: narrow(index),
            }),
            needs: index
                .checked_sub(1)
                .map(|before| Need { task: TaskIndex(narrow(before)), kind: NeedKind::Done })
                .into_iter()
                .collect(),
            claims: Vec::new(),
            action: Action::Shell { script: "true".to_owned(), shell: Vec::new() },
            done_when: Vec::new(),
            cwd: "/".to_owned(),
            env: Vec::new(),
            timeout_ms: None,
            estimate_ms: None,
            rank: (length - index) as u64,
            safe_to_repeat: false,
            files: Vec::new(),
        });
        Board::new(RunSpec { tasks: tasks.collect(), ..RunSpec::default() })
    }

    /// Feeds events, one a second, and gives the records back.
    pub(crate) fn feed(board: &mut Board, events: &[Event]) -> Vec<Recorded> {
        let recorded: Vec<Recorded> = events
            .iter()
            .zip(board.seq + 1..)
            .map(|(event, seq)| Recorded { seq, at: second(seq), event: event.clone() })
            .collect();
        recorded.iter().for_each(|recorded| board.apply(recorded));
        recorded
    }

    /// So many seconds after the start of time.
    pub(crate) fn second(seconds: u64) -> Timestamp {
        Timestamp::from_unix_us(seconds * 1_000_000)
    }

    /// The first attempt of a task.
    pub(crate) fn attempt(task: u32) -> AttemptId {
        AttemptId { task: TaskIndex(task), number: 1 }
    }

    /// Its process is there.
    pub(crate) fn started(task: u32) -> Event {
        let process = Process { pid: 7, start_ticks: 1 };
        Event::AttemptStarted { attempt: attempt(task), process }
    }

    /// It ended with this code after two seconds, having written this.
    pub(crate) fn finished(task: u32, code: i32, output: &str) -> Event {
        let mut evidence =
            Evidence { started_at: second(1), ended_at: second(3), ..Evidence::default() };
        evidence.output.tail = output.as_bytes().to_vec();
        Event::AttemptFinished {
            attempt: attempt(task),
            outcome: Outcome::Exited { code },
            evidence,
        }
    }

    /// It is done.
    pub(crate) fn done(task: u32) -> Event {
        Event::TaskDone { task: TaskIndex(task), because: DoneBecause::Attempt }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::*;
    use super::*;

    fn counts(board: &Board) -> [u32; 6] {
        let Counts { done, failed, blocked, asking, active, left } = board.counts();
        [done, failed, blocked, asking, active, left]
    }

    #[test]
    fn every_task_is_counted_once_and_what_is_in_no_file_never() {
        let mut board = chain(&["a", "phase", "b", "c"]);
        assert_eq!((board.total(), counts(&board)), (3, [0, 0, 0, 0, 0, 3]));
        feed(&mut board, &[started(0)]);
        assert_eq!(counts(&board), [0, 0, 0, 0, 1, 2]);
        let failed = Event::TaskFailed { task: TaskIndex(2), because: FailedBecause::Attempt };
        let blocked = Event::TaskBlocked { task: TaskIndex(3), by: TaskIndex(2) };
        feed(&mut board, &[finished(0, 0, ""), done(0), done(1), started(2)]);
        feed(&mut board, &[finished(2, 1, "no"), failed, blocked]);
        assert_eq!(counts(&board), [1, 1, 1, 0, 0, 0]);
        let failure = board.failure(TaskIndex(2)).map(|failure| failure.how.as_str());
        assert_eq!(failure, Some("exit 1"));
        feed(&mut board, &[Event::RetryRequested { task: TaskIndex(2) }]);
        assert_eq!((counts(&board), board.failure(TaskIndex(2))), ([1, 0, 1, 0, 0, 1], None));
    }

    #[test]
    fn an_event_that_was_taken_in_before_is_stepped_over() {
        let mut board = chain(&["a", "b"]);
        let recorded = feed(&mut board, &[started(0), finished(0, 0, ""), done(0)]);
        let before = counts(&board);
        recorded.iter().for_each(|recorded| board.apply(recorded));
        assert_eq!((counts(&board), board.work_us()), (before, 2_000_000));
    }

    #[test]
    fn what_is_left_is_told_by_what_is_done() {
        let mut board = chain(&["a", "b", "c"]);
        assert_eq!(board.remaining_us(second(1)), None);
        feed(&mut board, &[started(0), finished(0, 0, ""), done(0)]);
        // Two more of what took two seconds, one after the other.
        assert_eq!(board.remaining_us(second(3)), Some(4_000_000));
        feed(&mut board, &[started(1)]);
        assert_eq!(board.remaining_us(second(5)), Some(3_000_000));
    }

    #[test]
    fn time_in_which_nobody_was_at_it_does_not_count() {
        let mut board = chain(&["a"]);
        feed(&mut board, &[started(0), finished(0, 1, "")]);
        let at = second(1_000);
        let event = Event::RunResumed { boot: String::new() };
        board.apply(&Recorded { seq: 3, at, event });
        assert_eq!(board.elapsed_us(Some(second(1_002))), 3_000_000);
    }

    #[test]
    fn what_a_person_says_before_a_resume_does_not_make_the_time_before_it_count() {
        let mut board = chain(&["a", "b"]);
        feed(&mut board, &[started(0), finished(0, 1, "")]);
        let later = [
            Event::PersonDone { task: TaskIndex(1) },
            Event::RetryRequested { task: TaskIndex(0) },
            Event::RunResumed { boot: String::new() },
        ];
        for (seq, event) in (3..).zip(later) {
            board.apply(&Recorded { seq, at: second(997 + seq), event });
        }
        assert_eq!(board.elapsed_us(Some(second(1_003))), 2_000_000);
    }

    #[test]
    fn of_several_attempts_the_last_is_told_and_all_are_counted() {
        let mut board = chain(&["a"]);
        let again = Event::RetryRequested { task: TaskIndex(0) };
        feed(&mut board, &[started(0), finished(0, 1, ""), again, started(0), finished(0, 0, "")]);
        let task = TaskIndex(0);
        assert_eq!((board.last_duration_us(task), board.duration_us(task)), (2_000_000, 4_000_000));
    }
}
