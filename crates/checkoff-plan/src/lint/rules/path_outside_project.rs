//! A task names a file outside the project.
//!
//! ## What it finds
//!
//! Under `files:` or in a files column, an absolute path, one that begins with
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

use crate::lint::wording::short;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, task) in context.tasks().iter().enumerate() {
        for file in task.files.iter().filter(|file| is_outside(&file.path)) {
            let message = format!("{} names {}, which is outside the project", task.name(), short(&file.path));
            findings.push(if file.line == task.line && !file.span.is_empty() {
                context.finding(file.span, message)
            } else {
                context.task_finding(index, message).with_related(context.place(file.span), "named here")
            });
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
    super::tests::Case::fires("- [ ] One\n  - files: `/etc/nginx.conf`\n- [ ] Two\n  - files: `../other/a.rs`\n", &[1, 3]),
    super::tests::Case::quiet("- [ ] One\n  - files: `src/a.rs`, `a/../b.rs`\n"),
];
