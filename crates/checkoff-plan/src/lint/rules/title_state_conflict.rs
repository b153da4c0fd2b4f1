//! The title of a task says something else than its box.
//!
//! ## What it finds
//!
//! An open box whose title begins or ends with ✅ or says (done), or a checked
//! box whose title says (in progress), (blocked) or (todo).
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] ✅ Set up the database
//! - [x] Write the docs (in progress)
//! ```
//!
//! People go by the word and programs by the box.
//!
//! ## How to fix it
//!
//! Make the box say what is so, and take the word out of the title.

use crate::document::{Carrier, State};
use crate::lint::claim::{claims_open, title_claims_done};
use crate::lint::wording::short;
use crate::lint::{Context, Finding};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, task) in context.tasks().iter().enumerate() {
        let says_itself = matches!(task.carrier, Carrier::Box | Carrier::HeadingBox | Carrier::CellBox);
        if !says_itself {
            continue;
        }
        let says = match task.state {
            State::Todo if title_claims_done(&task.title) => "done",
            State::Done => match claims_open(&task.title) {
                Some(word) => word,
                None => continue,
            },
            _ => continue,
        };
        let message = format!("the title of {} says {says} but its box is {}", short(task.name()), task.state);
        findings.push(context.task_finding(index, message));
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] ✅ One\n- [ ] Two (DONE)\n- [x] Three (in progress)\n- [ ] Four ✅\n", &[1, 2, 3, 4]),
    super::tests::Case::quiet("- [x] ✅ One\n- [ ] Two (done by hand)\n- [x] Show ✅ in the list\n- [ ] Get it done\n"),
];
