//! The small languages inside a line: marks, ids, lists and ranges of ids, state
//! words, fields, paths, and the sentences that order tasks.
//!
//! Each file is one of them, knows nothing of documents, and works on text with
//! offsets, so that its cases can be written down as a table.

pub mod field;
pub mod id;
pub mod mark;
pub mod mention;
pub mod paths;
pub mod prose;
pub mod words;

/// The byte length of a dash or colon that separates an id from its title, with
/// nothing before it, or 0.
pub(crate) fn separator(text: &[u8]) -> usize {
    if text.starts_with("—".as_bytes()) || text.starts_with("–".as_bytes()) {
        3
    } else if text.starts_with(b"--") {
        2
    } else if matches!(text.first(), Some(b':' | b'-' | b'|')) {
        1
    } else if text.starts_with("：".as_bytes()) {
        3
    } else {
        0
    }
}

/// How many blanks (and tabs) `text` starts with.
pub(crate) fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|&&byte| matches!(byte, b' ' | b'\t')).count()
}
