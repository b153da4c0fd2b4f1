//! What rules look at: a document, and what several of them need to know about
//! it, worked out at most once.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::graph::Graph;
use super::rules::{RULES, Rule};
use super::{Finding, Place, Severity};
use crate::dialect::Dialect;
use crate::document::{Document, Heading, Reference, Span, Task};

/// Documents that are checked together.
pub struct Workspace<'a> {
    documents: &'a [Document],
    ids: CrossIds,
}

/// Ids that may be named in another file, and where they are: document and task.
#[derive(Default)]
struct CrossIds {
    by_id: HashMap<String, Vec<(usize, usize)>>,
}

impl<'a> Workspace<'a> {
    /// Indexes the ids that documents may name across files.
    pub fn new(documents: &'a [Document]) -> Workspace<'a> {
        let mut ids = CrossIds::default();
        for (index, document) in documents.iter().enumerate() {
            if !names_other_files(document) {
                continue;
            }
            for (task_index, task) in document.tasks.iter().enumerate() {
                if let Some(id) = &task.id {
                    ids.by_id.entry(cross_key(document, id)).or_default().push((index, task_index));
                }
            }
        }
        Workspace { documents, ids }
    }

    /// One of the documents.
    pub fn document(&self, index: usize) -> &'a Document {
        &self.documents[index]
    }

    /// All of them.
    pub fn documents(&self) -> &'a [Document] {
        self.documents
    }
}

/// Whether ids of this document live in one space with those of other files.
fn names_other_files(document: &Document) -> bool {
    matches!(
        document.detection.dialect,
        Dialect::Backlogmd | Dialect::Frontmatter | Dialect::Obsidian
    )
}

/// An id as it is compared across files: Backlog.md counts `task-100.4` and `BACK-100.4` as one.
fn cross_key(document: &Document, id: &str) -> String {
    if document.detection.dialect == Dialect::Backlogmd {
        let number = id.find(|letter: char| letter.is_ascii_digit()).map_or(id, |at| &id[at..]);
        let parts = number.split('.').map(|part| part.trim_start_matches('0'));
        return parts.collect::<Vec<_>>().join(".");
    }
    id.to_lowercase()
}

/// What a rule is given: one document of a workspace, and what is known about it.
pub struct Context<'a> {
    workspace: &'a Workspace<'a>,
    index: usize,
    document: &'a Document,
    rule: &'static Rule,
    severity: Severity,
    ids: OnceCell<Ids<'a>>,
    graph: OnceCell<Graph>,
}

impl<'a> Context<'a> {
    pub(super) fn new(workspace: &'a Workspace<'a>, index: usize) -> Context<'a> {
        let rule = &RULES[0];
        Context {
            workspace,
            index,
            document: workspace.document(index),
            rule,
            severity: rule.severity,
            ids: OnceCell::new(),
            graph: OnceCell::new(),
        }
    }

    /// Makes the findings from here on those of `rule`.
    pub(super) fn enter(&mut self, rule: &'static Rule, severity: Severity) {
        self.rule = rule;
        self.severity = severity;
    }

    /// The document that is checked.
    pub fn document(&self) -> &'a Document {
        self.document
    }

    /// Its tasks.
    pub fn tasks(&self) -> &'a [Task] {
        &self.document.tasks
    }

    /// The other documents, too.
    pub fn workspace(&self) -> &'a Workspace<'a> {
        self.workspace
    }

    /// Which document of the workspace this is.
    pub fn index(&self) -> usize {
        self.index
    }

    /// A finding of the rule at hand.
    pub fn finding(&self, span: Span, message: impl Into<String>) -> Finding {
        Finding {
            rule: self.rule,
            severity: self.severity,
            place: self.place(span),
            message: message.into(),
            help: None,
            related: Vec::new(),
            fix: None,
        }
    }

    /// A place in the document that is checked.
    pub fn place(&self, span: Span) -> Place {
        Place::new(self.document, span)
    }

    /// Ids, looked up.
    pub fn ids(&self) -> &Ids<'a> {
        self.ids.get_or_init(|| Ids::new(self.document))
    }

    /// The stated dependencies as a graph.
    pub(super) fn graph(&self) -> &Graph {
        self.graph.get_or_init(|| Graph::new(self.document, self.ids()))
    }

    /// Tasks of other files that a reference may mean.
    pub fn elsewhere(&self, reference: &Reference) -> &[(usize, usize)] {
        if !names_other_files(self.document) {
            return &[];
        }
        let key = cross_key(self.document, &reference.id);
        self.workspace.ids.by_id.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Whether references of this document may mean tasks of other files.
    pub fn names_other_files(&self) -> bool {
        names_other_files(self.document)
    }
}

/// What to underline for a task: its id, else its title; always on the line that
/// carries its state.
pub fn task_span(document: &Document, task: &Task) -> Span {
    let line = document.line_span(task.line.min(document.lines.len()).max(1));
    let on_line =
        |span: &Span| span.start >= line.start && span.end <= line.end && !span.is_empty();
    let title = Some(task.spans.title);
    let shown = [task.spans.id, title, task.spans.mark, task.spans.state_text];
    shown.into_iter().flatten().find(on_line).unwrap_or(line)
}

/// What to underline for a heading.
pub fn heading_span(heading: &Heading) -> Span {
    heading.span
}

/// The tasks of a document by id.
pub struct Ids<'a> {
    exact: HashMap<&'a str, Vec<usize>>,
    loose: HashMap<String, Vec<usize>>,
}

impl<'a> Ids<'a> {
    fn new(document: &'a Document) -> Ids<'a> {
        let mut exact: HashMap<&str, Vec<usize>> = HashMap::with_capacity(document.tasks.len());
        let mut loose: HashMap<String, Vec<usize>> = HashMap::with_capacity(document.tasks.len());
        for (index, task) in document.tasks.iter().enumerate() {
            let Some(id) = task.id.as_deref() else { continue };
            exact.entry(id).or_default().push(index);
            loose.entry(loosen(id)).or_default().push(index);
            if let Some(alias) = task.alias.as_deref().filter(|alias| *alias != id) {
                loose.entry(loosen(alias)).or_default().push(index);
            }
        }
        Ids { exact, loose }
    }

    /// Tasks with exactly this id, in file order.
    pub fn exactly(&self, id: &str) -> &[usize] {
        self.exact.get(id).map_or(&[], Vec::as_slice)
    }

    /// Tasks that somebody who writes `id` at a task of scope `scope` means: those with this very
    /// id, else those whose id differs only in case, padding or decoration, or is this one with a
    /// suffix. When ids restart, those of the same scope come first.
    pub fn resolve(&self, document: &Document, id: &str, scope: Option<&str>) -> Vec<usize> {
        let found = match self.exactly(id) {
            [] => self.loose.get(&loosen(id)).map_or(&[][..], Vec::as_slice),
            exact => exact,
        };
        if found.is_empty() {
            return self.qualified(document, id);
        }
        let same_scope = |index: &&usize| document.tasks[**index].scope.as_deref() == scope;
        let near: Vec<usize> = found.iter().filter(same_scope).copied().collect();
        if near.is_empty() { found.to_vec() } else { near }
    }

    /// `scope/id`.
    fn qualified(&self, document: &Document, id: &str) -> Vec<usize> {
        let Some((scope, id)) = id.rsplit_once('/') else { return Vec::new() };
        let in_scope = |index: &&usize| {
            document.tasks[**index]
                .scope
                .as_deref()
                .is_some_and(|own| own.eq_ignore_ascii_case(scope))
        };
        self.exactly(id).iter().filter(in_scope).copied().collect()
    }
}

/// An id without what people leave out or add: case, `#`, `Task `, zeros in front, a dot behind.
fn loosen(id: &str) -> String {
    let id = id.trim().trim_start_matches(['#', '^']).trim_end_matches(['.', ':']);
    let id = id.strip_prefix("Task ").or_else(|| id.strip_prefix("task ")).unwrap_or(id);
    let mut loose = String::with_capacity(id.len());
    let mut after_digit = false;
    let mut zeros = 0;
    for letter in id.chars() {
        if letter == '0' && !after_digit {
            zeros += 1;
            continue;
        }
        if zeros > 0 && !letter.is_ascii_digit() {
            loose.push('0');
        }
        zeros = 0;
        after_digit = letter.is_ascii_digit();
        loose.extend(letter.to_lowercase());
    }
    if zeros > 0 {
        loose.push('0');
    }
    loose
}

#[cfg(test)]
mod tests {
    use super::loosen;

    #[test]
    fn loose_ids_ignore_case_decoration_and_padding() {
        for (one, other) in [
            ("T001", "t1"),
            ("#5", "5"),
            ("1.", "1"),
            ("Task 3", "3"),
            ("WB-009", "wb-9"),
            ("1.0", "1.0"),
        ] {
            assert_eq!(loosen(one), loosen(other), "{one} and {other}");
        }
        for (one, other) in [("T10", "T1"), ("1.1", "11"), ("0", ""), ("T100", "T1")] {
            assert_ne!(loosen(one), loosen(other), "{one} and {other}");
        }
    }
}
