//! A task of a spec-kit list names no file.
//!
//! ## What it finds
//!
//! In lists of spec-kit's grammar, an open task whose line holds no path. The
//! grammar asks for one: `- [ ] T012 [P] [US1] Order model in src/order.py`.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T014 [US1] Wire frontend and backend
//! ```
//!
//! Without a path nobody can tell whether two tasks meet in one file. Many good
//! tasks have none («Run the smoke tests»), which is why the rule is off by
//! default.
//!
//! ## How to fix it
//!
//! Name the file, in the line or as `files:` below it.

use crate::dialect::Dialect;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if context.document().detection.dialect != Dialect::Speckit {
        return;
    }
    for (index, task) in context.tasks().iter().enumerate() {
        if task.id.is_some() && task.files.is_empty() && !task.state.is_closed() {
            findings.push(context.task_finding(index, format!("{} names no file", task.name())));
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Tasks\n\n**Input**: Design documents from `/specs/001/`\n\n## Phase 1: Setup\n\n- [ ] T001 Model in src/a.py\n- [ ] T002 Wire it\n- [x] T003 Smoke test\n",
        &[8],
    ),
    super::tests::Case::quiet("- [ ] One\n- [ ] Two\n"),
];
