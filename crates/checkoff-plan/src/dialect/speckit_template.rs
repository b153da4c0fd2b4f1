//! The template of spec-kit with its placeholders still in it.

use super::{BoxRule, Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile = Profile {
    dialect: Dialect::SpeckitTemplate,
    name: "speckit-template",
    boxes: BoxRule::GateUnderChecklist,
    detect,
    ..Profile::PLAIN
};

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let speckit = evidence.survey.speckit >= 1
        || evidence.contains(b"**Input**: Design documents")
        || evidence.contains(b"[ID] [P?]");
    let placeholders = evidence.placeholders();
    (speckit && placeholders >= 2)
        .then(|| Verdict::new(90, format!("a spec-kit list with {placeholders} placeholders left")))
}
