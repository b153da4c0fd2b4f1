//! The id at the start of an item, heading or cell.
//!
//! Dialects write ids in many shapes, and prose has words of the same shapes
//! (`UTF-8`, `S3`, `2.5 GB`). So a shape is recognised here together with how
//! sure it is; whether an unsure one counts depends on the rest of the file
//! (see [`crate::read`]): an id is rarely alone.

use crate::document::Span;
use crate::grammar::{blanks, separator};

/// An id found at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id {
    /// The id without decoration.
    pub span: Span,
    /// Its shape.
    pub form: Form,
    /// A colon, dash, dot or closing bold follows: nobody writes that after a plain word.
    pub separated: bool,
    /// Where the text after it begins.
    pub rest: usize,
    /// `**` stands before the id and is not closed before `rest`.
    pub bold_open: bool,
}

/// The shapes of ids, from the surest to the least sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// `T001`, `T028a`, `T031-MIN`: spec-kit.
    Speckit,
    /// `Task 5:`, `Story 1.2:`: the number is the id.
    Task,
    /// `Phase 5:`: the whole is the id (GSD).
    Phase,
    /// `03-02-PLAN.md`: the two numbers are the id; `03-PLAN-02.md`: all before the extension.
    Plan,
    /// `TASK-001`, `E01-S01-T01`, `P6.1.1`, `t_ef86a54a`: letters, then numbers in several parts.
    Parts,
    /// `#14`.
    Hash,
    /// `1.` and `1)`.
    Ordinal,
    /// `1.1`, `2.3.4`.
    Dotted,
    /// `A1`, `D13`: letters and one number.
    Short,
    /// `1`, without anything after it.
    Number,
}

/// The id at `from`, whatever decoration (bold, code, brackets) it wears.
pub fn at_start(line: &[u8], from: usize) -> Option<Id> {
    let mut at = from;
    let bold = line[at..].starts_with(b"**") || line[at..].starts_with(b"__");
    if bold {
        at += 2;
    }
    let struck = line[at..].starts_with(b"~~");
    if struck {
        at += 2;
    }
    let wrap = match line.get(at) {
        Some(b'`') => Some(b'`'),
        Some(b'[') => Some(b']'),
        _ => None,
    };
    if wrap.is_some() {
        at += 1;
    }
    let (span, form) = token(line, at)?;
    let mut end = span.end;
    if form == Form::Plan {
        end += plan_suffix(&line[end..]);
    }
    if let Some(wrap) = wrap {
        if line.get(end) != Some(&wrap) {
            return None;
        }
        end += 1;
        // `[#602](url)`
        if wrap == b']' && line.get(end) == Some(&b'(') {
            end += memchr::memchr(b')', &line[end..])? + 1;
        }
    }
    if struck && line[end..].starts_with(b"~~") {
        end += 2;
    }
    finish(line, span, form, end, bold)
}

fn is_state_emoji(text: &[u8]) -> bool {
    let head = &text[..text.len().min(8)];
    let valid = match std::str::from_utf8(head) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
    };
    super::words::emoji_at(valid).is_some()
}

/// Steps over what separates the id from its title.
fn finish(line: &[u8], span: Span, form: Form, end: usize, bold: bool) -> Option<Id> {
    let mut rest = end;
    let mut separated = false;
    let mut bold_open = bold;
    let mut close_bold = |rest: &mut usize, separated: &mut bool| {
        if bold_open && (line[*rest..].starts_with(b"**") || line[*rest..].starts_with(b"__")) {
            *rest += 2;
            bold_open = false;
            *separated = true;
        }
    };
    close_bold(&mut rest, &mut separated);
    if matches!(line.get(rest), Some(b'.' | b':' | b')')) {
        let after = line.get(rest + 1);
        if matches!(after, None | Some(b' ' | b'\t' | b'*' | b'_')) || line[rest] == b':' {
            rest += 1;
            separated = true;
        }
    } else if line[rest..].starts_with("：".as_bytes()) {
        rest += 3;
        separated = true;
    }
    close_bold(&mut rest, &mut separated);
    // `7.9* Write load tests`: Kiro marks what may be left out.
    if form == Form::Dotted && line.get(rest) == Some(&b'*') && line.get(rest + 1) == Some(&b' ') {
        rest += 1;
    }
    let gap = blanks(&line[rest..]);
    if gap == 0 && rest < line.len() && !separated {
        return None;
    }
    rest += gap;
    let dash = separator(&line[rest..]);
    if dash > 0 && matches!(line.get(rest + dash), None | Some(b' ' | b'\t')) {
        rest += dash;
        separated = true;
        rest += blanks(&line[rest..]);
    }
    // `T1 ✅ — Model`: the state stands between the id and its title.
    if !separated && is_state_emoji(&line[rest..]) {
        separated = true;
    }
    let ordinal = form == Form::Number && separated;
    let form = if ordinal { Form::Ordinal } else { form };
    // `Task 2 (AC: 3)` has no title of its own.
    // `Task 4 (optional): Polish` has a note before its colon.
    let noted = line[rest..].starts_with(b"(")
        && memchr::memchr(b')', &line[rest..])
            .is_some_and(|close| line.get(rest + close + 1) == Some(&b':'));
    let bare = rest == line.len() || noted || line[rest..].starts_with(b"(AC");
    if matches!(form, Form::Task | Form::Phase) && !separated && !bare {
        return None;
    }
    Some(Id { span, form, separated, rest, bold_open })
}

/// The bare id token at `at`: its span and shape.
pub fn token(line: &[u8], at: usize) -> Option<(Span, Form)> {
    let text = &line[at..];
    match *text.first()? {
        b'#' => {
            let digits = count_digits(&text[1..]);
            (digits > 0 && ends_token(text, 1 + digits))
                .then(|| (Span::new(at, at + 1 + digits), Form::Hash))
        }
        b'0'..=b'9' => number(text, at),
        b'A'..=b'Z' | b'a'..=b'z' => word_number(text, at)
            .or_else(|| lettered(text, at))
            // `t_9f55dbe5`: the digits of a hash look like a part of their own.
            .or_else(|| hashed(text, at, letters_of(text))),
        0xC3..=0xE9 => word_number(text, at),
        _ => None,
    }
}

fn letters_of(text: &[u8]) -> usize {
    text.iter().take(5).take_while(|byte| byte.is_ascii_alphabetic()).count()
}

/// What of a plan's file name stands behind its id.
pub(crate) fn plan_suffix(text: &[u8]) -> usize {
    ["-PLAN.md", ".md"]
        .iter()
        .find(|suffix| text.starts_with(suffix.as_bytes()))
        .map_or(0, |suffix| suffix.len())
}

/// `1`, `1.1`, `03-02`, `03-02-PLAN.md`, `12.3-01-PLAN.md`, `03-PLAN-02.md`.
fn number(text: &[u8], at: usize) -> Option<(Span, Form)> {
    let mut end = count_digits(text);
    let mut parts = 1;
    while text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end += 1 + count_digits(&text[end + 1..]);
        parts += 1;
    }
    if text[end..].starts_with(b"-PLAN-") {
        let start = end + b"-PLAN-".len();
        let whole = start + count_digits(&text[start..]);
        return (whole > start && (ends_token(text, whole) || text[whole..].starts_with(b".md")))
            .then(|| (Span::new(at, at + whole), Form::Plan));
    }
    if text.get(end) == Some(&b'-') {
        let plan = count_digits(&text[end + 1..]);
        let whole = end + 1 + plan;
        if plan > 0 && text[whole..].starts_with(b"-PLAN.md") {
            return Some((Span::new(at, at + whole), Form::Plan));
        }
        if plan == 2 && ends_token(text, whole) {
            return Some((Span::new(at, at + whole), Form::Parts));
        }
        // `1.1-1.4`: the first number of a range.
        let dotted = text[end + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
            .count();
        if plan > 0 && parts > 1 && dotted > plan && ends_token(text, end + 1 + dotted) {
            return Some((Span::new(at, at + end), Form::Dotted));
        }
        // `1-3`: the same.
        if plan > 0 && parts == 1 && ends_token(text, whole) {
            return Some((Span::new(at, at + end), Form::Number));
        }
    }
    // A letter may qualify the last number (`1.1a`).
    if parts > 1 && text.get(end).is_some_and(u8::is_ascii_lowercase) && ends_token(text, end + 1) {
        end += 1;
    }
    let form = if parts > 1 { Form::Dotted } else { Form::Number };
    (end <= 12 && ends_token(text, end)).then(|| (Span::new(at, at + end), form))
}

/// `Task 5`, `Story 1.2`, `Phase 3.1`, `Milestone 2`.
fn word_number(text: &[u8], at: usize) -> Option<(Span, Form)> {
    let (length, form) = [
        ("Task ", Form::Task),
        ("TASK ", Form::Task),
        ("task ", Form::Task),
        ("Subtask ", Form::Task),
        ("Story ", Form::Task),
        ("Aufgabe ", Form::Task),
        ("Tâche ", Form::Task),
        ("Tarea ", Form::Task),
        ("Tarefa ", Form::Task),
        ("任务 ", Form::Task),
        ("任务", Form::Task),
        ("タスク ", Form::Task),
        ("タスク", Form::Task),
        ("Phase ", Form::Phase),
    ]
    .into_iter()
    .find_map(|(word, form)| text.starts_with(word.as_bytes()).then_some((word.len(), form)))?;
    let inner = &text[length..];
    let (span, _) = match inner.first()? {
        b'0'..=b'9' => number(inner, at + length)?,
        b'A'..=b'Z' => lettered(inner, at + length)?,
        _ => return None,
    };
    let span = if form == Form::Phase { Span::new(at, span.end) } else { span };
    Some((span, form))
}

/// Letters, then digits and further parts.
fn lettered(text: &[u8], at: usize) -> Option<(Span, Form)> {
    let letters = text.iter().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let upper = text[..letters].iter().all(u8::is_ascii_uppercase);
    let mut end = letters;
    let first_digits = count_digits(&text[end..]);
    end += first_digits;
    let mut parts = usize::from(first_digits > 0);
    while let Some(length) = part(&text[end..], upper) {
        end += length;
        parts += 1;
    }
    if parts == 0 || letters > 10 {
        return hashed(text, at, letters);
    }
    let mut suffixed = false;
    if text.get(end).is_some_and(u8::is_ascii_lowercase) && ends_token(text, end + 1) {
        end += 1;
        suffixed = true;
    }
    // `T031-MIN`
    let word = text.get(end) == Some(&b'-') && upper;
    if word {
        let suffix =
            text[end + 1..].iter().take(8).take_while(|byte| byte.is_ascii_uppercase()).count();
        if suffix > 0 && ends_token(text, end + 1 + suffix) {
            end += 1 + suffix;
            suffixed = true;
        }
    }
    if !ends_token(text, end) {
        return None;
    }
    let span = Span::new(at, at + end);
    let speckit = &text[..letters] == b"T" && (3..=6).contains(&first_digits) && parts == 1;
    Some(match () {
        () if speckit => (span, Form::Speckit),
        () if parts == 1 && first_digits > 0 && upper => {
            (letters <= 4 && first_digits <= 3).then_some((span, Form::Short))?
        }
        () if upper || is_known_prefix(&text[..letters]) => {
            let _ = suffixed;
            (span, Form::Parts)
        }
        () => return None,
    })
}

/// One more part of an id: `-01`, `.2`, `-S01`, `_3`.
fn part(text: &[u8], upper: bool) -> Option<usize> {
    if !matches!(text.first(), Some(b'-' | b'.' | b'_')) {
        return None;
    }
    let letters = if upper && text[0] != b'.' {
        text[1..].iter().take(4).take_while(|byte| byte.is_ascii_uppercase()).count()
    } else {
        0
    };
    let end = 1 + letters;
    let digits = count_digits(&text[end..]);
    if digits > 0 {
        return Some(end + digits);
    }
    // `-DRP-001`: a part of letters, when one of digits follows.
    let words = text[1..].iter().take(9).take_while(|byte| byte.is_ascii_uppercase()).count();
    let rest = &text[1 + words..];
    let digits = rest.strip_prefix(b"-").map_or(0, count_digits);
    (upper && text[0] == b'-' && (1..=8).contains(&words) && digits > 0)
        .then_some(1 + words + 1 + digits)
}

/// `t_ef86a54a`: a short prefix and a hash with at least one digit.
fn hashed(text: &[u8], at: usize, letters: usize) -> Option<(Span, Form)> {
    if letters == 0 || letters > 4 || text.get(letters) != Some(&b'_') {
        return None;
    }
    let hash =
        text[letters + 1..].iter().take(40).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let end = letters + 1 + hash;
    let digits = text[letters + 1..end].iter().any(u8::is_ascii_digit);
    (hash >= 4 && digits && ends_token(text, end)).then(|| (Span::new(at, at + end), Form::Parts))
}

/// Prefixes that only ids have.
pub fn is_known_prefix(letters: &[u8]) -> bool {
    const PREFIXES: [&str; 14] = [
        "T", "TASK", "BACK", "STORY", "ISSUE", "BUG", "FEAT", "FEATURE", "EPIC", "TODO", "REQ",
        "WP", "US", "CARD",
    ];
    PREFIXES.iter().any(|prefix| prefix.as_bytes().eq_ignore_ascii_case(letters))
}

fn count_digits(text: &[u8]) -> usize {
    text.iter().take(12).take_while(|byte| byte.is_ascii_digit()).count()
}

/// Whether a token may end before `at`: the end, a blank, or punctuation that never goes on an id.
fn ends_token(text: &[u8], at: usize) -> bool {
    match text.get(at) {
        None => true,
        Some(byte @ (b'.' | b':' | b',' | b';' | b')' | b']' | b'|' | b'/' | b'!' | b'?')) => {
            // `2.x`, `1:30`, `src/1/2` are not ids.
            !matches!(byte, b'.' | b':' | b'/')
                || text.get(at + 1).is_none_or(|next| !next.is_ascii_alphanumeric())
        }
        Some(b' ' | b'\t' | b'*' | b'_' | b'`' | b'~' | b'&' | b'+' | b'\r' | b'\n') => true,
        Some(_) => {
            let rest = &text[at..];
            ["—", "–", "→", "：", "、", "，"].iter().any(|sign| rest.starts_with(sign.as_bytes()))
        }
    }
}

/// The base of a suffixed id: `T031-MIN` → `T031`, `T028a` → `T028`.
pub fn alias(id: &str) -> Option<&str> {
    let bytes = id.as_bytes();
    let digits = bytes.iter().position(u8::is_ascii_digit)?;
    if digits == 0 || !bytes[..digits].iter().all(u8::is_ascii_alphabetic) {
        return None;
    }
    let end = digits + count_digits(&bytes[digits..]);
    let suffix = &id[end..];
    let is_suffix = match suffix.as_bytes() {
        [letter] => letter.is_ascii_lowercase(),
        [b'-', word @ ..] => !word.is_empty() && word.iter().all(u8::is_ascii_uppercase),
        _ => false,
    };
    is_suffix.then(|| &id[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_every_shape_and_decoration() {
        for (text, id, form, rest) in [
            ("T001 Create", "T001", Form::Speckit, "Create"),
            ("**T001** Create", "T001", Form::Speckit, "Create"),
            ("T031-MIN Fix", "T031-MIN", Form::Speckit, "Fix"),
            ("T028a Fix", "T028a", Form::Speckit, "Fix"),
            ("1. Set up", "1", Form::Ordinal, "Set up"),
            ("1) Set up", "1", Form::Ordinal, "Set up"),
            ("1.1 Set up", "1.1", Form::Dotted, "Set up"),
            ("1.1. Set up", "1.1", Form::Dotted, "Set up"),
            ("7.9* (P) Set up", "7.9", Form::Dotted, "(P) Set up"),
            ("17 Set up", "17", Form::Number, "Set up"),
            ("Task 1: Add", "1", Form::Task, "Add"),
            ("Task 1.2: Add", "1.2", Form::Task, "Add"),
            ("Subtask 1.2: Add", "1.2", Form::Task, "Add"),
            ("Task 2 (AC: 3)", "2", Form::Task, "(AC: 3)"),
            ("Task 4 (optional): Polish", "4", Form::Task, "(optional): Polish"),
            ("Phase 5: PR", "Phase 5", Form::Phase, "PR"),
            ("**Phase 4.1: API** - x", "Phase 4.1", Form::Phase, "API** - x"),
            ("03-02-PLAN.md - Nested", "03-02", Form::Plan, "Nested"),
            ("12.3-01-PLAN.md -- Nested", "12.3-01", Form::Plan, "Nested"),
            ("03-PLAN-02.md — Nested", "03-PLAN-02", Form::Plan, "Nested"),
            ("2.1-PLAN-02: Nested", "2.1-PLAN-02", Form::Plan, "Nested"),
            ("P6.1.1: eth", "P6.1.1", Form::Parts, "eth"),
            ("E01-S01-T01 — CST", "E01-S01-T01", Form::Parts, "CST"),
            ("**BILL-01**: User", "BILL-01", Form::Parts, "User"),
            ("**APP-CORE-001** Add", "APP-CORE-001", Form::Parts, "Add"),
            ("T-1 Dock", "T-1", Form::Parts, "Dock"),
            ("W4.1a — brain", "W4.1a", Form::Parts, "brain"),
            ("A1 Do", "A1", Form::Short, "Do"),
            ("#14 - Implement", "#14", Form::Hash, "Implement"),
            ("`t_ef86a54a`", "t_ef86a54a", Form::Parts, ""),
            ("t_9f55dbe5: wallet", "t_9f55dbe5", Form::Parts, "wallet"),
            ("任务 1.1：修改", "1.1", Form::Task, "修改"),
            ("Aufgabe 2: Bauen", "2", Form::Task, "Bauen"),
            ("~~T005~~ Drop", "T005", Form::Speckit, "Drop"),
            ("[#602](https://x/602) · plan", "#602", Form::Hash, "· plan"),
            ("task-100.4 x", "task-100.4", Form::Parts, "x"),
        ] {
            let found = at_start(text.as_bytes(), 0).unwrap_or_else(|| panic!("no id in `{text}`"));
            assert_eq!(&text[found.span.range()], id, "{text}");
            assert_eq!(found.form, form, "{text}");
            assert_eq!(&text[found.rest..], rest, "{text}");
        }
    }

    #[test]
    fn words_are_not_ids() {
        for text in [
            "Task: do",
            "Create T001",
            "v1.0.0 release",
            "2.x branch",
            "src/1/2",
            "Phase 1 is done",
            "10x faster",
            "Task 5 is late",
            "[P] T001",
            "3-way merge",
            "`cargo test`",
            "",
            "**",
            "e2e tests",
        ] {
            assert_eq!(at_start(text.as_bytes(), 0), None, "{text}");
        }
    }

    #[test]
    fn suffixed_ids_have_an_alias() {
        assert_eq!(alias("T031-MIN"), Some("T031"));
        assert_eq!(alias("T028a"), Some("T028"));
        assert_eq!(alias("T028"), None);
        assert_eq!(alias("E01-S01"), None);
    }
}
