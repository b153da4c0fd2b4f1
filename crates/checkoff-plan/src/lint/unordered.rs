//! Which tasks of a group may run at the same time, because no path of stated
//! dependencies leads from one to the other.
//!
//! Asking this for all pairs is quadratic, so the answer is looked for in this
//! order, and most pairs never get past the first two steps:
//!
//! 1. tasks in parts of the graph that hang together nowhere are unordered;
//! 2. a path leads only from a lower level to a higher one (level = longest way
//!    there), so tasks whose levels overlap are unordered;
//! 3. if everything before `b` in its group leads to `b`, and `b` to `c`, then
//!    everything before `c` leads to `c`;
//! 4. for what is left, 64 tasks at a time are spread through the graph as bits,
//!    forwards and backwards, within the stretch of it where paths can run.
//!
//! A task is two nodes, its start and its end: what a parent waits for, its
//! children wait for, and it ends after they do.

use checkoff_core::graph::{Edge, EdgeKind, Graph as CoreGraph, Node, TaskIx};

use super::graph::Graph;
use crate::document::Document;

/// How many of the nearest earlier tasks of a group are tried one by one.
const NEAREST_MAX: usize = 64;

/// Finds unordered tasks.
pub(super) struct Unordered<'a> {
    document: &'a Document,
    graph: CoreGraph,
    /// Place of each node in `order`.
    place: Vec<usize>,
    order: Vec<TaskIx>,
    /// Longest way to each node.
    level: Vec<u32>,
    /// For each task, one task that stands for all that hang together with it.
    part: Vec<usize>,
}

/// A task of a group, and earlier ones of the group that may run at the same time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meeting {
    /// The task.
    pub(super) task: usize,
    /// Some of the earlier ones, in file order; never empty.
    pub(super) earlier: Vec<usize>,
}

impl<'a> Unordered<'a> {
    pub(super) fn new(document: &'a Document, stated: &Graph) -> Unordered<'a> {
        let (graph, order) = acyclic(document, stated);
        let mut place = vec![0; graph.len()];
        let mut level = vec![0u32; graph.len()];
        for (at, &node) in order.iter().enumerate() {
            place[node.index()] = at;
            for edge in graph.outgoing(node) {
                let own = level[node.index()];
                let next = &mut level[edge.to.index()];
                *next = (*next).max(own + 1);
            }
        }
        let part = parts(document, stated);
        Unordered { document, graph, place, order, level, part }
    }

    /// The members (in file order) that meet an earlier one without a path between them.
    pub(super) fn meetings(&self, groups: &[Vec<usize>]) -> Vec<Vec<Meeting>> {
        let mut meetings: Vec<Vec<Meeting>> = groups.iter().map(|_| Vec::new()).collect();
        let mut open = Vec::new();
        for (group, members) in groups.iter().enumerate() {
            // All earlier members lead to the one before.
            let mut chained = true;
            for at in 1..members.len() {
                let near = self.surely_unordered(members, at);
                if !near.is_empty() {
                    chained = false;
                    meetings[group].push(Meeting { task: members[at], earlier: near });
                } else if chained && self.follows(members[at - 1], members[at]) {
                    continue;
                } else {
                    chained = false;
                    open.push((group, at));
                }
            }
        }
        open.sort_by_key(|&(group, at)| self.place[start(groups[group][at])]);
        for batch in open.chunks(64) {
            self.spread(groups, batch, &mut meetings);
        }
        for found in &mut meetings {
            found.sort_by_key(|meeting| meeting.task);
        }
        meetings
    }

    /// Of the nearest earlier members, those that steps 1 and 2 prove unordered.
    fn surely_unordered(&self, members: &[usize], at: usize) -> Vec<usize> {
        let task = members[at];
        let nearest = &members[at.saturating_sub(NEAREST_MAX)..at];
        let unordered = |other: &usize| {
            let apart = self.part[*other] != self.part[task];
            (apart || self.levels_overlap(*other, task)) && !self.nested(*other, task)
        };
        nearest.iter().copied().filter(unordered).collect()
    }

    fn levels_overlap(&self, one: usize, other: usize) -> bool {
        let leads = |from: usize, to: usize| self.level[end(from)] < self.level[start(to)];
        !leads(one, other) && !leads(other, one)
    }

    /// Whether one of the two is inside the other.
    fn nested(&self, one: usize, other: usize) -> bool {
        let inside = |outer: usize, inner: usize| {
            let above = |task: &usize| self.document.tasks[*task].parent.filter(|up| up < task);
            std::iter::successors(above(&inner), above).any(|up| up == outer)
        };
        inside(one, other) || inside(other, one)
    }

    /// Whether a statement leads straight from one task to the other.
    fn follows(&self, one: usize, other: usize) -> bool {
        let target = start(other);
        let starts_it =
            |node: TaskIx| self.graph.outgoing(node).any(|edge| edge.to.index() == target);
        starts_it(TaskIx::from(end(one)))
    }

    /// Step 4 for up to 64 tasks, one bit each.
    fn spread(
        &self,
        groups: &[Vec<usize>],
        batch: &[(usize, usize)],
        meetings: &mut [Vec<Meeting>],
    ) {
        let earlier = |&(group, at): &(usize, usize)| &groups[group][..at];
        let places = |nodes: fn(usize) -> usize| {
            let all = batch.iter().flat_map(earlier).map(move |&task| nodes(task));
            all.map(|node| self.place[node])
        };
        let own = |nodes: fn(usize) -> usize| {
            batch.iter().map(move |&(group, at)| self.place[nodes(groups[group][at])])
        };
        let forward = own(end).min().unwrap_or(0)..places(start).max().map_or(0, |last| last + 1);
        let backward = places(end).min().unwrap_or(0)..own(start).max().map_or(0, |last| last + 1);
        let mut after = Bits::new(forward);
        let mut before = Bits::new(backward);
        for (bit, &(group, at)) in batch.iter().enumerate() {
            let task = groups[group][at];
            after.set(self.place[end(task)], bit);
            before.set(self.place[start(task)], bit);
        }
        after.flow(|at, sink| {
            self.graph.outgoing(self.order[at]).for_each(|edge| sink(self.place[edge.to.index()]));
        });
        before.flow_back(|at, sink| {
            self.graph
                .incoming(self.order[at])
                .for_each(|edge| sink(self.place[edge.from.index()]));
        });
        for (bit, pending) in batch.iter().enumerate() {
            let (group, at) = *pending;
            let task = groups[group][at];
            let meets = |other: &usize| {
                !after.get(self.place[start(*other)], bit)
                    && !before.get(self.place[end(*other)], bit)
                    && !self.nested(*other, task)
            };
            let earlier: Vec<usize> =
                earlier(pending).iter().copied().filter(meets).take(NEAREST_MAX).collect();
            if !earlier.is_empty() {
                meetings[group].push(Meeting { task, earlier });
            }
        }
    }
}

/// One word of bits for each place of a stretch of the order.
struct Bits {
    first: usize,
    words: Vec<u64>,
}

impl Bits {
    fn new(stretch: std::ops::Range<usize>) -> Bits {
        Bits { first: stretch.start, words: vec![0; stretch.len()] }
    }

    fn set(&mut self, place: usize, bit: usize) {
        if let Some(word) = place.checked_sub(self.first).and_then(|at| self.words.get_mut(at)) {
            *word |= 1 << bit;
        }
    }

    fn get(&self, place: usize, bit: usize) -> bool {
        let word = place.checked_sub(self.first).and_then(|at| self.words.get(at));
        word.is_some_and(|word| word >> bit & 1 == 1)
    }

    /// Hands the bits of each place on to the places that `next` names, first to last.
    fn flow(&mut self, next: impl Fn(usize, &mut dyn FnMut(usize))) {
        for at in 0..self.words.len() {
            self.hand_on(at, &next);
        }
    }

    /// The same, last to first.
    fn flow_back(&mut self, next: impl Fn(usize, &mut dyn FnMut(usize))) {
        for at in (0..self.words.len()).rev() {
            self.hand_on(at, &next);
        }
    }

    fn hand_on(&mut self, at: usize, next: &impl Fn(usize, &mut dyn FnMut(usize))) {
        let word = self.words[at];
        if word == 0 {
            return;
        }
        next(self.first + at, &mut |place| {
            if let Some(at) = place.checked_sub(self.first)
                && let Some(other) = self.words.get_mut(at)
            {
                *other |= word;
            }
        });
    }
}

fn start(task: usize) -> usize {
    2 * task
}

fn end(task: usize) -> usize {
    2 * task + 1
}

/// Starts, ends and knots as nodes; edges inside a cycle are left out (another rule tells).
fn acyclic(document: &Document, stated: &Graph) -> (CoreGraph, Vec<TaskIx>) {
    let tasks = document.tasks.len();
    let count = 2 * tasks + stated.knots.len();
    let nodes = || vec![Node::join(); count];
    let edge = |from: usize, to: usize| Edge {
        from: TaskIx::from(from),
        to: TaskIx::from(to),
        kind: EdgeKind::Needs,
        why: 0,
    };
    let mut edges: Vec<Edge> = (0..tasks).map(|task| edge(start(task), end(task))).collect();
    for (task, parent) in
        document.tasks.iter().enumerate().filter_map(|(at, task)| Some((at, task.parent?)))
    {
        edges.push(edge(start(parent), start(task)));
        edges.push(edge(end(task), end(parent)));
    }
    edges.extend(
        stated.dependencies().iter().map(|stated| edge(end(stated.on), start(stated.task))),
    );
    for (index, knot) in stated.knots.iter().enumerate() {
        let knot_node = 2 * tasks + index;
        edges.extend(knot.before.iter().map(|&task| edge(end(task), knot_node)));
        edges.extend(knot.after.iter().map(|&task| edge(knot_node, start(task))));
    }
    let graph = CoreGraph::new(nodes(), edges);
    let sorted = order(&graph);
    if sorted.len() == count {
        return (graph, sorted);
    }
    let mut group = vec![usize::MAX; count];
    for (index, cycle) in graph.cycles().iter().enumerate() {
        for member in &cycle.members {
            group[member.index()] = index;
        }
    }
    let inside = |edge: &&Edge| {
        let from = group[edge.from.index()];
        from != usize::MAX && from == group[edge.to.index()]
    };
    let edges = graph.edges().iter().filter(|edge| !inside(edge)).copied().collect();
    let graph = CoreGraph::new(nodes(), edges);
    let sorted = order(&graph);
    (graph, sorted)
}

/// Every node after all that lead to it, in any such order; what a cycle holds up is left out.
pub(super) fn order(graph: &CoreGraph) -> Vec<TaskIx> {
    let mut waits: Vec<usize> = graph.indices().map(|node| graph.incoming(node).len()).collect();
    let mut order: Vec<TaskIx> = graph.indices().filter(|node| waits[node.index()] == 0).collect();
    let mut at = 0;
    while let Some(&node) = order.get(at) {
        at += 1;
        for edge in graph.outgoing(node) {
            waits[edge.to.index()] -= 1;
            if waits[edge.to.index()] == 0 {
                order.push(edge.to);
            }
        }
    }
    order
}

/// For each task the first of those it hangs together with.
fn parts(document: &Document, stated: &Graph) -> Vec<usize> {
    let mut part: Vec<usize> = (0..document.tasks.len()).collect();
    for (task, parent) in
        document.tasks.iter().enumerate().filter_map(|(at, task)| Some((at, task.parent?)))
    {
        join(&mut part, task, parent);
    }
    for dependency in stated.dependencies() {
        join(&mut part, dependency.task, dependency.on);
    }
    for knot in &stated.knots {
        for &task in knot.before.iter().chain(&knot.after) {
            join(&mut part, task, knot.before[0]);
        }
    }
    for task in 0..part.len() {
        part[task] = root(&mut part, task);
    }
    part
}

fn join(part: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(part, one), root(part, other));
    part[one.max(other)] = one.min(other);
}

fn root(part: &mut [usize], mut task: usize) -> usize {
    while part[task] != task {
        part[task] = part[part[task]];
        task = part[task];
    }
    task
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::{DocEdge, EdgeSource, Reference, Span};
    use crate::lint::context::Ids;
    use crate::read::{Options, read};

    /// A list of `count` tasks T0, T1, … with parents, dependencies and sentences between them.
    fn document(
        count: usize,
        parents: &[(usize, usize)],
        dependencies: &[(usize, usize)],
        sentences: &[(Vec<usize>, Vec<usize>)],
    ) -> Document {
        let list: String = (0..count).map(|number| format!("- [ ] item {number}\n")).collect();
        let mut document = read("", list.into_bytes(), &Options::default());
        for (number, task) in document.tasks.iter_mut().enumerate() {
            task.id = Some(format!("T{number}"));
        }
        for &(child, parent) in
            parents.iter().filter(|(child, parent)| parent < child && *child < count)
        {
            if document.tasks[child].parent.is_none() {
                document.tasks[child].parent = Some(parent);
                document.tasks[parent].children.push(child);
            }
        }
        for &(task, on) in dependencies.iter().filter(|(task, on)| task.max(on) < &count) {
            document.tasks[task].depends_on.push(Reference {
                id: format!("T{on}"),
                line: task + 1,
                span: Span::default(),
                source: EdgeSource::Field,
                optional: false,
                strict: false,
            });
        }
        let names = |tasks: &[usize]| tasks.iter().map(|task| format!("T{task}")).collect();
        document.edges = sentences
            .iter()
            .map(|(before, after)| DocEdge {
                line: 1,
                span: Span::default(),
                before: names(before),
                after: names(after),
                source: EdgeSource::Prose,
            })
            .collect();
        document
    }

    fn meetings(document: &Document, group: &[usize]) -> Vec<usize> {
        let graph = Graph::new(document, &Ids::new(document));
        let unordered = Unordered::new(document, &graph);
        let found = unordered.meetings(&[group.to_vec()]).remove(0);
        found.into_iter().map(|meeting| meeting.task).collect()
    }

    /// The same by walking from every task to every other.
    fn meetings_by_walking(document: &Document, group: &[usize]) -> Vec<usize> {
        let graph = Graph::new(document, &Ids::new(document));
        let (nodes, _) = acyclic(document, &graph);
        let reaches = |from: usize, to: usize| {
            let mut seen = vec![false; nodes.len()];
            let mut next = vec![end(from)];
            while let Some(node) = next.pop() {
                if node == start(to) {
                    return true;
                }
                for edge in nodes.outgoing(TaskIx::from(node)) {
                    if !std::mem::replace(&mut seen[edge.to.index()], true) {
                        next.push(edge.to.index());
                    }
                }
            }
            false
        };
        let parent = |task: &usize| document.tasks[*task].parent;
        let inside = |inner: usize, outer: usize| {
            std::iter::successors(parent(&inner), parent).any(|up| up == outer)
        };
        let meet = |one: usize, other: usize| {
            !reaches(one, other)
                && !reaches(other, one)
                && !inside(one, other)
                && !inside(other, one)
        };
        let meets_earlier = |at: &usize| group[..*at].iter().any(|other| meet(*other, group[*at]));
        (0..group.len()).filter(meets_earlier).map(|at| group[at]).collect()
    }

    #[test]
    fn a_path_through_a_parent_orders_its_children() {
        // 1 and 2 are inside 0; 3 waits for 0; 4 stands alone.
        let document = document(5, &[(1, 0), (2, 0)], &[(3, 0)], &[]);
        assert_eq!(meetings(&document, &[1, 3]), [0usize; 0]);
        assert_eq!(meetings(&document, &[0, 1]), [0usize; 0]);
        assert_eq!(meetings(&document, &[1, 2]), [2]);
        assert_eq!(meetings(&document, &[1, 4]), [4]);
    }

    #[test]
    fn a_long_chain_in_one_group_is_quick_and_unreported() {
        let count = 50_000;
        let chain: Vec<_> = (1..count).map(|task| (task, task - 1)).collect();
        let document = document(count, &[], &chain, &[]);
        let group: Vec<usize> = (0..count).collect();
        assert!(meetings(&document, &group).is_empty());
    }

    proptest! {
        #[test]
        fn finds_what_walking_finds(
            parents in prop::collection::vec((0usize..90, 0usize..90), 0..12),
            dependencies in prop::collection::vec((0usize..90, 0usize..90), 0..160),
            sentences in prop::collection::vec(
                (prop::collection::vec(0usize..90, 1..6), prop::collection::vec(0usize..90, 1..6)), 0..4),
            members in prop::collection::btree_set(0usize..90, 0..90),
        ) {
            // Mostly from later to earlier, as lists are; now and then a cycle.
            let forwards = |&(task, on): &(usize, usize)| {
                if (task + on) % 13 == 0 { (task, on) } else { (task.max(on), task.min(on)) }
            };
            let dependencies: Vec<_> = dependencies.iter().map(forwards).collect();
            let document = document(90, &parents, &dependencies, &sentences);
            let group: Vec<usize> = members.into_iter().collect();
            prop_assert_eq!(meetings(&document, &group), meetings_by_walking(&document, &group));
        }
    }
}
