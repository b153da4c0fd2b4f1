//! todo.txt: `x 2026-01-31 ` in front of a line that is done.
//!
//! A priority stays where it is, behind the mark, so that taking the mark away
//! gives the line back.

use crate::document::{Span, State, Task};
use crate::edit::vocabulary::Context;
use crate::edit::{Draft, Reason, TextEdit};

pub(super) fn set(
    context: &Context<'_>,
    task: &Task,
    state: State,
    draft: &mut Draft,
) -> Result<(), Reason> {
    let line = context.document.line_span(task.line);
    let text = context.document.slice(line);
    let indent = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let start = line.start + indent;
    match state {
        State::Done => {
            let date = context.options.now.as_deref().and_then(|now| now.get(..10));
            let prefix = date.map_or_else(|| "x ".to_owned(), |date| format!("x {date} "));
            draft.edits.push(TextEdit::insert(start, prefix));
        }
        State::Todo => {
            let marked = &text[indent..];
            let rest = marked.strip_prefix(b"x ").ok_or(Reason::NoPlace)?;
            let date = if starts_with_date(rest) { 11 } else { 0 };
            draft.edits.push(TextEdit::delete(Span::new(start, start + 2 + date)));
        }
        State::Doing | State::Blocked | State::Cancelled => return Err(Reason::OnlyTodoOrDone),
    }
    Ok(())
}

/// `YYYY-MM-DD `
fn starts_with_date(text: &[u8]) -> bool {
    const SHAPE: &[u8] = b"0000-00-00 ";
    text.len() >= SHAPE.len()
        && SHAPE.iter().zip(text).all(|(shape, byte)| match shape {
            b'0' => byte.is_ascii_digit(),
            _ => shape == byte,
        })
}
