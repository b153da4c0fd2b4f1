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
//! A script that is one plain command of the default shell is executed without one, see
//! [`direct`](crate::shell). The program is looked up by the `PATH` that the attempt
//! gets; where that leads nowhere, the shell is asked after all, so that its message
//! and its exit code 127 are what they always are.
//!
//! The standard library does all of this with `posix_spawn`, which neither copies
//! page tables nor runs code of ours in the child. That is why there is no hook
//! between fork and exec here: one would cost the fast path.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use rustix::fs::{Access, access};
use rustix::io::Errno;

use crate::attempt::AttemptSpec;
use crate::shell::direct;

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
    #[error("out of file descriptors: {0}")]
    Descriptors(io::Error),
    #[error("cannot run `{program}`: {error}")]
    Other { program: String, error: io::Error },
}

/// Makes processes for the attempts of one keeper.
#[derive(Debug)]
pub(crate) struct Spawner {
    /// The keeper's folder, for [`KEEPER_VARIABLE`].
    folder: PathBuf,
    /// `/dev/null`, opened once.
    nothing: File,
    /// `PATH` of the keeper.
    path: OsString,
    /// Plain commands may go without a shell. Not where `sh` may find a function of
    /// that name in the environment, as it does when it is `bash`.
    may_be_direct: bool,
}

impl Spawner {
    pub(crate) fn new(folder: &Path) -> io::Result<Spawner> {
        let is_function = |name: OsString| name.as_bytes().starts_with(b"BASH_FUNC_");
        Ok(Spawner {
            folder: folder.to_owned(),
            nothing: File::open("/dev/null")?,
            path: env::var_os("PATH").unwrap_or_default(),
            may_be_direct: !env::vars_os().any(|(name, _)| is_function(name)),
        })
    }

    /// Starts the process of `spec`, writing to `output`.
    pub(crate) fn spawn(&self, spec: &AttemptSpec, output: &File) -> Result<Child, SpawnError> {
        if let Some((program, words)) = self.direct(spec) {
            let mut command = Command::new(program);
            command.arg0(words[0]).args(&words[1..]);
            self.equip(&mut command, spec, output)?;
            if let Ok(child) = command.spawn() {
                return Ok(child);
            }
        }
        let (program, leading) = spec.shell.split_first().ok_or(SpawnError::NoInterpreter)?;
        let mut command = Command::new(program);
        command.args(leading).arg(&spec.script);
        self.equip(&mut command, spec, output)?;
        command.spawn().map_err(|error| explain(spec, error))
    }

    /// The program of a plain command, and its words.
    fn direct<'s>(&self, spec: &'s AttemptSpec) -> Option<(PathBuf, Vec<&'s str>)> {
        let words = direct(&spec.shell, &spec.script).filter(|_| self.may_be_direct)?;
        let program = Path::new(words[0]);
        if words[0].contains('/') {
            return program.is_absolute().then(|| (program.to_owned(), words));
        }
        let own = spec.env.iter().rev().find(|(name, _)| name == "PATH");
        let path = own.map_or(self.path.as_os_str(), |(_, value)| value.as_ref());
        for folder in env::split_paths(path) {
            // Relative to what, is a question for the shell.
            if !folder.is_absolute() {
                return None;
            }
            let candidate = folder.join(program);
            if access(&candidate, Access::EXEC_OK).is_ok() && candidate.is_file() {
                return Some((candidate, words));
            }
        }
        None
    }

    /// Gives the process its surroundings.
    fn equip(
        &self,
        command: &mut Command,
        spec: &AttemptSpec,
        output: &File,
    ) -> Result<(), SpawnError> {
        let descriptor = |file: &File| file.try_clone().map_err(SpawnError::Descriptors);
        command
            .current_dir(&spec.cwd)
            .stdin(descriptor(&self.nothing)?)
            .stdout(descriptor(output)?)
            .stderr(descriptor(output)?)
            .process_group(0)
            .env_remove("OLDPWD");
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
            .env(KEEPER_VARIABLE, &self.folder);
        Ok(())
    }
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
    access(folder, Access::EXEC_OK).is_ok()
}
