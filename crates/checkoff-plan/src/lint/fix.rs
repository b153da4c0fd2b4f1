//! Applies fixes to the bytes of a document.

use super::{Consent, Finding, Fix};
use crate::document::Document;

/// Which fixes are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Those that are safe.
    pub safe: bool,
    /// Those of these names (`stats`, `renumber`).
    pub named: Vec<String>,
}

impl Selection {
    /// Whether a fix is wanted.
    pub fn wants(&self, consent: Consent) -> bool {
        match consent {
            Consent::Safe => self.safe,
            Consent::Named(name) => self.named.iter().any(|wanted| wanted == name),
        }
    }
}

/// A document after some of its fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The new bytes.
    pub bytes: Vec<u8>,
    /// How many findings were mended.
    pub applied: usize,
}

/// Applies the wanted fixes of `findings` that do not overlap; the first of two that do wins.
///
/// One pass: what a fix uncovers, and what overlapped, needs a new reading.
pub fn apply(document: &Document, findings: &[Finding], selection: &Selection) -> Fixed {
    let own = findings.iter().filter(|finding| finding.place.path == document.path);
    let wanted = own.filter_map(|finding| finding.fix.as_ref());
    let mut edits = Vec::new();
    let mut applied = 0;
    for fix in wanted.filter(|fix| selection.wants(fix.consent)) {
        if fits(fix, &edits) {
            edits.extend(fix.edits.iter());
            applied += 1;
        }
    }
    edits.sort_by_key(|edit| edit.span);
    let mut bytes = Vec::with_capacity(document.bytes.len());
    let mut at = 0;
    for edit in edits {
        bytes.extend_from_slice(&document.bytes[at..edit.span.start]);
        bytes.extend_from_slice(&edit.replacement);
        at = edit.span.end;
    }
    bytes.extend_from_slice(&document.bytes[at..]);
    Fixed { bytes, applied }
}

fn fits(fix: &Fix, edits: &[&super::TextEdit]) -> bool {
    fix.edits.iter().all(|new| {
        edits.iter().all(|old| new.span.end <= old.span.start || old.span.end <= new.span.start)
    })
}
