//! Reads task lists of every dialect losslessly, lints them, and writes back
//! single bytes.
//!
//! The way through: `scan` cuts the bytes into lines and recognises what each
//! line is; `read` lowers them, under a [`dialect`] profile, to a
//! [`document::Document`]; `weave` joins documents to one plan with a graph;
//! `lint` finds what is wrong; `edit` says which bytes to change. All of it is
//! pure: bytes in, values out.
//!
//! Parsing never fails, and `document.bytes` is exactly what was read.
#![deny(clippy::disallowed_methods)]

pub mod attribute;
pub mod dialect;
pub mod document;
pub mod edit;
pub mod grammar;
pub mod lint;
mod map;
pub mod read;
pub mod scan;
pub mod select;
#[doc(hidden)]
pub mod truth;
pub mod weave;
