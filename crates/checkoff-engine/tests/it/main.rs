//! Whole runs, with the keeper in a thread: what an engine makes of a list.

mod project;
mod runs;
mod trouble;
