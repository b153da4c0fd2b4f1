//! Open tasks edit the same file, and nothing says which goes first.
//!
//! ## What it finds
//!
//! In a list that states its dependencies task by task: two open tasks that name
//! the same path with no path of dependencies between them. Tasks marked `[P]`
//! are `parallel-file-conflict`.
//!
//! ## Why it matters
//!
//! ```markdown
//! | #  | Task     | Depends | Files            |
//! |----|----------|---------|------------------|
//! | 8  | CLI      | 2       | utils/profiles.py |
//! | 13 | Snapshot | 2       | utils/profiles.py |
//! ```
//!
//! By the list the two may run at once. `checkoff run` puts them one after the
//! other, the earlier line first; other readers of the list may not.
//!
//! ## How to fix it
//!
//! Add the dependency that was meant.

use super::parallel_file_conflict::SharedFiles;
use crate::document::{EdgeSource, Task};
use crate::lint::wording::{names, short};
use crate::lint::{Context, Finding};

/// How many earlier tasks are named.
const SHOWN_MAX: usize = 4;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let states_dependencies = context
        .graph()
        .dependencies()
        .iter()
        .any(|stated| matches!(stated.source, EdgeSource::Column | EdgeSource::Field));
    if !states_dependencies {
        return;
    }
    let counts = |task: &Task| !task.state.is_closed() && !task.parallel;
    let shared = SharedFiles::new(context, counts, |_| None);
    for (task, (file, earlier)) in shared.meetings(context) {
        let name = |task: &usize| context.tasks()[*task].name();
        let message = format!(
            "{} and {} edit {}, and nothing says which goes first",
            names(earlier.iter().map(name), SHOWN_MAX, earlier.len()),
            name(&task),
            short(&file.path),
        );
        let related = format!("{} edits it too", name(&earlier[0]));
        findings.push(
            context.task_finding(task, message).with_related(context.task_place(earlier[0]), related),
        );
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "| # | Task | Depends | Files | Done |\n|---|---|---|---|---|\n| 1 | One | - | a.py | [ ] |\n| 2 | Two | 1 | b.py | [ ] |\n| 3 | Three | 1 | b.py | [ ] |\n",
        &[5],
    ),
    super::tests::Case::quiet(
        "| # | Task | Depends | Files | Done |\n|---|---|---|---|---|\n| 1 | One | - | a.py | [ ] |\n| 2 | Two | 1 | b.py | [x] |\n| 3 | Three | 1 | b.py | [ ] |\n| 4 | Four | 3 | b.py | [ ] |\n",
    ),
];
