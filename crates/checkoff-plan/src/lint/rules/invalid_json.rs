//! A file of another tracker is not JSON.
//!
//! ## What it finds
//!
//! A `.json` or `.jsonl` list (task-master, beads) that cannot be read, with the
//! place where it breaks.
//!
//! ## Why it matters
//!
//! ```json
//! { "tasks": [ { "id": 1, } ] }
//! ```
//!
//! None of its tasks, or none after that line, are known.
//!
//! ## How to fix it
//!
//! Repair it, or have the tracker write it again. Marks of an unfinished merge
//! (`<<<<<<<`) are the usual cause.

use crate::document::OddityKind;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    context.report_oddities(OddityKind::InvalidJson, findings, |oddity| {
        format!("this is not JSON: {}", oddity.detail)
    });
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("{\"tasks\": [ {\"id\": 1, \"title\": \"One\", \"status\": \"done\", \"dependencies\": [],} ]}\n", &[1])
        .at("tasks.json"),
    super::tests::Case::quiet("{\"tasks\": [ {\"id\": 1, \"title\": \"One\", \"status\": \"done\", \"dependencies\": []} ]}\n")
        .at("tasks.json"),
];
