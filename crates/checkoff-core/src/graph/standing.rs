//! Where each task stands in the graph: over, under way, ready, waiting, or out
//! of reach.
//!
//! One pass in dependency order. An edge from something closed holds nobody up,
//! so a cycle that a closed task breaks is no obstacle to running (it is still
//! reported by [`Graph::cycles`], the list is wrong about it).

use std::collections::VecDeque;

use super::{Edge, EdgeKind, Graph, NodeKind, TaskIx};
use crate::state::State;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Nothing to wait for here: closed, or a container or join whose parts all are.
    Settled,
    /// Somebody is at it.
    Running,
    /// Can start now.
    Ready,
    /// Will be ready when what it waits for is.
    Waiting,
    /// Can never start unless the list changes.
    Unreachable(Obstacle),
}

impl Standing {
    /// Whether it can never start.
    pub fn is_unreachable(self) -> bool {
        matches!(self, Standing::Unreachable(_))
    }
}

/// What makes a task unreachable; the index names the culprit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// In a cycle, or behind the one that starts at this task.
    Cycle(TaskIx),
    /// This task is blocked (it may be the task itself).
    Blocked(TaskIx),
    /// This task was cancelled, and only done will do.
    Cancelled(TaskIx),
    /// This task names an id that does not exist (it may be the task itself).
    Dangling(TaskIx),
}

impl Graph {
    /// The standing of every node.
    pub fn standings(&self) -> Vec<Standing> {
        let mut pass = Pass::new(self);
        pass.run();
        pass.blame_cycles();
        pass.standing
    }

    /// The tasks that can start now, in plan order.
    pub fn ready(&self) -> Vec<TaskIx> {
        let standings = self.standings();
        self.indices()
            .filter(|task| self.node(*task).kind == NodeKind::Task)
            .filter(|task| standings[task.index()] == Standing::Ready)
            .collect()
    }

    /// The open tasks that can never start, with the reason, in plan order.
    pub fn unreachable(&self) -> Vec<(TaskIx, Obstacle)> {
        let standings = self.standings();
        self.indices()
            .filter(|task| self.node(*task).kind != NodeKind::Join)
            .filter_map(|task| match standings[task.index()] {
                Standing::Unreachable(obstacle) => Some((task, obstacle)),
                _ => None,
            })
            .collect()
    }
}

impl Graph {
    /// The tasks that would be ready if this one were closed now, and are not yet.
    pub fn freed_by(&self, standings: &[Standing], task: TaskIx) -> Vec<TaskIx> {
        let mut settled = std::collections::BTreeSet::from([task]);
        let mut queue = vec![task];
        let mut freed = Vec::new();
        while let Some(from) = queue.pop() {
            for edge in self.outgoing(from) {
                let to = edge.to;
                let waits = standings[to.index()] == Standing::Waiting && !settled.contains(&to);
                let held = self.incoming(to).any(|edge| {
                    let over = match (standings[edge.from.index()], edge.kind) {
                        (Standing::Settled, _) => true,
                        (Standing::Unreachable(_), EdgeKind::After) => true,
                        _ => settled.contains(&edge.from),
                    };
                    !over
                });
                if !waits || held {
                    continue;
                }
                settled.insert(to);
                match self.node(to).kind {
                    NodeKind::Task => {
                        settled.remove(&to);
                        freed.push(to);
                    }
                    NodeKind::Container | NodeKind::Join => queue.push(to),
                }
            }
        }
        freed.sort_unstable();
        freed.dedup();
        freed
    }

    /// Closed by its own state; a join has none.
    pub(super) fn is_closed(&self, task: TaskIx) -> bool {
        let node = self.node(task);
        node.kind != NodeKind::Join && node.state.is_closed()
    }

    /// How many open tasks wait for this one, directly or not.
    pub fn followers(&self, task: TaskIx) -> usize {
        let mut seen = vec![false; self.len()];
        seen[task.index()] = true;
        let mut queue = vec![task];
        let mut count = 0;
        while let Some(from) = queue.pop() {
            for edge in self.outgoing(from) {
                let to = edge.to;
                let closed =
                    self.node(to).kind != NodeKind::Join && self.node(to).state.is_closed();
                if closed || std::mem::replace(&mut seen[to.index()], true) {
                    continue;
                }
                count += usize::from(self.node(to).kind == NodeKind::Task);
                queue.push(to);
            }
        }
        count
    }
}

/// What an edge means for the node it enters.
enum Hold {
    Nothing,
    Waits,
    Never(Obstacle),
}

struct Pass<'a> {
    graph: &'a Graph,
    standing: Vec<Standing>,
    seen: Vec<bool>,
}

impl<'a> Pass<'a> {
    fn new(graph: &'a Graph) -> Pass<'a> {
        let standing = vec![Standing::Waiting; graph.len()];
        Pass { graph, standing, seen: vec![false; graph.len()] }
    }

    /// A closed node does not wait, and nobody waits for it, so its edges are not counted.
    fn counts(&self, edge: &Edge) -> bool {
        !self.closed(edge.from) && !self.closed(edge.to)
    }

    /// Closed by its own state; a cancelled join is a lasting obstacle, not a closed task.
    fn closed(&self, task: TaskIx) -> bool {
        self.graph.is_closed(task)
    }

    fn run(&mut self) {
        let graph = self.graph;
        let mut waits: Vec<usize> = graph
            .indices()
            .map(|task| graph.incoming(task).filter(|edge| self.counts(edge)).count())
            .collect();
        let mut free: VecDeque<TaskIx> =
            graph.indices().filter(|task| waits[task.index()] == 0).collect();
        while let Some(task) = free.pop_front() {
            self.seen[task.index()] = true;
            self.standing[task.index()] = self.settle(task);
            for edge in graph.outgoing(task).filter(|edge| self.counts(edge)) {
                waits[edge.to.index()] -= 1;
                if waits[edge.to.index()] == 0 {
                    free.push_back(edge.to);
                }
            }
        }
    }

    fn settle(&self, task: TaskIx) -> Standing {
        let node = self.graph.node(task);
        match node.state {
            State::Cancelled if node.kind == NodeKind::Join => {
                return Standing::Unreachable(Obstacle::Cancelled(task));
            }
            State::Done | State::Cancelled => return Standing::Settled,
            State::Blocked => return Standing::Unreachable(Obstacle::Blocked(task)),
            State::Todo | State::Doing => {}
        }
        let mut waits = false;
        let mut never = node.dangling.then_some(Obstacle::Dangling(task));
        for edge in self.graph.incoming(task) {
            match self.hold(edge) {
                Hold::Nothing => {}
                Hold::Waits => waits = true,
                Hold::Never(obstacle) => never = never.or(Some(obstacle)),
            }
        }
        match (node.kind, node.state) {
            // Somebody began it all the same: that it is under way is the truth.
            (NodeKind::Task, State::Doing) => Standing::Running,
            _ if never.is_some() => never.map_or(Standing::Waiting, Standing::Unreachable),
            _ if waits => Standing::Waiting,
            (NodeKind::Task, _) => Standing::Ready,
            (NodeKind::Container | NodeKind::Join, _) => Standing::Settled,
        }
    }

    fn hold(&self, edge: &Edge) -> Hold {
        let from = self.graph.node(edge.from);
        if edge.kind == EdgeKind::NeedsDone && from.state == State::Cancelled {
            return Hold::Never(Obstacle::Cancelled(edge.from));
        }
        match (self.standing[edge.from.index()], edge.kind) {
            _ if self.closed(edge.from) => Hold::Nothing,
            (Standing::Settled, _) => Hold::Nothing,
            // What never runs is not in the way.
            (Standing::Unreachable(_), EdgeKind::After) => Hold::Nothing,
            (Standing::Unreachable(obstacle), _) => Hold::Never(obstacle),
            (Standing::Running | Standing::Ready | Standing::Waiting, _) => Hold::Waits,
        }
    }

    /// What the pass could not reach is in a cycle or behind one: name the cycle.
    fn blame_cycles(&mut self) {
        if self.seen.iter().all(|&seen| seen) {
            return;
        }
        let graph = self.graph;
        let mut queue = VecDeque::new();
        for cycle in graph.cycles() {
            for &member in cycle.members.iter().filter(|member| !self.seen[member.index()]) {
                queue.push_back((member, Obstacle::Cycle(cycle.members[0])));
            }
        }
        let mut blamed = vec![false; graph.len()];
        while let Some((task, obstacle)) = queue.pop_front() {
            if std::mem::replace(&mut blamed[task.index()], true) || self.seen[task.index()] {
                continue;
            }
            self.standing[task.index()] = match graph.node(task).state {
                State::Blocked => Standing::Unreachable(Obstacle::Blocked(task)),
                State::Doing if graph.node(task).kind == NodeKind::Task => Standing::Running,
                _ => Standing::Unreachable(obstacle),
            };
            queue.extend(graph.outgoing(task).map(|edge| (edge.to, obstacle)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{graph, show};
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let (graph, names) = graph(text);
        let name = |task: TaskIx| names[task.index()].as_str();
        let found: Vec<String> = graph
            .indices()
            .map(|task| match graph.standings()[task.index()] {
                Standing::Settled => "settled".to_owned(),
                Standing::Running => "running".to_owned(),
                Standing::Ready => "ready".to_owned(),
                Standing::Waiting => "waiting".to_owned(),
                Standing::Unreachable(Obstacle::Cycle(at)) => format!("cycle({})", name(at)),
                Standing::Unreachable(Obstacle::Blocked(at)) => format!("blocked({})", name(at)),
                Standing::Unreachable(Obstacle::Cancelled(at)) => {
                    format!("cancelled({})", name(at))
                }
                Standing::Unreachable(Obstacle::Dangling(at)) => format!("dangling({})", name(at)),
            })
            .collect();
        assert_eq!(found.join(" "), expect, "{text}");
    }

    #[test]
    fn standing_follows_states_and_edges() {
        check("a b; a>b", "ready waiting");
        check("a b; a>b; a=done", "settled ready");
        check("a b; a>b; a=cancelled", "settled ready");
        check("a b; a!b; a=cancelled", "settled cancelled(a)");
        check("a b; a>b; a=doing", "running waiting");
        check("a b; a>b; b=doing", "ready running");
        check("a b c; a>b b>c; a=blocked", "blocked(a) blocked(a) blocked(a)");
        check("a b c; a~b b>c; a=blocked", "blocked(a) ready waiting");
        check("a b c; a>b b>c; b=dangling", "ready dangling(b) dangling(b)");
        check("a *j b; a>*j *j>b; a=done", "settled settled ready");
        check("a *j b; *j!b; *j=cancelled", "ready cancelled(*j) cancelled(*j)");
    }

    #[test]
    fn a_cycle_is_an_obstacle_unless_a_closed_task_breaks_it() {
        check("a b c d; a>b b>a b>c", "cycle(a) cycle(a) cycle(a) ready");
        check("a b; a>b b>a; a=done", "settled ready");
        check("a b c; a>b b>a b>c; c=done", "cycle(a) cycle(a) settled");
    }

    #[track_caller]
    fn check_freed(text: &str, freed: &str, followers: usize) {
        let (graph, names) = graph(text);
        let found = graph.freed_by(&graph.standings(), TaskIx(0));
        assert_eq!(show(&names, &found), freed, "{text}");
        assert_eq!(graph.followers(TaskIx(0)), followers, "{text}");
    }

    #[test]
    fn closing_a_task_frees_those_that_wait_for_nothing_else() {
        check_freed("a b c; a>b b>c", "b", 2);
        check_freed("a b c; a>c b>c", "", 1);
        check_freed("a b c; a>c b>c; b=done", "c", 1);
        check_freed("a *j b c d; a>*j *j>b *j>c b>d", "b c", 3);
        check_freed("a *j b c; a>*j c>*j *j>b", "", 1);
        check_freed("a b c; a>c b~c; b=blocked", "c", 1);
        check_freed("a b c; a>b b>c; b=done", "", 0);
    }

    #[test]
    fn ready_lists_tasks_only() {
        let (graph, names) = graph("a *j b c; *j>b b>c");
        assert_eq!(show(&names, &graph.ready()), "a b");
    }
}
