//! How a worker is hosted: the one trait every kind of runtime implements.
//!
//! A runtime is told to start and to cancel; it never blocks and never decides.
//! What happens comes back as [`Report`]s over the channel it was made with, in
//! the order it happened, exactly one `Finished` for each `start` that was
//! accepted, unless the runtime itself is lost.
//!
//! ```text
//!  engine ── start, cancel, acknowledge ──▶ Runtime ──▶ processes
//!    ▲                                        │
//!    └────────── Report (channel) ────────────┘
//! ```

use std::path::PathBuf;

use crate::attempt::{AttemptId, AttemptSpec, CancelMode, Finished};

/// Hosts attempts.
pub trait Runtime: Send {
    /// Asks for an attempt to be started. Returns before it is; its `Started` and
    /// `Finished` reports follow. An attempt that cannot be started is `Finished`
    /// with [`Exit::SpawnFailed`](crate::Exit::SpawnFailed), not an error here.
    ///
    /// # Errors
    /// The runtime is gone: nothing was started and nothing will be.
    fn start(&self, spec: AttemptSpec) -> Result<(), RuntimeGone>;

    /// Asks for an attempt to be stopped. Its `Finished` report still comes. An
    /// attempt that is over or was never started is left alone.
    ///
    /// # Errors
    /// The runtime is gone.
    fn cancel(&self, attempt: AttemptId, mode: CancelMode) -> Result<(), RuntimeGone>;

    /// Says that the finish of these attempts is safely stored, so that the
    /// runtime need not remember them for a later resume.
    ///
    /// # Errors
    /// The runtime is gone.
    fn acknowledge(&self, attempts: &[AttemptId]) -> Result<(), RuntimeGone>;
}

/// What a runtime has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// A process runs.
    Started {
        /// Which attempt.
        attempt: AttemptId,
        /// Its process id, which is also the id of its process group.
        pid: u32,
        /// When it was made in clock ticks since boot: with the pid it names the
        /// process beyond doubt, even after the pid is given to another.
        start_ticks: u64,
        /// The same moment in Unix microseconds.
        at_us: i64,
        /// Where its output can be read while it runs.
        spool: PathBuf,
    },
    /// It is over.
    Finished(Finished),
    /// The runtime itself ended without being asked: no more reports will come,
    /// and the attempts under way must be settled from its journal.
    Lost {
        /// What is known about it.
        why: String,
    },
}

/// The runtime has ended and takes no more requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the process that keeps the attempts is gone")]
pub struct RuntimeGone;
