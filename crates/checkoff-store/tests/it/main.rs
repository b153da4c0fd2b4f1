//! Stores: what all of them promise, and what happens when the place is no good.

mod conformance;
mod format;
mod places;
mod samples;
