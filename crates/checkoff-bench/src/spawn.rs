//! Starting and reaping one process: the floor under every runner.
//!
//! Nobody runs tasks faster than this machine starts processes. The figures
//! say how fast that is from one thread and from two, for `true` itself and for
//! `sh -c true`, which is what a task's command line costs at least. Beside them is
//! what the keeper makes of it: a process of its own, commands and reports through
//! pipes, a journal, output files, and every exit acknowledged.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use anyhow::ensure;
use checkoff_core::{AttemptId, RunId, TaskIndex};
use checkoff_worker::{AttemptSpec, Keeper, KeeperOptions, PartId, Report as Said, Runtime};

use crate::measure::{self, milliseconds};
use crate::report::Report;

/// Processes per measurement.
const PROCESSES: usize = 500;
/// Measurements, of which the median counts.
const REPETITIONS: usize = 5;
/// Ends acknowledged at once, as an engine does that commits in groups.
const ACKNOWLEDGED_AT_ONCE: usize = 16;
/// Its measurements: long ones, so few.
const KEEPER_REPETITIONS: usize = 3;

/// Arguments of `checkoff-bench spawn`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Accepted like everywhere; the floor has no peers.
    #[arg(long)]
    peer: bool,
    /// Attempts per measurement of the keeper.
    #[arg(long, default_value_t = 10_000)]
    attempts: u32,
    /// Attempts at once in it.
    #[arg(long, default_value_t = 2)]
    slots: u32,
    /// Measure the keeper alone.
    #[arg(long)]
    keeper_only: bool,
}

/// Measures and prints.
pub(crate) fn run(args: &Args, report: &mut Report) -> anyhow::Result<()> {
    if args.peer {
        report.note("The floor has no peers: `run --peer` has them.")?;
    }
    if args.keeper_only {
        return keeper(args, report);
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
    keeper(args, report)
}

/// As many `sh -c true` through the keeper, two at a time, as a run would: the
/// queue is kept a little longer than the slots, every end is acknowledged.
fn keeper(args: &Args, report: &mut Report) -> anyhow::Result<()> {
    let mut walls = Vec::new();
    let mut cpu = Vec::new();
    for _ in 0..KEEPER_REPETITIONS {
        let own = measure::process_cpu();
        let start = Instant::now();
        keep(args.attempts, args.slots)?;
        walls.push(start.elapsed());
        cpu.push(measure::process_cpu().saturating_sub(own));
    }
    let wall = measure::median(walls.into_iter()).as_secs_f64();
    let name = format!("spawn_keeper_slots_{}", args.slots);
    report.figure(&name, f64::from(args.attempts) / wall, "attempts/s")?;
    let own = milliseconds(measure::median(cpu.into_iter())) * 1e3 / f64::from(args.attempts);
    report.figure(&format!("{name}_engine_side_cpu"), own, "us")?;
    Ok(())
}

fn keep(attempts: u32, slots: u32) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (reports, inbox) = crossbeam_channel::unbounded();
    let mut program = Command::new(std::env::current_exe()?);
    program.arg("__keeper");
    let options = KeeperOptions { slots, ..KeeperOptions::default() };
    let keeper = Keeper::spawn(program, folder.path(), options, reports)?;
    let ask = |task| {
        let attempt = AttemptId { task: TaskIndex(task), number: 1 };
        keeper.start(AttemptSpec::shell(PartId::work(RunId(1), attempt), "true"))
    };
    let mut ended = Vec::new();
    let mut asked = 0;
    let mut finished = 0;
    while finished < attempts {
        while asked < attempts && asked - finished < slots * 2 {
            ask(asked)?;
            asked += 1;
        }
        match inbox.recv()? {
            Said::Finished(end) => {
                ensure!(end.exit.is_success(), "an attempt ended with {}", end.exit);
                finished += 1;
                ended.push(end.id);
                if ended.len() == ACKNOWLEDGED_AT_ONCE {
                    keeper.acknowledge(&ended)?;
                    ended.clear();
                }
            }
            Said::Lost { why } => anyhow::bail!("the keeper is gone: {why}"),
            Said::Started { .. } | Said::Withdrawn { .. } => {}
        }
    }
    keeper.close();
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
