//! A task is done although a phase that must come first is not.
//!
//! ## What it finds
//!
//! A done task in a phase that, by a sentence of the file, starts only after
//! another phase, while that phase has open tasks. The usual order of phases
//! that nobody wrote down is not held against anyone.
//!
//! ## Why it matters
//!
//! ```markdown
//! Do not advance a wave until the prior wave's tasks are checked.
//!
//! ## Wave A
//! ### [ ] W1.3 Freeze the protocol
//! ## Wave B
//! ### [x] W1.4 Build on the protocol
//! ```
//!
//! The list says that this order must be kept, and shows that it was not, or
//! that W1.3 was forgotten.
//!
//! ## How to fix it
//!
//! Check what is done in the earlier phase, or uncheck what was done too soon,
//! or correct the sentence.

use crate::map::{HashMap, HashSet};

use crate::document::{PhaseEdge, Span, State};
use crate::lint::phases::Phases;
use crate::lint::wording::{is, names};
use crate::lint::{Context, Finding};

/// How many open tasks are named.
const SHOWN_MAX: usize = 4;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    let stated: Vec<&PhaseEdge> = document.phase_edges.iter().filter(|edge| !edge.implied).collect();
    if stated.is_empty() {
        return;
    }
    let phases = Phases::new(document);
    let mut open_in: HashMap<usize, OpenIn> = HashMap::default();
    // For each heading: the first sentence that makes it wait for something open.
    let mut waits: Vec<Option<(usize, &PhaseEdge)>> = vec![None; document.headings.len()];
    for edge in stated {
        for &before in &edge.before {
            let open = open_in.entry(before).or_insert_with(|| OpenIn::new(context, &phases, before));
            for &after in edge.after.iter().filter(|_| open.total > 0) {
                if let Some(slot) = waits.get_mut(after) {
                    slot.get_or_insert((before, edge));
                }
            }
        }
    }
    let mut told = HashSet::default();
    for (after, (before, edge)) in waits.iter().enumerate().filter_map(|(at, wait)| Some((at, (*wait)?))) {
        for task in phases.tasks(after).filter(|task| context.tasks()[*task].state == State::Done) {
            // A task stands below its phase and below the phase's parent.
            if told.insert(task) {
                findings.push(finding(context, task, before, &open_in[&before], edge));
            }
        }
    }
}

/// The open tasks of a phase: the first few, and how many in all.
struct OpenIn {
    shown: Vec<usize>,
    total: usize,
}

impl OpenIn {
    fn new(context: &Context<'_>, phases: &Phases, heading: usize) -> OpenIn {
        let open = || phases.tasks(heading).filter(|task| context.is_open(*task));
        OpenIn { shown: open().take(SHOWN_MAX).collect(), total: open().count() }
    }
}

fn finding(
    context: &Context<'_>,
    task: usize,
    before: usize,
    open: &OpenIn,
    edge: &PhaseEdge,
) -> Finding {
    let name = |task: usize| context.tasks()[task].name();
    let heading = &context.document().headings[before];
    let message = format!(
        "{} is done while {} of \"{}\" {} open",
        name(task),
        names(open.shown.iter().map(|task| name(*task)), SHOWN_MAX, open.total),
        heading.text,
        is(open.total),
    );
    let line: Span = context.document().line_span(edge.line);
    let finding = context.task_finding(task, message).with_related(context.place(line), "the order is stated here");
    match open.shown.first() {
        Some(&first) => finding.with_related(context.task_place(first), format!("{} is open", name(first))),
        None => finding,
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Tasks\n\nDo not advance a wave until the prior wave's tasks are checked.\n\n## Wave A\n\n- [ ] T001 One\n\n## Wave B\n\n- [x] T002 Two\n",
        &[11],
    ),
    super::tests::Case::quiet(
        "# Tasks\n\nDo not advance a wave until the prior wave's tasks are checked.\n\n## Wave A\n\n- [x] T001 One\n\n## Wave B\n\n- [x] T002 Two\n",
    ),
    super::tests::Case::quiet("# Tasks\n\n## Wave A\n\n- [ ] T001 One\n\n## Wave B\n\n- [x] T002 Two\n"),
];
