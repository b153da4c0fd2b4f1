//! Orders: one after the other, and in waves.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Edge, Graph, TaskIx};

impl Graph {
    /// Every node after all it waits for; of those that could come next, the first in the
    /// file. Nodes in a cycle, or behind one, are left out.
    pub fn topological_order(&self) -> Vec<TaskIx> {
        self.order_by(|_| true)
    }

    /// The same for what is still to be done: nobody waits for a closed task, and a closed
    /// task waits for nobody, so a cycle holds up only open tasks that need it.
    pub(crate) fn open_order(&self) -> Vec<TaskIx> {
        self.order_by(|edge| !self.is_closed(edge.from) && !self.is_closed(edge.to))
    }

    /// Every node after all it waits for by an edge that counts.
    fn order_by(&self, counts: impl Fn(&Edge) -> bool) -> Vec<TaskIx> {
        let mut waits: Vec<usize> = self
            .indices()
            .map(|task| self.incoming(task).filter(|edge| counts(edge)).count())
            .collect();
        let mut free: BinaryHeap<Reverse<TaskIx>> =
            self.indices().filter(|task| waits[task.index()] == 0).map(Reverse).collect();
        let mut order = Vec::with_capacity(self.len());
        while let Some(Reverse(task)) = free.pop() {
            order.push(task);
            for edge in self.outgoing(task).filter(|edge| counts(edge)) {
                waits[edge.to.index()] -= 1;
                if waits[edge.to.index()] == 0 {
                    free.push(Reverse(edge.to));
                }
            }
        }
        order
    }

    /// The open tasks by wave: with workers enough, all of a wave can run at once, each
    /// after something of the wave before. Closed tasks, containers and joins take no wave
    /// of their own; what can never be reached is in none.
    pub fn waves(&self) -> Vec<Vec<TaskIx>> {
        let standing = self.standings();
        let mut level = vec![0usize; self.len()];
        let mut waves: Vec<Vec<TaskIx>> = Vec::new();
        for task in self.open_order() {
            let node = self.node(task);
            if standing[task.index()].is_unreachable() {
                continue;
            }
            let own = level[task.index()];
            let mut past = own;
            if node.is_open_task() {
                if waves.len() <= own {
                    waves.resize_with(own + 1, Vec::new);
                }
                waves[own].push(task);
                past += 1;
            }
            if node.state.is_closed() {
                past = 0;
            }
            for edge in self.outgoing(task) {
                let level = &mut level[edge.to.index()];
                *level = (*level).max(past);
            }
        }
        for wave in &mut waves {
            wave.sort_unstable();
        }
        waves
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{graph, show};

    #[test]
    fn file_order_breaks_ties() {
        let (graph, names) = graph("a b c d; d>b c>a");
        assert_eq!(show(&names, &graph.topological_order()), "c a d b");
    }

    #[test]
    fn cycles_and_what_is_behind_them_have_no_place() {
        let (graph, names) = graph("a b c d; b>c c>b c>d");
        assert_eq!(show(&names, &graph.topological_order()), "a");
    }

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let (graph, names) = graph(text);
        let waves: Vec<String> = graph.waves().iter().map(|wave| show(&names, wave)).collect();
        assert_eq!(waves, expect, "{text}");
    }

    #[test]
    fn waves_skip_what_takes_no_time() {
        check("a b c d; a>b a>c b>d c>d", &["a", "b c", "d"]);
        check("a b *j c d; a>*j b>*j *j>c *j>d", &["a b", "c d"]);
        check("a b c; a>b b>c; a=done", &["b", "c"]);
        check("a b c; a>b b>c; b=done", &["a c"]);
        check("a b c; a>b b>c; a=blocked", &[]);
        check("a b c; a~b b>c; a=blocked", &["b", "c"]);
    }

    #[test]
    fn a_cycle_holds_up_only_what_is_open_and_needs_it() {
        // c is done although it is behind the cycle, so d can start, and e after it.
        check("a b c d e; a>b b>a b>c c>d d>e; c=done", &["d", "e"]);
        check("a b c; a>b b>a b>c", &[]);
    }
}
