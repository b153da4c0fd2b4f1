//! Tables of tasks.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Table, name: "table", detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let tables = evidence.task_tables;
    (tables > 0 && evidence.survey.boxes.len() < 10)
        .then(|| Verdict::new(80, format!("{tables} tables of tasks")))
}
