//! The graph while it grows: nodes, edges, and the joins that keep it small.

use crate::map::{HashMap, HashSet};

use checkoff_core::graph::{Cycle, Edge, EdgeKind, Graph, Node, NodeKind, TaskIx};

use super::resolve::Names;
use super::{Join, JoinKind, PlanTask, Problem, ProblemKind, Reason, Severity};
use crate::document::{Document, EdgeSource, State, Task};

/// Statements of more pairs than this go through a join.
const PAIRS_MAX: usize = 6;

/// The start and the end of a phase.
#[derive(Debug, Clone, Copy)]
pub(super) struct PhaseGates {
    pub(super) start: TaskIx,
    pub(super) end: TaskIx,
}

/// Everything known while the edges are laid.
pub(super) struct Loom<'a> {
    pub(super) documents: &'a [Document],
    pub(super) tasks: &'a [PlanTask],
    pub(super) names: Names<'a>,
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    pub(super) reasons: Vec<Reason>,
    /// Beside each reason: it yields to what is stated about tasks.
    weak: Vec<bool>,
    pub(super) joins: Vec<Join>,
    pub(super) problems: Vec<Problem>,
    /// The node a parent's children wait for, once there is one.
    gates: Vec<Option<TaskIx>>,
    pub(super) phase_gates: HashMap<(usize, usize), PhaseGates>,
    /// Beside each task: something in its own file is stated to come first.
    pub(super) placed: Vec<bool>,
    /// Duplicate ids that were warned of, by document.
    pub(super) doubted: HashSet<(usize, String)>,
    /// Pairs that must not run at once.
    pub(super) apart: Vec<(TaskIx, TaskIx, u32)>,
}

/// What a loom leaves behind.
pub(super) struct Woven {
    pub(super) graph: Graph,
    pub(super) reasons: Vec<Reason>,
    pub(super) joins: Vec<Join>,
    pub(super) cycles: Vec<Cycle>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Loom<'a> {
    pub(super) fn new(
        documents: &'a [Document],
        tasks: &'a [PlanTask],
        estimates: Vec<u64>,
    ) -> Loom<'a> {
        let nodes = tasks.iter().zip(estimates).map(|(at, estimate_ms)| {
            let state = documents[at.document].tasks[at.task].state;
            match at.container {
                true => Node { kind: NodeKind::Container, ..Node::task(state, 0) },
                false => Node::task(state, estimate_ms),
            }
        });
        Loom {
            nodes: nodes.collect(),
            names: Names::new(documents, tasks),
            documents,
            tasks,
            edges: Vec::new(),
            reasons: Vec::new(),
            weak: Vec::new(),
            joins: Vec::new(),
            problems: Vec::new(),
            gates: vec![None; tasks.len()],
            phase_gates: HashMap::default(),
            placed: vec![false; tasks.len()],
            apart: Vec::new(),
            doubted: HashSet::default(),
        }
    }

    pub(super) fn task(&self, task: TaskIx) -> &'a Task {
        let at = &self.tasks[task.index()];
        &self.documents[at.document].tasks[at.task]
    }

    pub(super) fn document_of(&self, task: TaskIx) -> usize {
        self.tasks[task.index()].document
    }

    /// The parent of a task.
    pub(super) fn parent(&self, task: TaskIx) -> Option<TaskIx> {
        let parent = self.task(task).parent?;
        Some(self.names.at(self.document_of(task), parent))
    }

    pub(super) fn children(&self, task: TaskIx) -> impl Iterator<Item = TaskIx> + use<'a> {
        let first = self.names.at(self.document_of(task), 0).index();
        self.task(task).children.iter().map(move |child| TaskIx::from(first + child))
    }

    /// Whether `above` encloses `below`.
    fn encloses(&self, above: TaskIx, below: TaskIx) -> bool {
        if self.document_of(above) != self.document_of(below) {
            return false;
        }
        if self.task(above).children.is_empty() {
            return false;
        }
        std::iter::successors(self.parent(below), |task| self.parent(*task))
            .any(|task| task == above)
    }

    /// Adds a reason.
    pub(super) fn reason(&mut self, reason: Reason) -> u32 {
        self.weak.push(false);
        self.reasons.push(reason);
        u32::try_from(self.reasons.len() - 1).expect("fewer than 2^32 reasons")
    }

    /// Adds a reason that yields to what is stated about tasks.
    pub(super) fn weak_reason(&mut self, reason: Reason) -> u32 {
        let why = self.reason(reason);
        self.weak[why as usize] = true;
        why
    }

    /// Adds a join that stands for something with a name.
    pub(super) fn join(&mut self, kind: JoinKind, name: String) -> TaskIx {
        self.joins.push(Join { kind, name });
        self.nodes.push(Node::join());
        TaskIx::from(self.nodes.len() - 1)
    }

    /// Adds an edge between two nodes as they are.
    pub(super) fn edge(&mut self, from: TaskIx, to: TaskIx, kind: EdgeKind, why: u32) {
        self.edges.push(Edge { from, to, kind, why });
    }

    /// Lets `to`, with everything in it, wait for `from`. Either may be a join.
    pub(super) fn wait(&mut self, from: TaskIx, to: TaskIx, kind: EdgeKind, why: u32) {
        let both_tasks = from.index().max(to.index()) < self.tasks.len();
        if both_tasks && self.encloses(from, to) {
            self.depends_on_parent(from, to, why);
            return;
        }
        let to = match both_tasks && self.encloses(to, from) {
            true => to,
            false => self.entrance(to),
        };
        self.edge(from, to, kind, why);
    }

    /// Where edges into a node with everything in it go: the gate of a parent, else itself.
    pub(super) fn entrance(&mut self, node: TaskIx) -> TaskIx {
        if node.index() >= self.tasks.len() || self.task(node).children.is_empty() {
            return node;
        }
        self.gate(node)
    }

    /// The gate of a parent: its children wait for it, and it waits for what they must
    /// wait for. Made with the gates of all parents below, without recursion.
    fn gate(&mut self, parent: TaskIx) -> TaskIx {
        if let Some(gate) = self.gates[parent.index()] {
            return gate;
        }
        let mut to_make = vec![(parent, None)];
        while let Some((task, above)) = to_make.pop() {
            let known = self.gates[task.index()];
            let gate = known.unwrap_or_else(|| {
                self.join(JoinKind::ParentStart(task), self.task(task).name().to_owned())
            });
            if let Some((above, why)) = above {
                self.edge(above, gate, EdgeKind::Needs, why);
            }
            if known.is_some() {
                continue;
            }
            self.gates[task.index()] = Some(gate);
            let document = self.document_of(task);
            for child in self.children(task).collect::<Vec<_>>() {
                let line = self.task(child).line;
                let why = self.weak_reason(Reason {
                    detail: format!("part of {}", self.task(task).name()),
                    ..Reason::of(EdgeSource::Parent, document, line)
                });
                match self.task(child).children.is_empty() {
                    true => self.edge(gate, child, EdgeKind::Needs, why),
                    false => to_make.push((child, Some((gate, why)))),
                }
            }
            let why = self.reason(Reason {
                detail: "starts".to_owned(),
                ..Reason::of(EdgeSource::Parent, document, self.task(task).line)
            });
            self.edge(gate, task, EdgeKind::Needs, why);
        }
        self.gates[parent.index()].unwrap_or(parent)
    }

    fn depends_on_parent(&mut self, parent: TaskIx, task: TaskIx, why: u32) {
        if self.weak[why as usize] {
            return;
        }
        let reason = &self.reasons[why as usize];
        self.problems.push(Problem {
            severity: Severity::Warning,
            kind: ProblemKind::DependsOnParent { parent },
            document: reason.document,
            line: reason.line,
            span: reason.span,
            task: Some(task),
        });
    }

    /// All of `before`, then any of `after`; through a join when that is smaller.
    pub(super) fn many(&mut self, before: &[TaskIx], after: &[TaskIx], why: u32, name: &str) {
        if before.len() == 1 || after.len() == 1 || before.len() * after.len() <= PAIRS_MAX {
            for &after in after {
                for &before in before {
                    self.wait(before, after, EdgeKind::Needs, why);
                }
            }
            return;
        }
        let join = self.join(JoinKind::Statement, name.to_owned());
        for &before in before {
            self.edge(before, join, EdgeKind::Needs, why);
        }
        for &after in after {
            self.wait(join, after, EdgeKind::Needs, why);
        }
    }

    /// Parents close after their children; one that is blocked or cancelled holds them.
    pub(super) fn families(&mut self) {
        for index in 0..self.tasks.len() {
            let task = TaskIx::from(index);
            if let Some(parent) = self.parent(task) {
                let reason =
                    Reason::of(EdgeSource::Parent, self.document_of(task), self.task(task).line);
                let why = self.reason(reason);
                self.edge(task, parent, EdgeKind::Needs, why);
            }
            let state = self.task(task).state;
            let holds = matches!(state, State::Blocked | State::Cancelled);
            if holds && !self.task(task).children.is_empty() {
                let gate = self.gate(task);
                self.nodes[gate.index()].state = state;
            }
        }
    }

    /// Drops what is weak wherever tasks go round in a circle: the graph that is left, and
    /// the circles that are left in it.
    pub(super) fn yield_to_tasks(&mut self) -> (Graph, Vec<Cycle>) {
        let graph = Graph::new(self.nodes.clone(), self.edges.clone());
        let cycles = graph.cycles();
        if cycles.is_empty() {
            return (graph, cycles);
        }
        let mut group = vec![0usize; self.nodes.len()];
        for (number, cycle) in cycles.iter().enumerate() {
            for member in &cycle.members {
                group[member.index()] = number + 1;
            }
        }
        let inside = |edge: &Edge| {
            group[edge.from.index()] != 0 && group[edge.from.index()] == group[edge.to.index()]
        };
        let mut overruled: Vec<(u32, Option<TaskIx>)> = Vec::new();
        for edge in self.edges.iter().filter(|edge| inside(edge)) {
            let reason = &self.reasons[edge.why as usize];
            let weak = self.weak[edge.why as usize];
            match reason.source {
                _ if reason.implied => {}
                EdgeSource::Parent if weak => {
                    let to = edge.to.index();
                    overruled.push((edge.why, (to < self.tasks.len()).then_some(edge.to)));
                }
                // The statement itself stays; it is the members of the phase that leave it.
                _ if !weak && self.joins_phases(edge) => overruled.push((edge.why, None)),
                _ => {}
            }
        }
        overruled.sort_unstable();
        overruled.dedup_by_key(|(why, _)| *why);
        for (why, task) in overruled {
            let reason = &self.reasons[why as usize];
            self.problems.push(Problem {
                severity: Severity::Warning,
                kind: ProblemKind::Overruled { source: reason.source },
                document: reason.document,
                line: reason.line,
                span: reason.span,
                task,
            });
        }
        let weak = &self.weak;
        self.edges.retain(|edge| !(weak[edge.why as usize] && inside(edge)));
        let graph = Graph::new(self.nodes.clone(), self.edges.clone());
        let cycles = graph.cycles();
        (graph, cycles)
    }

    fn joins_phases(&self, edge: &Edge) -> bool {
        let first = self.tasks.len();
        edge.from.index() >= first && edge.to.index() >= first
    }

    /// Lays the edges that keep tasks with common files apart, in an order the rest allows.
    ///
    /// `graph` is that of the edges so far, and `cycles` are its cycles.
    pub(super) fn finish(mut self, graph: &Graph, cycles: Vec<Cycle>) -> Woven {
        self.files(graph);
        Woven {
            graph: Graph::new(self.nodes, self.edges),
            reasons: self.reasons,
            joins: self.joins,
            cycles,
            problems: self.problems,
        }
    }
}

impl Reason {
    /// A reason that nothing in particular says, at a line.
    pub(super) fn of(source: EdgeSource, document: usize, line: usize) -> Reason {
        Reason { source, document, line, span: None, implied: false, detail: String::new() }
    }
}
