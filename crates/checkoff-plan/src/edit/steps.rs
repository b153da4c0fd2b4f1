//! Tasks that hang together: a parent whose steps say its state, and roll-up.

use std::collections::BTreeMap;

use crate::dialect::Dialect;
use crate::document::{Carrier, CheckKind, Document, State, Task};
use crate::edit::vocabulary::Context;
use crate::edit::{Draft, Reason, Refusal, heading};
use crate::select::Target;

/// Puts the open steps of tasks to be done on the list, where the dialect wants it.
///
/// A plan of the superpowers or BMAD kind says that a task is done by its steps.
/// Nothing is ever unchecked for a parent: which of its steps was not done after
/// all is not for a program to say.
pub(super) fn expand(
    context: &Context<'_>,
    wanted: &mut BTreeMap<Target, State>,
) -> Result<(), Refusal> {
    let document = context.document;
    let parents: Vec<(usize, State)> = wanted
        .iter()
        .filter_map(|(&target, &state)| match target {
            Target::Task(index) => Some((index, state)),
            Target::Check(_) => None,
        })
        .collect();
    for (index, state) in parents {
        let task = &document.tasks[index];
        let derived = task.carrier == Carrier::Steps && !says_in_heading(context, state);
        if state == State::Done
            && task.state != state
            && (derived || closes_its_child_boxes(document, task))
        {
            let open = open_below(context, index);
            if derived && open.is_empty() {
                return Err(refuse(document, index, state, Reason::NoPlace));
            }
            for target in open {
                wanted.entry(target).or_insert(State::Done);
            }
        } else if derived && task.state != state {
            return Err(refuse(document, index, state, Reason::FollowsFromSteps));
        }
    }
    Ok(())
}

fn refuse(document: &Document, index: usize, state: State, reason: Reason) -> Refusal {
    Refusal::of(document, Target::Task(index), state, reason)
}

/// Whether a task whose steps say its state gets a word in its heading instead,
/// because other headings of the file have one for it.
fn says_in_heading(context: &Context<'_>, state: State) -> bool {
    let by_steps =
        matches!(context.document.detection.dialect, Dialect::Bmad | Dialect::Superpowers);
    !by_steps && context.tokens(Carrier::HeadingWord).most_used(state, |_| true).is_some()
}

/// Sets a task whose steps say its state, beyond what [`expand`] has put on the list.
pub(super) fn set(
    context: &Context<'_>,
    task: &Task,
    state: State,
    draft: &mut Draft,
) -> Result<(), Reason> {
    if says_in_heading(context, state) { heading::set(context, task, state, draft) } else { Ok(()) }
}

fn closes_its_child_boxes(document: &Document, task: &Task) -> bool {
    task.carrier == Carrier::Box
        && matches!(document.detection.dialect, Dialect::Bmad | Dialect::Superpowers)
}

/// The open boxes that say a task is not done yet.
///
/// Of a task whose state is derived: its steps, and where it has none, whatever
/// boxes it has. Of a box: its steps and open child boxes, at any depth.
fn open_below(context: &Context<'_>, index: usize) -> Vec<Target> {
    let document = context.document;
    let derived = document.tasks[index].carrier == Carrier::Steps;
    let is_step = |&&check: &&usize| document.checks[check].kind == CheckKind::Step;
    let any_box = derived && !context.checks_of(index).iter().any(|check| is_step(&check));
    let mut open = Vec::new();
    let mut below = vec![index];
    while let Some(index) = below.pop() {
        let checks = context.checks_of(index).iter();
        open.extend(
            checks
                .filter(|check| any_box || is_step(check))
                .filter(|&&check| !document.checks[check].checked)
                .map(|&check| Target::Check(check)),
        );
        if derived {
            break;
        }
        for &child in &document.tasks[index].children {
            if !document.tasks[child].state.is_closed() {
                open.push(Target::Task(child));
                below.push(child);
            }
        }
    }
    open
}

/// Puts every parent on the list whose last open child or step is closed by it.
pub(super) fn roll_up(context: &Context<'_>, wanted: &mut BTreeMap<Target, State>) {
    let document = context.document;
    let mut closing: Vec<usize> = wanted
        .iter()
        .filter(|(_, state)| state.is_closed())
        .filter_map(|(&target, _)| match target {
            Target::Task(index) => document.tasks[index].parent,
            Target::Check(index) if document.checks[index].kind == CheckKind::Step => {
                document.checks[index].owner
            }
            Target::Check(_) => None,
        })
        .collect();
    while let Some(parent) = closing.pop() {
        let task = &document.tasks[parent];
        let target = Target::Task(parent);
        let waits = task.state.is_closed()
            || wanted.contains_key(&target)
            || !all_closed(context, parent, wanted);
        if waits {
            continue;
        }
        wanted.insert(target, State::Done);
        closing.extend(task.parent);
    }
}

/// Whether all children and steps of a task are closed once the list is carried out.
fn all_closed(context: &Context<'_>, index: usize, wanted: &BTreeMap<Target, State>) -> bool {
    let document = context.document;
    let closed = |target: Target, now: bool| wanted.get(&target).map_or(now, |s| s.is_closed());
    let children = document.tasks[index].children.iter();
    let mut steps = context
        .checks_of(index)
        .iter()
        .filter(|&&check| document.checks[check].kind == CheckKind::Step);
    children
        .copied()
        .all(|child| closed(Target::Task(child), document.tasks[child].state.is_closed()))
        && steps.all(|&check| closed(Target::Check(check), document.checks[check].checked))
}
