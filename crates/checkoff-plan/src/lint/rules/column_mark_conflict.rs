//! The box of a card says something else than its column.
//!
//! ## What it finds
//!
//! On a board, an unchecked box in a column that means done, or a checked box in
//! a column that means anything else.
//!
//! ## Why it matters
//!
//! ```markdown
//! ## Done
//! - [ ] Publish the package
//! ```
//!
//! The column decides, so the card counts as done; whoever looks at the box sees
//! it open.
//!
//! ## How to fix it
//!
//! Check the box, or move the card to where it belongs.

use crate::document::{Carrier, State};
use crate::lint::wording::short;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    for (index, task) in document.tasks.iter().enumerate().filter(|(_, task)| task.carrier == Carrier::Column) {
        let Some(mark) = task.spans.mark else { continue };
        let checked = matches!(document.slice(mark), b"x" | b"X");
        let open = document.slice(mark) == b" ";
        let says = match (task.state, checked, open) {
            (State::Done, false, true) => "open",
            (State::Todo | State::Doing | State::Blocked, true, _) => "checked",
            _ => continue,
        };
        let message = format!("the box of {} is {says} in a column that means {}", short(task.name()), task.state);
        findings.push(context.task_finding(index, message));
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Board\n\n## To Do\n\n- [x] One\n\n## In Progress\n\n- [ ] Two\n\n## Done\n\n- [x] Three\n- [ ] Four\n",
        &[5, 14],
    )
    .at("KANBAN.md"),
    super::tests::Case::quiet(
        "# Board\n\n## To Do\n\n- [ ] One\n\n## In Progress\n\n- [ ] Two\n\n## Done\n\n- [x] Three\n",
    )
    .at("KANBAN.md"),
];
