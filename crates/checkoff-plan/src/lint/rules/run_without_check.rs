//! A task runs a command, and nothing checks that it worked.
//!
//! ## What it finds
//!
//! An open task with `run:` but without `done when:`.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T010 Build
//!   - run: `./build.sh`
//! ```
//!
//! The box is checked when the command exits with 0, which a script may do
//! whatever happened in it. Off by default: for many commands the exit is proof
//! enough.
//!
//! ## How to fix it
//!
//! Say what must hold afterwards: `done when: test -s dist/app`.

use crate::attribute::Key;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for task in context.tasks().iter().filter(|task| !task.state.is_closed()) {
        let checked = task.attribute(Key::DoneWhen).is_some() || !task.verify.is_empty();
        if let Some(run) = task.attribute(Key::Run).filter(|_| !checked) {
            let message = format!("nothing checks that {} worked", task.name());
            findings.push(context.finding(run.key_span, message));
        }
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] One\n  - run: `make`\n", &[2]),
    super::tests::Case::quiet("- [ ] One\n  - run: `make`\n  - done when: `test -s out`\n- [ ] Two\n"),
];
