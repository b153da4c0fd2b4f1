//! Kiro specs, cc-sdd, spec-workflow: numbered boxes that name requirements.

use super::{Dialect, Evidence, MarkMeaning, Profile, State, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile = Profile {
    dialect: Dialect::Kiro,
    name: "kiro",
    marks: &[("-", MarkMeaning::Is(State::Doing)), ("~", MarkMeaning::Queued)],
    detect,
    ..Profile::PLAIN
};

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let boxes = evidence.survey.boxes.len();
    if boxes == 0 {
        return None;
    }
    for sign in ["_Requirements:", "_Leverage:", "_Boundary:", "_要件", "_Requirements："] {
        if evidence.contains(sign.as_bytes()) && evidence.survey.numbered * 4 >= boxes {
            return Some(Verdict::new(94, format!("numbered boxes with `{sign} …_`")));
        }
    }
    (evidence.path_has(".kiro/specs")
        || evidence.path_has(".claude/specs")
        || evidence.path_has(".spec-workflow/"))
    .then(|| Verdict::new(85, "the path is a spec's"))
}
