//! Words and emoji that say a state.
//!
//! Words decide before emoji, because mojibake and fonts destroy emoji first;
//! whatever stands before the first letter is skipped.

use checkoff_core::State;

use crate::document::Span;

/// A state said in words or emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Which.
    pub state: State,
    /// The token that says it: emoji with the word after it, or either alone.
    pub span: Span,
    /// It was said by a word, not by an emoji alone.
    pub by_word: bool,
}

const WORDS: &[(&str, State)] = &[
    ("done", State::Done),
    ("completed", State::Done),
    ("complete", State::Done),
    ("closed", State::Done),
    ("merged", State::Done),
    ("shipped", State::Done),
    ("fixed", State::Done),
    ("finished", State::Done),
    ("implemented", State::Done),
    ("resolved", State::Done),
    ("released", State::Done),
    ("passed", State::Done),
    ("verified", State::Done),
    ("in progress", State::Doing),
    ("in-progress", State::Doing),
    ("in_progress", State::Doing),
    ("inprogress", State::Doing),
    ("in review", State::Doing),
    ("in-review", State::Doing),
    ("review", State::Doing),
    ("active", State::Doing),
    ("doing", State::Doing),
    ("working on", State::Doing),
    ("wip", State::Doing),
    ("started", State::Doing),
    ("running", State::Doing),
    ("ongoing", State::Doing),
    ("partial", State::Doing),
    ("partially", State::Doing),
    ("blocked", State::Blocked),
    ("on hold", State::Blocked),
    ("on-hold", State::Blocked),
    ("waiting", State::Blocked),
    ("paused", State::Blocked),
    ("cancelled", State::Cancelled),
    ("canceled", State::Cancelled),
    ("dropped", State::Cancelled),
    ("won't do", State::Cancelled),
    ("won’t do", State::Cancelled),
    ("wont do", State::Cancelled),
    ("won't fix", State::Cancelled),
    ("wontfix", State::Cancelled),
    ("superseded", State::Cancelled),
    ("skipped", State::Cancelled),
    ("skip", State::Cancelled),
    ("deferred", State::Cancelled),
    ("abandoned", State::Cancelled),
    ("obsolete", State::Cancelled),
    ("not started", State::Todo),
    ("not done", State::Todo),
    ("to do", State::Todo),
    ("to-do", State::Todo),
    ("todo", State::Todo),
    ("pending", State::Todo),
    ("planned", State::Todo),
    ("ready", State::Todo),
    ("ready to start", State::Todo),
    ("open", State::Todo),
    ("draft", State::Todo),
    ("proposed", State::Todo),
    ("queued", State::Todo),
    ("backlog", State::Todo),
    ("inserted", State::Todo),
    ("new", State::Todo),
    ("future", State::Todo),
    ("incomplete", State::Todo),
    ("next", State::Todo),
    ("upcoming", State::Todo),
    // Other languages; a state is said in one or two words in all of them.
    ("erledigt", State::Done),
    ("fertig", State::Done),
    ("abgeschlossen", State::Done),
    ("terminé", State::Done),
    ("terminée", State::Done),
    ("fait", State::Done),
    ("hecho", State::Done),
    ("completado", State::Done),
    ("completada", State::Done),
    ("terminado", State::Done),
    ("concluído", State::Done),
    ("concluída", State::Done),
    ("feito", State::Done),
    ("completato", State::Done),
    ("готово", State::Done),
    ("выполнено", State::Done),
    ("已完成", State::Done),
    ("完成", State::Done),
    ("完了", State::Done),
    ("済", State::Done),
    ("in arbeit", State::Doing),
    ("in bearbeitung", State::Doing),
    ("en cours", State::Doing),
    ("en curso", State::Doing),
    ("en progreso", State::Doing),
    ("em andamento", State::Doing),
    ("em progresso", State::Doing),
    ("in corso", State::Doing),
    ("в работе", State::Doing),
    ("进行中", State::Doing),
    ("進行中", State::Doing),
    ("対応中", State::Doing),
    ("作業中", State::Doing),
    ("blockiert", State::Blocked),
    ("bloqué", State::Blocked),
    ("bloqueado", State::Blocked),
    ("заблокировано", State::Blocked),
    ("阻塞", State::Blocked),
    ("保留", State::Blocked),
    ("abgebrochen", State::Cancelled),
    ("annulé", State::Cancelled),
    ("cancelado", State::Cancelled),
    ("отменено", State::Cancelled),
    ("已取消", State::Cancelled),
    ("取消", State::Cancelled),
    ("中止", State::Cancelled),
    ("offen", State::Todo),
    ("à faire", State::Todo),
    ("pendiente", State::Todo),
    ("por hacer", State::Todo),
    ("pendente", State::Todo),
    ("a fazer", State::Todo),
    ("da fare", State::Todo),
    ("не начато", State::Todo),
    ("未开始", State::Todo),
    ("未完成", State::Todo),
    ("待办", State::Todo),
    ("待处理", State::Todo),
    ("未着手", State::Todo),
    ("未対応", State::Todo),
];

const EMOJI: &[(&str, State)] = &[
    ("✅", State::Done),
    ("☑", State::Done),
    ("✓", State::Done),
    ("✔", State::Done),
    ("🔄", State::Doing),
    ("🚧", State::Doing),
    ("🟡", State::Doing),
    ("🏗", State::Doing),
    ("🔴", State::Blocked),
    ("⛔", State::Blocked),
    ("🚫", State::Cancelled),
    ("⏳", State::Todo),
    ("⬜", State::Todo),
    ("📋", State::Todo),
    ("⏸", State::Todo),
    ("🟢", State::Todo),
    ("☐", State::Todo),
    ("❌", State::Todo),
];

/// The state a text begins with, as in a status cell or field: `✅ Done (today)`.
pub fn at_start(text: &str) -> Option<Said> {
    let start = text.find(|letter: char| !letter.is_whitespace() && letter != '*')?;
    let emoji = emoji_at(&text[start..]);
    if let Some(said) = beyond_ascii(text, start) {
        return Some(said);
    }
    let word_start = text.find(|letter: char| letter.is_ascii_alphabetic() || letter == '[')?;
    if let Some(bracket) = bracketed(text, word_start) {
        return Some(bracket);
    }
    if let Some((length, state)) = word_at(&text[word_start..]) {
        return Some(Said { state, span: Span::new(start, word_start + length), by_word: true });
    }
    emoji.map(|(length, state)| Said {
        state,
        span: Span::new(start, start + length),
        by_word: false,
    })
}

/// A state word that begins with a letter beyond ASCII: `✅ 已完成`, `à faire`.
///
/// Mojibake before a word is letters too; it is no word of the list.
fn beyond_ascii(text: &str, start: usize) -> Option<Said> {
    let word_start = text.find(char::is_alphanumeric)?;
    if text.as_bytes()[word_start].is_ascii() {
        return None;
    }
    let (length, state) = word_at(&text[word_start..])?;
    Some(Said { state, span: Span::new(start, word_start + length), by_word: true })
}

/// The same for a text that may be an emoji alone.
pub fn of_cell(text: &str) -> Option<Said> {
    at_start(text).or_else(|| {
        let start = text.find(|letter: char| !letter.is_whitespace() && letter != '*')?;
        emoji_at(&text[start..]).map(|(length, state)| Said {
            state,
            span: Span::new(start, start + length),
            by_word: false,
        })
    })
}

/// `[x]`, `[ ]` at `start`.
fn bracketed(text: &str, start: usize) -> Option<Said> {
    let inner = text[start..].strip_prefix('[')?;
    let close = inner.find(']')?;
    let state = super::mark::default_state(&inner.as_bytes()[..close])?;
    Some(Said { state, span: Span::new(start, start + close + 2), by_word: true })
}

/// The state word at the start of `text`: its length and state.
pub fn word_at(text: &str) -> Option<(usize, State)> {
    let bytes = text.as_bytes();
    WORDS
        .iter()
        .filter(|(word, _)| {
            bytes.len() >= word.len()
                && bytes[..word.len()].eq_ignore_ascii_case(word.as_bytes())
                && text[word.len()..].chars().next().is_none_or(|letter| !letter.is_alphanumeric())
        })
        .max_by_key(|(word, _)| word.len())
        .map(|(word, state)| (word.len(), *state))
}

/// The state emoji at the start of `text`: its length (with variation selector) and state.
pub fn emoji_at(text: &str) -> Option<(usize, State)> {
    let (emoji, state) = EMOJI.iter().find(|(emoji, _)| text.starts_with(emoji))?;
    let selector =
        if text[emoji.len()..].starts_with('\u{FE0F}') { '\u{FE0F}'.len_utf8() } else { 0 };
    Some((emoji.len() + selector, *state))
}

/// A state emoji anywhere in a text: its span and state.
pub fn emoji_in(text: &str) -> Option<(Span, State)> {
    if text.is_ascii() {
        return None;
    }
    text.char_indices().filter(|(_, letter)| !letter.is_ascii()).find_map(|(at, _)| {
        emoji_at(&text[at..]).map(|(length, state)| (Span::new(at, at + length), state))
    })
}

/// The column a heading names, by its words: what a board calls its columns.
pub fn column(text: &str) -> Option<State> {
    const COLUMNS: &[(&str, State)] = &[
        ("backlog", State::Todo),
        ("to do", State::Todo),
        ("to-do", State::Todo),
        ("todo", State::Todo),
        ("todos", State::Todo),
        ("ready", State::Todo),
        ("planned", State::Todo),
        ("queued", State::Todo),
        ("next up", State::Todo),
        ("up next", State::Todo),
        ("pending", State::Todo),
        ("in progress", State::Doing),
        ("in-progress", State::Doing),
        ("doing", State::Doing),
        ("working on", State::Doing),
        ("wip", State::Doing),
        ("in review", State::Doing),
        ("review", State::Doing),
        ("testing", State::Doing),
        ("validation", State::Doing),
        ("blocked", State::Blocked),
        ("on hold", State::Blocked),
        ("waiting", State::Blocked),
        ("done", State::Done),
        ("completed", State::Done),
        ("complete", State::Done),
        ("shipped", State::Done),
        ("finished", State::Done),
        ("archive", State::Done),
        ("archived", State::Done),
        ("cancelled", State::Cancelled),
        ("canceled", State::Cancelled),
        ("won't do", State::Cancelled),
        ("dropped", State::Cancelled),
    ];
    let start = text.find(|letter: char| letter.is_ascii_alphabetic())?;
    let words = &text[start..];
    COLUMNS
        .iter()
        .filter(|(word, _)| {
            words.len() >= word.len()
                && words.as_bytes()[..word.len()].eq_ignore_ascii_case(word.as_bytes())
                && is_column_tail(&words[word.len()..])
        })
        .max_by_key(|(word, _)| word.len())
        .map(|(_, state)| *state)
}

/// What may follow a column word: nothing, a sign, a parenthesis, a date, `today`.
///
/// `Active Tasks` and `Review: the parser` are sections, not columns.
fn is_column_tail(tail: &str) -> bool {
    let tail = tail.trim();
    let Some(first) = tail.chars().next() else { return true };
    if matches!(first, '(' | '-' | '/' | '[' | '|' | '*')
        || first.is_ascii_digit()
        || !(first.is_ascii() || first.is_alphanumeric())
        || tail == ":"
    {
        return true;
    }
    let word = tail.split_whitespace().next().unwrap_or("").to_ascii_lowercase();
    matches!(word.as_str(), "today" | "this" | "column" | "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_before_emoji_and_keep_their_span() {
        for (text, state, token) in [
            ("✅ Done (today)", State::Done, "✅ Done"),
            ("🔴 IN PROGRESS", State::Doing, "🔴 IN PROGRESS"),
            ("‚úÖ done", State::Done, "‚úÖ done"),
            ("⏸️", State::Todo, "⏸️"),
            ("[x]", State::Done, "[x]"),
            ("**Complete**", State::Done, "Complete"),
            ("In Progress (Phase 3/6)", State::Doing, "In Progress"),
            ("not started", State::Todo, "not started"),
            ("✅ 已完成", State::Done, "✅ 已完成"),
            ("Terminé", State::Done, "Terminé"),
        ] {
            let said = of_cell(text).unwrap_or_else(|| panic!("no state in `{text}`"));
            assert_eq!(said.state, state, "{text}");
            assert_eq!(&text[said.span.range()], token, "{text}");
        }
        assert_eq!(of_cell("doneness"), None);
        assert_eq!(of_cell("—"), None);
    }

    #[test]
    fn columns_are_told_by_words() {
        assert_eq!(column("üî¥ Blocked"), Some(State::Blocked));
        assert_eq!(column("✅ Done (This Sprint)"), Some(State::Done));
        assert_eq!(column("🟢 Ready (Prioritized)"), Some(State::Todo));
        assert_eq!(column("Done 10/18/2021"), Some(State::Done));
        assert_eq!(column("Definition of Done"), None);
        assert_eq!(column("Ready for implementation"), None);
        assert_eq!(column("Complete the setup"), None);
        assert_eq!(column("Active Tasks"), None);
        assert_eq!(column("Review: the parser"), None);
        assert_eq!(column("Review:"), Some(State::Doing));
        assert_eq!(column("Done ✅"), Some(State::Done));
    }
}
