//! A status is given in words that mean no state.
//!
//! ## What it finds
//!
//! A status cell, a `Status` field or a `status:` in front matter whose text is
//! none of the words for todo, doing, done, blocked or cancelled. The task counts
//! as open.
//!
//! ## Why it matters
//!
//! ```markdown
//! | T4 | Export | Finshed |
//! ```
//!
//! A slip in the word makes a finished task an open one.
//!
//! ## How to fix it
//!
//! Use one of the usual words, or explain yours under a heading «Legend».

use crate::document::{Carrier, State, Task};
use crate::lint::claim::words;
use crate::lint::wording::short;
use crate::lint::{Context, Finding};

/// Beginnings of words and phrases that mean a state.
const KNOWN: [&str; 64] = [
    "done", "complete", "closed", "merged", "shipped", "fixed", "resolved", "finished", "released", "verified",
    "implemented", "deployed", "approved", "passed", "pass", "yes", "in progress", "inprogress", "active", "doing",
    "wip", "started", "running", "in review", "review", "ongoing", "partial", "in development", "working", "current",
    "blocked", "on hold", "waiting", "paused", "stuck", "cancelled", "canceled", "dropped", "won t", "wont",
    "superseded", "skipped", "deferred", "abandoned", "rejected", "obsolete", "duplicate", "n a", "not applicable",
    "removed", "inserted", "todo", "to do", "pending", "planned", "ready", "open", "draft", "proposed", "not started",
    "backlog", "next", "queued", "new",
];

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, task) in context.tasks().iter().enumerate() {
        let Some((span, text)) = status_text(context, task) else { continue };
        if !is_word(&text) || is_known(&text) || explained(context, &text) {
            continue;
        }
        let message =
            format!("\"{}\" is no state of {}; it counts as {}", short(text.trim()), short(task.name()), State::Todo);
        let same_line = context.document().line_of(span.start) == task.line;
        findings.push(if same_line {
            context.finding(span, message)
        } else {
            context.task_finding(index, message).with_related(context.place(span), "stated here")
        });
    }
}

/// The words that say the state of an open task, where words say it.
fn status_text(context: &Context<'_>, task: &Task) -> Option<(crate::document::Span, String)> {
    let in_words = matches!(task.carrier, Carrier::CellWord | Carrier::Field | Carrier::FrontMatter);
    let span = task.spans.state_text.filter(|_| in_words && task.state == State::Todo)?;
    Some((span, context.document().text(span).into_owned()))
}

/// Whether a text is short enough to be meant as a state; a sentence is a note.
fn is_word(text: &str) -> bool {
    text.chars().count() <= 24 && text.split_whitespace().count() <= 3 && !text.contains('`')
}

/// Text without letters (an emoji, a dash, nothing) says «not yet» in a way of its own; other
/// scripts have words that are not in the table.
fn is_known(text: &str) -> bool {
    let words = words(text);
    let not_latin = words.chars().any(|letter| letter.is_alphabetic() && !letter.is_ascii());
    words.is_empty()
        || not_latin
        || words.starts_with(|letter: char| letter.is_ascii_digit())
        || KNOWN.iter().any(|known| {
            words.strip_prefix(known).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric) || known.len() > 4)
        })
}

fn explained(context: &Context<'_>, text: &str) -> bool {
    let text = words(text);
    context.document().legend.iter().any(|entry| words(&entry.word) == text || words(&entry.mark) == text)
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "| ID | Task | Status |\n|---|---|---|\n| T1 | One | Done |\n| T2 | Two | Finshed |\n| T3 | Three | Pending |\n",
        &[4],
    ),
    super::tests::Case::quiet(
        "| ID | Task | Status |\n|---|---|---|\n| T1 | One | ✅ Done |\n| T2 | Two | - |\n| T3 | Three | 🟡 In progress |\n| T4 | Four | Not started yet |\n",
    ),
];
