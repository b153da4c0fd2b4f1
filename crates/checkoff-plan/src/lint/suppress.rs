//! `allow(…)` comments: which findings they silence, and which of them silence
//! nothing.

use crate::map::HashMap;

use super::config::{Levels, is_known, matches};
use super::rules::Rule;
use super::{Context, Finding};
use crate::document::{Allow, Document, Region};

/// One name in one comment.
pub(super) struct Silence<'a> {
    /// The comment.
    pub(super) allow: &'a Allow,
    /// The rule name or pattern.
    pub(super) pattern: &'a str,
    /// It stands for a rule that ran, so that it could have silenced something.
    pub(super) tried: bool,
    /// It silenced something.
    pub(super) used: bool,
}

/// Drops the findings that a comment of the document allows, and says what each comment did.
pub(super) fn apply<'a>(
    context: &Context<'a>,
    levels: &Levels,
    mut findings: Vec<Finding>,
) -> (Vec<Finding>, Vec<Silence<'a>>) {
    let document = context.document();
    let mut silences: Vec<Silence<'_>> = document
        .allows
        .iter()
        .flat_map(|allow| allow.rules.iter().map(move |pattern| (allow, pattern.as_str())))
        .map(|(allow, pattern)| Silence {
            allow,
            pattern,
            tried: tried(levels, pattern),
            used: false,
        })
        .collect();
    if silences.is_empty() {
        return (findings, silences);
    }
    let lines = Lines::new(document, &silences);
    findings.retain(|finding| {
        let mut kept = true;
        for &index in lines.covering(finding.place.line) {
            if names(silences[index].pattern, finding.rule) {
                silences[index].used = true;
                kept = false;
            }
        }
        kept
    });
    (findings, silences)
}

fn names(pattern: &str, rule: &Rule) -> bool {
    matches(pattern, rule.name)
}

fn tried(levels: &Levels, pattern: &str) -> bool {
    is_known(pattern) && levels.enabled().any(|(rule, _)| names(pattern, rule))
}

/// Which silences speak about which line.
struct Lines {
    whole_file: Vec<usize>,
    by_line: HashMap<usize, Vec<usize>>,
}

impl Lines {
    fn new(document: &Document, silences: &[Silence<'_>]) -> Lines {
        let mut lines = Lines { whole_file: Vec::new(), by_line: HashMap::default() };
        let mut below: Option<(usize, Option<usize>)> = None;
        for (index, silence) in silences.iter().enumerate() {
            if silence.allow.file {
                lines.whole_file.push(index);
                continue;
            }
            let own = silence.allow.line;
            // Comments one below the other speak about the same line.
            let next = match below {
                _ if !stands_alone(document, own) => None,
                Some((first, next)) if first <= own && next.is_none_or(|next| own < next) => next,
                _ => next_line_with_text(document, own),
            };
            if stands_alone(document, own) {
                below = Some((own, next));
            }
            for line in std::iter::once(own).chain(next) {
                lines.by_line.entry(line).or_default().push(index);
            }
        }
        lines
    }

    fn covering(&self, line: usize) -> impl Iterator<Item = &usize> {
        self.whole_file.iter().chain(self.by_line.get(&line).into_iter().flatten())
    }
}

/// Whether a line holds nothing but the comment: then it speaks about the next one too.
fn stands_alone(document: &Document, line: usize) -> bool {
    let text = document.line_bytes(line).trim_ascii();
    text.is_empty() || text.starts_with(b"<!--")
}

/// The next line that is neither blank nor a comment.
fn next_line_with_text(document: &Document, line: usize) -> Option<usize> {
    (line + 1..=document.lines.len()).find(|number| {
        let text = document.line_bytes(*number).trim_ascii();
        document.lines[number - 1].region != Region::Comment
            && !text.is_empty()
            && !text.starts_with(b"<!--")
    })
}

/// A finding for every name that ran and silenced nothing.
pub(super) fn report_unused(
    context: &Context<'_>,
    silences: &[Silence<'_>],
    findings: &mut Vec<Finding>,
) {
    for silence in silences.iter().filter(|silence| silence.tried && !silence.used) {
        let message = format!("nothing here needs `allow({})`", silence.pattern);
        findings.push(context.finding(silence.allow.span, message));
    }
}
