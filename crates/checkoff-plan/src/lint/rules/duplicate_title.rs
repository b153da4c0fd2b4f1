//! Two tasks without ids have the same title.
//!
//! ## What it finds
//!
//! Open tasks without an id that stand in the same section, below the same
//! parent, and read the same; at the second and every later one.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] Write the tests
//! - [x] Review
//! - [ ] Write the tests
//! ```
//!
//! Without an id a task is known by its title, so the two cannot be told apart on
//! the command line. Often one of them was pasted by mistake.
//!
//! ## How to fix it
//!
//! Delete the copy, or say in the title what makes them different.

use crate::map::HashMap;

use crate::lint::wording::short;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut first_of: HashMap<(Option<usize>, Option<usize>, &str), usize> = HashMap::default();
    for (index, task) in context.tasks().iter().enumerate() {
        let title = task.title.trim();
        if task.id.is_some() || title.is_empty() || task.state.is_closed() {
            continue;
        }
        let first = *first_of.entry((task.heading, task.parent, title)).or_insert(index);
        if first != index {
            let earlier = context.tasks()[first].line;
            let message = format!("\"{}\" is already a task here, at line {earlier}", short(title));
            findings.push(
                context.task_finding(index, message).with_related(context.task_place(first), "the first one"),
            );
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# List\n\n- [ ] Write\n- [ ] Review\n- [ ] Write\n", &[5]),
    super::tests::Case::quiet("# List\n\n## One\n\n- [ ] Write\n\n## Two\n\n- [ ] Write\n- [ ] Outer\n  - [ ] Write\n"),
];
