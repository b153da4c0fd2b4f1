//! A column holds more tasks than its limit.
//!
//! ## What it finds
//!
//! A board column with a stated limit («WIP limit: 2», also in a comment) and
//! more tasks in it than that.
//!
//! ## Why it matters
//!
//! ```markdown
//! ### In Progress
//! <!-- WIP limit: 2 -->
//! ```
//!
//! With three cards below, the limit does not limit anything.
//!
//! ## How to fix it
//!
//! Move a card back or finish one, or raise the limit.

use crate::lint::wording::{names, tasks as count};
use crate::lint::{Context, Finding};

/// How many cards are named.
const SHOWN_MAX: usize = 4;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    for limit in &document.wip_limits {
        let Some(column) = document.columns.get(limit.column) else { continue };
        let first_line = document.line_of(column.block.start);
        let last_line = document.line_of(column.block.end.saturating_sub(1));
        let from = document.tasks.partition_point(|task| task.line < first_line);
        let to = document.tasks.partition_point(|task| task.line <= last_line);
        let inside: Vec<&str> = document.tasks[from..to.max(from)]
            .iter()
            .filter(|task| task.parent.is_none() && !task.state.is_closed())
            .map(|task| task.name())
            .collect();
        if inside.len() as u64 > limit.limit {
            let message = format!(
                "the limit is {} but there are {}: {}",
                limit.limit,
                count(inside.len()),
                names(inside.iter().copied(), SHOWN_MAX, inside.len()),
            );
            let heading = document.headings.get(column.heading);
            let finding = context.finding(limit.span, message);
            findings.push(match heading {
                Some(heading) => finding.with_related(context.place(heading.span), "the column"),
                None => finding,
            });
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Board\n\n## To Do\n\n- [ ] Zero\n\n## In Progress\n\n<!-- WIP limit: 2 -->\n\n- [ ] One\n- [ ] Two\n- [ ] Three\n\n## Done\n\n- [x] Four\n",
        &[9],
    )
    .at("KANBAN.md"),
    super::tests::Case::quiet(
        "# Board\n\n## To Do\n\n- [ ] Zero\n\n## In Progress\n\n<!-- WIP limit: 2 -->\n\n- [ ] One\n- [ ] Two\n\n## Done\n\n- [x] Four\n",
    )
    .at("KANBAN.md"),
];
