//! The last words of a run: what was done, what was not and why, and what to do next.

use std::fmt::Write as _;
use std::io::{self, Write};

use checkoff_core::event::{Question, RunOutcome};
use checkoff_core::{RunId, TaskIndex};

use crate::board::{Board, Standing};
use crate::context::Context;
use crate::measure;
use crate::output::{styled, styles};

use super::narrator::names;

/// Failures told one by one; the rest is counted.
const FAILURES_MAX: usize = 10;

/// Prints it as data.
pub(super) fn print(
    context: &Context,
    run: RunId,
    board: &Board,
    outcome: RunOutcome,
    stopped: bool,
) -> io::Result<()> {
    let text = summary(run, board, Some(outcome), stopped, context.output.width());
    write!(context.output.data(), "{text}")
}

/// The state of a run in a few lines; `outcome` is `None` while it is under way.
pub(crate) fn summary(
    run: RunId,
    board: &Board,
    outcome: Option<RunOutcome>,
    stopped: bool,
    columns: usize,
) -> String {
    let mut text = headline(run, board, outcome, stopped);
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
        let how = measure::shortened(&how, columns / 2);
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
    line(counts.active, "running", styles::NOTE, running(board));
    line(counts.left, "left", styles::DIM, String::new());
    for (tasks, message) in board.refused() {
        let word = styled(styles::WARN, "not checked off:");
        let _ = writeln!(text, "{word} {} ({message})", names(board, tasks));
    }
    let again: Vec<TaskIndex> = failed.iter().chain(&cut).chain(&unknown).copied().collect();
    next_steps(&mut text, run, board, outcome, &again, &persons);
    text
}

fn headline(run: RunId, board: &Board, outcome: Option<RunOutcome>, stopped: bool) -> String {
    let (word, style) = match outcome {
        Some(RunOutcome::Succeeded) => ("succeeded", styles::GOOD),
        Some(RunOutcome::Failed) => ("failed", styles::BAD),
        Some(RunOutcome::Waiting) => ("waits for a person", styles::WARN),
        Some(RunOutcome::Cancelled) if stopped => ("was stopped", styles::WARN),
        Some(RunOutcome::Cancelled) => ("was cancelled", styles::WARN),
        None => ("is under way", styles::NOTE),
    };
    let after = if outcome.is_some() { "after" } else { "for" };
    let elapsed = match board.work_us() {
        // A run that had nothing to run took no time to speak of.
        0 => String::new(),
        _ => format!(" {after} {}", measure::duration(board.elapsed_us(None))),
    };
    format!("run {} {}{elapsed}\n", styled(styles::NAME, run), styled(style, word))
}

/// How much faster than one after another, when it is worth a word.
fn speed(board: &Board) -> String {
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
    outcome: Option<RunOutcome>,
    again: &[TaskIndex],
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
    let is_left = board.counts().left > 0 || !persons.is_empty();
    if is_left && matches!(outcome, Some(RunOutcome::Cancelled | RunOutcome::Waiting)) {
        steps.push(("checkoff resume".to_owned(), "go on with what is left"));
    }
    if outcome == Some(RunOutcome::Succeeded) {
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
