//! Two tasks have the same id.
//!
//! ## What it finds
//!
//! A task whose id an earlier task of the same file already has, at the second
//! and every later place. Where each task is a file of its own, also two files
//! with one id. A table row and the checkbox or heading that details it are one
//! task, and ids that start again in each section are `scoped-ids`, not this.
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

use crate::map::HashMap;

use crate::dialect::Dialect;
use crate::document::Task;
use crate::edit::TextEdit;
use crate::lint::{Consent, Context, Finding, Fix};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut first_of: HashMap<(&str, Option<&str>), usize> = HashMap::default();
    let mut letters_used: HashMap<&str, u8> = HashMap::default();
    for (index, task) in context.tasks().iter().enumerate() {
        let Some(id) = task.id.as_deref() else { continue };
        let first = *first_of.entry((id, task.scope.as_deref())).or_insert(index);
        if first < index {
            let letter = letters_used.entry(id).or_insert(b'a');
            findings.push(clash(context, first, index, letter));
        } else {
            across_files(context, index, id, findings);
        }
    }
}

fn clash(context: &Context<'_>, first: usize, second: usize, letter: &mut u8) -> Finding {
    let earlier = &context.tasks()[first];
    let task = &context.tasks()[second];
    let id = earlier.name();
    let differs = if earlier.state == task.state { "" } else { ", in another state" };
    let message = format!("id {id} is already used at line {}{differs}", earlier.line);
    let finding = context
        .task_finding(second, message)
        .with_related(context.task_place(first), format!("{id} is {} here", earlier.state));
    match renumber(context, task, letter) {
        Some(fix) => finding.with_fix(fix),
        None => finding,
    }
}

/// Appends the first letter that makes an id nobody has.
fn renumber(context: &Context<'_>, task: &Task, letter: &mut u8) -> Option<Fix> {
    let (id, span) = (task.id.as_deref()?, task.spans.id?);
    // `1.2` and `#12` have no place for a letter.
    let takes_letters = id.starts_with(|first: char| first.is_ascii_alphabetic())
        && id.ends_with(|last: char| last.is_ascii_digit())
        && context.document().slice(span).ends_with(&id.as_bytes()[id.len() - 1..]);
    if !takes_letters {
        return None;
    }
    loop {
        *letter += 1;
        if *letter > b'z' {
            return None;
        }
        let renamed = format!("{id}{}", *letter as char);
        if context.ids().exactly(&renamed).is_empty() {
            return Some(Fix {
                title: format!("rename this one to {renamed}"),
                edits: vec![TextEdit::insert(span.end, vec![*letter])],
                consent: Consent::Named("renumber"),
            });
        }
    }
}

/// One file a task: another file with the same id. Archives keep old ids on purpose.
fn across_files(context: &Context<'_>, index: usize, id: &str, findings: &mut Vec<Finding>) {
    let one_a_file = matches!(
        context.document().detection.dialect,
        Dialect::Backlogmd | Dialect::Frontmatter
    );
    if !one_a_file || is_archived(&context.document().path) {
        return;
    }
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let twin = context.tasks_elsewhere(id).into_iter().find(|(other, _)| {
        let other = context.workspace().document(*other);
        folder(&other.path) == folder(&context.document().path) && other.path < context.document().path
    });
    if let Some((other, task)) = twin {
        let place = context.place_elsewhere(other, task);
        let message = format!("id {id} is already used in {}", place.path);
        findings.push(context.task_finding(index, message).with_related(place, "the other one"));
    }
}

fn is_archived(path: &str) -> bool {
    path.split('/').any(|part| part.to_ascii_lowercase().starts_with("archive"))
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two\n- [x] T002 Two again\n- [ ] T002 Two once more\n- [ ] T002c Two, part c\n",
        &[5, 6],
    )
    .fixed("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two\n- [x] T002b Two again\n- [ ] T002d Two once more\n- [ ] T002c Two, part c\n"),
    super::tests::Case::quiet("# Tasks\n\n- [ ] T001 One\n- [ ] T002 Two\n- [ ] T010 Ten\n"),
    super::tests::Case::quiet("# Tasks\n\n- [ ] Write\n- [ ] Write\n"),
];
