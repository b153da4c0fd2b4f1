//! Front matter: the outermost keys of a YAML block, with spans.
//!
//! Not a YAML parser: values are kept as written (quotes removed), a list or
//! block below a key becomes its value text joined by commas, and anything
//! stranger stays text. Ids keep their leading zeros because nothing is typed.

use crate::document::{Document, Field, Line, Region, Span};
use crate::scan::Scan;

use super::text::aligned;

/// The outermost keys in order.
pub(crate) fn fields(bytes: &[u8], scan: &Scan) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let lines =
        scan.lines.iter().enumerate().take_while(|(_, line)| line.region == Region::FrontMatter);
    for (index, line) in lines {
        let text = aligned(&bytes[line.start..line.end]);
        if text.trim_end() == "---" || text.trim().is_empty() || text.trim_start().starts_with('#')
        {
            continue;
        }
        if text.starts_with([' ', '\t', '-']) {
            if let Some(field) = fields.last_mut() {
                continue_value(field, &text, line);
            }
        } else if let Some(field) = key_value(&text, line, index + 1) {
            fields.push(field);
        }
    }
    fields
}

/// Whether the file begins like front matter (`---`, then a key) that nothing ends.
pub(crate) fn is_unclosed(document: &Document) -> bool {
    let [first, second, ..] = document.lines.as_slice() else { return false };
    let begins = first.region == Region::Body && document.line_bytes(1).trim_ascii_end() == b"---";
    begins
        && key_value(&aligned(document.line_bytes(2)), second, 2).is_some_and(|field| {
            field
                .key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        })
}

fn key_value(text: &str, line: &Line, number: usize) -> Option<Field> {
    let colon = text.find(':')?;
    let rest = &text[colon + 1..];
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let key = text[..colon].trim_end();
    let (value, span) = scalar(rest, colon + 1);
    Some(Field {
        key: key.trim_matches(['"', '\'']).to_owned(),
        value,
        line: number,
        key_span: Span::new(line.start, line.start + key.len()),
        value_span: Span::new(line.start + span.start, line.start + span.end),
    })
}

/// A scalar without quotes, escapes and comment, and where it stands.
pub(crate) fn scalar(rest: &str, offset: usize) -> (String, Span) {
    let lead = rest.len() - rest.trim_start().len();
    let value = rest[lead..].trim_end();
    let start = offset + lead;
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote)
            && let Some((text, length)) = quoted(inner, quote)
        {
            return (text, Span::new(start + 1, start + 1 + length));
        }
    }
    let end = value.find(" #").unwrap_or(value.len());
    let plain = value[..end].trim_end();
    (plain.to_owned(), Span::new(start, start + plain.len()))
}

/// The text up to the closing quote, and its length in the file: `''` is a quote in single
/// quotes, a backslash keeps the next sign in double quotes.
fn quoted(inner: &str, quote: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut letters = inner.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == quote {
            let doubled = quote == '\'' && letters.next_if(|(_, next)| *next == quote).is_some();
            if !doubled {
                return Some((text, at));
            }
        } else if letter == '\\'
            && quote == '"'
            && let Some((_, escaped)) = letters.next_if(|(_, next)| matches!(next, '"' | '\\'))
        {
            text.push(escaped);
            continue;
        }
        text.push(letter);
    }
    None
}

/// An item or a folded line below a key.
fn continue_value(field: &mut Field, text: &str, line: &Line) {
    let trimmed = text.trim_start();
    let lead = text.len() - trimmed.len();
    let (item, offset, between) =
        match trimmed.strip_prefix("- ").or_else(|| trimmed.strip_prefix('-')) {
            Some(item) => (item, lead + trimmed.len() - item.len(), ", "),
            // A long scalar goes on.
            None => (trimmed, lead, " "),
        };
    let (value, span) = scalar(item, offset);
    if value.is_empty() {
        return;
    }
    let span = Span::new(line.start + span.start, line.start + span.end);
    if matches!(field.value.as_str(), "" | ">" | ">-" | ">+" | "|" | "|-" | "|+") {
        field.value.clear();
        field.value_span = span;
    } else {
        field.value.push_str(between);
        field.value_span.end = span.end;
    }
    field.value.push_str(&value);
}

/// The items of a list value: flow (`[a, "b"]`) or what a block list was joined to.
pub(crate) fn items(value: &str) -> Vec<&str> {
    let inner = value.trim().trim_start_matches('[').trim_end_matches(']');
    inner
        .split(',')
        .map(|item| item.trim().trim_matches(['"', '\'']).trim())
        .filter(|item| !item.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_quoted_values_are_read_whole() {
        let text = b"---\na: 'it''s 5 o''clock' # now\nb: \"a \\\"b\\\" \\\\ c\"\nc: >-\n  one\n  two\nd: one\n  two\ne: 'open\n---\n";
        let scan = crate::scan::scan(text);
        let found: Vec<_> = fields(text, &scan)
            .into_iter()
            .map(|field| {
                let written = String::from_utf8_lossy(&text[field.value_span.range()]).into_owned();
                (field.value, written)
            })
            .collect();
        let expected = [
            ("it's 5 o'clock", "it''s 5 o''clock"),
            ("a \"b\" \\ c", "a \\\"b\\\" \\\\ c"),
            ("one two", "one\n  two"),
            ("one two", "one\n  two"),
            ("'open", "'open"),
        ];
        assert_eq!(found.len(), expected.len());
        for ((value, written), expected) in found.iter().zip(expected) {
            assert_eq!((value.as_str(), written.as_str()), expected);
        }
    }

    #[test]
    fn keys_lists_and_quotes_are_read() {
        let text = b"---\nid: \"004\"\ntitle: 'a: b' # c\nlabels:\n  - x\n  - y\ndeps: [1, \"02\"]\nempty:\n---\n";
        let scan = crate::scan::scan(text);
        let found: Vec<_> = fields(text, &scan)
            .into_iter()
            .map(|field| (field.key, field.value, field.line))
            .collect();
        let expected = [
            ("id", "004", 2),
            ("title", "a: b", 3),
            ("labels", "x, y", 4),
            ("deps", "[1, \"02\"]", 7),
            ("empty", "", 8),
        ];
        assert_eq!(found.len(), expected.len());
        for ((key, value, line), expected) in found.iter().zip(expected) {
            assert_eq!((key.as_str(), value.as_str(), *line), expected);
        }
        assert_eq!(items("[1, \"02\"]"), ["1", "02"]);
    }
}
