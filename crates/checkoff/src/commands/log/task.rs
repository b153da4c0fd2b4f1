//! The evidence of one task.

use std::io::Write;

use checkoff_core::TaskIndex;
use checkoff_core::spec::Action;
use checkoff_core::event::{Check, ChangeKind, Event, Evidence, Output};
use checkoff_engine::Recorded;

use crate::board::{self, Board, Standing};
use crate::context::Context;
use crate::error::CommandError;
use crate::measure;
use crate::output::{styled, styles};
use crate::stores::{Past, history_error};
use crate::watch;

/// What an event says about the task.
pub(super) fn tell(
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
        }
        Event::AttemptFinished { attempt, outcome, evidence } => {
            let task = board.spec.task(attempt.task);
            if let Action::Shell { script, .. } = &task.action {
                print_indented(context, "$ ", script.as_bytes())?;
            }
            print_output(context, past, &evidence.output)?;
            let style = if outcome.is_success() { styles::GOOD } else { styles::BAD };
            let how = styled(style, board::describe(outcome));
            writeln!(context.output.data(), "  {how}{}", figures(evidence))?;
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

/// Where the task stands in the end.
pub(super) fn close(context: &Context, board: &Board, task: TaskIndex) -> Result<(), CommandError> {
    let spec = board.spec.task(task);
    let standing = match board.standing(task) {
        Standing::Left => styled(styles::DIM, "not tried yet".to_owned()),
        Standing::Active => styled(styles::NOTE, "running".to_owned()),
        Standing::Done(because) => {
            styled(styles::GOOD, format!("done ({})", watch::done_because(because)))
        }
        Standing::Failed(_) => styled(styles::BAD, "failed".to_owned()),
        Standing::Blocked(by) => {
            styled(styles::WARN, format!("blocked by {}", board.spec.task(by).name))
        }
        Standing::Asking(_) => styled(styles::WARN, "waits for a person".to_owned()),
    };
    let label = board.label(task, context.output.width().saturating_sub(30));
    let place = spec.place.and_then(|place| {
        let file = board.spec.files.get(place.file as usize)?;
        Some(format!("{}:{}", file.path, place.line))
    });
    let mut data = context.output.data();
    writeln!(data, "{label}: {standing}")?;
    if let Some(place) = place {
        writeln!(data, "{}", styled(styles::DIM, place))?;
    }
    Ok(())
}

fn print_check(context: &Context, past: &Past, check: &Check) -> Result<(), CommandError> {
    let style = if check.outcome.is_success() { styles::GOOD } else { styles::BAD };
    let how = styled(style, board::describe(&check.outcome));
    let took = measure::duration(check.duration_us);
    writeln!(context.output.data(), "  done when `{}`: {how}, {took}", check.command)?;
    if !check.outcome.is_success() {
        print_output(context, past, &check.output)?;
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

/// All that was written, also what is kept in a file.
fn print_output(context: &Context, past: &Past, output: &Output) -> Result<(), CommandError> {
    if output.bytes_total == 0 {
        return Ok(());
    }
    let bytes = past.history().output(output).map_err(history_error)?;
    print_indented(context, "| ", &bytes)
}

/// Lines behind a mark, control characters taken out.
fn print_indented(context: &Context, mark: &str, bytes: &[u8]) -> Result<(), CommandError> {
    let mut data = context.output.data();
    for line in watch::tail_lines(bytes, usize::MAX) {
        writeln!(data, "  {}{line}", styled(styles::DIM, mark))?;
    }
    Ok(())
}
