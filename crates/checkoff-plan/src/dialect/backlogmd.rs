//! Backlog.md: one file a task, all about it in front matter.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile = Profile {
    dialect: Dialect::Backlogmd,
    name: "backlogmd",
    one_file: true,
    detect,
    ..Profile::PLAIN
};

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let id = evidence.front("id")?;
    evidence.front("status")?;
    let numbered = id.rsplit_once('-').is_some_and(|(prefix, number)| {
        !prefix.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    let keys =
        ["created_date", "assignee", "labels"].iter().any(|key| evidence.front(key).is_some());
    let path = evidence.path_has("backlog/");
    (numbered && (keys || path)).then(|| {
        Verdict::new(97, format!("front matter with id {id}, status and Backlog.md's keys"))
    })
}
