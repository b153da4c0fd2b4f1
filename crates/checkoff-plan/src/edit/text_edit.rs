//! A byte range and what to put there, and how a list of them is applied.
//!
//! Lint fixes and check-offs are both lists of [`TextEdit`]s, so that both
//! keep every byte they do not name. Replacements are bytes, not text: a card
//! that is moved may hold bytes that are not UTF-8.

use std::fmt;

use crate::document::Span;

/// Replaces the bytes of a span; an empty span inserts, an empty replacement deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    /// The bytes that go.
    pub span: Span,
    /// The bytes that come.
    pub replacement: Vec<u8>,
}

impl TextEdit {
    /// Puts `replacement` where `span` is.
    pub fn replace(span: Span, replacement: impl Into<Vec<u8>>) -> TextEdit {
        TextEdit { span, replacement: replacement.into() }
    }

    /// Puts `text` before the byte at `offset`.
    pub fn insert(offset: usize, text: impl Into<Vec<u8>>) -> TextEdit {
        TextEdit::replace(Span::new(offset, offset), text)
    }

    /// Takes the bytes of `span` away.
    pub fn delete(span: Span) -> TextEdit {
        TextEdit::replace(span, Vec::new())
    }
}

/// A list of edits that contradicts itself or the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplyError {
    /// Two edits want the same bytes.
    Overlap {
        /// The one that starts first.
        first: Span,
        /// The one that starts inside it.
        second: Span,
    },
    /// An edit points behind the last byte.
    OutOfBounds {
        /// The edit.
        span: Span,
        /// How many bytes there are.
        length: usize,
    },
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApplyError::Overlap { first, second } => write!(
                f,
                "edits of bytes {}..{} and {}..{} overlap",
                first.start, first.end, second.start, second.end
            ),
            ApplyError::OutOfBounds { span, length } => {
                write!(f, "edit of bytes {}..{} in a text of {length}", span.start, span.end)
            }
        }
    }
}

impl std::error::Error for ApplyError {}

/// The bytes after all edits.
///
/// Edits may come in any order; several insertions at one offset stay in the
/// order given, before whatever replaces the bytes that start there. Edits that
/// overlap are an error, and none is applied.
pub fn apply(bytes: &[u8], edits: &[TextEdit]) -> Result<Vec<u8>, ApplyError> {
    let ordered = in_order(bytes.len(), edits)?;
    let grown: usize = edits.iter().map(|edit| edit.replacement.len()).sum();
    let mut result = Vec::with_capacity(bytes.len() + grown);
    let mut copied = 0;
    for edit in ordered {
        result.extend_from_slice(&bytes[copied..edit.span.start]);
        result.extend_from_slice(&edit.replacement);
        copied = edit.span.end;
    }
    result.extend_from_slice(&bytes[copied..]);
    Ok(result)
}

/// The edits that turn the result of `apply(bytes, edits)` back into `bytes`.
pub fn inverse(bytes: &[u8], edits: &[TextEdit]) -> Result<Vec<TextEdit>, ApplyError> {
    let mut gone = 0;
    let mut come = 0;
    let mut back = Vec::with_capacity(edits.len());
    for edit in in_order(bytes.len(), edits)? {
        let start = edit.span.start + come - gone;
        back.push(TextEdit::replace(
            Span::new(start, start + edit.replacement.len()),
            &bytes[edit.span.range()],
        ));
        gone += edit.span.len();
        come += edit.replacement.len();
    }
    Ok(back)
}

/// Sorted by place (stable), checked for bounds and overlaps.
fn in_order(length: usize, edits: &[TextEdit]) -> Result<Vec<&TextEdit>, ApplyError> {
    let mut ordered: Vec<&TextEdit> = edits.iter().collect();
    ordered.sort_by_key(|edit| (edit.span.start, edit.span.end));
    for pair in ordered.windows(2) {
        if pair[0].span.end > pair[1].span.start {
            return Err(ApplyError::Overlap { first: pair[0].span, second: pair[1].span });
        }
    }
    match ordered.last() {
        Some(edit) if edit.span.end > length => {
            Err(ApplyError::OutOfBounds { span: edit.span, length })
        }
        _ => Ok(ordered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: usize, end: usize, text: &str) -> TextEdit {
        TextEdit::replace(Span::new(start, end), text)
    }

    #[test]
    fn edits_apply_in_any_order_and_insertions_keep_theirs() {
        let edits = [at(6, 11, "list"), at(0, 0, "a"), at(0, 0, "b"), at(0, 5, "!")];
        assert_eq!(apply(b"hello world", &edits).unwrap(), b"ab! list");
    }

    #[test]
    fn overlapping_and_outlying_edits_are_refused() {
        assert!(matches!(
            apply(b"abcdef", &[at(2, 4, ""), at(3, 5, "")]),
            Err(ApplyError::Overlap { .. })
        ));
        assert_eq!(
            apply(b"abc", &[at(3, 4, "")]),
            Err(ApplyError::OutOfBounds { span: Span::new(3, 4), length: 3 })
        );
    }

    #[test]
    fn the_inverse_gives_the_bytes_back() {
        let bytes = b"one two three";
        let edits = [at(4, 7, "2"), at(0, 0, "zero "), at(8, 13, ""), at(13, 13, "end")];
        let changed = apply(bytes, &edits).unwrap();
        let back = inverse(bytes, &edits).unwrap();
        assert_eq!(apply(&changed, &back).unwrap(), bytes);
    }
}
