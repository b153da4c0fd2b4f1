//! `cargo xtask test`: every check and every test, in the order in which they
//! fail soonest; what `.ci/run` runs and what one runs before a push.
//!
//! Every step runs even after one that failed, because two broken things are
//! better known at once; the test runner goes last, so that its closing line is
//! the last thing printed.

use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::Context;

use crate::repository::cargo;

/// Arguments of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these steps: format, clippy, docs, tidy, codegen, tests
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// One step: what it is called and how it is started.
struct Step {
    name: &'static str,
    command: fn() -> Command,
}

const STEPS: &[Step] = &[
    Step { name: "format", command: || with(&["fmt", "--all", "--check"]) },
    Step { name: "clippy", command: clippy },
    Step { name: "docs", command: docs },
    Step { name: "tidy", command: || own(&["tidy"]) },
    Step { name: "codegen", command: || own(&["codegen", "--check"]) },
    Step { name: "tests", command: tests },
];

/// Runs the steps and says how each ended.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    for name in &args.only {
        anyhow::ensure!(
            STEPS.iter().any(|step| step.name == name),
            "there is no step `{name}`: {}",
            STEPS.iter().map(|step| step.name).collect::<Vec<_>>().join(", ")
        );
    }
    let wanted = |step: &&Step| args.only.is_empty() || args.only.iter().any(|n| n == step.name);
    let steps: Vec<&Step> = STEPS.iter().filter(wanted).collect();
    let mut failed = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        eprintln!("== {}", step.name);
        let start = Instant::now();
        let mut command = (step.command)();
        let status = command
            .stdin(Stdio::null())
            .status()
            .with_context(|| format!("cannot start `{}`", command.get_program().display()))?;
        if !status.success() {
            failed.push(step.name);
        }
        // After the last step nothing is said that is not a complaint: the
        // runner's closing line, with its own time, is the end.
        if index + 1 < steps.len() || !status.success() {
            let word = if status.success() { "passed" } else { "FAILED" };
            eprintln!("== {} {word} in {:.1} s", step.name, start.elapsed().as_secs_f64());
        }
    }
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("failed: {} (each again with `cargo xtask test --only NAME`)", failed.join(", "));
    Ok(ExitCode::FAILURE)
}

fn with(arguments: &[&str]) -> Command {
    let mut command = cargo();
    command.args(arguments);
    command
}

/// This program again: its steps are commands in their own right.
fn own(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_else(|_| "xtask".into()));
    command.args(arguments);
    command
}

fn clippy() -> Command {
    with(&["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"])
}

/// Broken links between the items are warnings of rustdoc. Private items are
/// documented too, so that links to them may stand anywhere.
fn docs() -> Command {
    let mut command =
        with(&["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"]);
    command.env("RUSTDOCFLAGS", "--deny warnings --allow rustdoc::private_intra_doc_links");
    command
}

/// nextest where it is installed, and cargo's own runner with a word about it
/// where it is not.
fn tests() -> Command {
    let probe = with(&["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if probe {
        return with(&["nextest", "run", "--workspace", "--locked", "--profile", "ci"]);
    }
    eprintln!(
        "cargo-nextest is not installed (`cargo install --locked cargo-nextest`): \
         going on with `cargo test`, which says less and shows a hang less well"
    );
    with(&["test", "--workspace", "--locked"])
}
