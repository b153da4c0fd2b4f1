//! A done task has bullets below it that say they are open.
//!
//! ## What it finds
//!
//! A done task with an indented bullet that is no box but begins with ⬜, ☐, 🔲,
//! ⏳, 🚧 or TODO.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [x] Login
//!   - ✅ form
//!   - ⬜ rate limit
//! ```
//!
//! Bullets are not tasks, so nothing counts the one that is still open.
//!
//! ## How to fix it
//!
//! Make the bullets boxes, or uncheck the task, or change the sign.

use crate::document::{Region, State};
use crate::lint::wording::{counted, is, short};
use crate::lint::{Context, Finding};

/// What an open bullet begins with.
const OPEN: [&str; 7] = ["⬜", "☐", "🔲", "⏳", "🚧", "TODO:", "TODO "];

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    let lines: Vec<usize> = (1..=document.lines.len()).filter(|number| is_open_bullet(context, *number)).collect();
    if lines.is_empty() {
        return;
    }
    for (index, task) in document.tasks.iter().enumerate().filter(|(_, task)| task.state == State::Done) {
        // Up to the first subtask: what stands below that is the subtask's.
        let first_child = task.children.first().map(|child| document.tasks[*child].line);
        let end = first_child.unwrap_or_else(|| document.line_of(task.spans.block.end.saturating_sub(1)) + 1);
        let from = lines.partition_point(|line| *line <= task.line);
        let to = lines.partition_point(|line| *line < end);
        let Some(&first) = lines.get(from).filter(|_| from < to) else { continue };
        let message = format!(
            "{} is done but {} below it {} open",
            short(task.name()),
            counted(to - from, "bullet"),
            is(to - from),
        );
        let place = context.place(document.line_span(first));
        findings.push(context.task_finding(index, message).with_related(place, "open"));
    }
}

fn is_open_bullet(context: &Context<'_>, number: usize) -> bool {
    let document = context.document();
    let line = document.line_bytes(number);
    let text = line.trim_ascii_start();
    let indented = text.len() < line.len();
    let bullet = matches!(text, [b'-' | b'*' | b'+', b' ', ..]);
    indented
        && bullet
        && document.lines[number - 1].region == Region::Body
        && OPEN.iter().any(|sign| text[1..].trim_ascii_start().starts_with(sign.as_bytes()))
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [x] Login\n  - ✅ form\n  - ⬜ rate limit\n- [ ] Logout\n  - ⬜ button\n", &[1]),
    super::tests::Case::quiet("- [x] Login\n  - ✅ form\n  - ❌ not for guests\n- [ ] Logout\n  - ⬜ button\n"),
];
