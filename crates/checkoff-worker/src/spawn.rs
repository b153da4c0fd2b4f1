//! Making the process of an attempt.
//!
//! What the process gets, and nothing else:
//! - its own process group, in the session of the keeper: no terminal;
//! - standard input from `/dev/null`; standard output and error into one file, opened
//!   to append, so that they interleave as on a terminal and nobody reading or dying
//!   can break the writer. No other descriptor;
//! - default signal actions for what the Rust runtime changed (SIGPIPE), an empty
//!   signal mask;
//! - the environment of the keeper, which is that of `checkoff run`, with `PWD` set to
//!   the folder and without `OLDPWD`; what the task's `env` says; then the four
//!   variables named below, which nothing overrides.
//!
//! The standard library does all of this with `posix_spawn`, which neither copies
//! page tables nor runs code of ours in the child. That is why there is no hook
//! between fork and exec here: one would cost the fast path.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::io::Errno;

use crate::attempt::AttemptSpec;

/// The run, as `r12`.
pub const RUN_VARIABLE: &str = "CHECKOFF_RUN";
/// The index of the task in the plan.
pub const TASK_VARIABLE: &str = "CHECKOFF_TASK";
/// The part of the attempt, as [`PartId`](crate::PartId) displays it.
pub const ATTEMPT_VARIABLE: &str = "CHECKOFF_ATTEMPT";
/// The folder of the keeper. With the attempt it marks a process beyond doubt, since
/// two projects may both have an attempt `r1/0.1` under way.
pub const KEEPER_VARIABLE: &str = "CHECKOFF_KEEPER";

/// Why there is no process. The text is for the person who wrote the task.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpawnError {
    #[error("no interpreter is named")]
    NoInterpreter,
    #[error("folder `{0}` does not exist")]
    NoFolder(String),
    #[error("`{0}` is not a folder")]
    NotAFolder(String),
    #[error("interpreter `{0}` is not found")]
    NoProgram(String),
    #[error("interpreter `{0}` may not be executed")]
    NotExecutable(String),
    #[error(
        "script ({script} bytes) and environment are too long for the kernel; \
         one argument or variable may have 131071 bytes: put the script into a file"
    )]
    TooLong { script: usize },
    #[error("script or environment contains a NUL byte")]
    Nul,
    #[error("environment variable name `{0}` is not valid")]
    VariableName(String),
    #[error("cannot run `{program}`: {error}")]
    Other { program: String, error: io::Error },
}

/// Starts the process of `spec` for the keeper of this folder, writing to `output`.
pub(crate) fn spawn(spec: &AttemptSpec, keeper: &Path, output: File) -> Result<Child, SpawnError> {
    let mut command = build(spec, keeper, output)?;
    command.spawn().map_err(|error| explain(spec, error))
}

fn build(spec: &AttemptSpec, keeper: &Path, output: File) -> Result<Command, SpawnError> {
    let (program, leading) = spec.shell.split_first().ok_or(SpawnError::NoInterpreter)?;
    let other = |error| SpawnError::Other { program: program.clone(), error };
    let mut command = Command::new(program);
    command
        .args(leading)
        .arg(&spec.script)
        .current_dir(&spec.cwd)
        .stdin(Stdio::null())
        .stderr(output.try_clone().map_err(other)?)
        .stdout(output)
        .process_group(0);
    command.env_remove("OLDPWD");
    if spec.cwd.is_absolute() {
        command.env("PWD", &spec.cwd);
    }
    for (name, value) in &spec.env {
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(SpawnError::VariableName(name.clone()));
        }
        command.env(name, value);
    }
    command
        .env(RUN_VARIABLE, spec.id.run.to_string())
        .env(TASK_VARIABLE, spec.id.attempt.task.to_string())
        .env(ATTEMPT_VARIABLE, spec.id.to_string())
        .env(KEEPER_VARIABLE, keeper);
    Ok(command)
}

/// The kernel says only that something is missing; this looks which.
fn explain(spec: &AttemptSpec, error: io::Error) -> SpawnError {
    let program = spec.shell.first().cloned().unwrap_or_default();
    let cwd = || spec.cwd.display().to_string();
    match Errno::from_io_error(&error) {
        Some(Errno::TOOBIG) => SpawnError::TooLong { script: spec.script.len() },
        Some(Errno::NOENT | Errno::NOTDIR) if !spec.cwd.exists() => SpawnError::NoFolder(cwd()),
        Some(Errno::NOTDIR) if !spec.cwd.is_dir() => SpawnError::NotAFolder(cwd()),
        Some(Errno::NOENT | Errno::NOTDIR) => SpawnError::NoProgram(program),
        Some(Errno::ACCESS | Errno::PERM) if is_searchable(&spec.cwd) => {
            SpawnError::NotExecutable(program)
        }
        None if error.kind() == io::ErrorKind::InvalidInput => SpawnError::Nul,
        _ => SpawnError::Other { program, error },
    }
}

fn is_searchable(folder: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(folder, Access::EXEC_OK).is_ok()
}
