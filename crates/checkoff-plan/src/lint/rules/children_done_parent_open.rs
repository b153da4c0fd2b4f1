//! A task is open although all its subtasks are done.
//!
//! ## What it finds
//!
//! An open task whose direct subtasks are all done or cancelled.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] 9 Payments
//!   - [x] 9.1 Model
//!   - [x] 9.2 Endpoint
//! ```
//!
//! The work is finished and the list does not show it; whatever depends on 9
//! still waits.
//!
//! ## How to fix it
//!
//! Check the parent, which is what `--fix` does, or add the subtask that is
//! missing.

use crate::document::State;
use crate::lint::wording::{short, tasks as count};
use crate::lint::{Consent, Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let tasks = context.tasks();
    for (index, task) in tasks.iter().enumerate() {
        let closed = |child: &usize| tasks[*child].state.is_closed();
        let all_closed = !task.children.is_empty() && task.children.iter().all(closed);
        // All of it cancelled is no reason to call the whole done.
        let some_done = task.children.iter().any(|child| tasks[*child].state == State::Done);
        if task.state.is_closed() || !all_closed || !some_done {
            continue;
        }
        let message = format!(
            "{} is {} but its {} closed",
            short(task.name()),
            task.state,
            match task.children.len() {
                1 => "only subtask is".to_owned(),
                many => format!("{} are all", count(many).replace("task", "subtask")),
            },
        );
        let finding = context.task_finding(index, message);
        findings.push(match context.mark_fix(index, context.done_mark(), "check the parent", Consent::Safe) {
            Some(fix) => finding.with_fix(fix),
            None => finding,
        });
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] Outer\n  - [X] One\n  - [X] Two\n", &[1])
        .fixed("- [X] Outer\n  - [X] One\n  - [X] Two\n"),
    super::tests::Case::fires("- [ ] Outer\n  - [ ] Middle\n    - [x] Inner\n", &[2])
        .fixed("- [x] Outer\n  - [x] Middle\n    - [x] Inner\n"),
    super::tests::Case::quiet("- [ ] Outer\n  - [x] One\n  - [ ] Two\n- [ ] Alone\n"),
    super::tests::Case::quiet("- [ ] Outer\n  - [-] Dropped\n"),
];
