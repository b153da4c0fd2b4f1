//! What was typed, to plain values.
//!
//! Clap reads the line; this module adds what a person needs when it is wrong:
//! a file given where a command belongs gets the command that was probably
//! meant. `--color` is looked for before clap runs, so that clap's own messages
//! obey it too.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use checkoff_plan::dialect::Dialect;
use clap::builder::{PossibleValuesParser, Styles, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches, Parser};

use crate::commands::Command;
use crate::exit::Exit;
use crate::output::{Color, styles};

/// Your task list, done: reads any Markdown task list, tells the truth about it,
/// runs it in parallel, and checks the boxes off in the very file.
#[derive(Debug, Parser)]
#[command(name = "checkoff", version, disable_help_subcommand = true)]
#[command(subcommand_required = true, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

/// The options that count for every command.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Settings {
    /// Read lists as this dialect instead of detecting it (`checkoff help dialects` lists them)
    #[arg(long, global = true, value_name = "DIALECT")]
    #[arg(value_parser = dialects(), hide_possible_values = true)]
    pub(crate) profile: Option<Dialect>,
    /// Keep runs in this folder instead of `.checkoff` beside the list
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) store: Option<PathBuf>,
    /// When to use colours: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub(crate) color: Color,
    /// Say only what was asked for, and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Say more
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// What is to be done about the command line.
pub(crate) enum Invocation {
    /// Run this command.
    Run {
        /// Which, with its own arguments.
        command: Command,
        /// What counts for every command.
        settings: Settings,
    },
    /// Nothing is left to do: help was printed, or the line is wrong and that was said.
    Exit(ExitCode),
}

/// The whole command line, as clap sees it; help, manual and completions are made from it.
pub(crate) fn command_line() -> clap::Command {
    crate::commands::arrange(CommandLine::command().styles(help_styles()).max_term_width(100))
}

/// Reads a command line.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Invocation {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let color = match early_color(&arguments) {
        Color::Auto => clap::ColorChoice::Auto,
        Color::Always => clap::ColorChoice::Always,
        Color::Never => clap::ColorChoice::Never,
    };
    let parsed = command_line()
        .color(color)
        .try_get_matches_from(&arguments)
        .and_then(|matches| CommandLine::from_arg_matches(&matches));
    match parsed {
        Ok(CommandLine { command, settings }) => Invocation::Run { command, settings },
        Err(error) => Invocation::Exit(refuse(&error)),
    }
}

/// Prints help, or what is wrong and a way out.
fn refuse(error: &clap::Error) -> ExitCode {
    // When the reader of the help is gone there is nobody left to tell.
    let _ = error.print();
    if error.exit_code() == 0 {
        return Exit::Success.into();
    }
    if let (ErrorKind::InvalidSubcommand, Some(ContextValue::String(word))) =
        (error.kind(), error.get(ContextKind::InvalidSubcommand))
        && Path::new(word).exists()
    {
        let hint = styles::NOTE;
        let _ = writeln!(
            anstream::stderr(),
            "\n{hint}hint{hint:#}: `{word}` is a file; what shall be done with it? \
             `checkoff check {word}`, `checkoff show {word}`, `checkoff run {word}`"
        );
    }
    Exit::Usage.into()
}

/// What `--color` says, without reading the rest.
fn early_color(arguments: &[OsString]) -> Color {
    let mut words = arguments.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--color") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('=').map(|value| value.to_owned().into()),
            None => None,
        };
        match value.as_deref() {
            Some("always") => return Color::Always,
            Some("never") => return Color::Never,
            _ => {}
        }
    }
    Color::Auto
}

/// The names of the dialects; a slip gets clap's suggestion.
fn dialects() -> impl TypedValueParser<Value = Dialect> {
    PossibleValuesParser::new(Dialect::ALL.map(Dialect::as_str))
        .try_map(|name| name.parse::<Dialect>())
}

fn help_styles() -> Styles {
    Styles::styled()
        .header(styles::NAME)
        .usage(styles::NAME)
        .literal(styles::NOTE)
        .placeholder(styles::DIM)
        .error(styles::BAD)
        .valid(styles::GOOD)
        .invalid(styles::WARN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command_line().debug_assert();
    }

    #[test]
    fn color_is_seen_before_clap_runs() {
        let early =
            |words: &[&str]| early_color(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(early(&["checkoff", "--color", "never", "x"]), Color::Never);
        assert_eq!(early(&["checkoff", "x", "--color=always"]), Color::Always);
        assert_eq!(early(&["checkoff", "--colorful"]), Color::Auto);
    }
}
