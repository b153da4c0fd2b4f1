//! todo.txt: a task a line.

use super::{Dialect, Evidence, Profile, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile =
    Profile { dialect: Dialect::TodoTxt, name: "todotxt", detect, ..Profile::PLAIN };

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let plain = !evidence.has_extension("md")
        && evidence.survey.boxes.is_empty()
        && evidence.survey.headings.is_empty();
    if !plain {
        return None;
    }
    let (lines, typical) = evidence.todotxt_lines();
    let named = evidence.has_extension("txt");
    (typical > 0 && typical * 3 >= lines && (named || typical * 2 >= lines)).then(|| {
        Verdict::new(
            if named { 90 } else { 70 },
            format!("{typical} of {lines} lines begin `x `, `(A) ` or hold +project, @context"),
        )
    })
}
