//! Core and plan cannot reach the outside world: the ban list of clippy.toml is
//! there, alone, and turned on.

use super::Finding;
use crate::repository::Repository;

/// The pure crates' roots.
const PURE: &[&str] = &["crates/checkoff-core/src/lib.rs", "crates/checkoff-plan/src/lib.rs"];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &repository.files {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        if matches!(name, "clippy.toml" | ".clippy.toml") && file.path != "clippy.toml" {
            findings.push(Finding::file(
                &file.path,
                "a second clippy.toml replaces the ban list of the root silently",
            ));
        }
    }
    if !repository.has("clippy.toml") {
        findings.push(Finding::file("clippy.toml", "is missing"));
    }
    for path in PURE {
        let text = repository.text(path).unwrap_or_default();
        let denies = |line: &str| {
            line.starts_with("#![deny(") && line.contains("clippy::disallowed_methods")
        };
        if !text.lines().any(denies) {
            findings.push(Finding::file(*path, "must deny clippy::disallowed_methods"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;
    use crate::repository::{fixture, root};

    const DENIES: &str = "//! Pure.\n#![deny(clippy::disallowed_methods)]\n";

    #[test]
    fn a_pure_crate_that_turns_the_list_off_is_found() {
        let repository = fixture::files(&[
            ("clippy.toml", ""),
            (PURE[0], DENIES),
            (PURE[1], "//! Pure no more.\n"),
        ]);
        assert_eq!(
            check(&repository),
            [Finding::file(PURE[1], "must deny clippy::disallowed_methods")]
        );
    }

    #[test]
    fn a_second_list_and_a_missing_one_are_found() {
        let repository = fixture::files(&[
            ("crates/checkoff-core/clippy.toml", ""),
            (PURE[0], DENIES),
            (PURE[1], DENIES),
        ]);
        assert_eq!(check(&repository).len(), 2);
    }

    /// Clippy itself, with our list, on a crate that knocks at every kind of door.
    #[test]
    fn the_ban_list_bites() {
        let doors = [
            ("std::fs::read", "let _ = std::fs::read(\"x\");"),
            ("std::fs::File::open", "let _ = std::fs::File::open(\"x\");"),
            ("std::path::Path::exists", "let _ = std::path::Path::new(\"x\").exists();"),
            ("std::env::var", "let _ = std::env::var(\"x\");"),
            ("std::time::SystemTime::now", "let _ = std::time::SystemTime::now();"),
            ("std::time::Instant::now", "let _ = std::time::Instant::now();"),
            ("std::thread::sleep", "std::thread::sleep(std::time::Duration::ZERO);"),
            ("std::process::Command::new", "let _ = std::process::Command::new(\"x\");"),
            ("std::hash::RandomState::new", "let _ = std::hash::RandomState::new();"),
            ("std::process::exit", "std::process::exit(0);"),
        ];
        let body: String = doors.iter().map(|(_, code)| format!("    {code}\n")).collect();
        let body = format!("pub fn knock() {{\n{body}}}\n");

        let (denied, output) = clippy(&format!("{DENIES}{body}"));
        assert!(!denied, "clippy let everything through:\n{output}");
        for (path, _) in doors {
            assert!(
                output.contains(&format!("use of a disallowed method `{path}`")),
                "clippy let `{path}` through:\n{output}"
            );
        }
        let (allowed, output) =
            clippy(&format!("//! Not pure.\n#![allow(clippy::disallowed_methods)]\n{body}"));
        assert!(allowed, "the crates that touch the world cannot:\n{output}");
    }

    fn clippy(source: &str) -> (bool, String) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/lib.rs"), source).unwrap();
        fs::write(
            folder.path().join("Cargo.toml"),
            "[package]\nname = \"doors\"\nedition = \"2024\"\n[workspace]\n",
        )
        .unwrap();
        let output = Command::new("cargo")
            .current_dir(folder.path())
            .env("CLIPPY_CONF_DIR", root())
            .env("CARGO_TARGET_DIR", folder.path().join("target"))
            .args(["clippy", "--quiet", "--offline"])
            .output()
            .expect("cargo clippy is part of the toolchain");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
