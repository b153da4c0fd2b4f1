//! A task names the same dependency twice.
//!
//! ## What it finds
//!
//! An id that stands twice in one dependency field, column or list.
//!
//! ## Why it matters
//!
//! ```markdown
//! | 7 | Release | 3, 5, 3 |
//! ```
//!
//! It changes nothing about the order, but the second one was probably meant to
//! be another task, which is now missing.
//!
//! ## How to fix it
//!
//! Put in the id that was meant, or delete the copy.

use crate::map::HashSet;

use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, task) in context.tasks().iter().enumerate() {
        let text = task.depends_on_text.as_deref().filter(|_| task.depends_on.len() < IDS_MAX);
        if let Some(twice) = text.and_then(named_twice) {
            let message = format!("{} names {twice} twice among its dependencies", task.name());
            findings.push(context.task_finding(index, message));
        }
    }
}

/// Fields with more ids than this were written by a program.
const IDS_MAX: usize = 1_000;

/// The first part of a list in commas that has come before and has a digit in it: words may
/// well repeat.
fn named_twice(text: &str) -> Option<&str> {
    let mut seen = HashSet::default();
    text.split([',', ';', '&'])
        .map(|part| part.trim().trim_matches(['[', ']', '`', '"', '*']).trim())
        .filter(|part| part.bytes().any(|byte| byte.is_ascii_digit()))
        .find(|part| !seen.insert(*part))
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "| # | Task | Depends | Done |\n|---|---|---|---|\n| 1 | One | - | [ ] |\n| 2 | Two | 1,1 | [ ] |\n",
        &[4],
    ),
    super::tests::Case::quiet(
        "| # | Task | Depends | Done |\n|---|---|---|---|\n| 1 | One | - | [ ] |\n| 2 | Two | 1 | [ ] |\n",
    ),
];
