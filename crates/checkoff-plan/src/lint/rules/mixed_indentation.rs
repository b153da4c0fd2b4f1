//! Some tasks are indented with tabs, others with blanks.
//!
//! ## What it finds
//!
//! A file whose boxes use both, or a single box that uses both. Reported once, at
//! the first box of the rarer kind.
//!
//! ## Why it matters
//!
//! A tab reaches to the next column of four in Markdown, and to eight or two in
//! editors. What looks like a subtask in one place is none in another.
//!
//! ```text
//! - [ ] Outer
//! ··- [ ] Inner
//! →- [ ] Another
//! ```
//!
//! ## How to fix it
//!
//! Use one of the two throughout; blanks look the same everywhere.

use crate::document::Carrier;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    let mut tabs = Vec::new();
    let mut blanks = Vec::new();
    for task in document.tasks.iter().filter(|task| task.carrier == Carrier::Box && task.indent > 0) {
        let line = document.line_bytes(task.line);
        let indent = &line[..line.len() - line.trim_ascii_start().len()];
        if indent.contains(&b'\t') {
            tabs.push(task.line);
        } else if !indent.is_empty() {
            blanks.push(task.line);
        }
    }
    let (Some(&first_tab), Some(&first_blank)) = (tabs.first(), blanks.first()) else { return };
    let (rare, name, other) = if tabs.len() <= blanks.len() {
        (first_tab, "a tab", "blanks")
    } else {
        (first_blank, "blanks", "tabs")
    };
    let line = document.line_span(rare);
    let text = document.slice(line);
    let indent = text.len() - text.trim_ascii_start().len();
    let span = crate::document::Span::new(line.start, line.start + indent);
    let message = format!("indented with {name}, while other tasks of the file use {other}");
    findings.push(context.finding(span, message));
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] Outer\n  - [ ] Inner\n  - [ ] Second\n\t- [ ] Third\n", &[4]),
    super::tests::Case::quiet("- [ ] Outer\n  - [ ] Inner\n  - [ ] Second\n"),
];
