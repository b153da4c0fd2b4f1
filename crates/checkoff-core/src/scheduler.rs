//! Decides: one event in, the state changed, effects out. The whole outside world
//! is in the arguments.
//!
//! # How it is used
//! The engine calls [`Scheduler::step`] for each report, commits the report with
//! the decisions it led to ([`Effect::Record`]) in one transaction, then performs
//! the other effects. After a crash it calls [`Scheduler::replay`] for each event of
//! the log: that applies and decides nothing, for the decisions are in the log too.
//! A newer scheduler, which might decide otherwise, so still reads an old log to
//! the state it described.
//!
//! # A task's stages
//! ```text
//!            needs met                 committed             process
//!  Pending ────────────▶ Ready ─────────────────▶ Reserved ─────────▶ Running
//!     │  ▲                 ▲ ▲  (never started)      │                   │ ended
//!     │  └─ retry of root  │ └───────────────────────┘                   ▼
//!     │                    └──── retry, safe to repeat ◀──────┬──── (verdict) ◀─▶ Checking
//!     ▼                                                       ▼
//!  Blocked ◀── a need failed                    Done │ Failed │ Asking
//! ```
//! Which event is allowed in which stage is the table [`allows`]; everything else is
//! a bug of the caller and panics. What happens is one file an event in `scheduler/`.
//!
//! # Order
//! Among ready tasks the one with the greatest rank (the longest way to the end)
//! goes first, then file order. Tasks that claim the same thing, one of them to
//! write, are never reserved at once.
//!
//! # Reserving ahead
//! A commit costs a flush of the disk. For attempts of a millisecond that would be
//! most of the time, so more attempts than slots are reserved in one commit when
//! attempts have been short, and the runtime starts the next without asking. How
//! many is decided here, from the durations in the log, and ends as soon as attempts
//! last: then order matters more than a fraction of a millisecond.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::effect::Effect;
use crate::event::{Counts, DoneBecause, Event, FailedBecause, Process, Question, RunOutcome};
use crate::id::{AttemptId, TaskIndex, Timestamp};
use crate::spec::{Action, NeedKind, RunSpec};
use dependents::Dependents;
use ready::ReadyQueue;

mod decide;
mod dependents;
mod pace;
mod ready;
mod table;

mod attempt_finished;
mod attempt_reserved;
mod attempt_started;
mod attempt_withdrawn;
mod box_written;
mod checks_finished;
mod person_done;
mod retry_requested;
mod run_finished;
mod run_started;
mod stop_requested;
mod task_asked;
mod task_blocked;
mod task_done;
mod task_failed;
mod task_reopened;

pub use table::{Kind, StageKind, allows, table};

/// The state of a run, and what follows from it.
#[derive(Debug, Clone)]
pub struct Scheduler {
    spec: Arc<RunSpec>,
    dependents: Dependents,
    run: RunStage,
    tasks: Vec<Task>,
    counts: Counts,
    ready: ReadyQueue,
    due: Due,
    pace: pace::Pace,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunStage {
    /// No event yet.
    New,
    /// Tasks are started.
    Open,
    /// What runs is finished, nothing is started: a person asked, or a task failed under
    /// [`OnFailure::Stop`](crate::spec::OnFailure::Stop).
    Draining {
        /// A person asked.
        asked: bool,
    },
    /// What runs is ended, nothing is started.
    Cancelling,
    /// It is over, for now.
    Finished(RunOutcome),
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Something it needs is not there yet.
    Pending,
    /// Could go on at once.
    Ready,
    /// Handed to the runtime, not known to have started.
    Reserved,
    /// Its process is there.
    Running(Process),
    /// Its `done when` commands run.
    Checking,
    /// The attempt is over, what it means is decided in the same step.
    Ended(Verdict),
    /// A person has to act.
    Asking(Question),
    /// Done.
    Done(DoneBecause),
    /// Failed.
    Failed(FailedBecause),
    /// Cannot run.
    Blocked {
        /// The failed or held task at the root of it.
        by: TaskIndex,
    },
}

/// What an ended attempt means for its task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is done.
    Done(DoneBecause),
    /// It failed.
    Failed(FailedBecause),
    /// A person has to act.
    Asked(Question),
    /// It gets another attempt.
    Reopened,
}

/// One task's state.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Task {
    stage: Stage,
    /// Attempts reserved so far.
    attempts: u32,
    /// Needs that are not there yet.
    unmet: u32,
    /// What is to be written of it.
    mark: Mark,
}

/// What is to be written of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Nothing, so far or at all.
    None,
    /// Its box is to be checked.
    Due,
    /// Its box is checked.
    Written,
    /// Its box could not be checked.
    Refused,
}

/// Tasks about which something is to be decided before the step ends.
#[derive(Debug, Clone, Default)]
struct Due {
    /// An attempt ended.
    verdicts: BTreeSet<TaskIndex>,
    /// Groups with nothing open in them.
    groups: BTreeSet<TaskIndex>,
    /// Tasks that cannot run any more, and for whom.
    blocked: BTreeMap<TaskIndex, TaskIndex>,
    /// Persons' tasks with nothing before them.
    persons: BTreeSet<TaskIndex>,
    /// Boxes not yet written.
    boxes: BTreeSet<TaskIndex>,
}

impl Scheduler {
    /// A run before its first event.
    ///
    /// # Panics
    /// When a need or a claim points outside the spec; [`RunSpec::check`] tells before.
    pub fn new(spec: Arc<RunSpec>) -> Scheduler {
        assert!(spec.limits.jobs > 0, "a run without slots cannot end");
        let tasks = spec.tasks.iter().map(|task| Task {
            stage: Stage::Pending,
            attempts: 0,
            unmet: u32::try_from(task.needs.len()).expect("needs are counted in 32 bits"),
            mark: Mark::None,
        });
        let tasks: Vec<Task> = tasks.collect();
        let left = u32::try_from(tasks.len()).expect("tasks are counted in 32 bits");
        Scheduler {
            dependents: Dependents::of(&spec),
            run: RunStage::New,
            tasks,
            counts: Counts { left, ..Counts::default() },
            ready: ReadyQueue::new(&spec),
            due: Due::default(),
            pace: pace::Pace::default(),
            spec,
        }
    }

    /// Applies one report and everything that follows from it.
    ///
    /// Decisions come back as [`Effect::Record`], already applied, in the order in which
    /// they must follow the report in the log.
    ///
    /// # Panics
    /// When the event is impossible here ([`allows`]), or is not a report.
    pub fn step(&mut self, now: Timestamp, event: &Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.apply(now, event, &mut effects);
        while let Some(decision) = self.decide() {
            effects.push(Effect::Record(decision.clone()));
            self.apply(now, &decision, &mut effects);
        }
        effects
    }

    /// Applies one event of the log, report or decision, and nothing else.
    ///
    /// # Panics
    /// When the event is impossible here: the log is not one of this spec.
    pub fn replay(&mut self, at: Timestamp, event: &Event) {
        self.apply(at, event, &mut Vec::new());
    }

    fn apply(&mut self, _now: Timestamp, event: &Event, effects: &mut Vec<Effect>) {
        self.assert_allowed(event);
        match event {
            Event::RunStarted { .. } => run_started::apply(self),
            Event::RunResumed { .. } => run_started::apply_again(self, effects),
            Event::AttemptReserved { attempt } => attempt_reserved::apply(self, *attempt, effects),
            Event::AttemptStarted { attempt, process } => {
                attempt_started::apply(self, *attempt, *process, effects);
            }
            Event::AttemptWithdrawn { attempt } => attempt_withdrawn::apply(self, *attempt),
            Event::AttemptFinished { attempt, outcome, evidence } => {
                attempt_finished::apply(self, *attempt, outcome, evidence, effects);
            }
            Event::ChecksFinished { attempt, checks } => {
                checks_finished::apply(self, *attempt, checks);
            }
            Event::TaskDone { task, because } => task_done::apply(self, *task, *because, effects),
            Event::TaskFailed { task, because } => {
                task_failed::apply(self, *task, *because, effects);
            }
            Event::TaskBlocked { task, by } => task_blocked::apply(self, *task, *by),
            Event::TaskAsked { task, question } => {
                task_asked::apply(self, *task, *question, effects);
            }
            Event::TaskReopened { task, .. } => task_reopened::apply(self, *task),
            Event::PersonDone { task } => person_done::apply(self, *task),
            Event::RetryRequested { task } => retry_requested::apply(self, *task),
            Event::BoxWritten { tasks, .. } => box_written::apply(self, tasks, Mark::Written),
            Event::BoxRefused { tasks, .. } => box_written::apply(self, tasks, Mark::Refused),
            Event::DrainRequested => stop_requested::apply_drain(self, effects),
            Event::CancelRequested => stop_requested::apply_cancel(self, effects),
            Event::RunFinished { outcome, .. } => run_finished::apply(self, *outcome, effects),
        }
    }

    /// Stops on an event that cannot be true here, before it does harm.
    fn assert_allowed(&self, event: &Event) {
        let (kind, tasks) = Kind::of(event);
        assert!(
            table::allows_run(kind, self.run),
            "{kind:?} cannot happen while the run is {:?}",
            self.run
        );
        for task in tasks {
            let stage = self.tasks[task.get()].stage;
            assert!(
                allows(kind, StageKind::of(stage)),
                "{kind:?} cannot happen to task {task}, which is {stage:?}"
            );
        }
        if let Some(attempt) = attempt_of(event) {
            let last = self.tasks[attempt.task.get()].attempts;
            let expected = if kind == Kind::AttemptReserved { last + 1 } else { last };
            assert_eq!(attempt.number, expected, "{kind:?} is about another attempt of {attempt}");
        }
    }
}

/// The attempt an event is about.
fn attempt_of(event: &Event) -> Option<AttemptId> {
    match event {
        Event::AttemptReserved { attempt }
        | Event::AttemptStarted { attempt, .. }
        | Event::AttemptWithdrawn { attempt }
        | Event::AttemptFinished { attempt, .. }
        | Event::ChecksFinished { attempt, .. } => Some(*attempt),
        _ => None,
    }
}

impl Due {
    /// The task is in another stage now: nothing is due about the old one. Boxes stay.
    fn forget(&mut self, task: TaskIndex) {
        self.verdicts.remove(&task);
        self.groups.remove(&task);
        self.blocked.remove(&task);
        self.persons.remove(&task);
    }
}

/// Looking at the state.
impl Scheduler {
    /// What the run is to do.
    pub fn spec(&self) -> &Arc<RunSpec> {
        &self.spec
    }

    /// Where the run stands.
    pub fn run(&self) -> RunStage {
        self.run
    }

    /// Where a task stands.
    pub fn stage(&self, task: TaskIndex) -> Stage {
        self.tasks[task.get()].stage
    }

    /// Every stage, in file order.
    pub fn stages(&self) -> impl Iterator<Item = (TaskIndex, Stage)> + '_ {
        (0..).map(TaskIndex).zip(self.tasks.iter().map(|task| task.stage))
    }

    /// What is to be written of a task.
    pub fn mark(&self, task: TaskIndex) -> Mark {
        self.tasks[task.get()].mark
    }

    /// The last attempt of a task, if it had one.
    pub fn last_attempt(&self, task: TaskIndex) -> Option<AttemptId> {
        let number = self.tasks[task.get()].attempts;
        (number > 0).then_some(AttemptId { task, number })
    }

    /// How many tasks stand where.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Boxes that are due and not written, in file order.
    pub fn boxes_due(&self) -> impl ExactSizeIterator<Item = TaskIndex> + '_ {
        self.due.boxes.iter().copied()
    }

    /// Whether nothing is with the runtime: what remains is writing boxes and persons.
    pub fn is_idle(&self) -> bool {
        self.counts.active == 0
    }

    /// How long the runtime has enough to do, in microseconds, before half of what was reserved
    /// ahead is used up; 0 when nothing was.
    pub fn slack_us(&self) -> u64 {
        let jobs = self.spec.limits.jobs;
        let ahead = self.counts.active.saturating_sub(jobs);
        self.pace.mean_us() * u64::from(ahead) / 2 / u64::from(jobs)
    }

    /// Attempts that were with the runtime when the log ended, in file order: what became of
    /// them must be found out before the run can go on.
    pub fn under_way(&self) -> Vec<(AttemptId, Stage)> {
        let stages = self.stages().filter(|(_, stage)| StageKind::of(*stage).is_active());
        let with_attempt =
            stages.filter_map(|(task, stage)| Some((self.last_attempt(task)?, stage)));
        with_attempt.collect()
    }

    /// What an engine that takes the run over must do again, for it may not have been done:
    /// boxes to write, persons to ask, checks to run. All of it may be done twice.
    pub fn outstanding(&self) -> Vec<Effect> {
        let boxes = self.boxes_due().map(Effect::WriteBox);
        let others = self.stages().filter_map(|(task, stage)| match stage {
            Stage::Asking(_) => Some(Effect::AskPerson(task)),
            Stage::Checking => self.last_attempt(task).map(Effect::RunChecks),
            _ => None,
        });
        boxes.chain(others).collect()
    }

    /// Whether the task could be tried (again) if a person asked.
    pub fn can_retry(&self, task: TaskIndex) -> bool {
        allows(Kind::RetryRequested, StageKind::of(self.stage(task)))
    }

    /// Whether a person may say that the task is done.
    pub fn can_be_done_by_person(&self, task: TaskIndex) -> bool {
        allows(Kind::PersonDone, StageKind::of(self.stage(task)))
    }

    /// Everything that counts, to compare two states with.
    pub fn snapshot(&self) -> Snapshot {
        let tasks = self.tasks.iter().map(|task| (task.stage, task.attempts, task.mark));
        Snapshot { run: self.run, counts: self.counts, tasks: tasks.collect() }
    }
}

/// Everything that counts in a run's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Where the run stands.
    pub run: RunStage,
    /// How many tasks stand where.
    pub counts: Counts,
    /// Stage, number of attempts, and what is written, of each task in file order.
    pub tasks: Vec<(Stage, u32, Mark)>,
}

/// Changing the state; used by the transitions.
impl Scheduler {
    fn set_stage(&mut self, task: TaskIndex, stage: Stage) {
        let old = std::mem::replace(&mut self.tasks[task.get()].stage, stage);
        let (old, new) = (StageKind::of(old), StageKind::of(stage));
        *old.count_in(&mut self.counts) -= 1;
        *new.count_in(&mut self.counts) += 1;
        self.due.forget(task);
        match (old.is_active(), new.is_active()) {
            (false, true) => self.ready.take(&self.spec, task),
            (true, false) => self.ready.give(&self.spec, task),
            _ if old == StageKind::Ready => self.ready.remove(&self.spec, task),
            _ => {}
        }
        match new {
            StageKind::Ready => self.became_ready(task),
            StageKind::Ended => drop(self.due.verdicts.insert(task)),
            _ => {}
        }
    }

    fn became_ready(&mut self, task: TaskIndex) {
        match self.spec.task(task).action {
            Action::Shell { .. } => self.ready.insert(task),
            Action::Person => drop(self.due.persons.insert(task)),
            Action::Group => drop(self.due.groups.insert(task)),
            // A held task is blocked by itself when the run starts.
            Action::Held => drop(self.due.blocked.insert(task, task)),
        }
    }

    /// Tells those who wait for a task that it reached a stage in which they may go on.
    fn meet_needs(&mut self, task: TaskIndex, met: impl Fn(NeedKind) -> bool) {
        for nth in self.dependents.range(task) {
            let (dependent, kind) = self.dependents.get(nth);
            if met(kind) && self.tasks[dependent.get()].stage == Stage::Pending {
                let unmet = &mut self.tasks[dependent.get()].unmet;
                *unmet = unmet.checked_sub(1).expect("a need is met once");
                if *unmet == 0 {
                    self.set_stage(dependent, Stage::Ready);
                }
            }
        }
    }

    /// Notes that those who need this task done cannot run.
    fn block_dependents(&mut self, task: TaskIndex, by: TaskIndex) {
        for nth in self.dependents.range(task) {
            let (dependent, kind) = self.dependents.get(nth);
            if kind == NeedKind::Done && self.tasks[dependent.get()].stage == Stage::Pending {
                self.due.blocked.entry(dependent).or_insert(by);
            }
        }
    }

    /// Puts a task that is not active back to where its needs say it belongs.
    fn reopen(&mut self, task: TaskIndex) {
        let mut unmet = 0;
        let mut blocked_by = None;
        let spec = Arc::clone(&self.spec);
        for need in &spec.task(task).needs {
            match self.need_standing(need.task, need.kind) {
                NeedStanding::Met => {}
                NeedStanding::Open => unmet += 1,
                NeedStanding::Never { by } => {
                    unmet += 1;
                    blocked_by.get_or_insert(by);
                }
            }
        }
        self.tasks[task.get()].unmet = unmet;
        self.set_stage(task, if unmet == 0 { Stage::Ready } else { Stage::Pending });
        if let Some(by) = blocked_by {
            self.due.blocked.insert(task, by);
        }
    }

    /// The task is open or done again: looks anew at those it blocked, and at those that took
    /// its end for enough and have not started.
    fn unblock(&mut self, root: TaskIndex) {
        let blocked_by_root = |(task, stage): (TaskIndex, Stage)| {
            (stage == Stage::Blocked { by: root } && task != root).then_some(task)
        };
        let blocked: Vec<TaskIndex> = self.stages().filter_map(blocked_by_root).collect();
        for task in &blocked {
            self.set_stage(*task, Stage::Pending);
        }
        let mut again = blocked.clone();
        for source in blocked.iter().chain([&root]) {
            let dependents = self.dependents.range(*source).map(|nth| self.dependents.get(nth).0);
            again.extend(
                dependents
                    .filter(|task| matches!(self.stage(*task), Stage::Pending | Stage::Ready)),
            );
        }
        again.sort_unstable();
        again.dedup();
        for task in again {
            self.reopen(task);
        }
    }

    fn need_standing(&self, task: TaskIndex, kind: NeedKind) -> NeedStanding {
        let ended_is_enough = kind != NeedKind::Done;
        match self.stage(task) {
            Stage::Done(_) => NeedStanding::Met,
            Stage::Failed(_) if ended_is_enough || self.failures_are_passed() => NeedStanding::Met,
            Stage::Blocked { .. } if ended_is_enough => NeedStanding::Met,
            Stage::Asking(_) if kind == NeedKind::Apart => NeedStanding::Met,
            Stage::Failed(_) => NeedStanding::Never { by: task },
            Stage::Blocked { by } => NeedStanding::Never { by },
            _ => NeedStanding::Open,
        }
    }

    fn failures_are_passed(&self) -> bool {
        self.spec.policy.on_failure == crate::spec::OnFailure::Continue
    }
}

/// How a need of a task stands.
enum NeedStanding {
    Met,
    Open,
    Never { by: TaskIndex },
}
