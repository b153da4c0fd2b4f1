//! Words in boxes: how wide they are, and where they break.

use unicode_width::UnicodeWidthChar;

/// About how wide a text is in a sans-serif face, in hundredths of the font size. Rough, and
/// on the wide side, so that nothing runs out of its box in whatever face is at hand.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(advance).sum()
}

fn advance(c: char) -> usize {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '`' => 30,
        ' ' | 't' | 'f' | 'r' | '(' | ')' | '[' | ']' | '/' | '\\' | '-' | '"' => 38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' | '…' => 92,
        'A'..='Z' | '&' | '#' | '+' | '=' | '<' | '>' | '~' | '_' => 68,
        c if c.width().unwrap_or(0) > 1 => 104,
        c if c.width() == Some(0) => 0,
        _ => 58,
    }
}

/// Breaks a text into at most `lines` lines of a width (as in [`width`]), at blanks where that
/// leaves no great gap; what is left over ends in `…`.
pub(super) fn wrap(text: &str, line_width: usize, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() && wrapped.len() < lines {
        let last = wrapped.len() + 1 == lines;
        let (line, remains) = cut(rest, line_width, last);
        wrapped.push(line);
        rest = remains.trim_start();
    }
    wrapped
}

/// The first line of a text, and the rest.
fn cut(text: &str, line_width: usize, last: bool) -> (String, &str) {
    if width(text) <= line_width {
        return (text.to_owned(), "");
    }
    let room = if last { line_width.saturating_sub(advance('…')) } else { line_width };
    let mut used = 0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        used += advance(c);
        if used > room {
            break;
        }
        end = at + c.len_utf8();
    }
    if end == 0 {
        end = text.chars().next().map_or(0, char::len_utf8);
    }
    if last {
        return (format!("{}…", text[..end].trim_end()), "");
    }
    let break_at = text[..end]
        .rfind([' ', '/', '-', '_', '.'])
        .map(|at| if text.as_bytes()[at] == b' ' { at } else { at + 1 })
        .filter(|at| width(&text[..*at]) * 2 > line_width)
        .unwrap_or(end);
    (text[..break_at].trim_end().to_owned(), &text[break_at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_break_at_blanks_and_say_when_something_is_missing() {
        assert_eq!(wrap("short", 1000, 2), ["short"]);
        assert_eq!(
            wrap("Create the project structure", 900, 2),
            ["Create the", "project structure"]
        );
        assert_eq!(wrap("Create the project structure", 600, 2), ["Create the", "project st…"]);
        assert_eq!(wrap("backend/src/services/orchestrator", 1000, 3).len(), 3);
        assert_eq!(wrap("音声ファイルの形式", 520, 2), ["音声ファイ", "ルの形式"]);
        assert_eq!(wrap("", 1000, 2), [""; 0]);
        for line in wrap(&"word ".repeat(40), 700, 3) {
            assert!(width(&line) <= 700, "{line}");
        }
    }
}
