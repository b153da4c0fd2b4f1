//! Findings in the formats of other programs. Text for people is the binary's.

pub mod github;
pub mod json;
pub mod sarif;

#[cfg(test)]
mod tests;
