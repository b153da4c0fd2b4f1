//! `cargo xtask codegen [--check]`: the pages of `docs/reference`, written from
//! the sources, so that there is no second text to forget.
//!
//! What the libraries know (rules, attributes, dialects) is asked of them; what
//! only the binary knows (commands, exit codes) is asked of the built binary,
//! as any user would, so that this crate stays light. `--check` writes nothing
//! and fails with the first page that differs and the command that mends it.

mod attributes;
mod commands;
mod dialects;
mod events;
mod exit_codes;
mod stages;

use std::fs;
use std::process::{ExitCode, Stdio};

use anyhow::{Context, ensure};

use crate::repository::{cargo, root};

/// Arguments of `cargo xtask codegen`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Writes nothing; fails when a page is not current
    #[arg(long)]
    check: bool,
}

/// One page.
struct Page {
    /// Name in `docs/reference`.
    file: &'static str,
    /// Where its text comes from.
    source: &'static str,
    make: fn() -> anyhow::Result<String>,
}

/// The folder that holds these pages and nothing else.
const FOLDER: &str = "docs/reference";

const PAGES: &[Page] = &[
    Page {
        file: "attributes.md",
        source: "crates/checkoff-plan/src/attribute.rs",
        make: attributes::page,
    },
    Page { file: "commands.md", source: "crates/checkoff/src/commands/", make: commands::page },
    Page {
        file: "dialects.md",
        source: "crates/checkoff-plan/src/dialect.rs",
        make: dialects::page,
    },
    Page { file: "events.md", source: "crates/checkoff/src/watch/json.rs", make: events::page },
    Page { file: "exit-codes.md", source: "crates/checkoff/src/exit.rs", make: exit_codes::page },
    Page {
        file: "rules.md",
        source: "crates/checkoff-plan/src/lint/rules/",
        make: || Ok(checkoff_plan::lint::rules::reference()),
    },
    Page {
        file: "stages.md",
        source: "crates/checkoff-core/src/scheduler/table.rs",
        make: stages::page,
    },
    Page {
        file: "tour.svg",
        source: "examples/tour/TASKS.md",
        make: || checkoff(&["graph", "examples/tour/TASKS.md", "--format", "svg"]),
    },
];

/// Writes or compares every page.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let folder = root().join(FOLDER);
    let mut current = true;
    for page in PAGES {
        let path = folder.join(page.file);
        let made = match (page.make)() {
            Ok(made) => made,
            Err(error) => {
                println!("{FOLDER}/{} cannot be made: {error:#}", page.file);
                current = false;
                continue;
            }
        };
        let made = format!(
            "<!-- Written by `cargo xtask codegen` from {}: edit that. -->\n\n{}\n",
            page.source,
            made.trim()
        );
        if fs::read_to_string(&path).is_ok_and(|there| there == made) {
            continue;
        }
        if args.check {
            println!("{FOLDER}/{} is not current: run `cargo xtask codegen`", page.file);
            current = false;
        } else {
            fs::create_dir_all(&folder)?;
            fs::write(&path, made).with_context(|| format!("cannot write {}", path.display()))?;
            println!("wrote {FOLDER}/{}", page.file);
        }
    }
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {FOLDER}"))? {
        let name = entry?.file_name();
        if !PAGES.iter().any(|page| *page.file == *name) {
            println!("{FOLDER}/{} is written by nothing: remove it", name.display());
            current = false;
        }
    }
    Ok(if current { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What `checkoff` prints, without colours and as wide as where there is no
/// terminal.
fn checkoff(arguments: &[&str]) -> anyhow::Result<String> {
    let output = cargo()
        .args(["run", "--quiet", "--locked", "--package", "checkoff", "--"])
        .args(arguments)
        .env_remove("COLUMNS")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .context("cannot start cargo")?;
    ensure!(
        output.status.success(),
        "`checkoff {}` ended with {}:\n{}",
        arguments.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).context("the output is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::PAGES;

    #[test]
    fn pages_are_sorted_and_their_sources_exist() {
        assert!(PAGES.windows(2).all(|pair| pair[0].file < pair[1].file));
        for page in PAGES {
            assert!(super::root().join(page.source).exists(), "{} is gone", page.source);
        }
    }
}
