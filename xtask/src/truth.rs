//! `cargo xtask truth DIR`: judges reading, linting and write-back against
//! hand-made truth files.

mod writeback;

use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `cargo xtask truth`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder with `<dialect>/…` files and `truth/*.json`.
    directory: PathBuf,
}

/// Compares every truth file of the folder with what the crates say.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let verdict = writeback::judge(&args.directory)?;
    for line in &verdict.lines {
        println!("{line}");
    }
    println!("write-back: {} of {} cases", verdict.passed, verdict.cases);
    Ok(if verdict.passed == verdict.cases { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
