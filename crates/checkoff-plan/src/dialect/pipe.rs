//! `ID: … | Files: … | Dep: … | Agent: … | Description: …` boxes.

use crate::read::pipe::is_pipe;

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Pipe, name: "pipe", detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let found = evidence.boxes_with(is_pipe);
    (found > 0 && found * 2 >= evidence.survey.boxes.len())
        .then(|| Verdict::new(96, format!("{found} boxes of fields between bars")))
}
