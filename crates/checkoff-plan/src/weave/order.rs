//! Order by position, in the dialects that give it a meaning. The rule is in the
//! doc of [`super`].

use checkoff_core::graph::{EdgeKind, TaskIx};

use super::Reason;
use super::loom::Loom;
use super::phases::phase_headings;
use crate::dialect::Dialect;
use crate::document::EdgeSource;

/// Neighbours that may run beside each other, and what they wait for.
#[derive(Default)]
struct Line {
    /// The nearest task that ran alone.
    barrier: Option<TaskIx>,
    /// What came since.
    beside: Vec<TaskIx>,
}

impl Loom<'_> {
    /// Order by position.
    pub(super) fn order(&mut self) {
        for document in 0..self.documents.len() {
            let read = &self.documents[document];
            match read.detection.dialect {
                Dialect::Speckit | Dialect::SpeckitTemplate
                    if read.tasks.iter().any(|task| task.parallel) =>
                {
                    self.order_in_phases(document);
                }
                Dialect::Kiro => self.order_of_siblings(document),
                _ => {}
            }
        }
    }

    fn order_in_phases(&mut self, document: usize) {
        let read = &self.documents[document];
        let phases = phase_headings(read);
        let phase_of =
            |heading: Option<usize>| heading.map(|at| phases.partition_point(|phase| *phase <= at));
        let mut line = Line::default();
        let mut current = None;
        for (at, task) in read.tasks.iter().enumerate().filter(|(_, task)| task.parent.is_none()) {
            let phase = phase_of(task.heading);
            if phase != current {
                line = Line::default();
                current = phase;
            }
            let index = self.names.at(document, at);
            self.place(&mut line, index);
        }
    }

    fn order_of_siblings(&mut self, document: usize) {
        let read = &self.documents[document];
        let mut line = Line::default();
        for (at, task) in read.tasks.iter().enumerate() {
            if task.parent.is_none() {
                let index = self.names.at(document, at);
                self.place(&mut line, index);
            }
            let mut below = Line::default();
            for &child in &task.children {
                let index = self.names.at(document, child);
                self.place(&mut below, index);
            }
        }
    }

    /// Puts a task at the end of a line.
    fn place(&mut self, line: &mut Line, task: TaskIx) {
        let marked = self.task(task).parallel;
        let stated = self.placed[task.index()];
        if marked || stated {
            if !stated {
                self.follow(line.barrier.as_slice(), task);
            }
            line.beside.push(task);
            return;
        }
        match line.beside.is_empty() {
            true => self.follow(line.barrier.as_slice(), task),
            false => self.follow(&line.beside, task),
        }
        line.beside.clear();
        line.barrier = Some(task);
    }

    fn follow(&mut self, before: &[TaskIx], task: TaskIx) {
        if before.is_empty() {
            return;
        }
        let mut reason =
            Reason::of(EdgeSource::Order, self.document_of(task), self.task(task).line);
        reason.implied = true;
        let why = self.weak_reason(reason);
        let entrance = self.entrance(task);
        for &before in before {
            self.edge(before, entrance, EdgeKind::Needs, why);
        }
    }
}
