//! One file a task (taskmd, CCPM): `status` and a name or id in front matter.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile = Profile {
    dialect: Dialect::Frontmatter,
    name: "frontmatter",
    one_file: true,
    detect,
    ..Profile::PLAIN
};

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    evidence.front("status")?;
    let named = evidence.front("id").is_some() || evidence.front("name").is_some();
    let titled = evidence.front("title").is_some()
        && ["dependencies", "depends_on", "priority", "effort", "parallel"]
            .iter()
            .any(|key| evidence.front(key).is_some());
    (named || titled).then(|| Verdict::new(92, "front matter with a status and a name or id"))
}
