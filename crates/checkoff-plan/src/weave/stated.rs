//! What the lists say about tasks by name.

use checkoff_core::graph::{EdgeKind, TaskIx};

use super::loom::Loom;
use super::resolve::{From, Resolved};
use super::{Problem, ProblemKind, Reason, Severity};
use crate::dialect::Dialect;
use crate::document::{DocEdge, Document, EdgeSource, Reference, Span};

/// Where an id is named.
#[derive(Clone, Copy)]
struct Place {
    document: usize,
    line: usize,
    span: Span,
    source: EdgeSource,
    task: Option<TaskIx>,
}

impl<'a> Loom<'a> {
    /// `depends on`, `blocks`, `conflicts with`, and sentences away from the tasks.
    pub(super) fn stated(&mut self) {
        for index in 0..self.tasks.len() {
            let task = TaskIx::from(index);
            let stated = self.task(task);
            for reference in &stated.depends_on {
                let why = self.reason_of(task, reference);
                for from in self.referred(task, reference, true) {
                    self.depend(from, task, kind_of(reference), why);
                }
            }
            for reference in &stated.blocks {
                let why = self.reason_of(task, reference);
                for to in self.referred(task, reference, false) {
                    self.depend(task, to, kind_of(reference), why);
                }
            }
            for reference in &stated.conflicts_with {
                let mut reason =
                    Reason::of(EdgeSource::Conflict, self.document_of(task), reference.line);
                reason.span = Some(reference.span);
                let why = self.reason(reason);
                for other in self.referred(task, reference, false) {
                    if other.index() < self.tasks.len() {
                        self.apart.push((task, other, why));
                    }
                }
            }
        }
        for document in 0..self.documents.len() {
            for edge in &self.documents[document].edges {
                self.sentence(document, edge);
            }
        }
    }

    fn depend(&mut self, from: TaskIx, to: TaskIx, kind: EdgeKind, why: u32) {
        let tasks = self.tasks.len();
        if to.index() < tasks
            && from.index() < tasks
            && self.document_of(from) == self.document_of(to)
        {
            self.placed[to.index()] = true;
        }
        self.wait(from, to, kind, why);
    }

    fn reason_of(&mut self, task: TaskIx, reference: &Reference) -> u32 {
        let mut reason = Reason::of(reference.source, self.document_of(task), reference.line);
        reason.span = Some(reference.span);
        self.reason(reason)
    }

    /// The nodes a reference at a task means, itself left out.
    fn referred(&mut self, task: TaskIx, reference: &Reference, holds: bool) -> Vec<TaskIx> {
        let place = Place {
            document: self.document_of(task),
            line: reference.line,
            span: reference.span,
            source: reference.source,
            task: Some(task),
        };
        let scope = self.task(task).scope.as_deref();
        let mut found = self.named(place, scope, &reference.id);
        if found.is_empty() && holds && self.is_unknown(place, scope, &reference.id) {
            self.nodes[task.index()].dangling = true;
        }
        if found.contains(&task) {
            found.retain(|other| *other != task);
            if found.is_empty() {
                self.problem(place, Severity::Error, ProblemKind::SelfDependency);
            }
        }
        found
    }

    fn is_unknown(&self, place: Place, scope: Option<&str>, id: &str) -> bool {
        matches!(
            self.names.resolve(From { document: place.document, scope }, id),
            Resolved::Nothing
        )
    }

    /// The nodes an id means; what it does not mean clearly is a problem.
    fn named(&mut self, place: Place, scope: Option<&str>, id: &str) -> Vec<TaskIx> {
        match self.names.resolve(From { document: place.document, scope }, id) {
            Resolved::Tasks(tasks) => tasks,
            Resolved::Duplicates(tasks) => {
                // Once is enough: the fault is the second task, not who names it.
                if self.doubted.insert((place.document, id.to_owned())) {
                    let kind =
                        ProblemKind::Ambiguous { id: id.to_owned(), candidates: tasks.clone() };
                    self.problem(place, Severity::Warning, kind);
                }
                tasks
            }
            Resolved::Ambiguous(candidates) => {
                self.problem(
                    place,
                    Severity::Error,
                    ProblemKind::Ambiguous { id: id.to_owned(), candidates },
                );
                Vec::new()
            }
            Resolved::Phase(document, heading) => vec![self.phase(document, heading).end],
            Resolved::Nothing => {
                let (severity, kind) = self.unknown(place, id);
                self.problem(place, severity, kind);
                Vec::new()
            }
        }
    }

    fn unknown(&self, place: Place, id: &str) -> (Severity, ProblemKind) {
        let document = &self.documents[place.document];
        let one_task_a_file =
            matches!(document.detection.dialect, Dialect::Backlogmd | Dialect::Frontmatter);
        if one_task_a_file {
            return (Severity::Info, ProblemKind::External { id: id.to_owned() });
        }
        let severity = match place.source {
            EdgeSource::Prose | EdgeSource::Heading => Severity::Warning,
            _ => Severity::Error,
        };
        let suggestion = self.names.nearest(place.document, id);
        (severity, ProblemKind::Dangling { id: id.to_owned(), suggestion })
    }

    fn problem(&mut self, place: Place, severity: Severity, kind: ProblemKind) {
        self.problems.push(Problem {
            severity,
            kind,
            document: place.document,
            line: place.line,
            span: Some(place.span),
            task: place.task,
        });
    }

    fn sentence(&mut self, document: usize, edge: &DocEdge) {
        let place =
            Place { document, line: edge.line, span: edge.span, source: edge.source, task: None };
        let scope = self.scope_at(document, edge.line);
        let mut sides = [&edge.before, &edge.after].map(|ids| {
            let mut nodes: Vec<TaskIx> = Vec::new();
            for id in ids {
                nodes.extend(self.named(place, scope, id));
            }
            let mut seen = crate::map::HashSet::default();
            nodes.retain(|node| seen.insert(*node));
            nodes
        });
        let [before, after] = &mut sides;
        // «T001-T010 before T005»: what stands on both sides goes first.
        let first: crate::map::HashSet<TaskIx> = before.iter().copied().collect();
        after.retain(|node| !first.contains(node));
        if before.is_empty() || after.is_empty() {
            return;
        }
        let mut reason = Reason::of(edge.source, document, edge.line);
        reason.span = Some(edge.span);
        let why = self.reason(reason);
        for &node in after.iter().filter(|node| node.index() < self.tasks.len()) {
            self.placed[node.index()] = true;
        }
        self.many(before, after, why, &listed(&edge.before));
    }

    /// The scope of the nearest task above a line.
    fn scope_at(&self, document: usize, line: usize) -> Option<&'a str> {
        let documents: &'a [Document] = self.documents;
        let tasks = &documents[document].tasks;
        let after = tasks.partition_point(|task| task.line <= line);
        tasks[..after].last().and_then(|task| task.scope.as_deref())
    }
}

fn kind_of(reference: &Reference) -> EdgeKind {
    match reference {
        Reference { optional: true, .. } => EdgeKind::After,
        Reference { strict: true, .. } => EdgeKind::NeedsDone,
        _ => EdgeKind::Needs,
    }
}

/// `T001, T002 … T019`.
fn listed(ids: &[String]) -> String {
    match ids {
        [first, .., last] if ids.len() > 3 => format!("{first} … {last}"),
        ids => ids.join(", "),
    }
}
