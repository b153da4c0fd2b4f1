//! `checkoff run`: works a list off.
//!
//! Reading, selecting and asking happen before anything is started: a plan that
//! cannot be run is refused with every reason at once, and commands that this
//! user has never let run are shown first (see [`trust`]).

mod dry_run;
mod trust;

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use checkoff_core::graph::TaskIx;
use checkoff_core::spec::{Action, Limits, OnFailure, Policy, TaskSpec};
use checkoff_engine::{
    Engine, PrepareError, Prepared, Request, Running, Selection, StartError, prepare,
};
use checkoff_plan::document::Document;
use checkoff_plan::select::{self, Selector, Target};
use checkoff_plan::weave::{self, Plan};

use crate::board::Board;
use crate::commands::resume::Manner;
use crate::commands::set::unselected;
use crate::context::{Context, working_directory};
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{counted, styled, styles};
use crate::plan_files;
use crate::stores;
use crate::suggest;
use crate::watch;

/// Work a list off: run what can be run, in parallel, and check the boxes
///
/// A task with a `run` line is run as soon as all it needs is done, the longest chain first; its
/// box is checked when it ends well and its `done when` commands pass. A task without one is a
/// person's: the run goes on around it. Commands run in the folder of the list (for a list in one
/// of the usual places, `specs/*/tasks.md` say, in the project that holds it). Ctrl-C once finishes
/// what runs and stops, twice cancels.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A list can run any command, so those that you have not let run before are shown first. On a
terminal you are asked; elsewhere `--yes` says that you have read them (`--dry-run` shows them).

Examples:
  checkoff run                          the list of this project
  checkoff run TASKS.md --jobs 4
  checkoff run --until T020             T020 and all it needs
  checkoff run --phase Build --dry-run  what would run, in which order
  checkoff run --yes --format json      for programs: one event a line")]
pub(crate) struct Args {
    /// Lists, or a folder of lists, run as one plan [default: the list of this project]
    files: Vec<PathBuf>,
    /// How many tasks at once [default: as many as there are cores]
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroU32>,
    /// Only these tasks, and what is in them; what they need is taken for done
    #[arg(long, value_name = "TASK", value_delimiter = ',')]
    only: Vec<Selector>,
    /// These tasks and all they need
    #[arg(long, value_name = "TASK", value_delimiter = ',')]
    until: Vec<Selector>,
    /// Only the tasks of phases (headings) with this in their name
    #[arg(long, value_name = "NAME")]
    phase: Vec<String>,
    /// Show what would run, in which order, and run nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// After a failure go on with what does not depend on it (the default); `=false` stops
    #[arg(long, short, value_name = "YES", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "true", hide_possible_values = true)]
    keep_going: Option<bool>,
    /// Run commands that you have not let run before without asking
    #[arg(long, short)]
    yes: bool,
    /// Wait until persons have done their tasks, instead of ending when only those are left
    #[arg(long)]
    wait: bool,
    /// Check a parent too when its last child closes
    #[arg(long)]
    rollup: bool,
    #[command(flatten)]
    manner: Manner,
}

/// How far a run came.
enum Begun {
    /// There was nothing to run, or nothing was to be.
    Over(Exit),
    Running(Running, Box<Board>),
    /// Another run holds this list.
    Held(PathBuf),
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        loop {
            match self.begin(context)? {
                Begun::Over(exit) => return Ok(exit),
                Begun::Running(running, board) => {
                    return watch::watch(context, &running, *board, self.manner.format);
                }
                // Then all is read again: what the other run has done is not to be done twice.
                Begun::Held(list) => stores::wait_for(context, &list)?,
            }
        }
    }

    fn begin(&self, context: &Context) -> Result<Begun, CommandError> {
        let documents = self.documents(context)?;
        let projects = projects(&documents)?;
        let list = PathBuf::from(&documents[0].path);
        let plan = weave::weave(documents);
        let request = self.request(context, &plan, projects)?;
        let prepared = match prepare(&plan, &request) {
            Ok(prepared) => prepared,
            Err(PrepareError::NothingLeft) => {
                context.output.note(nothing_left(&plan));
                return Ok(Begun::Over(Exit::Success));
            }
            Err(PrepareError::Problems(problems)) => return Err(refused(context, &plan, &problems)),
        };
        say_assumed(context, &plan, &prepared);
        if self.dry_run {
            dry_run::print(context, &prepared)?;
            return Ok(Begun::Over(Exit::Success));
        }
        let runs = |task: &TaskSpec| matches!(task.action, Action::Shell { .. });
        if !prepared.plan.spec.tasks.iter().any(runs) {
            context.output.hint(
                "no task of this list says what to run; a bullet `run:` below one does \
                 (`checkoff init` writes a list with some)",
            );
        }
        trust::ask(context, &prepared.plan.spec, self.yes)?;
        let store = stores::for_list(context, &list)?;
        let options = stores::engine_options(&store)?;
        let board = Board::new(prepared.plan.spec.clone());
        // The documents of a long list are most of the memory, and the engine has its own.
        drop((plan, request));
        match Engine::start(options, prepared.plan) {
            Ok(running) => Ok(Begun::Running(running, Box::new(board))),
            Err(StartError::Held { path, .. }) if self.manner.wait_lock => Ok(Begun::Held(path)),
            Err(error) => Err(stores::start_error(error)),
        }
    }

    fn documents(&self, context: &Context) -> Result<Vec<Document>, CommandError> {
        if self.files.iter().any(|file| file == Path::new("-")) {
            return Err(CommandError::usage("boxes on standard input cannot be checked")
                .hint("`checkoff run FILE` runs a file"));
        }
        match &self.files[..] {
            [] => plan_files::documents(context, &[plan_files::one(context, None)?]),
            files => plan_files::documents(context, files),
        }
    }

    fn request(
        &self,
        context: &Context,
        plan: &Plan,
        projects: Vec<PathBuf>,
    ) -> Result<Request, CommandError> {
        let config = &context.config()?.run;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let jobs = self.jobs.map_or(config.jobs.unwrap_or(cores), |jobs| jobs.get() as usize);
        let keep_going = self.keep_going.or(config.keep_going).unwrap_or(true);
        let here = working_directory()?;
        Ok(Request {
            selection: self.selection(plan)?,
            limits: Limits { jobs: u32::try_from(jobs).unwrap_or(u32::MAX) },
            policy: Policy {
                on_failure: if keep_going { OnFailure::Block } else { OnFailure::Stop },
                wait_for_persons: self.wait,
                rollup: self.rollup,
            },
            projects,
            paths: plan.documents.iter().map(|document| here.join(&document.path)).collect(),
        })
    }

    fn selection(&self, plan: &Plan) -> Result<Option<Selection>, CommandError> {
        if self.only.is_empty() && self.until.is_empty() && self.phase.is_empty() {
            return Ok(None);
        }
        let find = |names: &[Selector]| {
            names.iter().map(|name| find_task(plan, name)).collect::<Result<Vec<_>, _>>()
        };
        let mut only = find(&self.only)?;
        for name in &self.phase {
            only.extend(find_phase(plan, name)?);
        }
        Ok(Some(Selection { only, until: find(&self.until)? }))
    }
}

/// For each document the folder its commands run in.
fn projects(documents: &[Document]) -> Result<Vec<PathBuf>, CommandError> {
    let here = working_directory()?;
    Ok(documents.iter().map(|it| plan_files::project_of(&here.join(&it.path))).collect())
}

/// The task a selector means.
fn find_task(plan: &Plan, selector: &Selector) -> Result<TaskIx, CommandError> {
    let documents: Vec<&Document> = plan.documents.iter().collect();
    let found = select::resolve_among(&documents, selector).map_err(unselected)?;
    let Target::Task(task) = found.target else {
        return Err(CommandError::usage("a box of a task cannot be run, only the task"));
    };
    Ok(plan.index_of(found.document, task).context("a task that is in no plan")?)
}

/// The tasks of the phases and sections with this in their name.
fn find_phase(plan: &Plan, name: &str) -> Result<Vec<TaskIx>, CommandError> {
    let wanted = name.to_lowercase();
    let has = |heading: &Option<String>| {
        heading.as_ref().is_some_and(|heading| heading.to_lowercase().contains(&wanted))
    };
    let tasks: Vec<_> = plan
        .indexed()
        .filter(|(_, task)| has(&task.phase) || has(&task.section))
        .map(|(index, _)| index)
        .collect();
    if !tasks.is_empty() {
        return Ok(tasks);
    }
    let mut phases: Vec<&str> =
        plan.indexed().filter_map(|(_, task)| task.phase.as_deref()).collect();
    phases.dedup();
    let error = CommandError::input(format_args!("there is no phase `{name}`"));
    Err(match suggest::nearest(name, phases.iter().copied()) {
        Some(meant) => error.hint(format_args!("did you mean `{meant}`?")),
        None if phases.is_empty() => error.hint("no task of this list stands under a heading"),
        None => error.hint(format_args!("there are: {}", phases.join("; "))),
    })
}

fn nothing_left(plan: &Plan) -> String {
    let tasks = counted(plan.tasks.len(), "task");
    let word = styled(styles::GOOD, "nothing left to do");
    format!("{word}: what was asked for is closed ({tasks} in the list)")
}

/// Shows every reason why the plan cannot be run.
fn refused(context: &Context, plan: &Plan, problems: &[weave::Problem]) -> CommandError {
    const PROBLEMS_MAX: usize = 20;
    for problem in problems.iter().take(PROBLEMS_MAX) {
        let path = plan.documents.get(problem.document).map_or("", |document| &document.path);
        let place = styled(styles::DIM, format_args!("{path}:{}:", problem.line)).to_string();
        context.output.warn(format_args!("{place} {}", plan.describe(problem)));
    }
    let count = problems.len();
    let what = if count == 1 { "this is" } else { "these are" };
    CommandError::input(format_args!("the list cannot be run before {what} settled"))
        .hint("`checkoff check` shows the lines; `checkoff why TASK` the chain of what it needs")
}

/// Says which needs outside the selection are taken for done.
fn say_assumed(context: &Context, plan: &Plan, prepared: &Prepared) {
    const ASSUMED_MAX: usize = 5;
    for (task, needed) in prepared.assumed.iter().take(ASSUMED_MAX) {
        context.output.warn(format_args!(
            "{} needs {}, which is open and not part of this run; taken for done",
            plan.name(*task),
            plan.name(*needed)
        ));
    }
    if prepared.assumed.len() > ASSUMED_MAX {
        let more = prepared.assumed.len() - ASSUMED_MAX;
        context.output.warn(format_args!("and {more} more such needs (`--until` runs them too)"));
    }
}
