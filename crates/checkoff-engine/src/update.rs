//! What an engine tells those who watch it: the terminal, `--format json`, later
//! the server.
//!
//! A watcher gets every committed event once, in order, then exactly one `Ended`.
//! It can be slow or gone: the engine never waits for it.

use std::path::PathBuf;

use checkoff_core::event::RunOutcome;
use checkoff_core::{AttemptId, RunId};
pub use checkoff_store::Recorded;

/// Something worth showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// An event of the run is committed.
    Committed(Recorded),
    /// An attempt runs; its output can be read at this path while it does.
    Output {
        /// Which.
        attempt: AttemptId,
        /// Where. The file goes away with the attempt.
        spool: PathBuf,
    },
    /// Waiting for something that is not part of the run (a lock, an old keeper).
    Waiting {
        /// For what, for a person.
        message: String,
    },
    /// No more updates will come.
    Ended(Ended),
}

/// How an engine let go of its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The run came to its end (for now).
    Finished {
        /// Which.
        run: RunId,
        /// How.
        outcome: RunOutcome,
    },
    /// The engine cannot go on; what is committed stands, `checkoff resume` goes on from there.
    Broken {
        /// Which.
        run: RunId,
        /// Why, outermost first, one line each.
        causes: Vec<String>,
    },
}
