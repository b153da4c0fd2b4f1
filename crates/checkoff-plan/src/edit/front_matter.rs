//! `status: In Progress` in front matter: the scalar; quotes and comments stay.
//!
//! A file of this kind holds one task and shows one word, so the others come
//! from the tool that writes such files, or from the family the word belongs to.

use crate::dialect::Dialect;
use crate::document::{Carrier, Document, Field, State, Task};
use crate::edit::vocabulary::{Context, Supply, choose};
use crate::edit::{Draft, Reason, TextEdit, words};

pub(super) fn set(
    context: &Context<'_>,
    task: &Task,
    state: State,
    draft: &mut Draft,
) -> Result<(), Reason> {
    let document = context.document;
    let span = task.spans.state_text.ok_or(Reason::NoPlace)?;
    let current = document.text(span);
    let word = of_tool(document, &current, state)
        .or_else(|| {
            let tokens = context.tokens(Carrier::FrontMatter);
            choose(document, &tokens, &current, state, Supply::Any)
        })
        .ok_or(Reason::NoWord { place: "front matter of this kind" })?;
    draft.edits.push(TextEdit::replace(span, word));
    if context.options.touch {
        touch(context, draft);
    }
    Ok(())
}

/// What the tools behind these files write, when the current word is one of theirs.
fn of_tool(document: &Document, current: &str, state: State) -> Option<String> {
    let field = |key: &str| document.front_matter.iter().any(|field| field.key == key);
    // CCPM names its tasks and taskmd numbers them; both say `in-progress`.
    let companion = match document.detection.dialect {
        Dialect::Backlogmd => "To Do",
        Dialect::Frontmatter if field("name") && !field("id") => "open",
        Dialect::Frontmatter if field("id") => "pending",
        _ => return None,
    };
    if !words::share_family(current, companion) {
        return None;
    }
    words::from_family(&[current, companion], state)
}

/// Renews `updated_date`, as exactly as it was given.
fn touch(context: &Context<'_>, draft: &mut Draft) {
    let Some(now) = context.options.now.as_deref() else { return };
    let updated: Option<&Field> =
        context.document.front_matter.iter().find(|field| field.key == "updated_date");
    if let Some(field) = updated
        && let Some(same_precision) = now.get(..field.value_span.len().min(now.len()))
        && !field.value_span.is_empty()
    {
        draft.edits.push(TextEdit::replace(field.value_span, same_precision));
    }
}
