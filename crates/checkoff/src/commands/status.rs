//! `checkoff status`: where a run stands.

use std::io::Write;

use checkoff_core::RunId;
use checkoff_core::event::RunOutcome;
use serde_json::json;

use crate::board::Standing;
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::measure;
use crate::output::{styled, styles};
use crate::stores::{self, Past};
use crate::watch::{self, Format, Stage};

/// Show where a run stands: what is done, what runs, what waits for what
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff status                  the newest run
  checkoff status r3               that one
  checkoff status --format json | jq .counts")]
pub(crate) struct Args {
    /// Which run, `r3` [default: the newest]
    run: Option<RunId>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let past = Past::open(context)?;
        let row = past.run(self.run)?;
        let is_attended = past.is_attended(&row);
        let board = past.board(row.run)?;
        let stage = stores::stage(&board, is_attended);
        let mut data = context.output.data();
        if self.format == Format::Json {
            let tasks: Vec<_> = board
                .spec
                .indexed()
                .map(|(index, task)| {
                    json!({
                        "task": task.key,
                        "title": task.title,
                        "state": word(board.standing(index)),
                        "duration_us": board.duration_us(index),
                    })
                })
                .collect();
            let object = json!({
                "run": row.run.to_string(),
                "outcome": board.outcome().map(RunOutcome::as_str),
                "broke_off": stage == Stage::BrokenOff,
                "elapsed_us": board.elapsed_us(match stage {
                    Stage::UnderWay(now) => Some(now),
                    _ => None,
                }),
                "counts": watch::counts(&board),
                "tasks": tasks,
            });
            writeln!(data, "{object:#}")?;
            return Ok(Exit::Success);
        }
        let width = context.output.width();
        write!(data, "{}", watch::summary(row.run, &board, stage, width))?;
        let Stage::UnderWay(now) = stage else { return Ok(Exit::Success) };
        for active in board.active() {
            let elapsed = measure::duration(now.since_us(active.since));
            let label = board.label(active.attempt.task, width - 20);
            writeln!(data, "  {} {label} {}", styled(styles::NOTE, "running"), styled(styles::DIM, elapsed))?;
        }
        Ok(Exit::Success)
    }
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Left => "left",
        Standing::Active => "active",
        Standing::Done(_) => "done",
        Standing::Failed(_) => "failed",
        Standing::Blocked(_) => "blocked",
        Standing::Asking(_) => "asking",
    }
}
