//! How findings put things.

/// `T001, T002 and 5 more`: at most `max` names, which are `total` in all.
pub(super) fn names<'a>(
    names: impl IntoIterator<Item = &'a str>,
    max: usize,
    total: usize,
) -> String {
    let shown: Vec<String> = names.into_iter().take(max).map(short).collect();
    let rest = total.saturating_sub(shown.len());
    match (shown.as_slice(), rest) {
        ([], rest) => tasks(rest),
        ([one], 0) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (shown, rest) => format!("{} and {rest} more", shown.join(", ")),
    }
}

/// `1 task`, `3 tasks`.
pub(super) fn tasks(count: usize) -> String {
    counted(count, "task")
}

/// `1 box`… for words whose plural ends in s.
pub(super) fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// `is` or `are`.
pub(super) fn is(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// A name cut to what fits in a sentence.
pub(super) fn short(name: &str) -> String {
    const LETTERS_MAX: usize = 48;
    if name.chars().count() <= LETTERS_MAX {
        return name.to_owned();
    }
    let cut: String = name.chars().take(LETTERS_MAX - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_joined_and_cut() {
        assert_eq!(names(["a"], 3, 1), "a");
        assert_eq!(names(["a", "b"], 3, 2), "a and b");
        assert_eq!(names(["a", "b", "c", "d"], 3, 9), "a, b, c and 6 more");
        assert_eq!(short("x".repeat(60).as_str()).chars().count(), 48);
    }
}
