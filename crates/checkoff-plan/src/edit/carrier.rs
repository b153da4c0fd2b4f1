//! The table of carriers: which file knows how to set what.

use crate::document::{Carrier, State, Task};
use crate::edit::vocabulary::Context;
use crate::edit::{
    Draft, Reason, Setting, column, field, front_matter, heading, mark, steps, table, todo_txt,
};
use crate::select::Target;

/// Adds to the draft what gives a task a state that it does not have yet.
type Setter = fn(&Context<'_>, &Task, State, &mut Draft) -> Result<(), Reason>;

fn setter(carrier: Carrier) -> Setter {
    match carrier {
        Carrier::Box | Carrier::HeadingBox | Carrier::CellBox => mark::set_task,
        Carrier::HeadingWord => heading::set,
        Carrier::CellWord => table::set_word,
        Carrier::CellPrefix => table::set_prefix,
        Carrier::Field => field::set,
        Carrier::FrontMatter => front_matter::set,
        Carrier::Column => column::set,
        Carrier::TodoTxt => todo_txt::set,
        Carrier::Org => |_, _, _, _| Err(Reason::ReadOnly { dialect: "org" }),
        Carrier::Json => |_, _, _, _| Err(Reason::ReadOnly { dialect: "json" }),
        Carrier::Steps => steps::set,
    }
}

/// Adds what gives one target its state; nothing when it has it.
pub(super) fn set(
    context: &Context<'_>,
    target: Target,
    state: State,
    draft: &mut Draft,
) -> Result<(), Reason> {
    let before = match target {
        Target::Task(index) => {
            let task = &context.document.tasks[index];
            if task.state != state {
                setter(task.carrier)(context, task, state, draft)?;
            }
            task.state
        }
        Target::Check(index) => {
            let check = &context.document.checks[index];
            mark::set_check(context, check, state, draft)?;
            if check.checked { State::Done } else { State::Todo }
        }
    };
    if before != state {
        draft.settings.push(Setting { target, before, after: state });
    }
    Ok(())
}
