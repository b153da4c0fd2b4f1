//! Starting and reaping one process.

use crate::report::Report;

/// Arguments of `checkoff-bench spawn`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Measures the peers too.
    #[arg(long)]
    peer: bool,
}

/// Measures and prints.
pub(crate) fn run(args: &Args, _report: &mut Report) -> anyhow::Result<()> {
    anyhow::bail!("`spawn` has nothing to measure yet (peers asked for: {})", args.peer)
}
