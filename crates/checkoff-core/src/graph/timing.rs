//! Time in the graph, with workers enough: when each task can start at the
//! earliest, how much it may slip, and which chain decides the end.
//!
//! Times are milliseconds of working time from now, over the work that remains:
//! closed tasks, containers and joins take none. Edges that only keep tasks apart
//! (one file) count like dependencies, because they delay just the same.

use super::{Graph, TaskIx};

/// Earliest and latest times of every node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// When each node can start at the earliest.
    pub earliest_start_ms: Vec<u64>,
    /// How long each node may be late without delaying the end; `None` in a cycle, or
    /// behind one.
    pub slack_ms: Vec<Option<u64>>,
    /// Upward rank: the longest chain of remaining work from the start of the node to the
    /// end of the plan, itself included. Starting the highest first is critical path first.
    pub rank_ms: Vec<u64>,
    /// The length of the longest chain.
    pub total_ms: u64,
}

impl Graph {
    /// Forward and backward pass.
    pub fn timing(&self) -> Timing {
        let order = self.open_order();
        let mut start = vec![0u64; self.len()];
        for &task in &order {
            let finish = start[task.index()].saturating_add(self.node(task).remaining_ms());
            if self.node(task).state.is_closed() {
                continue;
            }
            for edge in self.outgoing(task) {
                let start = &mut start[edge.to.index()];
                *start = (*start).max(finish);
            }
        }
        let mut rank = vec![0u64; self.len()];
        let mut total = 0;
        for &task in order.iter().rev() {
            if self.node(task).state.is_closed() {
                continue;
            }
            let after = self
                .outgoing(task)
                .filter(|edge| !self.node(edge.to).state.is_closed())
                .map(|edge| rank[edge.to.index()])
                .max()
                .unwrap_or(0);
            rank[task.index()] = after.saturating_add(self.node(task).remaining_ms());
            total = total.max(start[task.index()].saturating_add(rank[task.index()]));
        }
        let mut slack = vec![None; self.len()];
        for &task in &order {
            slack[task.index()] = Some(total - start[task.index()] - rank[task.index()]);
        }
        Timing { earliest_start_ms: start, slack_ms: slack, rank_ms: rank, total_ms: total }
    }
}

impl Timing {
    /// Whether a delay of this task delays the end.
    pub fn is_critical(&self, graph: &Graph, task: TaskIx) -> bool {
        graph.node(task).remaining_ms() > 0 && self.slack_ms[task.index()] == Some(0)
    }

    /// One longest chain of open tasks, in order; of equals, the first in the file.
    pub fn critical_path(&self, graph: &Graph) -> Vec<TaskIx> {
        let longest = |task: &TaskIx| {
            self.earliest_start_ms[task.index()] == 0
                && self.slack_ms[task.index()] == Some(0)
                && !graph.node(*task).state.is_closed()
        };
        let mut path = Vec::new();
        let mut next = graph.indices().find(longest);
        while let Some(task) = next {
            if graph.node(task).is_open_task() {
                path.push(task);
            }
            let rest = self.rank_ms[task.index()] - graph.node(task).remaining_ms();
            let finish = self.earliest_start_ms[task.index()] + graph.node(task).remaining_ms();
            next = graph
                .outgoing(task)
                .map(|edge| edge.to)
                .filter(|to| {
                    rest > 0
                        && !graph.node(*to).state.is_closed()
                        && self.rank_ms[to.index()] == rest
                        && self.earliest_start_ms[to.index()] == finish
                })
                .min();
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{graph, show};
    use super::*;

    const HOUR: u64 = 3_600_000;

    #[track_caller]
    fn check(text: &str, path: &str, hours: u64, slack: &[u64]) {
        let (graph, names) = graph(text);
        let timing = graph.timing();
        assert_eq!(show(&names, &timing.critical_path(&graph)), path, "{text}");
        assert_eq!(timing.total_ms, hours * HOUR, "{text}");
        let found: Vec<u64> =
            timing.slack_ms.iter().map(|slack| slack.map_or(99, |slack| slack / HOUR)).collect();
        assert_eq!(found, slack, "{text}");
    }

    #[test]
    fn the_longest_chain_decides() {
        check("a b c d:2; a>b b>c", "a b c", 3, &[0, 0, 0, 1]);
        check("a:3 b c; a>c b>c", "a c", 4, &[0, 2, 0]);
        check("a b; a~b", "a b", 2, &[0, 0]);
        check("a *j b; a>*j *j>b", "a b", 2, &[0, 0, 0]);
        check("a:5 b c; a>b b>c; a=done", "b c", 2, &[2, 0, 0]);
        check("a b c; b>c c>b", "a", 1, &[0, 99, 99]);
        check("a b c d e; a>b b>a b>c c>d d>e; c=done", "d e", 2, &[99, 99, 2, 0, 0]);
        check("a b; a>b; a=done b=done", "", 0, &[0, 0]);
    }

    #[test]
    fn ranks_fall_along_every_edge() {
        let (graph, _) = graph("a:2 b c:4 d; a>b b>d c>d");
        let timing = graph.timing();
        assert_eq!(timing.rank_ms, [4 * HOUR, 2 * HOUR, 5 * HOUR, HOUR]);
        assert!(timing.is_critical(&graph, TaskIx(2)));
        assert!(!timing.is_critical(&graph, TaskIx(0)));
    }
}
