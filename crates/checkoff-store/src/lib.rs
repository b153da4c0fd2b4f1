//! The append-only event log: the [`Store`] trait, its twin in memory, and SQLite.
//!
//! A run is a frozen plan and a row of events. Events are appended in batches,
//! each batch whole or not at all, each expected to follow the one the writer saw
//! last: two engines on one run cannot both write. What is appended has reached
//! the disk when the call returns.
//!
//! ```text
//!  engine ── append(run, after, batch) ──▶ Store ──▶ fdatasync
//!  watchers ── read(run, after) ◀────────── │ ──▶ feed: "run r7 is at 1042"
//! ```

mod feed;
pub mod memory;
mod record;
pub mod sqlite;
pub mod store;

pub use memory::MemoryStore;
pub use sqlite::SqliteStore;
pub use store::{Error, NewRun, Recorded, RunRow, Source, Store};
