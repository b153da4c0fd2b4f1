//! What one line is, from its first bytes.

use crate::document::Span;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing but blanks.
    Blank,
    /// `# …`
    Heading,
    /// A list item, with a box or without.
    Item,
    /// A table row that begins with a bar.
    Row,
    /// The row between a table's header and body.
    Delimiter,
    /// `---`, `***`, `___`
    Rule,
    /// Anything else.
    Text,
    /// Indented code.
    Code,
    /// Front matter, a fence, a comment: what the region says.
    Masked,
    /// The scanner's own: a fence begins.
    FenceOpen,
    /// The scanner's own: a comment block begins.
    CommentOpen,
}

/// The bracket group of a box, offsets from the start of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bracket {
    /// The `[`.
    pub open: u32,
    /// The `]`.
    pub close: u32,
    /// Exactly one character between them, and a blank or nothing after.
    pub well_formed: bool,
}

impl Bracket {
    /// What stands between the brackets, in the document.
    pub fn mark(self, line_start: usize) -> Span {
        Span::new(line_start + self.open as usize + 1, line_start + self.close as usize)
    }

    /// The whole group, in the document.
    pub fn span(self, line_start: usize) -> Span {
        Span::new(line_start + self.open as usize, line_start + self.close as usize + 1)
    }
}

/// The shape of a line. Offsets are bytes from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// What it is.
    pub kind: Kind,
    /// Depth of block quotes.
    pub quotes: u8,
    /// Level of a heading.
    pub level: u8,
    /// The bullet: `-`, `*`, `+`, or `.` and `)` after a number; 0 without one.
    pub bullet: u8,
    /// Columns before the text or bullet, tabs to the next multiple of four.
    pub indent: u32,
    /// Where the bullet or the text after the indent begins.
    pub start: u32,
    /// Where the text begins: after quotes, indent, bullet, `#`s and box.
    pub content: u32,
    /// The box, when there is one.
    pub bracket: Option<Bracket>,
}

impl Shape {
    pub(super) fn masked() -> Shape {
        Shape {
            kind: Kind::Masked,
            quotes: 0,
            level: 0,
            bullet: 0,
            indent: 0,
            start: 0,
            content: 0,
            bracket: None,
        }
    }

    /// The column where the text of this list item starts.
    pub(super) fn item_column(&self) -> u32 {
        let text = self.bracket.map_or(self.content, |bracket| bracket.open);
        self.indent + text.saturating_sub(self.start).clamp(2, 5)
    }
}

/// Classifies a line outside front matter, fences and comments.
pub(super) fn classify(line: &[u8]) -> Shape {
    let (offset, quotes) =
        if starts_with_quote(line) { skip_quotes(line, u8::MAX) } else { (0, 0) };
    let rest = &line[offset..];
    let (indent, blanks) = indent_of(rest);
    let start = offset + blanks;
    let mut shape = Shape {
        kind: Kind::Text,
        quotes,
        level: 0,
        bullet: 0,
        indent,
        start: start as u32,
        content: start as u32,
        bracket: None,
    };
    let text = &line[start..];
    let Some(&first) = text.first() else {
        shape.kind = Kind::Blank;
        return shape;
    };
    match first {
        b'#' => heading(line, start, &mut shape),
        b'-' | b'*' | b'+' => {
            if first != b'+' && is_rule(text, first) {
                shape.kind = Kind::Rule;
            } else if first == b'-' && super::table::is_delimiter_row(text) {
                shape.kind = Kind::Delimiter;
            } else {
                item(line, start + 1, first, &mut shape);
            }
        }
        b'0'..=b'9' => numbered(line, start, &mut shape),
        b'|' => {
            shape.kind = if is_delimiter(text) { Kind::Delimiter } else { Kind::Row };
        }
        b':' if super::table::is_delimiter_row(text) => shape.kind = Kind::Delimiter,
        b'_' if is_rule(text, b'_') => shape.kind = Kind::Rule,
        b'`' | b'~' if is_fence(text, first) => shape.kind = Kind::FenceOpen,
        b'<' if text.starts_with(b"<!--") => shape.kind = Kind::CommentOpen,
        _ => {}
    }
    shape
}

fn starts_with_quote(line: &[u8]) -> bool {
    line.iter().take(4).find(|&&byte| byte != b' ') == Some(&b'>')
}

/// Skips up to `most` quote marks; returns the offset after them and how many there were.
pub(super) fn skip_quotes(line: &[u8], most: u8) -> (usize, u8) {
    let mut at = 0;
    let mut count = 0;
    while count < most {
        let blanks = line[at..].iter().take(4).take_while(|&&byte| byte == b' ').count();
        if blanks > 3 || line.get(at + blanks) != Some(&b'>') {
            break;
        }
        at += blanks + 1;
        if line.get(at) == Some(&b' ') {
            at += 1;
        }
        count += 1;
    }
    (at, count)
}

/// Columns and bytes of the blanks at the start.
pub(super) fn indent_of(text: &[u8]) -> (u32, usize) {
    let mut column = 0_u32;
    let mut bytes = 0;
    for &byte in text {
        match byte {
            b' ' => column += 1,
            b'\t' => column = column / 4 * 4 + 4,
            _ => break,
        }
        bytes += 1;
    }
    (column, bytes)
}

fn heading(line: &[u8], start: usize, shape: &mut Shape) {
    let level = line[start..].iter().take(7).take_while(|&&byte| byte == b'#').count();
    let after = start + level;
    if level > 6 || !matches!(line.get(after), None | Some(b' ' | b'\t')) {
        return;
    }
    shape.kind = Kind::Heading;
    shape.level = level as u8;
    shape.content = skip_blanks(line, after) as u32;
    take_box(line, shape);
}

fn numbered(line: &[u8], start: usize, shape: &mut Shape) {
    let digits = line[start..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
    let Some(&end @ (b'.' | b')')) = line.get(start + digits) else { return };
    if digits <= 9 {
        item(line, start + digits + 1, end, shape);
    }
}

/// An item when a blank or the end follows the bullet, or a box right after it.
fn item(line: &[u8], after: usize, bullet: u8, shape: &mut Shape) {
    match line.get(after) {
        None | Some(b' ' | b'\t') => {}
        // `-[ ] text`: a box without its blank, read but reported.
        Some(b'[') if matches!(bullet, b'-' | b'*' | b'+') => {
            let mut glued = Shape { content: after as u32, ..*shape };
            take_box(line, &mut glued);
            if let Some(bracket) = glued.bracket.as_mut().filter(|bracket| is_known(line, bracket))
            {
                bracket.well_formed = false;
                *shape = Shape { kind: Kind::Item, bullet, ..glued };
            }
            return;
        }
        Some(_) => return,
    }
    shape.kind = Kind::Item;
    shape.bullet = bullet;
    let mut content = skip_blanks(line, after);
    // `- - [ ] text`: bullets within bullets on one line; the innermost holds the text.
    while let Some(inner) = nested_bullet(line, content) {
        content = inner;
    }
    shape.content = content as u32;
    take_box(line, shape);
}

fn nested_bullet(line: &[u8], at: usize) -> Option<usize> {
    let bullet = matches!(line.get(at), Some(b'-' | b'*' | b'+'));
    let blank = matches!(line.get(at + 1), Some(b' ' | b'\t'));
    (bullet && blank).then(|| skip_blanks(line, at + 1))
}

fn is_known(line: &[u8], bracket: &Bracket) -> bool {
    crate::grammar::mark::default_state(&line[bracket.open as usize + 1..bracket.close as usize])
        .is_some()
}

fn skip_blanks(line: &[u8], from: usize) -> usize {
    from + line[from..].iter().take_while(|&&byte| matches!(byte, b' ' | b'\t')).count()
}

/// Takes the bracket group at the content, and moves the content behind it.
fn take_box(line: &[u8], shape: &mut Shape) {
    let open = shape.content as usize;
    if line.get(open) != Some(&b'[') {
        return;
    }
    // A mark is one character, at most a few bytes (an emoji with its variation selector).
    let Some(length) = line[open + 1..].iter().take(9).position(|&byte| byte == b']') else {
        return;
    };
    let close = open + 1 + length;
    if !matches!(line.get(close + 1), None | Some(b' ' | b'\t')) {
        return;
    }
    let mark = &line[open + 1..close];
    let well_formed = is_one_character(mark);
    if !well_formed && !is_sloppy(mark) {
        return;
    }
    shape.bracket = Some(Bracket { open: open as u32, close: close as u32, well_formed });
    shape.content = skip_blanks(line, close + 1) as u32;
}

fn is_one_character(mark: &[u8]) -> bool {
    match mark {
        [byte] => byte.is_ascii() && !byte.is_ascii_control(),
        [] => false,
        _ => std::str::from_utf8(mark)
            .is_ok_and(|text| text.chars().filter(|&letter| letter != '\u{FE0F}').count() == 1),
    }
}

/// `[ x ]`, `[x ]`, `[ x]`, `[]`, `[  ]`: a box by intent.
fn is_sloppy(mark: &[u8]) -> bool {
    let trimmed = mark.trim_ascii();
    mark.iter().all(u8::is_ascii) && (trimmed.is_empty() || matches!(trimmed, b"x" | b"X" | b"~"))
}

fn is_rule(text: &[u8], byte: u8) -> bool {
    let mut count = 0;
    for &other in text {
        match other {
            b' ' | b'\t' => {}
            _ if other == byte => count += 1,
            _ => return false,
        }
    }
    count >= 3
}

/// A cheap look before the whole line is walked: most rows show a letter early.
fn is_delimiter(text: &[u8]) -> bool {
    text.iter().take(12).all(|byte| matches!(byte, b'|' | b':' | b'-' | b' ' | b'\t'))
        && super::table::is_delimiter_row(text)
}

fn is_fence(text: &[u8], byte: u8) -> bool {
    let run = text.iter().take_while(|&&other| other == byte).count();
    run >= 3 && (byte == b'~' || memchr::memchr(b'`', &text[run..]).is_none())
}

/// The fence byte and how many of it stand at `start`.
pub(super) fn fence_marker(line: &[u8], start: usize) -> (u8, usize) {
    let byte = line[start];
    (byte, line[start..].iter().take_while(|&&other| other == byte).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sloppy_boxes_are_read_and_told_apart() {
        for (line, well_formed) in [
            ("- [ ] a", true),
            ("- [ x ] a", false),
            ("- [x ] a", false),
            ("- [] a", false),
            ("-[ ] a", false),
        ] {
            let shape = classify(line.as_bytes());
            assert_eq!(
                shape.bracket.map(|bracket| bracket.well_formed),
                Some(well_formed),
                "{line}"
            );
            assert_eq!(&line[shape.content as usize..], "a", "{line}");
        }
    }

    #[test]
    fn rules_are_not_items_and_hashtags_are_not_headings() {
        assert_eq!(classify(b"- - -").kind, Kind::Rule);
        assert_eq!(classify(b"#task").kind, Kind::Text);
        assert_eq!(classify(b"#######").kind, Kind::Text);
        assert_eq!(classify(b"## ").kind, Kind::Heading);
        assert_eq!(classify(b"**bold**").kind, Kind::Text);
        assert_eq!(classify(b"1) a").kind, Kind::Item);
        assert_eq!(classify(b"2024 was").kind, Kind::Text);
    }

    #[test]
    fn tabs_count_to_the_next_multiple_of_four() {
        assert_eq!(classify(b"\t- a").indent, 4);
        assert_eq!(classify(b"  \t- a").indent, 4);
    }
}
