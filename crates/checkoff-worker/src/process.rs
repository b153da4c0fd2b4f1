//! Processes by name and number: who is alive, which is which, and how to end one.
//!
//! A pid alone names nothing for long: the kernel hands it out again. A [`Process`]
//! is a pid with its start time in clock ticks since boot, as `/proc/PID/stat` gives
//! it; to wait for one or to signal it, a pidfd is opened first and the start time is
//! compared after that, so that no other process can be meant.
//!
//! Linux only, like the rest of this crate: it needs `/proc`, pidfd and epoll.

use std::fs;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use checkoff_core::event::Process;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use rustix::time::{ClockId, Timespec, clock_gettime};

use crate::attempt::{CancelMode, PartId};
use crate::spawn::{ATTEMPT_VARIABLE, KEEPER_VARIABLE};

/// The fields of `/proc/PID/stat` that are of use here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stat {
    state: u8,
    group: u32,
    session: u32,
    start_ticks: u64,
}

impl Stat {
    /// A zombie is dead for all purposes but that of its parent.
    fn is_alive(&self) -> bool {
        !matches!(self.state, b'Z' | b'X' | b'x')
    }
}

/// Reads the state of a process; `None` when there is none with this number.
fn stat(pid: u32) -> Option<Stat> {
    // The line is short, and asking for the length of a file in /proc only costs time.
    let mut line = [0; 1024];
    let count = fs::File::open(format!("/proc/{pid}/stat")).ok()?.read(&mut line).ok()?;
    parse_stat(&line[..count])
}

/// The name in parentheses may itself hold blanks and parentheses: fields are
/// counted from the last closing one.
fn parse_stat(line: &[u8]) -> Option<Stat> {
    let after_name = line.iter().rposition(|byte| *byte == b')')? + 1;
    let text = std::str::from_utf8(&line[after_name..]).ok()?;
    let mut fields = text.split_ascii_whitespace();
    let state = *fields.next()?.as_bytes().first()?;
    let group = fields.nth(1)?.parse().ok()?;
    let session = fields.next()?.parse().ok()?;
    let start_ticks = fields.nth(15)?.parse().ok()?;
    Some(Stat { state, group, session, start_ticks })
}

/// The process that has this pid now, a zombie included; `None` when there is none.
pub fn identify(pid: u32) -> Option<Process> {
    stat(pid).map(|stat| Process { pid, start_ticks: stat.start_ticks })
}

/// Says when processes were made without asking for each of them.
///
/// The kernel notes the boot clock when it makes a process and shows it in ticks. If
/// the clock was in the same tick before and after, that is the tick. Looking a process
/// up in `/proc` costs a tenth of what a keeper does for an attempt, so it is done only
/// when a tick ended in between, and for the first process, to see that this kernel
/// agrees.
#[derive(Debug, Default)]
pub(crate) struct StartClock {
    agrees: Option<bool>,
}

/// Ticks a second in `/proc`, on every architecture of Linux that Rust knows.
const TICKS_PER_SECOND: i64 = 100;

impl StartClock {
    /// The tick it is.
    pub(crate) fn tick() -> u64 {
        let now = clock_gettime(ClockId::Boottime);
        let nanoseconds_per_tick = 1_000_000_000 / TICKS_PER_SECOND;
        let ticks = now.tv_sec * TICKS_PER_SECOND + now.tv_nsec / nanoseconds_per_tick;
        u64::try_from(ticks).unwrap_or(0)
    }

    /// The process with this pid, a child not waited for, made since it was `before`.
    pub(crate) fn identify(&mut self, pid: u32, before: u64) -> Process {
        let is_sure = StartClock::tick() == before;
        match self.agrees {
            Some(true) if is_sure => Process { pid, start_ticks: before },
            _ => {
                // It is there, if only as a zombie; where there is no /proc, nothing is.
                let process = identify(pid).unwrap_or(Process { pid, start_ticks: 0 });
                if is_sure && self.agrees.is_none() {
                    self.agrees = Some(process.start_ticks == before);
                }
                process
            }
        }
    }
}

/// Whether this very process still runs.
pub fn is_alive(process: Process) -> bool {
    stat(process.pid).is_some_and(|stat| stat.is_alive() && stat.start_ticks == process.start_ticks)
}

/// Names the boot of the kernel: a process of another boot is gone, whatever has
/// its pid now. Empty when the kernel does not tell.
pub(crate) fn boot_id() -> String {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim().to_owned()
}

/// Every pid there is.
fn pids() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// Whether a process of this group and session is alive. The session makes sure
/// that a group number given out anew is not taken for the old one.
pub(crate) fn group_is_alive(group: u32, session: u32) -> bool {
    pids()
        .filter_map(stat)
        .any(|stat| stat.group == group && stat.session == session && stat.is_alive())
}

/// The session of this process.
pub(crate) fn own_session() -> u32 {
    stat(std::process::id()).map_or(0, |stat| stat.session)
}

/// Looks through the environments of all processes for the leader of the group that
/// this keeper started for this part of an attempt. For a process whose start was
/// intended but never recorded.
pub(crate) fn find_by_environment(keeper: &Path, id: PartId) -> Option<Process> {
    let attempt = format!("{ATTEMPT_VARIABLE}={id}");
    let mut home = format!("{KEEPER_VARIABLE}=").into_bytes();
    home.extend_from_slice(keeper.as_os_str().as_bytes());
    let is_it = |pid: &u32| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let has = |wanted: &[u8]| environment.split(|byte| *byte == 0).any(|it| it == wanted);
        has(attempt.as_bytes()) && has(&home)
    };
    let is_leader =
        |pid: &u32| stat(*pid).is_some_and(|stat| stat.group == *pid && stat.is_alive());
    pids().filter(is_leader).find(is_it).and_then(identify)
}

/// Signals a process group; that it is gone already is no error.
pub(crate) fn signal_group(group: u32, signal: Signal) -> io::Result<()> {
    let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) else { return Ok(()) };
    match kill_process_group(group, signal) {
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A running process that need not be a child of this one.
#[derive(Debug)]
pub struct Adopted {
    process: Process,
    handle: OwnedFd,
}

/// Takes hold of a process, to wait for it or to end it. `None` when it is gone.
///
/// # Errors
/// The kernel refuses the handle for a reason other than that the process is gone.
pub fn adopt(process: Process) -> io::Result<Option<Adopted>> {
    let Some(pid) = i32::try_from(process.pid).ok().and_then(Pid::from_raw) else {
        return Ok(None);
    };
    let handle = match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(handle) => handle,
        // INVAL: the number belongs to a thread by now.
        Err(Errno::SRCH | Errno::INVAL) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(is_alive(process).then_some(Adopted { process, handle }))
}

impl Adopted {
    /// Which process it is.
    pub fn process(&self) -> Process {
        self.process
    }

    /// Waits until it has ended, at most this long. How it ended only its parent
    /// learns. Tells whether it has.
    ///
    /// # Errors
    /// The kernel refuses to wait.
    pub fn wait(&self, at_most: Option<Duration>) -> io::Result<bool> {
        let until = at_most.and_then(|wait| Instant::now().checked_add(wait));
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let timeout = left.and_then(|left| Timespec::try_from(left).ok());
            match poll(&mut [PollFd::new(&self.handle, PollFlags::IN)], timeout.as_ref()) {
                Ok(ready) => return Ok(ready > 0),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Ends it and its process group: TERM, after `grace` KILL; or KILL at once.
    /// Returns when it has ended.
    ///
    /// # Errors
    /// The process may not be signalled, or the kernel refuses to wait.
    pub fn end(&self, mode: CancelMode, grace: Duration) -> io::Result<()> {
        if mode == CancelMode::Gentle {
            terminate_group(self.process.pid)?;
            if self.wait(Some(grace))? {
                return Ok(());
            }
        }
        signal_group(self.process.pid, Signal::KILL)?;
        self.wait(None).map(drop)
    }
}

/// Asks a process group to end. A stopped process would sleep through it, so it is
/// woken.
pub(crate) fn terminate_group(group: u32) -> io::Result<()> {
    signal_group(group, Signal::TERM)?;
    signal_group(group, Signal::CONT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_parentheses_and_blanks_do_not_shift_the_fields() {
        let line = b"12 (a) (b ) R 1 34 56 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 9876 10 11";
        let expect = Stat { state: b'R', group: 34, session: 56, start_ticks: 9876 };
        assert_eq!(parse_stat(line), Some(expect));
        assert_eq!(parse_stat(b"12 (sh) R 1 34"), None);
    }

    #[test]
    fn the_clock_knows_when_a_process_was_made() {
        let mut clock = StartClock::default();
        for _ in 0..200 {
            let before = StartClock::tick();
            let mut child = std::process::Command::new("true").spawn().unwrap();
            let known = clock.identify(child.id(), before);
            assert_eq!(Some(known), identify(child.id()));
            child.wait().unwrap();
        }
        assert_eq!(clock.agrees, Some(true));
    }

    #[test]
    fn this_process_is_alive_and_an_older_one_with_its_pid_is_not() {
        let me = identify(std::process::id()).unwrap();
        assert!(is_alive(me));
        let older = Process { start_ticks: me.start_ticks - 1, ..me };
        assert!(!is_alive(older));
        assert!(adopt(older).unwrap().is_none());
        assert_eq!(adopt(me).unwrap().unwrap().process(), me);
    }
}
