//! `checkoff next`: what can be started now, in the order that ends soonest.

use std::cmp::Reverse;
use std::io::{self, Write};
use std::path::PathBuf;

use checkoff_core::estimate;
use checkoff_core::graph::{NodeKind, Standing, TaskIx, Timing};
use checkoff_plan::weave::Plan;
use serde_json::json;

use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::output::{counted, styled, styles};
use crate::plan_view;

/// Show what can be started now, best first, and why it is best
///
/// The best is what the longest chain of open work begins with: started later, it delays the end.
/// All that is shown can run side by side. Ends with 1 when nothing is ready.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff next                    what to start in this project
  checkoff next TASKS.md --limit 1 --format json")]
pub(crate) struct Args {
    /// Lists, or folders to look for lists in; `-` is standard input [default: this project]
    paths: Vec<PathBuf>,
    /// At most so many
    #[arg(long, value_name = "N", default_value = "10")]
    limit: usize,
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

/// A ready task and what speaks for it.
struct Choice {
    task: TaskIx,
    /// Work in the longest chain that begins here, itself included.
    rank_ms: u64,
    /// A delay of it delays the end.
    critical: bool,
    slack_ms: u64,
    /// Ready as soon as this one is closed.
    frees: Vec<TaskIx>,
    /// Waiting for this one, directly or not.
    followers: usize,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let plan = plan_view::load(context, &self.paths)?;
        let standings = plan.graph.standings();
        let timing = plan.graph.timing();
        let mut ready: Vec<TaskIx> = plan
            .graph
            .indices()
            .filter(|task| plan.graph.node(*task).kind == NodeKind::Task)
            .filter(|task| standings[task.index()] == Standing::Ready)
            .collect();
        ready.sort_by_key(|task| (Reverse(timing.rank_ms[task.index()]), *task));
        let choices: Vec<Choice> = ready
            .iter()
            .take(self.limit)
            .map(|task| Choice::new(&plan, &standings, &timing, *task))
            .collect();
        let mut data = context.output.data();
        match self.format {
            Format::Json => {
                let tasks = choices.iter().map(|choice| choice.to_json(&plan, standings[choice.task.index()]));
                let value = json!({ "ready": ready.len(), "tasks": tasks.collect::<Vec<_>>() });
                serde_json::to_writer_pretty(&mut *data, &value).map_err(io::Error::from)?;
                writeln!(data)?;
            }
            Format::Text => print(&mut *data, &plan, &choices)?,
        }
        drop(data);
        if ready.len() > choices.len() {
            let more = ready.len() - choices.len();
            context.output.note(format_args!("{more} more are ready (--limit)"));
        }
        if ready.is_empty() {
            context.output.note(why_nothing(&plan, &standings));
            return Ok(Exit::Findings);
        }
        Ok(Exit::Success)
    }
}

impl Choice {
    fn new(plan: &Plan, standings: &[Standing], timing: &Timing, task: TaskIx) -> Choice {
        Choice {
            task,
            rank_ms: timing.rank_ms[task.index()],
            critical: timing.is_critical(&plan.graph, task),
            slack_ms: timing.slack_ms[task.index()].unwrap_or(0),
            frees: plan.graph.freed_by(standings, task),
            followers: plan.graph.followers(task),
        }
    }

    /// What speaks for it, as a sentence fragment.
    fn reasons(&self, plan: &Plan) -> String {
        let mut reasons = Vec::new();
        // Where nothing is estimated, every task counts as much as another, and times would be
        // made up.
        let estimated = plan.guessed.stated > 0;
        if self.critical && self.followers > 0 {
            let length = match estimated {
                true => format!("{} of work", estimate::format(self.rank_ms)),
                false => counted(chain_length(self.rank_ms, plan.guessed.each_ms), "task"),
            };
            reasons.push(format!("on the critical path ({length})"));
        } else if self.slack_ms > 0 && estimated {
            reasons.push(format!("may wait {}", estimate::format(self.slack_ms)));
        } else if self.slack_ms > 0 {
            reasons.push("off the critical path".to_owned());
        }
        let names: Vec<&str> = self.frees.iter().take(4).map(|task| plan.name(*task)).collect();
        if !names.is_empty() {
            let more = match self.frees.len() - names.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let names = names.iter().map(|name| plan_view::fit(name, 32)).collect::<Vec<_>>();
            reasons.push(format!("frees {}{more}", names.join(", ")));
        }
        match self.followers {
            0 => reasons.push("nothing waits for it".to_owned()),
            followers if followers > self.frees.len() => {
                let wait = if followers == 1 { "waits" } else { "wait" };
                reasons.push(format!("{} {wait} for it in all", counted(followers, "task")));
            }
            _ => {}
        }
        reasons.join(" · ")
    }

    fn to_json(&self, plan: &Plan, standing: Standing) -> serde_json::Value {
        let mut value = plan_view::task_json(plan, self.task, standing);
        let frees: Vec<&str> = self.frees.iter().map(|task| plan.key(*task)).collect();
        value["rank_ms"] = json!(self.rank_ms);
        value["slack_ms"] = json!(self.slack_ms);
        value["critical"] = json!(self.critical);
        value["frees"] = json!(frees);
        value["followers"] = json!(self.followers);
        value
    }
}

/// How many tasks that count as much each make a chain that long.
fn chain_length(rank_ms: u64, each_ms: u64) -> usize {
    usize::try_from(rank_ms / each_ms.max(1)).unwrap_or(usize::MAX)
}

fn print(data: &mut dyn Write, plan: &Plan, choices: &[Choice]) -> io::Result<()> {
    let digits = choices.len().to_string().len();
    for (number, choice) in (1..).zip(choices) {
        let Some(task) = plan.task(choice.task) else { continue };
        let mut about = vec![plan.place(choice.task)];
        about.extend(task.assignee.clone());
        about.extend(task.estimate.clone());
        writeln!(data, "{number:>digits$}. {}", plan_view::id_and_title(task))?;
        let indent = " ".repeat(digits + 2);
        writeln!(data, "{indent}{}", choice.reasons(plan))?;
        writeln!(data, "{indent}{}", styled(styles::DIM, about.join(" · ")))?;
    }
    Ok(())
}

/// Why nothing is ready.
fn why_nothing(plan: &Plan, standings: &[Standing]) -> String {
    let open = plan
        .graph
        .indices()
        .filter(|task| plan.graph.node(*task).is_open_task())
        .collect::<Vec<_>>();
    if open.is_empty() {
        return "nothing is ready: everything is closed".to_owned();
    }
    let running: Vec<&str> = open
        .iter()
        .filter(|task| standings[task.index()] == Standing::Running)
        .map(|task| plan.name(*task))
        .collect();
    if !running.is_empty() {
        let names = running.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        return format!("nothing is ready: the rest waits for what is being done ({names})");
    }
    let first = open.iter().find_map(|task| match standings[task.index()] {
        Standing::Unreachable(obstacle) => {
            let why = plan_view::obstacle(plan, *task, obstacle);
            Some(format!("{} is {why}", plan.name(*task)))
        }
        _ => None,
    });
    match first {
        Some(first) => format!("nothing is ready: {first}"),
        None => "nothing is ready".to_owned(),
    }
}
