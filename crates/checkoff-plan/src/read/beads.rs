//! beads: one issue a line, as JSON. Read only.

use serde_json::Value;

use crate::document::{
    Carrier, Document, EdgeSource, Oddity, OddityKind, Reference, Span, State, Task,
};
use crate::grammar::words;

/// Reads every line that is an issue.
pub(crate) fn read(document: &mut Document) {
    let mut parents: Vec<(usize, String)> = Vec::new();
    for line in 1..=document.lines.len() {
        let bytes = document.line_bytes(line);
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Value>(bytes) {
            Ok(issue) => {
                if let Some(task) = issue_task(document, &issue, line, &mut parents) {
                    document.tasks.push(task);
                }
            }
            Err(error) => {
                let span = document.line_span(line);
                let detail = error.to_string();
                document.oddities.push(Oddity {
                    kind: OddityKind::InvalidJson,
                    line,
                    span,
                    detail,
                });
            }
        }
    }
    super::taskmaster::link(document, &parents);
}

fn issue_task(
    document: &Document,
    issue: &Value,
    line: usize,
    parents: &mut Vec<(usize, String)>,
) -> Option<Task> {
    let text = |key: &str| issue.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let status = text("status").unwrap_or("open");
    if status == "tombstone" {
        return None;
    }
    let mut task = super::task::blank(Carrier::Json, line);
    task.id = text("id").map(str::to_owned);
    task.title = text("title").unwrap_or("").to_owned();
    task.state = words::at_start(status).map_or(State::Todo, |said| said.state);
    task.mark = Some(status.to_owned());
    task.assignee = text("assignee").map(str::to_owned);
    task.priority = issue.get("priority").map(plain);
    task.due = text("due_at").map(str::to_owned);
    task.estimate = issue
        .get("estimated_minutes")
        .filter(|value| value.is_number())
        .map(|value| format!("{value}m"));
    task.labels = issue
        .get("labels")
        .and_then(Value::as_array)
        .map_or_else(Vec::new, |labels| labels.iter().map(plain).collect());
    let span = document.line_span(line);
    task.spans.block = super::whole_lines(document, line, line);
    task.spans.title = span;
    for key in ["issue_type", "description", "acceptance_criteria", "closed_at"] {
        if let Some(value) = text(key) {
            task.extra.push((key.to_owned(), value.to_owned()));
        }
    }
    for dependency in issue.get("dependencies").and_then(Value::as_array).into_iter().flatten() {
        let Some(id) = dependency.get("depends_on_id").and_then(Value::as_str) else { continue };
        match dependency.get("type").and_then(Value::as_str).unwrap_or("blocks") {
            "blocks" => task.depends_on.push(reference(id, line, span)),
            "parent-child" => {
                task.extra.push(("parent_id".to_owned(), id.to_owned()));
                parents.push((document.tasks.len(), id.to_owned()));
            }
            kind => task.extra.push((kind.to_owned(), id.to_owned())),
        }
    }
    Some(task)
}

/// A JSON value as a person would write it.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(crate) fn reference(id: &str, line: usize, span: Span) -> Reference {
    Reference {
        id: id.to_owned(),
        line,
        span,
        source: EdgeSource::Json,
        optional: false,
        strict: false,
    }
}
