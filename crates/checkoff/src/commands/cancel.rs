//! `checkoff cancel`: ends a run, the one at work or one that nobody works on.

use std::time::Duration;

use checkoff_core::RunId;
use checkoff_engine::{Engine, OnOrphan, Resume, StartError};
use rustix::process::{Pid, Signal, kill_process};

use crate::commands::resume::Manner;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::stores::{self, Past};
use crate::watch;

/// End a run: what runs gets TERM, then KILL; nothing new is started
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff cancel                  the newest run
  checkoff cancel r3               that one")]
pub(crate) struct Args {
    /// Which run, `r3` [default: the newest]
    run: Option<RunId>,
}

/// How long the checkoff that works on the run gets to end it.
const PATIENCE: Duration = Duration::from_secs(30);

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let past = Past::open(context)?;
        let row = past.run(self.run)?;
        if row.outcome.is_some() {
            context.output.note(format_args!("run {} has ended already", row.run));
            return Ok(Exit::Success);
        }
        let mut options = stores::engine_options(&past.folder)?;
        options.on_orphan = OnOrphan::End;
        let board = past.board(row.run)?;
        let resume = Resume { cancel: true, ..Resume::default() };
        match Engine::resume(options, row.run, resume) {
            // Nobody was at it: its orphans are ended here, and that is all there is to it.
            Ok(running) => {
                match watch::watch(context, &running, board, Manner::default().format)? {
                    Exit::RunCancelled | Exit::RunStopped => Ok(Exit::Success),
                    other => Ok(other),
                }
            }
            Err(StartError::Held { pid, .. }) => ask(context, &past, row.run, pid),
            Err(error) => Err(stores::start_error(error)),
        }
    }
}

/// Asks the checkoff that works on the run to cancel it, and waits until it has.
fn ask(context: &Context, past: &Past, run: RunId, pid: u32) -> CommandResult {
    let process = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let sent = process.map(|process| kill_process(process, Signal::TERM));
    if let Some(Err(error)) = sent {
        let error = anyhow::Error::new(std::io::Error::from(error));
        let error = error.context(format!("process {pid}, which works on run {run}, cannot be told"));
        return Err(CommandError::from_error(Exit::System, error));
    }
    context.output.note(format_args!("told process {pid} to cancel run {run}"));
    let started = std::time::Instant::now();
    while started.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(50));
        if past.run(Some(run))?.outcome.is_some() {
            context.output.note(format_args!("run {run} is cancelled"));
            return Ok(Exit::Success);
        }
    }
    Err(CommandError::new(Exit::Busy, format_args!("run {run} has not ended yet"))
        .hint("`checkoff status` shows what it still does"))
}
