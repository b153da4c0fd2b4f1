//! A task is done although something it depends on is open.
//!
//! ## What it finds
//!
//! A checked task with a direct dependency that is neither done nor cancelled.
//! Dependencies count wherever they are stated: at the task, or in a sentence
//! such as «T005-T019 must complete before T020».
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T010 Write the failing test
//! - [X] T026 Implement it (depends on T010)
//! ```
//!
//! Either T010 was done and nobody checked it, or T026 was checked too early, or
//! the dependency is not a real one. In each case the list says something that
//! is not so.
//!
//! ## How to fix it
//!
//! Look at the open task. Check it if it is done, uncheck the other if it is
//! not, or delete the dependency.

use crate::document::{Span, State};
use crate::lint::wording::{is, names};
use crate::lint::{Context, Finding};

/// How many open tasks are named.
const SHOWN_MAX: usize = 6;

/// What of a sentence is still open: the first few, and how many in all.
struct OpenBefore {
    shown: Vec<usize>,
    total: usize,
}

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let stated = context.graph();
    let open_before: Vec<OpenBefore> = stated
        .knots
        .iter()
        .map(|knot| {
            let open = knot.before.iter().copied().filter(|task| context.is_open(*task));
            let shown: Vec<usize> = open.clone().take(SHOWN_MAX).collect();
            OpenBefore { shown, total: open.count() }
        })
        .collect();
    for (index, _) in context.tasks().iter().enumerate().filter(|(_, task)| task.state == State::Done) {
        let mut open: Vec<(usize, Span)> = stated
            .dependencies_of(index)
            .iter()
            .filter(|stated| !stated.optional && stated.on != index && context.is_open(stated.on))
            .map(|stated| (stated.on, stated.span))
            .collect();
        let mut total = open.len();
        for &knot in &stated.waits_for_knots[index] {
            total += open_before[knot].total;
            open.extend(open_before[knot].shown.iter().map(|&task| (task, stated.knots[knot].span)));
        }
        open.sort_by_key(|(task, _)| *task);
        // Several sentences may name the same task; beyond what is shown the sum is a bound.
        let before = open.len();
        open.dedup_by_key(|(task, _)| *task);
        total -= before - open.len();
        if !open.is_empty() {
            findings.push(finding(context, index, &open, total));
        }
        across_files(context, index, findings);
    }
}

fn finding(context: &Context<'_>, task: usize, open: &[(usize, Span)], total: usize) -> Finding {
    let name = |task: usize| context.tasks()[task].name();
    let shown = names(open.iter().map(|(on, _)| name(*on)), SHOWN_MAX, total);
    let message = format!("{} is done but {shown} {} open", name(task), is(total));
    let (first, stated) = open[0];
    context
        .task_finding(task, message)
        .with_related(context.task_place(first), format!("{} is {}", name(first), context.tasks()[first].state))
        .with_related(context.place(stated), "the dependency is stated here")
}

fn across_files(context: &Context<'_>, task: usize, findings: &mut Vec<Finding>) {
    if !context.names_other_files() {
        return;
    }
    for reference in context.tasks()[task].depends_on.iter().filter(|stated| !stated.optional) {
        if !context.ids().resolve(&reference.id, None).is_empty() {
            continue;
        }
        let found = context.elsewhere(reference);
        let state = |(document, task): (usize, usize)| context.workspace().document(document).tasks[task].state;
        if let Some(&first) = found.first()
            && found.iter().all(|&at| !state(at).is_closed())
        {
            let message = format!("{} is done but {} is open", context.tasks()[task].name(), reference.id);
            let place = context.place_elsewhere(first.0, first.1);
            let related = format!("{} is {}", reference.id, state(first));
            findings.push(context.task_finding(task, message).with_related(place, related));
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Tasks\n\n- [ ] T001 One\n- [x] T002 Two (depends on T001)\n", &[4]),
    super::tests::Case::fires(
        "# Tasks\n\n- [ ] T001 One\n- [x] T002 Two\n- [X] T003 Three\n- [ ] T004 Four\n\n## Dependencies\n\n- T001-T002 must complete before T003-T004\n",
        &[5],
    ),
    super::tests::Case::quiet("# Tasks\n\n- [x] T001 One\n- [-] T002 Two\n- [x] T003 Three (depends on T001, T002)\n"),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two (depends on T001)\n"),
];
