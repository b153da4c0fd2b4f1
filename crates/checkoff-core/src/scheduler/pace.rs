//! How long attempts take, and so how many to reserve ahead.
//!
//! Measured on the machine the figures in `docs/design/engine.md` come from: a commit
//! costs 0.2 to 0.3 ms, a shell that does nothing 0.5 to 1 ms. On a busy machine the
//! engine may have to wait tens of milliseconds for its turn, and the slots must not run
//! dry meanwhile: hence so many. From about 50 ms an attempt a commit is below one
//! percent without any of this.

use crate::id::Timestamp;

/// A moving mean of the durations of attempts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    seen: u32,
    mean_us: u64,
}

impl Pace {
    /// So many attempts are looked at before anything is concluded.
    const SEEN_MIN: u32 = 4;
    /// Attempts shorter than this are reserved ahead.
    const SHORT_US: u64 = 50_000;
    /// Attempts shorter than this are reserved far ahead.
    const TINY_US: u64 = 5_000;
    /// An attempt counts one part in this many.
    const WEIGHT: u64 = 8;
    /// Never further ahead than this.
    const AHEAD_MAX: u32 = 256;

    pub(super) fn see(&mut self, started_at: Timestamp, ended_at: Timestamp) {
        let took_us = ended_at.since_us(started_at);
        self.mean_us = if self.seen == 0 {
            took_us
        } else {
            (self.mean_us * (Pace::WEIGHT - 1) + took_us) / Pace::WEIGHT
        };
        self.seen = self.seen.saturating_add(1);
    }

    /// How long an attempt takes, by those seen so far.
    pub(super) fn mean_us(self) -> u64 {
        self.mean_us
    }

    /// How many attempts to reserve beyond the slots there are.
    pub(super) fn ahead(self, jobs: u32) -> u32 {
        let per_job = match self.mean_us {
            _ if self.seen < Pace::SEEN_MIN => 0,
            mean_us if mean_us < Pace::TINY_US => 64,
            mean_us if mean_us < Pace::SHORT_US => 2,
            _ => 0,
        };
        jobs.saturating_mul(per_job).min(Pace::AHEAD_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(durations_us: &[u64]) -> Pace {
        let mut pace = Pace::default();
        for took_us in durations_us {
            pace.see(Timestamp::from_unix_us(1_000), Timestamp::from_unix_us(1_000 + took_us));
        }
        pace
    }

    #[test]
    fn only_short_attempts_are_reserved_ahead() {
        assert_eq!(after(&[]).ahead(2), 0);
        assert_eq!(after(&[100; 3]).ahead(2), 0, "three are too few to tell");
        assert_eq!(after(&[100; 4]).ahead(2), 128);
        assert_eq!(after(&[100; 4]).ahead(1_000), 256);
        assert_eq!(after(&[20_000; 4]).ahead(2), 4);
        assert_eq!(after(&[60_000; 4]).ahead(2), 0);
    }

    #[test]
    fn one_long_attempt_ends_reserving_ahead() {
        assert_eq!(after(&[100, 100, 100, 100, 1_000_000]).ahead(2), 0);
    }
}
