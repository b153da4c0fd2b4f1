//! A task is blocked and nothing says by what.
//!
//! ## What it finds
//!
//! A blocked task with neither a dependency nor a note, nor any text below it.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [!] T020 Publish the package
//! ```
//!
//! Nobody who reads it can help, or see when it is over.
//!
//! ## How to fix it
//!
//! Say it: «(waiting for the registry token)», or `needs: T004`.

use crate::document::{State, Task};
use crate::lint::{Context, Finding};

/// Letters of a title that is just a name.
const TITLE_MAX: usize = 60;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, task) in context.tasks().iter().enumerate().filter(|(_, task)| task.state == State::Blocked) {
        if !has_reason(context, index, task) {
            let message = format!("{} is blocked, and nothing says by what", task.name());
            findings.push(context.task_finding(index, message));
        }
    }
}

fn has_reason(context: &Context<'_>, index: usize, task: &Task) -> bool {
    let document = context.document();
    let stated = context.graph();
    let waits = !stated.dependencies_of(index).is_empty()
        || !stated.waits_for_knots[index].is_empty()
        || !task.depends_on.is_empty()
        || task.depends_on_text.is_some();
    // A long title tells by itself.
    let first_line = task.title.chars().count() > TITLE_MAX
        || task.title.contains(['(', ':', ';', '—', '–']) || task.title.contains(" - ");
    let block = task.spans.block;
    let more_lines = !block.is_empty()
        && document.line_of(block.end.saturating_sub(1).max(block.start)) > document.line_of(block.start);
    // In a table the other cells say more than can be judged here.
    let in_table = task.spans.cell.is_some();
    waits || first_line || more_lines || in_table || !task.attributes.is_empty() || !task.acceptance.is_empty()
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# List\n\n- [x] T001 One\n- [!] T002 Two\n", &[4]),
    super::tests::Case::quiet(
        "# List\n\n- [!] T001 One (waiting for the token)\n- [!] T002 Two\n  - the registry is down\n- [!] T003 Three (depends on T001)\n",
    ),
];
