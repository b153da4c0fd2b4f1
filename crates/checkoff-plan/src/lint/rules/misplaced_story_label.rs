//! A task has a story label where spec-kit has none, or lacks one where it has.
//!
//! ## What it finds
//!
//! In lists of spec-kit's grammar that use labels such as `[US1]`: a task in the
//! phase of a user story without a label or with that of another story, and a
//! task with a label in the setup, foundational or polish phase.
//!
//! ## Why it matters
//!
//! ```markdown
//! ## Phase 3: User Story 1 - Log in
//! - [ ] T012 [US2] Session model in src/session.py
//! ```
//!
//! Stories are built and delivered one by one by their labels; T012 would be left
//! out of its story.
//!
//! ## How to fix it
//!
//! Correct the label, or move the task.

use crate::dialect::Dialect;
use crate::document::Task;
use crate::lint::claim::words;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let speckit = context.document().detection.dialect == Dialect::Speckit;
    let labelled = context.tasks().iter().filter(|task| task.story.is_some()).count();
    if !speckit || labelled < 2 {
        return;
    }
    // Neighbours share their phase: its words are made once.
    let mut last: (Option<&str>, String) = (None, String::new());
    for (index, task) in context.tasks().iter().enumerate().filter(|(_, task)| task.id.is_some()) {
        let Some(phase) = task.phase.as_deref() else { continue };
        if last.0 != Some(phase) {
            last = (Some(phase), words(phase));
        }
        if let Some(message) = misplaced(task, &last.1) {
            findings.push(context.task_finding(index, message));
        }
    }
}

fn misplaced(task: &Task, phase: &str) -> Option<String> {
    let name = task.name();
    match (story_of(phase), task.story.as_deref()) {
        (Some(story), None) => Some(format!("{name} is in the phase of user story {story} and has no label")),
        (Some(story), Some(label)) if !labels(label, story) => {
            Some(format!("{name} has the label {label} in the phase of user story {story}"))
        }
        (None, Some(label)) if is_shared(phase) => {
            Some(format!("{name} has the label {label} in a phase that belongs to no story"))
        }
        _ => None,
    }
}

/// `phase 3 user story 1 log in` → 1, when it is about one story only.
fn story_of(phase: &str) -> Option<u32> {
    let (_, after) = phase.split_once("user story ")?;
    let number = after.split(' ').next()?.parse().ok()?;
    (!after.contains("user story ") && !after.contains(" and ")).then_some(number)
}

/// Whether `US1` or `US1, US2` holds the story.
fn labels(label: &str, story: u32) -> bool {
    label.split(|letter: char| !letter.is_ascii_digit()).any(|number| number.parse() == Ok(story))
}

/// Phases that spec-kit's grammar keeps free of labels.
fn is_shared(phase: &str) -> bool {
    ["setup", "foundational", "polish"].iter().any(|name| phase.split(' ').any(|word| word == *name))
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Tasks\n\n**Input**: Design documents from `/specs/001/`\n\n## Phase 1: Setup\n\n- [ ] T001 [US1] Make src/a.py\n\n## Phase 3: User Story 1 - Log in\n\n- [ ] T002 [US1] Model in src/b.py\n- [ ] T003 [US2] Service in src/c.py\n- [ ] T004 Page in src/d.py\n",
        &[7, 12, 13],
    ),
    super::tests::Case::quiet(
        "# Tasks\n\n**Input**: Design documents from `/specs/001/`\n\n## Phase 1: Setup\n\n- [ ] T001 Make src/a.py\n\n## Phase 3: User Story 1 - Log in\n\n- [ ] T002 [US1] Model in src/b.py\n- [ ] T003 [US1] Service in src/c.py\n",
    ),
];
