//! From the text after an id to markers, title and what a dialect hides in it.

use crate::dialect::TitleRule;
use crate::document::{EdgeSource, FileReference, Span, Task};
use crate::grammar::{mention, paths};

use super::headings::is_priority;
use super::text::aligned;
use super::walk::{Pending, PendingKind, Walk};

impl Walk<'_> {
    /// Takes markers from both ends of `span`, then the title, then what the dialect adds.
    pub(crate) fn markers_and_title(&mut self, task: &mut Task, span: Span, priorities: bool) {
        let mut span = self.skip_markers(task, span, priorities);
        span = self.trailing_marker(task, span);
        let position = self.document.tasks.len();
        span = match self.profile.title {
            TitleRule::Plain => span,
            TitleRule::Conductor => self.conductor(task, span),
            TitleRule::Obsidian => return self.obsidian(task, span, position),
            TitleRule::Gsd => self.gsd(task, span),
        };
        span = self.unstrike(task, self.unbold(span));
        self.set_title(task, span, position);
    }

    /// What is left of `span` behind the markers at its start, which `task` takes.
    pub(crate) fn skip_markers(&self, task: &mut Task, span: Span, priorities: bool) -> Span {
        let mut span = self.trim(span);
        let start = span.start;
        while let Some(length) = self.marker(task, span, priorities) {
            span = self.trim(Span::new(span.start + length, span.end));
        }
        if span.start > start {
            // `[P]: Make it`, `[P] - Make it`
            let text = &self.bytes[span.range()];
            let sign = crate::grammar::separator(text);
            if sign > 0 && text.get(sign).is_none_or(u8::is_ascii_whitespace) {
                span = self.trim(Span::new(span.start + sign, span.end));
            }
        }
        span
    }

    fn set_title(&mut self, task: &mut Task, span: Span, position: usize) {
        task.spans.title = span;
        task.title = self.document.text(span).into_owned();
        let bytes = self.bytes;
        let text = aligned(&bytes[span.range()]);
        task.files.extend(paths::in_text(&text).into_iter().map(|path| FileReference {
            path: text[path.range()].to_owned(),
            line: task.line,
            span: Span::new(span.start + path.start, span.start + path.end),
            read_only: false,
        }));
        self.inline_needs(&text, span.start, task.line, position);
    }

    /// `(depends on T001, T002)` in a title.
    fn inline_needs(&mut self, text: &str, base: usize, line: usize, task: usize) {
        if !text.contains(['(', '[']) {
            return;
        }
        let lower = text.to_ascii_lowercase();
        // A note is short, and a title has few: both bounds keep a hostile line linear.
        for (at, opening) in lower.match_indices(['(', '[']).take(32) {
            let close = if opening == "(" { b')' } else { b']' };
            let Some(length) =
                lower.as_bytes()[at + 1..].iter().take(600).position(|&byte| byte == close)
            else {
                continue;
            };
            let inner = &lower[at + 1..at + 1 + length];
            let Some(word) = [
                "depends on",
                "depends:",
                "depends on:",
                "dep:",
                "requires",
                "after",
                "blocked by",
                "needs",
            ]
            .iter()
            .find(|word| {
                inner.trim_start().starts_with(**word) || inner.contains(&format!(", {word}"))
            }) else {
                continue;
            };
            let Some(found) = inner.find(word) else { continue };
            let start = at + 1 + found + word.len();
            let value = &text[start..at + 1 + length];
            let mentions = mention::in_field(value.trim_start_matches(':'));
            let base = base + start + (value.len() - value.trim_start_matches(':').len());
            self.pend(task, PendingKind::Needs, mentions, base, line, EdgeSource::Inline);
        }
    }

    pub(crate) fn pend(
        &mut self,
        task: usize,
        kind: PendingKind,
        mentions: Vec<mention::Mention>,
        base: usize,
        line: usize,
        source: EdgeSource,
    ) {
        if !mentions.is_empty() {
            self.out.pending.push(Pending { task, kind, mentions, base, line, source });
        }
    }

    fn trim(&self, span: Span) -> Span {
        let text = &self.bytes[span.range()];
        let start = span.start + text.len() - text.trim_ascii_start().len();
        Span::new(
            start.min(span.end),
            start.min(span.end).max(span.start + text.trim_ascii_end().len()),
        )
    }

    /// `[P]`, `(P)`, `[US1]`, `[Story]`, `[HIGH]` at the start: how long it is.
    fn marker(&self, task: &mut Task, span: Span, priorities: bool) -> Option<usize> {
        let text = &self.bytes[span.range()];
        for sign in [b"[P]" as &[u8], b"(P)", b"**[P]**", b"`[P]`"] {
            if text.starts_with(sign) {
                task.parallel = true;
                task.spans.parallel = Some(Span::new(span.start, span.start + sign.len()));
                return Some(sign.len());
            }
        }
        let inner = text.strip_prefix(b"[")?;
        let close = inner.iter().take(12).position(|&byte| byte == b']')?;
        let word = aligned(&inner[..close]);
        if let Some(number) = word.strip_prefix("US")
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
        {
            task.story = Some(word.into_owned());
            return Some(close + 2);
        }
        if word == "Story" && task.id.is_some() {
            return Some(close + 2);
        }
        if priorities && is_priority(&word) {
            task.priority = Some(word.into_owned());
            return Some(close + 2);
        }
        None
    }

    /// `[P]` may also end the title.
    fn trailing_marker(&self, task: &mut Task, span: Span) -> Span {
        let text = &self.bytes[span.range()];
        if !text.ends_with(b" [P]") {
            return span;
        }
        task.parallel = true;
        task.spans.parallel = Some(Span::new(span.end - 3, span.end));
        self.trim(Span::new(span.start, span.end - 3))
    }

    /// `~~T005 Drop it~~`: the line began before the id.
    fn unstrike(&self, task: &Task, span: Span) -> Span {
        let text = &self.bytes[span.range()];
        match text.strip_suffix(b"~~") {
            Some(inner) if task.id.is_some() && memchr::memmem::find(inner, b"~~").is_none() => {
                self.trim(Span::new(span.start, span.end - 2))
            }
            _ => span,
        }
    }

    /// A title that is bold throughout loses the stars.
    fn unbold(&self, span: Span) -> Span {
        let text = &self.bytes[span.range()];
        for sign in [b"**", b"__"] {
            if text.len() > 4 && text.starts_with(sign) && text.ends_with(sign) {
                let inner = &text[2..text.len() - 2];
                if memchr::memmem::find(inner, sign).is_none() {
                    return self.trim(Span::new(span.start + 2, span.end - 2));
                }
            }
        }
        span
    }

    /// Without `Task:`/`Track:` and without a trailing commit.
    fn conductor(&self, task: &mut Task, span: Span) -> Span {
        let mut span = self.unbold(span);
        for label in ["**Task:**", "**Track:**", "Task:", "Track:"] {
            if self.bytes[span.range()].starts_with(label.as_bytes()) {
                span = self.trim(Span::new(span.start + label.len(), span.end));
                break;
            }
        }
        let text = aligned(&self.bytes[span.range()]).into_owned();
        if let Some((commit, start)) = trailing_commit(&text) {
            task.commit = Some(commit.to_owned());
            span = self.trim(Span::new(span.start, span.start + start));
        }
        // `**Task: …**` closed before the commit.
        let text = &self.bytes[span.range()];
        if text.ends_with(b"**") && memchr::memmem::find(&text[..text.len() - 2], b"**").is_none() {
            span = self.trim(Span::new(span.start, span.end - 2));
        } else if text.starts_with(b"**Task:") || text.starts_with(b"**Track:") {
            span = self.conductor_open_bold(span);
        }
        span
    }

    /// `**Task: title**` with something behind it.
    fn conductor_open_bold(&self, span: Span) -> Span {
        let text = aligned(&self.bytes[span.range()]).into_owned();
        let Some(colon) = text.find(':') else { return span };
        let end = text[colon..].find("**").map_or(text.len(), |at| colon + at);
        self.trim(Span::new(span.start + colon + 1, span.start + end))
    }

    /// Without `(1/2 plans)` and what follows it.
    fn gsd(&self, task: &mut Task, span: Span) -> Span {
        let text = aligned(&self.bytes[span.range()]).into_owned();
        let Some((open, done, total)) = text.match_indices('(').find_map(|(open, _)| {
            let (done, total) = plan_count(&text[open + 1..])?;
            Some((open, done.to_owned(), total.to_owned()))
        }) else {
            return span;
        };
        task.extra.push(("plans_done".to_owned(), done));
        // `0/TBD plans`: nobody knows yet how many.
        if total.starts_with(|letter: char| letter.is_ascii_digit()) {
            task.extra.push(("plans_total".to_owned(), total));
        }
        self.trim(Span::new(span.start, span.start + open))
    }

    /// Emoji fields, data-view fields and tags leave the title.
    fn obsidian(&mut self, task: &mut Task, span: Span, position: usize) {
        let text = aligned(&self.bytes[span.range()]).into_owned();
        let mut kept: Vec<Span> = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let starts_word = text[..at].chars().next_back().is_none_or(char::is_whitespace);
            let found =
                obsidian_field(&text[at..]).filter(|field| field.key != "tag" || starts_word);
            if let Some(field) = &found {
                self.obsidian_value(task, field, span.start + at, position);
            }
            match found {
                Some(field) if field.key != "tag" || field.value == GLOBAL_TAG => {
                    at += field.length;
                }
                other => {
                    // A tag is a word of the title, unless it only says that this is a task.
                    let letter = text[at..].chars().next().map_or(1, char::len_utf8);
                    let length = other.map_or(letter, |tag| tag.length);
                    match kept.last_mut() {
                        Some(last) if last.end == at => last.end += length,
                        _ => kept.push(Span::new(at, at + length)),
                    }
                    at += length;
                }
            }
        }
        let words: Vec<&str> =
            kept.iter().flat_map(|piece| text[piece.range()].split_whitespace()).collect();
        let title = words.join(" ");
        self.set_title(task, span, position);
        task.title = title;
        let files = paths::in_text(&task.title);
        task.files.retain(|file| files.iter().any(|span| task.title[span.range()] == file.path));
    }

    fn obsidian_value(
        &mut self,
        task: &mut Task,
        found: &ObsidianField<'_>,
        start: usize,
        position: usize,
    ) {
        let value = found.value.trim();
        match found.key {
            "id" => {
                task.id = Some(value.to_owned());
                let offset = start + found.value_offset;
                task.spans.id = Some(Span::new(offset, offset + value.len()));
            }
            "needs" => {
                let mentions = obsidian_ids(found.value);
                self.pend(
                    position,
                    PendingKind::Needs,
                    mentions,
                    start + found.value_offset,
                    task.line,
                    EdgeSource::Emoji,
                );
            }
            "due" => task.due = Some(value.to_owned()),
            "priority" => task.priority = Some(value.to_owned()),
            "tag" => task.labels.push(value.to_owned()),
            key => task.extra.push((key.to_owned(), value.to_owned())),
        }
    }
}

/// `1/2 plans`, `0 of 3 plans complete` behind a parenthesis: how many are done, and of how many.
fn plan_count(text: &str) -> Option<(&str, &str)> {
    let number = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let done = number(text);
    let rest = text[done..].strip_prefix('/').or_else(|| text[done..].strip_prefix(" of "))?;
    let total = ["TBD", "?"]
        .iter()
        .find(|unknown| rest.starts_with(**unknown))
        .map_or_else(|| number(rest), |unknown| unknown.len());
    let counted = done > 0 && total > 0 && rest[total..].starts_with(" plan");
    counted.then(|| (&text[..done], &rest[..total]))
}

/// A field inside the text of an Obsidian task.
struct ObsidianField<'t> {
    key: &'static str,
    value: &'t str,
    value_offset: usize,
    length: usize,
}

/// The tag that marks a box as a task.
const GLOBAL_TAG: &str = "task";

/// Emoji fields with a value of the given kind behind them.
const OBSIDIAN: [(&str, &str, Value); 18] = [
    ("🆔", "id", Value::Word),
    ("⛔", "needs", Value::List),
    ("📅", "due", Value::Date),
    ("📆", "due", Value::Date),
    ("🗓", "due", Value::Date),
    ("🛫", "start", Value::Date),
    ("⏳", "scheduled", Value::Date),
    ("⌛", "scheduled", Value::Date),
    ("➕", "created", Value::Date),
    ("✅", "completed", Value::Date),
    ("❌", "cancelled", Value::Date),
    ("🔁", "recurrence", Value::Words),
    ("🏁", "on_completion", Value::Word),
    ("🔺", "priority", Value::None),
    ("⏫", "priority", Value::None),
    ("🔼", "priority", Value::None),
    ("🔽", "priority", Value::None),
    ("⏬", "priority", Value::None),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    None,
    Word,
    List,
    Date,
    Words,
}

fn obsidian_field(text: &str) -> Option<ObsidianField<'_>> {
    let first = text.chars().next()?;
    if matches!(first, '[' | '(') {
        return dataview(text);
    }
    if first == '#' {
        let length =
            text[1..].find(|letter: char| !is_tag_letter(letter)).map_or(text.len(), |at| at + 1);
        let word = &text[1..length];
        let tag = word.chars().any(|letter| !letter.is_ascii_digit());
        return tag.then_some(ObsidianField { key: "tag", value: word, value_offset: 1, length });
    }
    if first.is_ascii() {
        return None;
    }
    let (sign, key, kind) = OBSIDIAN.iter().find(|(sign, ..)| text.starts_with(sign))?;
    let mut at = sign.len();
    if text[at..].starts_with('\u{FE0F}') {
        at += '\u{FE0F}'.len_utf8();
    }
    if *kind == Value::None {
        let value = match *sign {
            "🔺" => "highest",
            "⏫" => "high",
            "🔼" => "medium",
            "🔽" => "low",
            _ => "lowest",
        };
        return Some(ObsidianField { key, value, value_offset: at, length: at });
    }
    let gap = text[at..].len() - text[at..].trim_start().len();
    let rest = &text[at + gap..];
    let length = match kind {
        Value::Date => date_length(rest)?,
        Value::Word => rest.find(|letter: char| !is_id_letter(letter)).unwrap_or(rest.len()),
        Value::List => list_length(rest),
        _ => words_length(rest),
    };
    let value = &rest[..length];
    (!value.is_empty()).then_some(ObsidianField {
        key,
        value,
        value_offset: at + gap,
        length: at + gap + length,
    })
}

/// No data-view field is longer.
const FIELD_MAX: usize = 600;

/// `[due:: 2024-01-01]`, `(id:: a)`.
fn dataview(text: &str) -> Option<ObsidianField<'_>> {
    let close = if text.starts_with('[') { b']' } else { b')' };
    // A field is short; looking further would cost the square of a line of brackets.
    let head = text.as_bytes().get(..text.len().min(FIELD_MAX))?;
    let end = memchr::memchr(close, head)?;
    let (key, value) = text[1..end].split_once("::")?;
    let key = match key.trim() {
        "id" => "id",
        "dependsOn" => "needs",
        "due" => "due",
        "priority" => "priority",
        "scheduled" => "scheduled",
        "start" => "start",
        "created" => "created",
        "completion" => "completed",
        "cancelled" => "cancelled",
        "repeat" => "recurrence",
        "onCompletion" => "on_completion",
        _ => return None,
    };
    Some(ObsidianField { key, value, value_offset: end - value.len(), length: end + 1 })
}

/// Words up to the next field or tag.
fn words_length(text: &str) -> usize {
    let emoji = text.find(|letter: char| !letter.is_ascii()).unwrap_or(text.len());
    let text = &text[..emoji];
    let next = [" #", " [", " ("].iter().filter_map(|sign| text.find(sign)).min();
    next.unwrap_or(emoji)
}

/// Letters of a tag; nested tags have slashes.
fn is_tag_letter(letter: char) -> bool {
    !letter.is_whitespace() && !r##"!@#$%^&*(),.?":{}|<>[];'`=+\"##.contains(letter)
}

fn is_id_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_')
}

/// Ids separated by commas, blanks allowed behind a comma.
fn list_length(text: &str) -> usize {
    let mut length = 0;
    loop {
        let rest = &text[length..];
        let word = rest.find(|letter: char| !is_id_letter(letter)).unwrap_or(rest.len());
        length += word;
        let rest = &text[length..];
        let gap = rest.len() - rest.trim_start_matches([' ', ',']).len();
        if word == 0 || !rest[..gap].contains(',') || rest.len() == gap {
            return length;
        }
        length += gap;
    }
}

fn date_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes().get(..10)?;
    let shape = bytes.iter().enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    shape.then_some(10)
}

fn obsidian_ids(value: &str) -> Vec<mention::Mention> {
    let mut at = 0;
    let mut found = Vec::new();
    for item in value.split(',') {
        let word = item.trim();
        let start = at + (item.len() - item.trim_start().len());
        at += item.len() + 1;
        if !word.is_empty() {
            found.push(mention::Mention {
                from: word.to_owned(),
                to: None,
                open_end: false,
                maybe_one: false,
                optional: false,
                strict: false,
                span: Span::new(start, start + word.len()),
            });
        }
    }
    found
}

/// A commit hash that ends a title, in brackets or bare: the hash, and where it begins with its dressing.
fn trailing_commit(text: &str) -> Option<(&str, usize)> {
    let trimmed = text.trim_end().trim_end_matches(['*', ' ']);
    let inner = trimmed.trim_end_matches([']', ')', '`']);
    let start = inner
        .rfind(|letter: char| !letter.is_ascii_hexdigit())
        .map_or(0, |at| at + inner[at..].chars().next().map_or(1, char::len_utf8));
    let hash = &inner[start..];
    if !(7..=40).contains(&hash.len())
        || !hash.bytes().any(|byte| byte.is_ascii_digit())
        || start == 0
    {
        return None;
    }
    let before = &inner[..start];
    let dressed = before.trim_end_matches(['[', '(', '`']);
    let dressed = dressed
        .strip_suffix("commit: ")
        .or_else(|| dressed.strip_suffix("sha: "))
        .unwrap_or(dressed);
    let dressed = dressed.trim_end_matches(['[', '(', '`']);
    dressed.ends_with([' ', '*']).then_some((hash, dressed.trim_end().len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_end_a_title() {
        assert_eq!(trailing_commit("Add x a1b2c3d"), Some(("a1b2c3d", 5)));
        assert_eq!(trailing_commit("Add x [a1b2c3d4]"), Some(("a1b2c3d4", 5)));
        assert_eq!(trailing_commit("Add x `a1b2c3d`"), Some(("a1b2c3d", 5)));
        assert_eq!(trailing_commit("Add facade"), None);
        assert_eq!(trailing_commit("1234567"), None);
    }

    #[test]
    fn plans_are_counted_in_one_form() {
        assert_eq!(plan_count("1/2 plans)"), Some(("1", "2")));
        assert_eq!(plan_count("0 of 3 plans complete)"), Some(("0", "3")));
        assert_eq!(plan_count("ages 4-6, per plan)"), None);
        assert_eq!(plan_count("2 plans)"), None);
        assert_eq!(plan_count("0/TBD plans)"), Some(("0", "TBD")));
    }

    #[test]
    fn obsidian_fields_are_told_by_emoji_and_brackets() {
        let field = |text| obsidian_field(text).map(|field| (field.key, field.value.to_owned()));
        assert_eq!(field("🆔 a-b_1 rest"), Some(("id", "a-b_1".to_owned())));
        assert_eq!(field("⛔ a,b, c d"), Some(("needs", "a,b, c".to_owned())));
        assert_eq!(field("📅 2024-01-02 x"), Some(("due", "2024-01-02".to_owned())));
        assert_eq!(field("✅ done"), None);
        assert_eq!(field("[due:: 2024-01-02]"), Some(("due", " 2024-01-02".to_owned())));
        assert_eq!(field("#task x"), Some(("tag", "task".to_owned())));
        assert_eq!(field("#home/garden, x"), Some(("tag", "home/garden".to_owned())));
        assert_eq!(field("#12 x"), None);
        assert_eq!(field("⏬ x"), Some(("priority", "lowest".to_owned())));
        assert_eq!(field("🔁 every day #home"), Some(("recurrence", "every day".to_owned())));
    }
}
