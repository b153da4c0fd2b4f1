//! From bytes to a [`Document`].

use std::sync::Arc;

use crate::dialect::Dialect;
use crate::document::{
    Carrier, Detection, Document, Encoding, Eol, Heading, Line, Region, Span, State, Task,
    TaskSpans,
};

/// What a reader may be told beforehand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Takes the defaults of this dialect instead of detecting one.
    pub profile: Option<Dialect>,
}

/// Reads one file.
///
/// `path` is how the caller names it; it serves as a hint for the dialect and
/// in messages, and may be empty. Reading never fails: bytes that mean nothing
/// are a document without tasks.
pub fn read(path: &str, bytes: impl Into<Arc<[u8]>>, options: &Options) -> Document {
    let bytes: Arc<[u8]> = bytes.into();
    let lines = lines(&bytes);
    let mut document = Document {
        path: path.to_owned(),
        encoding: Encoding {
            bom: bytes.starts_with(b"\xEF\xBB\xBF"),
            eol: Eol::Lf,
            final_newline: bytes.is_empty() || bytes.ends_with(b"\n"),
            valid_utf8: std::str::from_utf8(&bytes).is_ok(),
        },
        detection: Detection {
            dialect: options.profile.unwrap_or(Dialect::Nested),
            confidence: 0,
            reasons: Vec::new(),
        },
        lines,
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
    };
    for number in 1..=document.lines.len() {
        recognise(&mut document, number);
    }
    document
}

fn lines(bytes: &[u8]) -> Vec<Line> {
    let mut start = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut lines = Vec::new();
    for newline in memchr::memchr_iter(b'\n', bytes)
        .chain((!bytes.is_empty() && !bytes.ends_with(b"\n")).then_some(bytes.len()))
    {
        let end =
            if newline > start && bytes[newline - 1] == b'\r' { newline - 1 } else { newline };
        lines.push(Line { start, end, region: Region::Body });
        start = newline + 1;
    }
    lines
}

fn recognise(document: &mut Document, number: usize) {
    let span = document.line_span(number);
    let line = document.line_bytes(number);
    let level = line.iter().take_while(|&&byte| byte == b'#').count();
    if (1..=6).contains(&level) && line.get(level) == Some(&b' ') {
        let text = Span::new(span.start + level + 1, span.end);
        let text_string = document.text(text).trim().to_owned();
        document.headings.push(Heading {
            level: level as u8,
            line: number,
            text: text_string,
            span: text,
            task: None,
        });
        return;
    }
    let indent = line.iter().take_while(|&&byte| byte == b' ').count();
    let [b'-' | b'*' | b'+', b' ', b'[', mark @ (b' ' | b'x' | b'X' | b'~'), b']', b' ', ..] =
        line[indent..]
    else {
        return;
    };
    let state = match mark {
        b' ' => State::Todo,
        b'~' => State::Doing,
        _ => State::Done,
    };
    let start = span.start + indent;
    let title = Span::new(start + 6, span.end);
    let title_string = document.text(title).into_owned();
    document.tasks.push(Task {
        key: title_string.clone(),
        id: None,
        alias: None,
        scope: None,
        title: title_string,
        state,
        queued: false,
        mark: Some((mark as char).to_string()),
        mark_unknown: false,
        carrier: Carrier::Box,
        line: number,
        detail_line: None,
        spans: TaskSpans {
            mark: Some(Span::new(start + 3, start + 4)),
            bracket: Some(Span::new(start + 2, start + 5)),
            title,
            block: span,
            ..TaskSpans::default()
        },
        indent,
        parent: None,
        children: Vec::new(),
        parallel: false,
        story: None,
        phase: document.headings.last().map(|heading| heading.text.clone()),
        section: None,
        heading: document.headings.len().checked_sub(1),
        depends_on: Vec::new(),
        depends_on_text: None,
        blocks: Vec::new(),
        conflicts_with: Vec::new(),
        files: Vec::new(),
        verify: Vec::new(),
        acceptance: Vec::new(),
        labels: Vec::new(),
        priority: None,
        estimate: None,
        assignee: None,
        due: None,
        commit: None,
        attributes: Vec::new(),
        extra: Vec::new(),
    });
}
