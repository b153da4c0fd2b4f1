//! The `checkoff` command.
fn main() {}
