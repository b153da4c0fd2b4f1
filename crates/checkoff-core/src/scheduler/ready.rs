//! Ready tasks in the order in which they should start, and who holds what.
//!
//! A task that is next in order but claims something that is held is parked with
//! that thing, and looked at again when the thing is given back: a thousand tasks on
//! one file so cost a thousand looks, not a million.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::id::TaskIndex;
use crate::spec::{Claim, RunSpec};

/// Greatest rank first, then file order.
type Place = (Reverse<u64>, TaskIndex);

/// The ready tasks.
#[derive(Debug, Clone)]
pub(super) struct ReadyQueue {
    order: BTreeSet<Place>,
    /// Ready, but this thing is held.
    parked: BTreeMap<u32, BTreeSet<Place>>,
    /// Where each parked task is parked.
    parked_at: BTreeMap<TaskIndex, u32>,
    /// For each thing, how it is held.
    holds: Vec<Hold>,
    /// Ranks, to find a task's place.
    ranks: Vec<u64>,
}

/// How a thing is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Hold {
    readers: u32,
    writer: bool,
}

impl Hold {
    fn admits(self, write: bool) -> bool {
        !self.writer && (!write || self.readers == 0)
    }
}

impl ReadyQueue {
    pub(super) fn new(spec: &RunSpec) -> ReadyQueue {
        ReadyQueue {
            order: BTreeSet::new(),
            parked: BTreeMap::new(),
            parked_at: BTreeMap::new(),
            holds: vec![Hold::default(); spec.resources as usize],
            ranks: spec.tasks.iter().map(|task| task.rank).collect(),
        }
    }

    fn place(&self, task: TaskIndex) -> Place {
        (Reverse(self.ranks[task.get()]), task)
    }

    pub(super) fn insert(&mut self, task: TaskIndex) {
        self.order.insert(self.place(task));
    }

    /// The task is not ready any more, without having started: whoever it was woken before
    /// gets the look instead.
    pub(super) fn remove(&mut self, spec: &RunSpec, task: TaskIndex) {
        self.forget(task);
        self.wake_free(spec, task);
    }

    fn forget(&mut self, task: TaskIndex) {
        let place = self.place(task);
        self.order.remove(&place);
        self.unpark(task);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.order.is_empty() && self.parked_at.is_empty()
    }

    /// The first task in order that claims nothing that is held.
    pub(super) fn first_free(&mut self, spec: &RunSpec) -> Option<TaskIndex> {
        while let Some(&(_, task)) = self.order.first() {
            match self.obstacle(&spec.task(task).claims) {
                None => return Some(task),
                Some(resource) => self.park(spec, task, resource),
            }
        }
        None
    }

    /// The first thing among these that is held by others.
    fn obstacle(&self, claims: &[Claim]) -> Option<u32> {
        let held = |claim: &&Claim| !self.holds[claim.resource as usize].admits(claim.write);
        claims.iter().find(held).map(|claim| claim.resource)
    }

    fn park(&mut self, spec: &RunSpec, task: TaskIndex, resource: u32) {
        let place = self.place(task);
        self.order.remove(&place);
        self.parked.entry(resource).or_default().insert(place);
        self.parked_at.insert(task, resource);
        // It may have been woken by another thing, which it now leaves to the next in line.
        self.wake_free(spec, task);
    }

    /// Looks again at those parked with what this task claims, as far as nobody holds it.
    fn wake_free(&mut self, spec: &RunSpec, task: TaskIndex) {
        for claim in &spec.task(task).claims {
            if self.holds[claim.resource as usize] == Hold::default() {
                self.wake(spec, claim.resource);
            }
        }
    }

    fn unpark(&mut self, task: TaskIndex) {
        let place = self.place(task);
        if let Some(resource) = self.parked_at.remove(&task)
            && let Some(parked) = self.parked.get_mut(&resource)
        {
            parked.remove(&place);
            if parked.is_empty() {
                self.parked.remove(&resource);
            }
        }
    }

    /// Puts back in order those parked here that could go on: the first, and if it only
    /// reads, all readers behind it up to the first writer.
    fn wake(&mut self, spec: &RunSpec, resource: u32) {
        let Some(parked) = self.parked.get(&resource) else { return };
        let writes = |place: &&Place| {
            let mut claims = spec.task(place.1).claims.iter();
            claims.any(|claim| claim.resource == resource && claim.write)
        };
        let readers = parked.iter().take_while(|place| !writes(place)).count().max(1);
        let woken: Vec<Place> = parked.iter().take(readers).copied().collect();
        for place in woken {
            self.unpark(place.1);
            self.order.insert(place);
        }
    }

    /// The task starts: what it claims is held now.
    ///
    /// # Panics
    /// When something it claims is held: two tasks would work on one file.
    pub(super) fn take(&mut self, spec: &RunSpec, task: TaskIndex) {
        self.forget(task);
        for claim in &spec.task(task).claims {
            let hold = &mut self.holds[claim.resource as usize];
            let resource = claim.resource;
            assert!(hold.admits(claim.write), "task {task} takes thing {resource}, which is held");
            if claim.write {
                hold.writer = true;
            } else {
                hold.readers += 1;
            }
        }
    }

    /// The task has ended: what it claims is free again.
    pub(super) fn give(&mut self, spec: &RunSpec, task: TaskIndex) {
        for claim in &spec.task(task).claims {
            let hold = &mut self.holds[claim.resource as usize];
            if claim.write {
                hold.writer = false;
            } else {
                hold.readers -= 1;
            }
        }
        self.wake_free(spec, task);
    }
}
