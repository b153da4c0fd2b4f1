//! What words and signs in headings and titles claim about a state.
//!
//! Only claims that can hardly be anything else count: «Definition of Done» is a
//! name, «✅ Acceptance criteria» an ornament, «(DONE)» at the end of a title a
//! claim.

/// Words that say that something is finished.
const FINISHED: [&str; 7] =
    ["done", "complete", "completed", "finished", "shipped", "all done", "fully complete"];

/// Signs that say it.
const FINISHED_SIGNS: [&str; 3] = ["✅", "☑️", "✔️"];

/// Words in parentheses that say that something is not finished.
const OPEN: [&str; 9] = [
    "in progress",
    "blocked",
    "todo",
    "to do",
    "wip",
    "not started",
    "pending",
    "not done",
    "incomplete",
];

/// Whether a heading or summary says that all below it is finished: a sign at its end, or a
/// word of its own at its end (`(COMPLETE)`, `— DONE`, `: shipped 2026-06-03`).
pub(super) fn claims_finished(text: &str) -> bool {
    let text = text.trim().trim_end_matches(['*', '_', '#', ' ']);
    if FINISHED_SIGNS.iter().any(|sign| text.ends_with(sign)) {
        return true;
    }
    let remark = last_remark(text);
    remark.is_some_and(|remark| says(remark, &FINISHED) || is_all(remark))
        || FINISHED_SIGNS.iter().any(|sign| text.starts_with(sign))
            && (remark.is_some_and(begins_finished) || names_a_phase(text))
}

/// `100%`, `100% complete`
fn is_all(remark: &str) -> bool {
    let rest = remark.trim().strip_prefix("100%");
    rest.is_some_and(|rest| rest.is_empty() || FINISHED.contains(&words(rest).as_str()))
}

/// `Completed tonight`: believed only beside a sign.
fn begins_finished(remark: &str) -> bool {
    words(remark).split(' ').next().is_some_and(|word| FINISHED.contains(&word))
}

/// `✅ Phase 1: Base`: on a stretch of the plan the sign is no ornament.
fn names_a_phase(text: &str) -> bool {
    let text = words(text);
    let mut words = text.split(' ');
    let numbered = |word: &str| word.starts_with(|letter: char| letter.is_ascii_digit());
    matches!(words.next(), Some("phase" | "milestone" | "sprint" | "wave" | "stage" | "epic"))
        && words.next().is_some_and(numbered)
}

/// Whether a title says that its task is done: a sign at either end, or `(DONE)` at the end.
pub(super) fn title_claims_done(title: &str) -> bool {
    let title = title.trim().trim_matches(['*', '_']);
    let signed = |sign: &str| title.starts_with(sign) || title.ends_with(sign);
    FINISHED_SIGNS.iter().any(|sign| signed(sign))
        || bracketed(title).is_some_and(|remark| is_one_of(remark, &FINISHED))
}

/// The word with which a title says that its task is not done.
pub(super) fn claims_open(title: &str) -> Option<&'static str> {
    let remark = bracketed(title.trim().trim_matches(['*', '_']))?;
    let remark = words(remark);
    OPEN.into_iter().find(|word| remark == *word)
}

/// Letters and digits only, lower case, one blank between words.
pub(super) fn words(text: &str) -> String {
    let letters = text.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
    letters.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What stands in the last parentheses of a text, if it ends with them.
fn bracketed(text: &str) -> Option<&str> {
    let (open, inside) = match text.chars().last()? {
        ')' => ('(', text.strip_suffix(')')?),
        ']' => ('[', text.strip_suffix(']')?),
        _ => return None,
    };
    inside.rsplit_once(open).map(|(_, remark)| remark)
}

/// The last part of a heading: in parentheses, or after a dash with blanks around it.
fn last_remark(text: &str) -> Option<&str> {
    let dashes = [" — ", " – ", " - ", " -- "];
    let after_dash =
        dashes.iter().filter_map(|dash| text.rsplit_once(dash)).map(|(_, remark)| remark);
    bracketed(text).or_else(|| after_dash.min_by_key(|remark| remark.len()))
}

/// Whether a remark is one of the words, alone or followed by a date or a sign.
fn says(remark: &str, list: &[&str]) -> bool {
    let remark = words(remark);
    let before_digits =
        remark.split(|letter: char| letter.is_ascii_digit()).next().unwrap_or_default();
    let before_digits = before_digits.trim().trim_end_matches(" v").trim_end_matches(" on").trim();
    list.contains(&before_digits)
}

fn is_one_of(remark: &str, list: &[&str]) -> bool {
    list.contains(&words(remark).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_claim_with_a_sign_or_a_word_at_their_end() {
        for text in [
            "P6.5 CI/CD & Release (Priority 5) ✅",
            "✅ v1.0 Pause/Resume (Phases 1-4) — SHIPPED 2026-06-03",
            "Phase 1: Setup (COMPLETE)",
            "Phase 2 - Done",
            "Phase 2 [DONE]",
            "**Phase 3** ✅",
            "✅ Phase 1: Base",
            "✅ Landing page (completed tonight)",
            "Login (100%)",
        ] {
            assert!(claims_finished(text), "{text}");
        }
        for text in [
            "Definition of Done",
            "✅ Acceptance Criteria",
            "✅ Checks (each phase)",
            "Coverage (100% of lines)",
            "What is done (not complete)",
            "Phase 2 - done by hand",
            "Done",
            "Completed tasks",
            "Phase 3 (in progress)",
            "",
        ] {
            assert!(!claims_finished(text), "{text}");
        }
    }

    #[test]
    fn words_leave_out_signs_and_case() {
        assert_eq!(words("🔄 In  Progress:"), "in progress");
        assert_eq!(words("\u{f8ff}üî¥ Blocked").rsplit(' ').next(), Some("blocked"));
    }
}
