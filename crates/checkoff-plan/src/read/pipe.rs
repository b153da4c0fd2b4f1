//! `ID: … | Files: … | Dep: … | Agent: … | Description: …` in one box.

use crate::document::{EdgeSource, Span, Task};
use crate::grammar::{field, mention};

use super::walk::{PendingKind, Walk};

/// Whether the text of a box is fields between bars.
pub(crate) fn is_pipe(text: &str) -> bool {
    let text = text.trim_start_matches('*');
    text.starts_with("ID:") && text.contains('|')
}

impl Walk<'_> {
    /// Reads the fields of a box whose text begins at `base`.
    pub(crate) fn pipe_task(&mut self, task: &mut Task, index: usize, base: usize, text: &str) {
        let position = self.document.tasks.len();
        for (start, part) in parts(text) {
            let Some(pair) = field::parse(part) else { continue };
            let key = field::normal(&part[pair.key.range()]);
            let value = &part[pair.value.range()];
            let span = Span::new(base + start + pair.value.start, base + start + pair.value.end);
            match key.as_str() {
                "id" => {
                    task.id = Some(value.to_owned());
                    task.spans.id = Some(span);
                }
                "description" | "title" | "task" => {
                    task.title = value.to_owned();
                    task.spans.title = span;
                }
                "dep" | "deps" | "depends" | "depends on" | "dependencies" => {
                    let mentions = mention::in_field(value);
                    task.depends_on_text = Some(value.to_owned());
                    self.pend(
                        position,
                        PendingKind::Needs,
                        mentions,
                        span.start,
                        index + 1,
                        EdgeSource::Field,
                    );
                }
                "files" | "file" => {
                    super::fields::add_files(task, value, span.start, index + 1, false);
                }
                "agent" | "owner" | "assignee" => task.assignee = Some(value.to_owned()),
                "priority" => task.priority = Some(value.to_owned()),
                "size" | "estimate" | "est" => task.estimate = Some(value.to_owned()),
                _ => task.extra.push((key, value.to_owned())),
            }
        }
    }
}

/// The parts between bars outside code spans, with their offsets.
fn parts(text: &str) -> Vec<(usize, &str)> {
    let codes = field::code_spans(text);
    let mut parts = Vec::new();
    let mut start = 0;
    let mut codes = codes.iter().peekable();
    for (bar, _) in text.match_indices('|') {
        while codes.peek().is_some_and(|code| code.end <= bar) {
            codes.next();
        }
        if codes.peek().is_some_and(|code| code.start <= bar) {
            continue;
        }
        parts.push((start, &text[start..bar]));
        start = bar + 1;
    }
    parts.push((start, &text[start..]));
    parts
}
