//! Scripts of reports with the decisions and effects that follow: `tests/scripts/*.md`.
//!
//! A heading is a case, a `plan` block its plan, a `play` block what happens: lines with
//! `>` are reports, the lines under them what the scheduler makes of it. With
//! `UPDATE_SCRIPTS=1` in the environment the answers are written anew, to be reviewed.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use checkoff_core::event::{Check, Evidence, Outcome, Output, Process};
use checkoff_core::spec::RunSpec;
use checkoff_core::{AttemptId, Effect, Event, Scheduler, TaskIndex, Timestamp};

use crate::plan::plan;

#[test]
fn every_script_plays_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let mut scripts: Vec<_> =
        fs::read_dir(&folder).expect("scripts").map(|it| it.expect("a script").path()).collect();
    scripts.sort();
    assert!(!scripts.is_empty(), "no scripts in {}", folder.display());
    let update = std::env::var_os("UPDATE_SCRIPTS").is_some();
    let mut wrong = String::new();
    for path in scripts {
        let text = fs::read_to_string(&path).expect("a readable script");
        let played = play_file(&text);
        if update {
            fs::write(&path, played).expect("a writable script");
        } else if played != text {
            let differs = text.lines().zip(played.lines()).position(|(one, other)| one != other);
            let line = differs.unwrap_or(0);
            let _ = writeln!(
                wrong,
                "{}:{}:\n  written: {}\n  played:  {}",
                path.display(),
                line + 1,
                text.lines().nth(line).unwrap_or("(end)"),
                played.lines().nth(line).unwrap_or("(end)"),
            );
        }
    }
    assert!(
        wrong.is_empty(),
        "scripts play differently (UPDATE_SCRIPTS=1 rewrites them):\n{wrong}"
    );
}

/// The file with every answer as it is now.
fn play_file(text: &str) -> String {
    let mut out = String::new();
    let mut spec = RunSpec::default();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(out, "{line}");
        let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match kind {
            "plan" => {
                spec = plan(&body.join("\n"));
                let _ = writeln!(out, "{}", body.join("\n"));
            }
            "play" => {
                let reports = body.iter().filter_map(|line| line.strip_prefix("> "));
                out.push_str(&play(&spec, reports));
            }
            _ => panic!("a block is a plan or a play, not `{kind}`"),
        }
        out.push_str("```\n");
    }
    out
}

/// Plays reports on a plan; also checks that replaying the log gives the same state.
fn play<'a>(spec: &RunSpec, reports: impl Iterator<Item = &'a str>) -> String {
    spec.check().expect("a plan that can be run");
    let spec = Arc::new(spec.clone());
    let mut scheduler = Scheduler::new(Arc::clone(&spec));
    let mut log = Vec::new();
    let mut out = String::new();
    for (at, report) in (1..).zip(reports) {
        let _ = writeln!(out, "> {report}");
        if report == "show" {
            out.push_str(&show(&scheduler));
            continue;
        }
        let now = Timestamp::from_unix_us(at * 1_000_000);
        let event = read_report(report, &scheduler);
        let effects = scheduler.step(now, &event);
        log.push((now, event));
        for effect in effects {
            let _ = writeln!(out, "  {}", name_effect(&spec, &effect));
            if let Effect::Record(decision) = effect {
                log.push((now, decision));
            }
        }
    }
    let mut again = Scheduler::new(spec);
    for (at, event) in &log {
        again.replay(*at, event);
    }
    assert_eq!(again.snapshot(), scheduler.snapshot(), "a replay comes to another state");
    out
}

fn read_report(report: &str, scheduler: &Scheduler) -> Event {
    let words: Vec<&str> = report.split_whitespace().collect();
    let task = |nth: usize| {
        let name = words.get(nth).unwrap_or_else(|| panic!("`{report}` names no task"));
        scheduler.spec().find(name).unwrap_or_else(|| panic!("no task `{name}`"))
    };
    let attempt = |nth: usize| scheduler.last_attempt(task(nth)).expect("an attempt");
    let finished =
        |outcome| Event::AttemptFinished { attempt: attempt(1), outcome, evidence: long_attempt() };
    let tasks = || (1..words.len()).map(task).collect();
    match words[0] {
        "start" => Event::RunStarted { boot: "boot".to_owned() },
        "resume" => Event::RunResumed { boot: "boot".to_owned() },
        "started" => Event::AttemptStarted {
            attempt: attempt(1),
            process: Process { pid: 7, start_ticks: 1 },
        },
        "withdrawn" => Event::AttemptWithdrawn { attempt: attempt(1) },
        "exit" => finished(Outcome::Exited { code: words[2].parse().expect("a code") }),
        "timeout" => finished(Outcome::TimedOut),
        "unknown" => finished(Outcome::Unknown),
        "cancelled" => finished(Outcome::Cancelled),
        "checks" => {
            let outcomes = words[2..].iter().map(|word| match *word {
                "pass" => Outcome::Exited { code: 0 },
                "fail" => Outcome::Exited { code: 1 },
                "cancelled" => Outcome::Cancelled,
                "unknown" => Outcome::Unknown,
                other => panic!("`{other}` is no outcome of a check"),
            });
            Event::ChecksFinished { attempt: attempt(1), checks: outcomes.map(check).collect() }
        }
        "person" => Event::PersonDone { task: task(1) },
        "retry" => Event::RetryRequested { task: task(1) },
        "written" => Event::BoxWritten { file: 0, tasks: tasks(), hash: "hash".to_owned() },
        "refused" => Event::BoxRefused { file: 0, tasks: tasks(), message: "read-only".to_owned() },
        "drain" => Event::DrainRequested,
        "cancel" => Event::CancelRequested,
        other => panic!("`{other}` is no report"),
    }
}

/// A second: long enough that nothing is reserved ahead.
fn long_attempt() -> Evidence {
    Evidence {
        started_at: Timestamp::from_unix_us(0),
        ended_at: Timestamp::from_unix_us(1_000_000),
        ..Evidence::default()
    }
}

fn check(outcome: Outcome) -> Check {
    Check { command: "check".to_owned(), outcome, duration_us: 1, output: Output::default() }
}

fn name_effect(spec: &RunSpec, effect: &Effect) -> String {
    let task = |task: &TaskIndex| spec.task(*task).name.clone();
    let attempt = |it: &AttemptId| format!("{}.{}", task(&it.task), it.number);
    match effect {
        Effect::Record(event) => name_event(spec, event),
        Effect::StartAttempt(it) => format!("→ StartAttempt {}", attempt(it)),
        Effect::WithdrawAttempt(it) => format!("→ WithdrawAttempt {}", attempt(it)),
        Effect::CancelAttempt(it) => format!("→ CancelAttempt {}", attempt(it)),
        Effect::RunChecks(it) => format!("→ RunChecks {}", attempt(it)),
        Effect::WriteBox(it) => format!("→ WriteBox {}", task(it)),
        Effect::AskPerson(it) => format!("→ AskPerson {}", task(it)),
        Effect::FinishRun(outcome) => format!("→ FinishRun {}", outcome.as_str()),
    }
}

fn name_event(spec: &RunSpec, event: &Event) -> String {
    let task = |task: &TaskIndex| spec.task(*task).name.clone();
    match event {
        Event::AttemptReserved { attempt } => {
            format!("AttemptReserved {}.{}", task(&attempt.task), attempt.number)
        }
        Event::TaskDone { task: it, because } => format!("TaskDone {} ({because:?})", task(it)),
        Event::TaskFailed { task: it, because } => format!("TaskFailed {} ({because:?})", task(it)),
        Event::TaskBlocked { task: it, by } => format!("TaskBlocked {} by {}", task(it), task(by)),
        Event::TaskAsked { task: it, question } => format!("TaskAsked {} ({question:?})", task(it)),
        Event::TaskReopened { task: it, because } => {
            format!("TaskReopened {} ({because:?})", task(it))
        }
        Event::RunFinished { outcome, .. } => format!("RunFinished {}", outcome.as_str()),
        report => panic!("{report:?} is no decision"),
    }
}

fn show(scheduler: &Scheduler) -> String {
    let mut out = String::new();
    for (task, stage) in scheduler.stages() {
        let (name, mark) = (&scheduler.spec().task(task).name, scheduler.mark(task));
        let _ = writeln!(out, "  {name}: {stage:?}, box {mark:?}");
    }
    let _ = writeln!(out, "  run: {:?}", scheduler.run());
    out
}
