//! Headings that are tasks.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Heading, name: "heading", detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let tasks = evidence.task_headings();
    (tasks >= 2
        || (tasks >= 1
            && evidence
                .survey
                .headings
                .first()
                .is_some_and(|heading| heading.boxed || heading.has_field)))
    .then(|| Verdict::new(78, format!("{tasks} headings have a task id or box")))
}
