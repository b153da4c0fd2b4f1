//! From what the carriers ask for to one list of edits.
//!
//! A block that moves may itself be edited (a card is done and so is its last
//! step), and it may be the last of a file without a final newline. Lines move
//! with their endings, except that the new last line of such a file gives its
//! ending to the one that was last before.

use crate::document::{Document, Span};
use crate::edit::{BlockMove, Change, Draft, LineMove, TextEdit};

pub(super) fn compose(document: &Document, draft: Draft) -> Change {
    let Draft { mut edits, settings, moves } = draft;
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    if moves.is_empty() {
        return Change { edits, settings, moves: Vec::new() };
    }
    let lines = moves.iter().flat_map(|one| line_moves(document, *one)).collect();
    let edits = with_moves(document, edits, &moves);
    Change { edits, settings, moves: lines }
}

/// How a block has to be turned so that a file without a final newline keeps all its lines.
enum Turn {
    /// Not at all.
    None,
    /// It comes to the end: the empty lines it ends with go before it.
    ToEnd { empty: usize },
    /// It goes away from the end: the empty lines before it go along, behind it.
    FromEnd { empty: usize },
}

fn turn(document: &Document, BlockMove { block, to }: BlockMove) -> Turn {
    let length = document.bytes.len();
    if document.encoding.final_newline {
        Turn::None
    } else if to == length {
        Turn::ToEnd { empty: empty_lines(document, block.end) }
    } else if block.end == length {
        Turn::FromEnd { empty: empty_lines(document, block.start) }
    } else {
        Turn::None
    }
}

/// How many empty lines end right before an offset that begins a line.
fn empty_lines(document: &Document, offset: usize) -> usize {
    let before = past_lines(document, offset) - 1;
    document.lines[..before].iter().rev().take_while(|line| line.start == line.end).count()
}

/// The number of the line that begins at an offset; one past the last line at the end.
fn past_lines(document: &Document, offset: usize) -> usize {
    document.lines.partition_point(|line| line.start < offset) + 1
}

fn line_moves(document: &Document, one: BlockMove) -> Vec<LineMove> {
    let first = past_lines(document, one.block.start);
    let count = past_lines(document, one.block.end) - first;
    let before = past_lines(document, one.to);
    match turn(document, one) {
        Turn::None | Turn::ToEnd { empty: 0 } | Turn::FromEnd { empty: 0 } => {
            vec![LineMove { first, count, before }]
        }
        Turn::ToEnd { empty } => vec![
            LineMove { first: first + count - empty, count: empty, before },
            LineMove { first, count: count - empty, before },
        ],
        Turn::FromEnd { empty } => vec![
            LineMove { first, count, before },
            LineMove { first: first - empty, count: empty, before },
        ],
    }
}

fn with_moves(document: &Document, edits: Vec<TextEdit>, moves: &[BlockMove]) -> Vec<TextEdit> {
    let mut inside: Vec<Vec<TextEdit>> = vec![Vec::new(); moves.len()];
    let mut result = Vec::new();
    for edit in edits {
        let home = moves
            .iter()
            .position(|one| one.block.start <= edit.span.start && edit.span.end <= one.block.end);
        match home {
            Some(index) => inside[index].push(edit),
            None => result.push(edit),
        }
    }
    for (one, edits) in moves.iter().zip(&inside) {
        let text = edited(document, one.block, edits);
        let (gone, text) = match turn(document, *one) {
            Turn::None => (one.block, text),
            Turn::ToEnd { empty } => (one.block, to_end(document, one.block, text, empty)),
            Turn::FromEnd { empty } => from_end(document, one.block, text, empty),
        };
        result.push(TextEdit::delete(gone));
        result.push(TextEdit::insert(one.to, text));
    }
    // Insertions at one place keep the order of the moves: the sort is stable.
    result.sort_by_key(|edit| (edit.span.start, edit.span.end));
    result
}

/// The text of a block, from its last written line's ending on turned to the front.
fn to_end(document: &Document, block: Span, mut text: Vec<u8>, empty: usize) -> Vec<u8> {
    let last = past_lines(document, block.end) - 1 - empty;
    let behind = block.end - document.lines[last - 1].end;
    let mut turned = text.split_off(text.len() - behind);
    turned.extend_from_slice(&text);
    turned
}

/// What goes away with a block at the end, and the text that comes elsewhere.
fn from_end(document: &Document, block: Span, mut text: Vec<u8>, empty: usize) -> (Span, Vec<u8>) {
    let last = past_lines(document, block.start) - 1 - empty;
    let ending = last.checked_sub(1).map_or(block.start, |line| document.lines[line].end);
    text.extend_from_slice(&document.bytes[ending..block.start]);
    (Span::new(ending, block.end), text)
}

/// A block with the edits inside it carried out.
fn edited(document: &Document, block: Span, edits: &[TextEdit]) -> Vec<u8> {
    let mut text = Vec::with_capacity(block.len());
    let mut copied = block.start;
    for edit in edits {
        text.extend_from_slice(&document.bytes[copied..edit.span.start]);
        text.extend_from_slice(&edit.replacement);
        copied = edit.span.end;
    }
    text.extend_from_slice(&document.bytes[copied..block.end]);
    text
}
