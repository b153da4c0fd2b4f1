//! The hidden command by which the engine starts its keeper: the process that
//! owns the attempts of a run and outlives the engine if that is killed.

use std::path::PathBuf;

use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;

/// Keep the attempts of a run (started by checkoff itself)
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where it keeps its journal
    folder: PathBuf,
}

impl Args {
    pub(crate) fn run(self, _: &Context) -> CommandResult {
        checkoff_worker::keeper::main(&self.folder)
            .map_err(|error| anyhow::Error::new(error).context("the keeper cannot go on"))?;
        Ok(Exit::Success)
    }
}
