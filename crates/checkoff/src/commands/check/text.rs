//! A finding for people: what, where, and the lines it is about.
//!
//! Only the lines around a place are given to the renderer, because it looks at
//! all of what it is given for every finding; a long line is cut to a window
//! around the place.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Renderer, Snippet};
use anstyle::Style;
use checkoff_plan::document::Document;
use checkoff_plan::lint::{Consent, Finding, Place, Severity};

use crate::output::styles;

/// Other places shown with a finding; the rest is counted.
const RELATED_MAX: usize = 3;

/// Bytes of a line given to the renderer on either side of a place; it cuts to the width of the
/// terminal itself, this only spares it lines of megabytes.
const WINDOW_BYTES: usize = 10_000;

/// Places at most this many lines apart share one excerpt; what lies between is folded.
const EXCERPT_LINES_MAX: usize = 300;

/// The colour of a severity.
pub(crate) fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => styles::BAD,
        Severity::Warning => styles::WARN,
        Severity::Info => styles::NOTE,
    }
}

/// The findings of one document, each followed by an empty line.
pub(super) fn render(width: usize, document: &Document, findings: &[Finding]) -> String {
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii).term_width(width);
    let renderer = renderer
        .error(styles::BAD)
        .warning(styles::WARN)
        .info(styles::NOTE)
        .note(styles::NOTE)
        .help(styles::GOOD)
        .line_num(styles::DIM)
        .context(styles::NOTE);
    let mut text = String::new();
    for finding in findings {
        text.push_str(&renderer.render(&[group(document, finding)]));
        text.push_str("\n\n");
    }
    text
}

fn group<'a>(document: &'a Document, finding: &'a Finding) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level.primary_title(&finding.message).id(finding.rule.name);
    let mut group = Group::with_title(title);
    for cluster in clusters(document, finding) {
        group = group.element(excerpt(document, &cluster));
    }
    let elsewhere = finding.related.iter().filter(|related| related.place.path != document.path);
    for related in elsewhere.take(RELATED_MAX) {
        let Place { path, line, .. } = &related.place;
        group = group.element(note(Level::NOTE, format!("{} at {path}:{line}", related.message)));
    }
    if finding.related.len() > RELATED_MAX {
        let rest = finding.related.len() - RELATED_MAX;
        group = group.element(note(Level::NOTE, format!("and {rest} more places")));
    }
    if let Some(help) = &finding.help {
        group = group.element(note(Level::HELP, help.clone()));
    }
    if let Some(fix) = &finding.fix {
        let how = match fix.consent {
            Consent::Safe => "--fix".to_owned(),
            Consent::Named(name) => format!("--fix={name}"),
        };
        group = group.element(note(Level::HELP.with_name("fix"), format!("{} (`{how}`)", fix.title)));
    }
    group
}

fn note(level: Level<'_>, text: String) -> Element<'_> {
    level.message(text).into()
}

/// A place to underline and what to say there.
struct Mark<'a> {
    place: &'a Place,
    label: Option<&'a str>,
    kind: AnnotationKind,
}

/// Places near enough to be shown in one excerpt, first the one that is named above it.
struct Cluster<'a> {
    marks: Vec<Mark<'a>>,
    first_line: usize,
    last_line: usize,
}

/// The finding's own place first, then the related ones, joined where they are near.
fn clusters<'a>(document: &Document, finding: &'a Finding) -> Vec<Cluster<'a>> {
    let own = Mark { place: &finding.place, label: None, kind: AnnotationKind::Primary };
    let related = finding
        .related
        .iter()
        .take(RELATED_MAX)
        .filter(|related| related.place.path == document.path)
        .map(|related| Mark {
            place: &related.place,
            label: Some(&related.message),
            kind: AnnotationKind::Context,
        });
    let mut clusters: Vec<Cluster<'_>> = Vec::new();
    for mark in std::iter::once(own).chain(related) {
        let line = mark.place.line;
        let near = clusters.iter_mut().find(|cluster| {
            line + EXCERPT_LINES_MAX > cluster.last_line
                && line < cluster.first_line + EXCERPT_LINES_MAX
        });
        match near {
            Some(cluster) => {
                cluster.first_line = cluster.first_line.min(line);
                cluster.last_line = cluster.last_line.max(line);
                cluster.marks.push(mark);
            }
            None => clusters.push(Cluster { marks: vec![mark], first_line: line, last_line: line }),
        }
    }
    clusters
}

/// The lines of a cluster, each cut to a window around its place.
fn excerpt<'a>(document: &Document, cluster: &Cluster<'a>) -> Snippet<'a, Annotation<'a>> {
    let mut source = String::new();
    let mut annotations = Vec::new();
    let last_line = cluster.last_line.min(document.lines.len());
    for number in cluster.first_line..=last_line {
        let line = document.line_span(number);
        let marks = || cluster.marks.iter().filter(|mark| mark.place.line == number);
        let centre = marks().next().map_or(line.start, |mark| mark.place.span.start);
        let start = line.start.max(centre.saturating_sub(WINDOW_BYTES)).min(line.end);
        let end = line.end.min(centre.max(start) + WINDOW_BYTES).max(start);
        let text = |from: usize, to: usize| {
            String::from_utf8_lossy(&document.bytes[from..to.max(from)]).into_owned()
        };
        for mark in marks() {
            let from = mark.place.span.start.clamp(start, end);
            let to = mark.place.span.end.clamp(from, end);
            let at = source.len() + text(start, from).len();
            let annotation = mark.kind.span(at..at + text(from, to).len());
            annotations.push(match mark.label {
                Some(label) => annotation.label(label),
                None => annotation,
            });
        }
        source.push_str(&text(start, end));
        source.push('\n');
    }
    let path = cluster.marks.first().map(|mark| mark.place.path.as_str());
    Snippet::source(source).line_start(cluster.first_line).path(path).annotations(annotations)
}
