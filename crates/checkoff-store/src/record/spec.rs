//! The records of a frozen plan: one for the run, one a task.

use checkoff_core::spec::{
    Action, Claim, Limits, Need, NeedKind, OnFailure, Place, PlanFile, Policy, TaskSpec,
};
use checkoff_core::{RunSpec, TaskIndex};
use serde::{Deserialize, Serialize};

use super::is_default;

/// What holds for the whole run, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunRecord {
    pub(crate) files: Vec<FileRecord>,
    pub(crate) resources: u32,
    pub(crate) jobs: u32,
    pub(crate) on_failure: OnFailureRecord,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) wait_for_persons: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) rollup: bool,
}

/// A plan file, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    pub(crate) path: String,
    pub(crate) hash: String,
    pub(crate) dialect: String,
}

/// What a failure means for the others, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnFailureRecord {
    Block,
    Stop,
    Continue,
}

/// A task, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TaskRecord {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) title: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) phase: Option<String>,
    /// File index, item in the file, line.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) place: Option<(u32, u32, u32)>,
    /// Tasks that must be done.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) needs: Vec<u32>,
    /// Tasks that must have ended.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) follows: Vec<u32>,
    /// Tasks that must not be at work.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) apart: Vec<u32>,
    /// Resources it writes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) writes: Vec<u32>,
    /// Resources it reads.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) reads: Vec<u32>,
    pub(crate) action: ActionRecord,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) done_when: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) cwd: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) env: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) timeout_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) estimate_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) rank: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) safe_to_repeat: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) files: Vec<String>,
}

/// What doing a task means, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActionRecord {
    Shell {
        script: String,
        #[serde(default, skip_serializing_if = "is_default")]
        shell: Vec<String>,
    },
    Person,
    Group,
    Held,
}

impl From<&RunSpec> for RunRecord {
    fn from(spec: &RunSpec) -> RunRecord {
        RunRecord {
            files: spec
                .files
                .iter()
                .map(|file| FileRecord {
                    path: file.path.clone(),
                    hash: file.hash.clone(),
                    dialect: file.dialect.clone(),
                })
                .collect(),
            resources: spec.resources,
            jobs: spec.limits.jobs,
            on_failure: match spec.policy.on_failure {
                OnFailure::Block => OnFailureRecord::Block,
                OnFailure::Stop => OnFailureRecord::Stop,
                OnFailure::Continue => OnFailureRecord::Continue,
            },
            wait_for_persons: spec.policy.wait_for_persons,
            rollup: spec.policy.rollup,
        }
    }
}

impl RunRecord {
    /// The spec that was stored.
    pub(crate) fn into_spec(self, tasks: Vec<TaskSpec>) -> RunSpec {
        let on_failure = match self.on_failure {
            OnFailureRecord::Block => OnFailure::Block,
            OnFailureRecord::Stop => OnFailure::Stop,
            OnFailureRecord::Continue => OnFailure::Continue,
        };
        RunSpec {
            files: self
                .files
                .into_iter()
                .map(|file| PlanFile { path: file.path, hash: file.hash, dialect: file.dialect })
                .collect(),
            tasks,
            resources: self.resources,
            limits: Limits { jobs: self.jobs },
            policy: Policy {
                on_failure,
                wait_for_persons: self.wait_for_persons,
                rollup: self.rollup,
            },
        }
    }
}

impl From<&TaskSpec> for TaskRecord {
    fn from(task: &TaskSpec) -> TaskRecord {
        let needs = |kind: NeedKind| {
            let of_kind = task.needs.iter().filter(move |need| need.kind == kind);
            of_kind.map(|need| need.task.0).collect()
        };
        let claims = |write: bool| {
            let of_kind = task.claims.iter().filter(move |claim| claim.write == write);
            of_kind.map(|claim| claim.resource).collect()
        };
        TaskRecord {
            key: task.key.clone(),
            name: task.name.clone(),
            title: task.title.clone(),
            phase: task.phase.clone(),
            place: task.place.map(|place| (place.file, place.item, place.line)),
            needs: needs(NeedKind::Done),
            follows: needs(NeedKind::Ended),
            apart: needs(NeedKind::Apart),
            writes: claims(true),
            reads: claims(false),
            action: (&task.action).into(),
            done_when: task.done_when.clone(),
            cwd: task.cwd.clone(),
            env: task.env.clone(),
            timeout_ms: task.timeout_ms,
            estimate_ms: task.estimate_ms,
            rank: task.rank,
            safe_to_repeat: task.safe_to_repeat,
            files: task.files.clone(),
        }
    }
}

impl From<TaskRecord> for TaskSpec {
    fn from(record: TaskRecord) -> TaskSpec {
        let need = |kind| move |task: &u32| Need { task: TaskIndex(*task), kind };
        let claim = |write| move |resource: &u32| Claim { resource: *resource, write };
        let done = record.needs.iter().map(need(NeedKind::Done));
        let writes = record.writes.iter().map(claim(true));
        let follows = record.follows.iter().map(need(NeedKind::Ended));
        let apart = record.apart.iter().map(need(NeedKind::Apart));
        TaskSpec {
            needs: done.chain(follows).chain(apart).collect(),
            claims: writes.chain(record.reads.iter().map(claim(false))).collect(),
            key: record.key,
            name: record.name,
            title: record.title,
            phase: record.phase,
            place: record.place.map(|(file, item, line)| Place { file, item, line }),
            action: record.action.into(),
            done_when: record.done_when,
            cwd: record.cwd,
            env: record.env,
            timeout_ms: record.timeout_ms,
            estimate_ms: record.estimate_ms,
            rank: record.rank,
            safe_to_repeat: record.safe_to_repeat,
            files: record.files,
        }
    }
}

impl From<&Action> for ActionRecord {
    fn from(action: &Action) -> ActionRecord {
        match action {
            Action::Shell { script, shell } => {
                ActionRecord::Shell { script: script.clone(), shell: shell.clone() }
            }
            Action::Person => ActionRecord::Person,
            Action::Group => ActionRecord::Group,
            Action::Held => ActionRecord::Held,
        }
    }
}

impl From<ActionRecord> for Action {
    fn from(record: ActionRecord) -> Action {
        match record {
            ActionRecord::Shell { script, shell } => Action::Shell { script, shell },
            ActionRecord::Person => Action::Person,
            ActionRecord::Group => Action::Group,
            ActionRecord::Held => Action::Held,
        }
    }
}
