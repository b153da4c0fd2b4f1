//! Emacs Org: outline headings with keywords, and boxes.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::Org, name: "org", detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    if evidence.has_extension("org") {
        return Some(Verdict::new(99, "the name ends in .org"));
    }
    (evidence.body().starts_with(b"#+TITLE") || evidence.body().starts_with(b"* TODO "))
        .then(|| Verdict::new(80, "begins like an Org outline"))
}
