//! Where runs are kept, and which of them is meant.
//!
//! A new run is kept beside its list, unless `--store` or `checkoff.toml` say
//! otherwise. A question about runs looks there, and where nothing is said, in
//! the nearest `.checkoff` at or above the working directory, then beside the
//! usual lists; of several the one that was used last.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use checkoff_core::{RunId, TaskIndex};
use checkoff_engine::{History, HistoryError, Holder, Options, StartError};
use checkoff_store::{Error as StoreError, RunRow};

use crate::board::Board;
use crate::context::{Context, working_directory};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::plan_files;
use crate::suggest;
use crate::watch::{self, Stage};

/// The name of the folder beside a list.
const FOLDER: &str = ".checkoff";

/// The folder that was asked for, by option or configuration.
fn asked_for(context: &Context) -> Result<Option<PathBuf>, CommandError> {
    if let Some(store) = &context.settings.store {
        return Ok(Some(store.clone()));
    }
    Ok(context.config()?.store.clone())
}

/// Where a new run of this list is kept.
pub(crate) fn for_list(context: &Context, list: &Path) -> Result<PathBuf, CommandError> {
    if let Some(store) = asked_for(context)? {
        return Ok(store);
    }
    Ok(list.parent().unwrap_or(Path::new("")).join(FOLDER))
}

/// Where the runs of this project are kept.
fn existing(context: &Context) -> Result<PathBuf, CommandError> {
    if let Some(store) = asked_for(context)? {
        return Ok(store);
    }
    let here = working_directory()?;
    if let Some(store) = here.ancestors().map(|it| it.join(FOLDER)).find(|it| it.is_dir()) {
        return Ok(store);
    }
    let lists = plan_files::find(context, &[]).unwrap_or_default();
    let used_at = |store: &PathBuf| std::fs::metadata(store).and_then(|it| it.modified()).ok();
    let newest = lists
        .iter()
        .filter_map(|list| Some(list.path.parent()?.join(FOLDER)))
        .filter(|store| store.is_dir())
        .max_by_key(used_at);
    newest.ok_or_else(|| {
        CommandError::input("nothing has run here yet").hint("`checkoff run` starts a run")
    })
}

/// How an engine is to work with this store.
pub(crate) fn engine_options(store: &Path) -> Result<Options, CommandError> {
    let keeper = std::env::current_exe().map_err(|error| {
        let error = anyhow::Error::new(error).context("the program cannot find itself");
        CommandError::from_error(Exit::System, error)
    })?;
    let mut options = Options::new(store, keeper);
    options.keeper_args = vec![crate::commands::KEEPER.to_owned()];
    Ok(options)
}

/// The runs that have been, and those under way.
pub(crate) struct Past {
    /// The store's folder.
    pub(crate) folder: PathBuf,
    history: History,
}

impl Past {
    /// The runs of this project.
    pub(crate) fn open(context: &Context) -> Result<Past, CommandError> {
        let folder = existing(context)?;
        let history = History::open(&folder).map_err(history_error)?;
        Ok(Past { folder, history })
    }

    /// Every run, the newest first.
    pub(crate) fn runs(&self) -> Result<Vec<RunRow>, CommandError> {
        self.history.runs().map_err(history_error)
    }

    /// The run that was named, else the newest.
    pub(crate) fn run(&self, named: Option<RunId>) -> Result<RunRow, CommandError> {
        let runs = self.runs()?;
        let Some(named) = named else {
            return runs.into_iter().next().ok_or_else(|| {
                CommandError::input("nothing has run here yet").hint("`checkoff run` starts a run")
            });
        };
        let newest = runs.first().map(|row| row.run);
        runs.into_iter().find(|row| row.run == named).ok_or_else(|| {
            let error = CommandError::input(format_args!("there is no run {named}"));
            match newest {
                Some(newest) => {
                    error.hint(format_args!("the newest is {newest}; `checkoff runs` lists them"))
                }
                None => error.hint("nothing has run here yet"),
            }
        })
    }

    /// Whether some checkoff is at this run. Ask before the events are read: a run that ends in
    /// between has then ended, and did not break off.
    pub(crate) fn is_attended(&self, row: &RunRow) -> bool {
        row.paths.iter().any(|path| match checkoff_engine::holder(Path::new(path)) {
            // One that has not said yet which run it is at can be at this one.
            Ok(holder) => holder.is_some_and(|it| it.run.is_none_or(|run| run == row.run)),
            // A lock that cannot be looked at says nothing against it.
            Err(_) => true,
        })
    }

    /// Where everything in a run stands.
    pub(crate) fn board(&self, run: RunId) -> Result<Board, CommandError> {
        let mut board = self.blank_board(run)?;
        for recorded in self.history.events(run, 0).map_err(history_error)? {
            board.apply(&recorded);
        }
        Ok(board)
    }

    /// A run before its first event, to tell it from the beginning.
    pub(crate) fn blank_board(&self, run: RunId) -> Result<Board, CommandError> {
        Ok(Board::new(self.history.spec(run).map_err(history_error)?))
    }

    /// See [`History`].
    pub(crate) fn history(&self) -> &History {
        &self.history
    }
}

/// The path as seen from the working directory, where it is below it.
pub(crate) fn near(path: &str) -> &str {
    let here = std::env::current_dir().ok();
    let here = here.as_deref().and_then(Path::to_str).unwrap_or_default();
    path.strip_prefix(here).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path)
}

/// How far a run is, given whether somebody was at it before its events were read.
pub(crate) fn stage(board: &Board, is_attended: bool) -> Stage {
    match board.outcome() {
        Some(outcome) => Stage::Ended(outcome),
        None if is_attended => Stage::UnderWay(watch::now()),
        None => Stage::BrokenOff,
    }
}

/// The task of a run that a word means, with a guess when it means none.
pub(crate) fn find_task(board: &Board, run: RunId, word: &str) -> Result<TaskIndex, CommandError> {
    if let Some(task) = board.spec.find(word) {
        return Ok(task);
    }
    let lower = word.to_lowercase();
    let mut by_title = board
        .spec
        .indexed()
        .filter(|(_, task)| task.key.to_lowercase() == lower || task.title.to_lowercase() == lower);
    if let (Some((task, _)), None) = (by_title.next(), by_title.next()) {
        return Ok(task);
    }
    let names = board.spec.tasks.iter().flat_map(|task| [task.key.as_str(), task.name.as_str()]);
    let meant = suggest::nearest(word, names);
    let error = CommandError::input(format_args!("run {run} has no task `{word}`"));
    Err(match meant {
        Some(meant) => error.hint(format_args!("did you mean `{meant}`?")),
        None => error.hint(format_args!("`checkoff status {run}` shows its tasks")),
    })
}

/// What a question about runs failed with, for the user.
pub(crate) fn history_error(error: HistoryError) -> CommandError {
    match error {
        HistoryError::NoStore(_) => {
            CommandError::from_error(Exit::Input, error).hint("`checkoff run` starts a run")
        }
        HistoryError::Store(error) => store_error(error),
        HistoryError::Output { .. } => CommandError::from_error(Exit::Input, error),
    }
}

/// Waits until nobody holds this list, and says for whom.
pub(crate) fn wait_for(context: &Context, list: &Path) -> Result<(), CommandError> {
    say_who_is_waited_for(context, list);
    checkoff_engine::wait_until_free(list).map_err(|error| {
        let error = anyhow::Error::new(error);
        let error = error.context(format!("cannot wait for `{}`", list.display()));
        CommandError::from_error(Exit::System, error)
    })
}

/// Says who holds this list, if anybody does.
pub(crate) fn say_who_is_waited_for(context: &Context, list: &Path) {
    // What cannot be looked at is told by taking it.
    if let Ok(Some(holder)) = checkoff_engine::holder(list) {
        let (who, list) = (name_of(&holder), list.display());
        context.output.note(format_args!("waiting for {who}, which holds `{list}`"));
    }
}

/// What to call who holds a list.
pub(crate) fn name_of(holder: &Holder) -> String {
    match holder.run {
        Some(run) => format!("run {run} (process {})", holder.pid),
        None => format!("process {}", holder.pid),
    }
}

/// What a run could not be started for.
pub(crate) fn start_error(error: StartError) -> CommandError {
    match error {
        StartError::Held { pid, .. } => CommandError::from_error(Exit::Busy, error)
            .hint("`checkoff status` shows how far it is")
            .hint(format_args!("it ends when process {pid} does; `--wait-lock` waits for that")),
        StartError::Store(error) => store_error(error),
        StartError::NotToRetry { .. } | StartError::NotForAPerson { .. } => {
            CommandError::from_error(Exit::Input, error)
                .hint("`checkoff status` shows where each task stands")
        }
        StartError::Lock { ref source, .. } => {
            let hint = match source.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room and try again",
                ErrorKind::NotFound => "put the list back where it was",
                _ => {
                    "a run checks boxes, so it must be able to write beside the list; copy the \
                      list to where you may write"
                }
            };
            CommandError::from_error(Exit::System, error).hint(hint)
        }
        StartError::Keeper(_) | StartError::Settle(_) | StartError::Thread(_) => {
            let error = CommandError::from_error(Exit::System, error);
            let is_full = format!("{:#}", error.error).contains("os error 28");
            error.maybe_hint(is_full.then_some("make room and try again; nothing is lost"))
        }
        StartError::Spec(_) => CommandError::from_error(Exit::Internal, error),
    }
}

fn store_error(error: StoreError) -> CommandError {
    let (exit, hint) = match &error {
        StoreError::NoRun { .. } => (Exit::Input, Some("`checkoff runs` lists them")),
        StoreError::Conflict { .. } | StoreError::Locked { .. } => {
            (Exit::Busy, Some("another checkoff is at it; `checkoff status` shows how far it is"))
        }
        StoreError::DiskFull { .. } => {
            (Exit::System, Some("make room, then `checkoff resume`; nothing is lost"))
        }
        StoreError::ReadOnly { .. } => {
            (Exit::System, Some("`--store FOLDER` keeps the run somewhere else"))
        }
        StoreError::Newer { .. } => (Exit::Input, Some("update this checkoff")),
        StoreError::NotAStore { .. } | StoreError::Corrupt { .. } => {
            (Exit::Input, Some("move it away to start anew; its runs are then forgotten"))
        }
        StoreError::Database { .. } | StoreError::Closed { .. } => (Exit::System, None),
    };
    CommandError::from_error(exit, error).maybe_hint(hint)
}
