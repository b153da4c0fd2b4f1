//! Starting and resuming runs.

use std::path::PathBuf;

use checkoff_core::{RunId, RunSpec, TaskIndex};
use checkoff_store::Source;

use crate::handle::Running;
use crate::options::Options;

/// What a new run is to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The tasks, resolved; [`prepare`](crate) makes it of a plan.
    pub spec: RunSpec,
    /// The bytes of the plan files the spec was made of, in the order of `spec.files`.
    pub sources: Vec<Source>,
}

/// What to do with a run that is taken up again.
#[derive(Debug, Clone, Default)]
pub struct Resume {
    /// Tasks to try again, though they failed, are blocked or ask.
    pub retry: Vec<TaskIndex>,
    /// Tasks a person says are done.
    pub done: Vec<TaskIndex>,
    /// Only settle what is under way, and end it.
    pub cancel: bool,
}

/// Starts and resumes runs.
#[derive(Debug)]
pub struct Engine;

impl Engine {
    /// Makes a run and starts it on threads of its own; returns once it is in the store.
    ///
    /// # Errors
    /// When nothing was started; nothing is left behind but perhaps a run without events.
    pub fn start(options: Options, plan: Plan) -> Result<Running, StartError> {
        let _ = plan;
        Err(StartError::Unfinished(options.store))
    }

    /// Takes up a run again: after a crash, after its end, or to answer for a person.
    ///
    /// # Errors
    /// When the run could not be taken up; it is as it was.
    pub fn resume(options: Options, run: RunId, resume: Resume) -> Result<Running, StartError> {
        let _ = (run, resume);
        Err(StartError::Unfinished(options.store))
    }
}

/// A run could not be started or taken up.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another engine holds this plan file, and so its boxes.
    #[error("`{path}` is in use by run {run} (process {pid}, since {since})")]
    Held {
        /// The plan file.
        path: PathBuf,
        /// The run that holds it.
        run: String,
        /// The process that does.
        pid: u32,
        /// Since when, RFC 3339.
        since: String,
    },
    /// The store said no.
    #[error(transparent)]
    Store(#[from] checkoff_store::Error),
    /// Not written yet.
    #[error("`{0}`: the engine cannot run anything yet")]
    Unfinished(PathBuf),
}
