//! Why a command did not do what it was asked: expected errors with a way out,
//! and internal ones.
//!
//! An expected error names the thing and the place, carries an exit code other
//! than 70, and has a hint where there is a way out. Anything that reaches the
//! top as a bare `anyhow::Error` is internal: nobody thought of it, so the user
//! is asked to report it.

use std::fmt;
use std::io;

use crate::exit::Exit;

/// What a command gives back.
pub(crate) type CommandResult = Result<Exit, CommandError>;

/// An error on its way to the user.
#[derive(Debug)]
pub(crate) struct CommandError {
    /// What the process ends with.
    pub(crate) exit: Exit,
    /// The error and its sources.
    pub(crate) error: anyhow::Error,
    /// Ways out, each one sentence fragment.
    pub(crate) hints: Vec<String>,
    /// Already shown by other means (the reader of the output went away).
    pub(crate) silent: bool,
}

impl CommandError {
    /// An expected error.
    pub(crate) fn new(exit: Exit, message: impl fmt::Display) -> CommandError {
        CommandError::from_error(exit, anyhow::anyhow!("{message}"))
    }

    /// An expected error that has sources of its own.
    pub(crate) fn from_error(exit: Exit, error: impl Into<anyhow::Error>) -> CommandError {
        CommandError { exit, error: error.into(), hints: Vec::new(), silent: false }
    }

    /// What was named cannot be read or does not exist.
    pub(crate) fn input(message: impl fmt::Display) -> CommandError {
        CommandError::new(Exit::Input, message)
    }

    /// The command line is wrong in a way its grammar cannot tell.
    pub(crate) fn usage(message: impl fmt::Display) -> CommandError {
        CommandError::new(Exit::Usage, message)
    }

    /// Adds a way out.
    pub(crate) fn hint(mut self, hint: impl fmt::Display) -> CommandError {
        self.hints.push(hint.to_string());
        self
    }

    /// Adds a way out, if there is one.
    pub(crate) fn maybe_hint(self, hint: Option<impl fmt::Display>) -> CommandError {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }
}

impl From<anyhow::Error> for CommandError {
    fn from(error: anyhow::Error) -> CommandError {
        CommandError::from_error(Exit::Internal, error)
    }
}

/// Only writing to standard output is passed up as a bare `io::Error`.
impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> CommandError {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return CommandError {
                silent: true,
                ..CommandError::new(Exit::Success, "nobody reads the output")
            };
        }
        let error = anyhow::Error::new(error).context("failed to write to standard output");
        CommandError::from_error(Exit::System, error)
    }
}
