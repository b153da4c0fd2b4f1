//! What the commands that show a plan share: weaving it, and the signs and words
//! for where a task stands.
//!
//! A state is always said twice, by shape and by colour, so that it reads on
//! paper, for the colour-blind, and in a pipe.

use std::path::PathBuf;

use anstyle::Style;
use checkoff_core::graph::{Obstacle, Standing, TaskIx};
use checkoff_plan::document::{EdgeSource, State, Task};
use checkoff_plan::weave::{Plan, Reason, Severity, weave};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::context::Context;
use crate::error::CommandError;
use crate::output::{counted, styled, styles};
use crate::plan_files;

/// Which tasks a command shows.
#[derive(Debug, clap::Args)]
pub(crate) struct Filter {
    /// Only tasks in these states
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    state: Vec<State>,
    /// Only tasks below headings that contain this, in any case
    #[arg(long, value_name = "TEXT")]
    phase: Option<String>,
}

impl Filter {
    /// Whether a task is shown.
    pub(crate) fn matches(&self, task: &Task) -> bool {
        let state = self.state.is_empty() || self.state.contains(&task.state);
        let phase = self.phase.as_ref().is_none_or(|wanted| {
            let wanted = wanted.to_lowercase();
            let headings = [task.phase.as_deref(), task.section.as_deref()];
            headings.into_iter().flatten().any(|text| text.to_lowercase().contains(&wanted))
        });
        state && phase
    }
}

/// Reads the lists a command is about and weaves them to one plan; says what could not be
/// resolved.
pub(crate) fn load(context: &Context, named: &[PathBuf]) -> Result<Plan, CommandError> {
    let plan = weave(plan_files::documents(context, named)?);
    warn(context, &plan);
    Ok(plan)
}

/// Says what could not be resolved, shortly: `check` is the place for all of it.
fn warn(context: &Context, plan: &Plan) {
    const SHOWN_MAX: usize = 5;
    let of = |severity: Severity| {
        plan.problems.iter().filter(move |problem| problem.severity == severity)
    };
    for problem in of(Severity::Error).take(SHOWN_MAX) {
        let path = &plan.documents[problem.document].path;
        context.output.warn(format_args!("{path}:{}: {}", problem.line, plan.describe(problem)));
    }
    let errors = of(Severity::Error).count().saturating_sub(SHOWN_MAX);
    let more = errors + of(Severity::Warning).count();
    if errors > 0 {
        context.output.hint(format_args!("`checkoff check` tells {more} more like these"));
    } else if more > 0 {
        let warnings = counted(more, "doubt");
        context.output.detail(format_args!("{warnings} about the order; `checkoff check` tells"));
    }
}

/// The sign of a state.
pub(crate) fn sign(state: State) -> char {
    match state {
        State::Todo => '○',
        State::Doing => '◐',
        State::Done => '✔',
        State::Blocked => '✖',
        State::Cancelled => '–',
    }
}

/// The style of a state.
pub(crate) fn style(state: State) -> Style {
    match state {
        State::Todo => Style::new(),
        State::Doing => styles::NOTE,
        State::Done => styles::GOOD,
        State::Blocked => styles::BAD,
        State::Cancelled => styles::DIM,
    }
}

/// The sign of a task in its colour; what is ready and what is out of reach stand out.
pub(crate) fn task_sign(state: State, standing: Standing) -> String {
    let style = match (state, standing) {
        (State::Todo, Standing::Ready) => styles::NOTE,
        (State::Todo, Standing::Unreachable(_)) => styles::WARN,
        _ => style(state),
    };
    styled(style, sign(state)).to_string()
}

/// The word for where a task stands, as in JSON.
pub(crate) fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Settled => "settled",
        Standing::Running => "running",
        Standing::Ready => "ready",
        Standing::Waiting => "waiting",
        Standing::Unreachable(_) => "unreachable",
    }
}

/// Why a task can never start.
pub(crate) fn obstacle(plan: &Plan, task: TaskIx, obstacle: Obstacle) -> String {
    let named = |culprit: TaskIx| match plan.join(culprit) {
        Some(join) => join.name.clone(),
        None => plan.name(culprit).to_owned(),
    };
    match obstacle {
        Obstacle::Blocked(culprit) if culprit == task => "blocked, as the list says".to_owned(),
        Obstacle::Blocked(culprit) => format!("behind {}, which is blocked", named(culprit)),
        Obstacle::Cancelled(culprit) => format!("behind {}, which was cancelled", named(culprit)),
        Obstacle::Dangling(culprit) if culprit == task => {
            "waits for an id that does not exist".to_owned()
        }
        Obstacle::Dangling(culprit) => {
            format!("behind {}, which waits for an id that does not exist", named(culprit))
        }
        Obstacle::Cycle(first) if plan.is_join(first) => "in a cycle".to_owned(),
        Obstacle::Cycle(first) => format!("in or behind the cycle of {}", named(first)),
    }
}

/// How an edge is known, for a person: `column`, `prose`, `both use src/api.rs`.
pub(crate) fn because(plan: &Plan, reason: &Reason) -> String {
    let words = match reason.source {
        EdgeSource::Path => format!("both use {}", reason.detail),
        EdgeSource::Order => {
            let dialect = plan.documents[reason.document].detection.dialect.as_str();
            return format!("place in the list, as in {dialect}");
        }
        EdgeSource::Phase if reason.implied => {
            let dialect = plan.documents[reason.document].detection.dialect.as_str();
            return format!("order of phases, as in {dialect}");
        }
        EdgeSource::Parent if reason.detail.is_empty() => "a parent closes last".to_owned(),
        EdgeSource::Parent | EdgeSource::Phase if !reason.detail.is_empty() => {
            reason.detail.clone()
        }
        source => source.as_str().to_owned(),
    };
    format!("{words}, {}", at(plan, reason.document, reason.line))
}

/// `TASKS.md:14`; of a plan of one list the line is enough.
pub(crate) fn at(plan: &Plan, document: usize, line: usize) -> String {
    match plan.documents.len() {
        1 => format!("line {line}"),
        _ => format!("{}:{line}", plan.documents[document].path),
    }
}

/// `T014 Build the API`, or the title alone.
pub(crate) fn id_and_title(task: &Task) -> String {
    match &task.id {
        Some(id) => format!("{} {}", styled(styles::NAME, id), task.title),
        None => task.title.clone(),
    }
}

/// A task as programs get it, the same in every command.
pub(crate) fn task_json(plan: &Plan, index: TaskIx, standing: Standing) -> serde_json::Value {
    let (Some(task), Some(document)) = (plan.task(index), plan.document(index)) else {
        return serde_json::Value::Null;
    };
    let node = plan.graph.node(index);
    let parent =
        task.parent.and_then(|parent| plan.index_of(plan.tasks[index.index()].document, parent));
    let files: Vec<&str> = task.files.iter().map(|file| file.path.as_str()).collect();
    let mut value = serde_json::json!({
        "key": plan.key(index),
        "id": task.id,
        "title": task.title,
        "state": task.state.as_str(),
        "standing": standing_word(standing),
        "path": document.path,
        "line": task.line,
        "phase": task.phase,
        "section": task.section,
        "parent": parent.map(|parent| plan.key(parent)),
        "parallel": task.parallel,
        "container": plan.tasks[index.index()].container,
        "assignee": task.assignee,
        "estimate": task.estimate,
        "estimate_ms": node.estimate_ms,
        "files": files,
    });
    if let Standing::Unreachable(why) = standing {
        value["obstacle"] = obstacle(plan, index, why).into();
    }
    value
}

/// Cut to a number of columns, with `…` where something is missing.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut fitted = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns.saturating_sub(1) {
            break;
        }
        fitted.push(c);
    }
    fitted.truncate(fitted.trim_end().len());
    fitted.push('…');
    fitted
}

/// Padded with blanks to a number of columns.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_columns_not_bytes() {
        assert_eq!(fit("short", 10), "short");
        assert_eq!(fit("a long title", 8), "a long…");
        assert_eq!(fit("音声ファイル", 7), "音声フ…");
        assert_eq!(pad("音", 4), "音  ");
    }
}
