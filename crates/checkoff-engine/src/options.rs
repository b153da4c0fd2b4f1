//! What an engine may be told: where it keeps its log, and what it does when the
//! answer is not in the plan.

use std::path::PathBuf;

/// How an engine works; the same for a new run and for a resumed one.
#[derive(Debug, Clone)]
pub struct Options {
    /// The store's folder, usually `.checkoff` beside the plan. Made when it is missing.
    pub store: PathBuf,
    /// Where the keeper lives.
    pub keeper: KeeperHost,
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
            keeper: KeeperHost::Process(keeper.into()),
            keeper_args: vec!["keeper".to_owned()],
            on_orphan: OnOrphan::default(),
            when_locked: WhenLocked::default(),
        }
    }
}

/// Where the keeper lives: the parent of all attempts.
#[derive(Debug, Clone)]
pub enum KeeperHost {
    /// In a process of its own, which outlives this one: this very binary, called with
    /// [`Options::keeper_args`].
    Process(PathBuf),
    /// In a thread of this process: for tests. Attempts are not followed when it dies.
    Thread,
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
