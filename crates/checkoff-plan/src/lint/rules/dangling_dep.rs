//! A task depends on an id that does not exist.
//!
//! ## What it finds
//!
//! A dependency, stated in a column, a field, in parentheses or as `⛔ id`, on an
//! id that no task has. Ids of quite another shape than those of the file are
//! taken for tasks of another file and are `external-dep`.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T010 Build the API (depends on T099)
//! ```
//!
//! A task that waits for something that is not there never starts.
//!
//! ## How to fix it
//!
//! Correct the id; the nearest one that exists is suggested. If the task it
//! meant is gone, delete the dependency.

use crate::document::EdgeSource;
use crate::lint::context::shape;
use crate::lint::{Context, Finding};

/// How many findings come with a suggestion; looking for one takes a walk through all ids.
const SUGGESTED_MAX: usize = 50;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    let before = findings.len();
    for &(task, reference) in context.graph().unresolved() {
        let reference = &context.tasks()[task].depends_on[reference];
        if is_external(context, &reference.id, reference.source) {
            continue;
        }
        let message = format!(
            "{} depends on {}, which does not exist",
            context.tasks()[task].name(),
            reference.id
        );
        // Underlined where it stands when that is the task's own line, else at the task.
        let same_line = document.line_of(reference.span.start) == context.tasks()[task].line;
        let mut finding = if same_line && !reference.span.is_empty() {
            context.finding(reference.span, message)
        } else {
            context.task_finding(task, message).with_related(context.place(reference.span), "stated here")
        };
        if findings.len() - before < SUGGESTED_MAX
            && let Some(near) = context.ids().nearest(&reference.id)
        {
            finding = finding.with_help(format!("did you mean {near}?"));
        }
        findings.push(finding);
    }
}

/// Whether an unknown id is more likely to be a task of another file than a slip.
pub(super) fn is_external(context: &Context<'_>, id: &str, source: EdgeSource) -> bool {
    match source {
        EdgeSource::Emoji | EdgeSource::Json => false,
        _ if context.names_other_files() => true,
        _ => {
            let wanted = shape(id);
            !context.tasks().iter().any(|task| task.id.as_deref().is_some_and(|id| shape(id) == wanted))
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two (depends on T009)\n", &[4]),
    super::tests::Case::fires(
        "| # | Task | Depends | Done |\n|---|---|---|---|\n| 1 | One | - | [ ] |\n| 2 | Two | 7 | [ ] |\n",
        &[4],
    ),
    super::tests::Case::fires("- [ ] #task One 🆔 one\n- [ ] #task Two ⛔ nope\n", &[2]),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two (depends on T001)\n"),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two (depends on WEB-4)\n"),
];
