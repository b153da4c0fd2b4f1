//! Sentences that order tasks: `T026 blocks T027, T028`, `Setup (T001–T005) → Tests (T006–T014)`,
//! `T005-T019 must complete before T020-T056`, `Admin (T020) depend on services (T018)`.
//!
//! A sentence is cut into clauses; in each, ids that stand together form a
//! group, and the words between two groups say which comes first. A clause that
//! speaks of parallel work or denies a dependency says nothing.

use crate::document::Span;
use crate::grammar::mention::{Mention, in_prose};

/// One statement: all of `before` must be closed before any of `after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Ids first.
    pub before: Vec<Mention>,
    /// Then these; empty when the sentence names its target in words only.
    pub after: Vec<Mention>,
    /// The clause.
    pub span: Span,
}

/// What the words between two groups say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Before,
    After,
    Nothing,
}

/// Reads the statements of one line.
pub fn orders(text: &str) -> Vec<Order> {
    let mut found = Vec::new();
    if text.is_empty() || denies(text) {
        return found;
    }
    for clause in clauses(text) {
        read_clause(text, clause, &mut found);
    }
    found
}

fn denies(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [
        "parallel",
        "independent",
        "no dependency",
        "no dependencies",
        "simultaneous",
        "concurrent",
        "any order",
    ]
    .iter()
    .any(|word| lower.contains(word))
        || lower
            .split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
            .any(|word| matches!(word, "not" | "don't" | "doesn't" | "cannot" | "never"))
}

fn clauses(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut ends: Vec<(usize, usize)> = text
        .match_indices([';', '；', '·', '。'])
        .chain(text.match_indices(". "))
        .map(|(at, sign)| (at, sign.chars().next().map_or(1, char::len_utf8)))
        .collect();
    ends.sort_unstable();
    for (at, length) in ends {
        if at >= start {
            spans.push(Span::new(start, at));
            start = at + length;
        }
    }
    spans.push(Span::new(start.min(text.len()), text.len()));
    spans.retain(|span| text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
    spans
}

fn read_clause(text: &str, clause: Span, found: &mut Vec<Order>) {
    let words = &text[clause.range()];
    let groups = groups(words);
    let order = |before: &Group, after: &[Mention]| Order {
        before: before.mentions.clone(),
        after: after.to_vec(),
        span: clause,
    };
    for pair in groups.windows(2) {
        match relation(&words[pair[0].end..pair[1].start]) {
            Relation::Before => found.push(order(&pair[0], &pair[1].mentions)),
            Relation::After => found.push(order(&pair[1], &pair[0].mentions)),
            Relation::Nothing => {}
        }
    }
    if let [first, second] = groups.as_slice()
        && found.is_empty()
        && opens_with_after(words, first, second)
    {
        found.push(order(first, &second.mentions));
    }
    if let [only] = groups.as_slice()
        && states_gate(&words[only.end..])
    {
        found.push(order(only, &[]));
    }
}

/// `After T026, do T027`, `Once T001 is done, T002 can start`.
fn opens_with_after(words: &str, first: &Group, second: &Group) -> bool {
    let opening = words[..first.start].trim_matches([' ', '-', '*', '(']);
    ["after", "once"].iter().any(|word| opening.eq_ignore_ascii_case(word))
        && words[first.end..second.start].contains(',')
}

/// `… must complete before any implementation`: a gate whose target has no ids.
fn states_gate(rest: &str) -> bool {
    let lower = rest.to_ascii_lowercase();
    let lower = lower.trim_start();
    (lower.starts_with("must ") && lower.contains(" before "))
        || lower.starts_with("block ")
        || lower.starts_with("blocks ")
}

/// Ids that stand together.
struct Group {
    mentions: Vec<Mention>,
    start: usize,
    end: usize,
}

fn groups(words: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for mention in in_prose(words) {
        match groups.last_mut() {
            Some(group)
                if is_list_gap(&words[group.end..mention.span.start])
                    || is_noted_list_gap(&words[group.end..mention.span.start]) =>
            {
                group.end = mention.span.end;
                group.mentions.push(mention);
            }
            _ => groups.push(Group {
                start: mention.span.start,
                end: mention.span.end,
                mentions: vec![mention],
            }),
        }
    }
    groups
}

/// Whether only list punctuation, `and`, and notes in parentheses stand between two ids.
fn is_list_gap(gap: &str) -> bool {
    let mut depth = 0_i32;
    let outside: String = gap
        .chars()
        .filter(|&letter| {
            match letter {
                '(' | '（' => depth += 1,
                ')' | '）' => {
                    depth -= 1;
                    return false;
                }
                _ => {}
            }
            depth <= 0
        })
        .collect();
    // A parenthesis that only closes or only opens separates `Setup (T001) → Tests (T002)`.
    depth == 0
        && outside
            .split(|letter: char| {
                letter.is_whitespace()
                    || matches!(letter, ',' | '&' | '+' | '/' | '`' | '*' | '、' | '，')
            })
            .all(|word| {
                word.is_empty()
                    || word.eq_ignore_ascii_case("and")
                    || word.eq_ignore_ascii_case("or")
            })
}

/// Between the ids of `the panel (T033) and the board (T028)`: each in its own parenthesis.
fn is_noted_list_gap(gap: &str) -> bool {
    const WORDS_MAX: usize = 6;
    let Some(inner) = gap.strip_prefix(')').and_then(|rest| rest.strip_suffix('(')) else {
        return false;
    };
    let words = || inner.split(|letter: char| !letter.is_alphanumeric()).filter(|w| !w.is_empty());
    let joined = inner.trim_start().starts_with([',', '&', '+'])
        || matches!(words().next(), Some("and" | "or"));
    joined
        && !inner.contains(['(', ')', ';', '.'])
        && words().count() <= WORDS_MAX
        && !words().any(|word| word == "then")
        && relation(inner) == Relation::Nothing
}

fn relation(between: &str) -> Relation {
    if ["→", "->", "=>", "➜", "⇒", "⟶"].iter().any(|arrow| between.contains(arrow)) {
        return Relation::Before;
    }
    let lower = between.to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let pair = |first: &str, second: &str| words.windows(2).any(|window| window == [first, second]);
    let has = |word: &str| words.contains(&word);
    if pair("depends", "on")
        || pair("depend", "on")
        || pair("dependent", "on")
        || pair("blocked", "by")
        || pair("relies", "on")
        || pair("rely", "on")
    {
        return Relation::After;
    }
    if pair("required", "for")
        || pair("needed", "for")
        || pair("prerequisite", "for")
        || pair("prerequisites", "for")
        || pair("required", "by")
        || pair("needed", "by")
        || [
            "blocks", "block", "before", "precede", "precedes", "unblocks", "unblock", "enables",
            "enable",
        ]
        .iter()
        .any(|word| has(word))
    {
        return Relation::Before;
    }
    if has("needs")
        || has("need")
        || has("requires")
        || has("require")
        || words.first() == Some(&"after")
        || pair("comes", "after")
        || pair("come", "after")
        || words.windows(2).any(|pair| {
            pair[1] == "after"
                && matches!(pair[0], "run" | "runs" | "start" | "starts" | "begin" | "begins")
        })
        || pair("blocked", "until")
        || pair("wait", "for")
        || pair("waits", "for")
        || pair("must", "follow")
    {
        return Relation::After;
    }
    Relation::Nothing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> Vec<String> {
        let side = |mentions: &[Mention]| {
            mentions
                .iter()
                .map(|mention| match &mention.to {
                    Some(to) => format!("{}..{to}", mention.from),
                    None => mention.from.clone(),
                })
                .collect::<Vec<_>>()
                .join(" ")
        };
        orders(text)
            .iter()
            .map(|order| format!("{} < {}", side(&order.before), side(&order.after)))
            .collect()
    }

    #[test]
    fn statements_are_read_in_both_directions() {
        for (text, expected) in [
            ("T026 (ProfileManager init) blocks T027, T028", &["T026 < T027 T028"] as &[_]),
            (
                "**Test Phase**: T005-T019 must complete and FAIL before T020-T056",
                &["T005..T019 < T020..T056"],
            ),
            ("T020-T025 block core implementation T026-T030", &["T020..T025 < T026..T030"]),
            ("T035-T037 required for T038-T043 integration", &["T035..T037 < T038..T043"]),
            ("T031-T034 (verification) blocks T041 (startup)", &["T031..T034 < T041"]),
            (
                "Setup (T001–T005) → Tests (T006–T014) → Core (T015–T024)",
                &["T001..T005 < T006..T014", "T006..T014 < T015..T024"],
            ),
            (
                "T016 blocks T017–T018; T018 blocks T019–T021; T022 blocks T027",
                &["T016 < T017..T018", "T018 < T019..T021", "T022 < T027"],
            ),
            ("Admin endpoints (T020) depend on domain services (T018)", &["T018 < T020"]),
            ("T001-T004 must complete before any implementation", &["T001..T004 < "]),
            ("T019 blocks the panel (T033) and the board (T028)", &["T019 < T033 T028"]),
            ("The form (T001), the list (T002) depend on the store (T003)", &["T003 < T001 T002"]),
            ("After T026, do T027", &["T026 < T027"]),
            ("T017 can start after T016", &["T016 < T017"]),
            ("T018 is blocked until T017 lands", &["T017 < T018"]),
            ("T003, T004 can run in parallel before T005", &[]),
            ("ProfileManager → T009, T026-T030 (unit tests)", &[]),
            ("T010 does not depend on T009", &[]),
        ] {
            assert_eq!(show(text), expected, "{text}");
        }
    }
}
