//! `checkoff check`: what is wrong with a list.
//!
//! Reading and checking go file by file on as many threads as the machine has,
//! in two passes, because a rule may need ids of another file. The text of a
//! finding is made on the same threads; what is printed is in the order of the
//! files, whatever finished first. One file starts no thread.

mod fixing;
mod text;

use std::io::Write;
use std::path::PathBuf;

use checkoff_plan::document::Document;
use checkoff_plan::lint::{self, Finding, RULES, Severity, Workspace, output};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{counted, styled, styles};
use crate::parallel;
use crate::plan_files;
use fixing::Mending;
pub(crate) use text::style as severity_style;

/// Find what is wrong with task lists, and mend it
///
/// Ends with 1 when there is an error, or with `--strict` a warning. Silence a rule for one place
/// with `<!-- checkoff: allow(RULE) -->`, for a project under `[check]` in `checkoff.toml`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff check                        the lists of this project
  checkoff check specs/ --strict        every list below a folder; warnings fail too
  checkoff check TASKS.md --diff        what --fix would change
  checkoff check --fix=stats            mend the counts a list declares about itself
  checkoff check --format sarif > checkoff.sarif")]
pub(crate) struct Args {
    /// Lists, or folders to look for lists in; `-` is standard input [default: this project]
    paths: Vec<PathBuf>,
    /// How to print the findings
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Mend what can be mended safely; or the named kinds: `safe`, `all`, `stats`, …
    #[arg(long, value_name = "KIND", num_args = 0..=1, require_equals = true)]
    #[arg(value_delimiter = ',', default_missing_value = "safe")]
    fix: Vec<String>,
    /// Show what `--fix` would change, and change nothing
    #[arg(long)]
    diff: bool,
    /// Only these rules or families of rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Not these rules or families of rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Warnings fail too
    #[arg(long)]
    strict: bool,
    /// Count the findings by rule instead of showing them
    #[arg(long)]
    statistics: bool,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// With the lines they are about
    Text,
    /// One line each
    Short,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

impl Args {
    pub(crate) fn run(mut self, context: &Context) -> CommandResult {
        let config = self.config(context)?;
        let mending = self.mending()?;
        let mut documents = plan_files::documents(context, &self.paths)?;
        if self.diff {
            return mending.show(context, documents, &config);
        }
        if mending.is_wanted() {
            let mended = mending.apply(context, &mut documents, &config)?;
            context.output.note(format_args!("mended {}", counted(mended, "finding")));
        }
        let width = context.output.width();
        let checked = check(&documents, &config, |document, findings| match self.format {
            Format::Text if !self.statistics => text::render(width, document, findings),
            _ => String::new(),
        });
        let findings: Vec<Finding> =
            checked.iter().flat_map(|(findings, _)| findings).cloned().collect();
        self.print(context, &checked, &findings)?;
        self.summarise(context, &documents, &findings);
        let strict = self.strict || context.config()?.check.strict;
        let failing = if strict { Severity::Warning } else { Severity::Error };
        let fails = findings.iter().any(|finding| finding.severity >= failing);
        Ok(if fails { Exit::Findings } else { Exit::Success })
    }

    /// What the configuration says, and the command line over it.
    fn config(&self, context: &Context) -> Result<lint::Config, CommandError> {
        let mut config = context.config()?.check.rules.clone();
        if !self.select.is_empty() {
            config.select.clone_from(&self.select);
        }
        config.ignore.extend(self.ignore.iter().cloned());
        if let Some(unknown) = config.unknown_rules().into_iter().next() {
            return Err(CommandError::usage(unknown).hint("`checkoff explain` lists the rules"));
        }
        Ok(config)
    }

    /// Which fixes are wanted. `--fix stats` is read as `--fix=stats` when no file is so called.
    fn mending(&mut self) -> Result<Mending, CommandError> {
        if self.fix == ["safe"]
            && let Some(first) = self.paths.first()
            && !first.exists()
            && let Some(kinds) = first.to_str()
            && kinds.split(',').all(fixing::is_kind)
        {
            self.fix = kinds.split(',').map(str::to_owned).collect();
            self.paths.remove(0);
        }
        if self.diff && self.fix.is_empty() {
            self.fix.push("safe".to_owned());
        }
        Mending::new(&self.fix)
    }

    fn print(
        &self,
        context: &Context,
        checked: &[(Vec<Finding>, String)],
        findings: &[Finding],
    ) -> std::io::Result<()> {
        let mut data = context.output.data();
        if self.statistics {
            return statistics(&mut *data, findings);
        }
        match self.format {
            Format::Text => checked.iter().try_for_each(|(_, text)| write!(data, "{text}")),
            Format::Short => findings.iter().try_for_each(|finding| {
                let place = &finding.place;
                let style = text::style(finding.severity);
                writeln!(
                    data,
                    "{}:{}:{}: {}: {}",
                    place.path,
                    place.line,
                    place.column,
                    styled(style, format_args!("{}[{}]", finding.severity.as_str(), finding.rule.name)),
                    finding.message
                )
            }),
            Format::Json => write!(data, "{}", output::json::render(findings)),
            Format::Sarif => {
                write!(data, "{}", output::sarif::render(findings, env!("CARGO_PKG_VERSION")))
            }
            Format::Github => write!(data, "{}", output::github::render(findings)),
        }
    }

    /// One line of talk: how many of what, and what can be done about it.
    fn summarise(&self, context: &Context, documents: &[Document], findings: &[Finding]) {
        let lists = counted(documents.len(), "list");
        if findings.is_empty() {
            let tasks = counted(documents.iter().map(|document| document.tasks.len()).sum(), "task");
            context.output.note(format_args!(
                "{}: {lists} with {tasks}, nothing to complain of",
                styled(styles::GOOD, "checked")
            ));
            return;
        }
        let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
        let parts: Vec<String> = [
            (Severity::Error, "error"),
            (Severity::Warning, "warning"),
            (Severity::Info, "note"),
        ]
        .into_iter()
        .filter(|(severity, _)| count(*severity) > 0)
        .map(|(severity, noun)| styled(text::style(severity), counted(count(severity), noun)).to_string())
        .collect();
        context.output.note(format_args!("{} in {lists}", parts.join(", ")));
        for hint in fixing::hints(findings) {
            context.output.hint(hint);
        }
    }
}

/// Checks each document on its own thread and makes its text; in the order of the documents.
fn check(
    documents: &[Document],
    config: &lint::Config,
    text: impl Fn(&Document, &[Finding]) -> String + Sync,
) -> Vec<(Vec<Finding>, String)> {
    let workspace = Workspace::new(documents);
    let indices: Vec<usize> = (0..documents.len()).collect();
    parallel::map(&indices, |&index| {
        let findings = lint::check_document(&workspace, index, config);
        let text = text(&documents[index], &findings);
        (findings, text)
    })
}

/// A line per rule that found something, most first.
fn statistics(data: &mut dyn Write, findings: &[Finding]) -> std::io::Result<()> {
    let mut counts: Vec<_> = RULES
        .iter()
        .map(|rule| (findings.iter().filter(|finding| finding.rule == rule).count(), rule))
        .filter(|(count, _)| *count > 0)
        .collect();
    counts.sort_by(|(a, left), (b, right)| b.cmp(a).then(left.name.cmp(right.name)));
    for (count, rule) in counts {
        writeln!(data, "{count:>6}  {:<30} {}", styled(styles::NAME, rule.name), rule.summary())?;
    }
    Ok(())
}
