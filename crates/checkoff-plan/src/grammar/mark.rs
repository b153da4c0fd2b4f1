//! What stands between the brackets of a box.

use checkoff_core::State;

/// The state a mark stands for where neither legend, words nor dialect say otherwise.
///
/// `None` for what is no mark at all (`[P]`); `>`, `<` and `?` are marks without
/// a meaning of their own and read as todo.
pub fn default_state(mark: &[u8]) -> Option<State> {
    let mark = mark.trim_ascii();
    Some(match mark {
        b"" | b">" | b"<" | b"?" => State::Todo,
        b"x" | b"X" => State::Done,
        b"~" | b"/" => State::Doing,
        b"-" => State::Cancelled,
        b"!" => State::Blocked,
        _ if is_check(mark) => State::Done,
        _ => return None,
    })
}

/// Whether the default meaning of a mark is a guess, to be reported when nothing else explains it.
pub fn is_unknown(mark: &[u8]) -> bool {
    matches!(mark.trim_ascii(), b">" | b"<" | b"?")
}

fn is_check(mark: &[u8]) -> bool {
    ["✅", "✓", "✔", "☑", "✔\u{FE0F}", "☑\u{FE0F}"].iter().any(|check| check.as_bytes() == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_of_the_grammar_has_a_state_and_letters_have_none() {
        let states = [
            (" ", State::Todo),
            ("x", State::Done),
            ("X", State::Done),
            ("~", State::Doing),
            ("/", State::Doing),
            ("-", State::Cancelled),
            ("!", State::Blocked),
            (">", State::Todo),
            ("?", State::Todo),
            ("✅", State::Done),
        ];
        for (mark, state) in states {
            assert_eq!(default_state(mark.as_bytes()), Some(state), "[{mark}]");
        }
        assert_eq!(default_state(b"P"), None);
    }
}
