//! `checkoff simulate`: when it would be finished, with how many workers.

use std::io::{self, Write};
use std::num::NonZeroU32;
use std::path::PathBuf;

use checkoff_core::estimate;
use checkoff_core::simulate::{Bottleneck, Bound, Outcome, Slot, simulate};
use checkoff_plan::document::EdgeSource;
use checkoff_plan::weave::Plan;
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::output::{counted, styled, styles};
use crate::plan_view;

/// Estimate the finish with N workers, and say what stands in the way
///
/// Times are working time from now (a day has eight hours), from the estimates in the list; a task
/// without one counts as much as the middle of the others. No schedule ends before the lower
/// bound: the longest chain of work, or all work divided by the workers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff simulate                      1, 2, 4 … workers side by side
  checkoff simulate TASKS.md --workers 3 with a timeline
  checkoff simulate --workers 1,3,5 --format json")]
pub(crate) struct Args {
    /// Lists, or folders to look for lists in; `-` is standard input [default: this project]
    paths: Vec<PathBuf>,
    /// How many workers; several to compare them
    #[arg(long, short = 'w', value_name = "N", value_delimiter = ',')]
    workers: Vec<NonZeroU32>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let plan = plan_view::load(context, &self.paths)?;
        let outcomes = self.outcomes(&plan);
        let mut data = context.output.data();
        if self.format == Format::Json {
            let value = json!({
                "estimates_guessed": plan.guessed.tasks,
                "estimates_stated": plan.guessed.stated,
                "guess_ms": plan.guessed.each_ms,
                "simulations": outcomes.iter().map(|it| to_json(&plan, it)).collect::<Vec<_>>(),
            });
            serde_json::to_writer_pretty(&mut *data, &value).map_err(io::Error::from)?;
            writeln!(data)?;
            return Ok(Exit::Success);
        }
        let Some(shown) = self.shown(&outcomes) else { return Ok(Exit::Success) };
        if shown.slots.is_empty() {
            writeln!(data, "nothing is left that can be done")?;
        } else {
            table(&mut *data, &plan, &outcomes)?;
            writeln!(data)?;
            timeline(&mut *data, &plan, shown, context.output.width())?;
            writeln!(data)?;
            chain(&mut *data, &plan, shown)?;
        }
        if let [first, ..] = shown.unreachable[..] {
            writeln!(
                data,
                "{} {} can never start, {} for one: `checkoff why {}` tells why",
                styled(styles::WARN, "!"),
                counted(shown.unreachable.len(), "task"),
                plan.name(first),
                plan.key(first),
            )?;
        }
        Ok(Exit::Success)
    }

    /// The simulations asked for; otherwise doubling as long as it helps.
    fn outcomes(&self, plan: &Plan) -> Vec<Outcome> {
        if self.workers.len() > 1 {
            return self.workers.iter().map(|workers| simulate(&plan.graph, *workers)).collect();
        }
        let asked = self.workers.first().copied();
        let mut outcomes: Vec<Outcome> = Vec::new();
        let mut workers = NonZeroU32::MIN;
        loop {
            let outcome = simulate(&plan.graph, workers);
            let floor = outcome.makespan_ms <= outcome.critical_path_ms;
            outcomes.push(outcome);
            if floor || workers.get() >= 64 {
                break;
            }
            workers = workers.saturating_mul(NonZeroU32::MIN.saturating_add(1));
        }
        if let Some(asked) = asked
            && outcomes.iter().all(|outcome| outcome.workers != asked.get())
        {
            outcomes.push(simulate(&plan.graph, asked));
            outcomes.sort_by_key(|outcome| outcome.workers);
        }
        outcomes
    }

    /// The one to show in detail: the one asked for, else the fewest workers within a tenth
    /// of the soonest finish.
    fn shown<'a>(&self, outcomes: &'a [Outcome]) -> Option<&'a Outcome> {
        if let [only] = self.workers[..] {
            return outcomes.iter().find(|outcome| outcome.workers == only.get());
        }
        let best = outcomes.iter().map(|outcome| outcome.makespan_ms).min()?;
        outcomes.iter().find(|outcome| outcome.makespan_ms <= best + best / 10)
    }
}

fn table(data: &mut dyn Write, plan: &Plan, outcomes: &[Outcome]) -> io::Result<()> {
    writeln!(
        data,
        "{}",
        styled(
            styles::NAME,
            format_args!(
                "{:>7}  {:>9}  {:>11}  {:>4}  bottleneck",
                "workers", "finish", "lower bound", "busy"
            )
        )
    )?;
    for outcome in outcomes {
        writeln!(
            data,
            "{:>7}  {:>9}  {:>11}  {:>3.0}%  {}",
            outcome.workers,
            estimate::format(outcome.makespan_ms),
            estimate::format(outcome.lower_bound_ms),
            outcome.utilisation() * 100.0,
            outcome.bottleneck.as_str(),
        )?;
    }
    let first = &outcomes[0];
    let guess = match (plan.guessed.tasks, plan.guessed.stated) {
        (0, _) => "every estimate is stated".to_owned(),
        (tasks, 0) => format!("no estimates stated: each of {tasks} counts as {}", estimate::format(plan.guessed.each_ms)),
        (tasks, stated) => format!(
            "{tasks} of {} estimates guessed as {}",
            tasks + stated,
            estimate::format(plan.guessed.each_ms)
        ),
    };
    writeln!(
        data,
        "{}",
        styled(
            styles::DIM,
            format_args!(
                "{}, {} of work, {} on the longest chain; {guess}",
                counted(first.slots.len(), "task"),
                estimate::format(first.work_ms),
                estimate::format(first.critical_path_ms)
            )
        )
    )
}

/// One row a worker, one box a task, to scale.
fn timeline(data: &mut dyn Write, plan: &Plan, outcome: &Outcome, width: usize) -> io::Result<()> {
    const ROWS_MAX: u32 = 16;
    let used = outcome.slots.iter().map(|slot| slot.worker + 1).max().unwrap_or(0);
    let digits = used.to_string().len();
    let columns = width.saturating_sub(digits + 3).clamp(20, 160);
    let column = |ms: u64| -> usize {
        let scaled = u128::from(ms) * columns as u128 / u128::from(outcome.makespan_ms.max(1));
        usize::try_from(scaled).unwrap_or(columns).min(columns)
    };
    let title = format!("with {}", counted(outcome.workers as usize, "worker"));
    writeln!(data, "{}", styled(styles::NAME, title))?;
    let on_chain = |slot: &Slot| outcome.chain.iter().any(|other| other.task == slot.task);
    for worker in 0..used.min(ROWS_MAX) {
        write!(data, "{:>digits$} ", worker + 1)?;
        let mut at = 0;
        for slot in outcome.slots.iter().filter(|slot| slot.worker == worker) {
            let (start, end) = (column(slot.start_ms).max(at), column(slot.finish_ms));
            if end <= start {
                continue;
            }
            write!(data, "{}", " ".repeat(start - at))?;
            let name = plan.task(slot.task).and_then(|task| task.id.as_deref()).unwrap_or("");
            let label = plan_view::fit(name, end - start - 1);
            let label = if label == "…" { String::new() } else { label };
            let fill = (end - start - 1)
                .saturating_sub(unicode_width::UnicodeWidthStr::width(label.as_str()));
            let text = format!("▕{label}{}", "─".repeat(fill));
            match on_chain(slot) {
                true => write!(data, "{}", styled(styles::WARN, text))?,
                false => write!(data, "{}", styled(styles::NOTE, text))?,
            }
            at = end;
        }
        writeln!(data, "{}▏", " ".repeat(columns - at))?;
    }
    if used > ROWS_MAX {
        writeln!(data, "{}", styled(styles::DIM, format_args!("{:>digits$} and {} more", "", used - ROWS_MAX)))?;
    }
    let end = estimate::format(outcome.makespan_ms);
    let gap = columns.saturating_sub(end.len());
    writeln!(data, "{}", styled(styles::DIM, format_args!("{:>digits$} 0{}{end}", "", " ".repeat(gap.max(1)))))
}

/// What decides the end, and what would help.
fn chain(data: &mut dyn Write, plan: &Plan, outcome: &Outcome) -> io::Result<()> {
    const SHOWN_MAX: usize = 12;
    let advice = match outcome.bottleneck {
        Bottleneck::Nothing => "",
        Bottleneck::CriticalPath => "dependencies decide the end; more workers do not help",
        Bottleneck::Files => "tasks that use the same files decide the end; cut them along files",
        Bottleneck::Workers => "the number of workers decides the end",
    };
    writeln!(data, "{} {advice}", styled(styles::NAME, "bottleneck:"))?;
    let skipped = outcome.chain.len().saturating_sub(SHOWN_MAX);
    for (at, slot) in outcome.chain.iter().enumerate() {
        // The beginning and the end tell the story.
        if skipped > 0 && (SHOWN_MAX / 2..SHOWN_MAX / 2 + skipped).contains(&at) {
            if at == SHOWN_MAX / 2 {
                writeln!(data, "  {}", styled(styles::DIM, format_args!("… {skipped} more …")))?;
            }
            continue;
        }
        let Some(task) = plan.task(slot.task) else { continue };
        let bound = match slot.bound {
            Bound::Start => "at once".to_owned(),
            Bound::Worker(other) => format!("when {} leaves a worker", plan_view::fit(plan.name(other), 24)),
            Bound::Edge(edge) => {
                let reason = &plan.reasons[edge.why as usize];
                match reason.source {
                    EdgeSource::Path => format!("after another with {}", reason.detail),
                    EdgeSource::Phase | EdgeSource::Parent
                        if reason.detail.starts_with("part of ") =>
                    {
                        format!("when {} may begin", &reason.detail["part of ".len()..])
                    }
                    _ => plan_view::because(plan, reason),
                }
            }
        };
        writeln!(
            data,
            "  {:>8}  {}  {}",
            estimate::format(slot.start_ms),
            plan_view::id_and_title(task),
            styled(styles::DIM, bound)
        )?;
    }
    Ok(())
}

fn to_json(plan: &Plan, outcome: &Outcome) -> Value {
    let slot = |slot: &Slot| {
        json!({
            "key": plan.key(slot.task),
            "worker": slot.worker,
            "start_ms": slot.start_ms,
            "finish_ms": slot.finish_ms,
            "bound": match slot.bound {
                Bound::Start => "start",
                Bound::Edge(_) => "edge",
                Bound::Worker(_) => "worker",
            },
        })
    };
    json!({
        "workers": outcome.workers,
        "makespan_ms": outcome.makespan_ms,
        "lower_bound_ms": outcome.lower_bound_ms,
        "critical_path_ms": outcome.critical_path_ms,
        "work_ms": outcome.work_ms,
        "utilisation": outcome.utilisation(),
        "bottleneck": outcome.bottleneck.as_str(),
        "unreachable": outcome.unreachable.iter().map(|task| plan.key(*task)).collect::<Vec<_>>(),
        "chain": outcome.chain.iter().map(slot).collect::<Vec<_>>(),
        "slots": outcome.slots.iter().map(slot).collect::<Vec<_>>(),
    })
}
