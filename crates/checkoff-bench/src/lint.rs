//! Parse, lint and graph of long lists.

use crate::report::Report;

/// Arguments of `checkoff-bench lint`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Measures the peers too.
    #[arg(long)]
    peer: bool,
}

/// Measures and prints.
pub(crate) fn run(args: &Args, _report: &mut Report) -> anyhow::Result<()> {
    anyhow::bail!("`lint` has nothing to measure yet (peers asked for: {})", args.peer)
}
