//! What if there were N workers: list scheduling in simulated time.
//!
//! Whenever a worker is free, the ready task with the highest upward rank starts
//! (critical path first, file order between equals); ties are broken the same
//! way always, so a simulation has one result. Finding the best schedule is hard;
//! this one is at most twice as long, and [`Outcome::lower_bound_ms`] says how
//! much better any schedule could be.
//!
//! Then the chain that decided the end is walked backwards: each task on it
//! started when it did because of an edge (a dependency, a file held by another)
//! or because no worker was free before. What that chain mostly waited for is the
//! bottleneck.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZeroU32;

use crate::graph::{Edge, EdgeKind, Graph, TaskIx};
use crate::state::State;

/// When a task ran, and why not before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Which.
    pub task: TaskIx,
    /// From 0.
    pub worker: u32,
    /// Milliseconds from now.
    pub start_ms: u64,
    /// Milliseconds from now.
    pub finish_ms: u64,
    /// What made it start no earlier.
    pub bound: Bound,
}

/// What made a task start no earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Nothing: it started at once.
    Start,
    /// This edge (the last of those it waited for).
    Edge(Edge),
    /// It was ready, but every worker was busy; this task freed one.
    Worker(TaskIx),
}

/// What the end mostly depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bottleneck {
    /// Nothing to do.
    Nothing,
    /// The chain of dependencies: more workers do not help.
    CriticalPath,
    /// Files that several tasks change: cutting tasks along files would help.
    Files,
    /// The number of workers.
    Workers,
}

impl Bottleneck {
    /// The word used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Bottleneck::Nothing => "nothing",
            Bottleneck::CriticalPath => "critical path",
            Bottleneck::Files => "files",
            Bottleneck::Workers => "workers",
        }
    }
}

/// What a simulation found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How many workers there were.
    pub workers: u32,
    /// Every task that ran, by start, then in plan order.
    pub slots: Vec<Slot>,
    /// Open tasks that can never start.
    pub unreachable: Vec<TaskIx>,
    /// When the last task finishes.
    pub makespan_ms: u64,
    /// The sum of all work.
    pub work_ms: u64,
    /// The longest chain.
    pub critical_path_ms: u64,
    /// max(critical path, work / workers): no schedule ends earlier.
    pub lower_bound_ms: u64,
    /// The slots that decided the end, first to last.
    pub chain: Vec<Slot>,
    /// What that chain mostly waited for.
    pub bottleneck: Bottleneck,
}

impl Outcome {
    /// The share of the workers' time that was work, 0 to 1.
    pub fn utilisation(&self) -> f64 {
        let available = self.makespan_ms.saturating_mul(u64::from(self.workers));
        if available == 0 { 0.0 } else { self.work_ms as f64 / available as f64 }
    }
}

/// Runs the open tasks of the graph on a number of workers.
pub fn simulate(graph: &Graph, workers: NonZeroU32) -> Outcome {
    let mut run = Run::new(graph, workers.get());
    run.go();
    run.outcome()
}

struct Run<'a> {
    graph: &'a Graph,
    workers: u32,
    rank_ms: Vec<u64>,
    critical_path_ms: u64,
    unreachable: Vec<TaskIx>,
    /// Edges still waited for; `u32::MAX` for what takes no part.
    waits: Vec<u32>,
    /// The edge that came last, when it came.
    last: Vec<Option<Edge>>,
    /// A doing task is first, then the highest rank, then file order.
    ready: BinaryHeap<(bool, u64, Reverse<TaskIx>)>,
    running: BinaryHeap<Reverse<(u64, TaskIx, u32)>>,
    idle: BinaryHeap<Reverse<u32>>,
    slots: Vec<Slot>,
    slot_of: Vec<Option<u32>>,
    work_ms: u64,
}

const OUT: u32 = u32::MAX;

impl<'a> Run<'a> {
    fn new(graph: &'a Graph, workers: u32) -> Run<'a> {
        let standings = graph.standings();
        let takes_part = |task: TaskIx| {
            !standings[task.index()].is_unreachable() && !graph.node(task).state.is_closed()
        };
        // What cannot run holds nobody up here: the tasks behind it are unreachable too, or
        // only wait for it to be out of the way.
        let timing = graph.timing();
        let waits = graph.indices().map(|task| match takes_part(task) {
            false => OUT,
            true => {
                let edges = graph.incoming(task).filter(|edge| takes_part(edge.from)).count();
                // A task that is under way waits no more.
                if graph.node(task).state == State::Doing { 0 } else { edges as u32 }
            }
        });
        let waits: Vec<u32> = waits.collect();
        let unreachable = graph
            .indices()
            .filter(|task| graph.node(*task).is_open_task())
            .filter(|task| standings[task.index()].is_unreachable())
            .collect();
        let mut run = Run {
            graph,
            workers,
            critical_path_ms: 0,
            rank_ms: timing.rank_ms,
            unreachable,
            last: vec![None; graph.len()],
            ready: BinaryHeap::new(),
            running: BinaryHeap::new(),
            idle: BinaryHeap::new(),
            slots: Vec::new(),
            slot_of: vec![None; graph.len()],
            work_ms: 0,
            waits,
        };
        run.critical_path_ms = run.longest_chain();
        run
    }

    /// The longest chain among the tasks that take part (the graph's own may lead through
    /// tasks that never run).
    fn longest_chain(&self) -> u64 {
        let mut start = vec![0u64; self.graph.len()];
        let mut longest = 0;
        for task in self.graph.open_order() {
            if self.waits[task.index()] == OUT {
                continue;
            }
            let node = self.graph.node(task);
            let begun = node.state == State::Doing;
            let own = if begun { 0 } else { start[task.index()] };
            let finish = own.saturating_add(node.remaining_ms());
            longest = longest.max(finish);
            for edge in self.graph.outgoing(task) {
                let start = &mut start[edge.to.index()];
                *start = (*start).max(finish);
            }
        }
        longest
    }

    fn go(&mut self) {
        let mut released: Vec<TaskIx> =
            self.graph.indices().filter(|task| self.waits[task.index()] == 0).collect();
        // Never more workers than tasks: a million of them cost nothing.
        let useful = self.workers.min(u32::try_from(self.graph.len()).unwrap_or(OUT));
        self.idle.extend((0..useful).map(Reverse));
        self.release(&mut released);
        self.start_ready(0, None);
        while let Some(Reverse((now, task, worker))) = self.running.pop() {
            self.idle.push(Reverse(worker));
            self.finish(task, &mut released);
            // Everything that ends now ends before anything starts.
            while let Some(&Reverse((at, other, worker))) = self.running.peek()
                && at == now
            {
                self.running.pop();
                self.idle.push(Reverse(worker));
                self.finish(other, &mut released);
            }
            self.release(&mut released);
            self.start_ready(now, Some(task));
        }
    }

    /// Puts released nodes among the ready ones; what takes no time passes on at once.
    fn release(&mut self, released: &mut Vec<TaskIx>) {
        while let Some(task) = released.pop() {
            let node = self.graph.node(task);
            if node.is_open_task() {
                let doing = node.state == State::Doing;
                self.ready.push((doing, self.rank_ms[task.index()], Reverse(task)));
            } else {
                self.finish(task, released);
            }
        }
    }

    fn finish(&mut self, task: TaskIx, released: &mut Vec<TaskIx>) {
        for edge in self.graph.outgoing(task) {
            let waits = &mut self.waits[edge.to.index()];
            if *waits == OUT || *waits == 0 {
                continue;
            }
            *waits -= 1;
            if *waits == 0 {
                self.last[edge.to.index()] = Some(*edge);
                released.push(edge.to);
            }
        }
    }

    fn start_ready(&mut self, now: u64, freed_by: Option<TaskIx>) {
        while !self.idle.is_empty()
            && let Some((_, _, Reverse(task))) = self.ready.pop()
        {
            let Some(Reverse(worker)) = self.idle.pop() else { break };
            let ready_ms = self.ready_ms(task);
            let bound = match (self.last[task.index()], freed_by) {
                (_, Some(freed_by)) if ready_ms < now => Bound::Worker(freed_by),
                (Some(edge), _) if ready_ms > 0 => Bound::Edge(edge),
                _ => Bound::Start,
            };
            let cost = self.graph.node(task).remaining_ms();
            let finish_ms = now.saturating_add(cost);
            self.work_ms = self.work_ms.saturating_add(cost);
            self.slot_of[task.index()] = Some(self.slots.len() as u32);
            self.slots.push(Slot { task, worker, start_ms: now, finish_ms, bound });
            self.running.push(Reverse((finish_ms, task, worker)));
        }
    }

    /// When the last edge into a task came.
    fn ready_ms(&self, task: TaskIx) -> u64 {
        self.behind(task).map_or(0, |slot| slot.finish_ms)
    }

    /// The slot at the other end of the last edge, through what takes no time.
    fn behind(&self, task: TaskIx) -> Option<&Slot> {
        let mut at = task;
        while let Some(edge) = self.last[at.index()] {
            at = edge.from;
            if let Some(slot) = self.slot_of[at.index()] {
                return Some(&self.slots[slot as usize]);
            }
        }
        None
    }

    fn outcome(self) -> Outcome {
        let makespan_ms = self.slots.iter().map(|slot| slot.finish_ms).max().unwrap_or(0);
        let share = self.work_ms.div_ceil(u64::from(self.workers));
        let chain = self.chain(makespan_ms);
        let bottleneck = judge(&chain);
        Outcome {
            workers: self.workers,
            makespan_ms,
            work_ms: self.work_ms,
            critical_path_ms: self.critical_path_ms,
            lower_bound_ms: self.critical_path_ms.max(share),
            chain,
            bottleneck,
            unreachable: self.unreachable,
            slots: self.slots,
        }
    }

    fn chain(&self, makespan_ms: u64) -> Vec<Slot> {
        let mut chain = Vec::new();
        let last = self.slots.iter().filter(|slot| slot.finish_ms == makespan_ms);
        let mut next = last.min_by_key(|slot| slot.task).copied();
        while let Some(slot) = next {
            chain.push(slot);
            next = match slot.bound {
                Bound::Start => None,
                Bound::Edge(_) => self.behind(slot.task).copied(),
                Bound::Worker(task) => {
                    self.slot_of[task.index()].map(|slot| self.slots[slot as usize])
                }
            };
            // Tasks of no length can free a worker for each other at one moment.
            if chain.len() > self.slots.len() {
                break;
            }
        }
        chain.reverse();
        chain
    }
}

/// What the chain mostly waited for, in time: each slot is charged with the one before it.
fn judge(chain: &[Slot]) -> Bottleneck {
    let mut needs = 0u64;
    let mut files = 0u64;
    let mut workers = 0u64;
    for pair in chain.windows(2) {
        let waited = pair[0].finish_ms - pair[0].start_ms;
        match pair[1].bound {
            Bound::Worker(_) => workers += waited,
            Bound::Edge(edge) if edge.kind == EdgeKind::After => files += waited,
            Bound::Edge(_) | Bound::Start => needs += waited,
        }
    }
    match chain {
        [] => Bottleneck::Nothing,
        _ if workers > needs.max(files) => Bottleneck::Workers,
        _ if files > needs => Bottleneck::Files,
        _ => Bottleneck::CriticalPath,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::HOUR_MS;
    use crate::graph::testing::graph;

    #[track_caller]
    fn check(text: &str, workers: u32, expect: &str) {
        let (graph, names) = graph(text);
        let outcome = simulate(&graph, NonZeroU32::new(workers).expect("not zero"));
        let name = |task: TaskIx| names[task.index()].as_str();
        let slots: Vec<String> = outcome
            .slots
            .iter()
            .map(|slot| format!("{}@{}w{}", name(slot.task), slot.start_ms / HOUR_MS, slot.worker))
            .collect();
        let chain: Vec<&str> = outcome.chain.iter().map(|slot| name(slot.task)).collect();
        let found = format!(
            "{} | {}h ≥ {}h | {} | {}",
            slots.join(" "),
            outcome.makespan_ms / HOUR_MS,
            outcome.lower_bound_ms / HOUR_MS,
            chain.join(" "),
            outcome.bottleneck.as_str(),
        );
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn workers_bind_when_they_are_few() {
        let four = "a b c d";
        check(four, 1, "a@0w0 b@1w0 c@2w0 d@3w0 | 4h ≥ 4h | a b c d | workers");
        check(four, 2, "a@0w0 b@0w1 c@1w0 d@1w1 | 2h ≥ 2h | a c | workers");
        check(four, 9, "a@0w0 b@0w1 c@0w2 d@0w3 | 1h ≥ 1h | a | critical path");
    }

    #[test]
    fn the_critical_path_goes_first() {
        let text = "a b c:3 d; c>d";
        check(text, 1, "c@0w0 a@3w0 b@4w0 d@5w0 | 6h ≥ 6h | c a b d | workers");
        check(text, 2, "c@0w0 a@0w1 b@1w1 d@3w0 | 4h ≥ 4h | c d | critical path");
    }

    #[test]
    fn files_bind_when_tasks_share_them() {
        check("a b c; a~b b~c", 3, "a@0w0 b@1w0 c@2w0 | 3h ≥ 3h | a b c | files");
    }

    #[test]
    fn joins_pass_on_at_once() {
        check("a b:2 *j c; a>*j b>*j *j>c", 2, "b@0w0 a@0w1 c@2w0 | 3h ≥ 3h | b c | critical path");
    }

    #[test]
    fn closed_running_and_unreachable_tasks() {
        check("a b; a>b; a=done", 1, "b@0w0 | 1h ≥ 1h | b | critical path");
        check("a b c; a>b; b=doing", 1, "b@0w0 a@1w0 c@2w0 | 3h ≥ 3h | b a c | workers");
        check("a b c; a>b; a=blocked", 1, "c@0w0 | 1h ≥ 1h | c | critical path");
        check("a b; a>b b>a", 1, " | 0h ≥ 0h |  | nothing");
        check("", 3, " | 0h ≥ 0h |  | nothing");
    }

    #[test]
    fn tasks_of_no_length_end() {
        check("a:0 b:0 c:0; a>b", 1, "a@0w0 b@0w0 c@0w0 | 0h ≥ 0h | a | critical path");
    }
}
