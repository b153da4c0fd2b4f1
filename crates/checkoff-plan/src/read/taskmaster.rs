//! task-master: one JSON document of tasks with subtasks, plain or under tags. Read only.
//!
//! serde_json gives values without places, so a small walk over the text finds
//! where each task's object begins; the two go through the document in step.

use crate::map::HashMap;

use serde_json::Value;

use crate::document::{
    Carrier, Document, FileReference, Oddity, OddityKind, Span, State, Task, Text,
};
use crate::grammar::words;

use super::beads::{plain, reference};

/// Reads all tasks of all tags.
pub(crate) fn read(document: &mut Document) {
    let bytes = std::sync::Arc::clone(&document.bytes);
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let root: Value = match serde_json::from_slice(body) {
        Ok(root) => root,
        Err(error) => {
            let span = Span::new(0, bytes.len());
            let line = error.line().clamp(1, document.lines.len().max(1));
            let detail = error.to_string();
            document.oddities.push(Oddity { kind: OddityKind::InvalidJson, line, span, detail });
            return;
        }
    };
    let offset = bytes.len() - body.len();
    let mut places = objects_with_id(body, offset).into_iter();
    if root.get("tasks").is_some_and(Value::is_array) {
        tag(document, &root, None, &mut places);
    } else if let Some(tags) = root.as_object() {
        for (name, value) in tags {
            tag(document, value, Some(name), &mut places);
        }
    }
    link(document, &[]);
}

fn tag(
    document: &mut Document,
    value: &Value,
    name: Option<&str>,
    places: &mut impl Iterator<Item = Span>,
) {
    for task in value.get("tasks").and_then(Value::as_array).into_iter().flatten() {
        let position = document.tasks.len();
        let made = one(document, task, None, name, places.next());
        let id = made.id.clone().unwrap_or_default();
        document.tasks.push(made);
        for subtask in task.get("subtasks").and_then(Value::as_array).into_iter().flatten() {
            let mut made = one(document, subtask, Some(&id), name, places.next());
            made.parent = Some(position);
            document.tasks.push(made);
        }
    }
}

fn one(
    document: &Document,
    value: &Value,
    parent: Option<&str>,
    tag: Option<&str>,
    place: Option<Span>,
) -> Task {
    let span = place.unwrap_or_default();
    let line = document.line_of(span.start);
    let text = |key: &str| value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut task = super::task::blank(Carrier::Json, line);
    let own = value.get("id").map(plain);
    task.id = own.map(|own| qualified(&own, parent));
    task.title = text("title").unwrap_or("").to_owned();
    let status = text("status").unwrap_or("pending");
    task.state = words::at_start(status).map_or(State::Todo, |said| said.state);
    task.mark = Some(status.to_owned());
    task.priority = text("priority").map(str::to_owned);
    task.assignee = text("assignee").map(str::to_owned);
    task.spans.block = span;
    task.spans.title = span;
    task.phase = tag.filter(|tag| *tag != "master").map(str::to_owned);
    for key in ["description", "details"] {
        if let Some(value) = text(key) {
            task.extra.push((key.to_owned(), value.to_owned()));
        }
    }
    if let Some(strategy) = text("testStrategy") {
        task.acceptance.push(Text { text: strategy.to_owned(), line, span });
    }
    for path in value.get("files").and_then(Value::as_array).into_iter().flatten() {
        task.files.push(FileReference { path: plain(path), line, span, read_only: false });
    }
    for dependency in value.get("dependencies").and_then(Value::as_array).into_iter().flatten() {
        let id = plain(dependency);
        task.depends_on.push(reference(&qualified(&id, parent), line, span));
    }
    task
}

/// A subtask's number within its task: `2` of task `1` is `1.2`.
fn qualified(id: &str, parent: Option<&str>) -> String {
    match parent {
        Some(parent) if !id.contains('.') => format!("{parent}.{id}"),
        _ => id.to_owned(),
    }
}

/// Sets parents named by id, children, and keys.
pub(crate) fn link(document: &mut Document, parents: &[(usize, String)]) {
    let mut by_id: HashMap<String, usize> = HashMap::default();
    for (position, task) in document.tasks.iter().enumerate() {
        if let Some(id) = &task.id {
            by_id.entry(id.clone()).or_insert(position);
        }
    }
    for (child, parent) in parents {
        if let Some(&parent) = by_id.get(parent).filter(|&&parent| parent != *child) {
            document.tasks[*child].parent = Some(parent);
        }
    }
    for position in 0..document.tasks.len() {
        if let Some(parent) = document.tasks[position].parent {
            document.tasks[parent].children.push(position);
        }
        let task = &mut document.tasks[position];
        task.key = task.id.clone().unwrap_or_else(|| task.title.clone());
    }
}

/// The objects that have an `id` key of their own, in the order they begin.
fn objects_with_id(bytes: &[u8], offset: usize) -> Vec<Span> {
    let mut open: Vec<(usize, Option<usize>)> = Vec::new();
    let mut found: Vec<Span> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let end = string_end(bytes, at);
                let is_key = bytes[end..].trim_ascii_start().first() == Some(&b':');
                if is_key
                    && &bytes[at..end] == b"\"id\""
                    && let Some((start, slot)) = open.last_mut()
                    && slot.is_none()
                {
                    *slot = Some(found.len());
                    found.push(Span::new(*start + offset, *start + offset));
                }
                at = end;
                continue;
            }
            b'{' => open.push((at, None)),
            b'}' => {
                if let Some((start, Some(slot))) = open.pop() {
                    found[slot] = Span::new(start + offset, at + 1 + offset);
                }
            }
            _ => {}
        }
        at += 1;
    }
    // `id` may stand behind the subtasks: order by where the object begins.
    found.sort_unstable();
    found
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}
