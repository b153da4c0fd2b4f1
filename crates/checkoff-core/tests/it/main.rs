//! The scheduler, played.

mod plan;
mod properties;
mod scripts;
