//! Starting and resuming runs.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use checkoff_core::spec::{InvalidSpec, RunSpec};
use checkoff_core::{Effect, Event, RunId, Scheduler, TaskIndex, Timestamp};
use checkoff_store::{NewRun, Source, SqliteStore, Store};
use checkoff_worker::keeper::{KeeperOptions, next_folder};
use checkoff_worker::{Keeper, KeeperError, Report, SettleError};
use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::boxes::{PlanFiles, Writer};
use crate::clock::{boot_id, now, same_boot};
use crate::evidence::{Examiner, Outputs};
use crate::handle::{Handle, Running};
use crate::lock::{Holder, LockError, RunLock};
use crate::options::{KeeperHost, OnOrphan, Options};
use crate::recover::{Recovered, Recovery};
use crate::run_loop::{Parts, Revived, RunLoop};
use crate::update::Update;

/// How many events of a log are read at once.
const PAGE: usize = 10_000;

/// What a new run is to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The tasks, resolved; [`prepare`](crate::prepare()) makes it of a plan.
    pub spec: RunSpec,
    /// The bytes of the plan files the spec was made of, in the order of `spec.files`.
    pub sources: Vec<Source>,
}

/// What to do with a run that is taken up again.
#[derive(Debug, Clone, Default)]
pub struct Resume {
    /// Tasks to try again, though they failed, are blocked or ask.
    pub retry: Vec<TaskIndex>,
    /// Tasks a person says are done.
    pub done: Vec<TaskIndex>,
    /// Only settle what is under way, and end it.
    pub cancel: bool,
}

/// Starts and resumes runs.
#[derive(Debug)]
pub struct Engine;

impl Engine {
    /// Makes a run and starts it on threads of its own; returns once it is in the store.
    ///
    /// # Errors
    /// When nothing was started; nothing is left behind but perhaps a run without events.
    pub fn start(options: Options, plan: Plan) -> Result<Running, StartError> {
        plan.spec.check()?;
        let mut lock = RunLock::take(&paths_of(&plan.spec), options.when_locked)?;
        let store = SqliteStore::open(&options.store)?;
        let new = NewRun { created_at: now(), spec: plan.spec, sources: plan.sources };
        let run = store.create_run(&new)?;
        lock.name(run, &options.store);
        let NewRun { spec, sources, .. } = new;
        let start = Start {
            run,
            store,
            lock,
            scheduler: Scheduler::new(Arc::new(spec)),
            seq: 0,
            sources,
            first: vec![(now(), Event::RunStarted { boot: boot_id() })],
            recovered: Recovered::default(),
            outstanding: Vec::new(),
            reports: unbounded(),
        };
        start.go(&options)
    }

    /// Takes up a run again: after a crash, after its end, or to answer for a person.
    ///
    /// What is under way under a living keeper goes on or is ended, by
    /// [`Options::on_orphan`]; boxes that persons have checked since count as their word.
    ///
    /// # Errors
    /// When the run could not be taken up; it is as it was.
    pub fn resume(options: Options, run: RunId, resume: Resume) -> Result<Running, StartError> {
        let store = SqliteStore::open(&options.store)?;
        let spec = Arc::new(store.spec(run)?);
        let mut lock = RunLock::take(&paths_of(&spec), options.when_locked)?;
        lock.name(run, &options.store);
        // After the lock: the former engine has written its last event.
        let log = replay(&store, run, &spec)?;
        let sources = store.sources(run)?;
        let mut first = answers(&log.scheduler, &resume, &mut PlanFiles::new(&spec, &sources))?;
        first.push((now(), log.opening()));
        if resume.cancel {
            first.push((now(), Event::CancelRequested));
        }
        let reports = unbounded();
        let recovery = Recovery {
            run,
            home: &home_of(&options.store, run),
            same_boot: same_boot(&log.boot),
            outputs: &Outputs::new(&options.store),
            on_orphan: options.on_orphan,
        };
        let recovered = recovery.settle(&log.scheduler, &reports.0)?;
        let mut outstanding = log.scheduler.outstanding();
        outstanding.retain(|effect| !recovered.goes_on(effect));
        let (scheduler, seq) = (log.scheduler, log.seq);
        let start = Start {
            run,
            store,
            lock,
            scheduler,
            seq,
            sources,
            first,
            recovered,
            outstanding,
            reports,
        };
        start.go(&options)
    }
}

/// A run that is ready to go.
struct Start {
    run: RunId,
    store: SqliteStore,
    lock: RunLock,
    scheduler: Scheduler,
    seq: u64,
    sources: Vec<Source>,
    /// The first events to step.
    first: Vec<(Timestamp, Event)>,
    recovered: Recovered,
    /// Effects that the former engine may not have performed.
    outstanding: Vec<Effect>,
    reports: (Sender<Report>, Receiver<Report>),
}

impl Start {
    /// Starts the keeper and the threads.
    fn go(mut self, options: &Options) -> Result<Running, StartError> {
        let Start { run, store, lock, scheduler, seq, sources, mut first, .. } = self;
        let (report_sender, reports) = self.reports;
        let keeper = spawn_keeper(options, run, &scheduler, report_sender.clone())?;
        let again = options.clone();
        let revive = move |scheduler: &Scheduler| {
            let recovery = Recovery {
                run,
                home: &home_of(&again.store, run),
                same_boot: true,
                outputs: &Outputs::new(&again.store),
                on_orphan: OnOrphan::Adopt,
            };
            let recovered = recovery.settle(scheduler, &report_sender)?;
            let runtime = spawn_keeper(&again, run, scheduler, report_sender.clone())?;
            Ok(Revived { runtime: Box::new(runtime), recovered })
        };
        let (input_sender, inputs) = unbounded();
        let (update_sender, updates) = unbounded();
        let outputs = Outputs::new(&options.store);
        let writer = Writer::begin(scheduler.spec(), &sources, input_sender.clone())
            .map_err(StartError::Thread)?;
        drop(sources);
        let examiner =
            Examiner::begin(outputs.clone(), input_sender.clone()).map_err(StartError::Thread)?;
        first.append(&mut self.recovered.events);
        let parts = Parts {
            run,
            store: Box::new(store),
            scheduler,
            seq,
            runtime: Box::new(keeper),
            reports,
            inputs,
            updates: update_sender.clone(),
            writer,
            examiner,
            outputs,
            recovered: self.recovered,
            revive: Box::new(revive),
        };
        let outstanding = self.outstanding;
        let run_to_end = move || {
            let ended = RunLoop::new(parts).run(first, outstanding);
            // The next engine may take the files as soon as the end is known.
            drop(lock);
            let _ = update_sender.send(Update::Ended(ended));
        };
        std::thread::Builder::new()
            .name("checkoff-engine".to_owned())
            .spawn(run_to_end)
            .map_err(StartError::Thread)?;
        Ok(Running { handle: Handle { run, inputs: input_sender }, updates })
    }
}

fn spawn_keeper(
    options: &Options,
    run: RunId,
    scheduler: &Scheduler,
    reports: Sender<Report>,
) -> Result<Keeper, StartError> {
    let folder = next_folder(&home_of(&options.store, run))?;
    let slots = scheduler.spec().limits.jobs;
    let keeper_options = KeeperOptions { slots, ..KeeperOptions::default() };
    Ok(match &options.keeper {
        KeeperHost::Process(program) => {
            let mut program = Command::new(program);
            program.args(&options.keeper_args);
            Keeper::spawn(program, &folder, keeper_options, reports)?
        }
        KeeperHost::Thread => Keeper::in_process(&folder, keeper_options, reports)?,
    })
}

/// The folder of a run's keepers, and so of its long outputs.
fn home_of(store: &Path, run: RunId) -> PathBuf {
    store.join("runs").join(run.to_string())
}

fn paths_of(spec: &RunSpec) -> Vec<PathBuf> {
    spec.files.iter().map(|file| PathBuf::from(&file.path)).collect()
}

/// A run as its log describes it.
pub(crate) struct Log {
    pub(crate) scheduler: Scheduler,
    /// Number of the last event.
    pub(crate) seq: u64,
    /// The boot that the last engine named.
    pub(crate) boot: String,
}

impl Log {
    /// How a new engine begins: a run that never came to its first event is started.
    fn opening(&self) -> Event {
        let boot = boot_id();
        if self.seq == 0 { Event::RunStarted { boot } } else { Event::RunResumed { boot } }
    }
}

/// Reads a run's log into its state.
pub(crate) fn replay(
    store: &dyn Store,
    run: RunId,
    spec: &Arc<RunSpec>,
) -> Result<Log, checkoff_store::Error> {
    let mut log = Log { scheduler: Scheduler::new(Arc::clone(spec)), seq: 0, boot: String::new() };
    loop {
        let page = store.read(run, log.seq, PAGE)?;
        let Some(last) = page.last() else { return Ok(log) };
        log.seq = last.seq;
        for recorded in page {
            if let Event::RunStarted { boot } | Event::RunResumed { boot } = &recorded.event {
                log.boot.clone_from(boot);
            }
            log.scheduler.replay(recorded.at, &recorded.event);
        }
    }
}

/// What persons have said since: on the command line, or in the file.
fn answers(
    scheduler: &Scheduler,
    resume: &Resume,
    files: &mut PlanFiles,
) -> Result<Vec<(Timestamp, Event)>, StartError> {
    let name = |task: TaskIndex| scheduler.spec().task(task).name.clone();
    let mut answers = Vec::new();
    let mut done = resume.done.clone();
    for &task in &resume.done {
        if !scheduler.can_be_done_by_person(task) {
            return Err(StartError::NotForAPerson { task: name(task) });
        }
    }
    done.extend(
        files
            .look()
            .into_iter()
            .filter(|task| scheduler.can_be_done_by_person(*task) && !resume.retry.contains(task)),
    );
    done.sort_unstable();
    done.dedup();
    answers.extend(done.into_iter().map(|task| (now(), Event::PersonDone { task })));
    for &task in &resume.retry {
        if !scheduler.can_retry(task) {
            return Err(StartError::NotToRetry { task: name(task) });
        }
        answers.push((now(), Event::RetryRequested { task }));
    }
    Ok(answers)
}

/// A run could not be started or taken up.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another engine holds this plan file, and so its boxes.
    #[error("`{}` is in use by {}", path.display(), holder_name(*run, *pid))]
    Held {
        /// The plan file.
        path: PathBuf,
        /// The run that holds it; `None` while it is being made.
        run: Option<RunId>,
        /// The process of its engine; 0 when it has not said yet.
        pid: u32,
        /// Since when.
        since: Timestamp,
    },
    /// The lock of a plan file cannot be made.
    #[error("failed to lock `{}`", path.display())]
    Lock {
        /// The plan file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The spec makes no sense.
    #[error("the plan cannot be run: {0}")]
    Spec(InvalidSpec),
    /// A task is asked to be retried that is done, under way or not yet tried.
    #[error("task `{task}` has not failed, and asks nothing: there is nothing to retry")]
    NotToRetry {
        /// Its name.
        task: String,
    },
    /// A task is said to be done that is done already, or under way.
    #[error("task `{task}` is done or under way: a person cannot set it done")]
    NotForAPerson {
        /// Its name.
        task: String,
    },
    /// The store said no.
    #[error(transparent)]
    Store(#[from] checkoff_store::Error),
    /// The keeper did not start.
    #[error(transparent)]
    Keeper(#[from] KeeperError),
    /// It cannot be said what became of the attempts under way.
    #[error(transparent)]
    Settle(#[from] SettleError),
    /// No thread could be made.
    #[error("failed to start a thread")]
    Thread(#[source] io::Error),
}

fn holder_name(run: Option<RunId>, pid: u32) -> String {
    let run = run.map_or_else(|| "another run".to_owned(), |run| format!("run {run}"));
    if pid == 0 { run } else { format!("{run} (process {pid})") }
}

impl From<InvalidSpec> for StartError {
    fn from(invalid: InvalidSpec) -> StartError {
        StartError::Spec(invalid)
    }
}

impl From<LockError> for StartError {
    fn from(error: LockError) -> StartError {
        match error {
            LockError::Held(Holder { path, run, pid, since, store: _ }) => {
                StartError::Held { path, run, pid, since }
            }
            LockError::Failed { path, source } => StartError::Lock { path, source },
        }
    }
}
