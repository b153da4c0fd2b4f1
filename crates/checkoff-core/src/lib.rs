//! The pure centre: states, the task graph, events, effects, and the scheduler
//! that turns one into the other.
//!
//! Nothing here reads a file, a clock, an environment variable or a random
//! number; `now` and every id arrive as arguments, so that a log replays to the
//! same state on any machine. Clippy's ban list enforces it.
#![deny(clippy::disallowed_methods, clippy::iter_over_hash_type)]

pub mod effect;
pub mod estimate;
pub mod event;
pub mod graph;
pub mod id;
pub mod scheduler;
pub mod simulate;
pub mod spec;
pub mod state;

pub use effect::Effect;
pub use event::Event;
pub use graph::{Graph, TaskIx};
pub use id::{AttemptId, RunId, TaskIndex, Timestamp};
pub use scheduler::Scheduler;
pub use spec::RunSpec;
pub use state::State;
