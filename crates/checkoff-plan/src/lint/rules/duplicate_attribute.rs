//! A task has a setting twice.
//!
//! ## What it finds
//!
//! Two bullets under a task with the same key, where one value is all that can
//! be used: `run`, `timeout`, `retry`, `cwd` and their like. Keys that collect
//! (`files`, `needs`, `done when`, `env`) may stand more than once.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T010 Test
//!   - run: `cargo test`
//!   - run: `cargo clippy`
//! ```
//!
//! Only the first counts, and clippy never runs.
//!
//! ## How to fix it
//!
//! Delete one, or put both in one script: `run:` with a fenced block below it.

use crate::attribute::Key;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    for task in context.tasks().iter().filter(|task| task.attributes.len() > 1) {
        let mut seen: Vec<(Key, usize)> = Vec::new();
        let bullets = task.attributes.iter().enumerate().filter(|(_, attribute)| {
            // `Run: …` on a line of its own belongs to a step of a plan.
            document.line_bytes(attribute.line).trim_ascii_start().starts_with(b"- ")
        });
        for (index, attribute) in bullets.filter(|(_, attribute)| takes_one(attribute.key)) {
            let Some(&(_, first)) = seen.iter().find(|(key, _)| *key == attribute.key) else {
                seen.push((attribute.key, index));
                continue;
            };
            let first = &task.attributes[first];
            let key = document.text(attribute.key_span).trim().to_owned();
            let message = format!("`{key}` is already given at line {}; only that counts", first.line);
            findings.push(
                context
                    .finding(attribute.key_span, message)
                    .with_related(context.place(first.key_span), "the first one"),
            );
        }
    }
}

fn takes_one(key: Key) -> bool {
    matches!(
        key,
        Key::Id
            | Key::Run
            | Key::Uses
            | Key::With
            | Key::Agent
            | Key::Prompt
            | Key::Profile
            | Key::Model
            | Key::Cwd
            | Key::If
            | Key::Unless
            | Key::ForEach
            | Key::MaxParallel
            | Key::Repeat
            | Key::While
            | Key::Until
            | Key::Max
            | Key::Retry
            | Key::Timeout
            | Key::Heartbeat
            | Key::OnError
            | Key::Lane
            | Key::Class
            | Key::Undo
            | Key::Estimate
            | Key::Due
            | Key::SafeToRepeat
    )
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] One\n  - run: `cargo test`\n  - run: `cargo clippy`\n", &[3]),
    super::tests::Case::quiet("- [ ] One\n  - run: `cargo test`\n  - files: a.rs\n  - files: b.rs\n"),
];
