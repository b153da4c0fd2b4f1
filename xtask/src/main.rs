//! The repository's own automation, in Rust so that it needs nothing else.
//!
//! One module per command: its `Args`, whose doc comments are the help, and one
//! `run`. A new command is one file, one line in [`Command`] and one in `main`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's tool talks to the terminal directly; there is no printer to go through"
)]

mod codegen;
mod figures;
mod repository;
mod test;
mod tidy;
mod truth;

use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The repository's own automation.")]
enum Command {
    /// Judges the reader, the lints and the write-back against hand-made truth.
    Truth(truth::Args),
    /// Checks what the repository promises about itself.
    Tidy(tidy::Args),
    /// Writes the reference pages from the sources, or checks that they are current.
    Codegen(codegen::Args),
    /// Runs the benchmarks beside their peers and writes docs/figures.md.
    Figures(figures::Args),
    /// Runs every check and every test, as continuous integration does.
    Test(test::Args),
}

fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::Truth(args) => truth::run(&args),
        Command::Tidy(args) => tidy::run(&args),
        Command::Codegen(args) => codegen::run(&args),
        Command::Figures(args) => figures::run(&args),
        Command::Test(args) => test::run(&args),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
