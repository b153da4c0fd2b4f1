//! How a source file looks from outside: its first line, its name, whether
//! anybody declares it, and what it must not hold.

use super::Finding;
use crate::repository::Repository;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "misc", "helpers", "helper"];

/// Rust files of our crates; the small projects under `examples/` are strangers.
fn sources(repository: &Repository) -> impl Iterator<Item = (&str, &str)> {
    repository
        .texts(".rs")
        .filter(|(path, _)| path.starts_with("crates/") || path.starts_with("xtask/"))
}

pub(super) fn docs(repository: &Repository) -> Vec<Finding> {
    sources(repository)
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| Finding::file(path, "must open with `//!`: what is this file for?"))
        .collect()
}

pub(super) fn names(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, _) in sources(repository) {
        for part in path.trim_end_matches(".rs").split('/') {
            if part == "mod" {
                findings.push(Finding::file(path, "no mod.rs: `name.rs` beside a folder `name/`"));
            } else if EMPTY_NAMES.contains(&part) {
                findings.push(Finding::file(path, format!("`{part}` says nothing about it")));
            }
        }
        let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
        let snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !stem.chars().all(snake) {
            findings.push(Finding::file(path, "file names are snake_case"));
        }
    }
    findings
}

/// `src/a/b.rs` must be declared by `src/a.rs`, and `src/a.rs` by the root.
pub(super) fn declared(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, _) in sources(repository) {
        let Some((package, inner)) = path.split_once("/src/") else { continue };
        if matches!(inner, "lib.rs" | "main.rs") || inner.starts_with("bin/") {
            continue;
        }
        let (parents, stem) = match inner.rsplit_once('/') {
            Some((folder, file)) => (vec![format!("{package}/src/{folder}.rs")], file),
            None => {
                (vec![format!("{package}/src/lib.rs"), format!("{package}/src/main.rs")], inner)
            }
        };
        let stem = stem.trim_end_matches(".rs");
        let declares =
            |parent: &String| repository.text(parent).is_some_and(|text| declares(text, stem));
        if !parents.iter().any(declares) {
            findings.push(Finding::file(path, format!("no `mod {stem};` in {}", parents[0])));
        }
    }
    findings
}

/// Whether some line is `mod NAME;`, whatever its visibility, or the file has
/// a table whose macro declares modules (`mod $module;`) and names it there.
pub(super) fn declares(text: &str, name: &str) -> bool {
    let declaration = format!("mod {name};");
    let by_table = text.contains("mod $") && {
        let word = |line: &str| {
            line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == name)
        };
        text.lines().map(str::trim).any(|line| !line.starts_with("//") && word(line))
    };
    by_table
        || text.lines().any(|line| {
            let line = line.trim();
            line.strip_suffix(&declaration).is_some_and(|before| {
                let before = before.trim_end();
                before.is_empty()
                    || before == "pub"
                    || (before.starts_with("pub(") && before.ends_with(')'))
            })
        })
}

pub(super) fn expect(repository: &Repository) -> Vec<Finding> {
    lines(repository, |code| {
        let attribute = code.trim_start();
        (attribute.starts_with("#[allow(") || attribute.starts_with("#![allow("))
            .then_some("use `#[expect(.., reason = \"..\")]`: it ends when its cause does")
    })
}

pub(super) fn finished(repository: &Repository) -> Vec<Finding> {
    lines(repository, |code| {
        let code = code.trim_start();
        if code.starts_with("//") {
            None
        } else if code.starts_with("#[ignore") {
            Some("assert today's behaviour instead of ignoring the test")
        } else if ["todo!(", "unimplemented!(", "dbg!("].iter().any(|call| calls(code, call)) {
            Some("is not finished")
        } else {
            None
        }
    })
}

/// Whether the code calls it: not inside a string that talks about it.
fn calls(code: &str, call: &str) -> bool {
    code.find(call).is_some_and(|at| code[..at].matches('"').count().is_multiple_of(2))
}

fn lines(repository: &Repository, judge: fn(&str) -> Option<&'static str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in sources(repository) {
        for (index, line) in text.lines().enumerate() {
            if let Some(message) = judge(line) {
                findings.push(Finding::line(path, index, message));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::check;

    #[test]
    fn a_file_without_its_first_line_is_found() {
        check(
            docs,
            &[
                ("crates/a/src/lib.rs", "//! Fine.\n"),
                ("crates/a/src/late.rs", "use x;\n//! Too late.\n"),
                ("examples/tour/src/main.rs", "fn main() {}\n"),
            ],
            &["crates/a/src/late.rs: must open with `//!`: what is this file for?"],
        );
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        check(
            names,
            &[
                ("crates/a/src/x/mod.rs", ""),
                ("crates/a/src/utils.rs", ""),
                ("crates/a/src/common/x.rs", ""),
                ("crates/a/src/Upper.rs", ""),
                ("crates/a/src/fine_2.rs", ""),
            ],
            &[
                "crates/a/src/x/mod.rs: no mod.rs: `name.rs` beside a folder `name/`",
                "crates/a/src/utils.rs: `utils` says nothing about it",
                "crates/a/src/common/x.rs: `common` says nothing about it",
                "crates/a/src/Upper.rs: file names are snake_case",
            ],
        );
    }

    #[test]
    fn a_file_that_nobody_declares_is_found() {
        check(
            declared,
            &[
                ("crates/a/src/lib.rs", "pub mod one;\npub(crate) mod two;\n// mod three;\n"),
                ("crates/a/src/one.rs", "mod inner;\n"),
                ("crates/a/src/one/inner.rs", ""),
                ("crates/a/src/one/lost.rs", ""),
                (
                    "crates/a/src/two.rs",
                    "$(mod $module;)*\nrules! {\n  A in_table;\n}\n// in_talk\n",
                ),
                ("crates/a/src/two/in_table.rs", ""),
                ("crates/a/src/two/in_talk.rs", ""),
                ("crates/a/src/three.rs", ""),
            ],
            &[
                "crates/a/src/one/lost.rs: no `mod lost;` in crates/a/src/one.rs",
                "crates/a/src/two/in_talk.rs: no `mod in_talk;` in crates/a/src/two.rs",
                "crates/a/src/three.rs: no `mod three;` in crates/a/src/lib.rs",
            ],
        );
    }

    #[test]
    fn an_allow_is_found_wherever_it_stands() {
        let text =
            ["//! x", concat!("#![al", "low(dead_code)]"), concat!("    #[al", "low(unused)]")];
        check(
            expect,
            &[("crates/a/src/lib.rs", &text.join("\n"))],
            &[
                "crates/a/src/lib.rs:2: use `#[expect(.., reason = \"..\")]`: it ends when its cause does",
                "crates/a/src/lib.rs:3: use `#[expect(.., reason = \"..\")]`: it ends when its cause does",
            ],
        );
    }

    #[test]
    fn what_is_not_finished_is_found_and_talk_about_it_is_not() {
        let text = [
            "//! Never call todo!() here.",
            concat!("    todo", "!(\"later\")"),
            concat!("    let text = \"a todo", "!( in a string\";"),
            concat!("    #[ig", "nore]"),
        ];
        check(
            finished,
            &[("xtask/src/main.rs", &text.join("\n"))],
            &[
                "xtask/src/main.rs:2: is not finished",
                "xtask/src/main.rs:4: assert today's behaviour instead of ignoring the test",
            ],
        );
    }
}
