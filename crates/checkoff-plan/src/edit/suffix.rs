//! Notes and commits: ` (text)` behind the title, ` sha` at the end of the line.
//!
//! Both stand before trailing blanks and before a CR that belongs to the line
//! ending. Off unless asked for.

use crate::document::{Carrier, Document, Task};
use crate::edit::vocabulary::Context;
use crate::edit::{Draft, Reason, TextEdit};
use crate::select::Target;

/// Adds the note and the commit of the options to the line of a target.
pub(super) fn append(
    context: &Context<'_>,
    target: Target,
    draft: &mut Draft,
) -> Result<(), Reason> {
    let options = context.options;
    let (note, commit) = (options.note.as_deref(), options.commit.as_deref());
    if note.is_none() && commit.is_none() {
        return Ok(());
    }
    for text in [note, commit].into_iter().flatten() {
        if text.trim().is_empty() || text.contains(['\n', '\r']) {
            return Err(Reason::NoteNotOneLine);
        }
    }
    let document = context.document;
    let (title_end, line_end) = match target {
        Target::Task(index) => ends(document, &document.tasks[index])?,
        Target::Check(index) => {
            let check = &document.checks[index];
            let end = written_end(document, check.line);
            (end, end)
        }
    };
    let escape = |text: &str| match target {
        Target::Task(index) if in_cell(document.tasks[index].carrier) => text.replace('|', "\\|"),
        _ => text.to_owned(),
    };
    if let Some(note) = note {
        draft.edits.push(TextEdit::insert(title_end, format!(" ({})", escape(note.trim()))));
    }
    if let Some(commit) = commit {
        draft.edits.push(TextEdit::insert(line_end, format!(" {}", escape(commit.trim()))));
    }
    Ok(())
}

/// Where the title ends, and where the text of its line does.
fn ends(document: &Document, task: &Task) -> Result<(usize, usize), Reason> {
    match task.carrier {
        Carrier::FrontMatter | Carrier::Json | Carrier::Org => Err(Reason::NoPlaceForNote),
        carrier => {
            let line = document.line_of(task.spans.title.start);
            let title = behind_decoration(document, task.spans.title.end, line);
            let row = in_cell(carrier) || document.line_bytes(line).starts_with(b"|");
            let end = if row { title } else { written_end(document, line) };
            Ok((title, end.max(title)))
        }
    }
}

fn in_cell(carrier: Carrier) -> bool {
    matches!(carrier, Carrier::CellBox | Carrier::CellWord | Carrier::CellPrefix)
}

/// Past bold, strike-through and code marks that close at an offset.
fn behind_decoration(document: &Document, offset: usize, line: usize) -> usize {
    let end = document.line_span(line).end;
    let closing = document.bytes[offset..end]
        .iter()
        .take_while(|byte| matches!(byte, b'*' | b'_' | b'`' | b'~'));
    offset + closing.count()
}

/// The end of a line's text, before trailing blanks.
fn written_end(document: &Document, line: usize) -> usize {
    document.line_span(line).start + document.line_bytes(line).trim_ascii_end().len()
}
