//! A task is done although its criteria are not all checked.
//!
//! ## What it finds
//!
//! A done task with unchecked acceptance criteria, steps or gates of its own.
//!
//! ## Why it matters
//!
//! ```markdown
//! ### ✅ T7 Export
//! - [x] writes JSON
//! - [ ] refuses to overwrite
//! ```
//!
//! The criteria were written so that «done» means something. One that is open
//! was either not met or never looked at.
//!
//! ## How to fix it
//!
//! Look, and check what holds. If a criterion no longer applies, delete it or
//! strike it out.

use crate::document::{CheckKind, State};
use crate::lint::wording::{counted, is, short};
use crate::lint::{Context, Finding};

/// How many open criteria are shown.
const SHOWN_MAX: usize = 3;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut open: Vec<Vec<usize>> = vec![Vec::new(); context.tasks().len()];
    let mut total = vec![0usize; context.tasks().len()];
    for (index, check) in context.document().checks.iter().enumerate() {
        let Some(owner) = check.owner.filter(|owner| *owner < open.len()) else { continue };
        if check.kind == CheckKind::Legend {
            continue;
        }
        total[owner] += 1;
        if !check.checked {
            open[owner].push(index);
        }
    }
    for (index, task) in context.tasks().iter().enumerate() {
        let open = &open[index];
        let Some(&first) = open.first().filter(|_| task.state == State::Done) else { continue };
        let checks = &context.document().checks;
        let word = match checks[first].kind {
            CheckKind::Step => "step",
            _ => "acceptance box",
        };
        let all = if word == "step" { counted(total[index], word) } else { boxes(total[index]) };
        let message =
            format!("{} is done but {} of {all} {} open", short(task.name()), open.len(), is(open.len()));
        let mut finding = context.task_finding(index, message);
        for &check in open.iter().take(SHOWN_MAX) {
            finding = finding.with_related(context.place(checks[check].text.span), "open");
        }
        findings.push(finding);
    }
}

fn boxes(count: usize) -> String {
    if count == 1 { "1 acceptance box".to_owned() } else { format!("{count} acceptance boxes") }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "---\nid: task-7\ntitle: Export\nstatus: Done\nlabels: []\ndependencies: []\n---\n\n## Acceptance Criteria\n\n- [x] #1 writes JSON\n- [ ] #2 refuses to overwrite\n",
        &[1],
    )
    .at("backlog/tasks/task-7.md"),
    super::tests::Case::quiet(
        "---\nid: task-7\ntitle: Export\nstatus: To Do\nlabels: []\ndependencies: []\n---\n\n## Acceptance Criteria\n\n- [x] #1 writes JSON\n- [ ] #2 refuses to overwrite\n",
    )
    .at("backlog/tasks/task-7.md"),
];
