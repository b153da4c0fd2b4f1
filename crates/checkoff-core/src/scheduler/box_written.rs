//! `BoxWritten`, `BoxRefused`: nothing remains to be written of these tasks.

use super::{Mark, Scheduler};
use crate::id::TaskIndex;

pub(super) fn apply(scheduler: &mut Scheduler, tasks: &[TaskIndex], mark: Mark) {
    for task in tasks {
        scheduler.tasks[task.get()].mark = mark;
        scheduler.due.boxes.remove(task);
    }
}
