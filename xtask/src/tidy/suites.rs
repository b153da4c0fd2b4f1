//! Tests that nobody runs and snapshots that nobody reads.

use super::Finding;
use super::modules::declares;
use crate::repository::Repository;

/// Every crate has one integration binary, `tests/it/main.rs`, which declares
/// each file beside it: one link instead of many, and nothing forgotten.
pub(super) fn declared(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, _) in repository.texts(".rs").filter(|(path, _)| path.starts_with("crates/")) {
        let Some((package, inner)) = path.split_once("/tests/") else { continue };
        if package.contains("/src/") {
            continue;
        }
        let Some(file) = inner.strip_prefix("it/") else {
            findings.push(Finding::file(path, "tests live in tests/it/, one binary per crate"));
            continue;
        };
        let (parent, stem) = match file.rsplit_once('/') {
            Some((folder, file)) => (format!("{package}/tests/it/{folder}.rs"), file),
            None => (format!("{package}/tests/it/main.rs"), file),
        };
        let stem = stem.trim_end_matches(".rs");
        let known = repository.text(&parent).is_some_and(|text| declares(text, stem));
        if file != "main.rs" && !known {
            findings.push(Finding::file(path, format!("no `mod {stem};` in {parent}")));
        }
    }
    findings
}

/// A snapshot names the source that asserts it, and its own name ends with
/// something that source still says.
pub(super) fn snapshots(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in repository.texts(".snap") {
        let Some(source) = text.lines().find_map(|line| line.strip_prefix("source: ")) else {
            findings.push(Finding::file(path, "does not say which source asserts it"));
            continue;
        };
        let source = source.trim().trim_matches('"');
        let Some(asserting) = repository.text(source) else {
            findings.push(Finding::file(path, format!("its source `{source}` is gone")));
            continue;
        };
        let file = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".snap");
        let name = file.rsplit("__").next().unwrap_or(file);
        let unnumbered = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
        if !asserting.contains(name) && !asserting.contains(unnumbered) {
            findings.push(Finding::file(path, format!("`{source}` has no `{name}`")));
        }
    }
    for file in &repository.files {
        if file.path.ends_with(".snap.new") || file.path.ends_with(".pending-snap") {
            findings.push(Finding::file(&file.path, "was never reviewed"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::check;

    #[test]
    fn a_forgotten_test_file_is_found() {
        check(
            declared,
            &[
                ("crates/a/tests/it/main.rs", "mod known;\n"),
                ("crates/a/tests/it/known.rs", "mod deep;\n"),
                ("crates/a/tests/it/known/deep.rs", ""),
                ("crates/a/tests/it/lost.rs", ""),
                ("crates/a/tests/stray.rs", ""),
                ("crates/a/src/lint/tests/unit.rs", ""),
            ],
            &[
                "crates/a/tests/it/lost.rs: no `mod lost;` in crates/a/tests/it/main.rs",
                "crates/a/tests/stray.rs: tests live in tests/it/, one binary per crate",
            ],
        );
    }

    #[test]
    fn a_snapshot_without_its_test_is_found() {
        let header = "---\nsource: crates/a/src/x.rs\n---\ntext\n";
        check(
            snapshots,
            &[
                ("crates/a/src/x.rs", "fn draws_a_tree() { named(\"other\") }"),
                ("crates/a/src/snapshots/a__x__tests__draws_a_tree.snap", header),
                ("crates/a/src/snapshots/a__x__tests__draws_a_tree-2.snap", header),
                ("crates/a/src/snapshots/a__x__tests__gone.snap", header),
                ("crates/a/src/snapshots/a__y__tests__y.snap", "source: crates/a/src/y.rs"),
                ("crates/a/src/snapshots/a__z.snap", "text"),
                ("crates/a/src/snapshots/a__x.snap.new", "text"),
            ],
            &[
                "crates/a/src/snapshots/a__x__tests__gone.snap: `crates/a/src/x.rs` has no `gone`",
                "crates/a/src/snapshots/a__y__tests__y.snap: its source `crates/a/src/y.rs` is gone",
                "crates/a/src/snapshots/a__z.snap: does not say which source asserts it",
                "crates/a/src/snapshots/a__x.snap.new: was never reviewed",
            ],
        );
    }
}
