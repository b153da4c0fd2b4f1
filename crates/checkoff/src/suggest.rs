//! "Did you mean": the nearest of the names that exist.

/// The candidate a typing mistake away from `word`, if there is one.
///
/// Nearer than a third of the word's length in edits (at least one), so that
/// `chek` finds `check` and `T09` finds `T009`, but `xyz` finds nothing.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_found_and_a_stranger_is_not() {
        let names = ["check", "explain", "T009"];
        assert_eq!(nearest("chek", names), Some("check"));
        assert_eq!(nearest("t09", names), Some("T009"));
        assert_eq!(nearest("wibble", names), None);
    }
}
