//! Table rows: cells between bars, where `\|` and a bar in a code span are text.

use super::line::Bracket;
use crate::document::Span;

/// A cell: from the bar before it to the bar after it, padding included.
pub type Cell = Span;

/// Cuts a row into its cells, relative to the start of `line`.
///
/// A leading bar opens the first cell, a trailing one closes the last.
pub fn cells(line: &[u8]) -> Vec<Cell> {
    let text_end =
        line.len() - line.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    let text_start =
        line.iter().take_while(|byte| byte.is_ascii_whitespace()).count().min(text_end);
    let mut start = if line.get(text_start) == Some(&b'|') { text_start + 1 } else { text_start };
    let mut cells = Vec::new();
    for bar in memchr::memchr_iter(b'|', &line[..text_end]) {
        if bar < start || is_escaped(line, bar) {
            continue;
        }
        cells.push(Span::new(start, bar));
        start = bar + 1;
    }
    if start < text_end {
        cells.push(Span::new(start, text_end));
    }
    cells
}

/// Whether an odd number of backslashes stands before `at`.
fn is_escaped(line: &[u8], at: usize) -> bool {
    line[..at].iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
}

/// Whether a line is the row between a table's header and body.
pub fn is_delimiter_row(line: &[u8]) -> bool {
    let mut dashes = false;
    let mut bars = false;
    for &byte in line {
        match byte {
            b'-' => dashes = true,
            b'|' => bars = true,
            b':' | b' ' | b'\t' => {}
            _ => return false,
        }
    }
    dashes && bars
}

/// The box that fills the last cell of a row (`| … | [x] |`).
pub(super) fn trailing_box(line: &[u8]) -> Option<Bracket> {
    let end = line.len() - line.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    let inner = line[..end].strip_suffix(b"|")?;
    let end = inner.len() - inner.iter().rev().take_while(|byte| **byte == b' ').count();
    let start = end.checked_sub(3)?;
    let before = inner[..start].iter().rposition(|&byte| byte != b' ')?;
    (inner[start] == b'[' && inner[end - 1] == b']' && inner[before] == b'|').then(|| Bracket {
        open: start as u32,
        close: end as u32 - 1,
        well_formed: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_between_bars() {
        let text = |line: &str| -> Vec<String> {
            cells(line.as_bytes()).iter().map(|cell| line[cell.range()].trim().to_owned()).collect()
        };
        assert_eq!(text("| a | b |"), ["a", "b"]);
        assert_eq!(text("  a | b\\|c |  "), ["a", "b\\|c"]);
        assert_eq!(text("| a |  | c"), ["a", "", "c"]);
        assert_eq!(text(""), [] as [&str; 0]);
        assert_eq!(text("|"), [] as [&str; 0]);
    }

    #[test]
    fn a_delimiter_row_has_dashes_and_bars_only() {
        assert!(is_delimiter_row(b"|:---|---:|"));
        assert!(!is_delimiter_row(b"---"));
        assert!(!is_delimiter_row(b"| a | - |"));
    }
}
