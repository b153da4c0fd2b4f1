//! The loop: takes what has happened, steps, commits once, acts.
//!
//! Everything that can happen is an [`Input`] or a runtime's report, and all of it
//! passes through here in one order. A turn takes *everything* that waits, so that
//! the more happens the fewer commits are made of it; when enough attempts are
//! reserved ahead to keep every slot busy, a turn waits a moment longer for more
//! ([`RunLoop::linger`]).
//!
//! An effect is performed after the commit of the events that ask for it, never
//! before. If the commit fails, nothing of the turn was done: the loop ends, the
//! keeper writes down what still runs, and a resume goes on from the log.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use checkoff_core::event::{Check, Outcome, Output, RunOutcome};
use checkoff_core::scheduler::{RunStage, Stage};
use checkoff_core::spec::Action;
use checkoff_core::{AttemptId, Effect, Event, RunId, Scheduler, TaskIndex, Timestamp};
use checkoff_store::{Recorded, Store};
use checkoff_worker::{
    AttemptSpec, CancelMode, Finished, Part, PartId, Report, Runtime, RuntimeGone, Watch,
};
use crossbeam_channel::{Receiver, Sender, after, never, select};

use crate::boxes::{self, Writer};
use crate::clock::now;
use crate::engine::StartError;
use crate::evidence::changes::Baseline;
use crate::evidence::{Account, Examiner, Outputs, takes_time};
use crate::handle::Command;
use crate::recover::Recovered;
use crate::update::{Ended, Update};

/// What can happen, beside the runtime's reports.
#[derive(Debug)]
pub(crate) enum Input {
    /// Somebody asked.
    Command(Command),
    /// An attempt was looked at.
    Account(Box<Account>),
    /// Boxes were written, or not.
    Boxes(boxes::Outcome),
    /// These tasks are closed in their files.
    Seen(Vec<TaskIndex>),
}

/// At most so many events in one commit: beyond it the log's readers wait too long.
const BATCH_MAX: usize = 4_096;
/// A turn is not put off longer than this: an interrupt and the screen wait for it. Each commit
/// costs a flush, four locks and the page that it appends to, whatever is in it.
const LINGER_MAX: Duration = Duration::from_millis(30);
/// So many keepers may die under one engine: something is wrong with the machine then.
const KEEPERS_LOST_MAX: u32 = 5;
/// How often the files are looked at while a person is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What the loop works with.
pub(crate) struct Parts {
    pub(crate) run: RunId,
    pub(crate) store: Box<dyn Store>,
    pub(crate) scheduler: Scheduler,
    /// Number of the last event in the log.
    pub(crate) seq: u64,
    pub(crate) runtime: Box<dyn Runtime>,
    pub(crate) reports: Receiver<Report>,
    pub(crate) inputs: Receiver<Input>,
    pub(crate) updates: Sender<Update>,
    pub(crate) writer: Writer,
    pub(crate) examiner: Examiner,
    pub(crate) outputs: Outputs,
    /// What a former engine left under way.
    pub(crate) recovered: Recovered,
    /// Finds out what became of everything and starts another keeper, when one has died.
    pub(crate) revive: Revive,
}

/// See [`Parts::revive`].
pub(crate) type Revive = Box<dyn Fn(&Scheduler) -> Result<Revived, StartError> + Send>;

/// A new keeper, and what the dead one left behind.
pub(crate) struct Revived {
    pub(crate) runtime: Box<dyn Runtime>,
    pub(crate) recovered: Recovered,
}

/// Why a loop ended before its run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoopError {
    #[error(transparent)]
    Store(#[from] checkoff_store::Error),
    #[error("the keeper died {times} times, the last time: {why}")]
    KeeperLost { times: u32, why: String },
    #[error("the keeper died and cannot be replaced")]
    Revive(#[source] Box<StartError>),
}

pub(crate) struct RunLoop {
    parts: Parts,
    /// Events of the turn, in order.
    batch: Vec<(Timestamp, Event)>,
    /// What they ask for.
    effects: Vec<Effect>,
    /// Attempts whose end is in the batch: the keeper may forget them after the commit.
    ended: Vec<PartId>,
    /// Declared files as they were before each attempt.
    baselines: BTreeMap<AttemptId, Baseline>,
    /// Results of the checks that ran so far.
    checks: BTreeMap<AttemptId, Vec<Check>>,
    /// A request to the writer is open.
    writing: bool,
    /// No need to write before.
    rest_until: Instant,
    /// When to look at the files for what persons have done.
    look_at: Option<Instant>,
    cancels: u32,
    /// Looks after attempts of dead keepers.
    watches: Vec<Watch>,
    /// How many keepers have died under this engine.
    keepers_lost: u32,
}

impl RunLoop {
    pub(crate) fn new(mut parts: Parts) -> RunLoop {
        let recovered = std::mem::take(&mut parts.recovered);
        RunLoop {
            parts,
            batch: Vec::new(),
            effects: Vec::new(),
            ended: Vec::new(),
            baselines: BTreeMap::new(),
            checks: recovered.checks,
            writing: false,
            rest_until: Instant::now(),
            look_at: None,
            cancels: 0,
            watches: recovered.watch.into_iter().collect(),
            keepers_lost: 0,
        }
    }

    /// Runs from these first events to the end of the run. `outstanding` are effects of a
    /// former engine that may not have been performed.
    pub(crate) fn run(mut self, first: Vec<(Timestamp, Event)>, outstanding: Vec<Effect>) -> Ended {
        let run = self.parts.run;
        match self.run_to_end(first, outstanding) {
            Ok(outcome) => Ended::Finished { run, outcome },
            Err(error) => Ended::Broken { run, causes: causes(&error) },
        }
    }

    fn run_to_end(
        &mut self,
        first: Vec<(Timestamp, Event)>,
        outstanding: Vec<Effect>,
    ) -> Result<RunOutcome, LoopError> {
        self.effects = outstanding;
        for (at, event) in first {
            self.step(at, event);
        }
        loop {
            self.commit()?;
            self.act();
            if let RunStage::Finished(outcome) = self.parts.scheduler.run() {
                return Ok(outcome);
            }
            self.write_boxes();
            self.wait()?;
        }
    }

    /// Takes one report into the log.
    fn step(&mut self, at: Timestamp, event: Event) {
        let effects = self.parts.scheduler.step(at, &event);
        self.batch.push((at, event));
        for effect in effects {
            match effect {
                Effect::Record(decision) => self.batch.push((at, decision)),
                other => self.effects.push(other),
            }
        }
    }

    fn commit(&mut self) -> Result<(), LoopError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let batch = std::mem::take(&mut self.batch);
        let after = self.parts.seq;
        self.parts.seq = self.parts.store.append(self.parts.run, after, &batch)?;
        for (seq, (at, event)) in (after + 1..).zip(batch) {
            // A watcher that is gone is no reason to stop.
            let _ = self.parts.updates.send(Update::Committed(Recorded { seq, at, event }));
        }
        if !self.ended.is_empty() {
            let ended = std::mem::take(&mut self.ended);
            told(self.parts.runtime.acknowledge(&ended));
        }
        Ok(())
    }

    fn act(&mut self) {
        for effect in std::mem::take(&mut self.effects) {
            match effect {
                Effect::StartAttempt(attempt) => self.start(attempt),
                Effect::WithdrawAttempt(attempt) => {
                    told(self.parts.runtime.withdraw(PartId::work(self.parts.run, attempt)));
                }
                Effect::CancelAttempt(attempt) => self.cancel(attempt, CancelMode::Gentle),
                Effect::RunChecks(attempt) => self.next_check(attempt),
                Effect::AskPerson(_) => self.look_at = Some(Instant::now() + LOOK_EVERY),
                // Boxes are read off the scheduler's state, and so is the end of the run.
                Effect::WriteBox(_) | Effect::FinishRun(_) | Effect::Record(_) => {}
            }
        }
    }

    fn start(&mut self, attempt: AttemptId) {
        let spec = Arc::clone(self.parts.scheduler.spec());
        let task = spec.task(attempt.task);
        let Action::Shell { script, shell } = &task.action else {
            unreachable!("only shell tasks are reserved, not {}", task.key);
        };
        if let Some(baseline) = Baseline::of(Path::new(&task.cwd), &task.files) {
            self.baselines.insert(attempt, baseline);
        }
        let mut asked = AttemptSpec::shell(PartId::work(self.parts.run, attempt), script.clone());
        if !shell.is_empty() {
            asked.shell.clone_from(shell);
        }
        asked.timeout = task.timeout_ms.map(Duration::from_millis);
        self.fill_in(&mut asked, attempt.task);
        told(self.parts.runtime.start(asked));
    }

    /// Starts the first check that has not run yet, or says that all have.
    fn next_check(&mut self, attempt: AttemptId) {
        let spec = Arc::clone(self.parts.scheduler.spec());
        let commands = &spec.task(attempt.task).done_when;
        let nth = self.checks.entry(attempt).or_default().len();
        let Some(command) = commands.get(nth) else {
            return self.finish_checks(attempt);
        };
        let number = u16::try_from(nth).unwrap_or(u16::MAX);
        let id = PartId::check(self.parts.run, attempt, number);
        let mut asked = AttemptSpec::shell(id, command.clone());
        asked.timeout = spec.task(attempt.task).timeout_ms.map(Duration::from_millis);
        self.fill_in(&mut asked, attempt.task);
        told(self.parts.runtime.start(asked));
    }

    fn fill_in(&self, asked: &mut AttemptSpec, task: TaskIndex) {
        let about = self.parts.scheduler.spec().task(task);
        asked.cwd = PathBuf::from(&about.cwd);
        asked.env.clone_from(&about.env);
        asked.env.push(("CHECKOFF_TASK".to_owned(), about.key.clone()));
    }

    fn cancel(&mut self, attempt: AttemptId, mode: CancelMode) {
        let checked = self.checks.get(&attempt).map_or(0, Vec::len);
        let checking = self.parts.scheduler.stage(attempt.task) == Stage::Checking;
        let part = match u16::try_from(checked) {
            Ok(nth) if checking => Part::Check(nth),
            _ => Part::Work,
        };
        let id = PartId { run: self.parts.run, attempt, part };
        for watch in &self.watches {
            // One that is not watched is the runtime's; one that may not be signalled
            // reports its end when it comes.
            let _ = watch.cancel(id, mode, AttemptSpec::GRACE);
        }
        told(self.parts.runtime.cancel(id, mode));
    }

    /// The keeper has died, and with it the word on what it looked after. What became of that
    /// is found out as after a crash, and another keeper takes over.
    fn replace_keeper(&mut self, why: String) -> Result<(), LoopError> {
        self.keepers_lost += 1;
        if self.keepers_lost > KEEPERS_LOST_MAX {
            return Err(LoopError::KeeperLost { times: self.keepers_lost, why });
        }
        let revived = (self.parts.revive)(&self.parts.scheduler);
        let Revived { runtime, mut recovered } =
            revived.map_err(|error| LoopError::Revive(Box::new(error)))?;
        self.parts.runtime = runtime;
        // What this turn has yet to start was settled with the rest, as never started: it is
        // handed over anew, and to start the old attempt as well would run the task twice.
        self.effects
            .retain(|effect| !matches!(effect, Effect::StartAttempt(_) | Effect::RunChecks(_)));
        self.watches.extend(recovered.watch.take());
        let checks: Vec<Effect> = self.parts.scheduler.outstanding();
        let checks = checks
            .into_iter()
            .filter(|effect| matches!(effect, Effect::RunChecks(_)) && !recovered.goes_on(effect));
        self.effects.extend(checks);
        self.checks.append(&mut recovered.checks);
        for (at, event) in recovered.events {
            self.step(at, event);
        }
        Ok(())
    }
}

/// A keeper that is gone has said so on the way of the reports, or is about to: there it is
/// replaced, and whatever it was told just now is found out about with the rest.
fn told(result: Result<(), RuntimeGone>) {
    let _ = result;
}

/// Waiting for what happens next.
impl RunLoop {
    /// Blocks until something has happened, and takes all that has.
    fn wait(&mut self) -> Result<(), LoopError> {
        let timer = self
            .alarm()
            .map_or_else(never, |at| after(at.saturating_duration_since(Instant::now())));
        select! {
            recv(self.parts.reports) -> report => match report {
                Ok(report) => {
                    self.linger();
                    self.take_report(report)?;
                }
                // The way to make another keeper holds the other end.
                Err(_) => unreachable!("nobody can report any more"),
            },
            recv(self.parts.inputs) -> input => match input {
                Ok(input) => self.take_input(input),
                // The engine's own threads hold the other end.
                Err(_) => unreachable!("nobody can ask any more"),
            },
            recv(timer) -> _ => self.look(),
        }
        while self.batch.len() < BATCH_MAX {
            if let Ok(report) = self.parts.reports.try_recv() {
                self.take_report(report)?;
            } else if let Ok(input) = self.parts.inputs.try_recv() {
                self.take_input(input);
            } else {
                break;
            }
        }
        Ok(())
    }

    /// Waits a moment for more to commit at once, as far as that leaves no slot idle: as long
    /// as half of what is reserved ahead will take, by the durations so far.
    fn linger(&self) {
        let wait = Duration::from_micros(self.parts.scheduler.slack_us()).min(LINGER_MAX);
        if !wait.is_zero() {
            std::thread::sleep(wait);
        }
    }

    /// When to wake up though nothing happens.
    fn alarm(&self) -> Option<Instant> {
        let boxes = self.parts.scheduler.boxes_due().len() > 0 && !self.writing;
        let rest = boxes.then_some(self.rest_until);
        [rest, self.look_at].into_iter().flatten().min()
    }

    fn look(&mut self) {
        let asking = self.parts.scheduler.counts().asking > 0;
        if self.look_at.is_some_and(|at| at <= Instant::now()) {
            self.look_at = asking.then(|| Instant::now() + LOOK_EVERY);
            if asking {
                self.parts.writer.look();
                self.look_at = None;
            }
        }
    }

    /// Hands what is due to the writer, unless it rests; it does not rest when nothing else
    /// is going on.
    fn write_boxes(&mut self) {
        let scheduler = &self.parts.scheduler;
        let rested = scheduler.is_idle() || Instant::now() >= self.rest_until;
        if !self.writing && rested && scheduler.boxes_due().len() > 0 {
            self.parts.writer.write(scheduler.boxes_due().collect());
            self.writing = true;
        }
    }
}

/// Taking what has happened.
impl RunLoop {
    fn take_report(&mut self, report: Report) -> Result<(), LoopError> {
        match report {
            Report::Started { id, process, at, spool } => {
                if id.part == Part::Work && self.stage_of(id) == Some(Stage::Reserved) {
                    let attempt = id.attempt;
                    let _ = self.parts.updates.send(Update::Output { attempt, spool });
                    self.step(at, Event::AttemptStarted { attempt, process });
                }
            }
            Report::Withdrawn { id } => {
                if self.stage_of(id) == Some(Stage::Reserved) {
                    self.baselines.remove(&id.attempt);
                    self.step(now(), Event::AttemptWithdrawn { attempt: id.attempt });
                }
            }
            Report::Finished(finished) => {
                let baseline = match finished.id.part {
                    Part::Work => self.baselines.remove(&finished.id.attempt),
                    Part::Check(_) => None,
                };
                if takes_time(&finished, baseline.as_ref()) {
                    self.parts.examiner.examine(finished, baseline);
                } else {
                    let account = self.parts.outputs.account(finished, None);
                    self.take_account(account);
                }
            }
            Report::Lost { why } => self.replace_keeper(why)?,
        }
        Ok(())
    }

    /// The stage of the task, if this is about its last attempt.
    fn stage_of(&self, id: PartId) -> Option<Stage> {
        let scheduler = &self.parts.scheduler;
        let ours = id.run == self.parts.run
            && id.attempt.task.get() < scheduler.spec().tasks.len()
            && scheduler.last_attempt(id.attempt.task) == Some(id.attempt);
        ours.then(|| scheduler.stage(id.attempt.task))
    }

    fn take_account(&mut self, account: Account) {
        let Account { finished, outcome, evidence } = account;
        let (id, attempt) = (finished.id, finished.id.attempt);
        let stage = self.stage_of(id);
        match (id.part, stage) {
            (Part::Work, Some(Stage::Reserved | Stage::Running(_))) => {
                let at = evidence.ended_at;
                self.ended.push(id);
                self.step(at, Event::AttemptFinished { attempt, outcome, evidence });
            }
            (Part::Check(nth), Some(Stage::Checking))
                if usize::from(nth) == self.checks.get(&attempt).map_or(0, Vec::len) =>
            {
                self.ended.push(id);
                if self.says_nothing(&outcome) {
                    return self.next_check(attempt);
                }
                let check = self.check(id, &finished, outcome, evidence.output);
                self.take_check(attempt, check);
            }
            // Told twice, by the journal and by who watched it.
            _ => {}
        }
    }

    /// A check whose end nobody saw, or that was ended with its keeper, has not looked: it is
    /// run again, for looking twice does no harm. In a run that is being cancelled it stays so.
    fn says_nothing(&self, outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Unknown | Outcome::Cancelled)
            && self.parts.scheduler.run() != RunStage::Cancelling
    }

    fn check(&self, id: PartId, finished: &Finished, outcome: Outcome, output: Output) -> Check {
        let Part::Check(nth) = id.part else { unreachable!("{id} is no check") };
        let task = self.parts.scheduler.spec().task(id.attempt.task);
        Check {
            command: task.done_when.get(usize::from(nth)).cloned().unwrap_or_default(),
            outcome,
            duration_us: finished.ended_at.since_us(finished.started_at),
            output,
        }
    }

    /// The first check that does not pass ends the row.
    fn take_check(&mut self, attempt: AttemptId, check: Check) {
        let spec = Arc::clone(self.parts.scheduler.spec());
        let passed = check.outcome.is_success();
        let checks = self.checks.entry(attempt).or_default();
        checks.push(check);
        let next = spec.task(attempt.task).done_when.get(checks.len());
        match next {
            Some(command) if passed && self.parts.scheduler.run() == RunStage::Cancelling => {
                let (command, outcome) = (command.clone(), Outcome::Cancelled);
                checks.push(Check { command, outcome, duration_us: 0, output: Output::default() });
            }
            Some(_) if passed => return self.next_check(attempt),
            _ => {}
        }
        self.finish_checks(attempt);
    }

    fn finish_checks(&mut self, attempt: AttemptId) {
        let checks = self.checks.remove(&attempt).unwrap_or_default();
        self.step(now(), Event::ChecksFinished { attempt, checks });
    }

    fn take_input(&mut self, input: Input) {
        match input {
            Input::Command(Command::Drain) => {
                if self.parts.scheduler.run() == RunStage::Open {
                    self.step(now(), Event::DrainRequested);
                }
            }
            Input::Command(Command::Cancel) => self.take_cancel(),
            Input::Account(account) => self.take_account(*account),
            Input::Boxes(outcome) => {
                self.writing = false;
                self.rest_until = outcome.rest_until;
                for event in outcome.events {
                    self.step(now(), event);
                }
            }
            Input::Seen(tasks) => {
                self.look_at = Some(Instant::now() + LOOK_EVERY);
                for task in tasks {
                    if self.parts.scheduler.can_be_done_by_person(task) {
                        self.step(now(), Event::PersonDone { task });
                    }
                }
            }
        }
    }

    /// The first time TERM, then KILL; asked again, KILL at once.
    fn take_cancel(&mut self) {
        self.cancels += 1;
        if self.cancels == 1 {
            return self.step(now(), Event::CancelRequested);
        }
        for (attempt, stage) in self.parts.scheduler.under_way() {
            if stage != Stage::Reserved {
                self.cancel(attempt, CancelMode::Now);
            }
        }
    }
}

/// An error and what led to it, outermost first.
pub(crate) fn causes(error: &dyn std::error::Error) -> Vec<String> {
    let mut causes = vec![error.to_string()];
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}
