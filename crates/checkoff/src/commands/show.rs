//! `checkoff show`: the list as a tree, whatever it looked like.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use checkoff_core::graph::{Standing, TaskIx};
use checkoff_plan::document::{Document, State};
use checkoff_plan::weave::Plan;
use serde_json::json;

use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::output::{counted, styled, styles};
use crate::plan_view::{self, Filter};

/// Show a list as a tree: phases, states, ids, who, how long
///
/// Signs: ○ todo, ◐ doing, ✔ done, ✖ blocked, – cancelled. A todo in colour is ready, or out of
/// reach. With a filter the parents of what matches are shown too.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff show                         the lists of this project
  checkoff show TASKS.md --state todo,doing
  checkoff show specs/ --phase setup
  checkoff show --format json | jq '.documents[].tasks[] | select(.standing == \"ready\") | .key'")]
pub(crate) struct Args {
    /// Lists, or folders to look for lists in; `-` is standard input [default: this project]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    filter: Filter,
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
        let standings = plan.graph.standings();
        let matching: Vec<bool> =
            plan.indexed().map(|(_, task)| self.filter.matches(task)).collect();
        match self.format {
            Format::Json => {
                let mut data = context.output.data();
                serde_json::to_writer_pretty(&mut *data, &to_json(&plan, &standings, &matching))
                    .map_err(io::Error::from)?;
                writeln!(data)?;
            }
            Format::Text => {
                let columns = io::stdout().is_terminal().then(|| context.output.width());
                let tree = Tree { plan: &plan, standings: &standings, shown: with_parents(&plan, &matching), columns };
                let mut data = context.output.data();
                for (index, document) in plan.documents.iter().enumerate() {
                    tree.document(&mut *data, index, document)?;
                }
            }
        }
        Ok(match matching.contains(&true) {
            true => Exit::Success,
            false => Exit::Findings,
        })
    }
}

/// What matches, and the parents above it.
fn with_parents(plan: &Plan, matching: &[bool]) -> Vec<bool> {
    let mut shown = matching.to_vec();
    for (index, task) in plan.indexed().filter(|(index, _)| matching[index.index()]) {
        let first = index.index() - plan.tasks[index.index()].task;
        let tasks = &plan.documents[plan.tasks[index.index()].document].tasks;
        let mut parent = task.parent;
        while let Some(above) = parent {
            if std::mem::replace(&mut shown[first + above], true) {
                break;
            }
            parent = tasks[above].parent;
        }
    }
    shown
}

struct Tree<'a> {
    plan: &'a Plan,
    standings: &'a [Standing],
    shown: Vec<bool>,
    /// Cut lines to this many columns.
    columns: Option<usize>,
}

impl Tree<'_> {
    fn document(&self, data: &mut dyn Write, index: usize, document: &Document) -> io::Result<()> {
        let tasks: Vec<(TaskIx, usize)> = (0..document.tasks.len())
            .filter_map(|at| Some((self.plan.index_of(index, at)?, at)))
            .filter(|(task, _)| self.shown[task.index()])
            .collect();
        if tasks.is_empty() {
            return Ok(());
        }
        if index > 0 {
            writeln!(data)?;
        }
        let done = document.tasks.iter().filter(|task| task.state == State::Done).count();
        writeln!(
            data,
            "{}  {}",
            styled(styles::NAME, &document.path),
            styled(
                styles::DIM,
                format_args!(
                    "{}, {done} of {} done",
                    document.detection.dialect.as_str(),
                    counted(document.tasks.len(), "task")
                )
            ),
        )?;
        let id_columns = tasks
            .iter()
            .filter_map(|(_, at)| document.tasks[*at].id.as_deref())
            .map(unicode_width::UnicodeWidthStr::width)
            .filter(|width| *width <= 16)
            .max()
            .unwrap_or(0);
        let mut phase: Option<&str> = None;
        let mut section: Option<&str> = None;
        for (index, at) in tasks {
            let task = &document.tasks[at];
            if task.parent.is_none() && task.phase.as_deref() != phase {
                phase = task.phase.as_deref();
                section = None;
                if let Some(phase) = phase {
                    self.phase(data, document, phase)?;
                }
            }
            if task.parent.is_none() && task.section.as_deref() != section {
                section = task.section.as_deref();
                if let Some(section) = section {
                    writeln!(data, "  {}", styled(styles::DIM, section))?;
                }
            }
            self.task(data, index, id_columns)?;
        }
        Ok(())
    }

    fn phase(&self, data: &mut dyn Write, document: &Document, phase: &str) -> io::Result<()> {
        let members = || document.tasks.iter().filter(|it| it.phase.as_deref() == Some(phase));
        let done = members().filter(|task| task.state.is_closed()).count();
        writeln!(
            data,
            "\n{}  {}",
            styled(styles::NAME, phase),
            styled(styles::DIM, format_args!("{done}/{}", members().count()))
        )
    }

    fn task(&self, data: &mut dyn Write, index: TaskIx, id_columns: usize) -> io::Result<()> {
        let Some(task) = self.plan.task(index) else { return Ok(()) };
        let depth = std::iter::successors(task.parent, |above| {
            self.plan.document(index).and_then(|document| document.tasks[*above].parent)
        })
        .take(32)
        .count();
        let sign = plan_view::task_sign(task.state, self.standings[index.index()]);
        let id = match &task.id {
            Some(id) => format!("{} ", styled(styles::NAME, plan_view::pad(id, id_columns))),
            None if id_columns > 0 => " ".repeat(id_columns + 1),
            None => String::new(),
        };
        let mut after = Vec::new();
        if task.parallel {
            after.push("[P]".to_owned());
        }
        after.extend(task.assignee.clone());
        after.extend(task.estimate.clone());
        if let Standing::Unreachable(obstacle) = self.standings[index.index()]
            && !task.state.is_closed()
        {
            after.push(plan_view::obstacle(self.plan, index, obstacle));
        }
        let after = match after.is_empty() {
            true => String::new(),
            false => format!("  {}", styled(styles::DIM, after.join(" · "))),
        };
        let indent = "  ".repeat(depth + 1);
        let title = match self.columns {
            Some(columns) => {
                let width = |text: &str| {
                    let plain = anstream::adapter::strip_str(text).to_string();
                    unicode_width::UnicodeWidthStr::width(plain.as_str())
                };
                let used = indent.len() + 2 + width(&id) + width(&after);
                plan_view::fit(&task.title, columns.saturating_sub(used).max(20))
            }
            None => task.title.clone(),
        };
        let title = match task.state {
            State::Cancelled => styled(styles::DIM, title).to_string(),
            _ => title,
        };
        writeln!(data, "{indent}{sign} {id}{title}{after}")
    }
}

fn to_json(plan: &Plan, standings: &[Standing], matching: &[bool]) -> serde_json::Value {
    let documents = plan.documents.iter().enumerate().map(|(index, document)| {
        let tasks = (0..document.tasks.len())
            .filter_map(|at| plan.index_of(index, at))
            .filter(|task| matching[task.index()])
            .map(|task| plan_view::task_json(plan, task, standings[task.index()]));
        json!({
            "path": document.path,
            "dialect": document.detection.dialect.as_str(),
            "confidence": document.detection.confidence,
            "tasks": tasks.collect::<Vec<_>>(),
        })
    });
    json!({ "documents": documents.collect::<Vec<_>>() })
}
