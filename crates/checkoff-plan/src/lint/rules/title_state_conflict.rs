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

use std::collections::{HashMap, HashSet};

use crate::document::{Carrier, State, Task};
use crate::lint::claim::{claims_open, title_claims_done};
use crate::lint::wording::short;
use crate::lint::{Context, Finding};

/// So many signed boxes in one section, and no open one without a sign, are a habit of writing.
const HABIT_MIN: usize = 3;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let habits = habits(context.tasks());
    for (index, task) in context.tasks().iter().enumerate() {
        let says_itself = matches!(task.carrier, Carrier::Box | Carrier::HeadingBox | Carrier::CellBox);
        if !says_itself {
            continue;
        }
        let says = match task.state {
            State::Todo if title_claims_done(&task.title) && !habits.contains(&task.heading) => "done",
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

/// The sections in which ✅ is put before whatever is to be done.
fn habits(tasks: &[Task]) -> HashSet<Option<usize>> {
    let mut open: HashMap<Option<usize>, (usize, usize)> = HashMap::new();
    for task in tasks.iter().filter(|task| task.state == State::Todo) {
        let (all, signed) = open.entry(task.heading).or_default();
        *all += 1;
        *signed += usize::from(title_claims_done(&task.title));
    }
    let habit = |(all, signed): &(usize, usize)| all == signed && *all >= HABIT_MIN;
    let headings = tasks.iter().map(|task| task.heading);
    headings.filter(|heading| open.get(heading).is_some_and(habit)).collect()
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("- [ ] ✅ One\n- [ ] Two (DONE)\n- [x] Three (in progress)\n- [ ] Four ✅\n- [ ] Five\n", &[1, 2, 3, 4]),
    super::tests::Case::quiet("# To accept\n\n- [ ] ✅ One\n- [ ] ✅ Two\n- [ ] ✅ Three\n"),
    super::tests::Case::quiet("- [x] ✅ One\n- [ ] Two (done by hand)\n- [x] Show ✅ in the list\n- [ ] Get it done\n"),
];
