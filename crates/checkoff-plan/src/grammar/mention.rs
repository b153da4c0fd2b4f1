//! Ids named inside a text: single ones and ranges.
//!
//! Two readers share one walk. A *field* (`needs: 1, 3-5`) may hold bare
//! numbers, because everything in it is meant to be an id; in *prose* only
//! shapes count that no sentence has by chance.

use crate::document::Span;
use crate::grammar::id::{self, Form};

/// An id or a range of ids named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The first (or only) id, as compared: `Task 13` is `13`.
    pub from: String,
    /// The last id of a range.
    pub to: Option<String>,
    /// `T013+`: this one and every later one.
    pub open_end: bool,
    /// The range may also be one id as a whole (`03-02`): known ids decide.
    pub maybe_one: bool,
    /// `T004?`
    pub optional: bool,
    /// `T004!`
    pub strict: bool,
    /// Where it stands.
    pub span: Span,
}

/// Ids in the value of a dependency field.
///
/// A parenthesis after an id is a note about it. Bare numbers count only where
/// the whole value is a list of them.
pub fn in_field(text: &str) -> Vec<Mention> {
    let mut found = walk(text, true);
    found.retain(|mention| !denied(text, mention.span));
    if found.iter().any(|mention| is_number(&mention.from)) && !is_plain_list(text) {
        found.retain(|mention| !is_number(&mention.from));
    }
    found
}

/// Ids in a sentence.
pub fn in_prose(text: &str) -> Vec<Mention> {
    walk(text, false)
}

/// `#608 is related but not blocking`: the part of a value that denies a dependency names none.
fn denied(text: &str, span: Span) -> bool {
    let ends = [';', ',', '，', '、', '；', '('];
    // A remark stands near its id; the bounds keep a list without commas linear.
    let near = text.floor_char_boundary(span.start.saturating_sub(NOTE_MAX));
    let far = text.ceil_char_boundary((span.end + NOTE_MAX).min(text.len()));
    let start = text[near..span.start].rfind(ends).map_or(near, |at| near + at);
    let end = text[span.end..far].find(ends).map_or(far, |at| span.end + at);
    text[start..end]
        .split(|letter: char| !letter.is_alphanumeric())
        .any(|word| word.eq_ignore_ascii_case("not"))
}

/// How far from an id a remark about it is looked for.
const NOTE_MAX: usize = 400;

fn is_number(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-')
}

fn walk(text: &str, field: bool) -> Vec<Mention> {
    let bytes = text.as_bytes();
    let mut found: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if field
            && byte == b'('
            && found.last().is_some_and(|last| note_follows(bytes, last.span.end, at))
        {
            at = memchr::memchr(b')', &bytes[at..]).map_or(bytes.len(), |close| at + close + 1);
            continue;
        }
        if field && byte == b'.' && !found.is_empty() && sentence_follows(&bytes[at + 1..]) {
            break;
        }
        let starts = byte.is_ascii_alphanumeric() || byte == b'#';
        let after_word = at > 0 && goes_on_word(bytes, at - 1);
        if !starts || after_word {
            at += 1;
            continue;
        }
        match mention(bytes, at, field) {
            Some(mut mention) => {
                if field && found.last().is_some_and(|last| lists_phases(bytes, last, &mention)) {
                    let phase = |number: &String| format!("{PHASE}{number}");
                    mention.to = mention.to.as_ref().map(phase);
                    mention.from = phase(&mention.from);
                }
                at = mention.span.end.max(at + 1);
                found.push(mention);
            }
            None => at += word_length(&bytes[at..]),
        }
    }
    found
}

/// The word before a phase's number, as it stands in ids.
const PHASE: &str = "Phase ";

/// Whether a number goes on a list of phases: `Phase 1, 2 and 3`.
fn lists_phases(bytes: &[u8], last: &Mention, next: &Mention) -> bool {
    let between = bytes.get(last.span.end..next.span.start).unwrap_or_default();
    let between = match memchr::memrchr(b')', between) {
        Some(note) => &between[note + 1..],
        None => between,
    };
    last.from.starts_with(PHASE)
        && bytes[next.span.start].is_ascii_digit()
        && between.iter().any(|byte| !byte.is_ascii_whitespace())
        && matches!(between.trim_ascii(), b"," | b"and" | b"&" | b"+" | b", and" | b"/")
}

/// Whether a new sentence begins: it speaks of something else.
fn sentence_follows(rest: &[u8]) -> bool {
    let gap = crate::grammar::blanks(rest);
    let word: Vec<u8> =
        rest[gap..].iter().copied().take_while(u8::is_ascii_alphabetic).take(16).collect();
    gap > 0
        && word.len() > 1
        && word[1..].iter().all(u8::is_ascii_lowercase)
        && !matches!(word.as_slice(), b"Task" | b"Tasks" | b"Phase" | b"Phases" | b"Story")
}

fn note_follows(bytes: &[u8], end: usize, at: usize) -> bool {
    at - end <= NOTE_MAX
        && bytes[end..at].iter().all(|byte| matches!(byte, b' ' | b'*' | b'`' | b'_'))
}

/// Whether the byte before a token makes it a piece of a longer word.
fn goes_on_word(bytes: &[u8], at: usize) -> bool {
    let byte = bytes[at];
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'#' | b'$' | b'@' | b'\\')
        || (matches!(byte, b'.' | b'/' | b'-') && at > 0 && bytes[at - 1].is_ascii_alphanumeric())
}

fn word_length(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count().max(1)
}

fn mention(bytes: &[u8], at: usize, field: bool) -> Option<Mention> {
    let phases = bytes[at..].starts_with(b"Phases ") || bytes[at..].starts_with(b"phases ");
    let plural = if phases { "Phases ".len() } else { plural_word(&bytes[at..]) };
    let start = at + plural;
    let (span, form) = id::token(bytes, start)?;
    if phases && !bytes[start].is_ascii_digit() {
        return None;
    }
    if !field && matches!(form, Form::Number | Form::Plan) && plural == 0 {
        return None;
    }
    if !field && form == Form::Dotted && plural == 0 && !is_listed(bytes, start, span.end) {
        return None;
    }
    let text = |span: Span| String::from_utf8_lossy(&bytes[span.range()]).into_owned();
    let whole = text(span);
    let mut mention = Mention {
        from: whole.clone(),
        to: None,
        open_end: false,
        maybe_one: false,
        optional: false,
        strict: false,
        span: Span::new(at, span.end),
    };
    if let Some((from, to)) = split_range(&whole) {
        mention.from = from;
        mention.to = Some(to);
        mention.maybe_one = true;
    } else if let Some((to, end)) = range_tail(bytes, span.end, &whole) {
        mention.to = Some(to);
        mention.span.end = end;
    } else if form == Form::Plan {
        mention.span.end = span.end + id::plan_suffix(&bytes[span.end..]);
    } else if matches!(form, Form::Speckit | Form::Parts | Form::Short)
        && bytes.get(span.end) == Some(&b'+')
        && bytes.get(span.end + 1).is_none_or(|next| !next.is_ascii_alphanumeric())
    {
        mention.open_end = true;
        mention.span.end = span.end + 1;
    }
    if phases {
        let phase = |number: &String| format!("{PHASE}{number}");
        mention.to = mention.to.as_ref().map(phase);
        mention.from = phase(&mention.from);
        mention.maybe_one = false;
    }
    match bytes.get(mention.span.end) {
        Some(b'?') if field => mention.optional = true,
        Some(b'!') if field => mention.strict = true,
        _ => return Some(mention),
    }
    mention.span.end += 1;
    Some(mention)
}

/// `Tasks 1-3`: the plural before numbers.
fn plural_word(text: &[u8]) -> usize {
    ["Tasks ", "tasks ", "TASKS ", "Stories "]
        .iter()
        .find(|word| text.starts_with(word.as_bytes()))
        .map_or(0, |word| word.len())
}

/// A dotted number counts in prose only next to an arrow or a word of order.
fn is_listed(bytes: &[u8], start: usize, end: usize) -> bool {
    const NEAR: usize = 12;
    let before = bytes[start.saturating_sub(NEAR)..start].trim_ascii_end();
    let after = bytes[end..(end + NEAR).min(bytes.len())].trim_ascii_start();
    let arrow = ["→", "->"]
        .iter()
        .any(|arrow| before.ends_with(arrow.as_bytes()) || after.starts_with(arrow.as_bytes()));
    let leads = ["depends on", "depend on", "blocks ", "block ", "requires", "before"];
    let led = [" on", "blocks", "block", "requires", "before"];
    arrow
        || leads.iter().any(|word| after.starts_with(word.as_bytes()))
        || (bytes[..start].ends_with(b" ")
            && led.iter().any(|word| before.ends_with(word.as_bytes())))
}

/// `T001-T004` and `6-12`, which an id token may swallow whole.
fn split_range(whole: &str) -> Option<(String, String)> {
    let (from, to) = whole.split_once('-')?;
    if to.contains('-') {
        return None;
    }
    let (from_prefix, from_number) = split_number(from)?;
    let (to_prefix, to_number) = split_number(to)?;
    (from_prefix == to_prefix && from_number <= to_number).then(|| (from.to_owned(), to.to_owned()))
}

/// `–T008`, ` to T008`, `–008` after an id: the end of the range and where it stops.
fn range_tail(bytes: &[u8], end: usize, from: &str) -> Option<(String, usize)> {
    let rest = &bytes[end..];
    let gap = crate::grammar::blanks(rest);
    let sign = ["–", "—", "..", "-", "to ", "through ", "~"]
        .iter()
        .find(|sign| rest[gap..].starts_with(sign.as_bytes()))?;
    // A hyphen between blanks is punctuation: `T001 - then T002`.
    if (*sign == "-" || *sign == "—") && gap > 0 || (sign.ends_with(' ') && gap == 0) {
        return None;
    }
    let mut at = end + gap + sign.len();
    at += crate::grammar::blanks(&bytes[at..]);
    let (from_prefix, from_number) = split_number(from)?;
    let bare = from.strip_prefix('#');
    let (span, form) = id::token(bytes, at)?;
    let to = String::from_utf8_lossy(&bytes[span.range()]).into_owned();
    let (to_prefix, to_number) = split_number(&to)?;
    let to = if to_prefix == from_prefix {
        to
    } else if to_prefix.is_empty()
        && form == Form::Number
        && (bare.is_some() || !from_prefix.is_empty())
    {
        format!("{from_prefix}{to}")
    } else {
        return None;
    };
    (from_number <= to_number).then_some((to, span.end))
}

/// An id as its prefix and its last number: `T001` → (`T`, 1), `1.4` → (`1.`, 4).
///
/// A letter after the number belongs to neither (`T028a` → (`T`, 28)).
pub fn split_number(id: &str) -> Option<(&str, u64)> {
    let bytes = id.as_bytes();
    let trimmed = if bytes.len() > 1 && bytes[bytes.len() - 1].is_ascii_lowercase() {
        &id[..id.len() - 1]
    } else {
        id
    };
    let digits = trimmed.bytes().rev().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    let (prefix, number) = trimmed.split_at(trimmed.len() - digits);
    Some((prefix, number.parse().ok()?))
}

/// Whether nothing but ids, separators and a few small words stand in a field.
fn is_plain_list(text: &str) -> bool {
    let mut depth = 0_usize;
    text.split(|letter: char| {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 0 || !(letter.is_alphanumeric() || letter == '.' || letter == '_')
    })
    .filter(|word| !word.is_empty())
    .all(|word| {
        let bytes = word.as_bytes();
        bytes.iter().any(u8::is_ascii_digit)
            || matches!(
                word.to_ascii_lowercase().trim_end_matches('.'),
                "and"
                    | "to"
                    | "through"
                    | "task"
                    | "tasks"
                    | "story"
                    | "stories"
                    | "phase"
                    | "phases"
                    | "plan"
                    | "plans"
                    | "md"
                    | ""
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(found: Vec<Mention>) -> String {
        let one = |mention: Mention| match mention.to {
            Some(to) => format!("{}..{to}", mention.from),
            None if mention.open_end => format!("{}..", mention.from),
            None => mention.from,
        };
        found.into_iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn fields_hold_ids_numbers_and_ranges() {
        for (text, expected) in [
            ("T001, T002", "T001 T002"),
            ("T001-T004", "T001..T004"),
            ("T006–T008", "T006..T008"),
            ("T1 to T10", "T1..T10"),
            ("T001–004", "T001..T004"),
            ("1,2", "1 2"),
            ("3,5,7,9,12,14", "3 5 7 9 12 14"),
            ("6-12", "6..12"),
            ("Task 13", "13"),
            ("Tasks 1-3", "1..3"),
            ("Task 1.1-1.3", "1.1..1.3"),
            ("E00 (parallel w/ E02–E05)", "E00"),
            ("E00-S04, E01", "E00-S04 E01"),
            ("Redis running (✅ done), SQL migrations", ""),
            ("None", ""),
            ("-", ""),
            ("Python 3.12", ""),
            ("Phase 1 complete", "Phase 1"),
            ("#14, #16", "#14 #16"),
            ("`t_ef86a54a`", "t_ef86a54a"),
            ("task-354.01", "task-354.01"),
            ("T004?, T005!", "T004 T005"),
            ("Phase 9 (all of it). Can run beside any M2 phase", "Phase 9"),
            ("Phase 12 (beside Phases 14-16 after it)", "Phase 12"),
            ("Phase 1, 2 and 3", "Phase 1 Phase 2 Phase 3"),
            ("Phases 1-3", "Phase 1..Phase 3"),
            ("Phases 2, 4", "Phase 2 Phase 4"),
            ("Phase 1, Task 3", "Phase 1 3"),
            ("03-PLAN-02.md", "03-PLAN-02"),
            ("#608 is related but not blocking", ""),
            ("T001, not T002", "T001"),
            ("T013+ (types)", "T013.."),
            ("T001+T002", "T001 T002"),
        ] {
            assert_eq!(show(in_field(text)), expected, "{text}");
        }
    }

    #[test]
    fn prose_holds_lettered_ids_only() {
        for (text, expected) in [
            ("T026 (ProfileManager init) blocks T027, T028", "T026 T027 T028"),
            ("2 of 3 tests, version 1.2", ""),
            ("Setup (T001–T005) → Tests (T006–T014)", "T001..T005 T006..T014"),
            ("Task 1 → Task 2", "1 2"),
            ("1.1 → 1.2", "1.1 1.2"),
            ("2.1 depends on 1.1", "2.1 1.1"),
            ("Python 3.12 and 2.5 GB", ""),
            ("src/T001/x", ""),
        ] {
            assert_eq!(show(in_prose(text)), expected, "{text}");
        }
    }

    #[test]
    fn flags_follow_the_id() {
        let found = in_field("T004?, T005!");
        assert!(found[0].optional && !found[0].strict && found[1].strict);
    }
}
