//! A date that no calendar has.
//!
//! ## What it finds
//!
//! A due date written as year-month-day whose month or day does not exist.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] Pay the invoice 📅 2026-02-30
//! ```
//!
//! Nothing that sorts or warns by date will ever meet it.
//!
//! ## How to fix it
//!
//! Correct the date.

use crate::lint::dates::Date;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, task) in context.tasks().iter().enumerate() {
        if let Some(due) = task.due.as_deref().filter(|due| Date::is_impossible(due)) {
            let message = format!("{} is due on {due}, which no calendar has", task.name());
            findings.push(context.task_finding(index, message));
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] #task Pay 📅 2026-02-30\n", &[1]),
    super::tests::Case::quiet("- [ ] #task Pay 📅 2028-02-29\n"),
];
