//! How everything here is measured, in one place.
//!
//! CPU time is the figure to compare: the machine is shared, and wall time says
//! what the neighbours did. It comes from the kernel (`clock_gettime` on this
//! process, `wait4` on a child and everything that child waited for). A figure
//! is the median of an odd number of repetitions after one that is thrown away,
//! because the first pays for cold caches.

use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use wait4::Wait4;

/// What one piece of work cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// User and system time of every thread that took part.
    pub(crate) cpu: Duration,
    /// Time that went by.
    pub(crate) wall: Duration,
}

/// What one child process cost, with everything it waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChildCost {
    /// User and system time.
    pub(crate) cpu: Duration,
    /// Time from just before the start to just after the reaping.
    pub(crate) wall: Duration,
    /// The largest resident set any one of the processes had, in bytes.
    pub(crate) memory_bytes_max: u64,
    /// How it ended.
    pub(crate) status: ExitStatus,
}

/// CPU time this process has used so far, all threads together.
pub(crate) fn process_cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// Does `work` once and tells what it cost; the result goes through
/// [`std::hint::black_box`], so that the work cannot be left out.
pub(crate) fn cost<T>(work: impl FnOnce() -> T) -> Cost {
    let (cpu, wall) = (process_cpu(), Instant::now());
    std::hint::black_box(work());
    Cost { cpu: process_cpu().saturating_sub(cpu), wall: wall.elapsed() }
}

/// Median CPU and wall time of `repetitions` of `work`, after one not counted.
pub(crate) fn median_cost<T>(repetitions: usize, mut work: impl FnMut() -> T) -> Cost {
    std::hint::black_box(work());
    let costs: Vec<Cost> = (0..repetitions.max(1)).map(|_| cost(&mut work)).collect();
    Cost {
        cpu: median(costs.iter().map(|cost| cost.cpu)),
        wall: median(costs.iter().map(|cost| cost.wall)),
    }
}

/// Runs a command to its end and tells what it cost.
pub(crate) fn child(command: &mut Command) -> io::Result<ChildCost> {
    let start = Instant::now();
    let used = command.spawn()?.wait4()?;
    Ok(ChildCost {
        cpu: used.rusage.utime + used.rusage.stime,
        wall: start.elapsed(),
        memory_bytes_max: used.rusage.maxrss,
        status: used.status,
    })
}

/// Median of `repetitions` runs of the command that `make` builds, after one
/// not counted. The first run that does not succeed ends it with an error:
/// a failing command is fast, and its figure would be a lie.
pub(crate) fn median_child(
    repetitions: usize,
    mut make: impl FnMut() -> Command,
) -> anyhow::Result<ChildCost> {
    let mut costs = Vec::with_capacity(repetitions + 1);
    for _ in 0..=repetitions.max(1) {
        let mut command = make();
        let cost = child(&mut command)
            .map_err(|error| anyhow::anyhow!("cannot run {command:?}: {error}"))?;
        anyhow::ensure!(cost.status.success(), "{command:?} ended with {}", cost.status);
        costs.push(cost);
    }
    let costs = &costs[1..];
    Ok(ChildCost {
        cpu: median(costs.iter().map(|cost| cost.cpu)),
        wall: median(costs.iter().map(|cost| cost.wall)),
        memory_bytes_max: median(costs.iter().map(|cost| cost.memory_bytes_max)),
        status: costs[0].status,
    })
}

/// The middle value (of an even number, the upper middle). Panics on none.
pub(crate) fn median<T: Ord + Copy>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values[values.len() / 2]
}

/// Milliseconds, as a figure.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Mebibytes, as a figure.
pub(crate) fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// Where a program is on the `PATH`, if it is there.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let executable = |path: &PathBuf| {
        path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    };
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(executable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_the_middle_one_in_any_order() {
        assert_eq!(median([3, 1, 2].into_iter()), 2);
        assert_eq!(median([4, 1, 3, 2].into_iter()), 3);
        assert_eq!(median(std::iter::once(7)), 7);
    }

    #[test]
    fn work_costs_cpu_time() {
        let spent = cost(|| (0..3_000_000_u64).map(|n| n.rotate_left(7) ^ 5).sum::<u64>());
        assert!(spent.cpu > Duration::ZERO, "{spent:?}");
    }

    #[test]
    fn a_failing_command_gives_no_figure() {
        let failing = || {
            let mut command = Command::new("sh");
            command.args(["-c", "exit 3"]);
            command
        };
        let error = median_child(3, failing).unwrap_err().to_string();
        assert!(error.contains("exit status: 3"), "{error}");
    }

    #[test]
    fn a_child_has_cpu_time_and_memory() {
        let cost = child(
            Command::new("sh").args(["-c", "i=0; while [ $i -lt 999 ]; do i=$((i+1)); done"]),
        )
        .unwrap();
        assert!(cost.status.success());
        assert!(cost.memory_bytes_max > 100_000, "{cost:?}");
        assert!(cost.wall >= cost.cpu / 2, "{cost:?}");
    }

    #[test]
    fn programs_are_found_on_the_path_or_not_at_all() {
        assert!(program("sh").is_some());
        assert!(program("no-program-has-this-name").is_none());
    }
}
