//! todo.txt: a task a line; `x ` and dates in front, priority, `key:value` fields.

use crate::document::{Carrier, Document, EdgeSource, Reference, Span, State, Task};

use super::text::aligned;

/// Whether a line begins or reads like todo.txt.
pub(crate) fn looks_like(line: &str) -> bool {
    let line = line.trim_end();
    if line.starts_with("x ") || priority(line).is_some() || date(line).is_some() {
        return true;
    }
    line.split(' ').any(|word| {
        let mut letters = word.chars();
        matches!(letters.next(), Some('+' | '@'))
            && letters.next().is_some_and(char::is_alphanumeric)
    })
}

/// Reads every line that is not blank.
pub(crate) fn read(document: &mut Document) {
    for line in 1..=document.lines.len() {
        let text = aligned(document.line_bytes(line)).into_owned();
        if !text.trim().is_empty() {
            let task = one(document, line, &text);
            document.tasks.push(task);
        }
    }
    resolve(document);
}

fn one(document: &Document, line: usize, text: &str) -> Task {
    let start = document.lines[line - 1].start;
    let mut task = super::task::blank(Carrier::TodoTxt, line);
    let mut at = text.len() - text.trim_start().len();
    if text[at..].starts_with("x ") {
        task.state = State::Done;
        task.mark = Some("x".to_owned());
        task.spans.mark = Some(Span::new(start + at, start + at + 1));
        at += 2;
        at += blanks(&text[at..]);
        if let Some(length) = date(&text[at..]) {
            task.extra.push(("completed".to_owned(), text[at..at + length].to_owned()));
            at += length + blanks(&text[at + length..]);
        }
    }
    if let Some(letter) = priority(&text[at..]) {
        task.priority = Some(letter.to_string());
        at += 4;
        at += blanks(&text[at..]);
    }
    if let Some(length) = date(&text[at..]) {
        task.extra.push(("created".to_owned(), text[at..at + length].to_owned()));
        at += length + blanks(&text[at + length..]);
    }
    let title = text[at..].trim_end();
    task.title = title.to_owned();
    task.spans.title = Span::new(start + at, start + at + title.len());
    task.spans.block = super::whole_lines(document, line, line);
    words(&mut task, title, start + at);
    task
}

fn words(task: &mut Task, title: &str, base: usize) {
    let mut at = 0;
    for word in title.split(' ') {
        let span = Span::new(base + at, base + at + word.len());
        at += word.len() + 1;
        if let Some(label) = word.strip_prefix(['+', '@']).filter(|label| !label.is_empty()) {
            task.labels.push(label.to_owned());
            continue;
        }
        let Some((key, value)) =
            word.split_once(':').filter(|(_, value)| !value.is_empty() && !value.starts_with('/'))
        else {
            continue;
        };
        match key {
            "due" => task.due = Some(value.to_owned()),
            "pri" => task.priority = Some(value.to_owned()),
            "id" => {
                task.id = Some(value.to_owned());
                task.spans.id = Some(Span::new(span.end - value.len(), span.end));
            }
            "p" | "dep" | "after" => task.depends_on.extend(value.split(',').map(|id| Reference {
                id: id.to_owned(),
                line: task.line,
                span,
                source: EdgeSource::Field,
                optional: false,
                strict: false,
            })),
            "t" | "rec" | "h" => task.extra.push((key.to_owned(), value.to_owned())),
            _ => {}
        }
    }
}

fn resolve(document: &mut Document) {
    super::taskmaster::link(document, &[]);
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

/// `(A) `
fn priority(text: &str) -> Option<char> {
    match text.as_bytes() {
        [b'(', letter @ b'A'..=b'Z', b')', b' ', ..] => Some(char::from(*letter)),
        _ => None,
    }
}

/// The length of an ISO date with a blank or the end behind it.
fn date(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let shape = bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    (shape && matches!(bytes.get(10), None | Some(b' '))).then_some(10)
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::read::{Options, read};

    #[test]
    fn lines_are_tasks_with_their_fields() {
        let text = "(A) 2024-01-01 Call mum @phone +family due:2024-02-01\nx 2024-01-03 2024-01-01 Buy milk\n\nPlain p:7 id:8\n";
        let document =
            read("todo.txt", text.as_bytes(), &Options { profile: Some(Dialect::TodoTxt) });
        let shown: Vec<_> = document
            .tasks
            .iter()
            .map(|task| {
                (task.line, task.state.as_str(), task.title.as_str(), task.priority.as_deref())
            })
            .collect();
        assert_eq!(
            shown,
            [
                (1, "todo", "Call mum @phone +family due:2024-02-01", Some("A")),
                (2, "done", "Buy milk", None),
                (4, "todo", "Plain p:7 id:8", None),
            ]
        );
        assert_eq!(document.tasks[0].due.as_deref(), Some("2024-02-01"));
        assert_eq!(document.tasks[2].depends_on[0].id, "7");
    }
}
