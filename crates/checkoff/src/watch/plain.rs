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
    /// Lines of the frame, to be written at once.
    lines: String,
    columns: Option<usize>,
    spoke_at: Option<Timestamp>,
    patience_us: u64,
}

impl Plain {
    pub(super) fn new(quiet: bool) -> Plain {
        Plain {
            narrator: Narrator::default(),
            quiet,
            lines: String::new(),
            columns: None,
            spoke_at: None,
            patience_us: SILENCE_US,
        }
    }

    pub(super) fn tell(&mut self, context: &Context, board: &Board, recorded: &Recorded) {
        // Asked for once: a log does not change its width, and the answer takes system calls.
        let columns = *self.columns.get_or_insert_with(|| context.output.width());
        let lines = self.narrator.tell(board, recorded, columns);
        self.take(lines, recorded.at);
    }

    fn take(&mut self, lines: Vec<String>, at: Timestamp) {
        if lines.is_empty() || self.quiet {
            return;
        }
        self.spoke_at = Some(at);
        self.patience_us = SILENCE_US;
        for line in lines {
            self.lines.push_str(&line);
            self.lines.push('\n');
        }
    }

    /// Says something that is no event, after what was told before it.
    pub(super) fn say(&mut self, context: &Context, message: &str) {
        self.print(context);
        context.output.note(message);
    }

    fn print(&mut self, context: &Context) {
        if let Some(lines) = self.lines.strip_suffix('\n') {
            context.output.note(lines);
            self.lines.clear();
        }
    }

    pub(super) fn draw(&mut self, context: &Context, board: &Board, now: Timestamp) {
        let lines = self.narrator.rest(board);
        self.take(lines, now);
        self.print(context);
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
        self.take(lines, Timestamp::default());
        self.print(context);
    }
}
