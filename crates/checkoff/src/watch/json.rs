//! A run for programs: one JSON object a line.
//!
//! The names here are promised (`checkoff help events`) and are not those of the
//! store, which may change its own.

use std::io::{self, Write};

use checkoff_core::event::{
    ChangeKind, Check, DoneBecause, Event, Evidence, FailedBecause, Outcome, Output, Question,
    ReopenedBecause, RunOutcome,
};
use checkoff_core::{AttemptId, RunId, TaskIndex, Timestamp};
use checkoff_engine::Recorded;
use serde_json::{Map, Value, json};

use crate::board::Board;
use crate::context::Context;

/// The page of `checkoff help events`.
pub(crate) const REFERENCE: &str = "\
# Events of a run

`checkoff run --format json` and `checkoff log --format json` print one JSON object a line.
Each has `run` (`r12`), `event` (see below), and, when it stands in the log, `seq` (counts from
1) and `at` (RFC 3339, UTC). `task` is the key of a task: its id, else `scope/id`, else its
title path. Names are only ever added; a reader should step over those it does not know.

- `run_started`, `run_resumed`
- `attempt_reserved`: `task`, `attempt` (counts from 1); starts as soon as there is a slot
- `attempt_started`: `task`, `attempt`, `pid`
- `attempt_withdrawn`: `task`, `attempt`; will not start
- `attempt_finished`: `task`, `attempt`, `outcome`, `evidence`
- `checks_finished`: `task`, `attempt`, `checks`: the `done when` commands, each with `command`, `outcome`, `duration_us`, `output`
- `task_done`: `task`, `because`: attempt, checks, person or members
- `task_failed`: `task`, `because`: attempt or checks
- `task_blocked`: `task`, `by`: the task that failed
- `task_asked`: `task`, `question`: do_it, unknown or cancelled
- `task_reopened`: `task`, `because`: safe_to_repeat or unblocked
- `person_done`, `retry_requested`: `task`
- `box_written`: `path`, `tasks`, `hash` of the file after it
- `box_refused`: `path`, `tasks`, `message`
- `drain_requested`, `cancel_requested`
- `run_finished`: `outcome`: succeeded, failed, cancelled or waiting; `counts`
- `waiting`: `message`; for something that is no part of the run (not in the log)
- `ended`: `outcome`; the last line of every run that is not broken off (not in the log)

An `outcome` of an attempt has `kind`: exited (with `code`), signalled (with `signal`),
timed_out, output_limit, cancelled, not_started (with `message`) or unknown. `evidence` has
`started_at`, `ended_at`, `user_us`, `system_us`, `memory_bytes_max`, `had_leftovers`,
`changes` (`path`, `kind`, `hash`) and `output`, which has `bytes_total`, `tail` (the end of
what was written, as text), `file` (all of it, below the store, when the tail is not all) and
`hash`. Hashes are BLAKE3.
";

/// One event, as one line of JSON without its ending.
pub(crate) fn event_line(run: RunId, board: &Board, recorded: &Recorded) -> String {
    let mut object = Map::new();
    object.insert("run".to_owned(), json!(run.to_string()));
    object.insert("seq".to_owned(), json!(recorded.seq));
    object.insert("at".to_owned(), json!(time(recorded.at)));
    let (name, fields) = event(board, &recorded.event);
    object.insert("event".to_owned(), json!(name));
    if let Value::Object(fields) = fields {
        object.extend(fields);
    }
    Value::Object(object).to_string()
}

pub(super) fn write_event(
    context: &Context,
    run: RunId,
    board: &Board,
    recorded: &Recorded,
) -> io::Result<()> {
    writeln!(context.output.data(), "{}", event_line(run, board, recorded))
}

pub(super) fn write_waiting(context: &Context, run: RunId, message: &str) -> io::Result<()> {
    let line = json!({ "run": run.to_string(), "event": "waiting", "message": message });
    writeln!(context.output.data(), "{line}")
}

pub(super) fn write_ended(context: &Context, run: RunId, outcome: RunOutcome) -> io::Result<()> {
    let line = json!({ "run": run.to_string(), "event": "ended", "outcome": outcome.as_str() });
    writeln!(context.output.data(), "{line}")
}

/// RFC 3339 in UTC, with as many digits as there are.
pub(crate) fn time(at: Timestamp) -> String {
    let us = i64::try_from(at.as_unix_us()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_microsecond(us).unwrap_or(jiff::Timestamp::MAX).to_string()
}

fn event(board: &Board, event: &Event) -> (&'static str, Value) {
    let key = |task: &TaskIndex| board.spec.task(*task).key.as_str();
    let keys = |tasks: &[TaskIndex]| tasks.iter().map(key).collect::<Vec<_>>();
    let path = |file: &u32| board.spec.files.get(*file as usize).map(|file| file.path.as_str());
    let of = |attempt: &AttemptId| json!({ "task": key(&attempt.task), "attempt": attempt.number });
    let with = |mut fields: Value, name: &str, value: Value| {
        fields[name] = value;
        fields
    };
    match event {
        Event::RunStarted { .. } => ("run_started", json!({})),
        Event::RunResumed { .. } => ("run_resumed", json!({})),
        Event::AttemptReserved { attempt } => ("attempt_reserved", of(attempt)),
        Event::AttemptStarted { attempt, process } => {
            ("attempt_started", with(of(attempt), "pid", json!(process.pid)))
        }
        Event::AttemptWithdrawn { attempt } => ("attempt_withdrawn", of(attempt)),
        Event::AttemptFinished { attempt, outcome, evidence } => {
            let fields = with(of(attempt), "outcome", self::outcome(outcome));
            ("attempt_finished", with(fields, "evidence", self::evidence(evidence)))
        }
        Event::ChecksFinished { attempt, checks } => {
            let checks: Vec<Value> = checks.iter().map(check).collect();
            ("checks_finished", with(of(attempt), "checks", json!(checks)))
        }
        Event::TaskDone { task, because } => {
            ("task_done", json!({ "task": key(task), "because": done_because(*because) }))
        }
        Event::TaskFailed { task, because } => {
            let because = match because {
                FailedBecause::Attempt => "attempt",
                FailedBecause::Checks => "checks",
            };
            ("task_failed", json!({ "task": key(task), "because": because }))
        }
        Event::TaskBlocked { task, by } => {
            ("task_blocked", json!({ "task": key(task), "by": key(by) }))
        }
        Event::TaskAsked { task, question } => {
            let question = match question {
                Question::DoIt => "do_it",
                Question::Unknown => "unknown",
                Question::Cancelled => "cancelled",
            };
            ("task_asked", json!({ "task": key(task), "question": question }))
        }
        Event::TaskReopened { task, because } => {
            let because = match because {
                ReopenedBecause::SafeToRepeat => "safe_to_repeat",
                ReopenedBecause::Unblocked => "unblocked",
            };
            ("task_reopened", json!({ "task": key(task), "because": because }))
        }
        Event::PersonDone { task } => ("person_done", json!({ "task": key(task) })),
        Event::RetryRequested { task } => ("retry_requested", json!({ "task": key(task) })),
        Event::BoxWritten { file, tasks, hash } => {
            ("box_written", json!({ "path": path(file), "tasks": keys(tasks), "hash": hash }))
        }
        Event::BoxRefused { file, tasks, message } => {
            ("box_refused", json!({ "path": path(file), "tasks": keys(tasks), "message": message }))
        }
        Event::DrainRequested => ("drain_requested", json!({})),
        Event::CancelRequested => ("cancel_requested", json!({})),
        Event::RunFinished { outcome, .. } => {
            ("run_finished", json!({ "outcome": outcome.as_str(), "counts": counts(board) }))
        }
    }
}

/// How many tasks stand where; those of the list, without the phases that only order them.
pub(crate) fn counts(board: &Board) -> Value {
    let counts = board.counts();
    json!({
        "done": counts.done,
        "failed": counts.failed,
        "blocked": counts.blocked,
        "asking": counts.asking,
        "active": counts.active,
        "left": counts.left,
    })
}

/// By what right a task is done, in a word.
pub(crate) fn done_because(because: DoneBecause) -> &'static str {
    match because {
        DoneBecause::Attempt => "attempt",
        DoneBecause::Checks => "checks",
        DoneBecause::Person => "person",
        DoneBecause::Members => "members",
    }
}

/// How an attempt or a check ended.
fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Exited { code } => json!({ "kind": "exited", "code": code }),
        Outcome::Signalled { signal } => json!({ "kind": "signalled", "signal": signal }),
        Outcome::TimedOut => json!({ "kind": "timed_out" }),
        Outcome::OutputLimit => json!({ "kind": "output_limit" }),
        Outcome::Cancelled => json!({ "kind": "cancelled" }),
        Outcome::NotStarted { message } => json!({ "kind": "not_started", "message": message }),
        Outcome::Unknown => json!({ "kind": "unknown" }),
    }
}

fn evidence(evidence: &Evidence) -> Value {
    let changes: Vec<Value> = evidence
        .changes
        .iter()
        .map(|change| {
            let kind = match change.kind {
                ChangeKind::Created => "created",
                ChangeKind::Modified => "modified",
                ChangeKind::Deleted => "deleted",
            };
            json!({ "path": change.path, "kind": kind, "hash": change.hash })
        })
        .collect();
    json!({
        "started_at": time(evidence.started_at),
        "ended_at": time(evidence.ended_at),
        "user_us": evidence.user_us,
        "system_us": evidence.system_us,
        "memory_bytes_max": evidence.memory_bytes_max,
        "had_leftovers": evidence.had_leftovers,
        "changes": changes,
        "output": output(&evidence.output),
    })
}

fn output(output: &Output) -> Value {
    json!({
        "bytes_total": output.bytes_total,
        "tail": String::from_utf8_lossy(&output.tail),
        "file": output.file,
        "hash": output.hash,
    })
}

fn check(check: &Check) -> Value {
    json!({
        "command": check.command,
        "outcome": outcome(&check.outcome),
        "duration_us": check.duration_us,
        "output": output(&check.output),
    })
}
