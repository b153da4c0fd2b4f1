//! A board has two columns of one name.
//!
//! ## What it finds
//!
//! A column heading that an earlier column already has, signs and case aside.
//!
//! ## Why it matters
//!
//! ```markdown
//! ## In Progress
//! …
//! ## 🔄 In progress
//! ```
//!
//! Cards are moved to one and looked for in the other, and a limit on work in
//! progress counts only half.
//!
//! ## How to fix it
//!
//! Put the cards of both under one heading.

use crate::map::HashMap;

use crate::lint::claim::words;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    let mut first_of: HashMap<String, usize> = HashMap::default();
    for column in &document.columns {
        let Some(heading) = document.headings.get(column.heading) else { continue };
        let name = words(&heading.text);
        let first = *first_of.entry(name).or_insert(column.heading);
        if first != column.heading {
            let earlier = &document.headings[first];
            let message = format!("there is already a column \"{}\" at line {}", earlier.text, earlier.line);
            findings.push(
                context.finding(heading.span, message).with_related(context.place(earlier.span), "the first one"),
            );
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Board\n\n## To Do\n\n- [ ] One\n\n## In Progress\n\n- [ ] Two\n\n## 🔄 In progress\n\n- [ ] Three\n\n## Done\n\n- [x] Four\n",
        &[11],
    )
    .at("KANBAN.md"),
    super::tests::Case::quiet(
        "# Board\n\n## To Do\n\n- [ ] One\n\n## In Progress\n\n- [ ] Two\n\n## Done\n\n- [x] Four\n",
    )
    .at("KANBAN.md"),
];
