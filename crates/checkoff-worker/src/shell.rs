//! Which interpreter runs a script.
//!
//! A `run` in a code span is for `/bin/sh -c`. A fenced block says its language in
//! the info string, and a language with an interpreter that takes a program as an
//! argument is run by that one.
//!
//! The default shell is left out where it would do nothing but execute one program
//! ([`direct`]), as `make` does: starting `sh` costs as much as starting the program,
//! and a machine starts only so many processes a second.

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

/// The interpreter of a script that names none.
const DEFAULT: [&str; 2] = ["/bin/sh", "-c"];

/// Words that mean something to some shell, or that it does itself and differently
/// from the program of that name. `true` and `false` without arguments are the same
/// either way, and are not here.
const SHELL_WORDS: &[&str] = &[
    ".",
    ":",
    "[",
    "alias",
    "bg",
    "bind",
    "break",
    "builtin",
    "caller",
    "case",
    "cd",
    "chdir",
    "command",
    "compgen",
    "complete",
    "continue",
    "coproc",
    "declare",
    "dirs",
    "disown",
    "do",
    "done",
    "echo",
    "elif",
    "else",
    "enable",
    "esac",
    "eval",
    "exec",
    "exit",
    "export",
    "fc",
    "fg",
    "fi",
    "for",
    "function",
    "getopts",
    "hash",
    "help",
    "history",
    "if",
    "in",
    "jobs",
    "kill",
    "let",
    "local",
    "logout",
    "mapfile",
    "newgrp",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "select",
    "set",
    "shift",
    "shopt",
    "source",
    "suspend",
    "test",
    "then",
    "time",
    "times",
    "trap",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "until",
    "wait",
    "while",
];

/// The interpreter of a script that names none: `/bin/sh -c`.
pub fn default_shell() -> Vec<String> {
    DEFAULT.map(str::to_owned).to_vec()
}

/// The words of a script that any shell would do nothing with but execute the first,
/// as a program, with the others: plain words, blanks between them, nothing quoted,
/// expanded or redirected. `None` for everything else, and for every other shell than
/// the default one, which may have its own ideas of a plain word.
pub(crate) fn direct<'s>(shell: &[String], script: &'s str) -> Option<Vec<&'s str>> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@%+,= \t".contains(&byte);
    let script = script.trim_end_matches('\n');
    if shell != DEFAULT || !script.bytes().all(is_plain) {
        return None;
    }
    let words: Vec<&str> = script.split_ascii_whitespace().collect();
    let program = *words.first()?;
    let is_the_same_in_a_shell = match program {
        "true" | "false" => words.len() == 1,
        // A dash starts an option of the shell itself, `%` a job in some.
        _ => {
            !program.starts_with(['-', '%'])
                && !program.contains('=')
                && !SHELL_WORDS.contains(&program)
        }
    };
    is_the_same_in_a_shell.then_some(words)
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
    fn only_what_every_shell_would_execute_unchanged_goes_without_one() {
        let check = |script: &str, expect: Option<&[&str]>| {
            assert_eq!(direct(&default_shell(), script).as_deref(), expect, "{script:?}");
        };
        check("cargo build --release\n", Some(&["cargo", "build", "--release"]));
        check("  ./configure\t--prefix=/usr  ", Some(&["./configure", "--prefix=/usr"]));
        check("true", Some(&["true"]));
        for shell in [
            "",
            " ",
            "true --help",
            "a; b",
            "a\nb",
            "a && b",
            "a | b",
            "a > b",
            "a $b",
            "a `b`",
            "a 'b'",
            "a \"b\"",
            "a \\ b",
            "a *",
            "a ?",
            "a [b]",
            "a {b,c}",
            "~/a",
            "a ~",
            "a #b",
            "A=1 b",
            "A=1",
            "cd a",
            "echo -e a",
            "exit 3",
            "a &",
            "(a)",
            "! a",
            "a!",
            "-c a",
            "ä",
            "a\0b",
            "a\rb",
            "time a",
            "%1",
            "a^b",
        ] {
            check(shell, None);
        }
        assert_eq!(direct(&["bash".to_owned(), "-c".to_owned()], "true"), None);
    }

    #[test]
    fn words_of_shells_are_sorted() {
        assert!(SHELL_WORDS.is_sorted());
    }

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
