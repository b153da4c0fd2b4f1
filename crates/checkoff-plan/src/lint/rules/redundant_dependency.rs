//! A dependency follows from another one anyway.
//!
//! ## What it finds
//!
//! A task that names a dependency which another of its dependencies already
//! waits for, directly or further back.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T001 Schema
//! - [ ] T002 Model (depends on T001)
//! - [ ] T003 Service (depends on T001, T002)
//! ```
//!
//! T003 after T002 is after T001 as well. Nothing is wrong with saying it, which
//! is why the rule is off by default; a list without it has fewer edges to keep
//! true.
//!
//! ## How to fix it
//!
//! Delete the dependency that goes further back.

use crate::map::HashSet;

use crate::lint::{Context, Finding};

/// Steps back through the graph in all, so that a long list with many long chains ends. What is
/// not looked at is not reported.
const STEPS_MAX: usize = 2_000_000;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let stated = context.graph();
    let mut steps = 0;
    for index in 0..context.tasks().len() {
        let direct = stated.dependencies_of(index);
        if direct.len() < 2 {
            continue;
        }
        let mut behind = HashSet::default();
        let mut next: Vec<usize> = direct.iter().map(|stated| stated.on).collect();
        while let Some(task) = next.pop() {
            for further in stated.dependencies_of(task).iter().map(|stated| stated.on) {
                steps += 1;
                if steps > STEPS_MAX {
                    return;
                }
                if further != index && behind.insert(further) {
                    next.push(further);
                }
            }
        }
        for dependency in direct.iter().filter(|stated| behind.contains(&stated.on)) {
            let (task, on) = (context.tasks()[index].name(), context.tasks()[dependency.on].name());
            let message = format!("{task} waits for {on} through another dependency already");
            findings.push(
                context
                    .task_finding(index, message)
                    .with_related(context.place(dependency.span), "stated here"),
            );
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two (depends on T001)\n- [ ] T003 Three (depends on T001, T002)\n",
        &[5],
    ),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two\n- [ ] T003 Three (depends on T001, T002)\n"),
];
