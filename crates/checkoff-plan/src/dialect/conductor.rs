//! Conductor: tracks and plans of `Task:` boxes, commits behind them.

use super::{Dialect, Evidence, Profile, TitleRule, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile = Profile {
    dialect: Dialect::Conductor,
    name: "conductor",
    title: TitleRule::Conductor,
    detect,
    ..Profile::PLAIN
};

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let tasks = evidence.boxes_with(|text| text.trim_start_matches('*').starts_with("Task:"));
    let tracks = evidence.boxes_with(|text| text.trim_start_matches('*').starts_with("Track:"))
        + evidence.boxed_headings_with("Track:");
    if tracks >= 1 {
        return Some(Verdict::new(95, format!("{tracks} `Track:` boxes or headings")));
    }
    if tasks >= 3 {
        return Some(Verdict::new(92, format!("{tasks} `Task:` boxes")));
    }
    (evidence.path_has("conductor/") && !evidence.survey.boxes.is_empty())
        .then(|| Verdict::new(85, "the path has conductor/"))
}
