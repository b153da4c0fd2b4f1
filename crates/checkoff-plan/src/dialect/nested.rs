//! Plain nested boxes: what is left.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Nested, name: "nested", detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let boxes = evidence.survey.boxes.len();
    Some(Verdict::new(
        if boxes > 0 { 60 } else { 10 },
        format!("{boxes} boxes and nothing of another dialect"),
    ))
}
