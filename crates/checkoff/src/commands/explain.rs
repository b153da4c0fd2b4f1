//! `checkoff explain`: the page of a rule.

use std::io::Write;

use checkoff_plan::lint::{self, RULES};

use crate::commands::check;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{self, styled, styles};

/// Tell what a rule of `check` finds, why it matters, and how to mend it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff explain                         every rule, one line each
  checkoff explain done-before-dep         one of them")]
pub(crate) struct Args {
    /// The name of the rule
    rule: Option<String>,
    /// List every rule, one line each; what happens without a name, too
    #[arg(long, conflicts_with = "rule")]
    list: bool,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let width = context.output.width().min(100);
        let mut data = context.output.data();
        let Some(name) = self.rule.filter(|_| !self.list) else {
            for rule in &RULES {
                let severity = if rule.on { rule.severity.as_str() } else { "off" };
                let style = check::severity_style(rule.severity);
                let name = styled(styles::NAME, rule.name);
                let severity = styled(style, severity);
                writeln!(data, "{name:<32} {severity:<8} {}", rule.summary())?;
            }
            return Ok(Exit::Success);
        };
        let Some(rule) = lint::find(&name) else {
            let meant = lint::config::suggest(&name);
            return Err(CommandError::input(format_args!("there is no rule `{name}`"))
                .maybe_hint(meant.map(|meant| format!("did you mean `checkoff explain {meant}`?")))
                .hint("`checkoff explain` lists the rules"));
        };
        write!(data, "{}", output::markdown(&rule.page(), width))?;
        Ok(Exit::Success)
    }
}
