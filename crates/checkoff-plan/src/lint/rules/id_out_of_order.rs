//! Ids do not rise from top to bottom.
//!
//! ## What it finds
//!
//! In a list numbered throughout (`T001`, `T002`, …), a task whose number is
//! smaller than that of the task before it in the same section.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T012 Model
//! - [ ] T011 Migration
//! ```
//!
//! Nothing breaks. But spec-kit's own walk goes by the file, people go by the
//! number, and they disagree here about what comes first. Off by default, for
//! tasks are moved about for good reasons.
//!
//! ## How to fix it
//!
//! Swap the lines, or state the dependency that is meant.

use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut last: Option<(usize, &str, u64)> = None;
    for (index, task) in context.tasks().iter().enumerate() {
        let Some((prefix, number)) = task.id.as_deref().and_then(parts) else { continue };
        if let Some((before, same_prefix, higher)) = last
            && same_prefix == prefix
            && number < higher
            && context.tasks()[before].heading == task.heading
            && context.tasks()[before].parent == task.parent
        {
            let message = format!("{} comes after {}", task.name(), context.tasks()[before].name());
            findings.push(
                context.task_finding(index, message).with_related(context.task_place(before), "the higher one"),
            );
        }
        last = Some((index, prefix, number));
    }
}

/// `T012` as prefix and number; ids with dots and letters have an order of their own.
fn parts(id: &str) -> Option<(&str, u64)> {
    let digits = id.find(|letter: char| letter.is_ascii_digit()).filter(|at| *at > 0)?;
    let (prefix, number) = id.split_at(digits);
    Some((prefix, number.parse().ok()?))
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Tasks\n\n- [ ] T001 One\n- [ ] T003 Three\n- [ ] T002 Two\n", &[5]),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n- [ ] T003 Three\n\n## More\n\n- [ ] T002 Two\n"),
];
