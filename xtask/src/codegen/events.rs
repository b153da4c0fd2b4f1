//! What a run prints for programs, as the binary itself tells it.

use anyhow::Context;

pub(super) fn page() -> anyhow::Result<String> {
    let text = super::checkoff(&["help", "events"])?;
    let (title, body) = text.split_once('\n').context("`checkoff help events` is empty")?;
    Ok(format!("# {title}\n\n```text\n{}\n```\n", body.trim()))
}
