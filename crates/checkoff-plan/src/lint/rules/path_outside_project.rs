//! A task names a file outside the project.
//!
//! ## What it finds
//!
//! Under `files:`, an absolute path, one that begins with
//! `~`, or one that climbs out with `..`.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T010 Tune the server
//!   - files: /etc/nginx/nginx.conf
//! ```
//!
//! The path means something on one machine only, and an attempt is not allowed to
//! write there.
//!
//! ## How to fix it
//!
//! Write the path relative to the project. A file that really lies elsewhere is
//! better named in the text than as one of the task's files.

use crate::attribute::Key;
use crate::document::{FileReference, Span};
use crate::lint::wording::short;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for task in context.tasks() {
        let fields: Vec<Span> = task
            .attributes
            .iter()
            .filter(|attribute| attribute.key == Key::Files)
            .map(|attribute| attribute.value_span)
            .collect();
        // A path in a title is often only spoken of.
        let declared = |file: &&FileReference| {
            fields.iter().any(|field| field.start <= file.span.start && file.span.end <= field.end)
        };
        for file in task.files.iter().filter(declared).filter(|file| is_outside(&file.path)) {
            let message = format!("{} names {}, which is outside the project", task.name(), short(&file.path));
            findings.push(context.finding(file.span, message));
        }
    }
}

fn is_outside(path: &str) -> bool {
    let drive = matches!(path.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    path.starts_with('/') || path == "~" || path.starts_with("~/") || drive || climbs_out(path)
}

fn climbs_out(path: &str) -> bool {
    let mut depth = 0i32;
    for part in path.split(['/', '\\']) {
        match part {
            ".." => depth -= 1,
            "" | "." => {}
            _ => depth += 1,
        }
        if depth < 0 {
            return true;
        }
    }
    false
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] One\n  - files: `/etc/nginx.conf`\n- [ ] Two\n  - files: `../other/a.rs`\n", &[2, 4]),
    super::tests::Case::quiet("- [ ] Save to `~/.auth.json`\n  - files: `src/a.rs`, `a/../b.rs`\n"),
];
