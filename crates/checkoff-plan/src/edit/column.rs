//! Boards: a task's state is the column it stands in, so setting it moves the
//! whole card, verbatim, to the end of another column.
//!
//! Table rows move only between tables with the same header. Counts and limits
//! elsewhere on the board are not touched: that is for `check --fix stats`.

use crate::document::{Column, Document, State, Task};
use crate::edit::table::Table;
use crate::edit::vocabulary::Context;
use crate::edit::{BlockMove, Draft, Reason};

pub(super) fn set(
    context: &Context<'_>,
    task: &Task,
    state: State,
    draft: &mut Draft,
) -> Result<(), Reason> {
    let document = context.document;
    let block = task.spans.block;
    if block.is_empty() {
        return Err(Reason::NoPlace);
    }
    let column = target(document, state)?;
    let to = if document.line_bytes(task.line).trim_ascii_start().starts_with(b"|") {
        end_of_table(document, task, column)?
    } else {
        column.block.end
    };
    draft.moves.push(BlockMove { block, to });
    Ok(())
}

/// The column for a state: the only one, else the one that is called like it.
fn target(document: &Document, state: State) -> Result<&Column, Reason> {
    let columns: Vec<&Column> =
        document.columns.iter().filter(|column| column.state == state).collect();
    let called = |column: &&&Column| {
        let text = &document.headings[column.heading].text;
        let bare: String =
            text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
        names(state).contains(&bare.as_str())
    };
    let named: Vec<&&Column> = columns.iter().filter(called).collect();
    match (&columns[..], &named[..]) {
        ([], _) => Err(Reason::NoColumn),
        ([only], _) => Ok(only),
        (_, [only]) => Ok(only),
        _ => Err(Reason::SeveralColumns {
            lines: columns.iter().map(|column| document.headings[column.heading].line).collect(),
        }),
    }
}

/// What the obvious column of a state is called, letters only.
fn names(state: State) -> &'static [&'static str] {
    match state {
        State::Todo => &["todo", "ready"],
        State::Doing => &["inprogress", "doing"],
        State::Done => &["done", "completed", "complete"],
        State::Blocked => &["blocked"],
        State::Cancelled => &["cancelled", "canceled"],
    }
}

/// Behind the last row of the column's table with the header of the task's own.
fn end_of_table(document: &Document, task: &Task, column: &Column) -> Result<usize, Reason> {
    let own = Table::around(document, task.line);
    let header = own.header(document);
    let mut line = document.line_of(column.block.start) + 1;
    while line <= document.lines.len() && document.lines[line - 1].start < column.block.end {
        if document.line_bytes(line).trim_ascii_start().starts_with(b"|") {
            let table = Table::around(document, line);
            if table.header(document) == header {
                return Ok(document
                    .lines
                    .get(table.last)
                    .map_or(document.bytes.len(), |next| next.start));
            }
            line = table.last;
        }
        line += 1;
    }
    Err(Reason::OtherTable)
}
