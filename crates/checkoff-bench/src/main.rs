//! Figures beside a peer or a limit, measured in the same run.
//!
//! Each subcommand prints `name value unit` lines on standard output and nothing
//! else there, so that two runs can be compared with `join` or read by a script;
//! what a person wants to know besides goes to standard error. `--peer` adds the
//! peers' figures and the ratios. A peer that is not installed is named on
//! standard error and left out, never invented.
//!
//! A new benchmark is one file, one line in [`Command`] and one in `main`. All
//! of them measure with [`measure`] alone.

mod hostile;
mod lint;
mod lists;
mod measure;
mod read;
mod report;
mod run;
mod spawn;
mod start;
mod subject;

use clap::Parser;

use report::Report;

#[derive(Parser)]
#[command(name = "checkoff-bench", about = "Figures beside a peer or a limit, in one run.")]
enum Command {
    /// Reading: scan and tasks, in bytes per second.
    Read(read::Args),
    /// Parse, lint and graph of long lists.
    Lint(lint::Args),
    /// Inputs made to be slow: doubling them may at most double the time.
    Hostile(hostile::Args),
    /// Cold start of the binary on small work.
    Start(start::Args),
    /// Whole runs: tasks per second with full durability and evidence.
    Run(run::Args),
    /// Starting and reaping one process, bare and through the keeper.
    Spawn(spawn::Args),
    /// The keeper that `spawn` measures.
    #[command(name = "__keeper", hide = true)]
    Keeper { folder: std::path::PathBuf },
}

fn main() -> anyhow::Result<()> {
    let mut report = Report::new();
    match Command::parse() {
        Command::Read(args) => read::run(&args, &mut report),
        Command::Lint(args) => lint::run(&args, &mut report),
        Command::Hostile(args) => hostile::run(&args, &mut report),
        Command::Start(args) => start::run(&args, &mut report),
        Command::Run(args) => run::run(&args, &mut report),
        Command::Spawn(args) => spawn::run(&args, &mut report),
        Command::Keeper { folder } => Ok(checkoff_worker::keeper::main(&folder)?),
    }
}
