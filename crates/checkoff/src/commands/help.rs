//! `checkoff help`: a command, or one of the topics that belong to none.

use std::io::Write;

use checkoff_plan::dialect::Dialect;

use crate::arguments::command_line;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::{Exit, TABLE};
use crate::output::{self, styled, styles};
use crate::suggest;
use crate::watch;

/// Tell about a command or a topic.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Topics: dialects, events (of a run, as JSON), exit-codes

Examples:
  checkoff help run                what `checkoff run --help` prints
  checkoff help exit-codes         what the commands end with")]
pub(crate) struct Args {
    /// A command, or a topic
    topic: Option<String>,
}

/// What is not about one command, each with its page.
const TOPICS: &[(&str, Page)] = &[
    ("dialects", dialects),
    ("events", events),
    ("exit-codes", exit_codes),
];

type Page = fn(&mut dyn Write) -> std::io::Result<()>;

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let Some(topic) = self.topic else {
            return print_help(context, &["checkoff", "--help"]);
        };
        if let Some((_, page)) = TOPICS.iter().find(|(name, _)| *name == topic) {
            page(&mut *context.output.data())?;
            return Ok(Exit::Success);
        }
        let line = command_line();
        if line.find_subcommand(&topic).is_some() {
            return print_help(context, &["checkoff", &topic, "--help"]);
        }
        let names = line
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
            .map(clap::Command::get_name)
            .chain(TOPICS.iter().map(|(name, _)| *name));
        let meant = suggest::nearest(&topic, names);
        Err(CommandError::usage(format_args!("no command or topic `{topic}`"))
            .maybe_hint(meant.map(|meant| format!("did you mean `checkoff help {meant}`?")))
            .hint("`checkoff help` lists them"))
    }
}

/// Prints what a line that asks for help prints.
fn print_help(context: &Context, line: &[&str]) -> CommandResult {
    let Err(help) = command_line().try_get_matches_from(line) else {
        return Err(anyhow::anyhow!("`{}` is not answered with help", line.join(" ")).into());
    };
    write!(context.output.data(), "{}", help.render().ansi())?;
    Ok(Exit::Success)
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

fn events(data: &mut dyn Write) -> std::io::Result<()> {
    write!(data, "{}", output::markdown(watch::REFERENCE, 100))
}
