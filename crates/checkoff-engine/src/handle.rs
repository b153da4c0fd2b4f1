//! A cheap handle on a running engine.

use crossbeam_channel::{Receiver, Sender};

use checkoff_core::RunId;

use crate::run_loop::Input;
use crate::update::Update;

/// What may be asked of a running engine.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    /// Finish what runs, start nothing new.
    Drain,
    /// End what runs, start nothing new.
    Cancel,
}

/// Asks things of a running engine, from any thread. Asking one that has ended does nothing.
#[derive(Debug, Clone)]
pub struct Handle {
    pub(crate) run: RunId,
    pub(crate) inputs: Sender<Input>,
}

impl Handle {
    /// Which run.
    pub fn run(&self) -> RunId {
        self.run
    }

    /// Finishes what runs and starts nothing new (the first Ctrl-C).
    pub fn drain(&self) {
        // An engine that has ended has no ear; that is not an error of the caller.
        let _ = self.inputs.send(Input::Command(Command::Drain));
    }

    /// Ends what runs, TERM then KILL, and starts nothing new (the second Ctrl-C). Asked again,
    /// KILL at once.
    pub fn cancel(&self) {
        let _ = self.inputs.send(Input::Command(Command::Cancel));
    }
}

/// A running engine: the handle, and the updates.
#[derive(Debug)]
pub struct Running {
    /// To ask things of it.
    pub handle: Handle,
    /// Every update, ending with [`Update::Ended`].
    pub updates: Receiver<Update>,
}
