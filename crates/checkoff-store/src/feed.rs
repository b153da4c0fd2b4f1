//! Who wants to know that a log has grown.

use std::sync::{Mutex, PoisonError};

use checkoff_core::RunId;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

/// How many messages a listener may be behind before it misses some. It can always read
/// the log from where it was: a message only says that it is worth looking.
const BACKLOG_MAX: usize = 1024;

/// The listeners.
#[derive(Debug, Default)]
pub(crate) struct Feed(Mutex<Vec<Sender<(RunId, u64)>>>);

impl Feed {
    /// One more.
    pub(crate) fn join(&self) -> Receiver<(RunId, u64)> {
        let (sender, receiver) = bounded(BACKLOG_MAX);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }

    /// Tells all that the run has reached this event; forgets those who are gone.
    pub(crate) fn tell(&self, run: RunId, seq: u64) {
        let mut listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| {
            !matches!(listener.try_send((run, seq)), Err(TrySendError::Disconnected(_)))
        });
    }
}
