//! Order told in sentences away from the tasks, as edges between ids.

use crate::document::{DocEdge, Document, EdgeSource, Span};
use crate::grammar::prose;

use super::index::Index;
use super::text::aligned;

/// Reads the prose lines of a document into its edges.
pub(crate) fn read(document: &mut Document, lines: &[(usize, Span)], index: &Index) {
    let bytes = std::sync::Arc::clone(&document.bytes);
    let mut spent = 0;
    for (line, span) in lines {
        let text = aligned(&bytes[span.range()]);
        if !text.bytes().any(|byte| byte.is_ascii_digit()) {
            continue;
        }
        // Under a heading about parallel work only an arrow orders.
        if in_parallel_section(document, *line) && !text.contains('→') && !text.contains("->") {
            continue;
        }
        for order in prose::orders(&text) {
            let mut side = |mentions: &[crate::grammar::mention::Mention]| {
                let mut ids: Vec<String> = Vec::new();
                for mention in mentions {
                    ids.extend(index.expand(mention, &mut spent));
                }
                ids.dedup();
                ids
            };
            let (before, after) = (side(&order.before), side(&order.after));
            // A bare number that is no task is a version or an amount.
            let number = |id: &String| id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let amounts =
                before.iter().chain(&after).any(|id| number(id) && index.tasks(id).is_empty());
            let known = before.iter().chain(&after).any(|id| !index.tasks(id).is_empty());
            if known && !amounts && before != after {
                document.edges.push(DocEdge {
                    line: line + 1,
                    span: Span::new(span.start + order.span.start, span.start + order.span.end),
                    before,
                    after,
                    source: EdgeSource::Prose,
                });
            }
        }
    }
}

/// Whether the heading above speaks of parallel work.
fn in_parallel_section(document: &Document, line: usize) -> bool {
    let next = document.headings.partition_point(|heading| heading.line <= line + 1);
    next > 0 && document.headings[next - 1].text.to_ascii_lowercase().contains("parallel")
}
