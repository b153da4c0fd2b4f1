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

use crate::dialect::Dialect;
use crate::document::{Column, Document, State, Task};
use crate::lint::wording::short;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    // In a list that is no board, «In progress» over checked boxes is only a heading.
    if document.detection.dialect != Dialect::Kanban {
        return;
    }
    for (index, task) in document.tasks.iter().enumerate().filter(|(_, task)| task.parent.is_none()) {
        let (Some(mark), Some(column)) = (task.spans.mark, column_of(document, task)) else { continue };
        let says = match (column.state, document.slice(mark)) {
            (State::Done, b" ") => "open",
            (State::Todo | State::Doing | State::Blocked, b"x" | b"X") => "checked",
            _ => continue,
        };
        let heading = document.headings.get(column.heading).map_or("", |heading| heading.text.trim());
        let name = short(task.name());
        let message = format!("the box of {name} is {says} in the column \"{heading}\"");
        findings.push(context.task_finding(index, message));
    }
}

/// The column that a task stands in.
fn column_of<'a>(document: &'a Document, task: &Task) -> Option<&'a Column> {
    let at = task.spans.title.start;
    let next = document.columns.partition_point(|column| column.block.start <= at);
    document.columns[..next].last().filter(|column| at < column.block.end)
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
