//! `checkoff check`: what is wrong with a list.

use std::io::Write;
use std::path::PathBuf;

use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::plan_files;

/// Find what is wrong with task lists.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff check                   the lists of this project
  checkoff check specs/            every list below a folder")]
pub(crate) struct Args {
    /// Lists, or folders to look for lists in [default: this project]
    paths: Vec<PathBuf>,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        for document in plan_files::documents(context, &self.paths)? {
            let tasks = document.tasks.len();
            writeln!(context.output.data(), "{}: {tasks} tasks", document.path)?;
        }
        Ok(Exit::Success)
    }
}
