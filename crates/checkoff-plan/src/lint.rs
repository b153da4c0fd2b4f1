//! Finds what is wrong in a task list, and says how to mend it.
//!
//! A rule is one file in `rules/` and one line of the table in [`rules`]. It
//! looks at one [`Document`] through a [`Context`], which also holds what several
//! rules need (ids, the graph of stated dependencies, the other documents), so
//! that each of these is worked out once. A rule only reports; [`check`] applies
//! the [`Config`] and the `allow(…)` comments, and sorts.
//!
//! ```text
//!  documents ─▶ Workspace ─▶ Context ─▶ rule, rule, … ─▶ allow(…) ─▶ sorted findings
//!                                                                       │
//!                                         bytes ◀── fix::apply ◀────────┤
//!                                  text, JSON, SARIF, GitHub ◀── output ┘
//! ```
//!
//! Every rule is linear, or nearly, in the size of the document: a list of
//! 100,000 tasks is checked in the same breath as one of ten.

mod claim;
pub mod config;
pub mod context;
mod dates;
mod encoding;
pub mod fix;
mod graph;
pub mod output;
mod phases;
pub mod rules;
mod suppress;
#[cfg(test)]
mod tests;
mod unordered;
mod wording;

use crate::document::{Document, Span};
use crate::edit::TextEdit;

pub use config::{Config, Level, UnknownRule};
pub use context::{Context, Workspace};
pub use rules::{RULES, Rule, find};

/// The rule about `allow(…)` comments that silence nothing.
const UNUSED_ALLOW: &str = "unused-allow";

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; never fails a check.
    Info,
    /// Probably a mistake; fails a strict check.
    Warning,
    /// The list cannot be followed as it stands; fails every check.
    Error,
}

impl Severity {
    /// The word used in configuration, in JSON and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One thing that is wrong, where, and what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// Its severity, after the configuration had its say.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// What is wrong: a lowercase sentence fragment that names the task.
    pub message: String,
    /// What to do about it, when that is not plain from the message.
    pub help: Option<String>,
    /// Other places that explain it, most telling first; long lists are cut.
    pub related: Vec<Related>,
    /// Edits that mend it.
    pub fix: Option<Fix>,
}

impl Finding {
    /// Adds what to do about it.
    pub fn with_help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    /// Adds another place that explains it.
    pub fn with_related(mut self, place: Place, message: impl Into<String>) -> Finding {
        self.related.push(Related { place, message: message.into() });
        self
    }

    /// Adds edits that mend it.
    pub fn with_fix(mut self, fix: Fix) -> Finding {
        self.fix = Some(fix);
        self
    }
}

/// A place in a file, as bytes and as a person counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// [`Document::path`].
    pub path: String,
    /// 1-based line of the first byte.
    pub line: usize,
    /// 1-based column of the first byte, in Unicode code points.
    pub column: usize,
    /// 1-based line of the end.
    pub end_line: usize,
    /// 1-based column just after the last code point.
    pub end_column: usize,
    /// The bytes.
    pub span: Span,
}

/// Another place that explains a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is to be seen there.
    pub message: String,
}

/// Edits that mend a finding, all of them or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What applying it does, as an imperative: «check the parent».
    pub title: String,
    /// The edits, in order, not overlapping, all in the finding's file.
    pub edits: Vec<TextEdit>,
    /// When it is applied.
    pub consent: Consent,
}

/// Whether a fix is applied by `--fix` alone or must be asked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Consent {
    /// Changes a byte or two and says nothing new: `--fix`.
    Safe,
    /// Decides something for the author: `--fix=NAME`.
    Named(&'static str),
}

/// Checks documents that belong together, with every rule that `config` selects.
///
/// Sorted by path, line, column and rule. Ids of one file may be named in
/// another when the dialect keeps one task per file; with one document such a
/// name is only reported as external.
pub fn check(documents: &[Document], config: &Config) -> Vec<Finding> {
    let workspace = Workspace::new(documents);
    let mut findings: Vec<Finding> =
        (0..documents.len()).flat_map(|index| check_document(&workspace, index, config)).collect();
    sort(&mut findings);
    findings
}

/// Checks one document of a workspace; [`check`] is this for each of them.
///
/// The findings are not yet sorted together with those of other documents; see
/// [`sort`].
pub fn check_document(workspace: &Workspace<'_>, index: usize, config: &Config) -> Vec<Finding> {
    let document = workspace.document(index);
    let levels = config.levels(&document.path);
    let mut context = Context::new(workspace, index);
    let mut findings = Vec::new();
    for (rule, severity) in levels.enabled() {
        context.enter(rule, severity);
        (rule.check)(&context, &mut findings);
    }
    let (mut findings, silences) = suppress::apply(&context, &levels, findings);
    if let (Some(rule), Some(severity)) = (find(UNUSED_ALLOW), levels.severity(UNUSED_ALLOW)) {
        // The one rule that can only speak when all others have.
        context.enter(rule, severity);
        suppress::report_unused(&context, &silences, &mut findings);
    }
    sort(&mut findings);
    findings
}

/// Puts findings in the order they are shown in.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        (&a.place.path, a.place.line, a.place.column, a.rule.name, &a.message).cmp(&(
            &b.place.path,
            b.place.line,
            b.place.column,
            b.rule.name,
            &b.message,
        ))
    });
}
