//! A board: headings are columns, and a column is a state.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Kanban, name: "kanban", board: true, detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    if evidence.front("kanban-plugin").is_some() {
        return Some(Verdict::new(97, "front matter has `kanban-plugin`"));
    }
    let columns = evidence.columns();
    let named = evidence.name_has("kanban")
        || evidence.name_has("board")
        || evidence.title_has("kanban")
        || evidence.title_has("board");
    // Sections called Done and Next with boxes in them: the boxes say the state. Three headings
    // of a summary, with the boxes elsewhere, hold no cards.
    let bare = evidence.boxes_below_columns() * 2 > evidence.survey.boxes.len();
    if !named && (bare || !evidence.columns_hold_the_boxes()) {
        return None;
    }
    if columns.len() >= 3 && columns.states() >= 2 {
        return Some(Verdict::new(88, format!("{} headings are columns", columns.len())));
    }
    (named && columns.len() >= 2 && columns.states() >= 2)
        .then(|| Verdict::new(75, "the name says board, and headings are columns"))
}
