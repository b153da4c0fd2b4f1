//! Cold start of the binary on small work, beside two other task tools.
//!
//! What a command costs that does next to nothing: the loader, the arguments,
//! one list. `true` is measured too, because below it nobody can get. Peers, if
//! they are on the `PATH` (`scripts/bench-peers` puts them there): `task`
//! (Taskwarrior) with as many tasks of its own, and `backlog` (Backlog.md) on the
//! very files that we read too, each with its command that answers the same
//! question.
//!
//! The memory of a child is at least that of this program at the moment it
//! started the child (the kernel carries the high-water mark over `exec`), so
//! nothing large is held here while measuring.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::measure::{self, ChildCost, mebibytes, milliseconds};
use crate::report::Report;
use crate::{lists, subject};

/// Repetitions of a command that takes milliseconds.
const QUICK: usize = 31;
/// Repetitions of a command that takes a good part of a second.
const SLOW: usize = 5;
/// Tasks in the long list.
const TASKS: usize = 10_000;
/// Lists in the repository that is checked whole.
const LISTS: usize = 1_000;
/// Tasks in each of them: about nine kilobytes, the average of lists found.
const TASKS_PER_LIST: usize = 100;

/// Tasks of the Backlog.md project, one file each.
const BACKLOG_TASKS: usize = 1_000;

/// Arguments of `checkoff-bench start`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Measures `task` and `backlog` too, where they are installed.
    #[arg(long)]
    peer: bool,
}

/// Measures and prints.
pub(crate) fn run(args: &Args, report: &mut Report) -> anyhow::Result<()> {
    let checkoff = subject::checkoff()?;
    let folder = tempfile::tempdir().context("cannot make a folder to work in")?;
    let root = folder.path();
    fs::write(root.join("small.md"), lists::with_tasks(20))?;
    fs::write(root.join("long.md"), lists::with_tasks(TASKS))?;
    fs::create_dir(root.join("lists"))?;
    for number in 0..LISTS {
        let path = root.join("lists").join(format!("list_{number:04}.md"));
        fs::write(path, lists::with_tasks(TASKS_PER_LIST))?;
    }
    let project = root.join("project");
    backlog_project(&project)?;

    let in_root = |program: &OsStr, arguments: &[&str]| quiet(program, arguments, root);
    let ours = checkoff.as_os_str();
    let floor = measure::median_child(QUICK, || in_root("true".as_ref(), &[]))?;
    figures(report, "start_true", &floor)?;
    let version = measure::median_child(QUICK, || in_root(ours, &["--version"]))?;
    figures(report, "start_version", &version)?;
    let check = measure::median_child(QUICK, || in_root(ours, &["check", "small.md"]))?;
    figures(report, "start_check_20_tasks", &check)?;
    let next = measure::median_child(SLOW, || in_root(ours, &["next", "long.md"]))?;
    figures(report, "start_next_10000_tasks", &next)?;
    let repository = measure::median_child(SLOW, || in_root(ours, &["check", "lists"]))?;
    figures(report, "check_1000_lists", &repository)?;
    report.figure("check_1000_lists_wall", milliseconds(repository.wall), "ms")?;
    let board = measure::median_child(SLOW, || in_root(ours, &["show", "project/backlog/tasks"]))?;
    figures(report, "start_show_1000_files", &board)?;

    if args.peer {
        taskwarrior(report, root, &version, &next)?;
        backlog(report, &project, &version, &board)?;
    }
    Ok(())
}

/// A command whose output goes nowhere, in a folder that is its home.
fn quiet(program: &OsStr, arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn figures(report: &mut Report, name: &str, cost: &ChildCost) -> anyhow::Result<()> {
    report.figure(&format!("{name}_cpu"), milliseconds(cost.cpu), "ms")?;
    report.figure(&format!("{name}_memory"), mebibytes(cost.memory_bytes_max), "MiB")?;
    Ok(())
}

/// Taskwarrior with ten thousand tasks of its own, imported from JSON.
fn taskwarrior(
    report: &mut Report,
    root: &Path,
    version: &ChildCost,
    next: &ChildCost,
) -> anyhow::Result<()> {
    let Some(task) = measure::program("task") else {
        return Ok(report.note("`task` (Taskwarrior) is not on the PATH: left out.")?);
    };
    let home = root.join("taskwarrior");
    fs::create_dir_all(home.join("data"))?;
    fs::write(
        home.join(".taskrc"),
        "data.location=data\nconfirmation=off\nverbose=nothing\nhooks=off\n",
    )?;
    let tasks: Vec<String> = (1..=TASKS)
        .map(|n| format!(r#"{{"description":"Write part {n}","status":"pending"}}"#))
        .collect();
    fs::write(home.join("tasks.json"), format!("[{}]", tasks.join(",\n")))?;
    drop(tasks);
    let command = |arguments: &[&str]| {
        let mut command = quiet(task.as_os_str(), arguments, &home);
        command.env("TASKRC", home.join(".taskrc")).env("TASKDATA", home.join("data"));
        command
    };
    let imported = command(&["import", "tasks.json"]).status().context("cannot run `task`")?;
    ensure!(imported.success(), "`task import` ended with {imported}");

    let theirs = measure::median_child(QUICK, || command(&["--version"]))?;
    figures(report, "start_version_taskwarrior", &theirs)?;
    report.ratio("start_version_cpu_per_taskwarrior", ms(version), ms(&theirs))?;
    let theirs = measure::median_child(SLOW, || command(&["next"]))?;
    figures(report, "start_next_10000_tasks_taskwarrior", &theirs)?;
    report.ratio("start_next_10000_tasks_cpu_per_taskwarrior", ms(next), ms(&theirs))?;
    Ok(())
}

/// A Backlog.md project: a file a task.
fn backlog_project(project: &Path) -> anyhow::Result<()> {
    let tasks = project.join("backlog/tasks");
    fs::create_dir_all(&tasks)?;
    fs::write(
        project.join("backlog/config.yml"),
        "project_name: \"bench\"\ndefault_status: \"To Do\"\n\
         statuses: [\"To Do\", \"In Progress\", \"Done\"]\nlabels: []\n\
         remote_operations: false\nfilesystem_only: true\n\
         check_active_branches: false\ntask_prefix: \"task\"\n",
    )?;
    for number in 1..=BACKLOG_TASKS {
        let needs = if number > 2 { format!("TASK-{}", number - 2) } else { String::new() };
        fs::write(
            tasks.join(format!("task-{number} - Write-part-{number}.md")),
            format!(
                "---\nid: TASK-{number}\ntitle: Write part {number}\nstatus: To Do\n\
                 assignee: []\ncreated_date: '2026-01-01 00:00'\nlabels: []\n\
                 dependencies: [{needs}]\n---\n\n## Description\n\nWrite it.\n"
            ),
        )?;
    }
    Ok(())
}

/// Backlog.md, listing the same files.
fn backlog(
    report: &mut Report,
    project: &Path,
    version: &ChildCost,
    board: &ChildCost,
) -> anyhow::Result<()> {
    let Some(backlog) = measure::program("backlog") else {
        return Ok(report.note("`backlog` (Backlog.md) is not on the PATH: left out.")?);
    };
    let command = |arguments: &[&str]| quiet(backlog.as_os_str(), arguments, project);
    let theirs = measure::median_child(SLOW, || command(&["--version"]))?;
    figures(report, "start_version_backlog", &theirs)?;
    report.ratio("start_version_cpu_per_backlog", ms(version), ms(&theirs))?;
    let theirs = measure::median_child(SLOW, || command(&["task", "list", "--plain"]))?;
    figures(report, "start_show_1000_files_backlog", &theirs)?;
    report.ratio("start_show_1000_files_cpu_per_backlog", ms(board), ms(&theirs))?;
    Ok(())
}

fn ms(cost: &ChildCost) -> f64 {
    milliseconds(cost.cpu)
}
