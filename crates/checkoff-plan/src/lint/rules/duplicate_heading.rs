//! Two sections with tasks have the same heading.
//!
//! ## What it finds
//!
//! A heading with tasks right below it whose text, level and enclosing headings
//! an earlier one has as well.
//!
//! ## Why it matters
//!
//! ```markdown
//! ## Phase 2: Foundation
//! …
//! ## Phase 2: Foundation
//! ```
//!
//! Often two plans were pasted into one file, or a section was copied to be
//! edited and never was. A dependency on «Phase 2» means both.
//!
//! ## How to fix it
//!
//! Join the two, or rename one.

use crate::map::HashMap;

use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    let mut has_tasks = vec![false; document.headings.len()];
    for heading in document.tasks.iter().filter_map(|task| task.heading) {
        has_tasks[heading] = true;
    }
    let mut above: Vec<usize> = Vec::new();
    let mut first_of: HashMap<(Option<usize>, u8, String), usize> = HashMap::default();
    for (index, heading) in document.headings.iter().enumerate() {
        while above.last().is_some_and(|last| document.headings[*last].level >= heading.level) {
            above.pop();
        }
        let parent = above.last().copied();
        above.push(index);
        let text = heading.text.trim().to_lowercase();
        if heading.task.is_some() || !has_tasks[index] || text.is_empty() {
            continue;
        }
        let first = *first_of.entry((parent, heading.level, text)).or_insert(index);
        let is_column = document.columns.iter().any(|column| column.heading == index);
        if first != index && !is_column {
            let earlier = &document.headings[first];
            let message = format!("there is already a section \"{}\" at line {}", heading.text, earlier.line);
            findings.push(
                context.finding(heading.span, message).with_related(context.place(earlier.span), "the first one"),
            );
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Plan\n\n## Phase 1\n\n- [ ] One\n\n## Phase 1\n\n- [ ] Two\n", &[7]),
    super::tests::Case::quiet(
        "# Plan\n\n## Phase 1\n\n### Tests\n\n- [ ] One\n\n## Phase 2\n\n### Tests\n\n- [ ] Two\n\n## Notes\n\n## Notes\n",
    ),
];
