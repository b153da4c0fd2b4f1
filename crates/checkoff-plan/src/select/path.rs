//! Whether a task's path ends with the text of a selector.
//!
//! The path of a task is its headings from the outside in, its parents, and
//! itself. Each part may be named by its id, its title, or for headings like
//! `Phase 3.1: Setup` by what stands before or behind the colon or dash.

use crate::document::{Document, Task};

/// Whether letters must have the same case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// They must.
    Same,
    /// They need not.
    Any,
}

/// Whether `text` names `task`, or an unbroken end of its path.
///
/// Between the heading of the task and the headings above it parts may be left
/// out (`Phase 1/Install` where `Set up` stands between): people name the outer
/// heading and the task, and an ambiguous answer is refused anyway.
pub(super) fn ends_with(document: &Document, task: &Task, text: &str, case: Case) -> bool {
    let own = own_names(task);
    own.iter().filter_map(|name| strip_end(text, name, case)).any(|rest| {
        match rest.strip_suffix('/') {
            Some(rest) => above(&outer(document, task), rest, case),
            None => rest.is_empty(),
        }
    })
}

fn own_names(task: &Task) -> Vec<&str> {
    task.id.as_deref().into_iter().chain([task.title.as_str()]).collect()
}

/// Names of everything above the task, innermost first.
fn outer<'d>(document: &'d Document, task: &'d Task) -> Vec<Vec<&'d str>> {
    let mut parts = Vec::new();
    let mut parent = task.parent;
    // A parent stands before its child in every dialect; anything else would not end.
    let mut steps = document.tasks.len();
    while let Some(index) = parent
        && steps > 0
    {
        parts.push(own_names(&document.tasks[index]));
        parent = document.tasks[index].parent;
        steps -= 1;
    }
    let mut level = 7;
    let innermost = task.heading.map_or(0, |heading| heading + 1);
    for heading in document.headings[..innermost].iter().rev() {
        if heading.level < level {
            level = heading.level;
            parts.push(heading_names(&heading.text));
        }
    }
    if let Some(scope) = &task.scope {
        parts.push(vec![scope.as_str()]);
    }
    parts
}

/// `Phase 3.1: Setup` as a whole, before the colon or dash, and behind it.
fn heading_names(text: &str) -> Vec<&str> {
    let label = [": ", " — ", " – ", " - ", " ("]
        .iter()
        .filter_map(|mark| text.find(mark).map(|at| (at, mark)))
        .min();
    let before = label.map(|(at, _)| text[..at].trim_end());
    let behind = label.map(|(at, mark)| text[at + mark.len()..].trim_start());
    [Some(text), before, behind].into_iter().flatten().filter(|name| !name.is_empty()).collect()
}

/// Whether `text` names some of `parts`, innermost first, in their order.
fn above(parts: &[Vec<&str>], text: &str, case: Case) -> bool {
    if text.is_empty() {
        return false;
    }
    parts.iter().enumerate().any(|(position, names)| {
        names.iter().filter_map(|name| strip_end(text, name, case)).any(|rest| {
            match rest.strip_suffix('/') {
                Some(rest) => above(&parts[position + 1..], rest, case),
                None => rest.is_empty(),
            }
        })
    })
}

/// `text` without `end`, when it ends so.
fn strip_end<'t>(text: &'t str, end: &str, case: Case) -> Option<&'t str> {
    if end.is_empty() {
        return None;
    }
    match case {
        Case::Same => text.strip_suffix(end),
        Case::Any => {
            let wanted = end.to_lowercase();
            // Lower case may be longer or shorter in bytes; whole characters are compared.
            let count = end.chars().count();
            let (start, _) = text.char_indices().rev().nth(count.checked_sub(1)?)?;
            (text[start..].to_lowercase() == wanted).then(|| &text[..start])
        }
    }
}
