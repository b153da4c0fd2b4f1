//! `**Status**: In Progress (3 of 6)`: the word, its note kept.

use crate::document::{Carrier, State, Task};
use crate::edit::vocabulary::{Context, Supply, choose, token_span};
use crate::edit::{Draft, Reason, TextEdit, mark};

pub(super) fn set(
    context: &Context<'_>,
    task: &Task,
    state: State,
    draft: &mut Draft,
) -> Result<(), Reason> {
    let document = context.document;
    let span = token_span(document, task).ok_or(Reason::NoPlace)?;
    let current = document.text(span);
    let tokens = context.tokens(Carrier::Field);
    let Some(token) = choose(document, &tokens, &current, state, Supply::Any) else {
        // `**Status:** [ ]` is a box, where no other field shows what stands in it.
        return match task.spans.mark {
            Some(_) => mark::set_task(context, task, state, draft),
            None => Err(Reason::NoWord { place: "the status fields of this file" }),
        };
    };
    draft.edits.push(TextEdit::replace(span, token));
    Ok(())
}
