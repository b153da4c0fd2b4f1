//! The keys of the task language: one table, from which recognising, near-miss
//! suggestions and the reference page come.

/// What an attribute bullet is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// `id`
    Id,
    /// `needs`
    Needs,
    /// `files`, `touches`, `writes`
    Files,
    /// `reads`
    Reads,
    /// `run`
    Run,
    /// `uses`
    Uses,
    /// `with`
    With,
    /// `agent`
    Agent,
    /// `prompt`
    Prompt,
    /// `profile`
    Profile,
    /// `model`
    Model,
    /// `env`
    Env,
    /// `cwd`
    Cwd,
    /// `vars`
    Vars,
    /// `if`
    If,
    /// `unless`
    Unless,
    /// `for each`
    ForEach,
    /// `max parallel`
    MaxParallel,
    /// `repeat`
    Repeat,
    /// `while`
    While,
    /// `until`
    Until,
    /// `max`
    Max,
    /// `retry`
    Retry,
    /// `timeout`
    Timeout,
    /// `heartbeat`
    Heartbeat,
    /// `on error`
    OnError,
    /// `approve`
    Approve,
    /// `limits`
    Limits,
    /// `budget`
    Budget,
    /// `cache`
    Cache,
    /// `lane`, `priority`
    Lane,
    /// `class`
    Class,
    /// `exclusive`
    Exclusive,
    /// `permissions`
    Permissions,
    /// `outputs`
    Outputs,
    /// `done when`
    DoneWhen,
    /// `undo`
    Undo,
    /// `estimate`
    Estimate,
    /// `labels`
    Labels,
    /// `due`
    Due,
    /// `schedule`
    Schedule,
    /// `safe to repeat`
    SafeToRepeat,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Which key.
    pub key: Key,
    /// Its name in the language.
    pub name: &'static str,
    /// Other names for it, lower case, words separated by one blank.
    pub aliases: &'static [&'static str],
    /// What it means, one sentence.
    pub meaning: &'static str,
}

macro_rules! rows {
    ($($key:ident $name:literal [$($alias:literal),*] $meaning:literal;)*) => {
        /// Every key, in the order of the reference.
        pub const KEYS: &[Row] = &[$(Row {
            key: Key::$key, name: $name, aliases: &[$($alias),*], meaning: $meaning,
        }),*];
    };
}

rows! {
    Id "id" [] "The task's id, where the dialect has no place for one.";
    Needs "needs" ["depends on", "dependencies", "dependency", "dep", "depends", "blocked by", "requires", "after", "prerequisites"] "Ids, ranges or phases that must be closed first; `T004?` may have failed or been skipped.";
    Files "files" ["touches", "writes", "file"] "Paths or globs the task changes.";
    Reads "reads" [] "Paths or globs the task only reads.";
    Run "run" [] "A shell command or script.";
    Uses "uses" [] "`worker/action` to do the task with.";
    With "with" [] "Input of the action.";
    Agent "agent" ["assignee", "owner", "assigned to"] "A role bound to a worker, or `@name` for a person.";
    Prompt "prompt" [] "What an agent or model is told.";
    Profile "profile" [] "The named settings to run with.";
    Model "model" [] "The model to use.";
    Env "env" ["environment"] "Environment variables, `NAME=value`.";
    Cwd "cwd" ["working directory", "dir"] "Directory to run in, relative to the project.";
    Vars "vars" ["variables"] "Named values for expressions.";
    If "if" ["when"] "Runs only when the expression is true.";
    Unless "unless" [] "Runs only when the expression is false.";
    ForEach "for each" ["foreach", "matrix"] "One child attempt per item.";
    MaxParallel "max parallel" [] "How many items at once.";
    Repeat "repeat" [] "How often to do it again.";
    While "while" [] "Repeats as long as the expression is true.";
    Until "until" [] "Repeats until the expression is true.";
    Max "max" [] "Bound of a loop.";
    Retry "retry" ["retries"] "Attempts and backoff.";
    Timeout "timeout" ["time limit"] "How long one attempt may take; then TERM, then KILL.";
    Heartbeat "heartbeat" [] "How long an attempt may stay silent.";
    OnError "on error" ["on failure"] "What a failure leads to: abort, block, continue, recover, escalate.";
    Approve "approve" ["approval"] "Who must agree, before or after.";
    Limits "limits" [] "CPU, memory, processes, disk, network.";
    Budget "budget" [] "Money, tokens, time.";
    Cache "cache" [] "When a former result may be taken.";
    Lane "lane" ["priority"] "critical, high, normal or low.";
    Class "class" [] "Concurrency class.";
    Exclusive "exclusive" ["mutex"] "Only one task of this name at a time.";
    Permissions "permissions" [] "Narrows what the worker may do.";
    Outputs "outputs" [] "Names read from the attempt.";
    DoneWhen "done when" ["acceptance", "acceptance criteria", "verify", "verification"] "Commands or criteria that must hold before the box is checked.";
    Undo "undo" [] "The command that takes the task back.";
    Estimate "estimate" ["size", "effort", "est time", "est", "estimated time", "estimated effort", "duration"] "How long it is expected to take.";
    Labels "labels" ["tags"] "Words to select by.";
    Due "due" ["due date", "deadline"] "When it should be done.";
    Schedule "schedule" ["cron"] "When it is started.";
    SafeToRepeat "safe to repeat" ["idempotent", "repeatable"] "`yes`: may be run again when an interrupted attempt's outcome is unknown.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_aliases_are_unique() {
        let mut seen = std::collections::BTreeSet::new();
        for row in KEYS {
            for name in std::iter::once(&row.name).chain(row.aliases) {
                assert!(seen.insert(*name), "`{name}` stands in the table twice");
            }
        }
    }
}
