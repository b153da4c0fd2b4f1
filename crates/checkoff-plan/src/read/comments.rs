//! What is said to checkoff in comments: `<!-- checkoff: profile=kiro -->`,
//! `<!-- checkoff: allow(rule, rule) -->`, `allow-file(rule)`.

use crate::dialect::Dialect;
use crate::document::{Allow, Document, Oddity, OddityKind, Span};
use crate::scan::Scan;

use super::text::aligned;

const OPEN: &[u8] = b"<!-- checkoff:";

/// The dialect that a comment in the first line pins.
pub(crate) fn pinned(bytes: &[u8], scan: &Scan) -> Option<Dialect> {
    let line = scan.lines.first()?;
    let text = aligned(&bytes[line.start..line.end]);
    let body = text.trim().strip_prefix("<!-- checkoff:")?.strip_suffix("-->")?;
    body.split([',', ' ']).find_map(|word| word.trim().strip_prefix("profile=")?.parse().ok())
}

/// Reads the directives of a document into `allows`, and the unknown ones into `oddities`.
pub(crate) fn read(document: &mut Document) {
    let bytes = std::sync::Arc::clone(&document.bytes);
    for start in memchr::memmem::find_iter(&bytes, OPEN) {
        let line = document.line_of(start);
        if document.lines[line - 1].region == crate::document::Region::Fence {
            continue;
        }
        let line_end = document.lines[line - 1].end;
        let body = &bytes[start + OPEN.len()..line_end.max(start + OPEN.len())];
        let Some(length) = memchr::memmem::find(body, b"-->") else { continue };
        let span = Span::new(start, start + OPEN.len() + length + 3);
        directive(document, aligned(&body[..length]).trim(), line, span);
    }
}

fn directive(document: &mut Document, said: &str, line: usize, span: Span) {
    for (name, file) in [("allow-file(", true), ("allow(", false)] {
        if let Some(rules) = said.strip_prefix(name).and_then(|rest| rest.split(')').next()) {
            let rules = rules
                .split(',')
                .map(|rule| rule.trim().to_owned())
                .filter(|rule| !rule.is_empty())
                .collect();
            document.allows.push(Allow { line, rules, span, file });
            return;
        }
    }
    let known =
        said.strip_prefix("profile=").is_some_and(|name| name.trim().parse::<Dialect>().is_ok());
    if !known {
        document.oddities.push(Oddity {
            kind: OddityKind::UnknownDirective,
            line,
            span,
            detail: said.to_owned(),
        });
    }
}
