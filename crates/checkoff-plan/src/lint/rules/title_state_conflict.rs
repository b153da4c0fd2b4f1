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

use crate::map::HashMap;

use crate::document::{Carrier, State};
use crate::lint::claim::{claims_open, title_claims_done};
use crate::lint::wording::short;
use crate::lint::{Context, Finding};

/// So many signed boxes in one section, and no open one without a sign, are a habit: ✅ is put
/// before whatever is to be done.
const HABIT_MIN: usize = 3;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut signed: HashMap<Option<usize>, Vec<usize>> = HashMap::default();
    for (index, task) in context.tasks().iter().enumerate() {
        let says_itself = matches!(task.carrier, Carrier::Box | Carrier::HeadingBox | Carrier::CellBox);
        match task.state {
            State::Todo if says_itself && title_claims_done(&task.title) => {
                signed.entry(task.heading).or_default().push(index);
            }
            State::Done if says_itself => {
                findings.extend(claims_open(&task.title).map(|word| finding(context, index, word)));
            }
            _ => {}
        }
    }
    if signed.is_empty() {
        return;
    }
    let mut open: HashMap<Option<usize>, usize> = HashMap::default();
    for task in context.tasks().iter().filter(|task| task.state == State::Todo) {
        *open.entry(task.heading).or_default() += 1;
    }
    let mut told: Vec<usize> = Vec::new();
    for task in context.tasks() {
        // Once per section, in file order.
        let Some(section) = signed.remove(&task.heading) else { continue };
        let habit = section.len() >= HABIT_MIN && open.get(&task.heading) == Some(&section.len());
        told.extend(section.into_iter().filter(|_| !habit));
    }
    findings.extend(told.into_iter().map(|index| finding(context, index, "done")));
}

fn finding(context: &Context<'_>, index: usize, says: &str) -> Finding {
    let task = &context.tasks()[index];
    let message =
        format!("the title of {} says {says} but its box is {}", short(task.name()), task.state);
    context.task_finding(index, message)
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] ✅ One\n- [ ] Two (DONE)\n- [x] Three (in progress)\n- [ ] Four ✅\n- [ ] Five\n", &[1, 2, 3, 4]),
    super::tests::Case::quiet("# To accept\n\n- [ ] ✅ One\n- [ ] ✅ Two\n- [ ] ✅ Three\n"),
    super::tests::Case::quiet("- [x] ✅ One\n- [ ] Two (done by hand)\n- [x] Show ✅ in the list\n- [ ] Get it done\n"),
];
