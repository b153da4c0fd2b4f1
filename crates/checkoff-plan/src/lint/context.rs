//! What rules look at: a document, and what several of them need to know about
//! it, worked out at most once.

use crate::map::{Few, HashMap, HashSet, add, with_capacity};
use std::cell::{Cell, OnceCell, RefCell};
use std::sync::OnceLock;

use super::graph::Graph;
use super::rules::{RULES, Rule};
use super::unordered::Unordered;
use super::{Consent, Finding, Fix, Place, Severity};
use crate::dialect::Dialect;
use crate::document::{Carrier, Document, Heading, Oddity, OddityKind, Reference, Span, Task};
use crate::edit::TextEdit;

/// Documents that are checked together.
pub struct Workspace<'a> {
    documents: &'a [Document],
    ids: CrossIds,
    /// Every id of every document, put together when it is first asked for.
    all_ids: OnceLock<HashSet<String>>,
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
        Workspace { documents, ids, all_ids: OnceLock::new() }
    }

    /// Whether some document has a task with exactly this id.
    fn knows(&self, id: &str) -> bool {
        let all = || {
            let tasks = self.documents.iter().flat_map(|document| &document.tasks);
            tasks.filter_map(|task| task.id.clone()).collect()
        };
        self.all_ids.get_or_init(all).contains(id)
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

/// How many folders two documents share, if one may name tasks of the other at all.
fn shared_folders(one: &Document, other: &Document) -> Option<usize> {
    if one.detection.dialect != other.detection.dialect {
        return None;
    }
    let folders = |document: &'_ Document| -> Vec<String> {
        let mut parts: Vec<String> = document.path.split('/').map(str::to_owned).collect();
        parts.pop();
        parts
    };
    let (one_folders, other_folders) = (folders(one), folders(other));
    let shared = one_folders.iter().zip(&other_folders).take_while(|(a, b)| a == b).count();
    let inside = shared == one_folders.len() || shared == other_folders.len();
    (inside || one.detection.dialect != Dialect::Frontmatter).then_some(shared)
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
    unordered: OnceCell<Unordered<'a>>,
    open: OnceCell<Vec<bool>>,
    done_marks: OnceCell<(usize, usize)>,
    last_position: Cell<Position>,
    /// Columns along lines that are too long to count through again and again.
    columns: RefCell<HashMap<usize, Vec<(usize, usize)>>>,
}

/// How many tasks of one id are looked at. A file in which more tasks than this share an id has
/// no ids worth the name, and looking at all of them from each would take the square of the time.
const TWINS_MAX: usize = 16;

/// A place reached before: from there to the next is shorter than from the start of the line.
#[derive(Clone, Copy, Default)]
struct Position {
    offset: usize,
    line: usize,
    column: usize,
}

/// Between marks along a long line.
const MARK_BYTES: usize = 4096;

/// Offsets in a line, some [`MARK_BYTES`] apart, with their columns.
fn marks(line: &[u8]) -> Vec<(usize, usize)> {
    let (mut at, mut column) = (0, 1);
    let mut marks = Vec::with_capacity(line.len() / MARK_BYTES + 1);
    for chunk in line.utf8_chunks() {
        let mut rest = chunk.valid();
        while !rest.is_empty() {
            marks.push((at, column));
            let (piece, after) = rest.split_at(rest.ceil_char_boundary(MARK_BYTES.min(rest.len())));
            at += piece.len();
            column += piece.chars().count();
            rest = after;
        }
        at += chunk.invalid().len();
        column += usize::from(!chunk.invalid().is_empty());
    }
    marks
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
            unordered: OnceCell::new(),
            open: OnceCell::new(),
            done_marks: OnceCell::new(),
            last_position: Cell::default(),
            columns: RefCell::default(),
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
        let end = span.end.min(self.document.bytes.len());
        let span = Span::new(span.start.min(end), end);
        let start = self.position(span.start);
        let end = self.position(span.end);
        Place {
            path: self.document.path.clone(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            span,
        }
    }

    /// Line and column of an offset. Findings come mostly in order, so counting from the last
    /// place keeps a file of one huge line linear.
    fn position(&self, offset: usize) -> Position {
        let line = self.document.line_of(offset);
        let last = self.last_position.get();
        let start = self.document.lines.get(line - 1).map_or(0, |line| line.start);
        let known = if last.line == line && last.offset <= offset {
            last
        } else {
            self.mark_before(line, start.min(offset), offset)
        };
        let between = String::from_utf8_lossy(&self.document.bytes[known.offset..offset]);
        let position = Position { offset, line, column: known.column + between.chars().count() };
        self.last_position.set(position);
        position
    }

    /// A place in a line at or before `offset` whose column is known: its start, or in a long
    /// line one of the marks along it.
    fn mark_before(&self, line: usize, start: usize, offset: usize) -> Position {
        if offset - start < MARK_BYTES {
            return Position { offset: start, line, column: 1 };
        }
        let mut columns = self.columns.borrow_mut();
        let marks = columns.entry(line).or_insert_with(|| marks(self.document.line_bytes(line)));
        let after = marks.partition_point(|(at, _)| start + at <= offset);
        let (at, column) = marks.get(after.wrapping_sub(1)).copied().unwrap_or((0, 1));
        Position { offset: start + at, line, column }
    }

    /// A finding of the rule at hand about a task, at the line that carries its state.
    pub fn task_finding(&self, task: usize, message: impl Into<String>) -> Finding {
        self.finding(task_span(self.document, &self.tasks()[task]), message)
    }

    /// Where a task is.
    pub fn task_place(&self, task: usize) -> Place {
        self.place(task_span(self.document, &self.tasks()[task]))
    }

    /// The first line, for what is wrong with the file as a whole.
    pub fn first_line(&self) -> Span {
        self.document.lines.first().map_or(Span::default(), |line| Span::new(line.start, line.end))
    }

    /// Where a task of any document of the workspace is.
    pub fn place_elsewhere(&self, document: usize, task: usize) -> Place {
        let other = Context::new(self.workspace, document);
        other.task_place(task)
    }

    /// A finding for each oddity of a kind that the reader stepped over.
    pub(super) fn report_oddities(
        &self,
        kind: OddityKind,
        findings: &mut Vec<Finding>,
        message: impl Fn(&Oddity) -> String,
    ) {
        let odd = self.document.oddities.iter().filter(|oddity| oddity.kind == kind);
        findings.extend(odd.map(|oddity| self.finding(oddity.span, message(oddity))));
    }

    /// Whether a task still has to be done. When several tasks share its id, one of them being
    /// closed is enough: which of them is meant, nobody can tell.
    pub fn is_open(&self, task: usize) -> bool {
        self.open.get_or_init(|| self.open_tasks())[task]
    }

    fn open_tasks(&self) -> Vec<bool> {
        let tasks = self.tasks();
        let closed_twin = |task: &Task| {
            let twins = task.id.as_deref().map_or(&[][..], |id| self.ids().exactly(id));
            let closed =
                |twin: &usize| tasks[*twin].scope == task.scope && tasks[*twin].state.is_closed();
            twins.len() > 1 && twins.iter().take(TWINS_MAX).any(closed)
        };
        tasks.iter().map(|task| !task.state.is_closed() && !closed_twin(task)).collect()
    }

    /// A fix that puts one byte between the brackets of a task; `None` when its state is not
    /// said by a well-formed box.
    pub fn mark_fix(&self, task: usize, mark: u8, title: &str, consent: Consent) -> Option<Fix> {
        let task = &self.tasks()[task];
        let has_box = matches!(task.carrier, Carrier::Box | Carrier::HeadingBox | Carrier::CellBox);
        let span = task.spans.mark.filter(|span| has_box && span.len() == 1)?;
        Some(Fix { title: title.to_owned(), edits: vec![TextEdit::replace(span, [mark])], consent })
    }

    /// The mark that says done in this file: `X` where most closed boxes use it, else `x`.
    pub fn done_mark(&self) -> u8 {
        let (small, large) = *self.done_marks.get_or_init(|| {
            let marks = self.tasks().iter().filter_map(|task| task.spans.mark);
            let marks = marks.chain(self.document.checks.iter().map(|check| check.mark));
            let mut count = (0, 0);
            for mark in marks {
                match self.document.slice(mark) {
                    b"x" => count.0 += 1,
                    b"X" => count.1 += 1,
                    _ => {}
                }
            }
            count
        });
        if large > small { b'X' } else { b'x' }
    }

    /// Ids, looked up.
    pub fn ids(&self) -> &Ids<'a> {
        self.ids.get_or_init(|| Ids::new(self.document))
    }

    /// The stated dependencies as a graph.
    pub(super) fn graph(&self) -> &Graph {
        self.graph.get_or_init(|| Graph::new(self.document, self.ids()))
    }

    /// Which tasks may run at the same time.
    pub(super) fn unordered(&self) -> &Unordered<'a> {
        self.unordered.get_or_init(|| Unordered::new(self.document, self.graph()))
    }

    /// Whether another file of those checked together has the task a reference names, be it in
    /// the same id space or only by the very same id.
    pub fn is_elsewhere(&self, reference: &Reference) -> bool {
        !self.elsewhere(reference).is_empty() || self.workspace.knows(&reference.id)
    }

    /// Tasks of other files, as document and task, that a reference may mean: those nearest in
    /// the folders, for each epic has its own `001`.
    pub fn elsewhere(&self, reference: &Reference) -> Vec<(usize, usize)> {
        self.tasks_elsewhere(&reference.id)
    }

    /// The same for an id; tasks of this document are left out.
    pub fn tasks_elsewhere(&self, id: &str) -> Vec<(usize, usize)> {
        if !names_other_files(self.document) {
            return Vec::new();
        }
        let key = cross_key(self.document, id);
        let all = self.workspace.ids.by_id.get(&key).map_or(&[][..], Vec::as_slice);
        let reach = |other: usize| shared_folders(self.document, self.workspace.document(other));
        let near: Vec<_> = all
            .iter()
            .filter(|(other, _)| *other != self.index)
            .filter_map(|&(other, task)| Some((reach(other)?, (other, task))))
            .collect();
        let nearest = near.iter().map(|(reach, _)| *reach).max();
        near.into_iter().filter(|(reach, _)| Some(*reach) == nearest).map(|(_, at)| at).collect()
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

/// How many ids are tried for a suggestion.
const NEAREST_TRIED_MAX: usize = 2_000;

/// The tasks of a document by id.
pub struct Ids<'a> {
    document: &'a Document,
    exact: HashMap<&'a str, Few<usize>>,
    /// Made when an id is not found as it is written, which most lists never need.
    loose: OnceCell<HashMap<String, Few<usize>>>,
}

impl<'a> Ids<'a> {
    pub(super) fn new(document: &'a Document) -> Ids<'a> {
        let mut exact: HashMap<&str, Few<usize>> = with_capacity(document.tasks.len());
        for (index, task) in document.tasks.iter().enumerate() {
            if let Some(id) = task.id.as_deref() {
                add(&mut exact, id, index);
            }
        }
        Ids { document, exact, loose: OnceCell::new() }
    }

    fn loosely(&self, id: &str) -> &[usize] {
        let loose = self.loose.get_or_init(|| {
            let mut loose: HashMap<String, Few<usize>> = with_capacity(self.document.tasks.len());
            for (index, task) in self.document.tasks.iter().enumerate() {
                let Some(id) = task.id.as_deref() else { continue };
                add(&mut loose, loosen(id), index);
                if let Some(alias) = task.alias.as_deref().filter(|alias| *alias != id) {
                    add(&mut loose, loosen(alias), index);
                }
            }
            loose
        });
        loose.get(&loosen(id)).map_or(&[], Few::as_slice)
    }

    /// Tasks with exactly this id, in file order.
    pub fn exactly(&self, id: &str) -> &[usize] {
        self.exact.get(id).map_or(&[], Few::as_slice)
    }

    /// Tasks that somebody who writes `id` at a task of scope `scope` means: those with this very
    /// id, else those whose id differs only in case, padding or decoration, or is this one with a
    /// suffix. When ids restart, those of the same scope come first.
    pub fn resolve(&self, id: &str, scope: Option<&str>) -> Vec<usize> {
        let found = match self.exactly(id) {
            [one] => return vec![*one],
            [] => self.loosely(id),
            several => several,
        };
        if found.is_empty() {
            return self.qualified(id);
        }
        let same_scope = |index: &&usize| self.document.tasks[**index].scope.as_deref() == scope;
        let near: Vec<usize> = found.iter().filter(same_scope).copied().collect();
        if near.is_empty() { found.to_vec() } else { near }
    }

    /// The id that `id` was probably meant to be: one edit away, or two in a long one.
    pub fn nearest(&self, id: &str) -> Option<&'a str> {
        let distance_max = if id.len() > 6 { 2 } else { 1 };
        let near = |other: &&'a str| strsim::osa_distance(other, id);
        let tried = self.document.tasks.iter().filter_map(|task| task.id.as_deref());
        let tried = tried.take(NEAREST_TRIED_MAX);
        tried.min_by_key(near).filter(|other| near(other) <= distance_max)
    }

    /// `scope/id`.
    fn qualified(&self, id: &str) -> Vec<usize> {
        let Some((scope, id)) = id.rsplit_once('/') else { return Vec::new() };
        let in_scope = |index: &&usize| {
            self.document.tasks[**index]
                .scope
                .as_deref()
                .is_some_and(|own| own.eq_ignore_ascii_case(scope))
        };
        self.exactly(id).iter().filter(in_scope).copied().collect()
    }
}

/// The shape of an id: its letters before the first digit, and whether it has digits. Two ids of
/// one list nearly always share it.
pub(super) fn shape(id: &str) -> (String, bool) {
    let digit = id.find(|letter: char| letter.is_ascii_digit());
    (id[..digit.unwrap_or(0)].to_lowercase(), digit.is_some())
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
