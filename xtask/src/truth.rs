//! `cargo xtask truth DIR`: judges reading, linting and write-back against
//! hand-made truth files.

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
    anyhow::bail!("there is nothing yet to judge `{}` with", args.directory.display())
}
