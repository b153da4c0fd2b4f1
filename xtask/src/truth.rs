//! `cargo xtask truth DIR`: judges reading, linting and write-back against
//! hand-made truth files.

mod reading;
mod writeback;

use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `cargo xtask truth`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder with `<dialect>/…` files and `truth/*.json`.
    directory: PathBuf,
    /// Shows each difference.
    #[arg(short, long)]
    verbose: bool,
}

/// Compares every truth file of the folder with what the crates say.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let reading = reading::judge(&args.directory, args.verbose)?;
    for line in &reading.lines {
        println!("{line}");
    }
    let verdict = writeback::judge(&args.directory)?;
    for line in verdict.lines.iter().filter(|line| args.verbose || line.contains("WRONG")) {
        println!("{line}");
    }
    println!("write-back: {} of {} cases", verdict.passed, verdict.cases);
    let right = reading.right && verdict.passed == verdict.cases;
    Ok(if right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
