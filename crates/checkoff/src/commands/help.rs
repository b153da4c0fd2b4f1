//! `checkoff help`: a command, or one of the topics that belong to none.

use std::io::Write;

use checkoff_plan::dialect::Dialect;

use crate::arguments::command_line;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::{Exit, TABLE};
use crate::output::{styled, styles};
use crate::suggest;

/// Tell about a command or a topic.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Topics: exit-codes, dialects

Examples:
  checkoff help run                what `checkoff run --help` prints
  checkoff help exit-codes         what the commands end with")]
pub(crate) struct Args {
    /// A command, or a topic
    topic: Option<String>,
}

/// What is not about one command, each with its page.
const TOPICS: &[(&str, Page)] = &[("exit-codes", exit_codes), ("dialects", dialects)];

type Page = fn(&mut dyn Write) -> std::io::Result<()>;

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let mut line = command_line();
        line.build();
        let mut data = context.output.data();
        let Some(topic) = self.topic else {
            write!(data, "{}", line.render_help().ansi())?;
            return Ok(Exit::Success);
        };
        if let Some((_, page)) = TOPICS.iter().find(|(name, _)| *name == topic) {
            page(&mut *data)?;
        } else if let Some(command) = line.find_subcommand_mut(&topic) {
            write!(data, "{}", command.render_long_help().ansi())?;
        } else {
            let names: Vec<&str> = line
                .get_subcommands()
                .filter(|command| !command.is_hide_set())
                .map(clap::Command::get_name)
                .chain(TOPICS.iter().map(|(name, _)| *name))
                .collect();
            let meant = suggest::nearest(&topic, names);
            return Err(CommandError::usage(format_args!("no command or topic `{topic}`"))
                .maybe_hint(meant.map(|meant| format!("did you mean `checkoff help {meant}`?")))
                .hint("`checkoff help` lists them"));
        }
        Ok(Exit::Success)
    }
}

fn exit_codes(data: &mut dyn Write) -> std::io::Result<()> {
    for (exit, meaning) in TABLE {
        writeln!(data, "{:>3}  {meaning}", styled(styles::NAME, *exit as u8))?;
    }
    Ok(())
}

fn dialects(data: &mut dyn Write) -> std::io::Result<()> {
    for dialect in Dialect::ALL {
        writeln!(data, "{dialect}")?;
    }
    Ok(())
}
