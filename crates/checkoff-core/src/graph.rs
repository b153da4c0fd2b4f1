//! The task graph: who waits for whom, by index.
//!
//! A [`Graph`] is built once from nodes and edges and never changes; adjacency
//! is two compressed rows (outgoing, incoming) over one edge list, so a walk
//! touches memory in order and every analysis is linear in nodes and edges
//! (a heap adds a logarithm where the answer must be in file order).
//!
//! Three kinds of nodes: a task, a *container* (a parent that has nothing to run
//! and is settled when its children are), and a *join*, which stands for nothing
//! in the file. Joins keep dense statements small: «T001-T019 before T020-T056»
//! is 19 + 37 edges through one join instead of 703.
//!
//! ```text
//!  T001 ──▶╮      ╭──▶ T020
//!  T002 ──▶┤ join ├──▶ T021        from ──▶ to: `to` waits for `from`
//!  T003 ──▶╯      ╰──▶ T022
//! ```
//!
//! The edges say what `to` waits for ([`EdgeKind`]) and carry an index `why`
//! into whatever the builder keeps about provenance. Nothing here knows titles.

mod cycle;
mod order;
#[cfg(test)]
mod properties;
mod standing;
mod timing;

pub use cycle::Cycle;
pub use standing::{Obstacle, Standing};
pub use timing::Timing;

use crate::state::State;

/// Index of a node in a [`Graph`]; tasks come first, in plan order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskIx(pub u32);

impl TaskIx {
    /// To index slices with.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl From<usize> for TaskIx {
    /// # Panics
    /// Above `u32::MAX`: a plan of four thousand million tasks is not read anywhere.
    fn from(index: usize) -> TaskIx {
        TaskIx(u32::try_from(index).expect("fewer than 2^32 nodes"))
    }
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// A task that somebody or something does.
    Task,
    /// A task that only holds others: settled when they are, takes no time.
    Container,
    /// Nothing in the file: it gathers edges, takes no time.
    Join,
}

/// A node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// What it stands for.
    pub kind: NodeKind,
    /// Where the task stands; todo for an ordinary join. A join that is blocked or
    /// cancelled holds up what waits for it.
    pub state: State,
    /// How long the task is expected to take, in milliseconds of working time.
    pub estimate_ms: u64,
    /// Waits for an id that exists nowhere, so it can never start.
    pub dangling: bool,
}

impl Node {
    /// A task in a state, with an estimate in milliseconds.
    pub fn task(state: State, estimate_ms: u64) -> Node {
        Node { kind: NodeKind::Task, state, estimate_ms, dangling: false }
    }

    /// A join.
    pub fn join() -> Node {
        Node { kind: NodeKind::Join, state: State::Todo, estimate_ms: 0, dangling: false }
    }

    /// Milliseconds of work that remain: none for closed tasks, containers and joins.
    pub fn remaining_ms(&self) -> u64 {
        if self.is_open_task() { self.estimate_ms } else { 0 }
    }

    /// A task that is not closed.
    pub fn is_open_task(&self) -> bool {
        self.kind == NodeKind::Task && !self.state.is_closed()
    }
}

/// What `to` waits for at `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EdgeKind {
    /// Closed: done, or cancelled. A failure of `from` blocks `to`.
    Needs,
    /// Done; cancelled is not enough (`X!`).
    NeedsDone,
    /// Over, whatever came of it: the two must not run at once (one file), or `X?`.
    After,
}

/// `to` waits for `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Goes first.
    pub from: TaskIx,
    /// Waits.
    pub to: TaskIx,
    /// For what it waits.
    pub kind: EdgeKind,
    /// Index of the reason in the builder's own list.
    pub why: u32,
}

/// Rows of edge indices, one row a node.
#[derive(Debug, Clone, Default)]
struct Rows {
    start: Vec<u32>,
    edges: Vec<u32>,
}

impl Rows {
    /// Counting sort of the edges by one end; edges of a row keep their order.
    fn new(nodes: usize, edges: &[Edge], end: impl Fn(&Edge) -> TaskIx) -> Rows {
        let mut start = vec![0u32; nodes + 1];
        for edge in edges {
            start[end(edge).index() + 1] += 1;
        }
        for node in 0..nodes {
            start[node + 1] += start[node];
        }
        let mut next = start.clone();
        let mut rows = vec![0u32; edges.len()];
        for (index, edge) in edges.iter().enumerate() {
            let slot = &mut next[end(edge).index()];
            rows[*slot as usize] = u32::try_from(index).expect("fewer than 2^32 edges");
            *slot += 1;
        }
        Rows { start, edges: rows }
    }

    fn row(&self, node: TaskIx) -> &[u32] {
        let from = self.start[node.index()] as usize;
        let to = self.start[node.index() + 1] as usize;
        &self.edges[from..to]
    }
}

/// Who waits for whom. See the [module](self).
#[derive(Debug, Clone, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    outgoing: Rows,
    incoming: Rows,
}

impl Graph {
    /// Builds the graph. Several edges between two nodes are fine: each keeps its reason.
    ///
    /// # Panics
    /// When an edge names a node that does not exist.
    pub fn new(nodes: Vec<Node>, edges: Vec<Edge>) -> Graph {
        let outgoing = Rows::new(nodes.len(), &edges, |edge| edge.from);
        let incoming = Rows::new(nodes.len(), &edges, |edge| edge.to);
        Graph { nodes, edges, outgoing, incoming }
    }

    /// How many nodes, joins included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every index, in order.
    pub fn indices(&self) -> impl DoubleEndedIterator<Item = TaskIx> + use<> {
        (0..self.nodes.len()).map(TaskIx::from)
    }

    /// The nodes, in order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// One node.
    pub fn node(&self, task: TaskIx) -> &Node {
        &self.nodes[task.index()]
    }

    /// All edges, in the order they were given.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The edges that leave a node: who waits for it.
    pub fn outgoing(&self, task: TaskIx) -> impl ExactSizeIterator<Item = &Edge> {
        self.outgoing.row(task).iter().map(|&edge| &self.edges[edge as usize])
    }

    /// The edges that enter a node: what it waits for.
    pub fn incoming(&self, task: TaskIx) -> impl ExactSizeIterator<Item = &Edge> {
        self.incoming.row(task).iter().map(|&edge| &self.edges[edge as usize])
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Graphs written as text, for the tests of the analyses.

    use super::{Edge, EdgeKind, Graph, Node, TaskIx};
    use crate::state::State;

    /// `"a:2 b:1 c; a>b b>c; b=done"`: nodes with hours (1 when absent), `>` needs,
    /// `!` needs done, `~` after; `name=state`; names starting with `*` are joins.
    pub(crate) fn graph(text: &str) -> (Graph, Vec<String>) {
        let mut names: Vec<String> = Vec::new();
        let mut nodes: Vec<Node> = Vec::new();
        let mut edges = Vec::new();
        let mut parts = text.split(';');
        for word in parts.next().unwrap_or_default().split_whitespace() {
            let (name, hours) = word.split_once(':').unwrap_or((word, "1"));
            let hours: u64 = hours.parse().expect("hours");
            names.push(name.to_owned());
            nodes.push(match name.starts_with('*') {
                true => Node::join(),
                false => Node::task(State::Todo, hours * 3_600_000),
            });
        }
        let find = |names: &[String], name: &str| {
            TaskIx::from(names.iter().position(|known| known == name).expect(name))
        };
        for word in parts.next().unwrap_or_default().split_whitespace() {
            let at = word.find(['>', '!', '~']).expect("an edge");
            let kind = match &word[at..=at] {
                ">" => EdgeKind::Needs,
                "!" => EdgeKind::NeedsDone,
                _ => EdgeKind::After,
            };
            let why = u32::try_from(edges.len()).expect("few edges");
            edges.push(Edge {
                from: find(&names, &word[..at]),
                to: find(&names, &word[at + 1..]),
                kind,
                why,
            });
        }
        for word in parts.next().unwrap_or_default().split_whitespace() {
            let (name, state) = word.split_once('=').expect("name=state");
            let node = &mut nodes[find(&names, name).index()];
            match state {
                "dangling" => node.dangling = true,
                state => node.state = state.parse().expect("a state"),
            }
        }
        (Graph::new(nodes, edges), names)
    }

    /// The names of some nodes, joined by blanks.
    pub(crate) fn show(names: &[String], tasks: &[TaskIx]) -> String {
        tasks.iter().map(|task| names[task.index()].as_str()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::testing::graph;
    use super::*;

    #[test]
    fn rows_hold_every_edge_once_in_order() {
        let (graph, _) = graph("a b c; a>b a>c b>c a~c");
        let whys = |edges: Vec<&Edge>| edges.iter().map(|edge| edge.why).collect::<Vec<_>>();
        assert_eq!(whys(graph.outgoing(TaskIx(0)).collect()), [0, 1, 3]);
        assert_eq!(whys(graph.incoming(TaskIx(2)).collect()), [1, 2, 3]);
        assert_eq!(graph.outgoing(TaskIx(2)).len(), 0);
    }

    #[test]
    fn an_empty_graph_answers_everything() {
        let graph = Graph::default();
        assert!(graph.cycles().is_empty());
        assert!(graph.topological_order().is_empty());
        assert!(graph.waves().is_empty());
        assert!(graph.timing().critical_path(&graph).is_empty());
    }
}
