//! The exit codes: one table, from which the program and its manual both read.
//!
//! All are below 64, so that a script can tell an answer from an accident: 70 is
//! an error inside checkoff itself, and a crash ends by signal (128 + 6).

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// All went well, nothing to complain of.
    Success = 0,
    /// The question was answered with no: findings, nothing ready, a difference.
    Findings = 1,
    /// The command line is wrong.
    Usage = 2,
    /// What was named cannot be read or does not exist.
    Input = 3,
    /// The edit was refused; the file is as it was.
    Refused = 4,
    /// Somebody else holds the plan or the store.
    Busy = 5,
    /// A confirmation was needed and not given; nothing was run.
    Unconfirmed = 6,
    /// The machine said no: a full disk, a read-only folder, no such program.
    System = 7,
    /// The run ended and at least one task failed.
    RunFailed = 10,
    /// The run can go no further without a person.
    RunWaiting = 11,
    /// The run was stopped; `resume` goes on.
    RunStopped = 12,
    /// The run was cancelled.
    RunCancelled = 13,
    /// An error inside checkoff.
    Internal = 70,
}

/// Code and meaning of each, as `checkoff help exit-codes` prints them.
pub(crate) const TABLE: &[(Exit, &str)] = &[
    (Exit::Success, "all went well; `check` found nothing that fails; the run succeeded"),
    (Exit::Findings, "the answer is no: `check` has findings that fail, `next` has nothing ready"),
    (Exit::Usage, "the command line is wrong"),
    (Exit::Input, "a file, task, run or setting that was named cannot be read or does not exist"),
    (Exit::Refused, "an edit was refused; the file is exactly as it was"),
    (Exit::Busy, "another checkoff holds the plan or the store"),
    (Exit::Unconfirmed, "a confirmation was needed and not given; nothing was run"),
    (Exit::System, "the machine said no: a full disk, a read-only folder, a missing program"),
    (Exit::RunFailed, "the run ended, and at least one task failed"),
    (Exit::RunWaiting, "all that can be run is done; the rest waits for a person"),
    (Exit::RunStopped, "the run was stopped before its end; `checkoff resume` goes on"),
    (Exit::RunCancelled, "the run was cancelled"),
    (Exit::Internal, "an error inside checkoff; please report it (a crash ends by signal: 134)"),
];

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Makes a panic say what it is and end by signal, whatever the build profile.
pub(crate) fn announce_crashes() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        default(panic);
        anstream::eprintln!(
            "error: checkoff {} crashed; this is a bug, please report it with the lines above",
            env!("CARGO_PKG_VERSION")
        );
        std::process::abort();
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete_ascending_and_below_64() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (exit, meaning) in TABLE {
            assert!((*exit as u8) < 64 || *exit == Exit::Internal);
            assert!(!meaning.is_empty());
        }
        assert_eq!(TABLE.len(), 13, "a code without a meaning");
    }
}
