//! What became of the attempts that were under way when an engine died, as events.
//!
//! The log says which attempts were handed over and not seen to end; the keepers'
//! journals and the living processes say what became of them. The answer for each is
//! one or two reports that the dead engine would have made.
//!
//! | handed over | journal, processes | then |
//! |---|---|---|
//! | reserved | never started, same boot | withdrawn: nothing has happened |
//! | reserved | never started, other boot | unknown: the journal is not synced, power was lost |
//! | any | ended | finished, with everything the keeper saw |
//! | any | alive | started, and watched until it ends |
//! | any | gone | finished, outcome unknown |
//! | checking | some checks ended | those count, the next one runs |

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use checkoff_core::event::{Check, Evidence, Outcome};
use checkoff_core::scheduler::Stage;
use checkoff_core::{AttemptId, Effect, Event, RunId, Scheduler, Timestamp};
use checkoff_worker::{
    Alive, AttemptSpec, CancelMode, PartId, Report, SettleError, Settled, Settlement, Watch, settle,
};
use crossbeam_channel::Sender;

use crate::clock::now;
use crate::evidence::Outputs;
use crate::options::OnOrphan;

/// What a new engine begins with.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    /// Reports that are missing in the log, with their times.
    pub(crate) events: Vec<(Timestamp, Event)>,
    /// Stands in for the keeper of attempts that go on.
    pub(crate) watch: Option<Watch>,
    /// Checks of attempts being checked that have passed already.
    pub(crate) checks: BTreeMap<AttemptId, Vec<Check>>,
    /// Attempts of which a check still runs.
    checking: BTreeSet<AttemptId>,
}

impl Recovered {
    /// Whether what this effect asks for is under way already.
    pub(crate) fn goes_on(&self, effect: &Effect) -> bool {
        matches!(effect, Effect::RunChecks(attempt) if self.checking.contains(attempt))
    }
}

/// What is needed to find out.
pub(crate) struct Recovery<'a> {
    pub(crate) run: RunId,
    /// The folder of the run's keepers.
    pub(crate) home: &'a Path,
    /// The log was written since the machine last started.
    pub(crate) same_boot: bool,
    pub(crate) outputs: &'a Outputs,
    pub(crate) on_orphan: OnOrphan,
}

impl Recovery<'_> {
    /// Finds out about everything that is under way.
    pub(crate) fn settle(
        &self,
        scheduler: &Scheduler,
        reports: &Sender<Report>,
    ) -> Result<Recovered, SettleError> {
        let under_way = scheduler.under_way();
        let mut recovered = Recovered::default();
        if under_way.is_empty() {
            return Ok(recovered);
        }
        let parts = |(attempt, stage): &(AttemptId, Stage)| self.parts(scheduler, *attempt, *stage);
        let asked: Vec<PartId> = under_way.iter().flat_map(parts).collect();
        let answers = settle(self.home, &asked)?.into_iter();
        let answers: BTreeMap<PartId, Settlement> =
            answers.map(|Settled { id, outcome }| (id, outcome)).collect();
        let mut alive = Vec::new();
        for (attempt, stage) in under_way {
            if stage == Stage::Checking {
                self.take_checks(scheduler, attempt, &answers, &mut recovered, &mut alive);
            } else {
                let answer = answers.get(&PartId::work(self.run, attempt));
                let answer = answer.cloned().unwrap_or(Settlement::NeverStarted);
                self.take_work(attempt, stage, answer, &mut recovered, &mut alive);
            }
        }
        recovered.watch = self.watch(alive, reports)?;
        Ok(recovered)
    }

    /// Everything the keepers may know about an attempt.
    fn parts(&self, scheduler: &Scheduler, attempt: AttemptId, stage: Stage) -> Vec<PartId> {
        if stage != Stage::Checking {
            return vec![PartId::work(self.run, attempt)];
        }
        let checks = scheduler.spec().task(attempt.task).done_when.len();
        let numbers = 0..u16::try_from(checks).unwrap_or(u16::MAX);
        numbers.map(|nth| PartId::check(self.run, attempt, nth)).collect()
    }

    fn take_work(
        &self,
        attempt: AttemptId,
        stage: Stage,
        answer: Settlement,
        recovered: &mut Recovered,
        alive: &mut Vec<Alive>,
    ) {
        let (at, event) = match answer {
            Settlement::NeverStarted if stage == Stage::Reserved && self.same_boot => {
                (now(), Event::AttemptWithdrawn { attempt })
            }
            Settlement::NeverStarted => (now(), unknown(attempt, Evidence::default())),
            Settlement::Finished(finished) => {
                let account = self.outputs.account(finished, None);
                let (outcome, evidence) = (account.outcome, account.evidence);
                (evidence.ended_at, Event::AttemptFinished { attempt, outcome, evidence })
            }
            Settlement::Alive(one) => {
                let (process, at) = (one.process, one.started_at);
                alive.push(one);
                if stage != Stage::Reserved {
                    return;
                }
                (at, Event::AttemptStarted { attempt, process })
            }
            Settlement::Gone { started_at, output } => {
                let output = self.outputs.output(&output);
                let evidence =
                    Evidence { started_at, ended_at: now(), output, ..Evidence::default() };
                (now(), unknown(attempt, evidence))
            }
        };
        recovered.events.push((at, event));
    }

    /// Checks that ended well count; the first that did not, or still runs, is where the row
    /// goes on. A check may be run twice: it only looks.
    fn take_checks(
        &self,
        scheduler: &Scheduler,
        attempt: AttemptId,
        answers: &BTreeMap<PartId, Settlement>,
        recovered: &mut Recovered,
        alive: &mut Vec<Alive>,
    ) {
        let commands = &scheduler.spec().task(attempt.task).done_when;
        let passed = recovered.checks.entry(attempt).or_default();
        for (nth, command) in (0u16..).zip(commands) {
            match answers.get(&PartId::check(self.run, attempt, nth)) {
                Some(Settlement::Finished(finished)) if finished.exit.is_success() => {
                    let duration_us = finished.ended_at.since_us(finished.started_at);
                    let account = self.outputs.account(finished.clone(), None);
                    passed.push(Check {
                        command: command.clone(),
                        outcome: account.outcome,
                        duration_us,
                        output: account.evidence.output,
                    });
                }
                Some(Settlement::Alive(one)) => {
                    recovered.checking.insert(attempt);
                    return alive.push(one.clone());
                }
                _ => return,
            }
        }
    }

    fn watch(
        &self,
        alive: Vec<Alive>,
        reports: &Sender<Report>,
    ) -> Result<Option<Watch>, SettleError> {
        if alive.is_empty() {
            return Ok(None);
        }
        let ids: Vec<PartId> = alive.iter().map(|one| one.id).collect();
        let failed = |source| SettleError::Read { path: self.home.to_owned(), source };
        let watch = Watch::begin(alive, reports).map_err(failed)?;
        if self.on_orphan == OnOrphan::End {
            for id in ids {
                watch.cancel(id, CancelMode::Gentle, AttemptSpec::GRACE).map_err(failed)?;
            }
        }
        Ok(Some(watch))
    }
}

fn unknown(attempt: AttemptId, evidence: Evidence) -> Event {
    Event::AttemptFinished { attempt, outcome: Outcome::Unknown, evidence }
}
