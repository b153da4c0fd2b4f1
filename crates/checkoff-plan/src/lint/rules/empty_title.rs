//! A task has no title.
//!
//! ## What it finds
//!
//! A box with nothing after it, or with nothing but an id and marks.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T014 [P]
//! ```
//!
//! Nobody knows what is to be done.
//!
//! ## How to fix it
//!
//! Write it, or delete the line.

use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, task) in context.tasks().iter().enumerate() {
        if !task.title.chars().any(char::is_alphanumeric) && !task.title.chars().any(is_symbol) {
            let message = match &task.id {
                Some(id) => format!("{id} has no title"),
                None => "the task has no title".to_owned(),
            };
            findings.push(context.task_finding(index, message));
        }
    }
}

/// A sign that can be a title by itself: an emoji, `@`, `$x$`; not punctuation.
fn is_symbol(letter: char) -> bool {
    !letter.is_whitespace() && (!letter.is_ascii() || matches!(letter, '@' | '$' | '%' | '&'))
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# List\n\n- [ ] T001 One\n- [ ]\n- [ ] T003\n", &[4, 5]),
    super::tests::Case::quiet("# List\n\n- [ ] T001 One\n- [ ] 🚀\n"),
];
