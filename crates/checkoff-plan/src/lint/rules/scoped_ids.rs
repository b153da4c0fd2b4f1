//! Ids start again in each section.
//!
//! ## What it finds
//!
//! A file in which ids repeat, but each section or phase has every id once. The
//! tasks are then called `section/id`. Reported once, at the first task whose id
//! another section has already used.
//!
//! ## Why it matters
//!
//! ```markdown
//! ## Login
//! - [x] T1 Form
//! ## Logout
//! - [ ] T1 Button
//! ```
//!
//! «T1» alone says too little. On the command line, and in a dependency that
//! crosses sections, write `Logout/T1`.
//!
//! ## How to fix it
//!
//! Nothing needs to be done. Ids that are unique in the file are easier to talk
//! about.

use crate::map::HashMap;

use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut first_of: HashMap<&str, usize> = HashMap::default();
    for (index, task) in context.tasks().iter().enumerate() {
        let (Some(id), Some(scope)) = (task.id.as_deref(), task.scope.as_deref()) else { continue };
        let first = *first_of.entry(id).or_insert(index);
        let earlier = &context.tasks()[first];
        if first < index && earlier.scope != task.scope {
            let message = format!("ids start again in \"{scope}\"; this task is `{scope}/{id}`");
            let related = format!("{id} was used before here");
            findings.push(
                context.task_finding(index, message).with_related(context.task_place(first), related),
            );
            return;
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Plan\n\n## Login\n\n- [x] T1 Form\n- [x] T2 Check\n\n## Logout\n\n- [ ] T1 Button\n- [ ] T2 Route\n",
        &[10],
    ),
    super::tests::Case::quiet("# Plan\n\n## Login\n\n- [x] T1 Form\n\n## Logout\n\n- [ ] T2 Button\n"),
];
