//! `checkoff man`: the manual, made from the same comments as the help.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap_mangen::Man;

use crate::arguments::command_line;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::{Exit, TABLE};

/// Print the manual page, or write those of all commands
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff man | man -l -          read it
  checkoff man --out man/man1      write checkoff.1, checkoff-run.1, …")]
pub(crate) struct Args {
    /// Write the page of every command into this folder
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let Some(folder) = self.out else {
            let page = overview()?;
            context.output.data().write_all(&page)?;
            return Ok(Exit::Success);
        };
        std::fs::create_dir_all(&folder)
            .and_then(|()| clap_mangen::generate_to(command_line(), &folder))
            .and_then(|()| std::fs::write(folder.join("checkoff.1"), overview()?))
            .map_err(|error| cannot_write(&folder, error))?;
        context.output.note(format_args!("wrote the pages into `{}`", folder.display()));
        Ok(Exit::Success)
    }
}

/// The page of the program, with the exit codes.
fn overview() -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let line = command_line();
    let man = Man::new(line);
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    man.render_subcommands_section(&mut page)?;
    writeln!(page, ".SH \"EXIT STATUS\"")?;
    for (exit, meaning) in TABLE {
        writeln!(page, ".TP\n\\fB{}\\fR\n{meaning}", *exit as u8)?;
    }
    man.render_version_section(&mut page)?;
    Ok(page)
}

fn cannot_write(path: &Path, error: std::io::Error) -> CommandError {
    let error = anyhow::Error::new(error).context(format!("`{}` cannot be written", path.display()));
    CommandError::from_error(Exit::System, error)
}
