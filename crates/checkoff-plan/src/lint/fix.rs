//! Applies fixes to the bytes of a document.
//!
//! Fixes obey what every write-back obeys: only the bytes they name change, and
//! the result is read again. Two fixes that want the same bytes are applied in
//! two rounds, and so is a fix that another one makes possible (checking a
//! parent completes its own parent); [`settle`] goes on until nothing changes.

use std::collections::BTreeMap;

use super::{Config, Consent, Finding, Fix, check};
use crate::document::Document;
use crate::edit::{self, TextEdit};
use crate::read;

/// Rounds after which [`settle`] stops even if fixes keep making new findings. A round climbs
/// one level of nesting at least, and nobody nests deeper.
const ROUNDS_MAX: usize = 64;

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

/// Every name that asks for a fix, sorted.
pub fn names() -> Vec<&'static str> {
    let names = super::RULES.iter().filter_map(|rule| match rule.fix {
        Some(Consent::Named(name)) => Some(name),
        _ => None,
    });
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
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
/// One round: what a fix uncovers, and what overlapped, needs a new reading.
pub fn apply(document: &Document, findings: &[Finding], selection: &Selection) -> Fixed {
    let own = findings.iter().filter(|finding| finding.place.path == document.path);
    let wanted = own.filter_map(|finding| finding.fix.as_ref());
    let mut taken = Taken::default();
    let mut edits = Vec::new();
    let mut applied = 0;
    for fix in wanted.filter(|fix| selection.wants(fix.consent)) {
        if taken.take(fix) {
            edits.extend(fix.edits.iter().cloned());
            applied += 1;
        }
    }
    match edit::apply(&document.bytes, &edits) {
        Ok(bytes) => Fixed { bytes, applied },
        // Only a rule with a broken fix gets here; the file stays as it is.
        Err(error) => {
            debug_assert!(false, "{error}");
            Fixed { bytes: document.bytes.to_vec(), applied: 0 }
        }
    }
}

/// Applies the wanted fixes, reads and checks again, until nothing is left to mend.
pub fn settle(
    document: &Document,
    options: &read::Options,
    config: &Config,
    selection: &Selection,
) -> Fixed {
    let mut bytes = document.bytes.to_vec();
    let mut applied = 0;
    for _ in 0..ROUNDS_MAX {
        let document = read::read(&document.path, bytes.clone(), options);
        let findings = check(std::slice::from_ref(&document), config);
        let round = apply(&document, &findings, selection);
        if round.applied == 0 || round.bytes == bytes {
            break;
        }
        applied += round.applied;
        bytes = round.bytes;
    }
    Fixed { bytes, applied }
}

/// The byte ranges already spoken for, by start.
#[derive(Default)]
struct Taken(BTreeMap<usize, usize>);

impl Taken {
    /// Takes the ranges of a fix if all of them are free.
    fn take(&mut self, fix: &Fix) -> bool {
        let free = fix.edits.iter().all(|edit| self.is_free(edit));
        if free {
            self.0.extend(fix.edits.iter().map(|edit| (edit.span.start, edit.span.end)));
        }
        free
    }

    /// Whether no taken range overlaps, and none starts at the same byte: two insertions at one
    /// place would depend on their order.
    fn is_free(&self, edit: &TextEdit) -> bool {
        let before = self.0.range(..=edit.span.start).next_back();
        let after = self.0.range(edit.span.start..).next();
        before.is_none_or(|(start, end)| *end <= edit.span.start && *start != edit.span.start)
            && after.is_none_or(|(start, _)| edit.span.end <= *start && *start != edit.span.start)
    }
}
