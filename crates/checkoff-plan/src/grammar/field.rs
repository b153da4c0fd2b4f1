//! `key: value` in the ways people write it.

use crate::attribute::{KEYS, Key};
use crate::document::Span;

/// A key with its value, offsets in the text it was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The key without decoration.
    pub key: Span,
    /// The value without surrounding blanks; may be empty.
    pub value: Span,
    /// The key is bold or the pair is in italics: a field by intent.
    pub decorated: bool,
}

/// Reads `key: value`, `**Key**: value`, `**Key:** value`, `_Key: value_` at the start of `text`.
pub fn parse(text: &str) -> Option<Pair> {
    let start = text.len() - text.trim_start().len();
    let body = text.trim_end();
    if body.len() <= start {
        return None;
    }
    let inner = &body[start..];
    if let Some(rest) = inner.strip_prefix("**").or_else(|| inner.strip_prefix("__")) {
        return bold(rest, start + 2);
    }
    if let Some(rest) = inner
        .strip_prefix('_')
        .and_then(|rest| rest.strip_suffix('_'))
        .or_else(|| inner.strip_prefix('*').and_then(|rest| rest.strip_suffix('*')))
    {
        return plain(rest, start + 1, true);
    }
    plain(inner, start, false)
}

/// Where a sign parts two bold fields of one line, and how long it is.
pub fn next_bold(text: &str) -> Option<(usize, usize)> {
    if !text.trim_start().starts_with("**") {
        return None;
    }
    [" | **", " · **", " • **"].iter().find_map(|sign| {
        let at = text.find(sign)?;
        let length = sign.len() - "**".len();
        let both = parse(&text[..at]).is_some() && parse(&text[at + length..]).is_some();
        both.then_some((at, length))
    })
}

fn bold(rest: &str, offset: usize) -> Option<Pair> {
    let close = rest.find("**").or_else(|| rest.find("__"))?;
    let (label, after) = (&rest[..close], &rest[close + 2..]);
    let trimmed = label.trim_end();
    let colon = [":", "："].iter().find(|colon| trimmed.ends_with(**colon));
    let (key_len, tail) = match colon {
        Some(colon) => (trimmed.len() - colon.len(), close + 2),
        None => {
            let colon = [":", "："].iter().find(|colon| after.trim_start().starts_with(**colon))?;
            let gap = after.len() - after.trim_start().len();
            (trimmed.len(), close + 2 + gap + colon.len())
        }
    };
    pair(rest, offset, 0, key_len, tail, true)
}

fn plain(rest: &str, offset: usize, decorated: bool) -> Option<Pair> {
    let (colon, width) = rest
        .char_indices()
        .take(48)
        .find(|&(_, letter)| letter == ':' || letter == '：')
        .map(|(at, letter)| (at, letter.len_utf8()))?;
    let after = rest[colon + width..].chars().next();
    // `https://`, `src/a.rs:12`, `std::io` are no keys.
    if width == 1 && after.is_some_and(|letter| !letter.is_whitespace() && letter != '`') {
        return None;
    }
    pair(rest, offset, 0, colon, colon + width, decorated)
}

fn pair(
    rest: &str,
    offset: usize,
    start: usize,
    key_end: usize,
    tail: usize,
    decorated: bool,
) -> Option<Pair> {
    let key = &rest[start..key_end];
    let lead = key.len() - key.trim_start_matches(|letter: char| !letter.is_alphanumeric()).len();
    let key = key[lead..].trim_end();
    if key.is_empty() || key.len() > 60 || key.contains('`') {
        return None;
    }
    let key_span = Span::new(offset + start + lead, offset + start + lead + key.len());
    let value = &rest[tail..];
    let lead = value.len() - value.trim_start().len();
    let trimmed = value.trim();
    let value_start = offset + tail + lead.min(value.len());
    Some(Pair {
        key: key_span,
        value: Span::new(value_start, value_start + trimmed.len()),
        decorated,
    })
}

/// A key for comparing: lower case, words separated by one blank, dots dropped.
pub fn normal(key: &str) -> String {
    let mut normal = String::with_capacity(key.len());
    for word in key.split(|letter: char| {
        letter.is_whitespace() || letter == '-' || letter == '_' || letter == '.'
    }) {
        if word.is_empty() {
            continue;
        }
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.extend(word.chars().flat_map(char::to_lowercase));
    }
    normal
}

/// The key of the task language with this name or alias, already normal.
pub fn key(normal: &str) -> Option<Key> {
    let first = normal.as_bytes().first()?;
    if !first.is_ascii_lowercase() || normal.len() > 20 {
        return None;
    }
    KEYS.iter().find(|row| row.name == normal || row.aliases.contains(&normal)).map(|row| row.key)
}

/// The key of the task language that a word was probably meant to be.
pub fn near_miss(normal: &str) -> Option<&'static str> {
    if normal.len() < 4 || normal.contains(' ') {
        return None;
    }
    KEYS.iter()
        .flat_map(|row| std::iter::once(row.name).chain(row.aliases.iter().copied()))
        .filter(|name| name.len() >= 4 && name.len().abs_diff(normal.len()) <= 1)
        .find(|name| strsim::damerau_levenshtein(name, normal) == 1)
}

/// The code spans of a text: the inside of each pair of backtick runs of one width.
pub fn code_spans(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'`', &bytes[at..]) {
        let start = at + found;
        let width = bytes[start..].iter().take_while(|&&byte| byte == b'`').count();
        runs.push((start, width));
        at = start + width;
    }
    match runs.as_slice() {
        [] | [_] => return Vec::new(),
        // Nearly every text with code has one span of it.
        [(start, width), (end, other)] if width == other => {
            return vec![Span::new(start + width, *end)];
        }
        _ => {}
    }
    let mut spans = Vec::new();
    let mut next = 0;
    // The next run of the same width, found from behind so that each run is looked at once.
    let mut later: crate::map::HashMap<usize, usize> = crate::map::HashMap::default();
    let mut partner = vec![usize::MAX; runs.len()];
    for (index, &(_, width)) in runs.iter().enumerate().rev() {
        if let Some(found) = later.insert(width, index) {
            partner[index] = found;
        }
    }
    while let Some(&(start, width)) = runs.get(next) {
        match partner[next] {
            usize::MAX => next += 1,
            close => {
                spans.push(Span::new(start + width, runs[close].0));
                next = close + 1;
            }
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_in_every_dress() {
        for (text, key, value) in [
            ("needs: T001", "needs", "T001"),
            ("**Est. Time**: 5 days", "Est. Time", "5 days"),
            ("**Files:** `a.rs` (new)", "Files", "`a.rs` (new)"),
            ("_Requirements: 1.1, 1.5_", "Requirements", "1.1, 1.5"),
            ("**🛑 Pause After:** no", "Pause After", "no"),
            ("run: `cargo build`", "run", "`cargo build`"),
            ("done when:", "done when", ""),
            ("依赖：T001", "依赖", "T001"),
        ] {
            let pair = parse(text).unwrap_or_else(|| panic!("no pair in `{text}`"));
            assert_eq!(&text[pair.key.range()], key, "{text}");
            assert_eq!(&text[pair.value.range()], value, "{text}");
        }
        for text in ["https://x.y", "use std::io", "plain text", "**bold** text", "", "**"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn keys_compare_without_case_and_punctuation() {
        assert_eq!(key(&normal("Depends-On")), Some(Key::Needs));
        assert_eq!(key(&normal("Est. Time")), Some(Key::Estimate));
        assert_eq!(key(&normal("done_when")), Some(Key::DoneWhen));
        assert_eq!(near_miss("retires"), Some("retries"));
        assert_eq!(near_miss("banana"), None);
    }

    #[test]
    fn code_spans_pair_runs_of_one_width() {
        let text = "a `b` ``c ` d`` `e";
        let found: Vec<_> = code_spans(text).iter().map(|span| &text[span.range()]).collect();
        assert_eq!(found, ["b", "c ` d"]);
    }
}
