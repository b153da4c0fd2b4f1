//! Tasks wait for each other in a circle.
//!
//! ## What it finds
//!
//! Tasks that depend on each other, directly or through others, counting what is
//! stated at tasks and in sentences elsewhere in the file. Each circle is
//! reported once, at its first task, with the shortest way round.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T001 Schema (depends on T002)
//! - [ ] T002 Model (depends on T001)
//! ```
//!
//! None of them can ever start.
//!
//! ## How to fix it
//!
//! One of the dependencies is wrong, or a task does two things and must be cut:
//! the part that others need, and the part that needs others.

use checkoff_core::graph::{Cycle, Edge, EdgeKind, Graph, Node, TaskIx};

use crate::document::Span;
use crate::lint::unordered::order;
use crate::lint::wording::names;
use crate::lint::{Context, Finding};

/// How many tasks of a way round are named.
const SHOWN_MAX: usize = 8;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let stated = context.graph();
    if stated.dependencies().is_empty() && stated.knots.len() < 2 {
        return;
    }
    let (graph, spans) = build(context);
    if order(&graph).len() == graph.len() {
        return;
    }
    for cycle in graph.cycles() {
        findings.extend(finding(context, &cycle, &spans));
    }
}

/// The stated dependencies as a graph, and where each is stated.
fn build(context: &Context<'_>) -> (Graph, Vec<Span>) {
    let stated = context.graph();
    let tasks = context.tasks().len();
    let mut edges = Vec::new();
    let mut spans = Vec::new();
    let mut add = |from: usize, to: usize, span: Span| {
        let why = u32::try_from(spans.len()).unwrap_or(u32::MAX);
        spans.push(span);
        edges.push(Edge { from: TaskIx::from(from), to: TaskIx::from(to), kind: EdgeKind::Needs, why });
    };
    for dependency in stated.dependencies().iter().filter(|stated| stated.task != stated.on) {
        add(dependency.on, dependency.task, dependency.span);
    }
    for (index, knot) in stated.knots.iter().enumerate() {
        knot.before.iter().for_each(|&task| add(task, tasks + index, knot.span));
        knot.after.iter().for_each(|&task| add(tasks + index, task, knot.span));
    }
    (Graph::new(vec![Node::join(); tasks + stated.knots.len()], edges), spans)
}

fn finding(context: &Context<'_>, cycle: &Cycle, spans: &[Span]) -> Option<Finding> {
    let is_task = |node: &TaskIx| node.index() < context.tasks().len();
    let first = *cycle.members.iter().find(|node| is_task(node))?;
    let round: Vec<usize> =
        cycle.path.iter().map(|edge| edge.to).filter(is_task).map(TaskIx::index).collect();
    let name = |task: usize| context.tasks()[task].name();
    let way = names(round.iter().map(|task| name(*task)), SHOWN_MAX, round.len());
    let message = match round.len() {
        0 | 1 => format!("{} waits for itself", name(first.index())),
        2 => format!("{way} wait for each other"),
        _ => format!("{way} wait for each other in a circle"),
    };
    let mut finding = context.task_finding(first.index(), message);
    for edge in cycle.path.iter().filter(|edge| is_task(&edge.to)).take(SHOWN_MAX) {
        let span = spans.get(edge.why as usize)?;
        finding = finding.with_related(context.place(*span), format!("{} waits", name(edge.to.index())));
    }
    Some(finding)
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Tasks\n\n- [ ] T001 One (depends on T003)\n- [ ] T002 Two (depends on T001)\n- [ ] T003 Three (depends on T002)\n- [ ] T004 Four (depends on T003)\n",
        &[3],
    ),
    super::tests::Case::fires("- [ ] #task One 🆔 a ⛔ b\n- [ ] #task Two 🆔 b ⛔ a\n", &[1]),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two (depends on T001)\n- [ ] T003 Three (depends on T001, T002)\n"),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One (depends on T001)\n"),
];
