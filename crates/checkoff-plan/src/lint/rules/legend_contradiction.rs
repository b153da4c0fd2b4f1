//! The legend explains one mark in two ways.
//!
//! ## What it finds
//!
//! A mark that the file explains twice, as two different states; at the second
//! place.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [~] In progress
//! …
//! - [~] Dropped
//! ```
//!
//! A task with that mark is either being worked on or will never be.
//!
//! ## How to fix it
//!
//! Use one mark for each state, and explain it once.

use crate::map::HashMap;

use crate::document::LegendEntry;
use crate::lint::wording::short;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    let mut first_of: HashMap<&str, &LegendEntry> = HashMap::default();
    for entry in &document.legend {
        let first = *first_of.entry(entry.mark.as_str()).or_insert(entry);
        if first.state != entry.state {
            let mark = short(&entry.mark);
            let message = format!(
                "`{mark}` means {} here, but {} at line {}",
                entry.state, first.state, first.line
            );
            let earlier = context.place(document.line_span(first.line));
            findings.push(
                context
                    .finding(document.line_span(entry.line), message)
                    .with_related(earlier, format!("{} here", first.state)),
            );
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# List\n\n## Legend\n\n- `[ ]` todo\n- `[~]` in progress\n- `[x]` done\n- `[~]` dropped\n\n## Tasks\n\n- [~] One\n",
        &[8],
    ),
    super::tests::Case::quiet(
        "# List\n\n## Legend\n\n- `[ ]` todo\n- `[~]` in progress\n- `[x]` done\n\n## Tasks\n\n- [~] One\n",
    ),
];
