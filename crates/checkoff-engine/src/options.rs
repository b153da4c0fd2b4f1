//! What an engine may be told: where it keeps its log, and what it does when the
//! answer is not in the plan.

use std::path::PathBuf;

/// How an engine works; the same for a new run and for a resumed one.
#[derive(Debug, Clone)]
pub struct Options {
    /// The store's folder, usually `.checkoff` beside the plan. Made when it is missing.
    pub store: PathBuf,
    /// The program that hosts the keeper: this very binary. It is called with
    /// [`Options::keeper_args`].
    pub keeper: PathBuf,
    /// First arguments of the keeper's command line (a hidden subcommand).
    pub keeper_args: Vec<String>,
    /// What happens to attempts of a dead engine that are still alive at resume.
    pub on_orphan: OnOrphan,
    /// What happens when another run holds the plan file.
    pub when_locked: WhenLocked,
}

impl Options {
    /// The defaults, with the store in this folder and this program as keeper.
    pub fn new(store: impl Into<PathBuf>, keeper: impl Into<PathBuf>) -> Options {
        Options {
            store: store.into(),
            keeper: keeper.into(),
            keeper_args: vec!["keeper".to_owned()],
            on_orphan: OnOrphan::default(),
            when_locked: WhenLocked::default(),
        }
    }
}

/// What happens to attempts of a dead engine that are still alive at resume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnOrphan {
    /// They go on under the new engine.
    #[default]
    Adopt,
    /// They are ended, and count as cancelled.
    End,
}

/// What happens when another run holds the plan file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenLocked {
    /// Say who, and give up.
    #[default]
    Refuse,
    /// Wait until it is free (`--wait-lock`).
    Wait,
}
