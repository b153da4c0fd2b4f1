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

use std::collections::HashSet;

use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, task) in context.tasks().iter().enumerate().filter(|(_, task)| task.depends_on.len() > 1) {
        let mut seen = HashSet::new();
        // A range and an id inside it are two statements, not a slip; only spans that differ
        // and are as long as the id count.
        let single = |span: crate::document::Span, id: &str| span.len() <= id.len() + 2;
        for reference in &task.depends_on {
            let twice = !seen.insert((&reference.id, reference.line, reference.source));
            if twice && single(reference.span, &reference.id) {
                let message = format!("{} names {} twice", task.name(), reference.id);
                findings.push(
                    context
                        .task_finding(index, message)
                        .with_related(context.place(reference.span), "the second one"),
                );
                break;
            }
        }
    }
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
