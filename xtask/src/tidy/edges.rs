//! Who of our crates may import whom: the table of ARCHITECTURE.md.

use super::Finding;
use crate::repository::Repository;

/// Crate, and what it may import; `None` is anything of ours.
const ALLOWED: &[(&str, Option<&[&str]>)] = &[
    ("checkoff-core", Some(&[])),
    ("checkoff-plan", Some(&["checkoff-core"])),
    ("checkoff-store", Some(&["checkoff-core"])),
    ("checkoff-worker", Some(&["checkoff-core"])),
    (
        "checkoff-engine",
        Some(&["checkoff-core", "checkoff-plan", "checkoff-store", "checkoff-worker"]),
    ),
    ("checkoff", None),
    ("checkoff-bench", None),
    ("xtask", Some(&["checkoff-core", "checkoff-plan"])),
];

/// Crates that nobody may import: they are the ends of the chain.
const ENDS: &[&str] = &["checkoff", "checkoff-bench", "xtask"];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    let ours = &repository.packages;
    for package in ours {
        let manifest = format!("{} (Cargo.toml)", package.name);
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
            findings.push(Finding::file(
                manifest,
                "a crate without a line in the table of edges: say who may import whom \
                 there and in ARCHITECTURE.md",
            ));
            continue;
        };
        for dependency in &package.dependencies {
            let is_ours = ours.iter().any(|package| package.name == dependency.name);
            let fine = match allowed {
                Some(allowed) => allowed.contains(&dependency.name.as_str()),
                None => !ENDS.contains(&dependency.name.as_str()),
            };
            if is_ours && !fine {
                findings.push(Finding::file(
                    &manifest,
                    format!("must not import `{}`", dependency.name),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::{Package, fixture};

    fn messages(packages: Vec<Package>) -> Vec<String> {
        let repository = Repository { files: Vec::new(), packages };
        check(&repository).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_edge_against_the_stream_is_found_even_for_tests() {
        let packages = vec![
            fixture::package("checkoff-core", &["~checkoff-plan"]),
            fixture::package("checkoff-plan", &["checkoff-core", "memchr"]),
            fixture::package("checkoff-bench", &["checkoff"]),
            fixture::package("checkoff", &["checkoff-plan"]),
        ];
        assert_eq!(
            messages(packages),
            [
                "checkoff-core (Cargo.toml): must not import `checkoff-plan`",
                "checkoff-bench (Cargo.toml): must not import `checkoff`",
            ]
        );
    }

    #[test]
    fn a_new_crate_needs_its_line() {
        let found = messages(vec![fixture::package("checkoff-extra", &[])]);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("without a line"), "{found:?}");
    }
}
