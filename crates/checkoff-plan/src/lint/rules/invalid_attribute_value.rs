//! A setting of a task has a value that it cannot have.
//!
//! ## What it finds
//!
//! `timeout` and `heartbeat` that are no durations, `max` and `max parallel` that
//! are no whole numbers above zero, `safe to repeat` that is neither yes nor no,
//! `on error` that is none of abort, block, continue, recover, escalate.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T010 Load test
//!   - timeout: ten minutes
//! ```
//!
//! The run would have to guess. It does not: it refuses to start.
//!
//! ## How to fix it
//!
//! Write `10m`, `90s`, `1h30m`; `3`; `yes`; `continue`.

use checkoff_core::estimate::parse_duration;

use crate::attribute::Key;
use crate::document::Attribute;
use crate::lint::wording::short;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    for attribute in context.tasks().iter().flat_map(|task| &task.attributes) {
        let Some(wanted) = wanted(attribute) else { continue };
        let key = document.text(attribute.key_span).trim().to_owned();
        let message = format!("`{key}` is \"{}\", but it takes {wanted}", short(attribute.value.trim()));
        let span = if attribute.value_span.is_empty() { attribute.key_span } else { attribute.value_span };
        findings.push(context.finding(span, message));
    }
}

/// What an attribute takes, when its value is something else.
fn wanted(attribute: &Attribute) -> Option<&'static str> {
    let value = attribute.value.trim().trim_matches(['`', '"']);
    let first = value.split([' ', ',']).next().unwrap_or_default().to_lowercase();
    let (valid, wanted) = match attribute.key {
        Key::Timeout | Key::Heartbeat => (parse_duration(value).is_some(), "a duration such as `90s` or `1h30m`"),
        Key::Max | Key::MaxParallel => {
            (value.parse::<u64>().is_ok_and(|count| count > 0), "a whole number above zero")
        }
        Key::SafeToRepeat => {
            (matches!(first.as_str(), "yes" | "no" | "true" | "false"), "`yes` or `no`")
        }
        Key::OnError => (
            matches!(first.as_str(), "abort" | "block" | "continue" | "recover" | "escalate"),
            "abort, block, continue, recover or escalate",
        ),
        _ => return None,
    };
    (!valid && !value.contains("${")).then_some(wanted)
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "- [ ] One\n  - run: `make`\n  - timeout: soon\n  - on error: shrug\n  - safe to repeat: perhaps\n",
        &[3, 4, 5],
    ),
    super::tests::Case::quiet(
        "- [ ] One\n  - run: `make`\n  - timeout: 10m\n  - on error: continue\n  - safe to repeat: yes\n",
    ),
];
