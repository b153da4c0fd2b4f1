//! Writing back: which bytes to change so that a task has another state.
//!
//! An edit is never a re-rendering. [`set`] and [`set_many`] look at a read
//! [`Document`] and answer with a [`Change`]: a list of byte ranges and what to
//! put there, or a [`Refusal`]. [`apply()`] makes the new bytes, and [`verify()`]
//! compares the document read from them with the old one: exactly the intended
//! tasks have exactly the intended states, and lines, endings, byte order mark
//! and final newline are what they were. Whoever writes a file does all four,
//! in this order, and writes nothing when one of them says no.
//!
//! What may change is a matter of the task's [`Carrier`](crate::document::Carrier);
//! each carrier is a file under `edit/`, and one table (`edit/carrier.rs`) joins them.

pub mod text_edit;

pub use text_edit::{ApplyError, TextEdit, apply, inverse};
