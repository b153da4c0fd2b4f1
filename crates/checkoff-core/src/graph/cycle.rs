//! Cycles: tasks that wait for each other, so none can start.
//!
//! Tarjan's strongly connected components, without recursion (a list of 100,000
//! tasks in a chain must not overflow the stack). Each group of tasks that can
//! reach each other is reported once, with one shortest way round through its
//! first task: that is the sentence a person can act on.

use super::{Edge, Graph, TaskIx};

/// Tasks that wait for each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// Every node of the group, joins included, in plan order.
    pub members: Vec<TaskIx>,
    /// One shortest way round, from the first member back to it: each edge starts where
    /// the one before it ends.
    pub path: Vec<Edge>,
}

/// Tarjan's bookkeeping for one node.
#[derive(Clone, Copy, Default)]
struct Mark {
    /// Discovery number, from 1; 0 = not seen.
    index: u32,
    /// Smallest discovery number reachable.
    low: u32,
    on_stack: bool,
}

impl Graph {
    /// All groups of nodes that wait for each other, by their first member.
    pub fn cycles(&self) -> Vec<Cycle> {
        let mut cycles: Vec<Cycle> = self
            .strong_groups()
            .into_iter()
            .map(|mut members| {
                members.sort_unstable();
                let path = self.way_round(&members);
                Cycle { members, path }
            })
            .collect();
        cycles.sort_by_key(|cycle| cycle.members[0]);
        cycles
    }

    /// The strongly connected components that hold a cycle.
    fn strong_groups(&self) -> Vec<Vec<TaskIx>> {
        let mut marks = vec![Mark::default(); self.len()];
        let mut groups = Vec::new();
        let mut stack: Vec<TaskIx> = Vec::new();
        let mut calls: Vec<(TaskIx, usize)> = Vec::new();
        let mut clock = 0;
        for root in self.indices() {
            if marks[root.index()].index != 0 {
                continue;
            }
            calls.push((root, 0));
            while let Some(&mut (node, ref mut next)) = calls.last_mut() {
                if *next == 0 && marks[node.index()].index == 0 {
                    clock += 1;
                    marks[node.index()] = Mark { index: clock, low: clock, on_stack: true };
                    stack.push(node);
                }
                let row = self.outgoing.row(node);
                if let Some(&edge) = row.get(*next) {
                    *next += 1;
                    let to = self.edges[edge as usize].to;
                    let mark = marks[to.index()];
                    if mark.index == 0 {
                        calls.push((to, 0));
                    } else if mark.on_stack {
                        let low = &mut marks[node.index()].low;
                        *low = (*low).min(mark.index);
                    }
                    continue;
                }
                calls.pop();
                let mark = marks[node.index()];
                if let Some(&(caller, _)) = calls.last() {
                    let low = &mut marks[caller.index()].low;
                    *low = (*low).min(mark.low);
                }
                if mark.low == mark.index {
                    let at = stack.iter().rposition(|&top| top == node).expect("on the stack");
                    let group = stack.split_off(at);
                    for member in &group {
                        marks[member.index()].on_stack = false;
                    }
                    if group.len() > 1 || self.waits_for_itself(node) {
                        groups.push(group);
                    }
                }
            }
        }
        groups
    }

    fn waits_for_itself(&self, node: TaskIx) -> bool {
        self.outgoing(node).any(|edge| edge.to == node)
    }

    /// A shortest cycle through the first of the members (sorted), by breadth.
    fn way_round(&self, members: &[TaskIx]) -> Vec<Edge> {
        let first = members[0];
        let place = |task: TaskIx| members.binary_search(&task).ok();
        let mut came_by: Vec<Option<Edge>> = vec![None; members.len()];
        let mut queue = std::collections::VecDeque::from([first]);
        while let Some(node) = queue.pop_front() {
            for edge in self.outgoing(node) {
                let Some(at) = place(edge.to) else { continue };
                if came_by[at].is_some() {
                    continue;
                }
                came_by[at] = Some(*edge);
                if edge.to == first {
                    queue.clear();
                    break;
                }
                queue.push_back(edge.to);
            }
        }
        let mut path = Vec::new();
        let mut node = first;
        while let Some(edge) = place(node).and_then(|at| came_by[at]) {
            path.push(edge);
            node = edge.from;
            if node == first {
                break;
            }
        }
        path.reverse();
        path
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{graph, show};
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let (graph, names) = graph(text);
        let found: Vec<String> = graph
            .cycles()
            .iter()
            .map(|cycle| {
                let way: Vec<TaskIx> = cycle.path.iter().map(|edge| edge.from).collect();
                format!("{{{}}} {}", show(&names, &cycle.members), show(&names, &way))
            })
            .collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn each_group_is_reported_once_with_a_way_round() {
        check("a b c; a>b b>c", &[]);
        check("a; a>a", &["{a} a"]);
        check("a b; a>b b>a", &["{a b} a b"]);
        check("a b c d; a>b b>c c>a c>d", &["{a b c} a b c"]);
        check("a b c; a>b b>a b>c c>b", &["{a b c} a b"]);
        check("a b c d e; d>e e>d a>b b>a b>c c>d", &["{a b} a b", "{d e} d e"]);
        check("a b *j; a>*j *j>b b>a", &["{a b *j} a *j b"]);
    }

    #[test]
    fn a_long_cycle_needs_no_stack() {
        let nodes = vec![super::super::Node::join(); 200_000];
        let edges = (0..200_000u32)
            .map(|from| Edge {
                from: TaskIx(from),
                to: TaskIx((from + 1) % 200_000),
                kind: super::super::EdgeKind::Needs,
                why: from,
            })
            .collect();
        let cycles = Graph::new(nodes, edges).cycles();
        assert_eq!(cycles.len(), 1);
        assert_eq!(cycles[0].path.len(), 200_000);
    }
}
