//! A run without a terminal: a line per task that comes to its end.
//!
//! Starts are not told, as they would double a build log; instead, when nothing
//! was said for a while, a line says what is running, so that a hanging job can
//! be told from a slow one.

use checkoff_core::Timestamp;
use checkoff_engine::Recorded;

use crate::board::Board;
use crate::context::Context;
use crate::measure;
use crate::output::{styled, styles};

use super::narrator::Narrator;

/// Silence after which the running tasks are named, then twice that, and so on.
const SILENCE_US: u64 = 10_000_000;

/// See the module.
#[derive(Debug)]
pub(super) struct Plain {
    narrator: Narrator,
    quiet: bool,
    spoke_at: Option<Timestamp>,
    patience_us: u64,
}

impl Plain {
    pub(super) fn new(quiet: bool) -> Plain {
        Plain { narrator: Narrator::default(), quiet, spoke_at: None, patience_us: SILENCE_US }
    }

    pub(super) fn tell(&mut self, context: &Context, board: &Board, recorded: &Recorded) {
        let lines = self.narrator.tell(board, recorded, context.output.width());
        self.print(context, lines, recorded.at);
    }

    fn print(&mut self, context: &Context, lines: Vec<String>, at: Timestamp) {
        if lines.is_empty() || self.quiet {
            return;
        }
        self.spoke_at = Some(at);
        self.patience_us = SILENCE_US;
        for line in lines {
            context.output.note(line);
        }
    }

    pub(super) fn draw(&mut self, context: &Context, board: &Board, now: Timestamp) {
        let lines = self.narrator.rest(board);
        self.print(context, lines, now);
        let spoke_at = *self.spoke_at.get_or_insert(now);
        if self.quiet || board.active().is_empty() || now.since_us(spoke_at) < self.patience_us {
            return;
        }
        let running: Vec<String> = board
            .active()
            .iter()
            .take(5)
            .map(|active| {
                let name = measure::shortened(&board.spec.task(active.attempt.task).name, 40);
                format!("{name} ({})", measure::duration(now.since_us(active.since)))
            })
            .collect();
        context.output.note(format_args!(
            "{} {}",
            styled(styles::DIM, "running"),
            running.join(", ")
        ));
        self.spoke_at = Some(now);
        self.patience_us *= 2;
    }

    pub(super) fn close(&mut self, context: &Context, board: &Board) {
        let lines = self.narrator.rest(board);
        self.print(context, lines, Timestamp::default());
    }
}
