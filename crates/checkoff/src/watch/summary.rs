//! The last words of a run: what was done, what was not and why, and what to do next.

use std::fmt::Write as _;
use std::io::{self, Write};

use checkoff_core::event::{Question, RunOutcome};
use checkoff_core::{RunId, TaskIndex, Timestamp};

use crate::board::{Board, Standing};
use crate::context::Context;
use crate::measure;
use crate::output::{styled, styles};

use super::narrator::names;

/// Failures told one by one; the rest is counted.
const FAILURES_MAX: usize = 10;

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It has ended.
    Ended(RunOutcome),
    /// It was cancelled by letting what ran finish.
    Stopped,
    /// A checkoff is at it; the time is now.
    UnderWay(Timestamp),
    /// It has not ended, and nobody is at it: that checkoff was killed.
    BrokenOff,
}

impl Stage {
    /// Whether nothing more is done in it before it is taken up again.
    fn is_over(self) -> bool {
        !matches!(self, Stage::UnderWay(_))
    }
}

/// Prints it as data.
pub(super) fn print(context: &Context, run: RunId, board: &Board, stage: Stage) -> io::Result<()> {
    let text = summary(run, board, stage, context.output.width());
    write!(context.output.data(), "{text}")
}

/// The state of a run in a few lines.
pub(crate) fn summary(run: RunId, board: &Board, stage: Stage, columns: usize) -> String {
    let mut text = headline(run, board, stage);
    let counts = board.counts();
    let mut line = |count: u32, word: &str, style, rest: String| {
        if count > 0 {
            let gap = if rest.is_empty() { 0 } else { 8_usize.saturating_sub(word.len()) };
            let word = styled(style, format!("{count:>6} {word}"));
            // A String takes all that is written to it.
            let _ = writeln!(text, "{}", format!("{word}{:gap$} {rest}", "").trim_end());
        }
    };
    line(counts.done, "done", styles::GOOD, speed(board));
    let failed = board.tasks_that(|standing| matches!(standing, Standing::Failed(_)));
    for task in failed.iter().take(FAILURES_MAX) {
        let how =
            board.failure(*task).map_or_else(String::new, |failure| format!(" ({})", failure.how));
        let how = measure::shortened(&how, columns * 2 / 3);
        let label = board.label(*task, columns.saturating_sub(20 + how.len()).max(20));
        line(1, "failed", styles::BAD, format!("{label}{how}"));
    }
    let more = failed.len().saturating_sub(FAILURES_MAX);
    line(u32::try_from(more).unwrap_or(u32::MAX), "failed", styles::BAD, "more".to_owned());
    for (root, blocked) in blocked_by_root(board) {
        let count = u32::try_from(blocked.len()).unwrap_or(u32::MAX);
        let by = &board.spec.task(root).name;
        line(count, "blocked", styles::WARN, format!("by {by}: {}", names(board, &blocked)));
    }
    let persons = board.tasks_that(|standing| standing == Standing::Asking(Question::DoIt));
    let count = u32::try_from(persons.len()).unwrap_or(u32::MAX);
    line(count, "waiting", styles::WARN, format!("for a person: {}", names(board, &persons)));
    let cut = board.tasks_that(|standing| standing == Standing::Asking(Question::Cancelled));
    let count = u32::try_from(cut.len()).unwrap_or(u32::MAX);
    line(count, "cut short", styles::WARN, names(board, &cut));
    let unknown = board.tasks_that(|standing| standing == Standing::Asking(Question::Unknown));
    let count = u32::try_from(unknown.len()).unwrap_or(u32::MAX);
    line(count, "unsure", styles::WARN, format!("look how they ended: {}", names(board, &unknown)));
    let active = if stage.is_over() { "open" } else { "running" };
    line(counts.active, active, styles::NOTE, running(board));
    line(counts.left, "left", styles::DIM, String::new());
    for (tasks, message) in board.refused() {
        let word = styled(styles::WARN, "not checked off:");
        let _ = writeln!(text, "{word} {} ({message})", names(board, tasks));
    }
    let again: Vec<TaskIndex> = failed.iter().chain(&cut).chain(&unknown).copied().collect();
    next_steps(&mut text, run, board, stage, &again, &unknown, &persons);
    text
}

fn headline(run: RunId, board: &Board, stage: Stage) -> String {
    let (word, style) = match stage {
        Stage::Ended(RunOutcome::Succeeded) => ("succeeded", styles::GOOD),
        Stage::Ended(RunOutcome::Failed) => ("failed", styles::BAD),
        Stage::Ended(RunOutcome::Waiting) => ("waits for a person", styles::WARN),
        Stage::Ended(RunOutcome::Cancelled) => ("was cancelled", styles::WARN),
        Stage::Stopped => ("was stopped", styles::WARN),
        Stage::UnderWay(_) => ("is under way", styles::NOTE),
        Stage::BrokenOff => ("broke off", styles::BAD),
    };
    let elapsed = match stage {
        Stage::UnderWay(now) => format!(" for {}", measure::duration(board.elapsed_us(Some(now)))),
        // A run that had nothing to run took no time to speak of.
        _ if board.work_us() == 0 => String::new(),
        _ => format!(" after {}", measure::duration(board.elapsed_us(None))),
    };
    let why = match stage {
        Stage::BrokenOff => ": its checkoff is gone, killed or crashed",
        _ => "",
    };
    format!("run {} {}{elapsed}{why}\n", styled(styles::NAME, run), styled(style, word))
}

/// How much faster than one after another, when it is worth a word.
fn speed(board: &Board) -> String {
    // What went on while no checkoff was there is in the one and not in the other.
    if board.was_idle() {
        return String::new();
    }
    let (work, elapsed) = (board.work_us(), board.elapsed_us(None).max(1));
    let tenths = work * 10 / elapsed;
    if tenths < 12 {
        return String::new();
    }
    let (whole, tenth) = (tenths / 10, tenths % 10);
    let work = measure::duration(work);
    styled(styles::DIM, format_args!("{whole}.{tenth}× as fast as one after another ({work})"))
        .to_string()
}

fn running(board: &Board) -> String {
    let tasks: Vec<TaskIndex> = board.active().iter().map(|active| active.attempt.task).collect();
    names(board, &tasks)
}

/// The blocked tasks by the one that blocks them, in file order.
fn blocked_by_root(board: &Board) -> Vec<(TaskIndex, Vec<TaskIndex>)> {
    let mut roots: std::collections::BTreeMap<TaskIndex, Vec<TaskIndex>> =
        std::collections::BTreeMap::new();
    for task in board.tasks_that(|standing| matches!(standing, Standing::Blocked(_))) {
        if let Standing::Blocked(by) = board.standing(task) {
            roots.entry(by).or_default().push(task);
        }
    }
    roots.into_iter().collect()
}

/// Commands that are worth typing now.
fn next_steps(
    text: &mut String,
    run: RunId,
    board: &Board,
    stage: Stage,
    again: &[TaskIndex],
    unknown: &[TaskIndex],
    persons: &[TaskIndex],
) {
    let name = |task: &TaskIndex| shell_word(&board.spec.task(*task).key);
    let mut steps: Vec<(String, &str)> = Vec::new();
    match again {
        [] => {}
        [only] => {
            steps.push((format!("checkoff log {run} {}", name(only)), "what it wrote"));
            steps.push((
                format!("checkoff retry {}", name(only)),
                "try it again, and what it blocks",
            ));
        }
        [first, ..] => {
            steps.push((format!("checkoff log {run} {}", name(first)), "what the first wrote"));
            steps.push(("checkoff retry".to_owned(), "try them again, and what they block"));
        }
    }
    if let Some(first) = persons.first() {
        steps.push((format!("checkoff set {} done", name(first)), "when you have done it"));
    }
    if let [only] = unknown {
        steps.push((format!("checkoff set {} done", name(only)), "if it did end well"));
    }
    let is_left = board.counts().left > 0 || !persons.is_empty();
    let goes_on = match stage {
        Stage::Ended(RunOutcome::Cancelled | RunOutcome::Waiting) | Stage::Stopped => is_left,
        Stage::BrokenOff => true,
        Stage::Ended(RunOutcome::Succeeded | RunOutcome::Failed) | Stage::UnderWay(_) => false,
    };
    if goes_on {
        steps.push(("checkoff resume".to_owned(), "go on with what is left"));
    }
    if stage == Stage::Ended(RunOutcome::Succeeded) {
        steps.push((format!("checkoff log {run}"), "the evidence"));
    }
    let width = steps.iter().map(|(command, _)| command.len()).max().unwrap_or(0);
    if !steps.is_empty() {
        text.push('\n');
    }
    for (command, what) in steps {
        let command = styled(styles::NOTE, format!("{command:<width$}"));
        let _ = writeln!(text, "  {command}  {}", styled(styles::DIM, what));
    }
}

/// A word as a shell reads it back.
fn shell_word(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:,@%+=".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
