//! From bytes to a [`Document`].
//!
//! Reading goes in steps that each see more than the one before:
//!
//! ```text
//! scan ──▶ survey ──▶ detect ──▶ legend ──▶ walk ──▶ finish ──▶ relate
//! lines    what ids    which      what      tasks,    merge,     edges,
//! shapes   there are   defaults   marks     checks,   parents,   stats,
//!                                 mean      fields    keys       ranges
//! ```
//!
//! The walk is one pass over the lines with a stack of headings and a stack of
//! list items; whatever needs to know all ids (ranges, dotted parents, rows that
//! restate a box) waits for the steps after it. Nothing here fails: bytes that
//! mean nothing are a document without tasks.

use std::sync::Arc;

use crate::dialect::{self, Dialect, Evidence, Profile};
use crate::document::{Detection, Document, Encoding, Eol, Oddity, OddityKind, Region, Span};
use crate::scan::{self, Scan};

mod beads;
mod board;
mod checks;
mod comments;
mod edges;
mod fields;
mod finish;
mod front_matter;
mod headings;
mod index;
mod items;
mod legend;
mod one_file;
mod org;
mod phases;
pub(crate) mod pipe;
mod stats;
pub(crate) mod survey;
mod tables;
mod task;
mod taskmaster;
pub(crate) mod text;
mod titles;
pub(crate) mod todotxt;
mod walk;

/// What a reader may be told beforehand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Takes the defaults of this dialect instead of detecting one.
    pub profile: Option<Dialect>,
}

/// Reads one file.
///
/// `path` is how the caller names it; it serves as a hint for the dialect and
/// in messages, and may be empty.
pub fn read(path: &str, bytes: impl Into<Arc<[u8]>>, options: &Options) -> Document {
    let bytes: Arc<[u8]> = bytes.into();
    let scan = scan::scan(&bytes);
    let survey = survey::Survey::new(&bytes, &scan);
    let front_matter = front_matter::fields(&bytes, &scan);
    let detection = detection(path, &bytes, &scan, &survey, &front_matter, options);
    let profile = detection.dialect.profile();
    let mut document = empty(path, Arc::clone(&bytes), &scan, detection);
    document.front_matter = front_matter;
    comments::read(&mut document);
    match profile.dialect {
        Dialect::Beads => beads::read(&mut document),
        Dialect::Taskmaster => taskmaster::read(&mut document),
        Dialect::TodoTxt => todotxt::read(&mut document),
        Dialect::Org => org::read(&mut document),
        _ => markdown(&mut document, &scan, &survey, profile),
    }
    document
}

fn markdown(
    document: &mut Document,
    scan: &Scan,
    survey: &survey::Survey,
    profile: &'static Profile,
) {
    for (region, line) in &scan.unclosed {
        let kind = if *region == Region::Fence {
            OddityKind::UnclosedFence
        } else {
            OddityKind::UnclosedComment
        };
        let span = document.line_span(*line);
        document.oddities.push(Oddity { kind, line: *line, span, detail: String::new() });
    }
    if front_matter::is_unclosed(document) {
        let (kind, span) = (OddityKind::UnclosedFrontMatter, document.line_span(1));
        document.oddities.push(Oddity { kind, line: 1, span, detail: String::new() });
    }
    let legend = legend::read(document, scan);
    let bytes = Arc::clone(&document.bytes);
    let walked = walk::walk(&bytes, scan, survey, profile, &legend, document);
    let index = finish::finish(document, walked.pending, &walked.details, profile);
    edges::read(document, &walked.prose, &index);
    phases::read(document, &walked.phase_lines, profile);
    stats::read(document, scan, profile);
}

fn detection(
    path: &str,
    bytes: &[u8],
    scan: &Scan,
    survey: &survey::Survey,
    front_matter: &[crate::document::Field],
    options: &Options,
) -> Detection {
    if let Some(dialect) = options.profile {
        return Detection { dialect, confidence: 100, reasons: vec!["asked for".to_owned()] };
    }
    if let Some(dialect) = comments::pinned(bytes, scan) {
        return Detection {
            dialect,
            confidence: 100,
            reasons: vec!["pinned by a comment in the first line".to_owned()],
        };
    }
    let task_tables = tables::count(bytes, scan);
    dialect::detect(&Evidence { path, bytes, scan, survey, front_matter, task_tables })
}

fn empty(path: &str, bytes: Arc<[u8]>, scan: &Scan, detection: Detection) -> Document {
    let endings = scan.endings;
    Document {
        path: path.to_owned(),
        encoding: Encoding {
            bom: endings.bom,
            eol: match (endings.lf, endings.crlf) {
                (_, 0) => Eol::Lf,
                (0, _) => Eol::Crlf,
                _ => Eol::Mixed,
            },
            final_newline: endings.final_newline,
            valid_utf8: std::str::from_utf8(&bytes).is_ok(),
        },
        detection,
        lines: scan.lines.clone(),
        legend: Vec::new(),
        headings: Vec::new(),
        tasks: Vec::new(),
        checks: Vec::new(),
        edges: Vec::new(),
        phase_edges: Vec::new(),
        stats: Vec::new(),
        wip_limits: Vec::new(),
        columns: Vec::new(),
        front_matter: Vec::new(),
        oddities: Vec::new(),
        allows: Vec::new(),
        bytes,
    }
}

/// The lines `first..=last` (1-based) whole, endings included.
pub(crate) fn whole_lines(document: &Document, first: usize, last: usize) -> Span {
    let start = document.lines[first - 1].start;
    let end = document.lines.get(last).map_or(document.bytes.len(), |next| next.start);
    Span::new(start, end.max(start))
}
