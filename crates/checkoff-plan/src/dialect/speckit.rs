//! spec-kit `tasks.md`: `T001` boxes under phases, order told in prose.

use super::{BoxRule, Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile = Profile {
    dialect: Dialect::Speckit,
    name: "speckit",
    boxes: BoxRule::GateUnderChecklist,
    detect,
    ..Profile::PLAIN
};

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let (ids, boxes) = (evidence.survey.speckit, evidence.survey.boxes.len());
    if ids >= 3 && ids * 10 >= boxes * 3 {
        return Some(Verdict::new(95, format!("{ids} of {boxes} boxes have ids like T001")));
    }
    (evidence.contains(b"**Input**: Design documents") && boxes > 0)
        .then(|| Verdict::new(85, "`**Input**: Design documents`"))
}
