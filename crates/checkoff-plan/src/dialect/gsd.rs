//! GSD roadmaps: phases and plans as boxes, details under headings.

use super::{Dialect, Evidence, Profile, TitleRule, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Gsd, name: "gsd", title: TitleRule::Gsd, detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let plans = evidence.boxes_with_form(crate::grammar::id::Form::Plan);
    let phases = evidence.boxes_with_form(crate::grammar::id::Form::Phase);
    // A backlog that names a few of its boxes phases is no roadmap.
    if plans >= 1 || (phases >= 2 && phases * 3 >= evidence.survey.boxes.len()) {
        return Some(Verdict::new(93, format!("{phases} phases and {plans} plans as boxes")));
    }
    (evidence.path_has(".planning/") && !evidence.survey.boxes.is_empty())
        .then(|| Verdict::new(85, "the path has .planning/"))
}
