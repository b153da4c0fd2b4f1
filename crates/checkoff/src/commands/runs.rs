//! `checkoff runs`: the runs of this project, a line each.

use std::io::Write;

use checkoff_core::event::RunOutcome;
use checkoff_store::RunRow;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::measure;
use crate::output::{styled, styles};
use crate::stores::{self, Past};
use crate::watch::{Format, time};

/// List the runs of this project, the newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff runs                    the last twenty
  checkoff runs --all --format json")]
pub(crate) struct Args {
    /// Every run, not only the last twenty
    #[arg(long)]
    all: bool,
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Runs listed without `--all`.
const RUNS_MAX: usize = 20;

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let past = Past::open(context)?;
        let runs = past.runs()?;
        let limit = if self.all { usize::MAX } else { RUNS_MAX };
        let mut data = context.output.data();
        for row in runs.iter().take(limit) {
            let is_attended = row.outcome.is_some() || past.is_attended(row);
            let row = &counted_by_file(&past, row)?;
            match self.format {
                Format::Text => writeln!(data, "{}", line(row, is_attended))?,
                Format::Json => writeln!(data, "{}", object(row))?,
            }
        }
        drop(data);
        if runs.len() > limit {
            context.output.note(format_args!("and {} older; `--all` lists them", runs.len() - limit));
        }
        Ok(Exit::Success)
    }
}

/// The row with what stands in a file counted, without the phases that only order it.
fn counted_by_file(past: &Past, row: &RunRow) -> Result<RunRow, CommandError> {
    let blank = past.blank_board(row.run)?;
    if blank.total() == row.tasks {
        return Ok(row.clone());
    }
    let board = past.board(row.run)?;
    let (tasks, counts) = (board.total(), board.counts());
    Ok(RunRow { tasks, done: counts.done, failed: counts.failed, ..row.clone() })
}

fn line(row: &RunRow, is_attended: bool) -> String {
    let (word, style) = match row.outcome {
        Some(RunOutcome::Succeeded) => ("succeeded", styles::GOOD),
        Some(RunOutcome::Failed) => ("failed", styles::BAD),
        Some(RunOutcome::Waiting) => ("waiting", styles::WARN),
        Some(RunOutcome::Cancelled) => ("cancelled", styles::WARN),
        None if is_attended => ("under way", styles::NOTE),
        None => ("broke off", styles::BAD),
    };
    let failed = match row.failed {
        0 => String::new(),
        count => format!(", {count} failed"),
    };
    let paths: Vec<&str> = row.paths.iter().map(|path| stores::near(path)).collect();
    format!(
        "{:<5} {:<10} {}  {:>8}  {}/{} done{failed}  {}",
        styled(styles::NAME, row.run),
        styled(style, word),
        local_time(row),
        measure::duration(row.changed_at.since_us(row.created_at)),
        row.done,
        row.tasks,
        styled(styles::DIM, paths.join(", ")),
    )
}

fn local_time(row: &RunRow) -> String {
    let us = i64::try_from(row.created_at.as_unix_us()).unwrap_or(i64::MAX);
    let at = jiff::Timestamp::from_microsecond(us).unwrap_or(jiff::Timestamp::MAX);
    at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn object(row: &RunRow) -> serde_json::Value {
    json!({
        "run": row.run.to_string(),
        "outcome": row.outcome.map(RunOutcome::as_str),
        "created_at": time(row.created_at),
        "changed_at": time(row.changed_at),
        "tasks": row.tasks,
        "done": row.done,
        "failed": row.failed,
        "paths": row.paths,
    })
}
