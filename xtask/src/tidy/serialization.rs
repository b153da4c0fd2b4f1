//! Only two kinds of types are serialised: the record of the event log, and
//! what a command prints for machines. A core type that is serialised becomes
//! an interface nobody meant.

use super::Finding;
use crate::repository::Repository;

/// Files, or folders ending in `/`, that may derive or implement `Serialize`.
const ALLOWED: &[&str] = &[
    "crates/checkoff-store/src/record.rs",
    "crates/checkoff-store/src/record/",
    "crates/checkoff-worker/src/keeper/",
    "crates/checkoff/src/output.rs",
    "crates/checkoff/src/output/",
];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    let sources = repository
        .texts(".rs")
        .filter(|(path, _)| path.starts_with("crates/") && path.contains("/src/"))
        .filter(|(path, _)| !ALLOWED.iter().any(|allowed| allows(allowed, path)));
    for (path, text) in sources {
        for (index, line) in text.lines().enumerate() {
            if serialises(line) {
                findings.push(Finding::line(
                    path,
                    index,
                    "only records and output are serialised: convert to one of their types",
                ));
            }
        }
    }
    findings
}

fn allows(allowed: &str, path: &str) -> bool {
    path == allowed || (allowed.ends_with('/') && path.starts_with(allowed))
}

/// `Serialize` as a word of its own in a derive or an impl; `Deserialize` is
/// reading and may stand anywhere.
fn serialises(line: &str) -> bool {
    let line = line.trim_start();
    let derives = line.starts_with("#[derive(") || line.starts_with("impl ");
    derives
        && line
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .any(|word| word == "Serialize")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::fixture;

    #[test]
    fn a_core_type_that_serialises_itself_is_found() {
        let derive = "//! x\n#[derive(Debug, serde::Serialize)]\nstruct X;\n";
        let repository = fixture::files(&[
            ("crates/checkoff-store/src/record.rs", derive),
            ("crates/checkoff/src/output/check.rs", derive),
            ("crates/checkoff-core/src/state.rs", derive),
            ("crates/checkoff-plan/src/read.rs", "#[derive(Deserialize)]\n// Serialize\n"),
            ("crates/checkoff-core/src/event.rs", "impl serde::Serialize for Event {"),
        ]);
        let found: Vec<_> =
            check(&repository).into_iter().map(|finding| (finding.path, finding.line)).collect();
        assert_eq!(
            found,
            [
                ("crates/checkoff-core/src/state.rs".to_owned(), Some(2)),
                ("crates/checkoff-core/src/event.rs".to_owned(), Some(1)),
            ]
        );
    }
}
