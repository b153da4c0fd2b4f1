//! Which commands this user has let run before.
//!
//! A task list is text that a stranger can have written, and its commands run
//! with all rights of the user. So a command is shown, and asked for once, before
//! it is run for the first time in its folder; what was let run is remembered by
//! its hash in the user's own state folder, not in the project, where the
//! stranger could have put it. Once a command changes it is asked for again.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use checkoff_core::RunSpec;
use checkoff_core::spec::{Action, TaskSpec};

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::measure;
use crate::output::{counted, styled, styles};

/// Commands shown before the question.
const COMMANDS_MAX: usize = 30;

/// Asks, unless every command was let run before or `yes` says so.
pub(super) fn ask(context: &Context, spec: &RunSpec, yes: bool) -> Result<(), CommandError> {
    let place = trusted_file();
    let trusted = place.as_deref().map(read).unwrap_or_default();
    let commands: Vec<(String, &TaskSpec, &str)> = commands(spec)
        .map(|(task, command)| (hash(task, command), task, command))
        .filter(|(hash, ..)| !trusted.contains(hash))
        .collect();
    if commands.is_empty() {
        return Ok(());
    }
    if !yes {
        confirm(context, &commands)?;
    }
    if let Some(place) = place {
        let hashes: BTreeSet<&String> = commands.iter().map(|(hash, ..)| hash).collect();
        // Not being able to remember only means being asked again.
        if let Err(error) = remember(&place, &hashes) {
            context.output.detail(format_args!("`{}` cannot be written: {error}", place.display()));
        }
    }
    Ok(())
}

/// Every command of a run with its task: what is run, and what checks it.
fn commands(spec: &RunSpec) -> impl Iterator<Item = (&TaskSpec, &str)> {
    spec.tasks.iter().flat_map(|task| {
        let script = match &task.action {
            Action::Shell { script, .. } => Some(script.as_str()),
            _ => None,
        };
        let checks = task.done_when.iter().map(String::as_str).filter(move |_| script.is_some());
        script.into_iter().chain(checks).map(move |command| (task, command))
    })
}

/// What is remembered: the command, where it runs, and with which variables.
fn hash(task: &TaskSpec, command: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    let variables = task.env.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    let shell = match &task.action {
        Action::Shell { shell, .. } => &shell[..],
        _ => &[],
    };
    let shell = shell.iter().map(String::as_str);
    for part in [task.cwd.as_str(), command].into_iter().chain(variables).chain(shell) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn confirm(context: &Context, commands: &[(String, &TaskSpec, &str)]) -> Result<(), CommandError> {
    let count = counted(commands.len(), "command");
    if !context.output.is_interactive() {
        return Err(CommandError::new(
            Exit::Unconfirmed,
            format_args!("{count} of this list have not been let run before"),
        )
        .hint("`--dry-run` shows them; `--yes` lets them run"));
    }
    let mut talk = context.output.talk();
    let width = context.output.width();
    // Nobody to show it to is nobody to answer: reading the answer settles it.
    let _ = writeln!(talk, "This list wants to run {count} that you have not let run before:\n");
    for (_, task, command) in commands.iter().take(COMMANDS_MAX) {
        let mut lines = command.lines();
        let first = measure::shortened(lines.next().unwrap_or_default(), width.saturating_sub(16));
        let name = measure::shortened(&task.name, 10);
        let _ = writeln!(talk, "  {:<10} {first}", styled(styles::NAME, name));
        for line in lines {
            let _ = writeln!(talk, "  {:<10} {}", "", measure::shortened(line, width.saturating_sub(16)));
        }
    }
    if commands.len() > COMMANDS_MAX {
        let more = commands.len() - COMMANDS_MAX;
        let _ = writeln!(talk, "  … and {more} more (`--dry-run` shows all)");
    }
    let folder = commands.first().map_or("", |(_, task, _)| &task.cwd);
    let _ = writeln!(talk, "\n  in {}", styled(styles::DIM, folder));
    let _ = write!(talk, "\nRun them? [y/N] ");
    let _ = talk.flush();
    drop(talk);
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(CommandError::new(Exit::Unconfirmed, "nothing was run"))
}

/// Where hashes are kept: `$XDG_STATE_HOME/checkoff/trusted`.
fn trusted_file() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|it| it.is_absolute());
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state"));
    Some(state.or_else(home)?.join("checkoff").join("trusted"))
}

fn read(place: &std::path::Path) -> BTreeSet<String> {
    let text = fs::read_to_string(place).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Appends in one write, so that two runs at once lose nothing.
fn remember(place: &std::path::Path, hashes: &BTreeSet<&String>) -> io::Result<()> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    let lines: String = hashes.iter().map(|hash| format!("{hash}\n")).collect();
    OpenOptions::new().append(true).create(true).open(place)?.write_all(lines.as_bytes())
}
