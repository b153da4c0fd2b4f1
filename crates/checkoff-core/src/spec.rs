//! What a run is asked to do: a plan, selected, resolved and frozen.
//!
//! A [`RunSpec`] is made once, before anything starts, and stored with the run.
//! It holds only the tasks that are to be closed by this run, in file order;
//! what was closed before is gone from it, and a need on it with it. Everything
//! the scheduler looks at is a number here: paths became [`Claim`]s, references
//! became indices.

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
    /// 1-based line of its title.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NeedKind {
    /// It is done.
    Done,
    /// It came to an end in this run: done, failed or blocked (`needs: T004?`, and the order of
    /// two tasks that edit one file).
    Ended,
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
