//! The id of a task is that of a template.
//!
//! ## What it finds
//!
//! A task whose number is made of X: `TXXX`, `T0XX`, `TASK-XXX`.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] TXXX [P] Documentation updates in docs/
//! ```
//!
//! Several tasks have the same id then, and none of them can be named.
//!
//! ## How to fix it
//!
//! Give the task the next free number.

use crate::document::Task;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, task) in context.tasks().iter().enumerate().filter(|(_, task)| stands_in(task)) {
        let message = format!("{} is the id of a template", first_word(task));
        findings.push(context.task_finding(index, message));
    }
}

/// Whether a task has such an id, read as one or left in its title.
pub(super) fn stands_in(task: &Task) -> bool {
    is_placeholder(first_word(task))
}

fn first_word(task: &Task) -> &str {
    let word = task.id.as_deref().or_else(|| task.title.split_whitespace().next());
    word.unwrap_or_default().trim_matches('*')
}

/// Letters, perhaps a hyphen and digits, and two X or more at the end.
fn is_placeholder(word: &str) -> bool {
    let stem = word.trim_end_matches('X');
    let prefix = stem.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches('-');
    word.len() - stem.len() >= 2
        && !prefix.is_empty()
        && prefix.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Tasks\n\n- [ ] T001 One\n- [ ] TXXX Two\n- [ ] T0XX [P] Three\n", &[4, 5]),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Read the XX header\n"),
];
