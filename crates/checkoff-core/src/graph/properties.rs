//! What must hold for every graph, tried on random ones.

use proptest::prelude::*;

use super::{Edge, EdgeKind, Graph, Node, NodeKind, Standing, TaskIx};
use crate::simulate::{Bound, simulate};
use crate::state::State;

const HOUR_MS: u64 = 3_600_000;

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let state = prop_oneof![
        6 => Just(State::Todo),
        1 => Just(State::Doing),
        2 => Just(State::Done),
        1 => Just(State::Blocked),
        1 => Just(State::Cancelled),
    ];
    let kind = prop_oneof![
        8 => Just(NodeKind::Task),
        1 => Just(NodeKind::Container),
        1 => Just(NodeKind::Join),
    ];
    let node = (state, kind, 0..6u64).prop_map(|(state, kind, hours)| match kind {
        NodeKind::Join => Node::join(),
        kind => Node { kind, ..Node::task(state, hours * HOUR_MS) },
    });
    prop::collection::vec(node, 1..40)
}

/// A graph without cycles: edges lead to later nodes, and then all is shuffled by a stride.
fn dag() -> impl Strategy<Value = Graph> {
    nodes().prop_flat_map(|nodes| {
        let count = nodes.len();
        let kind = prop_oneof![
            5 => Just(EdgeKind::Needs),
            1 => Just(EdgeKind::NeedsDone),
            2 => Just(EdgeKind::After),
        ];
        let edges = prop::collection::vec((0..count, 0..count, kind), 0..count * 2);
        (Just(nodes), edges).prop_map(|(nodes, edges)| graph(nodes, edges, true))
    })
}

/// Any graph.
fn any_graph() -> impl Strategy<Value = Graph> {
    nodes().prop_flat_map(|nodes| {
        let count = nodes.len();
        let edges =
            prop::collection::vec((0..count, 0..count, Just(EdgeKind::Needs)), 0..count * 2);
        (Just(nodes), edges).prop_map(|(nodes, edges)| graph(nodes, edges, false))
    })
}

fn graph(nodes: Vec<Node>, edges: Vec<(usize, usize, EdgeKind)>, forward: bool) -> Graph {
    let count = nodes.len();
    // Seven and eleven are odd company for most counts: file order is not dependency order.
    let place = |at: usize| if count.is_multiple_of(7) { at } else { at * 7 % count };
    let edges = edges
        .into_iter()
        .filter(|(from, to, _)| !forward || from < to)
        .zip(0..)
        .map(|((from, to, kind), why)| Edge {
            from: TaskIx::from(place(from)),
            to: TaskIx::from(place(to)),
            kind,
            why,
        })
        .collect();
    Graph::new(nodes, edges)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_respects_every_edge(graph in dag()) {
        let order = graph.topological_order();
        prop_assert_eq!(order.len(), graph.len());
        prop_assert!(graph.cycles().is_empty());
        let mut place = vec![0; graph.len()];
        for (at, task) in order.iter().enumerate() {
            place[task.index()] = at;
        }
        for edge in graph.edges() {
            prop_assert!(place[edge.from.index()] < place[edge.to.index()]);
        }
    }

    #[test]
    fn cycles_are_exactly_what_has_no_order(graph in any_graph()) {
        let cycles = graph.cycles();
        prop_assert_eq!(cycles.is_empty(), graph.topological_order().len() == graph.len());
        for cycle in &cycles {
            prop_assert_eq!(cycle.path[0].from, cycle.members[0]);
            prop_assert_eq!(cycle.path.last().map(|edge| edge.to), Some(cycle.members[0]));
            for pair in cycle.path.windows(2) {
                prop_assert_eq!(pair[0].to, pair[1].from);
            }
            for edge in &cycle.path {
                prop_assert!(cycle.members.contains(&edge.to));
            }
        }
        let mut all: Vec<TaskIx> = cycles.iter().flat_map(|cycle| cycle.members.clone()).collect();
        all.sort_unstable();
        all.dedup();
        prop_assert_eq!(all.len(), cycles.iter().map(|cycle| cycle.members.len()).sum::<usize>());
    }

    #[test]
    fn times_and_waves_agree(graph in dag()) {
        let timing = graph.timing();
        for edge in graph.edges() {
            let (from, to) = (graph.node(edge.from), graph.node(edge.to));
            if from.state.is_closed() || to.state.is_closed() {
                continue;
            }
            let finish = timing.earliest_start_ms[edge.from.index()] + from.remaining_ms();
            prop_assert!(finish <= timing.earliest_start_ms[edge.to.index()]);
            let rank = timing.rank_ms[edge.to.index()] + from.remaining_ms();
            prop_assert!(rank <= timing.rank_ms[edge.from.index()]);
        }
        let path = timing.critical_path(&graph);
        let length: u64 = path.iter().map(|task| graph.node(*task).remaining_ms()).sum();
        prop_assert_eq!(length, timing.total_ms);
        for task in path {
            prop_assert_eq!(timing.slack_ms[task.index()], Some(0));
        }
        let waves = graph.waves();
        let mut wave_of = vec![None; graph.len()];
        for (number, wave) in waves.iter().enumerate() {
            prop_assert!(!wave.is_empty());
            for task in wave {
                wave_of[task.index()] = Some(number);
            }
        }
        for edge in graph.edges() {
            if let (Some(from), Some(to)) = (wave_of[edge.from.index()], wave_of[edge.to.index()]) {
                prop_assert!(from < to);
            }
        }
        let standings = graph.standings();
        for task in graph.indices().filter(|task| graph.node(*task).is_open_task()) {
            prop_assert_eq!(
                wave_of[task.index()].is_some(),
                !standings[task.index()].is_unreachable()
            );
        }
        for task in graph.ready() {
            prop_assert_eq!(wave_of[task.index()], Some(0));
        }
    }

    #[test]
    fn simulations_keep_every_rule(graph in dag(), workers in 1..6u32) {
        let workers_given = std::num::NonZeroU32::new(workers).expect("at least one");
        let outcome = simulate(&graph, workers_given);
        prop_assert_eq!(&outcome, &simulate(&graph, workers_given));
        prop_assert!(outcome.makespan_ms >= outcome.lower_bound_ms);
        // Graham: no list schedule is longer than the work shared plus the longest chain.
        prop_assert!(
            outcome.makespan_ms <= outcome.work_ms / u64::from(workers) + outcome.critical_path_ms
        );
        let open = graph.indices().filter(|task| graph.node(*task).is_open_task()).count();
        prop_assert_eq!(outcome.slots.len() + outcome.unreachable.len(), open);
        let mut slot_of = vec![None; graph.len()];
        for slot in &outcome.slots {
            prop_assert!(slot_of[slot.task.index()].replace(*slot).is_none());
        }
        for edge in graph.edges() {
            if let (Some(from), Some(to)) = (slot_of[edge.from.index()], slot_of[edge.to.index()])
                && graph.node(edge.to).state != State::Doing
            {
                prop_assert!(from.finish_ms <= to.start_ms);
            }
        }
        for one in &outcome.slots {
            prop_assert!(one.worker < workers);
            for other in outcome.slots.iter().filter(|other| other.task != one.task) {
                let apart = one.finish_ms <= other.start_ms || other.finish_ms <= one.start_ms;
                prop_assert!(one.worker != other.worker || apart);
            }
        }
        if let Some(first) = outcome.chain.first() {
            prop_assert_eq!(first.bound, Bound::Start);
            prop_assert_eq!(outcome.chain.last().map(|slot| slot.finish_ms), Some(outcome.makespan_ms));
            for pair in outcome.chain.windows(2) {
                prop_assert_eq!(pair[0].finish_ms, pair[1].start_ms);
            }
        }
    }

    #[test]
    fn closing_what_is_ready_empties_the_plan(graph in dag()) {
        let mut nodes = graph.nodes().to_vec();
        loop {
            let graph = Graph::new(nodes.clone(), graph.edges().to_vec());
            let ready = graph.ready();
            let running: Vec<TaskIx> = graph
                .indices()
                .filter(|task| graph.standings()[task.index()] == Standing::Running)
                .collect();
            if ready.is_empty() && running.is_empty() {
                for task in graph.indices().filter(|task| graph.node(*task).is_open_task()) {
                    prop_assert!(graph.standings()[task.index()].is_unreachable());
                }
                break;
            }
            let standings = graph.standings();
            if let Some(&first) = ready.first() {
                let freed = graph.freed_by(&standings, first);
                let mut after = nodes.clone();
                after[first.index()].state = State::Done;
                let mut expect = Graph::new(after, graph.edges().to_vec()).ready();
                expect.retain(|task| !ready.contains(task));
                prop_assert_eq!(freed, expect);
            }
            for task in ready.iter().chain(&running) {
                nodes[task.index()].state = State::Done;
            }
        }
    }
}
