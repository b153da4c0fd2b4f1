//! Emacs Org: outline headings with a keyword, and boxes in plain lists.

use crate::map::HashSet;

use crate::document::{Carrier, Document, Heading, Region, Span, State, Task};
use crate::grammar::mark;

use super::text::aligned;

/// Where the reader stands in the outline.
struct Outline {
    keywords: Vec<(String, State)>,
    /// Open headings: index, level, task.
    headings: Vec<(usize, usize, Option<usize>)>,
    /// Open list items: indent, task.
    items: Vec<(usize, Option<usize>)>,
    /// The `#+END_…` that ends the open block.
    block: Option<String>,
}

/// Reads headings and boxes.
pub(crate) fn read(document: &mut Document) {
    let mut outline = Outline {
        keywords: default_keywords(),
        headings: Vec::new(),
        items: Vec::new(),
        block: None,
    };
    for line in 1..=document.lines.len() {
        let text = aligned(document.line_bytes(line)).into_owned();
        if outline.masked(document, line, &text) {
            continue;
        }
        let stars = text.bytes().take_while(|&byte| byte == b'*').count();
        if stars > 0 && text[stars..].starts_with(' ') {
            outline.heading(document, line, &text, stars);
        } else if let Some(item) = item(&text) {
            outline.item(document, line, &text, item);
        } else if !outline.detail(document, line, &text)
            && !text.trim().is_empty()
            && !text.starts_with([' ', '\t'])
        {
            outline.items.clear();
        }
    }
    super::taskmaster::link(document, &[]);
}

fn default_keywords() -> Vec<(String, State)> {
    [
        ("TODO", State::Todo),
        ("NEXT", State::Todo),
        ("STARTED", State::Doing),
        ("DOING", State::Doing),
        ("INPROGRESS", State::Doing),
        ("IN-PROGRESS", State::Doing),
        ("WAITING", State::Blocked),
        ("WAIT", State::Blocked),
        ("HOLD", State::Blocked),
        ("BLOCKED", State::Blocked),
        ("DONE", State::Done),
        ("CANCELLED", State::Cancelled),
        ("CANCELED", State::Cancelled),
    ]
    .into_iter()
    .map(|(word, state)| (word.to_owned(), state))
    .collect()
}

impl Outline {
    /// Blocks hold no tasks; `#+TODO:` lines add keywords.
    fn masked(&mut self, document: &mut Document, line: usize, text: &str) -> bool {
        let trimmed = text.trim();
        if let Some(end) = &self.block {
            if trimmed.eq_ignore_ascii_case(end) {
                self.block = None;
            }
            document.lines[line - 1].region = Region::Fence;
            return true;
        }
        let lower = trimmed.to_ascii_lowercase();
        if let Some(kind) = lower.strip_prefix("#+begin_") {
            let kind = kind.split_whitespace().next().unwrap_or("");
            self.block = Some(format!("#+end_{kind}"));
            document.lines[line - 1].region = Region::Fence;
            return true;
        }
        if lower.starts_with("#+todo:")
            || lower.starts_with("#+seq_todo:")
            || lower.starts_with("#+typ_todo:")
        {
            self.add_keywords(trimmed.split_once(':').map_or("", |(_, words)| words));
            return true;
        }
        trimmed.starts_with("# ") || trimmed.starts_with("#+")
    }

    fn add_keywords(&mut self, words: &str) {
        let (open, closed) = words.split_once('|').unwrap_or((words, ""));
        let sides = [(open, State::Todo), (closed, State::Done)];
        for (word, state) in sides
            .iter()
            .flat_map(|(side, state)| side.split_whitespace().map(move |word| (word, *state)))
        {
            let word = word.split('(').next().unwrap_or(word);
            if !self.keywords.iter().any(|(known, _)| known == word) {
                self.keywords.push((word.to_owned(), state));
            }
        }
    }

    fn heading(&mut self, document: &mut Document, line: usize, text: &str, level: usize) {
        self.items.clear();
        while self.headings.last().is_some_and(|(_, open, _)| *open >= level) {
            self.headings.pop();
        }
        let start = document.lines[line - 1].start;
        let at = level + text[level..].len() - text[level..].trim_start().len();
        let body = text[at..].trim_end();
        let index = document.headings.len();
        document.headings.push(Heading {
            level: level.min(6) as u8,
            line,
            text: body.to_owned(),
            span: Span::new(start + at, start + at + body.len()),
            task: None,
        });
        let word = body.split_whitespace().next().unwrap_or("");
        let state = self.keywords.iter().find(|(known, _)| known == word).map(|(_, state)| *state);
        let task = state.map(|state| {
            let mut task = self.place(document, super::task::blank(Carrier::Org, line));
            task.state = state;
            task.mark = Some(word.to_owned());
            task.spans.state_text = Some(Span::new(start + at, start + at + word.len()));
            heading_title(&mut task, body[word.len()..].trim_start(), start + at + body.len());
            task.parent = self.headings.iter().rev().find_map(|(_, _, task)| *task);
            push(document, task, line)
        });
        document.headings[index].task = task;
        self.headings.push((index, level, task));
    }

    /// Dates and properties under a heading that is a task; whether the line was one.
    fn detail(&self, document: &mut Document, line: usize, text: &str) -> bool {
        let Some((_, _, Some(task))) = self.headings.last() else { return false };
        let start = document.lines[line - 1].start;
        let task = &mut document.tasks[*task];
        let trimmed = text.trim();
        let planning = ["DEADLINE:", "SCHEDULED:", "CLOSED:"];
        if planning.iter().any(|key| trimmed.starts_with(key)) {
            for (key, name) in planning.into_iter().zip(["due", "scheduled", "completed"]) {
                let Some(date) = text.find(key).and_then(|at| date(&text[at + key.len()..])) else {
                    continue;
                };
                match name {
                    "due" => task.due = Some(date.to_owned()),
                    _ => task.extra.push((name.to_owned(), date.to_owned())),
                }
            }
            return true;
        }
        let Some((key, value)) =
            trimmed.strip_prefix(':').and_then(|property| property.split_once(':'))
        else {
            return false;
        };
        let value = value.trim();
        if value.is_empty() {
            return true;
        }
        match key.to_ascii_lowercase().as_str() {
            "custom_id" | "id" if task.id.is_none() => {
                let at = start + text.trim_end().len() - value.len();
                task.id = Some(value.to_owned());
                task.spans.id = Some(Span::new(at, at + value.len()));
            }
            "effort" => task.estimate = Some(value.to_owned()),
            "assignee" => task.assignee = Some(value.to_owned()),
            _ => {}
        }
        true
    }

    fn item(&mut self, document: &mut Document, line: usize, text: &str, item: Item) {
        while self.items.last().is_some_and(|(indent, _)| *indent >= item.indent) {
            self.items.pop();
        }
        let start = document.lines[line - 1].start;
        let task = item.mark.map(|at| {
            let mut task = self.place(document, super::task::blank(Carrier::Org, line));
            let sign = &text.as_bytes()[at..at + 1];
            // A dash in an Org box means: some of what is below is done.
            task.state = if sign == b"-" {
                State::Doing
            } else {
                mark::default_state(sign).unwrap_or_default()
            };
            task.mark = Some(text[at..at + 1].to_owned());
            task.spans.mark = Some(Span::new(start + at, start + at + 1));
            task.spans.bracket = Some(Span::new(start + at - 1, start + at + 2));
            task.indent = item.indent;
            let title = text[item.text..].trim();
            task.title = title.to_owned();
            let lead = text[item.text..].len() - text[item.text..].trim_start().len();
            task.spans.title =
                Span::new(start + item.text + lead, start + item.text + lead + title.len());
            let enclosing = self.items.iter().rev().find_map(|(_, task)| *task);
            task.parent =
                enclosing.or_else(|| self.headings.iter().rev().find_map(|(_, _, task)| *task));
            push(document, task, line)
        });
        self.items.push((item.indent, task));
    }

    fn place(&self, document: &Document, mut task: Task) -> Task {
        let text = |entry: Option<&(usize, usize, Option<usize>)>| {
            entry.map(|(index, ..)| document.headings[*index].text.clone())
        };
        let phase =
            self.headings.iter().find(|(_, level, _)| *level == 2).or_else(|| self.headings.last());
        task.phase = text(phase);
        let section =
            self.headings.last().filter(|last| phase.is_some_and(|phase| last.1 > phase.1));
        task.section = text(section);
        task.heading = self.headings.last().map(|(index, ..)| *index);
        task
    }
}

fn push(document: &mut Document, mut task: Task, line: usize) -> usize {
    task.spans.block = super::whole_lines(document, line, line);
    document.tasks.push(task);
    document.tasks.len() - 1
}

/// The day of a timestamp: `<2024-05-01 Wed>`, `[2024-05-01 Wed 10:00]`.
fn date(text: &str) -> Option<&str> {
    let day = text.trim_start().strip_prefix(['<', '['])?.get(..10)?;
    let shape = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    shape.then_some(day)
}

/// Priority cookie, title, statistics cookie and tags of a heading.
fn heading_title(task: &mut Task, rest: &str, end: usize) {
    let mut title = rest.trim();
    if let Some(inner) = title.strip_prefix("[#")
        && let Some((priority, after)) = inner.split_once(']')
    {
        task.priority = Some(priority.to_owned());
        title = after.trim_start();
    }
    if let Some((before, tags)) = title.rsplit_once([' ', '\t'])
        && tags.len() > 2
        && tags.starts_with(':')
        && tags.ends_with(':')
    {
        let unique: HashSet<&str> = tags.trim_matches(':').split(':').collect();
        task.labels = tags
            .trim_matches(':')
            .split(':')
            .filter(|tag| unique.contains(tag))
            .map(str::to_owned)
            .collect();
        title = before.trim_end();
    }
    task.title = title.to_owned();
    let offset = rest.find(title).unwrap_or(0);
    let start = end - rest.len() + offset;
    task.spans.title = Span::new(start, start + title.len());
}

/// A list item.
struct Item {
    indent: usize,
    /// Offset of what stands between the brackets.
    mark: Option<usize>,
    /// Offset of the text.
    text: usize,
}

fn item(text: &str) -> Option<Item> {
    let bytes = text.as_bytes();
    let indent = bytes.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    let rest = &bytes[indent..];
    let bullet = match rest.first()? {
        b'-' | b'+' => 1,
        b'*' if indent > 0 => 1,
        b'0'..=b'9' => {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            matches!(rest.get(digits), Some(b'.' | b')')).then_some(digits + 1)?
        }
        _ => return None,
    };
    if rest.get(bullet) != Some(&b' ') {
        return None;
    }
    let at = indent + bullet + 1;
    let is_box = bytes.get(at) == Some(&b'[')
        && matches!(bytes.get(at + 1), Some(b' ' | b'X' | b'x' | b'-'))
        && bytes.get(at + 2) == Some(&b']');
    Some(Item { indent, mark: is_box.then_some(at + 1), text: if is_box { at + 3 } else { at } })
}

#[cfg(test)]
mod tests {
    use crate::read::{Options, read};

    #[test]
    fn dates_and_properties_belong_to_the_heading_above() {
        let text = "* TODO Write\n  DEADLINE: <2024-05-01 Wed +1w> SCHEDULED: <2024-04-30 Tue>\n  :PROPERTIES:\n  :CUSTOM_ID: w1\n  :Effort: 1:30\n  :END:\n* Notes\nDEADLINE: <2024-06-01>\n** DONE Old\nCLOSED: [2024-04-01 Mon 10:00]\n";
        let document = read("a.org", text.as_bytes(), &Options::default());
        let [write, old] = document.tasks.as_slice() else { panic!("two tasks") };
        assert_eq!(write.due.as_deref(), Some("2024-05-01"));
        assert_eq!(write.extra("scheduled"), Some("2024-04-30"));
        assert_eq!(write.id.as_deref(), Some("w1"));
        assert_eq!(write.estimate.as_deref(), Some("1:30"));
        assert_eq!(old.extra("completed"), Some("2024-04-01"));
        assert_eq!(old.due, None);
    }

    #[test]
    fn keywords_and_boxes_are_tasks() {
        let text = "#+TODO: TODO NEXT | DONE GONE\n* TODO [#A] Write :x:y:\n- [X] a\n  - [ ] b\n* Notes\n#+BEGIN_SRC sh\n- [ ] no\n#+END_SRC\n** GONE old\n";
        let document = read("a.org", text.as_bytes(), &Options::default());
        let shown: Vec<_> = document
            .tasks
            .iter()
            .map(|task| (task.line, task.state.as_str(), task.title.as_str(), task.parent))
            .collect();
        assert_eq!(
            shown,
            [
                (2, "todo", "Write", None),
                (3, "done", "a", Some(0)),
                (4, "todo", "b", Some(1)),
                (9, "done", "old", None)
            ]
        );
    }
}
