//! How a worker is hosted: the one trait every kind of runtime implements.
//!
//! A runtime is told to start and to cancel; it never blocks and never decides.
//! What happens comes back as [`Report`]s over the channel it was made with, in
//! the order it happened, exactly one `Finished` (or `Withdrawn`) for each `start`
//! that was accepted, unless the runtime itself is lost.
//!
//! ```text
//!  engine ── start, withdraw, cancel, acknowledge ──▶ Runtime ──▶ processes
//!    ▲                                                  │
//!    └────────── Report (channel) ──────────────────────┘
//! ```

use std::path::PathBuf;

use checkoff_core::Timestamp;
use checkoff_core::event::Process;

use crate::attempt::{AttemptSpec, CancelMode, Finished, PartId};

/// Hosts attempts.
pub trait Runtime: Send {
    /// Asks for an attempt to be started, now or as soon as a slot is free. Returns
    /// before it is; its `Started` and `Finished` reports follow. One that cannot be
    /// started is `Finished` with [`Exit::SpawnFailed`](crate::Exit::SpawnFailed),
    /// not an error here.
    ///
    /// # Errors
    /// The runtime is gone: nothing was started and nothing will be.
    fn start(&self, spec: AttemptSpec) -> Result<(), RuntimeGone>;

    /// Takes an attempt back that has no process yet: answered by `Withdrawn`. One
    /// that has started goes on, and is reported as if nothing had been said.
    ///
    /// # Errors
    /// The runtime is gone.
    fn withdraw(&self, id: PartId) -> Result<(), RuntimeGone>;

    /// Asks for an attempt to be stopped. Its `Finished` report still comes. One
    /// that still waits for a slot is `Finished` as cancelled without a process, one
    /// that is over or was never asked for is left alone.
    ///
    /// # Errors
    /// The runtime is gone.
    fn cancel(&self, id: PartId, mode: CancelMode) -> Result<(), RuntimeGone>;

    /// Says that the finish of these attempts is safely stored, so that the
    /// runtime need not remember them for a later resume.
    ///
    /// # Errors
    /// The runtime is gone.
    fn acknowledge(&self, ids: &[PartId]) -> Result<(), RuntimeGone>;
}

/// What a runtime has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// A process runs.
    Started {
        /// Which one.
        id: PartId,
        /// Which process, beyond doubt. Its pid is also the id of its process group.
        process: Process,
        /// When.
        at: Timestamp,
        /// Where its output can be read while it runs.
        spool: PathBuf,
    },
    /// It was taken back before it had a process.
    Withdrawn {
        /// Which one.
        id: PartId,
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
