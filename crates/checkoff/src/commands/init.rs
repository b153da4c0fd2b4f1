//! `checkoff init`: a starter list that explains itself and runs.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;

/// Write a starter list that explains itself and runs
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff init                    writes TASKS.md
  checkoff init docs/release.md    writes that; a file that exists is never touched")]
pub(crate) struct Args {
    /// The file to write
    #[arg(default_value = "TASKS.md")]
    path: PathBuf,
}

/// What is written.
const STARTER: &str = include_str!("init/TASKS.md");

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let path = self.path.display();
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&self.path)
            .and_then(|mut file| {
                file.write_all(STARTER.as_bytes()).inspect_err(|_| {
                    // Half a list is worse than none, and would be in the way of the next try.
                    let _ = std::fs::remove_file(&self.path);
                })
            });
        match written {
            Ok(()) => {
                context.output.note(format_args!("wrote `{path}`"));
                context.output.hint(format_args!(
                    "`checkoff show {path}` shows it, `checkoff run {path}` runs it"
                ));
                Ok(Exit::Success)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(CommandError::new(Exit::Refused, format_args!("`{path}` exists; it stays as it is"))
                    .hint(format_args!("`checkoff init OTHER.md` writes beside it, `checkoff check {path}` reads it")))
            }
            Err(error) => {
                let hint = match error.kind() {
                    ErrorKind::NotFound => Some("make its folder first"),
                    ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                        Some("write it somewhere else: `checkoff init FOLDER/TASKS.md`")
                    }
                    _ => None,
                };
                let error = anyhow::Error::new(error).context(format!("`{path}` cannot be written"));
                Err(CommandError::from_error(Exit::System, error).maybe_hint(hint))
            }
        }
    }
}
