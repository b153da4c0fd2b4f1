//! A few tasks of a list with ids have none.
//!
//! ## What it finds
//!
//! Tasks without an id in a list where at least four of five have one. Subtasks
//! do not count. Reported once, at the first such task.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T001 Create the project
//! - [ ] Add the linter
//! - [ ] T002 Write the model
//! ```
//!
//! A task without an id cannot be named by a dependency, nor by a commit.
//!
//! ## How to fix it
//!
//! Give it one. `--fix=ids` takes the next free number.

use super::placeholder_id;
use crate::document::{Carrier, Task};
use crate::edit::TextEdit;
use crate::lint::wording::tasks as count;
use crate::lint::{Consent, Context, Finding, Fix};

/// How many ids a list must have before one more is missed.
const WITH_ID_MIN: usize = 3;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let top: Vec<usize> = (0..context.tasks().len())
        .filter(|index| context.tasks()[*index].parent.is_none())
        .collect();
    let lacks_id = |task: &Task| task.id.is_none() && !placeholder_id::stands_in(task);
    let without: Vec<usize> =
        top.iter().copied().filter(|index| lacks_id(&context.tasks()[*index])).collect();
    let with = top.len() - without.len();
    let Some(&first) = without.first().filter(|_| with >= WITH_ID_MIN && with >= 4 * without.len()) else {
        return;
    };
    let message = match without.len() {
        1 => format!("1 task of {} has no id", top.len()),
        many => format!("{} of {} have no id", many, count(top.len())),
    };
    let mut finding = context.task_finding(first, message);
    for &task in without.iter().skip(1).take(3) {
        finding = finding.with_related(context.task_place(task), "no id either");
    }
    findings.push(match numbered(context, &without) {
        Some(fix) => finding.with_fix(fix),
        None => finding,
    });
}

/// Puts the next free numbers in front of the titles, when the ids of the list are numbered.
fn numbered(context: &Context<'_>, without: &[usize]) -> Option<Fix> {
    let ids = context.tasks().iter().filter_map(|task| task.id.as_deref());
    let mut last: Option<(&str, usize, u64)> = None;
    for (prefix, width, number) in ids.filter_map(parts) {
        match &mut last {
            None => last = Some((prefix, width, number)),
            Some(last) if last.0 == prefix => last.2 = last.2.max(number),
            Some(_) => return None,
        }
    }
    let (prefix, width, mut number) = last?;
    let is_box = |task: &Task| task.carrier == Carrier::Box && !task.spans.title.is_empty();
    let mut edits = Vec::new();
    for task in without.iter().map(|index| &context.tasks()[*index]) {
        if !is_box(task) {
            return None;
        }
        number += 1;
        edits.push(TextEdit::insert(task.spans.title.start, format!("{prefix}{number:0width$} ")));
    }
    let title = format!("number {} from {prefix}{:0width$} on", count(without.len()), number + 1 - without.len() as u64);
    Some(Fix { title, edits, consent: Consent::Named("ids") })
}

/// `T012` as prefix, width and number.
fn parts(id: &str) -> Option<(&str, usize, u64)> {
    let digits = id.find(|letter: char| letter.is_ascii_digit()).filter(|at| *at > 0)?;
    let (prefix, number) = id.split_at(digits);
    let number = number.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    Some((prefix, number.len(), number.parse().ok()?))
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two\n- [ ] Lost\n- [ ] T003 Three\n- [ ] T004 Four\n",
        &[5],
    )
    .fixed("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two\n- [ ] T005 Lost\n- [ ] T003 Three\n- [ ] T004 Four\n"),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n  - [ ] Part\n- [ ] T002 Two\n- [ ] T003 Three\n"),
    super::tests::Case::quiet("- [ ] One\n- [ ] Two\n"),
];
