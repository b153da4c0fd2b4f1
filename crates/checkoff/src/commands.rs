//! The commands: one file each, one line in the table below.
//!
//! A command's file holds an `Args` struct, whose doc comment is its help and
//! whose `after_help` shows an example, and `Args::run`. To add one, write the
//! file and add its line under the group it belongs to; help, completions and
//! the manual follow.

use crate::context::Context;
use crate::error::CommandResult;

/// Declares the modules, the clap enum, the dispatch and the groups of the help.
macro_rules! commands {
    ($($group:literal { $($variant:ident $module:ident $(: $hidden_name:ident)?;)* })*) => {
        $($(mod $module;)*)*

        /// One command with its arguments.
        #[derive(Debug, clap::Subcommand)]
        pub(crate) enum Command {
            $($(
                $(#[command(name = $hidden_name, hide = true)])?
                $variant(Box<$module::Args>),
            )*)*
        }

        impl Command {
            /// Does it.
            pub(crate) fn run(self, context: &Context) -> CommandResult {
                match self {
                    $($(Command::$variant(args) => args.run(context),)*)*
                }
            }
        }

        /// The groups of the help, each with the clap names of its commands.
        const GROUPS: &[(&str, &[&str])] = &[$(($group, &[$(stringify!($module)),*])),*];
    };
}

commands! {
    "Look at a list" {
        Check check;
        Explain explain;
        Show show;
        Next next;
        Why why;
        Graph graph;
        Stats stats;
        Simulate simulate;
    }
    "Change a list" {
        Init init;
        Set set;
    }
    "Run a list" {
        Run run;
        Resume resume;
        Retry retry;
        Cancel cancel;
        Undo undo;
    }
    "Look at runs" {
        Runs runs;
        Status status;
        Log log;
    }
    "This program" {
        Help help;
        Completions completions;
        Man man;
        Keeper keeper: KEEPER;
    }
}

/// The hidden command that hosts a keeper.
pub(crate) const KEEPER: &str = "__keeper";

/// Arranges the overview of all commands by group.
pub(crate) fn arrange(line: clap::Command) -> clap::Command {
    let name = anstyle::Style::new().fg_color(crate::output::styles::NOTE.get_fg_color());
    let heading = crate::output::styles::NAME;
    let mut overview = String::new();
    for (group, commands) in GROUPS {
        overview.push_str(&format!("{heading}{group}:{heading:#}\n"));
        for command in *commands {
            let command = command.replace('_', "-");
            let Some(found) = line.find_subcommand(&command).filter(|it| !it.is_hide_set()) else {
                continue;
            };
            let about = found.get_about().map(ToString::to_string).unwrap_or_default();
            overview.push_str(&format!("  {name}{command:<12}{name:#} {about}\n"));
        }
        overview.push('\n');
    }
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{overview}{heading}Options:{heading:#}\n{{options}}{{after-help}}"
    );
    line.help_template(template).after_help(
        "`checkoff help COMMAND` tells more about one, `checkoff help exit-codes` what they end with.",
    )
}
