//! Runs and events to store: one of every kind.

use checkoff_core::event::{
    ChangeKind, Check, Counts, DoneBecause, Evidence, FailedBecause, FileChange, Outcome, Output,
    Process, Question, ReopenedBecause, RunOutcome,
};
use checkoff_core::spec::{
    Action, Claim, Limits, Need, NeedKind, OnFailure, Place, PlanFile, Policy, RunSpec, TaskSpec,
};
use checkoff_core::{AttemptId, Event, TaskIndex, Timestamp};
use checkoff_store::{NewRun, Source};

/// A time, `seconds` after the epoch.
pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix_us(seconds * 1_000_000)
}

/// A run in which every field says something.
pub(crate) fn run() -> NewRun {
    let need = |task, kind| Need { task: TaskIndex(task), kind };
    let shell = TaskSpec {
        key: "T002".to_owned(),
        name: "T002".to_owned(),
        title: "Baue es, schnell — ⏳".to_owned(),
        phase: Some("Phase 1".to_owned()),
        place: Some(Place { file: 0, item: 1, line: 7 }),
        needs: vec![need(0, NeedKind::Done), need(2, NeedKind::Ended), need(3, NeedKind::Apart)],
        claims: vec![Claim { resource: 1, write: true }, Claim { resource: 0, write: false }],
        action: Action::Shell {
            script: "make \"all\"\n".to_owned(),
            shell: vec!["bash".to_owned(), "-c".to_owned()],
        },
        done_when: vec!["make test".to_owned()],
        cwd: "/project".to_owned(),
        env: vec![("A".to_owned(), "1".to_owned())],
        timeout_ms: Some(60_000),
        estimate_ms: Some(1_000),
        rank: u64::from(u32::MAX) * 2,
        safe_to_repeat: true,
        files: vec!["src/**".to_owned()],
    };
    let bare = |key: &str, action| TaskSpec {
        key: key.to_owned(),
        name: key.to_owned(),
        title: String::new(),
        phase: None,
        place: None,
        needs: Vec::new(),
        claims: Vec::new(),
        action,
        done_when: Vec::new(),
        cwd: String::new(),
        env: Vec::new(),
        timeout_ms: None,
        estimate_ms: None,
        rank: 0,
        safe_to_repeat: false,
        files: Vec::new(),
    };
    NewRun {
        created_at: at(1),
        spec: RunSpec {
            files: vec![PlanFile {
                path: "/project/TASKS.md".to_owned(),
                hash: "00ff".to_owned(),
                dialect: "speckit".to_owned(),
            }],
            tasks: vec![
                bare("T001", Action::Person),
                shell,
                bare("Phase 1", Action::Group),
                bare("T003", Action::Held),
            ],
            resources: 2,
            limits: Limits { jobs: 3 },
            policy: Policy {
                on_failure: OnFailure::Continue,
                wait_for_persons: true,
                rollup: true,
            },
        },
        sources: vec![Source {
            path: "/project/TASKS.md".to_owned(),
            bytes: b"- [ ] T001\n\xff\x00".to_vec(),
        }],
    }
}

/// One event of every kind, and of every outcome.
pub(crate) fn events() -> Vec<(Timestamp, Event)> {
    let task = TaskIndex(1);
    let attempt = AttemptId { task, number: 2 };
    let output = Output {
        bytes_total: 70_000,
        tail: b"not \xff text".to_vec(),
        file: Some("runs/r1/keeper-1/output/1.2".to_owned()),
        hash: "abcd".to_owned(),
    };
    let evidence = Evidence {
        started_at: at(3),
        ended_at: at(4),
        user_us: 5,
        system_us: 6,
        memory_bytes_max: 7 << 20,
        output: output.clone(),
        had_leftovers: true,
        changes: vec![FileChange {
            path: "src/main.rs".to_owned(),
            kind: ChangeKind::Modified,
            hash: "ef".to_owned(),
        }],
    };
    let outcomes = [
        Outcome::Exited { code: -1 },
        Outcome::Signalled { signal: 9 },
        Outcome::TimedOut,
        Outcome::OutputLimit,
        Outcome::Cancelled,
        Outcome::NotStarted { message: "no such file".to_owned() },
        Outcome::Unknown,
    ];
    let finished = outcomes.into_iter().map(|outcome| Event::AttemptFinished {
        attempt,
        outcome,
        evidence: evidence.clone(),
    });
    let check = Check {
        command: "make test".to_owned(),
        outcome: Outcome::Exited { code: 0 },
        duration_us: 12,
        output: Output::default(),
    };
    let mut events = vec![
        Event::RunStarted { boot: "boot".to_owned() },
        Event::AttemptReserved { attempt },
        Event::AttemptStarted { attempt, process: Process { pid: 12, start_ticks: u64::MAX } },
        Event::AttemptWithdrawn { attempt },
    ];
    events.extend(finished);
    events.extend([
        Event::AttemptFinished {
            attempt,
            outcome: Outcome::Exited { code: 0 },
            evidence: Evidence::default(),
        },
        Event::ChecksFinished { attempt, checks: vec![check] },
        Event::TaskDone { task, because: DoneBecause::Checks },
        Event::TaskFailed { task: TaskIndex(0), because: FailedBecause::Attempt },
        Event::TaskBlocked { task: TaskIndex(2), by: TaskIndex(0) },
        Event::TaskAsked { task: TaskIndex(0), question: Question::Unknown },
        Event::TaskReopened { task, because: ReopenedBecause::SafeToRepeat },
        Event::PersonDone { task: TaskIndex(0) },
        Event::RetryRequested { task },
        Event::BoxWritten { file: 0, tasks: vec![TaskIndex(0), task], hash: "12".to_owned() },
        Event::BoxRefused { file: 0, tasks: vec![task], message: "read-only".to_owned() },
        Event::DrainRequested,
        Event::CancelRequested,
        Event::RunResumed { boot: "another".to_owned() },
        Event::RunFinished {
            outcome: RunOutcome::Failed,
            counts: Counts { done: 1, failed: 2, blocked: 3, asking: 4, active: 5, left: 6 },
        },
    ]);
    (10..).map(at).zip(events).collect()
}
