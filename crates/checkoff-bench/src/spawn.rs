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
/// Attempts per measurement of the keeper.
const KEPT: u32 = 10_000;
/// Attempts at once in it.
const KEPT_AT_ONCE: u32 = 2;
/// Its measurements: long ones, so few.
const KEEPER_REPETITIONS: usize = 3;

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
    keeper(report)
}

/// Ten thousand `sh -c true` through the keeper, two at a time, as a run would: the
/// queue is kept a little longer than the slots, every end is acknowledged.
fn keeper(report: &mut Report) -> anyhow::Result<()> {
    let mut walls = Vec::new();
    let mut cpu = Vec::new();
    for _ in 0..KEEPER_REPETITIONS {
        let own = measure::process_cpu();
        let start = Instant::now();
        keep(KEPT, KEPT_AT_ONCE)?;
        walls.push(start.elapsed());
        cpu.push(measure::process_cpu().saturating_sub(own));
    }
    let wall = measure::median(walls.into_iter()).as_secs_f64();
    report.figure("spawn_keeper_slots_2", f64::from(KEPT) / wall, "attempts/s")?;
    let own = milliseconds(measure::median(cpu.into_iter())) * 1e3 / f64::from(KEPT);
    report.figure("spawn_keeper_slots_2_engine_side_cpu", own, "us")?;
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
                keeper.acknowledge(&[end.id])?;
                finished += 1;
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
