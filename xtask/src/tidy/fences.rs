//! Who may use which heavy dependency: the `[bans]` table of deny.toml, checked
//! from `cargo metadata`, so that it holds without cargo-deny and offline.

use serde::Deserialize;

use super::Finding;
use crate::repository::Repository;

#[derive(Deserialize)]
struct Configuration {
    bans: Bans,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    wrappers: Vec<String>,
    reason: String,
}

/// Crate, and what only its tests may use: the product's own way of doing the
/// same thing is what is being tested.
const TESTS_ONLY: &[(&str, &str)] = &[("checkoff-plan", "pulldown-cmark")];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let Some(text) = repository.text("deny.toml") else {
        return vec![Finding::file("deny.toml", "is missing")];
    };
    let bans = match toml::from_str::<Configuration>(text) {
        Ok(configuration) => configuration.bans.deny,
        Err(error) => return vec![Finding::file("deny.toml", error.to_string())],
    };
    let mut findings = Vec::new();
    for package in &repository.packages {
        for dependency in &package.dependencies {
            let ban = bans.iter().find(|ban| ban.name == dependency.name);
            if let Some(ban) = ban.filter(|ban| !ban.wrappers.contains(&package.name)) {
                findings.push(Finding::file(
                    format!("{} (Cargo.toml)", package.name),
                    format!("must not use `{}`: {}", ban.name, ban.reason),
                ));
            }
            let tests_only = TESTS_ONLY.contains(&(package.name.as_str(), &dependency.name));
            if tests_only && !dependency.development {
                findings.push(Finding::file(
                    format!("{} (Cargo.toml)", package.name),
                    format!("may use `{}` in tests only", dependency.name),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::fixture;

    const DENY: &str = r#"
[bans]
deny = [{ crate = "rusqlite", wrappers = ["checkoff-store"], reason = "one place" }]
"#;

    #[test]
    fn a_dependency_outside_its_fence_is_found() {
        let mut repository = fixture::files(&[("deny.toml", DENY)]);
        repository.packages = vec![
            fixture::package("checkoff-store", &["rusqlite"]),
            fixture::package("checkoff-engine", &["~rusqlite"]),
        ];
        assert_eq!(
            check(&repository),
            [Finding::file("checkoff-engine (Cargo.toml)", "must not use `rusqlite`: one place")]
        );
    }

    #[test]
    fn an_oracle_that_came_into_the_product_is_found() {
        let mut repository = fixture::files(&[("deny.toml", DENY)]);
        for (dependency, findings) in [("pulldown-cmark", 1), ("~pulldown-cmark", 0)] {
            repository.packages = vec![fixture::package("checkoff-plan", &[dependency])];
            assert_eq!(check(&repository).len(), findings, "{dependency}");
        }
    }

    #[test]
    fn a_missing_or_broken_list_is_found() {
        assert_eq!(check(&fixture::files(&[])).len(), 1);
        assert_eq!(check(&fixture::files(&[("deny.toml", "[bans")])).len(), 1);
    }
}
