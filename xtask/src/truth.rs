//! `cargo xtask truth DIR`: judges reading, linting and write-back against
//! hand-made truth files.

mod reading;
mod writeback;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

/// Arguments of `cargo xtask truth`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder with `<dialect>/…` files and `truth/*.json`.
    #[arg(required_unless_present = "print")]
    directory: Option<PathBuf>,
    /// Prints what is read of one file, one value a line: the start of a truth file.
    #[arg(long, value_name = "FILE", conflicts_with = "directory")]
    print: Option<PathBuf>,
    /// Shows each difference.
    #[arg(short, long)]
    verbose: bool,
}

/// Compares every truth file of the folder with what the crates say.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if let Some(file) = &args.print {
        println!("{}", reading::describe(file)?);
        return Ok(ExitCode::SUCCESS);
    }
    let directory = args.directory.as_deref().context("no folder was named")?;
    let reading = reading::judge(directory, args.verbose)?;
    for line in &reading.lines {
        println!("{line}");
    }
    let verdict = writeback::judge(directory)?;
    for line in verdict.lines.iter().filter(|line| args.verbose || line.contains("WRONG")) {
        println!("{line}");
    }
    println!("write-back: {} of {} cases", verdict.passed, verdict.cases);
    let right = reading.right && verdict.passed == verdict.cases;
    Ok(if right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
