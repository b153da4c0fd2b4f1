//! `kill -9` at random moments, two hundred times and more: nothing is lost, nothing
//! runs twice, and the end is that of an undisturbed run.
//!
//! Two lists, because two promises differ:
//! - *one list* of tasks that must not be repeated: each leaves a mark exactly once.
//!   checkoff alone is killed; its keeper writes down what becomes of the attempts.
//! - *another list* of tasks that say they may be repeated: checkoff and its keeper are
//!   killed together, or the keeper alone, and nobody is left who knows an exit.
//!
//! The moments come from a seed, which is printed; `CHAOS_SEED=n` plays it again, and
//! `CHAOS_KILLS=n` asks for more than the usual number of kills.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use checkoff_core::event::Outcome;
use checkoff_core::{Event, RunId, TaskIndex};
use checkoff_engine::History;
use rustix::process::{Pid, Signal, kill_process};

use crate::test_environment::TestEnvironment;

/// Kills that must have hit a living process, over all worlds of a test.
const KILLS: usize = 150;
/// The same for the test that kills keepers.
const KEEPER_KILLS: usize = 60;
/// Worlds that are disturbed at the same time.
const WORLDS: usize = 3;
/// A run that does not end by then hangs.
const PATIENCE: Duration = Duration::from_secs(120);
/// A kill comes within this time of the start, or the run is over before it.
const FUSE_MS: u64 = 400;

#[test]
fn killed_at_any_moment_no_task_is_lost_or_run_twice() {
    disturb(&List::once(), kills(KILLS), Victims::Checkoff);
}

#[test]
fn killed_with_its_keeper_what_may_be_repeated_is_and_all_gets_done() {
    disturb(&List::repeatable(), kills(KEEPER_KILLS), Victims::Both);
}

fn kills(usual: usize) -> usize {
    let asked = std::env::var("CHAOS_KILLS").ok().and_then(|kills| kills.parse().ok());
    asked.unwrap_or(usual)
}

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victims {
    Checkoff,
    /// The keeper too: with checkoff, or alone.
    Both,
}

/// A list, and what to look at when it is done.
struct List {
    text: String,
}

impl List {
    /// Every kind of task, each leaving its mark once and for all.
    fn once() -> List {
        List::with(|id| format!("echo {id} >> marks"), "")
    }

    /// The same, leaving the mark only where it is not yet.
    fn repeatable() -> List {
        List::with(
            |id| format!("grep -qx {id} marks || echo {id} >> marks"),
            "  - safe to repeat: yes\n",
        )
    }

    fn with(mark: impl Fn(&str) -> String, more: &str) -> List {
        let mut text = String::from("# Chaos\n\n");
        for number in 1..=48 {
            let id = format!("T{number:03}");
            let mark = mark(&id);
            let (run, check, needs) = match number % 8 {
                1 => (mark, None, None),
                2 => (format!("sleep 0.03; {mark}"), None, Some(number - 1)),
                3 => (format!("seq 1 9000; {mark}"), None, None),
                4 => (mark, Some(format!("grep -qx {id} marks && sleep 0.01")), None),
                5 => (format!("{mark}; exit 3"), None, None),
                // Waits for one that fails: blocked.
                6 => (mark, None, Some(number - 1)),
                7 => (format!("{mark}; sleep 0.05"), None, Some(number - 3)),
                _ => (mark, Some("false".to_owned()), Some(number - 1)),
            };
            let _ = writeln!(text, "- [ ] {id} Do part {number}");
            if let Some(needs) = needs {
                let _ = writeln!(text, "  - needs: T{needs:03}");
            }
            let _ = writeln!(text, "  - run: `{run}`");
            if let Some(check) = check {
                let _ = writeln!(text, "  - done when: `{check}`");
            }
            text.push_str(more);
        }
        List { text }
    }
}

/// What counts of a finished run.
#[derive(Debug, PartialEq, Eq)]
struct End {
    code: Option<i32>,
    list: String,
    /// Marks in alphabetical order, as often as they were left.
    marks: Vec<String>,
    /// For each task the events that decided about it, and every outcome that is known.
    tasks: BTreeMap<TaskIndex, Vec<String>>,
}

#[expect(clippy::print_stdout, reason = "a test that fails shows the seed to repeat it with")]
fn disturb(list: &List, kills: usize, victims: Victims) {
    let seed = std::env::var("CHAOS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(|| u64::from(std::process::id()) * 7_919 + 1);
    println!("CHAOS_SEED={seed}");
    let expected = undisturbed(list);
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for world in 0..WORLDS {
            let (done, expected) = (&done, &expected);
            scope.spawn(move || {
                let mut random = Random(seed.wrapping_add(world as u64).wrapping_mul(0x9e37_79b9));
                while done.load(Ordering::SeqCst) < kills {
                    let (end, log) = disturbed(list, victims, &mut random, done, kills);
                    assert_eq!(&end, expected, "seed {seed}, world {world}\n{log}");
                }
            });
        }
    });
    println!("killed {} times", done.load(Ordering::SeqCst));
}

fn undisturbed(list: &List) -> End {
    let environment = TestEnvironment::with_list(&list.text);
    let mut child = start(&environment, &["run", "--yes", "--jobs", "4"]);
    let code = wait(&mut child);
    let end = look(&environment, code);
    assert_eq!(end.code, Some(10), "some tasks fail by design");
    let done = end.tasks.values().filter(|events| events.iter().any(|it| it == "done")).count();
    assert_eq!(done, 30, "five of eight are done: {:#?}", end.tasks);
    end
}

/// One run, killed and taken up again until it ends by itself. Also says what was done to it.
fn disturbed(
    list: &List,
    victims: Victims,
    random: &mut Random,
    done: &AtomicUsize,
    kills: usize,
) -> (End, String) {
    let environment = TestEnvironment::with_list(&list.text);
    let mut log = String::new();
    loop {
        let taken_up = environment.path(".checkoff/checkoff.db").exists() && has_run(&environment);
        let arguments: &[&str] =
            if taken_up { &["resume"] } else { &["run", "--yes", "--jobs", "4"] };
        let mut child = start(&environment, arguments);
        let fuse = Duration::from_millis(random.below(FUSE_MS));
        let enough = done.load(Ordering::SeqCst) >= kills;
        let _ = writeln!(log, "{} for {fuse:?}", arguments[0]);
        if enough || !burns_down(&mut child, fuse) {
            let code = wait(&mut child);
            let end = look(&environment, code);
            let _ = writeln!(log, "ended with {code:?}");
            return (end, log);
        }
        let keepers = children_of(child.id());
        let (checkoff, keeper) = match (victims, random.below(5)) {
            (Victims::Checkoff, _) => (true, false),
            (Victims::Both, 0) => (false, true),
            (Victims::Both, 1) => (true, false),
            (Victims::Both, _) => (true, true),
        };
        let _ = writeln!(log, "kill: checkoff {checkoff}, keeper {keeper}");
        if keeper {
            keepers.iter().for_each(|pid| kill(*pid));
        }
        done.fetch_add(1, Ordering::SeqCst);
        if !checkoff && burns_down(&mut child, Duration::from_millis(random.below(FUSE_MS))) {
            let _ = writeln!(log, "it went on with another keeper");
        }
        kill(child.id());
        wait(&mut child);
    }
}

/// Whether a run was made before the kill.
fn has_run(environment: &TestEnvironment) -> bool {
    let history = History::open(&environment.path(".checkoff"));
    history.and_then(|history| history.runs()).is_ok_and(|runs| !runs.is_empty())
}

fn start(environment: &TestEnvironment, arguments: &[&str]) -> Child {
    let mut command: Command = environment.command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts")
}

/// Waits for the fuse; false when the process ended before.
fn burns_down(child: &mut Child, fuse: Duration) -> bool {
    let end = Instant::now() + fuse;
    while Instant::now() < end {
        if child.try_wait().expect("a child").is_some() {
            return false;
        }
        thread::sleep(Duration::from_millis(1).min(end.saturating_duration_since(Instant::now())));
    }
    child.try_wait().expect("a child").is_none()
}

fn wait(child: &mut Child) -> Option<i32> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code();
        }
        assert!(Instant::now() < end, "the run hangs");
        thread::sleep(Duration::from_millis(2));
    }
}

fn kill(pid: u32) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process id");
    // It may have ended by itself in the meantime.
    let _ = kill_process(pid, Signal::KILL);
}

fn children_of(pid: u32) -> Vec<u32> {
    let mut children = Vec::new();
    for thread in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
        let text = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        children.extend(text.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
    }
    children
}

/// What came of a run.
fn look(environment: &TestEnvironment, code: Option<i32>) -> End {
    let history = History::open(&environment.path(".checkoff")).expect("a store");
    let runs = history.runs().expect("runs");
    assert_eq!(runs.len(), 1, "one run, however often it was taken up");
    let mut tasks: BTreeMap<TaskIndex, Vec<String>> = BTreeMap::new();
    for recorded in history.events(RunId(1), 0).expect("a log") {
        let (task, word) = match recorded.event {
            Event::AttemptFinished { attempt, outcome: Outcome::Exited { code }, .. } => {
                (attempt.task, format!("exit {code}"))
            }
            Event::TaskDone { task, .. } => (task, "done".to_owned()),
            Event::TaskFailed { task, because } => (task, format!("failed: {because:?}")),
            Event::TaskBlocked { task, by } => (task, format!("blocked by {by}")),
            Event::TaskAsked { task, question } => (task, format!("asked: {question:?}")),
            _ => continue,
        };
        tasks.entry(task).or_default().push(word);
    }
    let marks = environment.read("marks");
    let mut marks: Vec<String> = marks.lines().map(str::to_owned).collect();
    marks.sort();
    End { code, list: environment.read("TASKS.md"), marks, tasks }
}

/// xorshift64*: the moments must be the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = if self.0 == 0 { 1 } else { self.0 };
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }
}
