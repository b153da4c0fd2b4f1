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

use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, task) in context.tasks().iter().enumerate() {
        let first = task.id.as_deref().or_else(|| task.title.split_whitespace().next());
        if let Some(id) = first.filter(|word| is_placeholder(word)) {
            findings.push(context.task_finding(index, format!("{id} is the id of a template")));
        }
    }
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
