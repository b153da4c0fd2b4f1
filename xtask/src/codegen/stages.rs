//! Which event may happen to a task in which stage, from the scheduler's table.

pub(super) fn page() -> anyhow::Result<String> {
    Ok(format!(
        "# Stages\n\n\
         Where a task may stand in a run, and which event may happen to it there. The\n\
         scheduler takes no other; [why it is so](../design/engine.md).\n\n{}",
        checkoff_core::scheduler::table()
    ))
}
