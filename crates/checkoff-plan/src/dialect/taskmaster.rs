//! task-master: one JSON document with `tasks[].dependencies`.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Taskmaster, name: "taskmaster", detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let shape = evidence.body().starts_with(b"{")
        && evidence.contains(b"\"tasks\"")
        && evidence.contains(b"\"dependencies\"");
    shape.then(|| Verdict::new(95, "JSON with `tasks` and `dependencies`"))
}
