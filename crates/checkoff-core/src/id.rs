//! Names of runs, tasks and attempts, and the time.
//!
//! All of them are made by the engine and handed in: nothing in this crate asks
//! for a clock or a random number, so a log replays to the same state anywhere.

use std::fmt;
use std::str::FromStr;

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(u64);

impl Timestamp {
    /// From microseconds since the Unix epoch.
    pub fn from_unix_us(us: u64) -> Timestamp {
        Timestamp(us)
    }

    /// Microseconds since the Unix epoch.
    pub fn as_unix_us(self) -> u64 {
        self.0
    }

    /// Milliseconds since the Unix epoch.
    pub fn as_unix_ms(self) -> u64 {
        self.0 / 1_000
    }

    /// Microseconds from `earlier` to here; 0 when the clock went backwards.
    pub fn since_us(self, earlier: Timestamp) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// One execution of a plan; counted from 1 within a store, shown as `r12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("r{}", self.0))
    }
}

/// The text names no run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRunId(pub String);

impl fmt::Display for InvalidRunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a run (runs are named r1, r2, …)", self.0)
    }
}

impl std::error::Error for InvalidRunId {}

impl FromStr for RunId {
    type Err = InvalidRunId;

    /// Reads `r12` and `12`.
    fn from_str(text: &str) -> Result<RunId, InvalidRunId> {
        let digits = text.strip_prefix(['r', 'R']).unwrap_or(text);
        let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.parse() {
            Ok(number) if all_digits && number > 0 => Ok(RunId(number)),
            _ => Err(InvalidRunId(text.to_owned())),
        }
    }
}

/// A task of a run: its index in [`RunSpec::tasks`](crate::spec::RunSpec::tasks).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskIndex(pub u32);

impl TaskIndex {
    /// To index a slice with.
    pub fn get(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for TaskIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// One try of a task within a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttemptId {
    /// Which task.
    pub task: TaskIndex,
    /// Counts from 1.
    pub number: u32,
}

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.task, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_ids_read_what_they_print() {
        assert_eq!(RunId(12).to_string().parse(), Ok(RunId(12)));
        assert_eq!("7".parse(), Ok(RunId(7)));
        for wrong in ["", "r", "r0", "+3", "r-1", "latest", "99999999999999999999"] {
            assert_eq!(wrong.parse::<RunId>(), Err(InvalidRunId(wrong.to_owned())));
        }
    }

    #[test]
    fn time_never_runs_backwards() {
        let early = Timestamp::from_unix_us(5);
        let late = Timestamp::from_unix_us(9);
        assert_eq!((late.since_us(early), early.since_us(late)), (4, 0));
    }
}
