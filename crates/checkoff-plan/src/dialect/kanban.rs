//! A board: headings are columns, and a column is a state.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Kanban, name: "kanban", board: true, detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let columns = evidence.columns();
    let board = evidence.name_has("kanban") || evidence.name_has("board");
    if !board && evidence.boxes_below_columns() * 2 > evidence.survey.boxes.len() {
        // Sections called Done and Next with boxes in them: the boxes say the state.
        return None;
    }
    if columns.len() >= 3 && columns.states() >= 2 {
        return Some(Verdict::new(88, format!("{} headings are columns", columns.len())));
    }
    let named =
        evidence.name_has("kanban") || evidence.name_has("board") || evidence.name_has("backlog");
    (named && columns.len() >= 2 && columns.states() >= 2)
        .then(|| Verdict::new(75, "the name says board, and headings are columns"))
}
