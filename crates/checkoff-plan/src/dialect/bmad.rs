//! BMAD stories: a status line, tasks with subtasks, dev notes.

use super::{BoxRule, Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile = Profile {
    dialect: Dialect::Bmad,
    name: "bmad",
    boxes: BoxRule::CriterionUnderAcceptance,
    detect,
    ..Profile::PLAIN
};

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let story = evidence.headings_with("Story ") > 0;
    let tasks = evidence.heading_is("tasks / subtasks") || evidence.heading_is("tasks/subtasks");
    let notes = evidence.heading_is("dev notes") || evidence.heading_is("dev agent record");
    let score = usize::from(story) + usize::from(tasks) + usize::from(notes);
    (score >= 2).then(|| Verdict::new(90, "a story with tasks and dev notes"))
}
