//! The evidence of one task, and what it writes while it runs.
//!
//! The output of an attempt under way is read where its process writes it,
//! through `/proc`, and only believed as long as that very process lives: once it
//! is over, the file can be another attempt's, and the log has the whole of it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use checkoff_core::TaskIndex;
use checkoff_core::event::{ChangeKind, Check, Event, Evidence, Outcome, Output, Process, Question};
use checkoff_core::spec::Action;
use checkoff_engine::Recorded;
use checkoff_worker::process::is_alive;

use crate::board::{self, Board, Standing};
use crate::context::Context;
use crate::error::CommandError;
use crate::measure;
use crate::output::{styled, styles};
use crate::stores::{self, Past, history_error};
use crate::watch;

/// Tells one task.
pub(super) struct Story {
    task: TaskIndex,
    live: Option<Live>,
}

/// The output of an attempt under way.
struct Live {
    process: Process,
    file: File,
    /// Bytes of it that were printed.
    shown: usize,
}

impl Live {
    fn open(process: Process) -> Option<Live> {
        let file = File::open(format!("/proc/{}/fd/1", process.pid)).ok()?;
        let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
        (is_file && is_alive(process)).then_some(Live { process, file, shown: 0 })
    }

    /// The lines that were finished since the last look.
    fn read(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = self
            .file
            .seek(SeekFrom::Start(self.shown as u64))
            .and_then(|_| self.file.read_to_end(&mut bytes));
        if read.is_err() || !is_alive(self.process) {
            return Vec::new();
        }
        let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        bytes.truncate(end);
        self.shown += end;
        bytes
    }
}

impl Story {
    pub(super) fn new(task: TaskIndex) -> Story {
        Story { task, live: None }
    }

    pub(super) fn task(&self) -> TaskIndex {
        self.task
    }

    /// What an event says about the task.
    pub(super) fn tell(
        &mut self,
        context: &Context,
        past: &Past,
        board: &Board,
        recorded: &Recorded,
    ) -> Result<(), CommandError> {
        match &recorded.event {
            Event::AttemptStarted { attempt, process } => {
                let time = watch::clock(recorded.at);
                let heading = format!("attempt {} at {time}, process {}", attempt.number, process.pid);
                writeln!(context.output.data(), "{}", styled(styles::NAME, heading))?;
                if let Action::Shell { script, .. } = &board.spec.task(self.task).action {
                    print_indented(context, "$ ", script.as_bytes())?;
                }
                self.live = Live::open(*process);
            }
            Event::AttemptFinished { outcome, evidence, .. } => {
                let shown = self.live.take().map_or(0, |live| live.shown);
                print_output(context, past, &evidence.output, shown)?;
                let style = if outcome.is_success() { styles::GOOD } else { styles::BAD };
                let how = styled(style, board::describe(outcome));
                let figures = match outcome {
                    Outcome::NotStarted { .. } => String::new(),
                    _ => figures(evidence),
                };
                writeln!(context.output.data(), "  {how}{figures}")?;
                print_changes(context, evidence)?;
            }
            Event::ChecksFinished { checks, .. } => {
                for check in checks {
                    print_check(context, past, check)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Prints what an attempt under way has written since.
    pub(super) fn look(&mut self, context: &Context) -> Result<(), CommandError> {
        let Some(live) = &mut self.live else { return Ok(()) };
        let bytes = live.read();
        print_indented(context, "| ", &bytes)
    }

    /// Where the task stands in the end.
    pub(super) fn close(&self, context: &Context, board: &Board) -> Result<(), CommandError> {
        let spec = board.spec.task(self.task);
        let standing = match board.standing(self.task) {
            Standing::Left => styled(styles::DIM, "not tried yet".to_owned()),
            Standing::Active => styled(styles::NOTE, "running".to_owned()),
            Standing::Done(because) => {
                styled(styles::GOOD, format!("done ({})", watch::done_because(because)))
            }
            Standing::Failed(_) => styled(styles::BAD, "failed".to_owned()),
            Standing::Blocked(by) => {
                styled(styles::WARN, format!("blocked by {}", board.spec.task(by).name))
            }
            Standing::Asking(question) => {
                let what = match question {
                    Question::DoIt => "waits for a person",
                    Question::Unknown => "nobody knows how it ended",
                    Question::Cancelled => "was cut short",
                };
                styled(styles::WARN, what.to_owned())
            }
        };
        let label = board.label(self.task, context.output.width().saturating_sub(30));
        let place = spec.place.and_then(|place| {
            let file = board.spec.files.get(place.file as usize)?;
            Some(format!("{}:{}", stores::near(&file.path), place.line))
        });
        let mut data = context.output.data();
        writeln!(data, "{label}: {standing}")?;
        if let Some(place) = place {
            writeln!(data, "{}", styled(styles::DIM, place))?;
        }
        Ok(())
    }
}

fn print_check(context: &Context, past: &Past, check: &Check) -> Result<(), CommandError> {
    let style = if check.outcome.is_success() { styles::GOOD } else { styles::BAD };
    let how = styled(style, board::describe(&check.outcome));
    let took = measure::duration(check.duration_us);
    writeln!(context.output.data(), "  done when `{}`: {how}, {took}", check.command)?;
    if !check.outcome.is_success() {
        print_output(context, past, &check.output, 0)?;
    }
    Ok(())
}

/// `, 1.2s, 0.9s of processor time, 12 MiB, 3 lines`
fn figures(evidence: &Evidence) -> String {
    let mut text = format!(
        " after {}, {} of processor time",
        measure::duration(evidence.ended_at.since_us(evidence.started_at)),
        measure::duration(evidence.user_us + evidence.system_us),
    );
    if evidence.memory_bytes_max > 0 {
        text.push_str(&format!(", {} of memory", measure::bytes(evidence.memory_bytes_max)));
    }
    if evidence.had_leftovers {
        text.push_str(", left processes behind");
    }
    styled(styles::DIM, text).to_string()
}

fn print_changes(context: &Context, evidence: &Evidence) -> Result<(), CommandError> {
    let mut data = context.output.data();
    for change in &evidence.changes {
        let (sign, style) = match change.kind {
            ChangeKind::Created => ('+', styles::GOOD),
            ChangeKind::Modified => ('~', styles::WARN),
            ChangeKind::Deleted => ('-', styles::BAD),
        };
        writeln!(data, "  {} {}", styled(style, sign), change.path)?;
    }
    Ok(())
}

/// What was written after the first `shown` bytes, also what is kept in a file.
fn print_output(
    context: &Context,
    past: &Past,
    output: &Output,
    shown: usize,
) -> Result<(), CommandError> {
    if output.bytes_total == 0 {
        return Ok(());
    }
    let bytes = past.history().output(output).map_err(history_error)?;
    print_indented(context, "| ", bytes.get(shown..).unwrap_or_default())
}

/// Lines behind a mark, control characters taken out.
fn print_indented(context: &Context, mark: &str, bytes: &[u8]) -> Result<(), CommandError> {
    let mut data = context.output.data();
    for line in watch::tail_lines(bytes, usize::MAX) {
        writeln!(data, "  {}{line}", styled(styles::DIM, mark))?;
    }
    Ok(())
}
