//! The `checkoff` binary that is measured: built like the benchmark itself.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};

/// Builds `checkoff` in the profile this benchmark was built in and says where
/// it is: beside this program. Both come from the same sources that way, and a
/// stale binary is never measured.
pub(crate) fn checkoff() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot tell where this benchmark is")?;
    let folder = own.parent().context("this benchmark has no folder")?;
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .args(["build", "--quiet", "--package", "checkoff", "--profile", profile])
        .status()
        .context("cannot start cargo to build `checkoff`")?;
    ensure!(status.success(), "building `checkoff` failed");
    Ok(folder.join("checkoff"))
}
