//! A task marked parallel depends on another task of its phase.
//!
//! ## What it finds
//!
//! A task marked `[P]` or `(P)` that names, or is named by a sentence as waiting
//! for, a task of the same phase.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T012 [P] Order model in src/order.py
//! - [ ] T014 [P] Order service in src/service.py (depends on T012)
//! ```
//!
//! `[P]` says that nothing of the phase has to come first. Readers that go by
//! the mark start the task too early; readers that go by the dependency wonder
//! what the mark means.
//!
//! ## How to fix it
//!
//! Drop the mark. It is not needed: a task runs as soon as what it depends on is
//! done.

use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let tasks = context.tasks();
    let stated = context.graph();
    for (index, task) in tasks.iter().enumerate().filter(|(_, task)| task.parallel) {
        let same_phase = |on: usize| on != index && tasks[on].phase == task.phase;
        let own = stated.dependencies_of(index).iter().map(|stated| (stated.on, stated.span));
        // Of a sentence the first task will do: it is one of those that must come first.
        let told = stated.waits_for_knots[index].iter().map(|&knot| &stated.knots[knot]);
        let told = told.map(|knot| (knot.before[0], knot.span));
        let Some((on, span)) = own.chain(told).find(|(on, _)| same_phase(*on)) else { continue };
        let message =
            format!("{} is marked parallel but depends on {} of the same phase", task.name(), tasks[on].name());
        findings.push(
            context.task_finding(index, message).with_related(context.place(span), "stated here"),
        );
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Tasks\n\n## Phase 1: Core\n\n- [ ] T001 [P] Model in src/a.py\n- [ ] T002 [P] Service in src/b.py (depends on T001)\n",
        &[6],
    ),
    super::tests::Case::quiet(
        "# Tasks\n\n## Phase 1: Core\n\n- [ ] T001 [P] Model in src/a.py\n- [ ] T002 Service in src/b.py (depends on T001)\n\n## Phase 2: More\n\n- [ ] T003 [P] Page in src/c.py (depends on T002)\n",
    ),
];
