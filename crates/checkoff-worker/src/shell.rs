//! Which interpreter runs a script.
//!
//! A `run` in a code span is for `/bin/sh -c`. A fenced block says its language in
//! the info string, and a language with an interpreter that takes a program as an
//! argument is run by that one.

/// Interpreters by the first word of a fenced block's info string.
const INTERPRETERS: &[(&str, &[&str])] = &[
    ("sh", &["/bin/sh", "-c"]),
    ("shell", &["/bin/sh", "-c"]),
    ("console", &["/bin/sh", "-c"]),
    ("bash", &["bash", "-c"]),
    ("zsh", &["zsh", "-c"]),
    ("fish", &["fish", "-c"]),
    ("python", &["python3", "-c"]),
    ("python3", &["python3", "-c"]),
    ("py", &["python3", "-c"]),
    ("node", &["node", "-e"]),
    ("javascript", &["node", "-e"]),
    ("js", &["node", "-e"]),
    ("ruby", &["ruby", "-e"]),
    ("perl", &["perl", "-e"]),
];

/// The interpreter of a script that names none: `/bin/sh -c`.
pub fn default_shell() -> Vec<String> {
    vec!["/bin/sh".to_owned(), "-c".to_owned()]
}

/// The interpreter for a fenced block with this info string, in any case; the
/// words after the first do not count. `None` when the language has none here.
pub fn shell_for_info(info: &str) -> Option<Vec<String>> {
    let Some(language) = info.split_whitespace().next() else {
        return Some(default_shell());
    };
    let (_, argv) = INTERPRETERS.iter().find(|(name, _)| name.eq_ignore_ascii_case(language))?;
    Some(argv.iter().map(|word| (*word).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_info_string_chooses_the_interpreter() {
        let check = |info: &str, expect: Option<&[&str]>| {
            let found = shell_for_info(info);
            let expect = expect.map(|argv| argv.iter().map(|w| (*w).to_owned()).collect());
            assert_eq!(found, expect, "{info:?}");
        };
        check("", Some(&["/bin/sh", "-c"]));
        check("sh", Some(&["/bin/sh", "-c"]));
        check("Bash title=\"x\"", Some(&["bash", "-c"]));
        check("python", Some(&["python3", "-c"]));
        check("rust", None);
    }
}
