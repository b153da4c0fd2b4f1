//! `checkoff graph`: who waits for whom, as text, as data or as a picture.

use std::io::{self, Write};
use std::path::PathBuf;

use checkoff_core::estimate;
use checkoff_core::graph::{EdgeKind, NodeKind, TaskIx};
use checkoff_plan::weave::{JoinKind, Plan};
use serde_json::{Value, json};

use crate::context::Context;
use crate::diagram::{Diagram, dot, mermaid, svg};
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{counted, styled, styles};
use crate::plan_view::{self, Filter};

/// Draw who waits for whom: as waves of text, Mermaid, DOT, SVG or JSON
///
/// Lines that follow from others are left out of the pictures; `--format json` has them all, each
/// with the place that says so. A plan of more than 500 tasks is drawn by phase.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff graph                              waves: what can run side by side
  checkoff graph --format svg > plan.svg
  checkoff graph TASKS.md --open --format mermaid
  checkoff graph --format dot | dot -Tpdf > plan.pdf")]
pub(crate) struct Args {
    /// Lists, or folders to look for lists in; `-` is standard input [default: this project]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    filter: Filter,
    /// Only what is not closed
    #[arg(long)]
    open: bool,
    /// One box a phase
    #[arg(long)]
    phases: bool,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Waves, for people
    Text,
    /// For what renders Mermaid
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture
    Svg,
    /// Everything, for programs
    Json,
}

/// More boxes than this are no picture.
const NODES_MAX: usize = 500;

/// Beyond this Mermaid refuses to render unless it is told otherwise.
const MERMAID_EDGES_MAX: usize = 500;

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let plan = plan_view::load(context, &self.paths)?;
        let shown: Vec<bool> = plan
            .indexed()
            .map(|(_, task)| self.filter.matches(task) && !(self.open && task.state.is_closed()))
            .collect();
        if !shown.contains(&true) {
            context.output.note("no task matches");
            return Ok(Exit::Findings);
        }
        let text = match self.format {
            Format::Text => waves(&plan, &shown),
            Format::Json => {
                let mut text = serde_json::to_string_pretty(&to_json(&plan, &shown))
                    .map_err(io::Error::from)?;
                text.push('\n');
                text
            }
            Format::Svg => svg::render(&self.diagram(context, &plan, &shown)?),
            Format::Dot => dot::render(&self.diagram(context, &plan, &shown)?),
            Format::Mermaid => {
                let diagram = self.diagram(context, &plan, &shown)?;
                if diagram.edges.len() + diagram.block_edges.len() > MERMAID_EDGES_MAX {
                    context.output.hint(format_args!(
                        "Mermaid draws {MERMAID_EDGES_MAX} lines unless `maxEdges` is raised; --phases or --open draws fewer"
                    ));
                }
                mermaid::render(&diagram)
            }
        };
        context.output.data().write_all(text.as_bytes())?;
        Ok(Exit::Success)
    }

    /// What is drawn; too much of it is drawn by phase.
    fn diagram(
        &self,
        context: &Context,
        plan: &Plan,
        shown: &[bool],
    ) -> Result<Diagram, CommandError> {
        let boxes = shown.iter().filter(|shown| **shown).count();
        let diagram = Diagram::of(plan, shown);
        if !self.phases && (boxes <= NODES_MAX || self.format == Format::Dot) {
            return Ok(diagram);
        }
        let phases = diagram.of_phases();
        if phases.nodes.len() < 2 || phases.nodes.len() > NODES_MAX {
            return Err(CommandError::usage(format_args!(
                "{boxes} tasks in {} are no picture",
                counted(phases.nodes.len(), "phase")
            ))
            .hint("--phase TEXT, --open or --state draws a part; `--format dot` draws any number"));
        }
        if !self.phases {
            context.output.note(format_args!(
                "{boxes} tasks are too many for one picture; drawn by phase (--phase, --open or --state draws a part)"
            ));
        }
        Ok(phases)
    }
}

/// The waves, the critical path, and what is in none.
fn waves(plan: &Plan, shown: &[bool]) -> String {
    let standings = plan.graph.standings();
    let timing = plan.graph.timing();
    let mut text = String::new();
    let waves = plan.graph.waves();
    let all = waves.len();
    for (number, wave) in (1..).zip(&waves) {
        let tasks: Vec<TaskIx> = wave.iter().copied().filter(|it| shown[it.index()]).collect();
        if tasks.is_empty() {
            continue;
        }
        let work: u64 = tasks.iter().map(|task| plan.graph.node(*task).remaining_ms()).sum();
        let title = styled(styles::NAME, format!("wave {number} of {all}"));
        let mut about = counted(tasks.len(), "task");
        if plan.guessed.stated > 0 {
            about.push_str(&format!(", {} of work", estimate::format(work)));
        }
        text.push_str(&format!("{title}  {}\n", styled(styles::DIM, about)));
        for index in tasks {
            let Some(task) = plan.task(index) else { continue };
            let sign = plan_view::task_sign(task.state, standings[index.index()]);
            let critical = match timing.is_critical(&plan.graph, index) {
                true => styled(styles::WARN, "│").to_string(),
                false => " ".to_owned(),
            };
            let after = needs(plan, index);
            let after = match after.is_empty() {
                true => String::new(),
                false => format!("  {}", styled(styles::DIM, format_args!("← {after}"))),
            };
            text.push_str(&format!("{critical} {sign} {}{after}\n", plan_view::id_and_title(task)));
        }
    }
    let out: Vec<_> =
        plan.graph.unreachable().into_iter().filter(|(task, _)| shown[task.index()]).collect();
    if !out.is_empty() {
        text.push_str(&format!("{}\n", styled(styles::NAME, "out of reach")));
        for (index, obstacle) in out {
            let Some(task) = plan.task(index) else { continue };
            let sign = plan_view::task_sign(task.state, standings[index.index()]);
            let why = plan_view::obstacle(plan, index, obstacle);
            text.push_str(&format!(
                "  {sign} {}  {}\n",
                plan_view::id_and_title(task),
                styled(styles::DIM, why)
            ));
        }
    }
    let closed =
        plan.indexed().filter(|(it, task)| shown[it.index()] && task.state.is_closed()).count();
    if closed > 0 {
        text.push_str(&format!("{}\n", styled(styles::DIM, format_args!("{} closed", counted(closed, "task")))));
    }
    let path = timing.critical_path(&plan.graph);
    if path.len() > 1 {
        let names: Vec<String> =
            path.iter().map(|task| plan_view::fit(plan.name(*task), 24)).collect();
        let names = match &names[..] {
            [first @ .., last] if names.len() > 12 => {
                format!("{} → … → {last}", first[..10].join(" → "))
            }
            names => names.join(" → "),
        };
        let mut length = counted(path.len(), "task");
        if plan.guessed.stated > 0 {
            length.push_str(&format!(", {}", estimate::format(timing.total_ms)));
        }
        text.push_str(&format!(
            "{}  {names}  {}\n",
            styled(styles::WARN, "│ critical path"),
            styled(styles::DIM, length)
        ));
    }
    text
}

/// What a task directly waits for and is not closed, in few words.
fn needs(plan: &Plan, task: TaskIx) -> String {
    const SHOWN_MAX: usize = 4;
    let mut names: Vec<String> = Vec::new();
    let mut stack = vec![task];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(node) = stack.pop() {
        for edge in plan.graph.incoming(node) {
            let from = plan.graph.node(edge.from);
            if from.kind != NodeKind::Join && from.state.is_closed() || !seen.insert(edge.from) {
                continue;
            }
            match plan.join(edge.from).map(|join| join.kind) {
                Some(JoinKind::PhaseStart { .. } | JoinKind::ParentStart(_)) => stack.push(edge.from),
                // A phase that is over holds nobody.
                Some(_) if open_members(plan, edge.from) == 0 => {}
                _ => {
                    let name = plan_view::fit(plan.name(edge.from), 28);
                    let name = if edge.kind == EdgeKind::After { format!("({name})") } else { name };
                    names.push(name);
                }
            }
        }
    }
    let more = names.len().saturating_sub(SHOWN_MAX);
    names.truncate(SHOWN_MAX);
    match more {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

fn open_members(plan: &Plan, join: TaskIx) -> usize {
    let open = |task: TaskIx| {
        let node = plan.graph.node(task);
        node.kind == NodeKind::Join || !node.state.is_closed()
    };
    plan.graph.incoming(join).filter(|edge| open(edge.from)).count()
}

/// The graph as it is, joins and all.
fn to_json(plan: &Plan, shown: &[bool]) -> Value {
    let standings = plan.graph.standings();
    let timing = plan.graph.timing();
    let is_shown = |node: TaskIx| shown.get(node.index()).copied().unwrap_or(true);
    let name = |node: TaskIx| match plan.is_join(node) {
        true => format!("join:{}", node.index() - plan.tasks.len()),
        false => plan.key(node).to_owned(),
    };
    let tasks = plan.indexed().filter(|(index, _)| is_shown(*index)).map(|(index, _)| {
        let mut value = plan_view::task_json(plan, index, standings[index.index()]);
        value["earliest_start_ms"] = json!(timing.earliest_start_ms[index.index()]);
        value["slack_ms"] = json!(timing.slack_ms[index.index()]);
        value["rank_ms"] = json!(timing.rank_ms[index.index()]);
        value["critical"] = json!(timing.is_critical(&plan.graph, index));
        value
    });
    let joins = plan.joins.iter().enumerate().map(|(at, join)| {
        json!({
            "key": format!("join:{at}"),
            "name": join.name,
            "kind": match join.kind {
                JoinKind::PhaseStart { .. } => "phase start",
                JoinKind::PhaseEnd { .. } => "phase end",
                JoinKind::ParentStart(_) => "parent start",
                JoinKind::Statement => "statement",
                JoinKind::Files => "files",
            },
        })
    });
    let edges = plan.graph.edges().iter().filter(|edge| is_shown(edge.from) && is_shown(edge.to));
    let edges = edges.map(|edge| {
        let reason = &plan.reasons[edge.why as usize];
        json!({
            "from": name(edge.from),
            "to": name(edge.to),
            "needs": match edge.kind {
                EdgeKind::Needs => "closed",
                EdgeKind::NeedsDone => "done",
                EdgeKind::After => "over",
            },
            "source": reason.source.as_str(),
            "implied": reason.implied,
            "path": plan.documents[reason.document].path,
            "line": reason.line,
            "detail": reason.detail,
        })
    });
    let keys = |tasks: &[TaskIx]| tasks.iter().map(|task| name(*task)).collect::<Vec<_>>();
    let problems = plan.problems.iter().map(|problem| {
        json!({
            "severity": problem.severity.to_string(),
            "path": plan.documents[problem.document].path,
            "line": problem.line,
            "message": plan.describe(problem),
        })
    });
    json!({
        "tasks": tasks.collect::<Vec<_>>(),
        "joins": joins.collect::<Vec<_>>(),
        "edges": edges.collect::<Vec<_>>(),
        "waves": plan.graph.waves().iter().map(|wave| keys(wave)).collect::<Vec<_>>(),
        "critical_path": keys(&timing.critical_path(&plan.graph)),
        "critical_path_ms": timing.total_ms,
        "cycles": plan.cycles.iter().map(|cycle| keys(&cycle.members)).collect::<Vec<_>>(),
        "problems": problems.collect::<Vec<_>>(),
    })
}
