//! The runtimes of this crate, tried from outside: one suite for every way to host a
//! keeper, the crashes it exists for, and the person.

mod conformance;
mod crash;
mod person;
mod stage;
