//! A run told in lines: what is worth a line, and how it reads.
//!
//! A task that fails early can block thousands, and a list for people has a
//! hundred tasks that wait for one: such events are gathered and told in one
//! line, as soon as something else happens.

use checkoff_core::TaskIndex;
use checkoff_core::event::{DoneBecause, Event, Question};
use checkoff_engine::Recorded;

use crate::board::Board;
use crate::measure;
use crate::output::{counted, styled, styles};

/// Lines shown of what a failed attempt wrote.
const TAIL_LINES: usize = 12;

/// Names in one gathered line.
const NAMES_MAX: usize = 6;

/// What stands before a line of output.
const OUTPUT_MARK: &str = "      |";

/// Whether a line is one of the output of a failed task.
pub(crate) fn is_output(line: &str) -> bool {
    line.starts_with(OUTPUT_MARK)
}

/// Tells what happens, line by line.
#[derive(Debug, Default)]
pub(crate) struct Narrator {
    blocked: Option<(TaskIndex, Vec<TaskIndex>)>,
    persons: Vec<TaskIndex>,
}

impl Narrator {
    /// The lines for one event, which the board has taken in. Without a line ending.
    pub(crate) fn tell(
        &mut self,
        board: &Board,
        recorded: &Recorded,
        columns: usize,
    ) -> Vec<String> {
        let mut lines = Vec::new();
        match &recorded.event {
            Event::TaskBlocked { task, .. } | Event::TaskDone { task, .. }
                if !board.is_shown(*task) =>
            {
                return lines;
            }
            Event::TaskBlocked { task, by } => {
                if self.blocked.as_ref().is_some_and(|(root, _)| root != by) {
                    lines = self.rest(board);
                }
                self.blocked.get_or_insert((*by, Vec::new())).1.push(*task);
                return lines;
            }
            Event::TaskAsked { task, question: Question::DoIt } => {
                self.persons.push(*task);
                return lines;
            }
            _ => {}
        }
        let Some(own) = own_lines(board, recorded, columns) else { return lines };
        lines.extend(self.rest(board));
        lines.extend(own);
        lines
    }

    /// The lines gathered so far.
    pub(crate) fn rest(&mut self, board: &Board) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some((by, mut tasks)) = self.blocked.take() {
            tasks.sort_unstable();
            let by = styled(styles::NAME, &board.spec.task(by).name);
            lines.push(format!(
                "{} {} (by {by})",
                styled(styles::WARN, "blocked"),
                names(board, &tasks)
            ));
        }
        if !self.persons.is_empty() {
            let tasks = std::mem::take(&mut self.persons);
            let what = counted(tasks.len(), "task");
            let word = styled(styles::WARN, "waiting");
            lines.push(format!("{word} for a person, {what}: {}", names(board, &tasks)));
        }
        lines
    }
}

/// The first few names, then how many more.
pub(crate) fn names(board: &Board, tasks: &[TaskIndex]) -> String {
    let shown: Vec<String> = tasks
        .iter()
        .take(NAMES_MAX)
        .map(|task| measure::shortened(&board.spec.task(*task).name, 40))
        .collect();
    match tasks.len().saturating_sub(NAMES_MAX) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The lines of an event that is told at once.
fn own_lines(board: &Board, recorded: &Recorded, columns: usize) -> Option<Vec<String>> {
    let label =
        |task: TaskIndex, taken: usize| board.label(task, columns.saturating_sub(taken).max(20));
    let took = |task: TaskIndex| {
        let duration = measure::duration(board.last_duration_us(task));
        styled(styles::DIM, format!("({duration})")).to_string()
    };
    let line = match &recorded.event {
        Event::TaskDone { task, because } => {
            let word = styled(styles::GOOD, "done   ");
            match because {
                DoneBecause::Attempt | DoneBecause::Checks => {
                    format!("{word} {} {}", label(*task, 20), took(*task))
                }
                DoneBecause::Person => format!("{word} {} (by a person)", label(*task, 24)),
                DoneBecause::Members => format!("{word} {}", label(*task, 8)),
            }
        }
        Event::TaskFailed { task, .. } => return Some(failed(board, *task, columns)),
        Event::TaskAsked { question: Question::DoIt, .. } => return None,
        Event::TaskAsked { task, question: Question::Unknown } => {
            let word = styled(styles::WARN, "asks   ");
            format!("{word} {}: nobody knows how its last attempt ended", label(*task, 50))
        }
        Event::TaskAsked { task, question: Question::Cancelled } => {
            let duration = measure::duration(board.last_duration_us(*task));
            let how = styled(styles::DIM, format!("(cut short, {duration})"));
            format!("{} {} {how}", styled(styles::WARN, "ended  "), label(*task, 32))
        }
        Event::TaskReopened { task, .. } | Event::RetryRequested { task } => {
            format!("{} {}", styled(styles::NOTE, "again  "), label(*task, 8))
        }
        Event::BoxRefused { tasks, message, .. } => {
            let word = styled(styles::WARN, "warning");
            format!("{word} {} not checked off: {message}", names(board, tasks))
        }
        Event::DrainRequested => {
            format!(
                "{} what runs is finished, nothing new is started",
                styled(styles::WARN, "stopping")
            )
        }
        Event::CancelRequested => {
            format!("{} what runs (TERM, after 5 s KILL)", styled(styles::WARN, "ending  "))
        }
        _ => return None,
    };
    Some(vec![line])
}

/// A failure, with the end of what the attempt wrote.
fn failed(board: &Board, task: TaskIndex, columns: usize) -> Vec<String> {
    let failure = board.failure(task);
    let how = failure.map_or("failed", |failure| &failure.how);
    let how = measure::shortened(how, (columns * 2 / 3).max(20));
    let label = board.label(task, columns.saturating_sub(20 + how.len()).max(20));
    let how = match board.last_duration_us(task) {
        // Not even started.
        0 => format!("({how})"),
        duration => format!("({how}, {})", measure::duration(duration)),
    };
    let word = styled(styles::BAD, "FAILED ");
    let mut lines = vec![format!("{word} {label} {}", styled(styles::DIM, how))];
    let tail = failure.map_or_else(Vec::new, |failure| tail_lines(&failure.tail, TAIL_LINES));
    lines.extend(tail.into_iter().map(|line| format!("{OUTPUT_MARK} {line}")));
    lines
}

/// The last lines of an output as a terminal may show them: no control characters.
pub(crate) fn tail_lines(output: &[u8], count: usize) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    let plain = anstream::adapter::strip_str(&text).to_string();
    let lines: Vec<String> = plain
        .lines()
        .map(|line| {
            // Of a line that was overwritten in place only the last state counts.
            let line = line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default();
            line.replace('\t', "    ").chars().filter(|letter| !letter.is_control()).collect()
        })
        .collect();
    let end =
        lines.iter().rposition(|line: &String| !line.trim().is_empty()).map_or(0, |at| at + 1);
    lines[end.saturating_sub(count)..end].to_vec()
}

#[cfg(test)]
mod tests {
    use checkoff_core::event::FailedBecause;

    use super::*;
    use crate::board::testing::{chain, done, feed, finished, started};

    /// The lines that these events are worth, without styles.
    fn story(names: &[&str], events: &[Event]) -> Vec<String> {
        let mut board = chain(names);
        let mut narrator = Narrator::default();
        let mut lines = Vec::new();
        for event in events {
            for recorded in feed(&mut board, std::slice::from_ref(event)) {
                lines.extend(narrator.tell(&board, &recorded, 60));
            }
        }
        lines.extend(narrator.rest(&board));
        lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    }

    #[test]
    fn a_failure_shows_what_was_written_and_gathers_what_it_blocks() {
        let names = ["a", "phase", "b", "c", "d", "e", "f", "g", "h"];
        let failed = Event::TaskFailed { task: TaskIndex(0), because: FailedBecause::Attempt };
        let mut events = vec![started(0), finished(0, 2, "one\nerror: two\n"), failed];
        events.extend(
            (1..9).map(|task| Event::TaskBlocked { task: TaskIndex(task), by: TaskIndex(0) }),
        );
        let expected = [
            "FAILED  a do a (exit 2, 2.0s)",
            "      | one",
            "      | error: two",
            "blocked b, c, d, e, f, g and 1 more (by a)",
        ];
        assert_eq!(story(&names, &events), expected);
    }

    #[test]
    fn persons_tasks_are_told_together_before_what_comes_next() {
        let ask = |task| Event::TaskAsked { task: TaskIndex(task), question: Question::DoIt };
        let events = [ask(1), ask(2), started(0), finished(0, 0, ""), done(0)];
        let expected = ["waiting for a person, 2 tasks: b, c", "done    a do a (2.0s)"];
        assert_eq!(story(&["a", "b", "c"], &events), expected);
    }

    #[test]
    fn a_tail_is_safe_to_print_and_ends_where_the_text_ends() {
        let output = b"one\n\x1b[31mtwo\x1b[0m\n10%\r50%\r100%\r\nthr\x07ee\n\n\n";
        assert_eq!(tail_lines(output, 3), ["two", "100%", "three"]);
        assert_eq!(tail_lines(b"", 3), Vec::<String>::new());
    }
}
