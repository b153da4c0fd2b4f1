//! One attempt under way: what was asked, what is known, what happens when.
//!
//! ```text
//!            timeout, cancel, limit                      no process of the group left
//!  Running ───────────────────────▶ Ending ──┐     ┌──────────────────────▶ finished
//!     │                      TERM … KILL     │     │
//!     └──────────── leader exits ────────────┴─▶ Sweeping: wait … TERM … KILL
//! ```
//!
//! Everything here is a decision about time and signals; the only calls to the world
//! are the signals themselves.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use checkoff_core::Timestamp;
use checkoff_core::event::Process;
use rustix::process::{Signal, test_kill_process_group};
use wait4::ResUse;

use crate::attempt::{
    AttemptSpec, CancelMode, Exit, Finished, Leftovers, Output, OutputLimits, PartId,
};
use crate::frame::MAX_PAYLOAD;
use crate::process;

/// How long to wait before looking again whether a group is empty, at first; then
/// twice as long each time, up to [`LOOK_AT_MOST`].
const LOOK_AT_FIRST: Duration = Duration::from_millis(2);
/// The longest pause between two looks.
const LOOK_AT_MOST: Duration = Duration::from_millis(64);

/// An attempt with a process.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) id: PartId,
    pub(super) process: Process,
    pub(super) handle: OwnedFd,
    pub(super) started_at: Timestamp,
    pub(super) limits: OutputLimits,
    grace: Duration,
    leftovers: Leftovers,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    /// It does its work, until then at most.
    Running { until: Option<Instant> },
    /// It was asked to end, and is killed when it has not until then.
    Ending { cause: Cause, kill_at: Option<Instant> },
    /// Its leader has ended, others of its group have not.
    Sweeping(Box<Sweep>),
}

#[derive(Debug)]
struct Sweep {
    ended: Ended,
    step: Step,
    look_at: Instant,
    pause: Duration,
}

/// What happens next to a group without a leader, and when.
#[derive(Debug, Clone, Copy)]
enum Step {
    Term(Instant),
    Kill(Instant),
    GiveUp(Instant),
}

/// Why an attempt is being ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    Timeout,
    Cancelled,
    OutputLimit(Option<u64>),
}

/// How the leader ended.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    exit: Exit,
    at: Timestamp,
    cpu_user: Duration,
    cpu_system: Duration,
    peak_rss_bytes: u64,
}

/// Whether anything is left to wait for.
#[derive(Debug)]
pub(super) enum Progress {
    /// Yes.
    Waiting,
    /// No.
    Finished { ended: Ended, had_leftovers: bool },
}

impl Running {
    pub(super) fn new(
        spec: &AttemptSpec,
        process: Process,
        handle: OwnedFd,
        started_at: Timestamp,
        now: Instant,
    ) -> Running {
        Running {
            id: spec.id,
            process,
            handle,
            started_at,
            limits: spec.output,
            grace: spec.grace,
            leftovers: spec.leftovers,
            phase: Phase::Running { until: spec.timeout.and_then(|after| now.checked_add(after)) },
        }
    }

    /// When something is to be done even if nothing happens.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Running { until } => *until,
            Phase::Ending { kill_at, .. } => *kill_at,
            Phase::Sweeping(sweep) => Some(sweep.look_at),
        }
    }

    /// Whether its output may still be cut short by ending it.
    pub(super) fn is_at_work(&self) -> bool {
        matches!(self.phase, Phase::Running { .. })
    }

    /// Whether its leader has been waited for.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.phase, Phase::Sweeping(_))
    }

    /// Asks it to end. What is ending already is only ever hurried.
    pub(super) fn end(&mut self, cause: Cause, mode: CancelMode, now: Instant) {
        match (&mut self.phase, mode) {
            (Phase::Running { .. }, CancelMode::Gentle) => {
                self.phase = Phase::Ending { cause, kill_at: now.checked_add(self.grace) };
                self.signal(process::terminate_group);
            }
            (Phase::Running { .. }, CancelMode::Now) => {
                self.phase = Phase::Ending { cause, kill_at: None };
                self.signal(kill_group);
            }
            (Phase::Ending { kill_at, .. }, CancelMode::Now) => {
                if kill_at.take().is_some() {
                    self.signal(kill_group);
                }
            }
            (Phase::Sweeping(sweep), CancelMode::Now) => {
                sweep.step = Step::Kill(now);
                sweep.look_at = now;
            }
            (Phase::Ending { .. } | Phase::Sweeping(_), CancelMode::Gentle) => {}
        }
    }

    /// Does what is due.
    pub(super) fn on_time(&mut self, now: Instant, session: u32) -> Progress {
        match &mut self.phase {
            Phase::Running { until: Some(until) } if *until <= now => {
                self.end(Cause::Timeout, CancelMode::Gentle, now);
            }
            Phase::Ending { kill_at, .. } if kill_at.is_some_and(|at| at <= now) => {
                *kill_at = None;
                self.signal(kill_group);
            }
            Phase::Sweeping(sweep) if sweep.look_at <= now => {
                let gone = sweep.look(self.process.pid, self.grace, now, session);
                return match gone {
                    true => Progress::Finished { ended: sweep.ended.clone(), had_leftovers: true },
                    false => Progress::Waiting,
                };
            }
            _ => {}
        }
        Progress::Waiting
    }

    /// Its leader has ended like this; `None` when somebody else took its exit.
    pub(super) fn on_exit(
        &mut self,
        used: Option<ResUse>,
        at: Timestamp,
        now: Instant,
        linger: Duration,
    ) -> Progress {
        let ended = Ended {
            exit: self.exit(used),
            at,
            cpu_user: used.map_or(Duration::ZERO, |used| used.rusage.utime),
            cpu_system: used.map_or(Duration::ZERO, |used| used.rusage.stime),
            peak_rss_bytes: used.map_or(0, |used| used.rusage.maxrss),
        };
        if !group_may_be_alive(self.process.pid) {
            return Progress::Finished { ended, had_leftovers: false };
        }
        let step = match &self.phase {
            // It was asked to end as a whole, and the whole has the grace.
            Phase::Ending { kill_at, .. } => Step::Kill(kill_at.unwrap_or(now)),
            _ if self.leftovers == Leftovers::Leave => {
                return Progress::Finished { ended, had_leftovers: true };
            }
            _ => Step::Term(now + linger),
        };
        let look_at = now + LOOK_AT_FIRST;
        let sweep = Sweep { ended, step, look_at, pause: LOOK_AT_FIRST };
        self.phase = Phase::Sweeping(Box::new(sweep));
        Progress::Waiting
    }

    fn exit(&self, used: Option<ResUse>) -> Exit {
        use std::os::unix::process::ExitStatusExt;
        if let Phase::Ending { cause, kill_at } = &self.phase {
            let killed = kill_at.is_none();
            return match cause {
                Cause::Timeout => Exit::Timeout { killed },
                Cause::Cancelled => Exit::Cancelled { killed },
                Cause::OutputLimit(limit) => Exit::OutputLimit { limit: *limit },
            };
        }
        let Some(status) = used.map(|used| used.status) else { return Exit::Unknown };
        match (status.code(), status.signal()) {
            (Some(code), _) => Exit::Code(code),
            (None, Some(signal)) => Exit::Signal(signal),
            (None, None) => Exit::Unknown,
        }
    }

    /// Sends a signal. It can fail only where the attempt has become another user,
    /// and then there is nothing else to try.
    fn signal(&self, send: fn(u32) -> std::io::Result<()>) {
        let _ = send(self.process.pid);
    }
}

impl Sweep {
    /// Looks after a group without a leader; tells whether it is gone, or given up.
    fn look(&mut self, group: u32, grace: Duration, now: Instant, session: u32) -> bool {
        if !group_may_be_alive(group) || !process::group_is_alive(group, session) {
            return true;
        }
        // The signals cannot fail in a way that could be helped, see `Running::signal`.
        match self.step {
            Step::Term(at) if at <= now => {
                let _ = process::terminate_group(group);
                self.step = Step::Kill(now + grace);
                self.pause = LOOK_AT_FIRST;
            }
            Step::Kill(at) if at <= now => {
                let _ = kill_group(group);
                self.step = Step::GiveUp(now + AttemptSpec::GRACE);
                self.pause = LOOK_AT_FIRST;
            }
            // Stuck in the kernel, or another user's. The attempt itself is over.
            Step::GiveUp(at) if at <= now => return true,
            _ => {}
        }
        self.pause = (self.pause * 2).min(LOOK_AT_MOST);
        let (Step::Term(due) | Step::Kill(due) | Step::GiveUp(due)) = self.step;
        self.look_at = (now + self.pause).min(due.max(now));
        false
    }
}

fn kill_group(group: u32) -> std::io::Result<()> {
    process::signal_group(group, Signal::KILL)
}

/// Whether the kernel knows a process of this group. It may be a zombie, or the group
/// of somebody else by now: only a "no" is final, and it is the usual answer.
fn group_may_be_alive(group: u32) -> bool {
    let group = i32::try_from(group).ok().and_then(rustix::process::Pid::from_raw);
    group.is_some_and(|group| test_kill_process_group(group) != Err(rustix::io::Errno::SRCH))
}

impl Ended {
    /// Puts together what is reported.
    pub(super) fn finished(
        self,
        running: &Running,
        output: Output,
        had_leftovers: bool,
    ) -> Finished {
        Finished {
            id: running.id,
            exit: self.exit,
            started_at: running.started_at,
            ended_at: self.at,
            cpu_user_us: microseconds(self.cpu_user),
            cpu_system_us: microseconds(self.cpu_system),
            peak_rss_bytes: self.peak_rss_bytes,
            output,
            had_leftovers,
        }
    }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// What is reported of an attempt that never had a process.
pub(super) fn without_process(id: PartId, exit: Exit, at: Timestamp) -> Finished {
    Finished {
        id,
        exit,
        started_at: at,
        ended_at: at,
        cpu_user_us: 0,
        cpu_system_us: 0,
        peak_rss_bytes: 0,
        output: Output::Empty,
        had_leftovers: false,
    }
}

/// The report for an attempt whose request would not fit into a frame: more than any
/// kernel takes as arguments and environment, so nothing is lost by not asking.
pub(super) fn too_long_to_ask(spec: &AttemptSpec) -> Option<Finished> {
    let words = spec.shell.iter().map(String::len).sum::<usize>();
    let variables = spec.env.iter().map(|(name, value)| name.len() + value.len() + 8);
    let bytes = spec.script.len() + words + variables.sum::<usize>();
    let why = format!("script and environment are {bytes} bytes, too long for the kernel");
    (bytes > MAX_PAYLOAD / 2).then(|| {
        let at = super::serve::now();
        without_process(spec.id, Exit::SpawnFailed(why), at)
    })
}
