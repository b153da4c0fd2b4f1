//! One pass over the bytes: what each line is, before anybody asks what it means.
//!
//! Newlines are found with memchr; every line is then classified from its first
//! few bytes, so the cost per line hardly depends on its length. Nothing is
//! allocated but the index itself. The scanner knows four regions (front
//! matter, fences, comment blocks, the body) and just enough of CommonMark's
//! containers to agree with it on which lines are list boxes: block quotes,
//! whether a list is open (an indented line without one is code), and that a
//! fence ends with the quote or list item that holds it.
//!
//! Every loop moves forward over the bytes at most a fixed number of times, so
//! the scanner is linear in the size of the document whatever the document is.

use crate::document::{Line, Region, Span};

mod front;
mod line;
mod table;

pub use line::{Bracket, Kind, Shape};
pub use table::{Cell, cells, is_delimiter_row};

use line::classify;

/// The line index of a document with the shape of every line.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// Every line; `lines[n - 1]` is line `n`.
    pub lines: Vec<Line>,
    /// The shape of the same line.
    pub shapes: Vec<Shape>,
    /// What the scanner saw of the file as a whole.
    pub endings: Endings,
    /// Lines (1-based) of a fence or comment that nothing closes.
    pub unclosed: Vec<(Region, usize)>,
}

/// Line endings and their like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Endings {
    /// Starts with a UTF-8 byte order mark.
    pub bom: bool,
    /// Lines that end with LF alone.
    pub lf: usize,
    /// Lines that end with CR LF.
    pub crlf: usize,
    /// The last line ends with a line ending, or there is no line.
    pub final_newline: bool,
}

/// A task found by the scanner alone: no dialect, no legend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskSpan {
    /// Index of its line.
    pub line: usize,
    /// What carries the state.
    pub carrier: TaskCarrier,
    /// What stands between the brackets, or the whole cell that looks like a state.
    pub mark: Span,
    /// The state by the default meaning of the mark.
    pub state: checkoff_core::State,
    /// The id at the start of the text, without decoration; empty when there is none.
    pub id: Span,
}

/// What carries the state of a [`TaskSpan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskCarrier {
    /// A list box.
    Box,
    /// A box in a heading.
    HeadingBox,
    /// A box that fills the last cell of a table row.
    CellBox,
}

/// Scans a document completely.
pub fn scan(bytes: &[u8]) -> Scan {
    let estimate = bytes.len() / 48 + 1;
    let mut scan = Scan {
        lines: Vec::with_capacity(estimate),
        shapes: Vec::with_capacity(estimate),
        ..Scan::default()
    };
    let mut scanner = Scanner::new(bytes);
    while let Some((line, shape)) = scanner.next_line() {
        scan.lines.push(line);
        scan.shapes.push(shape);
    }
    scan.endings = scanner.endings;
    scan.unclosed = scanner.unclosed();
    scan
}

/// Scans a document for its line index and the tasks that can be told from one line.
pub fn tasks(bytes: &[u8]) -> (Vec<Line>, Vec<TaskSpan>) {
    let mut lines = Vec::with_capacity(bytes.len() / 48 + 1);
    let mut tasks = Vec::new();
    let mut scanner = Scanner::new(bytes);
    while let Some((line, shape)) = scanner.next_line() {
        if let Some(task) = task_of(bytes, lines.len(), &line, &shape) {
            tasks.push(task);
        }
        lines.push(line);
    }
    (lines, tasks)
}

fn task_of(bytes: &[u8], index: usize, line: &Line, shape: &Shape) -> Option<TaskSpan> {
    let (carrier, bracket) = match shape.kind {
        Kind::Item => (TaskCarrier::Box, shape.bracket?),
        Kind::Heading => (TaskCarrier::HeadingBox, shape.bracket?),
        Kind::Row => (TaskCarrier::CellBox, table::trailing_box(&bytes[line.start..line.end])?),
        _ => return None,
    };
    let mark = bracket.mark(line.start);
    let state = crate::grammar::mark::default_state(&bytes[mark.range()])?;
    let text = &bytes[line.start..line.end];
    let mut from = shape.content as usize;
    if shape.kind == Kind::Row {
        from += 1;
        from += crate::grammar::blanks(&text[from..]);
    }
    let id = crate::grammar::id::at_start(text, from).map_or(Span::new(line.end, line.end), |id| {
        Span::new(line.start + id.span.start, line.start + id.span.end)
    });
    Some(TaskSpan { line: index, carrier, mark, state, id })
}

/// Walks a document line by line.
struct Scanner<'b> {
    bytes: &'b [u8],
    newlines: memchr::Memchr<'b>,
    /// First byte of the next line.
    start: usize,
    /// Lines handed out so far.
    count: usize,
    /// Lines of front matter still to come, its closing line included.
    front_matter_end: usize,
    open: Open,
    /// Where the open fence or comment began.
    open_line: usize,
    /// Column where the text of the outermost open list item starts; 0 without a list.
    list_column: u32,
    /// The line before was blank (or there was none).
    after_blank: bool,
    /// The line before was indented code.
    after_code: bool,
    endings: Endings,
}

/// A region that goes on until something closes it.
#[derive(Clone, Copy)]
enum Open {
    Nothing,
    Fence { byte: u8, length: usize, quotes: u8, floor: u32 },
    Comment,
}

impl<'b> Scanner<'b> {
    fn new(bytes: &'b [u8]) -> Scanner<'b> {
        let bom = bytes.starts_with(b"\xEF\xBB\xBF");
        let start = if bom { 3 } else { 0 };
        Scanner {
            bytes,
            newlines: memchr::memchr_iter(b'\n', bytes),
            start,
            count: 0,
            front_matter_end: front::end(bytes, start),
            open: Open::Nothing,
            open_line: 0,
            list_column: 0,
            after_blank: true,
            after_code: false,
            endings: Endings { bom, lf: 0, crlf: 0, final_newline: true },
        }
    }

    fn next_line(&mut self) -> Option<(Line, Shape)> {
        let (end, next) = match self.newlines.next() {
            Some(newline) => (self.text_end(newline), newline + 1),
            None if self.start < self.bytes.len() => {
                self.endings.final_newline = false;
                (self.bytes.len(), self.bytes.len())
            }
            None => return None,
        };
        let start = self.start.min(end);
        self.start = next;
        self.count += 1;
        let (region, shape) = self.shape(start, end);
        Some((Line { start, end, region }, shape))
    }

    fn text_end(&mut self, newline: usize) -> usize {
        if newline > self.start && self.bytes[newline - 1] == b'\r' {
            self.endings.crlf += 1;
            newline - 1
        } else {
            self.endings.lf += 1;
            newline
        }
    }

    fn shape(&mut self, start: usize, end: usize) -> (Region, Shape) {
        let line = &self.bytes[start..end];
        if start < self.front_matter_end {
            return (Region::FrontMatter, Shape::masked());
        }
        match self.open {
            Open::Comment => {
                if memchr::memmem::find(line, b"-->").is_some() {
                    self.open = Open::Nothing;
                }
                return (Region::Comment, Shape::masked());
            }
            Open::Fence { byte, length, quotes, floor } => {
                if let Some(closes) = fence_goes_on(line, byte, length, quotes, floor) {
                    if closes {
                        self.open = Open::Nothing;
                    }
                    self.after_blank = false;
                    return (Region::Fence, Shape::masked());
                }
                self.open = Open::Nothing;
            }
            Open::Nothing => {}
        }
        self.body(line)
    }

    fn body(&mut self, line: &[u8]) -> (Region, Shape) {
        let mut shape = classify(line);
        if shape.kind == Kind::Blank {
            self.after_blank = true;
            return (Region::Body, shape);
        }
        if self.list_column == 0
            && shape.quotes == 0
            && shape.indent >= 4
            && (self.after_blank || self.after_code)
        {
            self.after_code = true;
            self.after_blank = false;
            return (Region::Body, Shape { kind: Kind::Code, bracket: None, ..shape });
        }
        self.after_code = false;
        self.track_list(&shape);
        self.after_blank = false;
        match shape.kind {
            Kind::FenceOpen => {
                let floor = if shape.indent >= self.list_column { self.list_column } else { 0 };
                let (byte, length) = line::fence_marker(line, shape.content as usize);
                self.open = Open::Fence { byte, length, quotes: shape.quotes, floor };
                self.open_line = self.count;
                (Region::Fence, Shape::masked())
            }
            Kind::CommentOpen if shape.indent <= 3 || self.list_column > 0 => {
                if memchr::memmem::find(&line[shape.content as usize + 4..], b"-->").is_none() {
                    self.open = Open::Comment;
                    self.open_line = self.count;
                }
                (Region::Comment, Shape { kind: Kind::Masked, ..shape })
            }
            Kind::CommentOpen => {
                shape.kind = Kind::Text;
                (Region::Body, shape)
            }
            _ => (Region::Body, shape),
        }
    }

    /// Keeps `list_column`: an item opens a list, text left of it after a blank
    /// line (or a heading or rule at once) closes it.
    fn track_list(&mut self, shape: &Shape) {
        if shape.kind == Kind::Item {
            if self.list_column == 0 || shape.indent < self.list_column {
                self.list_column = shape.item_column();
            }
        } else if shape.indent < self.list_column
            && (self.after_blank
                || matches!(shape.kind, Kind::Heading | Kind::Rule | Kind::FenceOpen))
        {
            self.list_column = 0;
        }
    }

    fn unclosed(&self) -> Vec<(Region, usize)> {
        match self.open {
            Open::Nothing => Vec::new(),
            Open::Fence { .. } => vec![(Region::Fence, self.open_line)],
            Open::Comment => vec![(Region::Comment, self.open_line)],
        }
    }
}

/// `Some(true)` closes the fence, `Some(false)` is inside it, `None` is after it.
fn fence_goes_on(line: &[u8], byte: u8, length: usize, quotes: u8, floor: u32) -> Option<bool> {
    let (offset, found) = line::skip_quotes(line, quotes);
    if found < quotes {
        return None;
    }
    let rest = &line[offset..];
    let (indent, blank_end) = line::indent_of(rest);
    let text = &rest[blank_end..];
    if text.is_empty() {
        return Some(false);
    }
    if indent < floor {
        return None;
    }
    let run = text.iter().take_while(|&&other| other == byte).count();
    Some(run >= length && text[run..].iter().all(|&other| matches!(other, b' ' | b'\t')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Region, Kind)> {
        let scan = scan(text.as_bytes());
        scan.lines.iter().zip(&scan.shapes).map(|(line, shape)| (line.region, shape.kind)).collect()
    }

    fn boxes(text: &str) -> Vec<usize> {
        let scan = scan(text.as_bytes());
        (1..=scan.lines.len())
            .filter(|&line| {
                let shape = &scan.shapes[line - 1];
                let line = &scan.lines[line - 1];
                shape.kind == Kind::Item
                    && shape.bracket.is_some_and(|bracket| {
                        let mark = &text.as_bytes()[bracket.mark(line.start).range()];
                        bracket.well_formed && crate::grammar::mark::default_state(mark).is_some()
                    })
            })
            .collect()
    }

    #[test]
    fn lines_cover_every_byte_and_keep_a_bare_cr_as_text() {
        let text = b"\xEF\xBB\xBFa\r\nb\rc\nd";
        let scan = scan(text);
        let ends: Vec<_> = scan.lines.iter().map(|line| (line.start, line.end)).collect();
        assert_eq!(ends, [(3, 4), (6, 9), (10, 11)]);
        assert_eq!(scan.endings, Endings { bom: true, lf: 1, crlf: 1, final_newline: false });
    }

    #[test]
    fn front_matter_needs_its_end() {
        assert_eq!(kinds("---\na: b\n---\n# x\n")[1].0, Region::FrontMatter);
        assert_eq!(kinds("---\n- [ ] a\n")[1], (Region::Body, Kind::Item));
    }

    #[test]
    fn a_fence_hides_boxes_and_ends_with_its_quote_or_item() {
        assert_eq!(boxes("```\n- [ ] a\n```\n- [ ] b\n"), [4]);
        assert_eq!(boxes("````\n```\n- [ ] a\n````\n- [ ] b\n"), [5]);
        assert_eq!(boxes("> ```\n> - [ ] a\n- [ ] b\n"), [3]);
        assert_eq!(boxes("- x\n  ```\n  - [ ] a\n- [ ] b\n"), [4]);
        assert_eq!(boxes("~~~ md\n- [ ] a\n"), [] as [usize; 0]);
    }

    #[test]
    fn comments_hide_boxes_until_they_end() {
        assert_eq!(boxes("<!-- a\n- [ ] a\n-->\n- [ ] b\n"), [4]);
        assert_eq!(boxes("<!-- a -->\n- [ ] b\n"), [2]);
        assert_eq!(boxes("<details>\n\n- [ ] b\n"), [3]);
    }

    #[test]
    fn an_indented_box_is_code_only_without_a_list() {
        assert_eq!(boxes("text\n\n    - [ ] a\n"), [] as [usize; 0]);
        assert_eq!(boxes("- x\n\n    - [ ] a\n"), [3]);
        assert_eq!(boxes("- x\n    - [ ] a\n        - [ ] b\n"), [2, 3]);
    }

    #[test]
    fn every_bullet_and_quote_carries_a_box() {
        assert_eq!(
            boxes("- [ ] a\n* [x] b\n+ [X] c\n1. [ ] d\n2) [~] e\n> - [ ] f\n> > - [ ] g\n"),
            [1, 2, 3, 4, 5, 6, 7]
        );
        assert_eq!(boxes("- [P] a\n- [x]b\nx - [ ] c\n- [ab] d\n"), [] as [usize; 0]);
    }

    #[test]
    fn tasks_are_told_from_one_line() {
        let (_, found) = tasks(b"- [x] T001 a\n### [ ] W1.1 b\n| 1 | c | [x] |\n- d\n");
        let ids: Vec<_> =
            found.iter().map(|task| (task.line, task.state.as_str(), task.id.len())).collect();
        assert_eq!(ids, [(0, "done", 4), (1, "todo", 4), (2, "done", 1)]);
    }
}
