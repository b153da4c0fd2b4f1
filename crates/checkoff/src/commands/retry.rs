//! `checkoff retry`: tries tasks again that failed or were cut short, and goes on with what they blocked.

use checkoff_core::RunId;
use checkoff_core::event::Question;
use checkoff_engine::{OnOrphan, Resume};

use crate::board::{Board, Standing};
use crate::commands::resume::{self, Manner};
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::stores::{self, Past};

/// Try tasks again that failed or were cut short, and go on with what they blocked
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff retry                   all that failed or was cut short in the newest run
  checkoff retry T004 T007         these
  checkoff retry T004 --run r3     in that run")]
pub(crate) struct Args {
    /// Which tasks [default: all that failed or was cut short]
    tasks: Vec<String>,
    /// Of which run [default: the newest]
    #[arg(long, value_name = "RUN")]
    run: Option<RunId>,
    #[command(flatten)]
    manner: Manner,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let past = Past::open(context)?;
        let run = past.run(self.run)?.run;
        let board = past.board(run)?;
        let retry = if self.tasks.is_empty() {
            let missed = board.tasks_that(|standing| {
                matches!(
                    standing,
                    Standing::Failed(_)
                        | Standing::Asking(Question::Unknown | Question::Cancelled)
                )
            });
            if missed.is_empty() {
                return Err(CommandError::input(format_args!("no task of run {run} has failed"))
                    .hint("`checkoff resume` goes on with what is left"));
            }
            missed
        } else {
            self.tasks
                .iter()
                .map(|word| {
                    let task = stores::find_task(&board, run, word)?;
                    match board.standing(task) {
                        Standing::Done(_) => Err(done_already(&board, task)),
                        _ => Ok(task),
                    }
                })
                .collect::<Result<_, CommandError>>()?
        };
        let resume = Resume { retry, ..Resume::default() };
        resume::take_up(context, &past, run, resume, OnOrphan::Adopt, self.manner)
    }
}

fn done_already(board: &Board, task: checkoff_core::TaskIndex) -> CommandError {
    let name = &board.spec.task(task).name;
    CommandError::input(format_args!("{name} is done"))
        .hint(format_args!("`checkoff undo {name}` unchecks its box; a new run then does it again"))
}
