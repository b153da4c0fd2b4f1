//! Random plans with random fates: what must hold whatever happens.
//!
//! - *needs*: an attempt is reserved only when everything its task needs allows it.
//! - *claims*: no two tasks are at work that claim one thing, one of them to write.
//! - *slots*: never more is with the runtime than slots and what is reserved ahead.
//! - *once*: a task that is done is never tried again.
//! - *end*: the run ends, and its outcome agrees with where its tasks stand.
//! - *replay*: at every point, replaying the log gives the same state.

use std::collections::BTreeSet;
use std::sync::Arc;

use checkoff_core::event::{Check, Evidence, Outcome, Output, Process, RunOutcome};
use checkoff_core::scheduler::{Mark, RunStage, Stage};
use checkoff_core::spec::{
    Action, Claim, Limits, Need, NeedKind, OnFailure, Policy, RunSpec, TaskSpec,
};
use checkoff_core::{AttemptId, Effect, Event, Scheduler, TaskIndex, Timestamp};
use proptest::prelude::*;

use crate::plan::named;

/// Never is more reserved ahead than this, see `scheduler/pace.rs`.
const AHEAD_MAX: u32 = 256;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn every_run_keeps_the_rules(spec in specs(), choices in choices()) {
        play(spec, &mut Dice { choices, next: 0 });
    }
}

fn choices() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(any::<u16>(), 1..400)
}

fn specs() -> impl Strategy<Value = RunSpec> {
    let policy = (0..3u8, any::<bool>(), any::<bool>()).prop_map(|(failure, wait, rollup)| {
        let on_failure = [OnFailure::Block, OnFailure::Stop, OnFailure::Continue];
        Policy { on_failure: on_failure[usize::from(failure)], wait_for_persons: wait, rollup }
    });
    let tasks = proptest::collection::vec(tasks(), 1..30);
    (tasks, 1..5u32, policy).prop_map(|(tasks, jobs, policy)| {
        let tasks = (0..).zip(tasks).map(|(nth, task)| task.into_spec(nth)).collect();
        RunSpec { tasks, resources: 3, limits: Limits { jobs }, policy, ..RunSpec::default() }
    })
}

/// A task as it is drawn: needs are distances backwards, so that there is no cycle.
#[derive(Debug, Clone)]
struct Drawn {
    needs: Vec<(u32, u8)>,
    claims: Vec<(u32, bool)>,
    action: u8,
    checks: usize,
    rank: u64,
    safe: bool,
}

fn tasks() -> impl Strategy<Value = Drawn> {
    let needs = proptest::collection::vec((1..12u32, 0..3u8), 0..4);
    let claims = proptest::collection::vec((0..3u32, any::<bool>()), 0..3);
    (needs, claims, 0..12u8, 0..3usize, 0..4u64, any::<bool>()).prop_map(
        |(needs, claims, action, checks, rank, safe)| Drawn {
            needs,
            claims,
            action,
            checks,
            rank,
            safe,
        },
    )
}

impl Drawn {
    fn into_spec(self, nth: u32) -> TaskSpec {
        let mut task = named(&format!("t{nth}"), nth);
        for (back, kind) in self.needs {
            let kinds = [NeedKind::Done, NeedKind::Ended, NeedKind::Apart];
            if let Some(on) = nth.checked_sub(back) {
                task.needs.push(Need { task: TaskIndex(on), kind: kinds[usize::from(kind)] });
            }
        }
        for (resource, write) in self.claims {
            if task.claims.iter().all(|claim| claim.resource != resource) {
                task.claims.push(Claim { resource, write });
            }
        }
        match self.action {
            0 => task.action = Action::Person,
            1 => task.action = Action::Group,
            2 => task.action = Action::Held,
            _ => task.done_when = (0..self.checks).map(|nth| format!("check {nth}")).collect(),
        }
        task.rank = self.rank;
        task.safe_to_repeat = self.safe;
        task
    }
}

/// Chooses; when the choices run out, the first of everything.
struct Dice {
    choices: Vec<u16>,
    next: usize,
}

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        let choice = self.choices.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        usize::from(choice) % bound
    }

    fn is_out(&self) -> bool {
        self.next >= self.choices.len()
    }
}

/// A run and everything that is going on in it.
struct World {
    scheduler: Scheduler,
    log: Vec<(Timestamp, Event)>,
    now_us: u64,
    /// Handed over, without a process.
    waiting: BTreeSet<AttemptId>,
    running: BTreeSet<AttemptId>,
    checking: BTreeSet<AttemptId>,
    withdrawn: BTreeSet<AttemptId>,
    cancelled: BTreeSet<AttemptId>,
    finished: Option<RunOutcome>,
}

fn play(spec: RunSpec, dice: &mut Dice) {
    spec.check().expect("drawn plans can be run");
    let mut world = World {
        scheduler: Scheduler::new(Arc::new(spec)),
        log: Vec::new(),
        now_us: 0,
        waiting: BTreeSet::new(),
        running: BTreeSet::new(),
        checking: BTreeSet::new(),
        withdrawn: BTreeSet::new(),
        cancelled: BTreeSet::new(),
        finished: None,
    };
    world.step(Event::RunStarted { boot: "boot".to_owned() });
    for _ in 0..5_000 {
        if world.finished.is_some() {
            world.assert_ended_well();
            if dice.is_out() || !world.take_up_again(dice) {
                return;
            }
        } else if !world.happen(dice) {
            world.assert_waits_for_a_person();
            return;
        }
    }
    panic!("the run does not end: {:?}", world.scheduler.snapshot());
}

impl World {
    fn step(&mut self, event: Event) {
        self.now_us += 1;
        let now = Timestamp::from_unix_us(self.now_us);
        let effects = self.scheduler.step(now, &event);
        self.log.push((now, event));
        for effect in effects {
            match effect {
                Effect::Record(decision) => self.decided(now, decision),
                Effect::StartAttempt(attempt) => drop(self.waiting.insert(attempt)),
                Effect::WithdrawAttempt(attempt) => drop(self.withdrawn.insert(attempt)),
                Effect::CancelAttempt(attempt) => drop(self.cancelled.insert(attempt)),
                Effect::RunChecks(attempt) => drop(self.checking.insert(attempt)),
                Effect::FinishRun(outcome) => self.finished = Some(outcome),
                Effect::WriteBox(_) | Effect::AskPerson(_) => {}
            }
        }
        self.assert_replay();
    }

    fn decided(&mut self, now: Timestamp, decision: Event) {
        if let Event::AttemptReserved { attempt } = &decision {
            self.assert_may_start(*attempt);
        }
        self.log.push((now, decision));
    }

    /// Something happens; false when nothing can.
    fn happen(&mut self, dice: &mut Dice) -> bool {
        match dice.below(24) {
            0 if self.scheduler.run() == RunStage::Open => {
                self.step(Event::DrainRequested);
                return true;
            }
            1 if self.scheduler.run() != RunStage::Cancelling => {
                self.step(Event::CancelRequested);
                return true;
            }
            2 => return self.crash(dice),
            3 if self.person(dice) => return true,
            _ => {}
        }
        let pick = |set: &BTreeSet<AttemptId>, dice: &mut Dice| {
            (!set.is_empty()).then(|| *set.iter().nth(dice.below(set.len())).expect("in range"))
        };
        let jobs = self.scheduler.spec().limits.jobs as usize;
        let free = self.running.len() + self.checking.len() < jobs;
        let first = dice.below(4);
        for kind in (first..4).chain(0..first) {
            match kind {
                0 if free => {
                    if let Some(attempt) = pick(&self.waiting, dice) {
                        self.begin(attempt, dice);
                        return true;
                    }
                }
                1 => {
                    if let Some(attempt) = pick(&self.running, dice) {
                        self.end(attempt, dice);
                        return true;
                    }
                }
                2 => {
                    if let Some(attempt) = pick(&self.checking, dice) {
                        self.check(attempt, dice);
                        return true;
                    }
                }
                3 => {
                    let due: Vec<TaskIndex> = self.scheduler.boxes_due().collect();
                    if !due.is_empty() {
                        let tasks = due[..=dice.below(due.len())].to_vec();
                        let refused = dice.below(8) == 0;
                        let message = "no".to_owned();
                        self.step(match refused {
                            true => Event::BoxRefused { file: 0, tasks, message },
                            false => Event::BoxWritten { file: 0, tasks, hash: String::new() },
                        });
                        return true;
                    }
                }
                _ => {}
            }
        }
        self.person(dice)
    }

    fn begin(&mut self, attempt: AttemptId, dice: &mut Dice) {
        self.waiting.remove(&attempt);
        if self.withdrawn.remove(&attempt) && dice.below(2) == 0 {
            return self.step(Event::AttemptWithdrawn { attempt });
        }
        if dice.below(10) == 0 {
            let outcome = Outcome::NotStarted { message: "no".to_owned() };
            return self.finish(attempt, outcome, 0);
        }
        self.running.insert(attempt);
        self.step(Event::AttemptStarted {
            attempt,
            process: Process { pid: 1, start_ticks: self.now_us },
        });
    }

    fn end(&mut self, attempt: AttemptId, dice: &mut Dice) {
        let outcome = match dice.below(8) {
            _ if self.cancelled.contains(&attempt) => Outcome::Cancelled,
            0 => Outcome::Exited { code: 1 },
            1 => Outcome::Signalled { signal: 9 },
            2 => Outcome::TimedOut,
            _ => Outcome::Exited { code: 0 },
        };
        // Short ones are reserved ahead, long ones are not: both must keep the rules.
        let took_us = [100, 100, 20_000, 1_000_000][dice.below(4)];
        self.finish(attempt, outcome, took_us);
    }

    fn finish(&mut self, attempt: AttemptId, outcome: Outcome, took_us: u64) {
        self.running.remove(&attempt);
        let evidence = Evidence {
            started_at: Timestamp::from_unix_us(0),
            ended_at: Timestamp::from_unix_us(took_us),
            ..Evidence::default()
        };
        self.step(Event::AttemptFinished { attempt, outcome, evidence });
    }

    fn check(&mut self, attempt: AttemptId, dice: &mut Dice) {
        self.checking.remove(&attempt);
        let cancelled = self.cancelled.contains(&attempt);
        let wanted = self.scheduler.spec().task(attempt.task).done_when.len();
        let mut checks = Vec::new();
        for _ in 0..wanted {
            let outcome = match dice.below(6) {
                _ if cancelled => Outcome::Cancelled,
                0 => Outcome::Exited { code: 1 },
                _ => Outcome::Exited { code: 0 },
            };
            let passed = outcome.is_success();
            let command = "check".to_owned();
            checks.push(Check { command, outcome, duration_us: 1, output: Output::default() });
            if !passed {
                break;
            }
        }
        self.step(Event::ChecksFinished { attempt, checks });
    }

    /// The engine dies, another one takes over: what was handed over and has no process is
    /// given back, what ran may be lost or be found again.
    fn crash(&mut self, dice: &mut Dice) -> bool {
        self.step(Event::RunResumed { boot: "boot".to_owned() });
        for attempt in std::mem::take(&mut self.waiting) {
            // Reserved again by the step before? Then it is a later one, and stays.
            if self.scheduler.stage(attempt.task) == Stage::Reserved
                && self.scheduler.last_attempt(attempt.task) == Some(attempt)
            {
                self.step(Event::AttemptWithdrawn { attempt });
            }
        }
        for attempt in self.running.clone() {
            if dice.below(3) == 0 {
                self.finish(attempt, Outcome::Unknown, 0);
            }
        }
        true
    }

    /// A person does something, if there is something to do.
    fn person(&mut self, dice: &mut Dice) -> bool {
        let can = |task: &TaskIndex| self.scheduler.can_be_done_by_person(*task);
        let stages: Vec<TaskIndex> = self.scheduler.stages().map(|(task, _)| task).collect();
        let done: Vec<TaskIndex> = stages.iter().copied().filter(can).collect();
        let retry: Vec<TaskIndex> =
            stages.iter().copied().filter(|task| self.scheduler.can_retry(*task)).collect();
        if dice.is_out() || done.is_empty() {
            return false;
        }
        if !retry.is_empty() && dice.below(2) == 0 {
            let task = retry[dice.below(retry.len())];
            self.step(Event::RetryRequested { task });
        } else {
            let task = done[dice.below(done.len())];
            self.step(Event::PersonDone { task });
        }
        true
    }

    /// After the end a person retries or does something, and the run is taken up again.
    fn take_up_again(&mut self, dice: &mut Dice) -> bool {
        if !self.person(dice) {
            return false;
        }
        self.finished = None;
        self.withdrawn.clear();
        self.cancelled.clear();
        self.step(Event::RunResumed { boot: "boot".to_owned() });
        true
    }

    fn assert_may_start(&self, attempt: AttemptId) {
        let spec = Arc::clone(self.scheduler.spec());
        let reserved_before = self.log.iter().any(
            |(_, event)| matches!(event, Event::TaskDone { task, .. } if *task == attempt.task),
        );
        assert!(!reserved_before, "{attempt} is reserved, but its task is done");
        let active = self.scheduler.counts().active;
        assert!(active <= spec.limits.jobs + AHEAD_MAX, "{active} attempts are under way");
    }

    /// What must hold between two steps.
    fn assert_replay(&self) {
        let spec = self.scheduler.spec();
        let mut again = Scheduler::new(Arc::clone(spec));
        for (at, event) in &self.log {
            again.replay(*at, event);
        }
        assert_eq!(again.snapshot(), self.scheduler.snapshot(), "a replay comes to another state");
        let at_work: Vec<TaskIndex> =
            self.scheduler.under_way().into_iter().map(|(attempt, _)| attempt.task).collect();
        for (nth, one) in at_work.iter().enumerate() {
            for other in &at_work[nth + 1..] {
                for claim in &spec.task(*one).claims {
                    let clash = spec
                        .task(*other)
                        .claims
                        .iter()
                        .any(|it| it.resource == claim.resource && (it.write || claim.write));
                    assert!(!clash, "tasks {one} and {other} use one thing at once");
                }
            }
            for need in &spec.task(*one).needs {
                self.assert_met(*one, *need);
            }
        }
    }

    /// A task at work was allowed to start; what it needs can have been reopened since, but
    /// never is untried.
    fn assert_met(&self, task: TaskIndex, need: Need) {
        let tried = self.scheduler.last_attempt(need.task).is_some();
        let stage = self.scheduler.stage(need.task);
        let continues = self.scheduler.spec().policy.on_failure == OnFailure::Continue;
        let met = match stage {
            Stage::Done(_) => true,
            Stage::Failed(_) => need.kind != NeedKind::Done || continues,
            Stage::Blocked { .. } => need.kind != NeedKind::Done,
            Stage::Asking(_) => need.kind == NeedKind::Apart,
            _ => false,
        };
        let reopened = tried
            || self.log.iter().any(|(_, event)| {
                matches!(event, Event::RetryRequested { .. } | Event::PersonDone { .. })
            });
        assert!(met || reopened, "task {task} is at work, but {} is {stage:?}", need.task);
    }

    fn assert_ended_well(&self) {
        let counts = self.scheduler.counts();
        let outcome = self.finished.expect("the run has ended");
        assert!(self.running.is_empty() && self.checking.is_empty(), "something still runs");
        assert!(self.waiting.is_empty(), "something still waits for a slot");
        assert_eq!(self.scheduler.boxes_due().len(), 0, "a box is not written");
        let all = self.scheduler.spec().tasks.len();
        assert_eq!(outcome == RunOutcome::Succeeded, counts.done as usize == all);
        if outcome == RunOutcome::Waiting {
            assert_eq!(counts.failed, 0);
        }
        let unwritten = |(task, stage): (TaskIndex, Stage)| {
            matches!(stage, Stage::Done(_)) && self.scheduler.mark(task) == Mark::Due
        };
        assert!(!self.scheduler.stages().any(unwritten));
    }

    fn assert_waits_for_a_person(&self) {
        let waits = self.scheduler.spec().policy.wait_for_persons;
        let asking = self.scheduler.counts().asking;
        assert!(waits && asking > 0, "nothing can happen: {:?}", self.scheduler.snapshot());
    }
}
