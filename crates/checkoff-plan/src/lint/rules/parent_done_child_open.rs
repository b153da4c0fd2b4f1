//! A task is done although a subtask is open.
//!
//! ## What it finds
//!
//! A checked task with a subtask, at any depth, that is neither done nor
//! cancelled.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [x] Worker registry
//!   - [x] Manifest
//!   - [ ] Permissions
//! ```
//!
//! Whoever reads only the upper level takes the whole for finished.
//!
//! ## How to fix it
//!
//! Finish or cancel the subtasks, or uncheck the parent, which is what `--fix`
//! does.

use crate::document::{State, Task};
use crate::lint::wording::{is, names, short};
use crate::lint::{Consent, Context, Finding};

/// How many open subtasks are named.
const SHOWN_MAX: usize = 3;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let tasks = context.tasks();
    let below: Vec<Below> = below(tasks);
    for (index, task) in tasks.iter().enumerate() {
        let Below { open, total, shown } = &below[index];
        if task.state != State::Done || *open == 0 {
            continue;
        }
        let name = |task: &usize| tasks[*task].name();
        let message = format!(
            "{} is done but {} of {} subtasks {} open: {}",
            short(task.name()),
            open,
            total,
            is(*open),
            names(shown.iter().map(name), SHOWN_MAX, *open),
        );
        let mut finding = context.task_finding(index, message);
        for &child in shown {
            finding = finding.with_related(context.task_place(child), "open");
        }
        findings.push(match context.mark_fix(index, b' ', "uncheck the parent", Consent::Safe) {
            Some(fix) => finding.with_fix(fix),
            None => finding,
        });
    }
}

/// What stands below a task, at any depth.
#[derive(Clone, Default)]
struct Below {
    open: usize,
    total: usize,
    /// The first few open ones, in file order.
    shown: Vec<usize>,
}

/// One pass from the end: subtasks come after their parents.
fn below(tasks: &[Task]) -> Vec<Below> {
    let mut below = vec![Below::default(); tasks.len()];
    for (index, task) in tasks.iter().enumerate().rev() {
        let Some(parent) = task.parent.filter(|parent| *parent < index) else { continue };
        let own = std::mem::take(&mut below[index].shown);
        let is_open = !task.state.is_closed();
        let mut shown: Vec<usize> = is_open.then_some(index).into_iter().collect();
        shown.extend(&own);
        shown.extend(&below[parent].shown);
        shown.truncate(SHOWN_MAX);
        below[parent].open += below[index].open + usize::from(is_open);
        below[parent].total += below[index].total + 1;
        below[parent].shown = shown;
        below[index].shown = own;
    }
    below
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [x] Outer\n  - [x] Done\n  - [ ] Open\n    - [ ] Deep\n", &[1])
        .fixed("- [ ] Outer\n  - [x] Done\n  - [ ] Open\n    - [ ] Deep\n"),
    super::tests::Case::fires("- [x] Outer\n  - [x] Middle\n    - [ ] Deep\n- [ ] Next\n", &[1, 2])
        .fixed("- [ ] Outer\n  - [ ] Middle\n    - [ ] Deep\n- [ ] Next\n"),
    super::tests::Case::quiet("- [x] Outer\n  - [x] Done\n  - [-] Dropped\n- [ ] Other\n  - [ ] Open\n"),
];
