//! Superpowers plans: `### Task N:` headings whose boxes are steps.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Superpowers, name: "superpowers", detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let tasks = evidence.headings_with("Task ");
    if tasks == 0 {
        return None;
    }
    if evidence.contains(b"superpowers:executing-plans")
        || evidence.contains(b"superpowers:subagent-driven")
    {
        return Some(Verdict::new(97, "names superpowers:executing-plans"));
    }
    let steps = evidence.boxes_with(|text| text.trim_start_matches('*').starts_with("Step "));
    (evidence.contains(b"**Files:**") && steps >= 1)
        .then(|| Verdict::new(88, format!("{tasks} `Task N` headings with **Files:** and steps")))
}
