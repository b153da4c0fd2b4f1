//! Agent OS and ai-dev-tasks: numbered boxes, subtasks below.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Agentos, name: "agentos", detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let boxes = evidence.survey.boxes.len();
    if evidence.path_has(".agent-os/") && boxes > 0 {
        return Some(Verdict::new(95, "the path has .agent-os"));
    }
    let numbered = evidence.survey.numbered;
    (numbered >= 3 && numbered * 10 >= boxes * 6)
        .then(|| Verdict::new(75, format!("{numbered} of {boxes} boxes are numbered")))
}
