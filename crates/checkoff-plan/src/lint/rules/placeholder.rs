//! Text of the template was not filled in.
//!
//! ## What it finds
//!
//! Words in square brackets that a template puts where something is to be
//! written: `[FEATURE NAME]`, `[###-feature-name]`, `[Title]`. In a file that is
//! a template itself, every such bracket; elsewhere only the well-known ones, for
//! `[slug]` and `[BUG]` mean something. Code fences and comments are skipped.
//!
//! ## Why it matters
//!
//! ```markdown
//! # Tasks: [FEATURE NAME]
//! - [ ] T012 Implement `backend/[file].py`
//! ```
//!
//! A task with a hole in it cannot be done, and an agent that is given it will
//! invent something.
//!
//! ## How to fix it
//!
//! Fill it in or delete the line. A file that is meant to stay a template says
//! `<!-- checkoff: allow-file(placeholder) -->`.

use crate::dialect::Dialect;
use crate::document::{Region, Span};
use crate::lint::wording::short;
use crate::lint::{Context, Finding};

/// How the well-known ones begin; with `]` they are all of it.
const WELL_KNOWN: [&str; 14] = [
    "feature name]",
    "###",
    "title]",
    "brief description",
    "brief title",
    "how to verify",
    "needs clarification",
    "project name]",
    "add more ",
    "describe ",
    "your ",
    "insert ",
    "entity1]",
    "date]",
];

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    let template = document.detection.dialect == Dialect::SpeckitTemplate;
    for number in 1..=document.lines.len() {
        let line = document.line_bytes(number);
        if document.lines[number - 1].region != Region::Body || memchr::memchr(b'[', line).is_none() {
            continue;
        }
        let start = document.line_span(number).start;
        let wanted = |inside: &str| {
            if template { is_placeholder(inside) } else { is_well_known(inside) }
        };
        let mut holes = brackets(line).filter_map(|(from, to)| {
            let inside = std::str::from_utf8(&line[from + 1..to]).ok()?;
            wanted(inside).then_some((from, to, inside))
        });
        let Some((from, to, inside)) = holes.next() else { continue };
        let more = match holes.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!("template text is left: [{}]{more}", short(inside));
        findings.push(context.finding(Span::new(start + from, start + to + 1), message));
    }
}

/// Brackets that are no links and do not hold brackets: where each begins and ends.
fn brackets(line: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let open = at + memchr::memchr(b'[', line.get(at..)?)?;
            let length = memchr::memchr2(b'[', b']', &line[open + 1..])?;
            let close = open + 1 + length;
            at = close;
            if line[close] == b'[' {
                continue;
            }
            at = close + 1;
            let doubled = open > 0 && line[open - 1] == b'[';
            let link = matches!(line.get(close + 1), Some(b'(' | b'[' | b':'));
            if !doubled && !link {
                return Some((open, close));
            }
        }
    })
}

/// Whether a bracket in a template is one to fill in, and none of the marks of the format.
fn is_placeholder(inside: &str) -> bool {
    let mark = matches!(inside, "P" | "P?" | "ID" | "Story" | "Story?" | "Story ID" | "Description");
    let story = inside.strip_prefix("US").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit() || b",USn? ".contains(&byte)));
    inside.trim().chars().count() > 1 && !mark && !story && !is_link_like(inside)
}

fn is_link_like(inside: &str) -> bool {
    inside.starts_with('^') || inside.contains("::") || inside.starts_with("http")
}

fn is_well_known(inside: &str) -> bool {
    // Nearly every bracket is a mark or a label; nothing known is as short.
    inside.len() > 3
        && WELL_KNOWN.iter().any(|known| {
            let (text, whole) = match known.strip_suffix(']') {
                Some(text) => (text, true),
                None => (*known, false),
            };
            let same = |start: &str| start.eq_ignore_ascii_case(text);
            inside.get(..text.len()).is_some_and(same) && (!whole || inside.len() == text.len())
        })
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Tasks: [FEATURE NAME]\n\n**Input**: Design documents from `/specs/[###-feature-name]/`\n\n## Format: `[ID] [P?] [Story] Description`\n\n- [ ] T001 [P] [US1] Change `backend/[file].py`\n- [ ] T002 Run it\n\n```text\n[not here]\n```\n",
        &[1, 3, 7],
    ),
    super::tests::Case::quiet(
        "# Tasks: Login\n\n- [ ] T001 [P] [US1] Page in `app/[slug]/page.tsx`\n- [ ] T002 [BUG] See [the issue](http://x) and [[wiki]]\n",
    ),
];
