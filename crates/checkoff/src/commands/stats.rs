//! `checkoff stats`: how far a list is, and whether it knows it.

use std::io::{self, Write};
use std::path::PathBuf;

use checkoff_core::estimate;
use checkoff_core::graph::{NodeKind, Standing, TaskIx};
use checkoff_plan::document::{Document, Stat, StatKind, State, Task};
use checkoff_plan::weave::Plan;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::output::{counted, styled, styles};
use crate::plan_view;

/// Count a list: states, phases, what it declares about itself, work in progress
///
/// Percent is done tasks of all that are not cancelled. Remaining work is of open tasks, in
/// working time (a day has eight hours).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff stats
  checkoff stats specs/ --format json
  checkoff check --fix=stats       mends the counts that are wrong")]
pub(crate) struct Args {
    /// Lists, or folders to look for lists in; `-` is standard input [default: this project]
    paths: Vec<PathBuf>,
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

/// How many of some tasks are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    by_state: [usize; 5],
}

impl Count {
    fn of<'a>(tasks: impl Iterator<Item = &'a Task>) -> Count {
        let mut count = Count::default();
        for task in tasks {
            count.by_state[position(task.state)] += 1;
        }
        count
    }

    fn total(&self) -> usize {
        self.by_state.iter().sum()
    }

    fn get(&self, state: State) -> usize {
        self.by_state[position(state)]
    }

    /// Done of all that are not cancelled, rounded down; all of nothing is done.
    fn percent(&self) -> usize {
        let wanted = self.total() - self.get(State::Cancelled);
        (self.get(State::Done) * 100).checked_div(wanted).unwrap_or(100)
    }

    fn to_json(self) -> Value {
        let mut value = json!({ "total": self.total(), "percent": self.percent() });
        for state in State::ALL {
            value[state.as_str()] = self.get(state).into();
        }
        value
    }
}

fn position(state: State) -> usize {
    State::ALL.iter().position(|other| *other == state).unwrap_or(0)
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let plan = plan_view::load(context, &self.paths)?;
        let sum = Sum::of(&plan);
        let mut data = context.output.data();
        match self.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *data, &to_json(&plan, &sum))
                    .map_err(io::Error::from)?;
                writeln!(data)?;
            }
            Format::Text => {
                for document in &plan.documents {
                    print(&mut *data, document)?;
                }
                if plan.documents.len() > 1 {
                    let count = Count::of(plan.indexed().map(|(_, task)| task));
                    writeln!(data, "{}", styled(styles::NAME, counted(plan.documents.len(), "list")))?;
                    states(&mut *data, count)?;
                }
                sum.print(&mut *data, &plan)?;
            }
        }
        Ok(Exit::Success)
    }
}

/// What the graph says of the open tasks.
struct Sum {
    ready: usize,
    running: usize,
    waiting: usize,
    unreachable: usize,
    work_ms: u64,
    critical_path_ms: u64,
}

impl Sum {
    fn of(plan: &Plan) -> Sum {
        let standings = plan.graph.standings();
        let tasks: Vec<TaskIx> = plan
            .graph
            .indices()
            .filter(|task| plan.graph.node(*task).kind == NodeKind::Task)
            .filter(|task| !plan.graph.node(*task).state.is_closed())
            .collect();
        let count = |is: fn(Standing) -> bool| {
            tasks.iter().filter(|task| is(standings[task.index()])).count()
        };
        Sum {
            ready: count(|standing| standing == Standing::Ready),
            running: count(|standing| standing == Standing::Running),
            waiting: count(|standing| standing == Standing::Waiting),
            unreachable: count(Standing::is_unreachable),
            work_ms: tasks.iter().map(|task| plan.graph.node(*task).remaining_ms()).sum(),
            critical_path_ms: plan.graph.timing().total_ms,
        }
    }

    fn print(&self, data: &mut dyn Write, plan: &Plan) -> io::Result<()> {
        let open = self.ready + self.running + self.waiting + self.unreachable;
        if open == 0 {
            return Ok(());
        }
        let mut parts = vec![format!("{} ready", self.ready)];
        parts.extend((self.running > 0).then(|| format!("{} being done", self.running)));
        parts.extend((self.waiting > 0).then(|| format!("{} waiting", self.waiting)));
        parts.extend((self.unreachable > 0).then(|| format!("{} out of reach", self.unreachable)));
        writeln!(data, "  {}", parts.join(" · "))?;
        let guessed = match (plan.guessed.tasks, plan.guessed.stated) {
            (0, _) => String::new(),
            (tasks, stated) => format!(
                "  {}",
                styled(
                    styles::DIM,
                    format_args!(
                        "{tasks} of {} estimates guessed as {}",
                        tasks + stated,
                        estimate::format(plan.guessed.each_ms)
                    )
                )
            ),
        };
        writeln!(
            data,
            "  {} of work left, {} on the longest chain{guessed}",
            estimate::format(self.work_ms),
            estimate::format(self.critical_path_ms),
        )
    }
}

fn print(data: &mut dyn Write, document: &Document) -> io::Result<()> {
    let dialect = document.detection.dialect.as_str();
    writeln!(
        data,
        "{}  {}",
        styled(styles::NAME, &document.path),
        styled(styles::DIM, dialect)
    )?;
    states(data, Count::of(document.tasks.iter()))?;
    phases(data, document)?;
    declared(data, document)?;
    in_progress(data, document)?;
    writeln!(data)
}

fn states(data: &mut dyn Write, count: Count) -> io::Result<()> {
    let mut parts = Vec::new();
    for state in [State::Done, State::Doing, State::Todo, State::Blocked, State::Cancelled] {
        let number = count.get(state);
        if number > 0 {
            let sign = styled(plan_view::style(state), plan_view::sign(state));
            parts.push(format!("{sign} {number} {state}"));
        }
    }
    writeln!(
        data,
        "  {}, {}%  {}",
        counted(count.total(), "task"),
        count.percent(),
        parts.join("  ")
    )
}

/// The phases of a document in order, each with its tasks' states.
fn phase_counts(document: &Document) -> Vec<(&str, Count)> {
    let mut phases: Vec<(&str, Count)> = Vec::new();
    for task in &document.tasks {
        let Some(name) = task.phase.as_deref() else { continue };
        // Tasks of a phase stand together, nearly always.
        let at = match phases.iter().rposition(|(phase, _)| *phase == name) {
            Some(at) => at,
            None => {
                phases.push((name, Count::default()));
                phases.len() - 1
            }
        };
        phases[at].1.by_state[position(task.state)] += 1;
    }
    phases
}

fn phases(data: &mut dyn Write, document: &Document) -> io::Result<()> {
    const BAR: usize = 20;
    let phases = phase_counts(document);
    if phases.len() < 2 {
        return Ok(());
    }
    let columns = phases.iter().map(|(name, _)| name.width()).max().unwrap_or(0).min(48);
    for (name, count) in phases {
        let wanted = count.total() - count.get(State::Cancelled);
        let full = (count.get(State::Done) * BAR).checked_div(wanted).unwrap_or(BAR);
        let bar = format!(
            "{}{}",
            styled(styles::GOOD, "█".repeat(full)),
            styled(styles::DIM, "░".repeat(BAR - full))
        );
        writeln!(
            data,
            "  {}  {bar} {:>3}%  {}/{wanted}",
            plan_view::pad(&plan_view::fit(name, columns), columns),
            count.percent(),
            count.get(State::Done),
        )?;
    }
    Ok(())
}

/// What a declared number counts, in words.
fn counted_thing(stat: &Stat) -> String {
    match &stat.what {
        StatKind::Total => "tasks".to_owned(),
        StatKind::State(_, word) => word.clone(),
        StatKind::Phase(name) => format!("tasks in {name}"),
        StatKind::Percent => "% done".to_owned(),
        StatKind::Parallel => "parallel tasks".to_owned(),
    }
}

fn declared(data: &mut dyn Write, document: &Document) -> io::Result<()> {
    let right = document.stats.iter().filter(|stat| stat.declared == stat.actual).count();
    for stat in document.stats.iter().filter(|stat| stat.declared != stat.actual) {
        writeln!(
            data,
            "  {} line {} declares {} {}, there are {}",
            styled(styles::WARN, "!"),
            stat.line,
            stat.declared,
            counted_thing(stat),
            stat.actual
        )?;
    }
    if right > 0 && right == document.stats.len() {
        writeln!(data, "  {} {} right", counted(right, "declared count"), if right == 1 { "is" } else { "are" })?;
    }
    Ok(())
}

/// How many tasks stand in a column of a board.
fn standing_in(document: &Document, column: usize) -> usize {
    document.columns.get(column).map_or(0, |column| {
        let inside = |task: &&Task| column.block.range().contains(&task.spans.title.start);
        document.tasks.iter().filter(|task| task.parent.is_none()).filter(inside).count()
    })
}

fn in_progress(data: &mut dyn Write, document: &Document) -> io::Result<()> {
    for limit in &document.wip_limits {
        let standing = standing_in(document, limit.column);
        let Some(column) = document.columns.get(limit.column) else { continue };
        let name = &document.headings[column.heading].text;
        let sign = match standing as u64 > limit.limit {
            true => styled(styles::WARN, "!").to_string(),
            false => styled(styles::GOOD, "✔").to_string(),
        };
        writeln!(data, "  {sign} {name}: {standing} of at most {}", limit.limit)?;
    }
    Ok(())
}

fn to_json(plan: &Plan, sum: &Sum) -> Value {
    let documents = plan.documents.iter().map(|document| {
        let phases = phase_counts(document).into_iter().map(|(name, count)| {
            let mut value = count.to_json();
            value["name"] = name.into();
            value
        });
        let stats = document.stats.iter().map(|stat| {
            json!({
                "line": stat.line,
                "what": counted_thing(stat),
                "declared": stat.declared,
                "actual": stat.actual,
            })
        });
        let limits = document.wip_limits.iter().filter_map(|limit| {
            let column = document.columns.get(limit.column)?;
            Some(json!({
                "line": limit.line,
                "column": document.headings[column.heading].text,
                "limit": limit.limit,
                "actual": standing_in(document, limit.column),
            }))
        });
        json!({
            "path": document.path,
            "dialect": document.detection.dialect.as_str(),
            "tasks": Count::of(document.tasks.iter()).to_json(),
            "phases": phases.collect::<Vec<_>>(),
            "declared": stats.collect::<Vec<_>>(),
            "wip_limits": limits.collect::<Vec<_>>(),
        })
    });
    json!({
        "documents": documents.collect::<Vec<_>>(),
        "tasks": Count::of(plan.indexed().map(|(_, task)| task)).to_json(),
        "ready": sum.ready,
        "running": sum.running,
        "waiting": sum.waiting,
        "unreachable": sum.unreachable,
        "work_ms": sum.work_ms,
        "critical_path_ms": sum.critical_path_ms,
        "estimates_guessed": plan.guessed.tasks,
        "estimates_stated": plan.guessed.stated,
    })
}
