//! `allow(…)` comments: which findings they silence, and which of them silence
//! nothing.

use super::config::{Levels, matches};
use super::{Context, Finding};
use crate::document::{Allow, Document, Region};

/// Drops the findings that a comment of the document allows.
pub(super) fn apply(
    context: &Context<'_>,
    _levels: &Levels,
    findings: Vec<Finding>,
) -> Vec<Finding> {
    let document = context.document();
    if document.allows.is_empty() {
        return findings;
    }
    let allowed = |finding: &Finding| {
        document
            .allows
            .iter()
            .any(|allow| covers(document, allow, finding.place.line) && names(allow, finding))
    };
    findings.into_iter().filter(|finding| !allowed(finding)).collect()
}

fn names(allow: &Allow, finding: &Finding) -> bool {
    allow.rules.iter().any(|pattern| matches(pattern, finding.rule.name))
}

/// Whether a comment speaks about a line: its own, or the next that is not blank and no comment.
fn covers(document: &Document, allow: &Allow, line: usize) -> bool {
    if allow.file || allow.line == line {
        return true;
    }
    let next = (allow.line + 1..=document.lines.len()).find(|number| {
        document.lines[number - 1].region != Region::Comment
            && !document.line_bytes(*number).trim_ascii().is_empty()
    });
    next == Some(line)
}
