//! Headings that say their state in an emoji or word: `### T1 ✅ — …`, `### Set up ✅ COMPLETED`.
//!
//! Where the token stands and what joins it to the rest is copied from another
//! heading of the file. Only the plain `✅` behind an id is put where no heading
//! shows it yet; every other word must occur in the file.

use crate::document::{Carrier, Document, Span, State, Task};
use crate::edit::vocabulary::{Context, token_span};
use crate::edit::{Draft, Reason, TextEdit, words};

pub(super) fn set(
    context: &Context<'_>,
    task: &Task,
    state: State,
    draft: &mut Draft,
) -> Result<(), Reason> {
    let document = context.document;
    let edit = match token_span(document, task) {
        Some(token) => replace(context, task, token, state)?,
        None => insert(document, task, state)?,
    };
    draft.edits.push(edit);
    Ok(())
}

/// Another token for the one that is there, or none.
fn replace(
    context: &Context<'_>,
    task: &Task,
    token: Span,
    state: State,
) -> Result<TextEdit, Reason> {
    let document = context.document;
    let current = document.text(token);
    let tokens = context.tokens(Carrier::HeadingWord);
    let sign = words::is_sign(&current);
    let known = tokens
        .most_used(state, |other| words::is_sign(other) == sign)
        .or_else(|| tokens.most_used(state, |_| true));
    match known {
        Some(known) => Ok(TextEdit::replace(token, known)),
        None if state == State::Todo && (sign || has_bare_heading(document)) => {
            Ok(TextEdit::delete(with_joint(document, task, token)))
        }
        None => Err(Reason::NoWord { place: "the headings of this file" }),
    }
}

/// Some heading says todo by saying nothing.
fn has_bare_heading(document: &Document) -> bool {
    document.tasks.iter().any(|task| {
        task.carrier == Carrier::HeadingWord
            && task.state == State::Todo
            && task.spans.state_text.is_none()
    })
}

/// Where in a heading a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before everything else.
    Front,
    /// Behind the id, before the title.
    Middle,
    /// Behind the title.
    End,
}

fn place(task: &Task, token: Span) -> Place {
    match task.spans.id {
        Some(id) if token.start < id.start => Place::Front,
        None if token.start < task.spans.title.start => Place::Front,
        _ if token.end <= task.spans.title.start => Place::Middle,
        _ => Place::End,
    }
}

/// The token and what joins it to its neighbours.
fn with_joint(document: &Document, task: &Task, token: Span) -> Span {
    let line = document.line_span(task.line);
    let before = &document.bytes[line.start..token.start];
    let after = &document.bytes[token.end..line.end];
    match place(task, token) {
        Place::End => Span::new(token.start - joint_before(before), token.end),
        Place::Front | Place::Middle if after.first() == Some(&b' ') => {
            Span::new(token.start, token.end + 1)
        }
        Place::Front | Place::Middle => {
            Span::new(token.start - usize::from(before.last() == Some(&b' ')), token.end)
        }
    }
}

/// Length of the run of blanks and dashes that a text ends with.
fn joint_before(text: &[u8]) -> usize {
    let text = String::from_utf8_lossy(text);
    text.len() - text.trim_end_matches([' ', '-', '—', '–']).len()
}

/// A token where there is none yet.
fn insert(document: &Document, task: &Task, state: State) -> Result<TextEdit, Reason> {
    let example = document.tasks.iter().find_map(|other| {
        let fits = other.carrier == Carrier::HeadingWord && other.state == state;
        let token = if fits { token_span(document, other) } else { None };
        token.map(|token| (other, token))
    });
    let Some((other, token)) = example else {
        return match (state, task.spans.id) {
            (State::Done, Some(id)) => Ok(first_of_its_kind(document, task, id)),
            _ => Err(Reason::NoWord { place: "the headings of this file" }),
        };
    };
    let text = document.text(token).into_owned();
    let line = document.line_span(task.line);
    Ok(match (place(other, token), task.spans.id) {
        (Place::Front, _) => TextEdit::insert(heading_start(document, task), format!("{text} ")),
        (Place::Middle, Some(id)) => middle(document, other, token, id, &text),
        (Place::Middle | Place::End, _) => {
            let start = document.line_span(other.line).start;
            let before = &document.bytes[start..token.start];
            let joint = String::from_utf8_lossy(&before[before.len() - joint_before(before)..]);
            let written = document.slice(line).trim_ascii_end().len();
            TextEdit::insert(line.start + written, format!("{joint}{text}"))
        }
    })
}

/// `### T1 ✅ — …` where a blank follows the id, else `### ✅ Task 1: …`.
fn first_of_its_kind(document: &Document, task: &Task, id: Span) -> TextEdit {
    let behind = behind_decoration(document, id.end);
    if document.bytes.get(behind) == Some(&b' ') {
        return TextEdit::insert(behind, " ✅");
    }
    TextEdit::insert(heading_start(document, task), "✅ ")
}

/// Where the text of a task's heading begins.
fn heading_start(document: &Document, task: &Task) -> usize {
    let line = document.line_span(task.line);
    let hashes = document.slice(line).iter().take_while(|&&byte| byte == b'#' || byte == b' ');
    line.start + hashes.count()
}

/// Behind the id, joined as in the other heading.
fn middle(document: &Document, other: &Task, token: Span, id: Span, text: &str) -> TextEdit {
    let own = behind_decoration(document, id.end);
    let joint = other
        .spans
        .id
        .map(|other_id| &document.bytes[behind_decoration(document, other_id.end)..token.start])
        .filter(|joint| !joint.is_empty() && document.bytes[own..].starts_with(joint));
    match joint {
        Some(joint) => TextEdit::insert(own + joint.len(), format!("{text} ")),
        None => TextEdit::insert(own, format!(" {text}")),
    }
}

/// Past the bold and code marks that close at an offset.
fn behind_decoration(document: &Document, offset: usize) -> usize {
    let closing = document.bytes[offset..].iter().take_while(|byte| matches!(byte, b'*' | b'`'));
    offset + closing.count()
}
