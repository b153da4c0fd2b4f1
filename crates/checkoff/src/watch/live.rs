//! A run on a terminal: a line per running task, and a bar below them.
//!
//! ```text
//!  done    T001 Install (1.2s)                 ← scrolls away above
//!  ⠹ T005 Build the API                 12s    ← one line per running task
//!  ⠹ T006 Write the docs (checking)      3s
//!  ━━━━━━━━━╸━━━━━━  12/57 done, 1 failed  42s, about 2m 10s left
//! ```
//!
//! It is one progress bar whose message has many lines; indicatif keeps it at
//! the bottom of the screen and what is told above it.

use std::time::{Duration, Instant};

use checkoff_core::Timestamp;
use checkoff_core::event::Event;
use checkoff_engine::Recorded;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use unicode_width::UnicodeWidthStr;

use crate::board::{Active, Board};
use crate::context::Context;
use crate::measure;
use crate::output::{styled, styles};

use super::narrator::Narrator;

/// Lines of the screen left for what was told, at least.
const ROWS_ABOVE: usize = 6;

/// Between two drawings.
const FRAME: Duration = Duration::from_millis(80);

const SPINNER: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/// See the module.
pub(super) struct Live {
    bar: ProgressBar,
    narrator: Narrator,
    told: Vec<String>,
    drawn_at: Option<Instant>,
    frames: usize,
    in_color: bool,
    /// Gives the terminal its settings back when dropped.
    silence: Option<Silence>,
}

/// Keeps the terminal from printing `^C` into the screen.
struct Silence {
    before: Termios,
}

impl Silence {
    /// `None` where there is no terminal to keep silent.
    fn keep() -> Option<Silence> {
        let before = tcgetattr(std::io::stdin()).ok()?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHOCTL);
        tcsetattr(std::io::stdin(), OptionalActions::Now, &silent).ok()?;
        Some(Silence { before })
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        // A terminal that went away meanwhile needs nothing back.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.before);
    }
}

impl Live {
    pub(super) fn new(context: &Context) -> Live {
        let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr_with_hz(30));
        let in_color = context.output.colors_talk();
        let template =
            if in_color { "{msg}{bar:24.green/dim} {prefix}" } else { "{msg}{bar:24} {prefix}" };
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("━╸─");
        bar.set_style(style);
        Live {
            bar,
            narrator: Narrator::default(),
            told: Vec::new(),
            drawn_at: None,
            frames: 0,
            in_color,
            silence: Silence::keep(),
        }
    }

    pub(super) fn tell(&mut self, board: &Board, recorded: &Recorded) {
        let lines = self.narrator.tell(board, recorded, columns());
        self.told.extend(lines);
        if recorded.event == Event::DrainRequested {
            self.told.push(styled(styles::DIM, "         Ctrl-C again ends it now").to_string());
        }
    }

    pub(super) fn say(&mut self, message: &str) {
        self.told.push(styled(styles::WARN, message).to_string());
    }

    pub(super) fn draw(&mut self, board: &Board, now: Timestamp) {
        if self.drawn_at.is_some_and(|at| at.elapsed() < FRAME) {
            return;
        }
        self.drawn_at = Some(Instant::now());
        self.frames += 1;
        let counts = board.counts();
        self.bar.set_length(u64::from(board.total()));
        self.bar.set_position(u64::from(counts.done));
        let prefix = self.painted(footer(board, now));
        self.bar.set_prefix(prefix);
        let message = self.painted(self.running(board, now));
        self.bar.set_message(message);
        // Last, because it draws the bar again: what is told is counted in it then.
        self.told.extend(self.narrator.rest(board));
        self.print_told();
        self.bar.tick();
    }

    /// What is told goes above the bar, in one drawing.
    fn print_told(&mut self) {
        if !self.told.is_empty() {
            let told = std::mem::take(&mut self.told).join("\n");
            self.bar.println(self.painted(told));
        }
    }

    /// A line per running task, as many as fit.
    fn running(&self, board: &Board, now: Timestamp) -> String {
        let columns = columns();
        let rows = terminal_size::terminal_size().map_or(24, |(_, height)| usize::from(height.0));
        let room = rows.saturating_sub(ROWS_ABOVE).max(1);
        let active = board.active();
        let shown = if active.len() > room { room - 1 } else { active.len() };
        let spinner = SPINNER[self.frames % SPINNER.len()];
        let mut text = String::new();
        for active in &active[..shown] {
            let elapsed = measure::growing(now.since_us(active.since));
            let label = label(board, active, columns.saturating_sub(elapsed.width() + 5));
            let gap = columns.saturating_sub(label.width() + elapsed.width() + 4);
            text.push_str(&format!(
                "{} {label}{:gap$}{}\n",
                styled(styles::NOTE, spinner),
                "",
                styled(styles::DIM, elapsed)
            ));
        }
        if active.len() > shown {
            text.push_str(&format!("  and {} more\n", active.len() - shown));
        }
        text
    }

    pub(super) fn close(&mut self, board: &Board) {
        self.told.extend(self.narrator.rest(board));
        self.print_told();
        self.bar.finish_and_clear();
        self.silence = None;
    }

    fn painted(&self, text: String) -> String {
        if self.in_color { text } else { anstream::adapter::strip_str(&text).to_string() }
    }
}

fn label(board: &Board, active: &Active, columns: usize) -> String {
    let note = match (active.checking, active.attempt.number) {
        (true, _) => " (checking)".to_owned(),
        (false, 1) => String::new(),
        (false, number) => format!(" (attempt {number})"),
    };
    board.label(active.attempt.task, columns.saturating_sub(note.len())) + &note
}

/// `12/57 done, 1 failed, 3 blocked, 41 left  42s, about 2m 10s left`
fn footer(board: &Board, now: Timestamp) -> String {
    let counts = board.counts();
    let mut text = format!("{}/{} done", counts.done, board.total());
    for (count, word, style) in [
        (counts.failed, "failed", styles::BAD),
        (counts.blocked, "blocked", styles::WARN),
        (counts.asking, "for a person", styles::WARN),
    ] {
        if count > 0 {
            text.push_str(&format!(", {}", styled(style, format_args!("{count} {word}"))));
        }
    }
    let mut time = measure::growing(board.elapsed_us(Some(now)));
    if let Some(remaining) = board.remaining_us(now).filter(|remaining| *remaining >= 1_000_000) {
        time.push_str(&format!(", about {} left", measure::duration(remaining)));
    }
    format!("{text}  {}", styled(styles::DIM, time))
}

/// Columns of the terminal, less the last one, which makes some terminals wrap.
fn columns() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)).max(40) - 1
}
