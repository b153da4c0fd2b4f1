//! `checkoff completions`: the script that teaches a shell our command line.

use clap_complete::Shell;

use crate::arguments::command_line;
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;

/// Print the completion script of a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff completions bash > ~/.local/share/bash-completion/completions/checkoff
  checkoff completions zsh > ~/.zfunc/_checkoff
  checkoff completions fish > ~/.config/fish/completions/checkoff.fish")]
pub(crate) struct Args {
    /// Which shell
    shell: Shell,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        // The generator panics where it cannot write, so it writes to memory.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command_line(), "checkoff", &mut script);
        std::io::Write::write_all(&mut *context.output.data(), &script)?;
        Ok(Exit::Success)
    }
}
