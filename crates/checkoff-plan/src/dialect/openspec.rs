//! OpenSpec changes: numbered boxes under numbered groups.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Openspec, name: "openspec", detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let boxes = evidence.survey.boxes.len();
    if boxes == 0 {
        return None;
    }
    let grouped = evidence.numbered_groups();
    if evidence.path_has("openspec") {
        return Some(Verdict::new(95, "the path has openspec"));
    }
    (grouped >= 1 && evidence.survey.numbered * 2 >= boxes)
        .then(|| Verdict::new(85, format!("numbered boxes under {grouped} numbered groups")))
}
