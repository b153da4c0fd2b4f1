//! `TaskAsked`: only a person can go on here.

use super::{Scheduler, Stage};
use crate::effect::Effect;
use crate::event::Question;
use crate::id::TaskIndex;
use crate::spec::NeedKind;

pub(super) fn apply(
    scheduler: &mut Scheduler,
    task: TaskIndex,
    question: Question,
    effects: &mut Vec<Effect>,
) {
    scheduler.set_stage(task, Stage::Asking(question));
    scheduler.meet_needs(task, |kind| kind == NeedKind::Apart);
    effects.push(Effect::AskPerson(task));
}
