//! `checkoff cancel`: ends a run, the one at work or one that nobody works on.

use std::path::Path;
use std::time::Duration;

use checkoff_core::RunId;
use checkoff_engine::{Engine, OnOrphan, Resume, StartError};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

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
            Err(StartError::Held { path, .. }) => ask(context, &past, row.run, &path),
            Err(error) => Err(stores::start_error(error)),
        }
    }
}

/// Asks the checkoff that works on the run to cancel it, and waits until it has.
fn ask(context: &Context, past: &Past, run: RunId, list: &Path) -> CommandResult {
    let look = || {
        checkoff_engine::holder(list).map_err(|error| {
            let error = anyhow::Error::new(error);
            let error = error.context(format!("cannot see who holds `{}`", list.display()));
            CommandError::from_error(Exit::System, error)
        })
    };
    let Some(holder) = look()? else { return Err(moved_on(run)) };
    let store = past.folder.canonicalize().unwrap_or_else(|_| past.folder.clone());
    if holder.run != Some(run) || holder.store != store {
        let error = CommandError::new(
            Exit::Busy,
            format_args!(
                "nobody works on run {run}; its list `{}` is held by {}",
                list.display(),
                stores::name_of(&holder)
            ),
        );
        return Err(match holder.run.filter(|_| holder.store == store) {
            Some(other) => error.hint(format_args!("`checkoff cancel {other}` ends that one")),
            None => error.hint("try again when that one has ended"),
        });
    }
    let pid = holder.pid;
    let untold = |errno: Errno| {
        let error = anyhow::Error::new(std::io::Error::from(errno));
        let error = error.context(format!("process {pid}, which works on run {run}, cannot be told"));
        CommandError::from_error(Exit::System, error)
    };
    let process = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let process = process.ok_or_else(|| moved_on(run))?;
    let handle = pidfd_open(process, PidfdFlags::empty()).map_err(untold)?;
    // Looked at again with the handle in hand: it holds the list, so the handle is its own and
    // not that of another process with its number.
    if look()?.as_ref() != Some(&holder) {
        return Err(moved_on(run));
    }
    pidfd_send_signal(handle, Signal::TERM).map_err(untold)?;
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

fn moved_on(run: RunId) -> CommandError {
    CommandError::new(Exit::Busy, format_args!("who works on run {run} has just changed"))
        .hint("try again; `checkoff status` shows how it stands")
}
