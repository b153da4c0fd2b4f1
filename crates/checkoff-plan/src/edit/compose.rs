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
    let lines = moves.iter().map(|block_move| line_move(document, *block_move)).collect();
    let edits = with_moves(document, edits, &moves);
    Change { edits, settings, moves: lines }
}

fn line_move(document: &Document, BlockMove { block, to }: BlockMove) -> LineMove {
    let first = document.line_of(block.start);
    let past_last = |offset: usize| {
        if offset >= document.bytes.len() {
            document.lines.len() + 1
        } else {
            document.line_of(offset)
        }
    };
    LineMove { first, count: past_last(block.end) - first, before: past_last(to) }
}

fn with_moves(document: &Document, edits: Vec<TextEdit>, moves: &[BlockMove]) -> Vec<TextEdit> {
    let mut inside: Vec<Vec<TextEdit>> = vec![Vec::new(); moves.len()];
    let mut result = Vec::new();
    for edit in edits {
        let home = moves.iter().position(|one| {
            one.block.start <= edit.span.start
                && edit.span.end <= one.block.end
                && !one.block.is_empty()
        });
        match home {
            Some(index) => inside[index].push(edit),
            None => result.push(edit),
        }
    }
    let open_end = !document.encoding.final_newline;
    let length = document.bytes.len();
    for (one, edits) in moves.iter().zip(&inside) {
        let mut text = edited(document, one.block, edits);
        if open_end && one.block.end == length {
            // The last line goes away from the end: it takes the ending before it along.
            let ending = ending_before(document, one.block.start);
            text.extend_from_slice(&document.bytes[ending.range()]);
            result.push(TextEdit::delete(Span::new(ending.start, one.block.end)));
            result.push(TextEdit::insert(one.to, text));
        } else if open_end && one.to == length {
            // It comes to the end: its own last ending goes before it.
            let ending = text.len() - ending_length(&text);
            let mut turned = text.split_off(ending);
            turned.extend_from_slice(&text);
            result.push(TextEdit::delete(one.block));
            result.push(TextEdit::insert(one.to, turned));
        } else {
            result.push(TextEdit::delete(one.block));
            result.push(TextEdit::insert(one.to, text));
        }
    }
    // Insertions at one place keep the order of the moves: the sort is stable.
    result.sort_by_key(|edit| (edit.span.start, edit.span.end));
    result
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

/// The line ending right before an offset.
fn ending_before(document: &Document, offset: usize) -> Span {
    Span::new(offset - ending_length(&document.bytes[..offset]), offset)
}

fn ending_length(text: &[u8]) -> usize {
    match text {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n'] => 1,
        _ => 0,
    }
}
