//! From a plan to what is drawn of it.

use std::collections::{BTreeMap, HashMap};

use checkoff_core::estimate;
use checkoff_core::graph::{EdgeKind, NodeKind, Standing, TaskIx, Timing};
use checkoff_plan::weave::{JoinKind, Plan, Reason};

use super::{Block, Diagram, Edge, Kind, Look, Node, Style};
use crate::output::counted;

/// A join between more pairs than this is drawn as a dot.
const PAIRS_MAX: usize = 9;

/// More nodes than this are drawn with every line they have.
const REDUCED_MAX: usize = 2_000;

/// Where an edge comes from, once joins are looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Node(usize),
    Block(usize),
}

/// What a node of the graph is in the picture.
#[derive(Debug, Clone, Copy)]
enum Part {
    Node(usize),
    /// The start of a whole block.
    Start(usize),
    /// The end of a whole block.
    End(usize),
    /// Looked through.
    Nothing,
}

impl Diagram {
    /// Draws the tasks that are `shown`, with what lies between them.
    pub(crate) fn of(plan: &Plan, shown: &[bool]) -> Diagram {
        let mut builder = Builder::new(plan, shown);
        builder.blocks();
        builder.nodes();
        builder.joins();
        builder.edges();
        builder.diagram.reduce();
        builder.diagram.title = title(plan);
        builder.diagram.subtitle = subtitle(plan, &builder.timing);
        builder.diagram
    }

    /// The same with one box a block, for plans too large to draw.
    pub(crate) fn of_phases(&self) -> Diagram {
        let mut diagram = Diagram {
            title: self.title.clone(),
            subtitle: format!("{}, by phase", self.subtitle),
            blocks: vec![Block::default()],
            ..Diagram::default()
        };
        for (at, block) in self.blocks.iter().enumerate() {
            let members = || self.nodes.iter().filter(move |node| node.block == at);
            let any = |look: Look| members().any(|node| node.look == look);
            let look = match () {
                () if block.closed == block.total => Look::Done,
                () if any(Look::Doing) => Look::Doing,
                () if any(Look::Ready) => Look::Ready,
                () if members().all(|node| !matches!(node.look, Look::Todo)) => Look::Unreachable,
                () => Look::Todo,
            };
            diagram.nodes.push(Node {
                kind: Kind::Phase { closed: block.closed, total: block.total },
                id: None,
                title: match block.title.is_empty() {
                    true => "(no heading)".to_owned(),
                    false => block.title.clone(),
                },
                note: format!("{}/{}", block.closed, block.total),
                look,
                block: 0,
                critical: members().any(|node| node.critical),
            });
        }
        let mut edges: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
        let between = self.edges.iter().map(|edge| Edge {
            from: self.nodes[edge.from].block,
            to: self.nodes[edge.to].block,
            ..*edge
        });
        for edge in between.chain(self.block_edges.iter().copied()) {
            if edge.from != edge.to {
                keep(&mut edges, edge);
            }
        }
        diagram.edges = edges.into_values().collect();
        diagram.reduce();
        diagram
    }
}

fn title(plan: &Plan) -> String {
    match &plan.documents[..] {
        [only] => only.path.clone(),
        documents => counted(documents.len(), "list"),
    }
}

fn subtitle(plan: &Plan, timing: &Timing) -> String {
    let closed = plan.indexed().filter(|(_, task)| task.state.is_closed()).count();
    let tasks = counted(plan.tasks.len(), "task");
    match timing.total_ms {
        0 => format!("{tasks}, {closed} closed"),
        ms => format!("{tasks}, {closed} closed, {} on the longest chain", estimate::format(ms)),
    }
}

struct Builder<'a> {
    plan: &'a Plan,
    shown: &'a [bool],
    standings: Vec<Standing>,
    timing: Timing,
    /// The longest chain has more than one task: only then is it worth pointing at.
    is_chain: bool,
    parts: Vec<Part>,
    /// The node a task or dot became, and back.
    drawn: Vec<TaskIx>,
    block_of: HashMap<(usize, Option<&'a str>), usize>,
    diagram: Diagram,
}

impl<'a> Builder<'a> {
    fn new(plan: &'a Plan, shown: &'a [bool]) -> Builder<'a> {
        let timing = plan.graph.timing();
        Builder {
            plan,
            shown,
            standings: plan.graph.standings(),
            is_chain: timing.critical_path(&plan.graph).len() > 1,
            timing,
            parts: vec![Part::Nothing; plan.graph.len()],
            drawn: Vec::new(),
            block_of: HashMap::new(),
            diagram: Diagram::default(),
        }
    }

    fn blocks(&mut self) {
        for (index, task) in self.plan.indexed() {
            let document = self.plan.tasks[index.index()].document;
            let key = (document, task.phase.as_deref());
            let next = self.diagram.blocks.len();
            let at = *self.block_of.entry(key).or_insert(next);
            if at == next {
                let phase = task.phase.clone().unwrap_or_default();
                let path = &self.plan.documents[document].path;
                let title = match (self.plan.documents.len(), phase.is_empty()) {
                    (1, _) => phase,
                    (_, true) => path.clone(),
                    (_, false) => format!("{path}: {phase}"),
                };
                self.diagram.blocks.push(Block { title, ..Block::default() });
            }
            self.diagram.blocks[at].total += 1;
            self.diagram.blocks[at].closed += usize::from(task.state.is_closed());
        }
    }

    fn nodes(&mut self) {
        for (index, task) in self.plan.indexed().filter(|(index, _)| self.shown[index.index()]) {
            let at = &self.plan.tasks[index.index()];
            let mut note: Vec<String> = Vec::new();
            note.extend(task.assignee.clone());
            note.extend(task.estimate.clone());
            let container = self.plan.graph.node(index).kind == NodeKind::Container;
            self.parts[index.index()] = Part::Node(self.diagram.nodes.len());
            self.drawn.push(index);
            self.diagram.nodes.push(Node {
                kind: if container { Kind::Container } else { Kind::Task },
                id: task.id.clone(),
                title: task.title.clone(),
                note: note.join(" · "),
                look: Look::of(task.state, self.standings[index.index()]),
                block: self.block_of[&(at.document, task.phase.as_deref())],
                critical: self.is_chain && self.timing.is_critical(&self.plan.graph, index),
            });
        }
    }

    fn joins(&mut self) {
        let tasks = self.plan.tasks.len();
        for (at, join) in self.plan.joins.iter().enumerate() {
            let node = TaskIx::from(tasks + at);
            let block = |document: usize, heading: usize| {
                let text = self.plan.documents[document].headings[heading].text.as_str();
                self.block_of.get(&(document, Some(text))).copied()
            };
            let whole = match join.kind {
                JoinKind::PhaseStart { document, heading } => {
                    block(document, heading).map(Part::Start)
                }
                JoinKind::PhaseEnd { document, heading } => block(document, heading).map(Part::End),
                _ => None,
            };
            let pairs = self.plan.graph.incoming(node).len() * self.plan.graph.outgoing(node).len();
            self.parts[node.index()] = match whole {
                Some(part) => part,
                None if pairs > PAIRS_MAX => self.dot(node),
                None => Part::Nothing,
            };
        }
    }

    fn dot(&mut self, join: TaskIx) -> Part {
        // It stands with what waits for it; if nothing of that is drawn, it is not either.
        let to =
            self.plan.graph.outgoing(join).find_map(|edge| match self.parts[edge.to.index()] {
                Part::Node(at) => Some(at),
                _ => None,
            });
        let Some(to) = to else { return Part::Nothing };
        self.drawn.push(join);
        self.diagram.nodes.push(Node {
            kind: Kind::Dot,
            id: None,
            title: self.plan.name(join).to_owned(),
            note: String::new(),
            look: Look::Todo,
            block: self.diagram.nodes[to].block,
            critical: false,
        });
        Part::Node(self.diagram.nodes.len() - 1)
    }

    fn edges(&mut self) {
        let mut nodes: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
        let mut blocks: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
        for node in self.plan.graph.indices() {
            let to = match self.parts[node.index()] {
                Part::Node(at) => End::Node(at),
                Part::Start(at) => End::Block(at),
                Part::End(_) | Part::Nothing => continue,
            };
            let mut found: Vec<(End, Style)> = Vec::new();
            let mut seen = std::collections::HashSet::new();
            self.sources(node, Style::Stated, &mut seen, &mut found);
            for (from, style) in found {
                let (from_block, to_block) = (self.block(from), self.block(to));
                match (from, to) {
                    (End::Node(from), End::Node(to)) => {
                        let critical = self.is_critical(from, to);
                        keep(&mut nodes, Edge { from, to, style, critical });
                    }
                    _ if from_block != to_block => {
                        let edge = Edge { from: from_block, to: to_block, style, critical: false };
                        keep(&mut blocks, edge);
                    }
                    _ => {}
                }
            }
        }
        self.diagram.edges = nodes.into_values().collect();
        self.diagram.block_edges = blocks.into_values().collect();
        for edge in &mut self.diagram.block_edges {
            let members = |block: usize| {
                let nodes = self.diagram.nodes.iter().enumerate();
                nodes.filter(move |(_, node)| node.block == block).map(|(at, _)| at)
            };
            edge.critical = members(edge.from).any(|from| {
                let critical =
                    |to| is_critical(self.plan, &self.timing, self.drawn[from], self.drawn[to]);
                self.diagram.nodes[from].critical && members(edge.to).any(critical)
            });
        }
    }

    fn block(&self, end: End) -> usize {
        match end {
            End::Node(at) => self.diagram.nodes[at].block,
            End::Block(at) => at,
        }
    }

    fn is_critical(&self, from: usize, to: usize) -> bool {
        is_critical(self.plan, &self.timing, self.drawn[from], self.drawn[to])
    }

    /// What a node waits for, through all that is not drawn.
    fn sources(
        &self,
        node: TaskIx,
        weakest: Style,
        seen: &mut std::collections::HashSet<TaskIx>,
        found: &mut Vec<(End, Style)>,
    ) {
        let mut stack = vec![(node, weakest)];
        while let Some((node, weakest)) = stack.pop() {
            for edge in self.plan.graph.incoming(node) {
                let own = style(edge.kind, &self.plan.reasons[edge.why as usize]);
                let style = weakest.max(own);
                match self.parts[edge.from.index()] {
                    Part::Node(at) => found.push((End::Node(at), style)),
                    Part::End(at) => found.push((End::Block(at), style)),
                    // The phase it stands in waits for others: said by the block.
                    Part::Start(_) => {}
                    Part::Nothing => {
                        if seen.insert(edge.from) {
                            stack.push((edge.from, style));
                        }
                    }
                }
            }
        }
    }
}

fn style(kind: EdgeKind, reason: &Reason) -> Style {
    match kind {
        EdgeKind::After => Style::Apart,
        _ if reason.implied => Style::Implied,
        _ => Style::Stated,
    }
}

/// Whether one ends when the other starts, both without slack.
fn is_critical(plan: &Plan, timing: &Timing, from: TaskIx, to: TaskIx) -> bool {
    let finish = timing.earliest_start_ms[from.index()] + plan.graph.node(from).remaining_ms();
    let tight = |node: TaskIx| {
        timing.slack_ms[node.index()] == Some(0)
            && timing.rank_ms[node.index()] > 0
            && (plan.is_join(node) || !plan.graph.node(node).state.is_closed())
    };
    tight(from) && tight(to) && timing.earliest_start_ms[to.index()] == finish
}

/// One line between two things: the strongest.
fn keep(edges: &mut BTreeMap<(usize, usize), Edge>, edge: Edge) {
    edges
        .entry((edge.from, edge.to))
        .and_modify(|known| {
            known.style = known.style.min(edge.style);
            known.critical |= edge.critical;
        })
        .or_insert(edge);
}

impl Diagram {
    /// Leaves out what other lines imply. Nobody looks at single lines among thousands, so
    /// there nothing is left out.
    fn reduce(&mut self) {
        if self.nodes.len() > REDUCED_MAX || self.edges.len() > 2 * REDUCED_MAX {
            return;
        }
        self.block_edges = reduced(self.blocks.len(), &self.block_edges);
        let above = reach(self.blocks.len(), &self.block_edges);
        let nodes = &self.nodes;
        self.edges.retain(|edge| {
            let (from, to) = (nodes[edge.from].block, nodes[edge.to].block);
            from == to || !above.has(from, to)
        });
        self.edges = reduced(self.nodes.len(), &self.edges);
        self.drop_loose_dots();
    }

    /// Dots that nothing enters, or nothing leaves, any more.
    fn drop_loose_dots(&mut self) {
        loop {
            let mut entered = vec![false; self.nodes.len()];
            let mut left = vec![false; self.nodes.len()];
            for edge in &self.edges {
                (left[edge.from], entered[edge.to]) = (true, true);
            }
            let kept: Vec<bool> = (0..self.nodes.len())
                .map(|node| self.nodes[node].kind != Kind::Dot || entered[node] && left[node])
                .collect();
            if kept.iter().all(|kept| *kept) {
                return;
            }
            let mut count = 0;
            let number: Vec<usize> = kept
                .iter()
                .map(|kept| {
                    count += usize::from(*kept);
                    count.saturating_sub(1)
                })
                .collect();
            self.edges.retain(|edge| kept[edge.from] && kept[edge.to]);
            for edge in &mut self.edges {
                (edge.from, edge.to) = (number[edge.from], number[edge.to]);
            }
            let mut at = 0;
            self.nodes.retain(|_| {
                at += 1;
                kept[at - 1]
            });
        }
    }
}

/// Who is reached from whom, as rows of bits.
struct Reach {
    words: usize,
    bits: Vec<u64>,
}

impl Reach {
    fn has(&self, from: usize, to: usize) -> bool {
        self.bits[from * self.words + to / 64] >> (to % 64) & 1 == 1
    }
}

fn reach(count: usize, edges: &[Edge]) -> Reach {
    let words = count.div_ceil(64);
    let mut bits = vec![0u64; count * words];
    for &node in backwards(count, edges).iter() {
        for edge in edges.iter().filter(|edge| edge.from == node) {
            for word in 0..words {
                bits[node * words + word] |= bits[edge.to * words + word];
            }
            bits[node * words + edge.to / 64] |= 1 << (edge.to % 64);
        }
    }
    Reach { words, bits }
}

/// Every node after all it leads to; what is in a cycle comes last, in order.
fn backwards(count: usize, edges: &[Edge]) -> Vec<usize> {
    let mut leads = vec![0usize; count];
    for edge in edges {
        leads[edge.from] += 1;
    }
    let mut order: Vec<usize> = (0..count).filter(|node| leads[*node] == 0).collect();
    let mut at = 0;
    while at < order.len() {
        let node = order[at];
        for edge in edges.iter().filter(|edge| edge.to == node) {
            leads[edge.from] -= 1;
            if leads[edge.from] == 0 {
                order.push(edge.from);
            }
        }
        at += 1;
    }
    let mut placed = vec![false; count];
    for node in &order {
        placed[*node] = true;
    }
    order.extend((0..count).filter(|node| !placed[*node]));
    order
}

/// The edges that no longer way implies.
fn reduced(count: usize, edges: &[Edge]) -> Vec<Edge> {
    let reach = reach(count, edges);
    let implied = |edge: &Edge| {
        edges.iter().any(|other| {
            other.from == edge.from
                && other.to != edge.to
                && reach.has(other.to, edge.to)
                // Of two in a cycle neither implies the other.
                && !reach.has(edge.to, other.to)
        })
    };
    edges.iter().filter(|edge| edge.critical || !implied(edge)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn implied_lines_are_left_out() {
        let edge = |from, to| Edge { from, to, style: Style::Stated, critical: false };
        let edges = [edge(0, 1), edge(1, 2), edge(0, 2), edge(2, 3), edge(0, 3)];
        let kept: Vec<(usize, usize)> =
            reduced(4, &edges).iter().map(|edge| (edge.from, edge.to)).collect();
        assert_eq!(kept, [(0, 1), (1, 2), (2, 3)]);
        let circle = [edge(0, 1), edge(1, 0)];
        assert_eq!(reduced(2, &circle).len(), 2);
    }
}
