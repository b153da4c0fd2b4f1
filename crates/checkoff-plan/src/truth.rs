//! Compares what was read with what a person says a file holds.
//!
//! The format is that of hand-made truth files: tasks with the fields that are
//! asserted, checks, edges that must be among ours, the encoding, and findings
//! as pairs of kind and line. `cargo xtask truth` and this crate's tests share
//! it; it is no part of the interface for anybody else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::{Check, Document, Eol, Task};
use crate::lint::Finding;

/// The kinds of findings a truth file is complete about; others may be found besides.
pub const KINDS: [&str; 27] = [
    "duplicate-id",
    "scoped-ids",
    "dangling-dep",
    "external-dep",
    "self-dep",
    "dep-cycle",
    "done-before-dep",
    "parent-done-child-open",
    "children-done-parent-open",
    "done-with-open-criteria",
    "parallel-file-conflict",
    "phase-order",
    "stats-mismatch",
    "placeholder",
    "mojibake",
    "bom",
    "mixed-eol",
    "invalid-utf8",
    "mixed-done-mark",
    "lone-cr",
    "malformed-checkbox",
    "unknown-mark",
    "duplicate-column",
    "column-mark-conflict",
    "section-state-conflict",
    "title-state-conflict",
    "done-with-open-bullets",
];

/// What a person says of one file.
#[derive(Debug, Clone)]
pub struct Truth {
    value: Value,
}

/// How many of some things are right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Right ones.
    pub right: usize,
    /// All.
    pub total: usize,
}

impl Tally {
    /// Adds another tally.
    pub fn add(&mut self, other: Tally) {
        self.right += other.right;
        self.total += other.total;
    }

    /// Whether nothing is wrong.
    pub fn is_perfect(self) -> bool {
        self.right == self.total
    }

    fn count(&mut self, right: bool) {
        self.total += 1;
        self.right += usize::from(right);
    }
}

/// What judging one file came to.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Tasks the truth names.
    pub tasks: usize,
    /// Fields of tasks, checks, edges and encoding.
    pub fields: Tally,
    /// Findings: those of the truth, and ours that it does not have.
    pub findings: Tally,
    /// Each difference, for a person.
    pub differences: Vec<String>,
}

impl Truth {
    /// Reads a truth file.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn parse(json: &[u8]) -> Result<Truth, serde_json::Error> {
        serde_json::from_slice(json).map(|value| Truth { value })
    }

    /// The file it speaks of, relative to the corpus; `None` when it speaks of no single file.
    pub fn file(&self) -> Option<&str> {
        self.value.get("file")?.as_str()
    }

    /// The SHA-1 of the file, in hexadecimal.
    pub fn sha1(&self) -> &str {
        self.text("sha1")
    }

    /// The dialect it is written in.
    pub fn dialect(&self) -> &str {
        self.text("dialect")
    }

    fn text(&self, key: &str) -> &str {
        self.value.get(key).and_then(Value::as_str).unwrap_or("")
    }

    fn list(&self, key: &str) -> &[Value] {
        self.value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Compares it with what was read and found.
    pub fn judge(&self, document: &Document, findings: &[Finding]) -> Verdict {
        let mut verdict = Verdict { tasks: self.list("tasks").len(), ..Verdict::default() };
        self.judge_tasks(document, &mut verdict);
        self.judge_checks(document, &mut verdict);
        self.judge_edges(document, &mut verdict);
        self.judge_encoding(document, &mut verdict);
        self.judge_findings(findings, &mut verdict);
        verdict
    }

    fn judge_tasks(&self, document: &Document, verdict: &mut Verdict) {
        let fields: Vec<&str> =
            self.list("assert_fields").iter().filter_map(Value::as_str).collect();
        let mut ours: BTreeMap<usize, Vec<&Task>> = BTreeMap::new();
        for task in &document.tasks {
            ours.entry(task.line).or_default().push(task);
        }
        for expected in self.list("tasks") {
            let line = number(expected, "line");
            let same_line = ours.get_mut(&line).filter(|tasks| !tasks.is_empty());
            let Some(task) = same_line.map(|tasks| take(tasks, expected)) else {
                verdict.fields.total += fields.len();
                verdict
                    .differences
                    .push(format!("line {line}: no task, expected {}", brief(expected)));
                continue;
            };
            for field in &fields {
                let fuzzy = expected.get("title_fuzzy").and_then(Value::as_bool).unwrap_or(false);
                if *field == "title" && fuzzy {
                    verdict.fields.count(true);
                    continue;
                }
                let (want, have) =
                    (normal(expected.get(*field), field), ours_of(document, task, field));
                let right = same(&want, &have);
                verdict.fields.count(right);
                if !right {
                    verdict
                        .differences
                        .push(format!("line {line}: {field} is {have}, expected {want}"));
                }
            }
        }
        for task in ours.values().flatten() {
            verdict.fields.count(false);
            verdict
                .differences
                .push(format!("line {}: a task that should be none: {}", task.line, task.title));
        }
    }

    fn judge_checks(&self, document: &Document, verdict: &mut Verdict) {
        let mut ours: BTreeMap<usize, &Check> =
            document.checks.iter().map(|check| (check.line, check)).collect();
        for expected in self.list("checks") {
            let line = number(expected, "line");
            let Some(check) = ours.remove(&line) else {
                verdict.fields.count(false);
                verdict.differences.push(format!("line {line}: no check"));
                continue;
            };
            let owner = check.owner.map(|owner| document.tasks[owner].line);
            let given = [
                ("kind", Value::from(check.kind.as_str())),
                ("checked", Value::from(check.checked)),
                ("owner", owner.map_or(Value::Null, Value::from)),
            ];
            for (key, have) in given {
                let Some(want) = expected.get(key) else { continue };
                verdict.fields.count(*want == have);
                if *want != have {
                    verdict
                        .differences
                        .push(format!("line {line}: check {key} is {have}, expected {want}"));
                }
            }
        }
        for check in ours.values() {
            verdict.fields.count(false);
            verdict.differences.push(format!("line {}: a check that should be none", check.line));
        }
    }

    /// Edges must be among ours; a reader may find more.
    fn judge_edges(&self, document: &Document, verdict: &mut Verdict) {
        for expected in self.list("doc_edges") {
            let line = number(expected, "line");
            let (before, after) = (set(expected.get("before")), set(expected.get("after")));
            let found = document.edges.iter().any(|edge| {
                edge.line == line
                    && edge.before.iter().cloned().collect::<BTreeSet<_>>() == before
                    && edge.after.iter().cloned().collect::<BTreeSet<_>>() == after
            });
            verdict.fields.count(found);
            if !found {
                verdict
                    .differences
                    .push(format!("line {line}: no edge {before:?} before {after:?}"));
            }
        }
    }

    fn judge_encoding(&self, document: &Document, verdict: &mut Verdict) {
        let encoding = document.encoding;
        let eol = match encoding.eol {
            Eol::Lf => "lf",
            Eol::Crlf => "crlf",
            Eol::Mixed => "mixed",
        };
        let ours = [
            ("bom", Value::from(encoding.bom)),
            ("eol", Value::from(eol)),
            ("valid_utf8", Value::from(encoding.valid_utf8)),
            ("final_newline", Value::from(encoding.final_newline)),
        ];
        for (key, have) in ours {
            let Some(want) = self.value.get("encoding").and_then(|encoding| encoding.get(key))
            else {
                continue;
            };
            verdict.fields.count(*want == have);
            if *want != have {
                verdict.differences.push(format!("encoding: {key} is {have}, expected {want}"));
            }
        }
    }

    fn judge_findings(&self, findings: &[Finding], verdict: &mut Verdict) {
        let expected: BTreeSet<(String, usize)> = self
            .list("lint")
            .iter()
            .filter_map(|finding| {
                Some((finding.get("kind")?.as_str()?.to_owned(), number(finding, "line")))
            })
            .collect();
        let ours: BTreeSet<(String, usize)> = findings
            .iter()
            .filter(|finding| KINDS.contains(&finding.rule.name))
            .map(|finding| (finding.rule.name.to_owned(), finding.place.line))
            .collect();
        for (kind, line) in expected.union(&ours) {
            let pair = (kind.clone(), *line);
            let (wanted, had) = (expected.contains(&pair), ours.contains(&pair));
            verdict.findings.count(wanted && had);
            if wanted != had {
                let what = if wanted { "not found" } else { "found, and should not be" };
                verdict.differences.push(format!("line {line}: {kind} {what}"));
            }
        }
    }
}

/// What was read of one file, in the format of a truth file: where a person starts
/// from when making one. Fields that say nothing are left out.
pub fn describe(document: &Document, findings: &[Finding]) -> Value {
    const FIELDS: [&str; 25] = [
        "line",
        "detail_line",
        "id",
        "alias",
        "title",
        "state",
        "queued",
        "parent",
        "parallel",
        "story",
        "phase",
        "section",
        "depends_on",
        "depends_on_text",
        "blocks",
        "conflicts_with",
        "files",
        "labels",
        "tags",
        "priority",
        "estimate",
        "assignee",
        "due",
        "commit",
        "requirements",
    ];
    let tasks = document.tasks.iter().map(|task| {
        let known = FIELDS.iter().map(|field| (*field, ours_of(document, task, field)));
        let extra = task.extra.iter().map(|(key, value)| (key.as_str(), Value::from(&**value)));
        let said = known.chain(extra).filter(|(field, value)| *value != empty(field));
        said.map(|(field, value)| (field.to_owned(), value)).collect::<serde_json::Map<_, _>>()
    });
    let checks = document.checks.iter().map(|check| {
        let owner = check.owner.map(|owner| document.tasks[owner].line);
        serde_json::json!({
            "line": check.line, "kind": check.kind.as_str(), "checked": check.checked,
            "owner": owner, "text": check.text.text,
        })
    });
    let edges = document.edges.iter().map(
        |edge| serde_json::json!({ "line": edge.line, "before": edge.before, "after": edge.after }),
    );
    let phase_edges = document.phase_edges.iter().filter(|edge| !edge.implied).map(|edge| {
        let names = |headings: &[usize]| -> Vec<&str> {
            headings.iter().map(|heading| &*document.headings[*heading].text).collect()
        };
        let (before, after) = (names(&edge.before), names(&edge.after));
        serde_json::json!({ "line": edge.line, "before": before, "after": after })
    });
    let stats = document.stats.iter().map(|stat| {
        serde_json::json!({
            "line": stat.line, "what": format!("{:?}", stat.what),
            "declared": stat.declared, "actual": stat.actual,
        })
    });
    let lint =
        findings.iter().filter(|finding| KINDS.contains(&finding.rule.name)).map(|finding| {
            let (kind, line) = (finding.rule.name, finding.place.line);
            serde_json::json!({ "kind": kind, "line": line, "message": finding.message })
        });
    serde_json::json!({
        "dialect": document.detection.dialect.as_str(),
        "confidence": document.detection.confidence,
        "reasons": document.detection.reasons,
        "tasks": tasks.collect::<Vec<_>>(),
        "checks": checks.collect::<Vec<_>>(),
        "doc_edges": edges.collect::<Vec<_>>(),
        "phase_edges": phase_edges.collect::<Vec<_>>(),
        "stats": stats.collect::<Vec<_>>(),
        "lint": lint.collect::<Vec<_>>(),
    })
}

/// The path a file had in its repository: `kanban/01__owner__repo__docs_TASKS.md` → `docs_TASKS.md`.
///
/// The folder of the dialect is left out, because it would give the answer away.
pub fn name_in_repository(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.splitn(4, "__").nth(3).unwrap_or(name)
}

/// Takes the task of a line that has the expected id, else the first.
fn take<'t>(tasks: &mut Vec<&'t Task>, expected: &Value) -> &'t Task {
    let id = expected.get("id").and_then(Value::as_str);
    let at = tasks.iter().position(|task| task.id.as_deref() == id).unwrap_or(0);
    tasks.remove(at)
}

fn number(value: &Value, key: &str) -> usize {
    value.get(key).and_then(Value::as_u64).map_or(0, |number| number as usize)
}

fn brief(expected: &Value) -> String {
    let text = |key: &str| expected.get(key).and_then(Value::as_str).unwrap_or("");
    format!("{} {}", text("id"), text("title"))
}

/// A value is kept as written, so a number in JSON is the same as its digits.
fn same(want: &Value, have: &Value) -> bool {
    want == have || (want.is_number() && have.as_str() == Some(&want.to_string()))
}

/// An absent field and an empty one are the same; lists without an order of their own are sorted.
fn normal(value: Option<&Value>, field: &str) -> Value {
    match value {
        None => empty(field),
        Some(Value::Null) => empty(field),
        Some(Value::Array(items)) => sorted(items.iter().map(plain)),
        Some(value) => value.clone(),
    }
}

fn empty(field: &str) -> Value {
    match field {
        "depends_on" | "files" | "labels" | "tags" | "conflicts_with" | "blocks"
        | "requirements" => Value::Array(Vec::new()),
        "parallel" | "queued" => Value::Bool(false),
        _ => Value::Null,
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn sorted(items: impl Iterator<Item = String>) -> Value {
    let unique: BTreeSet<String> = items.collect();
    Value::Array(unique.into_iter().map(Value::String).collect())
}

fn set(value: Option<&Value>) -> BTreeSet<String> {
    value.and_then(Value::as_array).into_iter().flatten().map(plain).collect()
}

fn ours_of(document: &Document, task: &Task, field: &str) -> Value {
    let text = |value: &Option<String>| value.clone().map_or(Value::Null, Value::String);
    let extra = |key: &str| task.extra(key).map_or(Value::Null, Value::from);
    match field {
        "line" => Value::from(task.line),
        "detail_line" => task.detail_line.map_or(Value::Null, Value::from),
        "id" => text(&task.id),
        "alias" => text(&task.alias),
        "scope" => text(&task.scope),
        "title" => Value::from(task.title.as_str()),
        "state" => Value::from(task.state.as_str()),
        "queued" => Value::from(task.queued),
        "mark" => text(&task.mark),
        "parent" => {
            task.parent.map_or(Value::Null, |parent| Value::from(document.tasks[parent].line))
        }
        "parallel" => Value::from(task.parallel),
        "story" => text(&task.story),
        "phase" => text(&task.phase),
        "section" => text(&task.section),
        "depends_on" => sorted(task.depends_on.iter().map(|reference| reference.id.clone())),
        "depends_on_text" => text(&task.depends_on_text),
        "blocks" => sorted(task.blocks.iter().map(|reference| reference.id.clone())),
        "conflicts_with" => {
            sorted(task.conflicts_with.iter().map(|reference| reference.id.clone()))
        }
        "files" => sorted(task.files.iter().map(|file| file.path.clone())),
        "labels" | "tags" => sorted(task.labels.iter().cloned()),
        "priority" => text(&task.priority),
        "estimate" => text(&task.estimate),
        "assignee" => text(&task.assignee),
        "due" => text(&task.due),
        "commit" => text(&task.commit),
        "requirements" => {
            let listed = task
                .extra("requirements")
                .unwrap_or("")
                .split(',')
                .map(|item| item.trim().to_owned());
            sorted(listed.filter(|item| !item.is_empty()))
        }
        "plans_done" | "plans_total" => task
            .extra(field)
            .and_then(|text| text.parse::<u64>().ok())
            .map_or(Value::Null, Value::from),
        "verify" => {
            task.verify.first().map_or(Value::Null, |verify| Value::from(verify.text.as_str()))
        }
        other => extra(other),
    }
}
