//! State words that go together.
//!
//! Which word to write comes from the file itself; where the file shows only
//! one half of a well-known pair (`pending` … `completed`), the other half is
//! taken from a family of words that occur together, in the letter case that
//! the file uses.

use crate::document::State;

/// Emoji and signs before the first letter or digit.
fn lead_length(text: &str) -> usize {
    text.find(char::is_alphanumeric).unwrap_or(text.len())
}

/// Words that one tool or habit uses together, lower case, blanks between words.
pub(super) struct Family {
    words: &'static [(State, &'static str)],
}

/// More frequent ones first; of two that fit equally the first is taken.
pub(super) const FAMILIES: &[Family] = &[
    Family {
        words: &[(State::Todo, "todo"), (State::Doing, "in progress"), (State::Done, "done")],
    },
    Family {
        words: &[(State::Todo, "to do"), (State::Doing, "in progress"), (State::Done, "done")],
    },
    Family {
        words: &[
            (State::Todo, "pending"),
            (State::Doing, "in progress"),
            (State::Done, "completed"),
            (State::Blocked, "blocked"),
            (State::Cancelled, "cancelled"),
        ],
    },
    Family {
        words: &[(State::Todo, "open"), (State::Doing, "in progress"), (State::Done, "closed")],
    },
    Family {
        words: &[
            (State::Todo, "not started"),
            (State::Doing, "in progress"),
            (State::Done, "complete"),
        ],
    },
    Family { words: &[(State::Todo, "todo"), (State::Doing, "doing"), (State::Done, "done")] },
    Family {
        words: &[(State::Todo, "planned"), (State::Doing, "in progress"), (State::Done, "done")],
    },
    Family {
        words: &[(State::Todo, "ready"), (State::Doing, "in progress"), (State::Done, "done")],
    },
    Family {
        words: &[(State::Todo, "draft"), (State::Doing, "in progress"), (State::Done, "done")],
    },
    Family {
        words: &[(State::Todo, "backlog"), (State::Doing, "in progress"), (State::Done, "done")],
    },
    Family { words: &[(State::Todo, "no"), (State::Done, "yes")] },
];

/// The word for a state in the family that fits the words of the file best.
///
/// `known` are tokens that occur in the same place (column, field, front
/// matter), the token to be replaced first. `None` when no family holds any of
/// them, or the fitting ones have no word for the state.
pub(super) fn from_family(known: &[&str], state: State) -> Option<String> {
    let bare: Vec<String> = known.iter().map(|token| bare(token)).collect();
    let fitting = |family: &Family| {
        let has = |word: &String| family.words.iter().any(|(_, own)| own == word);
        // The token itself must fit; every other one speaks for the family.
        let itself = bare.first().is_some_and(has);
        if itself { bare.iter().filter(|word| has(word)).count() } else { 0 }
    };
    let mut best: Option<(usize, &str)> = None;
    for family in FAMILIES {
        let count = fitting(family);
        let word = family.words.iter().find(|(own, _)| *own == state).map(|(_, word)| *word);
        if let Some(word) = word
            && count > best.map_or(0, |(count, _)| count)
        {
            best = Some((count, word));
        }
    }
    best.map(|(_, word)| dressed(word, known))
}

/// Whether some family holds a word.
pub(super) fn is_known(token: &str) -> bool {
    let token = bare(token);
    FAMILIES.iter().flat_map(|family| family.words).any(|(_, word)| *word == token)
}

/// Whether one family holds both words.
pub(super) fn share_family(one: &str, other: &str) -> bool {
    let (one, other) = (bare(one), bare(other));
    FAMILIES.iter().any(|family| {
        let has = |word: &String| family.words.iter().any(|(_, own)| own == word);
        has(&one) && has(&other)
    })
}

/// Lower case, one blank between words, no emoji or bold.
fn bare(token: &str) -> String {
    token[lead_length(token)..]
        .trim_end_matches(|c: char| !c.is_alphanumeric())
        .replace(['-', '_'], " ")
        .to_lowercase()
}

/// A word in the letter case and with the separator of the tokens around it.
fn dressed(word: &str, known: &[&str]) -> String {
    let letters = |token: &str| -> String { token.chars().filter(|c| c.is_alphabetic()).collect() };
    let first = known.first().map(|token| letters(token)).unwrap_or_default();
    let joint = known
        .iter()
        .flat_map(|token| token.chars())
        .find(|c| matches!(c, '-' | '_'))
        .unwrap_or(if first.starts_with(char::is_lowercase) { '-' } else { ' ' });
    let sentence_case = known.iter().any(|token| {
        let mut words = token[lead_length(token)..].split(' ');
        words.next().is_some_and(|w| w.starts_with(char::is_uppercase))
            && words.next().is_some_and(|w| w.starts_with(char::is_lowercase))
    });
    let upper = first.chars().count() > 1 && first.chars().all(char::is_uppercase);
    let capital = first.starts_with(char::is_uppercase);
    word.split(' ')
        .enumerate()
        .map(|(position, part)| match (upper, capital && (position == 0 || !sentence_case)) {
            (true, _) => part.to_uppercase(),
            (_, true) => part[..1].to_uppercase() + &part[1..],
            _ => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(&joint.to_string())
}

/// Whether a token holds no letter or digit: an emoji or a sign.
pub(super) fn is_sign(token: &str) -> bool {
    lead_length(token) == token.len()
}

/// Whether a token opens with a sign and goes on with a word.
pub(super) fn has_sign(token: &str) -> bool {
    lead_length(token) > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_half_of_a_pair_comes_in_the_case_of_the_file() {
        for (known, state, word) in [
            (&["closed"][..], State::Todo, Some("open")),
            (&["Done"], State::Doing, Some("In Progress")),
            (&["TODO"], State::Done, Some("DONE")),
            (&["pending"], State::Doing, Some("in-progress")),
            (&["Pending", "In progress"], State::Done, Some("Completed")),
            (&["in_progress", "open"], State::Done, Some("closed")),
            (&["In progress", "Not started"], State::Todo, Some("Not started")),
            (&["scheduled"], State::Done, None),
            (&["open"], State::Blocked, None),
        ] {
            assert_eq!(from_family(known, state).as_deref(), word, "{known:?} to {state}");
        }
    }
}
