//! What a run is asked to do: a plan, selected, resolved and frozen.
//!
//! A [`RunSpec`] is made once, before anything starts, and stored with the run.
//! It holds only the tasks that are to be closed by this run, in file order;
//! what was closed before is gone from it, and a need on it with it. Everything
//! the scheduler looks at is a number here: paths became [`Claim`]s, references
//! became indices.

use std::fmt;

use crate::id::TaskIndex;

/// A run, before its first event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunSpec {
    /// The files the tasks stand in, as they were when the run was made.
    pub files: Vec<PlanFile>,
    /// In file order; needs point to any of them, cycles are refused.
    pub tasks: Vec<TaskSpec>,
    /// How many different things [`Claim::resource`] counts.
    pub resources: u32,
    /// How much at once.
    pub limits: Limits,
    /// What to do when something happens that the plan does not say.
    pub policy: Policy,
}

/// A plan file, frozen at the start of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFile {
    /// Absolute, symlinks as the caller gave them.
    pub path: String,
    /// BLAKE3 of the bytes, hexadecimal.
    pub hash: String,
    /// The dialect it was read as, and is read as again.
    pub dialect: String,
}

/// How much at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Attempts at once; at least 1.
    pub jobs: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { jobs: 1 }
    }
}

/// What to do when something happens that the plan does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// What a failed task means for the others.
    pub on_failure: OnFailure,
    /// Keep the run open until persons have done their tasks (`--wait`), instead of ending
    /// `waiting` when nothing else is left.
    pub wait_for_persons: bool,
    /// Check a parent's box when its last child closes (`--rollup`).
    pub rollup: bool,
}

/// What a failed task means for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// What needs it is blocked, the rest goes on.
    #[default]
    Block,
    /// Nothing new is started; what runs is finished.
    Stop,
    /// What needs it runs all the same.
    Continue,
}

/// One task of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskSpec {
    /// Stable name, unique in the run: the id, else `scope/id`, else the title path.
    pub key: String,
    /// What to call it in a message: id, else the title.
    pub name: String,
    /// First line, without box and id.
    pub title: String,
    /// The enclosing phase, for grouping.
    pub phase: Option<String>,
    /// Where its box is; `None` for what is not written in a file (a phase).
    pub place: Option<Place>,
    /// What must have happened first.
    pub needs: Vec<Need>,
    /// What it must not share at the same time.
    pub claims: Vec<Claim>,
    /// What doing it means.
    pub action: Action,
    /// Commands that must pass after the attempt, before the box is checked.
    pub done_when: Vec<String>,
    /// Absolute directory to run in.
    pub cwd: String,
    /// Added to the inherited environment, in order.
    pub env: Vec<(String, String)>,
    /// Expiry ends the process group: TERM, then KILL. `None` = no limit.
    pub timeout_ms: Option<u64>,
    /// How long it is expected to take.
    pub estimate_ms: Option<u64>,
    /// Length of the longest path from its start to the end of the plan, in estimated
    /// milliseconds (or in tasks where there are no estimates): the greatest goes first.
    pub rank: u64,
    /// May be run again when the outcome of an interrupted attempt is unknown.
    pub safe_to_repeat: bool,
    /// Paths and globs it says it changes, relative to `cwd`; the evidence looks at them.
    pub files: Vec<String>,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Index into [`RunSpec::files`].
    pub file: u32,
    /// Which task of the file, counted from 0 in the frozen bytes.
    pub item: u32,
    /// 1-based line of its title, in the frozen bytes.
    pub line: u32,
}

/// One task waits for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// For which.
    pub task: TaskIndex,
    /// For how much of it.
    pub kind: NeedKind,
}

/// How much of a needed task must have happened.
///
/// The strongest first: of two needs on one task it is the one that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NeedKind {
    /// It is done.
    Done,
    /// It came to an end in this run: done, failed or blocked (`needs: T004?`).
    Ended,
    /// It is not at work any more: ended, or waiting for a person (two tasks that edit one file:
    /// the first in the list goes first, but nobody waits for a person because of a file).
    Apart,
}

/// Something two tasks may not both use at once: a path, a mutex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Which thing, below [`RunSpec::resources`].
    pub resource: u32,
    /// Readers share, a writer is alone.
    pub write: bool,
}

/// What doing a task means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A shell command or script.
    Shell {
        /// As written in the plan.
        script: String,
        /// The interpreter and its leading arguments; empty for the default (`/bin/sh -c`).
        shell: Vec<String>,
    },
    /// A person does it and says so, in the file or with `checkoff set`.
    Person,
    /// Nothing to do of its own: done when all it needs is (a parent, a phase).
    Group,
    /// The plan says it cannot go on (`[!]`): left alone, and so is what needs it.
    Held,
}

impl RunSpec {
    /// The task with this index.
    ///
    /// # Panics
    /// When the index is not of this run.
    pub fn task(&self, index: TaskIndex) -> &TaskSpec {
        &self.tasks[index.get()]
    }

    /// Says what makes the spec impossible to run; a spec that passes can be run to its end.
    ///
    /// # Errors
    /// The first thing found.
    pub fn check(&self) -> Result<(), InvalidSpec> {
        if self.limits.jobs == 0 {
            return Err(InvalidSpec::NoJobs);
        }
        for (index, task) in self.indexed() {
            let key = || task.key.clone();
            if task.needs.iter().any(|need| need.task.get() >= self.tasks.len()) {
                return Err(InvalidSpec::UnknownNeed { key: key() });
            }
            if task.claims.iter().any(|claim| claim.resource >= self.resources) {
                return Err(InvalidSpec::UnknownResource { key: key() });
            }
            let mut claimed: Vec<u32> = task.claims.iter().map(|claim| claim.resource).collect();
            claimed.sort_unstable();
            if claimed.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(InvalidSpec::ClaimedTwice { key: key() });
            }
            if task.needs.iter().any(|need| need.task == index) {
                return Err(InvalidSpec::Cycle { key: key() });
            }
        }
        match self.first_on_cycle() {
            Some(index) => Err(InvalidSpec::Cycle { key: self.task(index).key.clone() }),
            None => Ok(()),
        }
    }

    /// A task that waits for itself through others: what is left when all that wait for
    /// nothing are taken away again and again.
    fn first_on_cycle(&self) -> Option<TaskIndex> {
        let mut unmet: Vec<usize> = self.tasks.iter().map(|task| task.needs.len()).collect();
        let mut dependents: Vec<Vec<u32>> = vec![Vec::new(); self.tasks.len()];
        for (index, task) in self.indexed() {
            for need in &task.needs {
                dependents[need.task.get()].push(index.0);
            }
        }
        let mut free: Vec<usize> = (0..unmet.len()).filter(|task| unmet[*task] == 0).collect();
        while let Some(task) = free.pop() {
            for &dependent in &dependents[task] {
                let dependent = dependent as usize;
                unmet[dependent] -= 1;
                if unmet[dependent] == 0 {
                    free.push(dependent);
                }
            }
        }
        let left = unmet.iter().position(|unmet| *unmet > 0)?;
        u32::try_from(left).ok().map(TaskIndex)
    }

    /// Every task with its index, in file order.
    pub fn indexed(&self) -> impl Iterator<Item = (TaskIndex, &TaskSpec)> {
        (0..).map(TaskIndex).zip(&self.tasks)
    }

    /// The task with this key, else the only one with this name.
    pub fn find(&self, name: &str) -> Option<TaskIndex> {
        let by_key = self.indexed().find(|(_, task)| task.key == name);
        let mut by_name = self.indexed().filter(|(_, task)| task.name.eq_ignore_ascii_case(name));
        match (by_key, by_name.next(), by_name.next()) {
            (Some((index, _)), _, _) | (None, Some((index, _)), None) => Some(index),
            _ => None,
        }
    }
}

/// A spec that cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidSpec {
    /// Nothing could ever start.
    NoJobs,
    /// A task needs one that is not of the run.
    UnknownNeed {
        /// Which task.
        key: String,
    },
    /// A task claims something that is not counted.
    UnknownResource {
        /// Which task.
        key: String,
    },
    /// A task claims one thing twice.
    ClaimedTwice {
        /// Which task.
        key: String,
    },
    /// A task waits for itself.
    Cycle {
        /// A task on the way round, or behind it.
        key: String,
    },
}

impl fmt::Display for InvalidSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InvalidSpec::NoJobs => f.write_str("no attempt may run at once"),
            InvalidSpec::UnknownNeed { key } => {
                write!(f, "task `{key}` needs one that is not of the run")
            }
            InvalidSpec::UnknownResource { key } => {
                write!(f, "task `{key}` claims something that is not counted")
            }
            InvalidSpec::ClaimedTwice { key } => write!(f, "task `{key}` claims one thing twice"),
            InvalidSpec::Cycle { key } => write!(f, "task `{key}` waits for itself"),
        }
    }
}

impl std::error::Error for InvalidSpec {}
