//! One plan out of one file or many: every task, and the graph between them.
//!
//! `weave` resolves what a document only names (ids, phases, paths) to edges of a
//! [`Graph`], and keeps for each edge where it comes from, so that `why` can show
//! the chain down to a file and a line. It is pure and total: what cannot be
//! resolved becomes a [`Problem`], never a failure.
//!
//! # Which edges there are
//! - *Stated*: `depends on`, `blocks`, a column, a field, front matter, `⛔`, and
//!   sentences away from the tasks. A statement of many before many goes through a
//!   join, so that the graph stays as small as the text.
//! - *Parents*: a parent closes after its children. A parent that has nothing to
//!   run is a container: it takes no time and settles with them. What a parent waits
//!   for, its children wait for; a parent that is blocked or cancelled holds them.
//! - *Phases*: stated («Phase 3 depends on Phase 2») or implied by the dialect.
//!   spec-kit: each phase after the one before; user stories side by side after the
//!   last phase that is not one; the next other phase after them all.
//! - *Order*, implied, only where the dialect gives position a meaning:
//!   - spec-kit, if the file uses `[P]`: a task that states no dependency of its own and
//!     is not `[P]` waits for everything before it in its phase, and a `[P]` task waits
//!     for the nearest unmarked task before it (`T1, [P] T2, [P] T3, T4` runs T1, then T2
//!     beside T3, then T4). A task that states what it needs waits for that instead of
//!     its position. Phases in which nothing is marked are taken as steps one by one,
//!     as spec-kit's own walk does; a file without any `[P]` says nothing about order
//!     inside its phases, and gets none.
//!   - Kiro: siblings in order, `(P)` as above.
//!   - Everywhere else siblings are free; their order is only preference.
//! - *Files*: two open tasks that change one path, or whose globs or folders overlap,
//!   never run at once; the one that comes first goes first. Readers share.
//!   `conflicts_with` is treated the same way.
//!
//! What is implied, and what is stated about phases or parents as a whole, yields to
//! what is stated about a task: where the two go round in a circle, the weaker edge
//! is dropped, and if it was stated, [`ProblemKind::Overruled`] says so. Only
//! statements about tasks can form a [`Cycle`].

mod files;
mod loom;
mod order;
mod phases;
mod resolve;
mod stated;
#[cfg(test)]
mod tests;
mod work;

pub use work::{Work, work};

use std::fmt;

use checkoff_core::estimate;
use checkoff_core::graph::{Cycle, Graph, NodeKind, TaskIx};

use crate::document::{Document, EdgeSource, Span, Task};
use loom::Loom;

/// One file or many, as one graph.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// What was woven, in the order given.
    pub documents: Vec<Document>,
    /// Every task of every document, in order; the index is its [`TaskIx`].
    pub tasks: Vec<PlanTask>,
    /// Who waits for whom. Nodes below `tasks.len()` are the tasks, the rest are joins;
    /// `why` of an edge is an index into [`Plan::reasons`].
    pub graph: Graph,
    /// Where the edges come from.
    pub reasons: Vec<Reason>,
    /// What each join stands for; the first is node `tasks.len()`.
    pub joins: Vec<Join>,
    /// Tasks that wait for each other.
    pub cycles: Vec<Cycle>,
    /// What could not be resolved or read, in document and line order.
    pub problems: Vec<Problem>,
    /// How many estimates were guessed, and as how much, in milliseconds.
    pub guessed: Guess,
}

/// Estimates that the lists do not state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Guess {
    /// Open tasks without a readable estimate.
    pub tasks: usize,
    /// Open tasks with one.
    pub stated: usize,
    /// What each of the former was taken for, in milliseconds.
    pub each_ms: u64,
}

/// Where a task of the plan is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanTask {
    /// Index into [`Plan::documents`].
    pub document: usize,
    /// Index into [`Document::tasks`].
    pub task: usize,
    /// Unique in the plan: the task's own key, with the path before it where several
    /// documents have it, and `@2` after it for the second of a true duplicate.
    pub key: String,
    /// A parent without anything to run.
    pub container: bool,
}

/// A node that is no task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// What it is for.
    pub kind: JoinKind,
    /// What it is called: the phase, the parent, the ids, the path.
    pub name: String,
}

/// What a join is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// The tasks of a phase wait for it.
    PhaseStart {
        /// Index into [`Plan::documents`].
        document: usize,
        /// Index into [`Document::headings`].
        heading: usize,
    },
    /// It waits for the tasks of a phase.
    PhaseEnd {
        /// Index into [`Plan::documents`].
        document: usize,
        /// Index into [`Document::headings`].
        heading: usize,
    },
    /// The children of this task wait for it.
    ParentStart(TaskIx),
    /// All that a sentence names first.
    Statement,
    /// All that use a file so far.
    Files,
}

/// Where an edge comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// In which way it is said.
    pub source: EdgeSource,
    /// Index into [`Plan::documents`] of where it is said.
    pub document: usize,
    /// The line where it is said, or of the task that waits when nothing says it.
    pub line: usize,
    /// Where exactly, when something says it.
    pub span: Option<Span>,
    /// By convention of the dialect only: not reported when broken.
    pub implied: bool,
    /// What a sentence about it names: the path two tasks share, the phase.
    pub detail: String,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// The graph is not quite what the list says.
    Warning,
    /// Nothing may be run before this is settled.
    Error,
}

/// Something that could not be resolved or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub kind: ProblemKind,
    /// Index into [`Plan::documents`].
    pub document: usize,
    /// Where.
    pub line: usize,
    /// Where exactly.
    pub span: Option<Span>,
    /// The task it is about.
    pub task: Option<TaskIx>,
}

/// What could not be resolved or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// An id that no task has; the nearest that one has. A warning only when a sentence
    /// away from the tasks names it.
    Dangling {
        /// As it is compared.
        id: String,
        /// Did you mean this one?
        suggestion: Option<String>,
    },
    /// An id that belongs to a file that was not read (one file a task): nobody can say
    /// how it stands.
    External {
        /// As it is compared.
        id: String,
    },
    /// An id that several tasks have, none of them nearer than the others. A warning when
    /// they are true duplicates: then all of them are waited for.
    Ambiguous {
        /// As it is compared.
        id: String,
        /// Who has it.
        candidates: Vec<TaskIx>,
    },
    /// A task that waits for itself.
    SelfDependency,
    /// A task that waits for a task it is part of: taken as after its start.
    DependsOnParent {
        /// The parent.
        parent: TaskIx,
    },
    /// A statement about phases or parents that a statement about a task contradicts.
    Overruled {
        /// The way the statement is made.
        source: EdgeSource,
    },
    /// Tasks that wait for each other: the way round, first task first.
    Cycle {
        /// The tasks on it, joins left out.
        tasks: Vec<TaskIx>,
    },
    /// A value of the task language that cannot be read.
    Unreadable {
        /// The key as in the language.
        key: &'static str,
        /// Why.
        reason: String,
    },
}

/// Joins documents to one plan.
pub fn weave(documents: Vec<Document>) -> Plan {
    let tasks = resolve::plan_tasks(&documents);
    let (estimates, guessed) = estimates(&documents, &tasks);
    let mut loom = Loom::new(&documents, &tasks, estimates);
    loom.stated();
    loom.families();
    loom.phases();
    loom.order();
    let (graph, cycles) = loom.yield_to_tasks();
    let woven = loom.finish(&graph, cycles);
    let mut plan = Plan {
        graph: woven.graph,
        reasons: woven.reasons,
        joins: woven.joins,
        cycles: woven.cycles,
        problems: woven.problems,
        guessed,
        documents,
        tasks,
    };
    plan.report_cycles();
    plan.problems.sort_by_key(|problem| (problem.document, problem.line));
    plan
}

/// The estimate of every task, and what was guessed.
fn estimates(documents: &[Document], tasks: &[PlanTask]) -> (Vec<u64>, Guess) {
    let stated: Vec<Option<u64>> = tasks
        .iter()
        .map(|at| documents[at.document].tasks[at.task].estimate.as_deref())
        .map(|text| text.and_then(estimate::parse))
        .collect();
    let mut known: Vec<u64> = stated.iter().flatten().copied().collect();
    let each_ms = estimate::guess_ms(&mut known);
    let mut guess = Guess { each_ms, ..Guess::default() };
    for (at, stated) in tasks.iter().zip(&stated) {
        let state = documents[at.document].tasks[at.task].state;
        if !at.container && !state.is_closed() {
            match stated {
                Some(_) => guess.stated += 1,
                None => guess.tasks += 1,
            }
        }
    }
    (stated.into_iter().map(|stated| stated.unwrap_or(each_ms)).collect(), guess)
}

impl Plan {
    fn report_cycles(&mut self) {
        for cycle in &self.cycles {
            let on_it = cycle.path.iter().map(|edge| edge.from);
            let tasks: Vec<TaskIx> = on_it.filter(|node| node.index() < self.tasks.len()).collect();
            let Some(first) = tasks.first().map(|first| &self.tasks[first.index()]) else {
                continue;
            };
            self.problems.push(Problem {
                severity: Severity::Error,
                document: first.document,
                line: self.documents[first.document].tasks[first.task].line,
                span: None,
                task: tasks.first().copied(),
                kind: ProblemKind::Cycle { tasks },
            });
        }
    }

    /// The task behind an index, or `None` for a join.
    pub fn task(&self, task: TaskIx) -> Option<&Task> {
        let at = self.tasks.get(task.index())?;
        self.documents[at.document].tasks.get(at.task)
    }

    /// The index of a task of a document, both as in [`PlanTask`].
    pub fn index_of(&self, document: usize, task: usize) -> Option<TaskIx> {
        let place = |at: &PlanTask| (at.document, at.task);
        self.tasks.binary_search_by_key(&(document, task), place).ok().map(TaskIx::from)
    }

    /// The document a task stands in, or `None` for a join.
    pub fn document(&self, task: TaskIx) -> Option<&Document> {
        self.tasks.get(task.index()).map(|at| &self.documents[at.document])
    }

    /// What to call a node in a message: id, else title; for a join what it stands for.
    pub fn name(&self, node: TaskIx) -> &str {
        match self.task(node) {
            Some(task) => task.name(),
            None => self.join(node).map_or("", |join| join.name.as_str()),
        }
    }

    /// The key of a task, unique in the plan; for a join what it stands for.
    pub fn key(&self, node: TaskIx) -> &str {
        match self.tasks.get(node.index()) {
            Some(at) => &at.key,
            None => self.name(node),
        }
    }

    /// The join behind an index, or `None` for a task.
    pub fn join(&self, node: TaskIx) -> Option<&Join> {
        self.joins.get(node.index().checked_sub(self.tasks.len())?)
    }

    /// Whether the node is a join.
    pub fn is_join(&self, node: TaskIx) -> bool {
        self.graph.node(node).kind == NodeKind::Join
    }

    /// Every task with its index, joins left out.
    pub fn indexed(&self) -> impl DoubleEndedIterator<Item = (TaskIx, &Task)> {
        self.tasks
            .iter()
            .enumerate()
            .map(|(index, at)| (TaskIx::from(index), &self.documents[at.document].tasks[at.task]))
    }

    /// `path:line` of a task.
    pub fn place(&self, task: TaskIx) -> String {
        match (self.document(task), self.task(task)) {
            (Some(document), Some(task)) => format!("{}:{}", document.path, task.line),
            _ => String::new(),
        }
    }

    /// The sentence of a problem, a lowercase fragment without its place.
    pub fn describe(&self, problem: &Problem) -> String {
        let subject = problem.task.map(|task| format!("{} ", self.name(task))).unwrap_or_default();
        let names = |tasks: &[TaskIx], between: &str| {
            tasks.iter().map(|&task| self.name(task)).collect::<Vec<_>>().join(between)
        };
        match &problem.kind {
            ProblemKind::Dangling { id, suggestion: None } => {
                format!("{subject}depends on `{id}`, which does not exist")
            }
            ProblemKind::Dangling { id, suggestion: Some(near) } => {
                format!("{subject}depends on `{id}`, which does not exist (did you mean `{near}`?)")
            }
            ProblemKind::External { id } => {
                format!("{subject}depends on `{id}`, which is not in the files read")
            }
            ProblemKind::Ambiguous { id, candidates } => {
                let places: Vec<String> = candidates.iter().map(|&task| self.place(task)).collect();
                format!("{subject}depends on `{id}`, which could be any of {}", places.join(", "))
            }
            ProblemKind::SelfDependency => format!("{subject}depends on itself"),
            ProblemKind::DependsOnParent { parent } => format!(
                "{subject}depends on {}, which it is part of; taken as after its start",
                self.name(*parent)
            ),
            ProblemKind::Overruled { source } => format!(
                "{subject}the order stated here ({}) contradicts what tasks state; the tasks win",
                source.as_str()
            ),
            ProblemKind::Cycle { tasks } => {
                let first = tasks.first().copied().into_iter().collect::<Vec<_>>();
                format!("cycle: {} → {}", names(tasks, " → "), names(&first, ""))
            }
            ProblemKind::Unreadable { key, reason } => format!("{subject}`{key}`: {reason}"),
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}
