//! Who waits for whom, the other way round: one array, one range a task.

use std::ops::Range;

use crate::id::TaskIndex;
use crate::spec::{NeedKind, RunSpec};

/// For each task, those that need it.
#[derive(Debug, Clone)]
pub(super) struct Dependents {
    /// `starts[task]..starts[task + 1]` is the range of a task in `entries`.
    starts: Vec<u32>,
    entries: Vec<(TaskIndex, NeedKind)>,
}

impl Dependents {
    pub(super) fn of(spec: &RunSpec) -> Dependents {
        let mut starts = vec![0u32; spec.tasks.len() + 1];
        for need in spec.tasks.iter().flat_map(|task| &task.needs) {
            starts[need.task.get() + 1] += 1;
        }
        for task in 1..starts.len() {
            starts[task] += starts[task - 1];
        }
        let mut next = starts.clone();
        let total = starts.last().copied().unwrap_or(0) as usize;
        let mut entries = vec![(TaskIndex(0), NeedKind::Done); total];
        for (index, task) in spec.indexed() {
            for need in &task.needs {
                let slot = &mut next[need.task.get()];
                entries[*slot as usize] = (index, need.kind);
                *slot += 1;
            }
        }
        Dependents { starts, entries }
    }

    pub(super) fn range(&self, task: TaskIndex) -> Range<usize> {
        self.starts[task.get()] as usize..self.starts[task.get() + 1] as usize
    }

    pub(super) fn get(&self, nth: usize) -> (TaskIndex, NeedKind) {
        self.entries[nth]
    }
}
