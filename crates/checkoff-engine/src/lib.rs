//! The shell around the scheduler: feeds it what happens, commits what it
//! decides, and only then does what it asks for.
//!
//! ```text
//!            reports, checks, boxes written, commands, ticks
//!  runtime ──────────────┐            (one closed enum, one channel)
//!  write-back ───────────┤
//!  handle ───────────────┴─▶ loop ─▶ Scheduler::step ─▶ Store::append ─▶ effects
//!                             ▲                            (one fsync a batch)  │
//!                             └─────────────────────────────────────────────────┘
//! ```
//!
//! See `docs/design/engine.md` for why a commit does not cost a task its start.

mod boxes;
mod clock;
pub mod engine;
mod evidence;
pub mod handle;
pub mod history;
pub mod lock;
pub mod options;
pub mod plan_file;
pub mod prepare;
mod recover;
mod run_loop;
pub mod update;

pub use engine::{Engine, Plan, Resume, StartError};
pub use handle::{Handle, Running};
pub use history::{History, HistoryError};
pub use lock::{Holder, holder, wait_until_free};
pub use options::{KeeperHost, OnOrphan, Options, WhenLocked};
pub use prepare::{PrepareError, Prepared, Request, Selection, prepare};
pub use update::{Ended, Recorded, Update};
