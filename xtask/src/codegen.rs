//! `cargo xtask codegen`.

use std::process::ExitCode;

/// Arguments of `cargo xtask codegen`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Runs it.
pub(crate) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    let _ = crate::repository::cargo();
    anyhow::bail!("there is nothing behind this command yet")
}
