//! The two things the engine asks the machine about time.

use std::time::{SystemTime, UNIX_EPOCH};

use checkoff_core::Timestamp;

/// Now; the epoch itself when the clock stands before it.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_us(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}

/// Names the boot of this machine; empty where the kernel does not say, which compares
/// unequal to every boot (see [`same_boot`]).
pub(crate) fn boot_id() -> String {
    let read = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    read.map(|id| id.trim().to_owned()).unwrap_or_default()
}

/// Whether a log that names this boot was written since the machine last started.
pub(crate) fn same_boot(boot: &str) -> bool {
    !boot.is_empty() && boot == boot_id()
}
