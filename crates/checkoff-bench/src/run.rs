//! Whole runs: how many tasks a second, with the log synced and the evidence kept.
//!
//! A list of ten thousand tasks whose command is `true` is nothing but overhead: read,
//! resolved, started, reaped, logged, checked off in the file. Beside it the tools
//! that start as many processes and keep nothing: `ninja` (through `sh`), `make` (directly,
//! as we do with a command that any shell would only execute), `xargs` (directly, no
//! graph), GNU `parallel`. They take turns with us, so that a noisy moment does not fall
//! on one of them alone.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::measure::{self, ChildCost, mebibytes};
use crate::report::Report;
use crate::subject;

/// Arguments of `checkoff-bench run`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Measures the peers too.
    #[arg(long)]
    peer: bool,
    /// Tasks in the list.
    #[arg(long, default_value_t = 10_000)]
    tasks: usize,
    /// Tasks at once.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Runs of each, of which the median counts.
    #[arg(long, default_value_t = 3)]
    repetitions: usize,
    /// Also runs a list of a hundred thousand tasks to its end, once.
    #[arg(long)]
    long: bool,
}

/// Somebody who can start many processes.
struct Runner {
    name: &'static str,
    /// Too slow to be run more than once.
    once: bool,
    /// Makes what the runner reads, and the command that runs it.
    prepare: fn(folder: &Path, args: &Args) -> anyhow::Result<Command>,
}

const PEERS: [Runner; 4] = [
    Runner { name: "ninja", once: false, prepare: ninja },
    Runner { name: "make", once: false, prepare: make },
    Runner { name: "xargs", once: false, prepare: xargs },
    Runner { name: "parallel", once: true, prepare: parallel },
];

/// Measures and prints.
pub(crate) fn run(args: &Args, report: &mut Report) -> anyhow::Result<()> {
    let checkoff = subject::checkoff()?;
    let mut peers: Vec<(&Runner, Vec<Duration>)> = Vec::new();
    if args.peer {
        for peer in &PEERS {
            match measure::program(peer.name) {
                Some(_) => peers.push((peer, Vec::new())),
                None => {
                    report.note(&format!("`{}` is not on the PATH: left out.", peer.name))?;
                }
            }
        }
    }
    let mut ours = Vec::new();
    for repetition in 0..args.repetitions.max(1) {
        ours.push(measure_ours(&checkoff, args.tasks, args.jobs)?);
        for (peer, walls) in &mut peers {
            if repetition == 0 || !peer.once {
                walls.push(measure_peer(peer, args)?);
            }
        }
    }
    let tasks = args.tasks as f64;
    let wall = measure::median(ours.iter().map(|cost| cost.wall)).as_secs_f64();
    report.figure("run_rate", tasks / wall, "tasks/s")?;
    report.figure("run_wall", wall, "s")?;
    let cpu = measure::median(ours.iter().map(|cost| cost.cpu)).as_secs_f64();
    report.figure("run_cpu_per_task", cpu * 1e6 / tasks, "us")?;
    let memory = measure::median(ours.iter().map(|cost| cost.memory_bytes_max));
    report.figure("run_memory", mebibytes(memory), "MiB")?;
    for (peer, walls) in peers {
        let theirs = tasks / measure::median(walls.into_iter()).as_secs_f64();
        report.figure(&format!("run_rate_{}", peer.name), theirs, "tasks/s")?;
        report.ratio(&format!("run_rate_per_{}", peer.name), tasks / wall, theirs)?;
    }
    if args.long {
        let cost = measure_ours(&checkoff, 100_000, args.jobs)?;
        report.figure("run_100000_rate", 100_000.0 / cost.wall.as_secs_f64(), "tasks/s")?;
        report.figure("run_100000_memory", mebibytes(cost.memory_bytes_max), "MiB")?;
    }
    Ok(())
}

/// One run of our own, looked at afterwards: every box must be checked.
fn measure_ours(checkoff: &Path, tasks: usize, jobs: usize) -> anyhow::Result<ChildCost> {
    let folder = tempfile::tempdir().context("cannot make a folder to work in")?;
    let list = folder.path().join("TASKS.md");
    fs::write(&list, list_of(tasks))?;
    let mut command = Command::new(checkoff);
    command.args(["run", "TASKS.md", "--yes", "--jobs", &jobs.to_string()]);
    let cost = measure::child(quiet(&mut command, folder.path()))?;
    ensure!(cost.status.success(), "{command:?} ended with {}", cost.status);
    let checked = fs::read_to_string(&list)?.matches("- [x] T").count();
    ensure!(checked == tasks, "{checked} of {tasks} boxes are checked after the run");
    Ok(cost)
}

fn measure_peer(peer: &Runner, args: &Args) -> anyhow::Result<Duration> {
    let folder = tempfile::tempdir().context("cannot make a folder to work in")?;
    let mut command = (peer.prepare)(folder.path(), args)?;
    let cost = measure::child(quiet(&mut command, folder.path()))?;
    ensure!(cost.status.success(), "{command:?} ended with {}", cost.status);
    Ok(cost.wall)
}

fn quiet<'a>(command: &'a mut Command, folder: &Path) -> &'a mut Command {
    command
        .current_dir(folder)
        .env("HOME", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}

fn list_of(tasks: usize) -> String {
    let mut list = String::from("# Tasks\n\n");
    for number in 1..=tasks {
        let _ = writeln!(list, "- [ ] T{number:06} Do part {number}\n  - run: `true`");
    }
    list
}

fn ninja(folder: &Path, args: &Args) -> anyhow::Result<Command> {
    let mut build = String::from("rule do\n  command = true\n");
    for number in 1..=args.tasks {
        let _ = writeln!(build, "build t{number}: do");
    }
    fs::write(folder.join("build.ninja"), build)?;
    let mut command = Command::new("ninja");
    command.args(["--quiet", "-j", &args.jobs.to_string()]);
    Ok(command)
}

fn make(folder: &Path, args: &Args) -> anyhow::Result<Command> {
    let names: Vec<String> = (1..=args.tasks).map(|number| format!("t{number}")).collect();
    let mut makefile = format!("all: {0}\n.PHONY: all {0}\n", names.join(" "));
    for name in names {
        let _ = writeln!(makefile, "{name}:\n\t@true");
    }
    fs::write(folder.join("Makefile"), makefile)?;
    let mut command = Command::new("make");
    command.args(["--silent", &format!("-j{}", args.jobs)]);
    Ok(command)
}

fn xargs(folder: &Path, args: &Args) -> anyhow::Result<Command> {
    fs::write(folder.join("numbers"), numbers(args.tasks))?;
    let mut command = Command::new("xargs");
    command.args(["-a", "numbers", "-n1", "-P", &args.jobs.to_string(), "true"]);
    Ok(command)
}

fn parallel(folder: &Path, args: &Args) -> anyhow::Result<Command> {
    fs::write(folder.join("numbers"), numbers(args.tasks))?;
    let mut command = Command::new("parallel");
    command.args(["-a", "numbers", "-N0", "-j", &args.jobs.to_string(), "true"]);
    Ok(command)
}

fn numbers(count: usize) -> String {
    (1..=count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{number}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{list_of, numbers};

    #[test]
    fn the_list_has_a_command_for_every_task() {
        let list = list_of(12);
        assert_eq!(
            (list.matches("- [ ] T").count(), list.matches("run: `true`").count()),
            (12, 12)
        );
        assert_eq!(numbers(3), "1\n2\n3\n");
    }
}
