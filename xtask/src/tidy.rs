//! `cargo xtask tidy`: what the repository promises about itself, checked.
//!
//! A rule is a pure function from the [`Repository`] to findings, in a file by
//! theme, with a line in [`RULES`] and a test that shows it fire. The whole
//! runs as a test too, so that nobody has to remember the command. The idea is
//! TigerBeetle's: the code base is a value one can assert things about.

mod documents;
mod edges;
mod fences;
mod modules;
mod purity;
mod serialization;
mod spoken;
mod suites;
mod words;

use std::fmt;
use std::process::ExitCode;

use crate::repository::Repository;

/// Arguments of `cargo xtask tidy`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Lists the rules and checks nothing.
    #[arg(long)]
    rules: bool,
}

/// One promise.
struct Rule {
    name: &'static str,
    promise: &'static str,
    check: fn(&Repository) -> Vec<Finding>,
}

/// A place where a promise is broken.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    /// Counted from 1; nothing when it is about the file.
    line: Option<usize>,
    message: String,
}

impl Finding {
    fn file(path: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding { path: path.into(), line: None, message: message.into() }
    }

    /// `index` counts from 0, as `enumerate` does.
    fn line(path: impl Into<String>, index: usize, message: impl Into<String>) -> Finding {
        Finding { path: path.into(), line: Some(index + 1), message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}

macro_rules! rules {
    ($($name:literal $promise:literal $check:path;)*) => {
        const RULES: &[Rule] = &[$(Rule { name: $name, promise: $promise, check: $check }),*];
    };
}

rules! {
    "edges" "Our crates import only whom the house allows." edges::check;
    "fences" "A heavy dependency is used by the crates that deny.toml names." fences::check;
    "one-ban-list" "There is one clippy.toml, and the pure crates turn it on." purity::check;
    "module-docs" "Every source file opens with `//!`." modules::docs;
    "module-names" "No mod.rs, no utils or common, names in snake_case." modules::names;
    "module-declared" "No source file is forgotten." modules::declared;
    "expect-not-allow" "An exception from a lint is an `expect` with its reason." modules::expect;
    "finished" "Nothing is left `todo!`, ignored or slept over." modules::finished;
    "serialization" "Only records and output are serialised." serialization::check;
    "suites" "One integration binary per crate, and no test file is forgotten." suites::declared;
    "snapshots" "No snapshot outlives its test." suites::snapshots;
    "places" "No machine's paths, and no hosts but the known ones." words::places;
    "words" "The project speaks of itself alone." words::words;
    "changelog" "CHANGELOG.md has an Unreleased section." documents::changelog;
    "links" "Links between documents lead somewhere." documents::links;
    "commands" "Documents and hints name commands and options that exist." spoken::commands;
    "pages" "Pages that sources point to are there." spoken::pages;
}

/// Checks every rule and prints what it finds.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if args.rules {
        for rule in RULES {
            println!("{:18} {}", rule.name, rule.promise);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let repository = Repository::read()?;
    let findings = check(&repository);
    for (rule, finding) in &findings {
        println!("{finding} ({rule})");
    }
    println!(
        "tidy: {} rules over {} files, {} findings",
        RULES.len(),
        repository.files.len(),
        findings.len()
    );
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(repository: &Repository) -> Vec<(&'static str, Finding)> {
    RULES
        .iter()
        .flat_map(|rule| (rule.check)(repository).into_iter().map(|finding| (rule.name, finding)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::fixture;

    /// One rule over a repository of literals: what it finds, as it is printed.
    #[track_caller]
    pub(super) fn check(
        rule: fn(&Repository) -> Vec<Finding>,
        files: &[(&str, &str)],
        expect: &[&str],
    ) {
        let findings: Vec<String> =
            rule(&fixture::files(files)).iter().map(ToString::to_string).collect();
        assert_eq!(findings, expect);
    }

    #[test]
    fn the_repository_is_tidy() {
        let repository = Repository::read().expect("the repository can be read");
        let findings: Vec<String> = super::check(&repository)
            .iter()
            .map(|(rule, finding)| format!("{finding} ({rule})"))
            .collect();
        assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    }

    #[test]
    fn rules_have_names_of_their_own() {
        let mut names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RULES.len());
    }
}
