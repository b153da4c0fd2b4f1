//! `checkoff undo`: unchecks boxes that a run checked.
//!
//! What was done stays done, and stays in the log; only the list says again that
//! it is to be done, so that the next run does it anew.

use std::path::PathBuf;

use checkoff_core::event::Event;
use checkoff_core::{RunId, TaskIndex};
use checkoff_engine::plan_file;
use checkoff_plan::document::{Document, State};
use checkoff_plan::select::{self, Selector};
use checkoff_plan::{edit, read};

use crate::board::Board;
use crate::commands::set::{print, unselected};
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::plan_files::{self, unwritten};
use crate::stores::{self, Past, history_error};

/// Uncheck boxes that a run checked, so that the next run does the tasks again
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What the task's command did is not taken back, and the log keeps its evidence.

Examples:
  checkoff undo T004               checked by the newest run
  checkoff undo T004 --run r3      checked by that one")]
pub(crate) struct Args {
    /// Which tasks
    #[arg(required = true)]
    tasks: Vec<String>,
    /// Checked by which run [default: the newest]
    #[arg(long, value_name = "RUN")]
    run: Option<RunId>,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let past = Past::open(context)?;
        let run = past.run(self.run)?.run;
        let board = past.blank_board(run)?;
        let checked = checked(&past, run)?;
        for word in &self.tasks {
            let task = stores::find_task(&board, run, word)?;
            if !checked.contains(&task) {
                return Err(CommandError::input(format_args!("run {run} did not check `{word}`"))
                    .hint(format_args!("`checkoff set {word} todo` unchecks it all the same")));
            }
            uncheck(context, &board, task)?;
        }
        Ok(Exit::Success)
    }
}

/// The tasks whose boxes the run checked.
fn checked(past: &Past, run: RunId) -> Result<Vec<TaskIndex>, CommandError> {
    let events = past.history().events(run, 0).map_err(history_error)?;
    let written = events.into_iter().filter_map(|recorded| match recorded.event {
        Event::BoxWritten { tasks, .. } => Some(tasks),
        _ => None,
    });
    Ok(written.flatten().collect())
}

fn uncheck(context: &Context, board: &Board, task: TaskIndex) -> Result<(), CommandError> {
    let spec = board.spec.task(task);
    let file = spec.place.and_then(|place| board.spec.files.get(place.file as usize));
    let Some(file) = file else {
        return Err(CommandError::input(format_args!("`{}` has no box", spec.name)));
    };
    let path = PathBuf::from(stores::near(&file.path));
    let documents = plan_files::documents(context, std::slice::from_ref(&path))?;
    let among: Vec<&Document> = documents.iter().collect();
    let found = select::resolve_among(&among, &Selector::name(&spec.key)).map_err(unselected)?;
    let reading = read::Options { profile: context.settings.profile };
    let wishes = [(found.target, State::Todo)];
    let written =
        plan_file::set(&path, &documents[found.document], &wishes, &reading, &edit::Options::default())
            .map_err(unwritten)?;
    if written.change.is_empty() {
        context.output.note(format_args!("`{}` is unchecked already", spec.name));
    }
    print(&mut *context.output.data(), &written.before, &written.after, &written.change)?;
    Ok(())
}
