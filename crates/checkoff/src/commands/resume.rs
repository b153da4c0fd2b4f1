//! `checkoff resume`: takes a run up again, after a crash or after its end.

use std::path::Path;

use checkoff_core::RunId;
use checkoff_engine::{Engine, OnOrphan, Resume, WhenLocked};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::stores::{self, Past};
use crate::watch::{self, Format};

/// Take a run up again: after a crash, after Ctrl-C, or when a person has acted
///
/// Nothing that is done is done again. What was under way is settled first: still alive, it is
/// adopted (or ended, with `--end-orphans`); gone, it is tried again if the task says
/// `safe to repeat: yes`, and asked about if not.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff resume                  the newest run
  checkoff resume r3               that one")]
pub(crate) struct Args {
    /// Which run, `r3` [default: the newest]
    run: Option<RunId>,
    /// End attempts of the former checkoff that are still alive, instead of adopting them
    #[arg(long)]
    end_orphans: bool,
    #[command(flatten)]
    manner: Manner,
}

/// How a run is taken up and watched; shared by the commands that do.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Manner {
    /// Wait when another run holds the list, instead of giving up
    #[arg(long)]
    pub(crate) wait_lock: bool,
    /// How to print what happens
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
}

impl Manner {
    pub(crate) fn when_locked(self) -> WhenLocked {
        if self.wait_lock { WhenLocked::Wait } else { WhenLocked::Refuse }
    }
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let past = Past::open(context)?;
        let row = past.run(self.run)?;
        let orphans = if self.end_orphans { OnOrphan::End } else { OnOrphan::Adopt };
        take_up(context, &past, row.run, Resume::default(), orphans, self.manner)
    }
}

/// Takes a run up and watches it to its end.
pub(crate) fn take_up(
    context: &Context,
    past: &Past,
    run: RunId,
    resume: Resume,
    on_orphan: OnOrphan,
    manner: Manner,
) -> Result<crate::exit::Exit, CommandError> {
    let mut options = stores::engine_options(&past.folder)?;
    options.on_orphan = on_orphan;
    options.when_locked = manner.when_locked();
    let board = past.board(run)?;
    if manner.wait_lock {
        let lists = board.spec.files.iter();
        lists.for_each(|list| stores::say_who_is_waited_for(context, Path::new(&list.path)));
    }
    let running = Engine::resume(options, run, resume).map_err(stores::start_error)?;
    watch::watch(context, &running, board, manner.format)
}
