//! Two tasks have the same id.
//!
//! ## What it finds
//!
//! A task whose id an earlier task of the same file already has, at the second
//! and every later place. A table row and the checkbox or heading that details
//! it are one task, and ids that start again in each section are
//! `scoped-ids`, not this.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T051 Run the existing integration tests
//! - [X] T051 Run the existing integration tests
//! ```
//!
//! Is T051 done? Whatever depends on it waits for either of the two, and
//! `checkoff set T051 done` refuses because it cannot know which box is meant.
//!
//! ## How to fix it
//!
//! Delete the copy, or give it an id of its own. `--fix=renumber` appends the
//! first free letter (`T051b`); references stay with the first task.

use crate::lint::context::task_span;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    for (index, task) in context.tasks().iter().enumerate() {
        let Some(id) = task.id.as_deref() else { continue };
        let same_scope = |other: &&usize| context.tasks()[**other].scope == task.scope;
        let Some(&first) = context.ids().exactly(id).iter().find(same_scope) else { continue };
        if first >= index {
            continue;
        }
        let earlier = &context.tasks()[first];
        let differs = if earlier.state == task.state { "" } else { ", in another state" };
        let message = format!("id {id} is already used at line {}{differs}", earlier.line);
        let first_place = context.place(task_span(document, earlier));
        findings.push(
            context
                .finding(task_span(document, task), message)
                .with_related(first_place, format!("{id} is {} here", earlier.state)),
        );
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[];
