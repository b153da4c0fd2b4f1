//! One file is one task: front matter says it all.

use crate::document::{Carrier, Document, EdgeSource, Field, FileReference, Span, Task, Text};
use crate::grammar::mention::Mention;
use crate::grammar::words;

use super::front_matter::{items, scalar};
use super::walk::{PendingKind, Walk};

/// Makes the task of the file, when its front matter has a status.
pub(crate) fn task(walk: &mut Walk<'_>) -> Option<usize> {
    let fields = walk.document.front_matter.clone();
    let status = fields.iter().find(|field| field.key == "status")?.clone();
    let mut task = super::task::blank(Carrier::FrontMatter, 1);
    task.mark = Some(status.value.clone());
    task.spans.state_text = Some(status.value_span);
    task.state = words::at_start(&status.value).map_or(task.state, |said| said.state);
    task.spans.block = Span::new(0, walk.document.bytes.len());
    for field in &fields {
        apply(walk, &mut task, field);
    }
    if task.id.is_none() {
        task.id = stem_id(&walk.document.path);
    }
    if task.title.is_empty()
        && let Some(heading) = walk.survey.headings.first()
    {
        task.spans.title = heading.text;
        task.title = walk.document.text(heading.text).into_owned();
    }
    Some(walk.push_task(task))
}

fn apply(walk: &mut Walk<'_>, task: &mut Task, field: &Field) {
    let value = field.value.trim();
    if value.is_empty() || value == "[]" || value == "null" || value == "~" {
        return;
    }
    let list = || items(value).into_iter().map(str::to_owned).collect::<Vec<_>>();
    match field.key.as_str() {
        "id" => {
            task.id = Some(value.to_owned());
            task.spans.id = Some(field.value_span);
        }
        "title" | "name" => {
            if field.key == "title" || task.title.is_empty() {
                task.title = value.to_owned();
                task.spans.title = field.value_span;
            }
        }
        "dependencies" | "depends_on" | "depends-on" | "blocked_by" | "needs" => {
            task.depends_on_text = Some(value.to_owned());
            pend(walk, field, PendingKind::Needs);
        }
        "blocks" => pend(walk, field, PendingKind::Blocks),
        "conflicts_with" => pend(walk, field, PendingKind::Conflicts),
        "parallel" => task.parallel = value == "true" || value == "yes",
        "labels" | "tags" => task.labels = list(),
        "assignee" | "owner" | "assigned_to" => task.assignee = list().into_iter().next(),
        "priority" => task.priority = Some(value.to_owned()),
        "effort" | "estimate" | "size" => task.estimate = Some(value.to_owned()),
        "due" | "due_date" => task.due = Some(value.to_owned()),
        "modified_files" | "files" | "touches" => {
            task.files = list()
                .into_iter()
                .map(|path| FileReference {
                    path,
                    line: field.line,
                    span: field.value_span,
                    read_only: false,
                })
                .collect();
        }
        "verify" => task.verify.extend(commands(walk.document, field)),
        "test_files" => {}
        "parent_task_id" | "parent" => task.extra.push(("parent_id".to_owned(), value.to_owned())),
        "status" => {}
        key => task.extra.push((key.to_owned(), value.to_owned())),
    }
}

/// The commands of a `verify` key: a scalar, a list of them, or a list of maps whose `run`
/// is the command (`- type: bash`, `run: \"go test ./...\"`).
fn commands(document: &Document, field: &Field) -> Vec<Text> {
    let text =
        |text: &str| Text { text: text.to_owned(), line: field.line, span: field.value_span };
    let (first, last) =
        (document.line_of(field.value_span.start), document.line_of(field.value_span.end));
    let found: Vec<Text> = if first == field.line {
        match field.value.trim() {
            list if list.starts_with('[') => items(list).into_iter().map(text).collect(),
            one => vec![text(one)],
        }
    } else {
        let lines: Vec<String> = (first..=last)
            .map(|line| String::from_utf8_lossy(document.line_bytes(line)).into_owned())
            .map(|line| line.trim().trim_start_matches("- ").trim().to_owned())
            .collect();
        let maps = lines.iter().any(|line| {
            ["type:", "run:", "check:", "dir:"].iter().any(|key| line.starts_with(key))
        });
        let runs = lines
            .iter()
            .filter_map(|line| if maps { line.strip_prefix("run:") } else { Some(line.as_str()) });
        runs.map(|run| text(&scalar(run, 0).0)).collect()
    };
    found.into_iter().filter(|command| !command.text.is_empty()).collect()
}

/// References of front matter keep their text exactly (`003` stays `003`).
fn pend(walk: &mut Walk<'_>, field: &Field, kind: PendingKind) {
    let mentions = items(&field.value)
        .into_iter()
        .map(|id| Mention {
            from: id.to_owned(),
            to: None,
            open_end: false,
            maybe_one: false,
            optional: false,
            strict: false,
            span: Span::new(0, field.value_span.len()),
        })
        .collect();
    let position = walk.document.tasks.len();
    walk.pend(
        position,
        kind,
        mentions,
        field.value_span.start,
        field.line,
        EdgeSource::FrontMatter,
    );
}

/// The id of a file without one: the stem of its name.
///
/// A path that was flattened to one name (`.epics_a_002.md`, `1__owner__repo__a_002.md`)
/// keeps its folders in the stem; then the last part counts.
fn stem_id(path: &str) -> Option<String> {
    let name = path.rsplit(['/', '\\']).next()?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let flattened = stem.starts_with('.') || stem.contains("__");
    let stem = if flattened { stem.rsplit('_').next().unwrap_or(stem) } else { stem };
    (!stem.is_empty()).then(|| stem.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::read::{Options, read};

    #[test]
    fn verify_keys_hold_commands_in_every_shape() {
        for (yaml, expected) in [
            ("verify: cargo test", &["cargo test"] as &[&str]),
            ("verify: 'a: b'", &["a: b"]),
            ("verify: [\"make a\", make b]", &["make a", "make b"]),
            ("verify:\n  - \"make a\"\n  - make b", &["make a", "make b"]),
            (
                "verify:\n  - type: bash\n    run: \"go test ./...\"\n    dir: x\n  - type: assert\n    check: It works\n  - type: bash\n    run: make b",
                &["go test ./...", "make b"],
            ),
            ("verify:\n  - type: assert\n    check: It works", &[]),
        ] {
            let text = format!("---\nid: \"1\"\nstatus: pending\n{yaml}\n---\n# T\n");
            let document = read("1.md", text.as_bytes(), &Options::default());
            let found: Vec<&str> =
                document.tasks[0].verify.iter().map(|command| command.text.as_str()).collect();
            assert_eq!(found, expected, "{yaml}");
        }
    }
}
