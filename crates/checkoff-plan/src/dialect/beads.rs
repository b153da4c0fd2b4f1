//! beads: one JSON object a line, with dependencies by id.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Beads, name: "beads", detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let looks = evidence.contains(b"\"issue_type\"")
        || (evidence.contains(b"\"dependencies\"") && evidence.contains(b"\"depends_on_id\""));
    let shape = evidence.body().starts_with(b"{") && (evidence.has_extension("jsonl") || looks);
    (shape && looks).then(|| Verdict::new(95, "JSON lines with `issue_type`"))
}
