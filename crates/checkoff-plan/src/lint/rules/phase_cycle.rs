//! Phases wait for each other in a circle.
//!
//! ## What it finds
//!
//! Sentences about phases that, taken together, make a phase wait for itself.
//!
//! ## Why it matters
//!
//! ```markdown
//! - Phase 3 depends on Phase 4
//! - Phase 4 depends on Phase 3
//! ```
//!
//! Taken at its word, neither phase could ever start. `checkoff run` keeps what is
//! said about single tasks and lets go of the weaker of the two sentences, so the
//! order is not the one somebody meant.
//!
//! ## How to fix it
//!
//! One of the sentences is wrong; correct it.

use checkoff_core::graph::{Edge, EdgeKind, Graph, Node, TaskIx};

use crate::document::Heading;
use crate::lint::wording::names;
use crate::lint::{Context, Finding};

/// How many phases are named.
const SHOWN_MAX: usize = 6;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    let headings = document.headings.len();
    let mut edges = Vec::new();
    let stated = document.phase_edges.iter().filter(|edge| !edge.implied);
    let mut sentences = Vec::new();
    for sentence in stated {
        let why = u32::try_from(sentences.len()).unwrap_or(u32::MAX);
        let knot = TaskIx::from(headings + sentences.len());
        let edge = |from, to| Edge { from, to, kind: EdgeKind::Needs, why };
        edges.extend(sentence.before.iter().map(|&before| edge(TaskIx::from(before), knot)));
        edges.extend(sentence.after.iter().map(|&after| edge(knot, TaskIx::from(after))));
        sentences.push(sentence);
    }
    let graph = Graph::new(vec![Node::join(); headings + sentences.len()], edges);
    for cycle in graph.cycles() {
        let phases: Vec<&Heading> =
            cycle.members.iter().filter_map(|node| document.headings.get(node.index())).collect();
        let Some(first) = phases.first() else { continue };
        let shown = names(phases.iter().map(|heading| heading.text.as_str()), SHOWN_MAX, phases.len());
        let message = if phases.len() == 1 {
            format!("{shown} waits for itself")
        } else {
            format!("{shown} wait for each other")
        };
        let mut finding = context.finding(first.span, message);
        for edge in cycle.path.iter().filter(|edge| edge.to.index() < headings).take(SHOWN_MAX) {
            let line = sentences[edge.why as usize].line;
            let waiting = &document.headings[edge.to.index()].text;
            finding = finding
                .with_related(context.place(document.line_span(line)), format!("{waiting} waits"));
        }
        findings.push(finding);
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Tasks\n\n## Phase 1: Base\n\n- [ ] T001 One\n\n## Phase 2: Top\n\n- [ ] T002 Two\n\n## Dependencies\n\n- Phase 2 depends on Phase 1\n- Phase 1 depends on Phase 2\n",
        &[3],
    ),
    super::tests::Case::quiet(
        "# Tasks\n\n## Phase 1: Base\n\n- [ ] T001 One\n\n## Phase 2: Top\n\n- [ ] T002 Two\n\n## Dependencies\n\n- Phase 2 depends on Phase 1\n",
    ),
];
