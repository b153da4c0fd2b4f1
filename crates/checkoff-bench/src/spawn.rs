//! Starting and reaping one process: the floor under every runner.
//!
//! Nobody runs tasks faster than this machine starts processes. The figures
//! say how fast that is from one thread and from two, for `true` itself and for
//! `sh -c true`, which is what a task's command line costs at least.

use std::process::{Command, Stdio};
use std::thread;

use anyhow::ensure;

use crate::measure::{self, milliseconds};
use crate::report::Report;

/// Processes per measurement.
const PROCESSES: usize = 500;
/// Measurements, of which the median counts.
const REPETITIONS: usize = 5;

/// Arguments of `checkoff-bench spawn`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Accepted like everywhere; the floor has no peers.
    #[arg(long)]
    peer: bool,
}

/// Measures and prints.
pub(crate) fn run(args: &Args, report: &mut Report) -> anyhow::Result<()> {
    if args.peer {
        report.note("The floor has no peers: `run --peer` has them.")?;
    }
    for (name, words) in [("true", &["true"][..]), ("sh_true", &["sh", "-c", "true"])] {
        ensure!(start(words), "`{}` cannot be run here", words.join(" "));
        for threads in [1, 2] {
            let cost = measure::median_cost(REPETITIONS, || batch(words, threads));
            let rate = PROCESSES as f64 / cost.wall.as_secs_f64();
            report.figure(&format!("spawn_{name}_threads_{threads}"), rate, "processes/s")?;
            let each = milliseconds(cost.cpu) * 1e3 / PROCESSES as f64;
            report.figure(&format!("spawn_{name}_threads_{threads}_own_cpu"), each, "us")?;
        }
    }
    Ok(())
}

/// Starts and reaps all the processes, shared out among `threads`.
fn batch(words: &[&str], threads: usize) {
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..PROCESSES / threads).all(|_| start(words)));
        }
    });
}

fn start(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
