//! A rule.
//!
//! ## What it finds
//!
//! ## Why it matters
//!
//! ## How to fix it

use crate::lint::{Context, Finding};

pub(super) fn check(_context: &Context<'_>, _findings: &mut Vec<Finding>) {}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[];
