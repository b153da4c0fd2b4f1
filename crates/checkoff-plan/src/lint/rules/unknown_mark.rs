//! A mark in a box has no meaning here.
//!
//! ## What it finds
//!
//! A box with a sign between its brackets that neither the dialect nor a legend
//! of the file explains. The task counts as open.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [?] Ask the lawyers
//! ```
//!
//! Is it blocked, dropped, or a question? Everybody guesses differently.
//!
//! ## How to fix it
//!
//! Use a known mark, or explain it once in the file: `- [?] Needs an answer`
//! under a heading «Legend».

use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, task) in context.tasks().iter().enumerate().filter(|(_, task)| task.mark_unknown) {
        let mark = task.mark.as_deref().unwrap_or_default();
        let message = format!("`[{mark}]` has no meaning here; the task counts as {}", task.state);
        let span = task.spans.bracket.or(task.spans.mark);
        findings.push(match span {
            Some(span) => context.finding(span, message),
            None => context.task_finding(index, message),
        });
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] One\n- [?] Two\n", &[2]),
    super::tests::Case::quiet("- [ ] One\n- [x] Two\n- [~] Three\n- [-] Four\n"),
];
