//! The stated dependencies of one document, as a graph.
//!
//! «T001–T500 before T501–T999» is kept as one knot with 500 edges in and 499
//! out instead of a quarter of a million edges, so that everything here stays
//! linear in what the file says.

use super::context::Ids;
use crate::document::{Document, EdgeSource, Span};

/// Who waits for whom.
pub(super) struct Graph {
    /// Dependencies stated at tasks, sorted by the task that waits.
    dependencies: Vec<Dependency>,
    /// Where each task's dependencies start in `dependencies`; one entry more than tasks.
    starts: Vec<usize>,
    /// Sentences away from the tasks.
    pub(super) knots: Vec<Knot>,
    /// For each task the knots that it waits for.
    pub(super) waits_for_knots: Vec<Vec<usize>>,
    /// References that mean no task of this document: the task, and which of its `depends_on`.
    unresolved: Vec<(usize, usize)>,
}

/// One task waits for another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dependency {
    /// The one that waits.
    pub(super) task: usize,
    /// The one it waits for.
    pub(super) on: usize,
    /// Where that is said.
    pub(super) span: Span,
    /// How it is said.
    pub(super) source: EdgeSource,
    /// May have failed or been skipped.
    pub(super) optional: bool,
}

/// All of `before`, then any of `after`.
#[derive(Debug, Clone)]
pub(super) struct Knot {
    /// Where that is said.
    pub(super) span: Span,
    /// Tasks, in the order they are named.
    pub(super) before: Vec<usize>,
    /// Tasks, in the order they are named.
    pub(super) after: Vec<usize>,
}

impl Graph {
    pub(super) fn new(document: &Document, ids: &Ids<'_>) -> Graph {
        let tasks = &document.tasks;
        let mut dependencies = Vec::new();
        let mut unresolved = Vec::new();
        for (task_index, task) in tasks.iter().enumerate() {
            let scope = task.scope.as_deref();
            for (reference_index, reference) in task.depends_on.iter().enumerate() {
                let found = ids.resolve(&reference.id, scope);
                if found.is_empty() {
                    unresolved.push((task_index, reference_index));
                }
                dependencies.extend(found.into_iter().map(|on| Dependency {
                    task: task_index,
                    on,
                    span: reference.span,
                    source: reference.source,
                    optional: reference.optional,
                }));
            }
            for reference in &task.blocks {
                let found = ids.resolve(&reference.id, scope);
                dependencies.extend(found.into_iter().map(|waiting| Dependency {
                    task: waiting,
                    on: task_index,
                    span: reference.span,
                    source: reference.source,
                    optional: reference.optional,
                }));
            }
        }
        dependencies.sort_by_key(|dependency| dependency.task);
        let knots = knots(document, ids);
        Graph::from_parts(document, dependencies, knots, unresolved)
    }

    fn from_parts(
        document: &Document,
        dependencies: Vec<Dependency>,
        knots: Vec<Knot>,
        unresolved: Vec<(usize, usize)>,
    ) -> Graph {
        let count = document.tasks.len();
        let mut starts = vec![0; count + 1];
        for dependency in &dependencies {
            starts[dependency.task + 1] += 1;
        }
        for task in 0..count {
            starts[task + 1] += starts[task];
        }
        let mut waits_for_knots = vec![Vec::new(); count];
        for (index, knot) in knots.iter().enumerate() {
            for &task in &knot.after {
                waits_for_knots[task].push(index);
            }
        }
        Graph { dependencies, starts, knots, waits_for_knots, unresolved }
    }

    /// All dependencies stated at tasks, sorted by the task that waits.
    pub(super) fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    /// References that mean no task of this document: the task, and which of its `depends_on`.
    pub(super) fn unresolved(&self) -> &[(usize, usize)] {
        &self.unresolved
    }

    /// What is stated at this task, and by others about it.
    pub(super) fn dependencies_of(&self, task: usize) -> &[Dependency] {
        &self.dependencies[self.starts[task]..self.starts[task + 1]]
    }
}

/// The sentences, with ids looked up; who stands on both sides is only before.
fn knots(document: &Document, ids: &Ids<'_>) -> Vec<Knot> {
    // The sentence in which a task was named last, so that no set is needed.
    let mut named_in = vec![0; document.tasks.len()];
    let mut knots = Vec::new();
    for (index, edge) in document.edges.iter().enumerate() {
        let mut look_up = |names: &[String]| {
            let mut tasks = Vec::with_capacity(names.len());
            for task in names.iter().flat_map(|id| ids.resolve(id, None)) {
                if named_in[task] != index + 1 {
                    named_in[task] = index + 1;
                    tasks.push(task);
                }
            }
            tasks
        };
        let before = look_up(&edge.before);
        let after = look_up(&edge.after);
        if !before.is_empty() && !after.is_empty() {
            knots.push(Knot { span: edge.span, before, after });
        }
    }
    knots
}
