//! What doing each task means: the values of its attribute bullets, parsed.
//!
//! `cwd`, `env`, `timeout` and `safe to repeat` of a parent count for its children
//! unless they say otherwise. A value that cannot be read is a problem of the
//! plan, found before anything runs, not a failure in the middle of a run.

use checkoff_core::estimate;
use checkoff_core::graph::TaskIx;

use super::{Plan, Problem, ProblemKind, Severity};
use crate::attribute::Key;
use crate::document::{Attribute, Task, Text};

/// What doing a task means. Same index as the task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Work {
    /// The shell command or script of `run`.
    pub run: Option<String>,
    /// A person does it: nothing to run, and no container.
    pub person: bool,
    /// `cwd`, as written, relative to the project.
    pub cwd: Option<String>,
    /// `env`, in order, each name once, the nearest value.
    pub env: Vec<(String, String)>,
    /// `timeout`.
    pub timeout_ms: Option<u64>,
    /// Commands that must pass before the box is checked.
    pub done_when: Vec<String>,
    /// As stated; `None` when it is not, or cannot be read.
    pub estimate_ms: Option<u64>,
    /// `safe to repeat: yes`.
    pub safe_to_repeat: bool,
}

/// The work of every task of the plan, in order, and what could not be read.
pub fn work(plan: &Plan) -> (Vec<Work>, Vec<Problem>) {
    let mut reader =
        Reader { plan, works: Vec::with_capacity(plan.tasks.len()), problems: Vec::new() };
    for (index, task) in plan.indexed() {
        let work = reader.work(index, task);
        reader.works.push(work);
    }
    reader.inherit();
    (reader.works, reader.problems)
}

struct Reader<'a> {
    plan: &'a Plan,
    works: Vec<Work>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn work(&mut self, index: TaskIx, task: &Task) -> Work {
        let run = task.attribute(Key::Run).map(|run| run.value.trim().to_owned());
        if let Some(attribute) = task.attribute(Key::Run)
            && attribute.value.trim().is_empty()
        {
            self.unreadable(index, attribute, "run", "there is no command");
        }
        let run = run.filter(|run| !run.is_empty());
        Work {
            person: run.is_none() && !self.plan.tasks[index.index()].container,
            cwd: task.attribute(Key::Cwd).map(|cwd| cwd.value.trim().to_owned()),
            env: self.env(index, task),
            timeout_ms: self.duration(index, task, Key::Timeout, "timeout"),
            done_when: done_when(task),
            estimate_ms: self.estimate(index, task),
            safe_to_repeat: self.yes(index, task).unwrap_or(false),
            run,
        }
    }

    fn unreadable(&mut self, task: TaskIx, at: &Attribute, key: &'static str, reason: &str) {
        self.problems.push(Problem {
            severity: Severity::Error,
            kind: ProblemKind::Unreadable { key, reason: reason.to_owned() },
            document: self.plan.tasks[task.index()].document,
            line: at.line,
            span: Some(at.value_span),
            task: Some(task),
        });
    }

    fn duration(
        &mut self,
        index: TaskIx,
        task: &Task,
        key: Key,
        name: &'static str,
    ) -> Option<u64> {
        let attribute = task.attribute(key)?;
        match estimate::parse_duration(&attribute.value) {
            Some(0) => {
                self.unreadable(index, attribute, name, "nothing ends in no time");
                None
            }
            Some(ms) => Some(ms),
            None => {
                let reason = format!(
                    "`{}` is no duration (say `90s`, `10m` or `1h30m`)",
                    attribute.value.trim()
                );
                self.unreadable(index, attribute, name, &reason);
                None
            }
        }
    }

    /// An estimate that cannot be read is no reason to stop: it is a guess anyway.
    fn estimate(&mut self, index: TaskIx, task: &Task) -> Option<u64> {
        let text = task.estimate.as_deref()?;
        let read = estimate::parse(text);
        if read.is_none()
            && let Some(attribute) = task.attribute(Key::Estimate)
        {
            let reason = format!("`{text}` is no estimate (say `30m`, `2h`, `3 days` or `M`)");
            self.unreadable(index, attribute, "estimate", &reason);
            if let Some(problem) = self.problems.last_mut() {
                problem.severity = Severity::Warning;
            }
        }
        read
    }

    fn yes(&mut self, index: TaskIx, task: &Task) -> Option<bool> {
        let attribute = task.attribute(Key::SafeToRepeat)?;
        match attribute.value.trim().to_lowercase().as_str() {
            "yes" | "true" | "" => Some(true),
            "no" | "false" => Some(false),
            other => {
                let reason = format!("`{other}` is neither `yes` nor `no`");
                self.unreadable(index, attribute, "safe to repeat", &reason);
                None
            }
        }
    }

    fn env(&mut self, index: TaskIx, task: &Task) -> Vec<(String, String)> {
        let mut variables = Vec::new();
        for attribute in task.attributes.iter().filter(|it| it.key == Key::Env) {
            match env(attribute) {
                Ok(read) => {
                    read.into_iter().for_each(|(name, value)| set(&mut variables, name, value))
                }
                Err(reason) => self.unreadable(index, attribute, "env", &reason),
            }
        }
        variables
    }

    /// Hands down what parents say, from the outermost in.
    fn inherit(&mut self) {
        let plan = self.plan;
        let mut first = 0;
        for document in &plan.documents {
            let tasks = &document.tasks;
            let mut to_do: Vec<usize> =
                (0..tasks.len()).filter(|at| tasks[*at].parent.is_none()).collect();
            while let Some(at) = to_do.pop() {
                for &child in tasks[at].children.iter().filter(|child| **child < tasks.len()) {
                    let above = self.works[first + at].clone();
                    let said = tasks[child].attribute(Key::SafeToRepeat).is_some();
                    self.works[first + child].hand_down(above, said);
                    to_do.push(child);
                }
            }
            first += tasks.len();
        }
    }
}

impl Work {
    /// Takes from the parent what the task does not say itself.
    fn hand_down(&mut self, above: Work, repeat_said: bool) {
        self.cwd = self.cwd.take().or(above.cwd);
        self.timeout_ms = self.timeout_ms.or(above.timeout_ms);
        if !repeat_said {
            self.safe_to_repeat = above.safe_to_repeat;
        }
        let own = std::mem::replace(&mut self.env, above.env);
        for (name, value) in own {
            set(&mut self.env, name, value);
        }
    }
}

/// Sets a variable in its place, or at the end.
fn set(env: &mut Vec<(String, String)>, name: String, value: String) {
    match env.iter_mut().find(|(known, _)| *known == name) {
        Some((_, old)) => *old = value,
        None => env.push((name, value)),
    }
}

/// The commands that check the work: those of `verify` fields and the code spans of
/// `done when`, in order, each once.
fn done_when(task: &Task) -> Vec<String> {
    let attributes = task.attributes.iter().filter(|it| it.key == Key::DoneWhen);
    let mut commands: Vec<String> = Vec::new();
    let spans = attributes.flat_map(|attribute| match attribute.fence.as_deref() {
        Some("" | "sh" | "bash" | "shell") => vec![attribute.value.trim().to_owned()],
        Some(_) => Vec::new(),
        None => attribute.code_spans.iter().map(|span| span.text.trim().to_owned()).collect(),
    });
    let stated = task.verify.iter().map(|Text { text, .. }| text.trim().to_owned());
    for command in spans.chain(stated).filter(|command| !command.is_empty()) {
        if !commands.contains(&command) {
            commands.push(command);
        }
    }
    commands
}

/// `A=1, B="two words"`, or one a line in a fence: `A=1` (sh), `A: 1` (yaml).
fn env(attribute: &Attribute) -> Result<Vec<(String, String)>, String> {
    let text = attribute.value.as_str();
    let pieces: Vec<&str> = match attribute.fence.is_some() || text.contains('\n') {
        true => text.lines().collect(),
        false => split_outside_quotes(text),
    };
    let mut variables = Vec::new();
    for piece in pieces {
        let piece = piece.trim().trim_matches('`').trim();
        let piece = piece.strip_prefix("export ").unwrap_or(piece).trim();
        if piece.is_empty() || piece.starts_with('#') {
            continue;
        }
        let cut = match piece.find(['=', ':']) {
            Some(cut) => cut,
            None => return Err(format!("`{piece}` is not `NAME=value`")),
        };
        let (name, value) = (piece[..cut].trim(), piece[cut + 1..].trim());
        if !is_variable_name(name) {
            return Err(format!("`{name}` is no name of a variable"));
        }
        variables.push((name.to_owned(), unquoted(value).to_owned()));
    }
    Ok(variables)
}

/// Pieces between commas that stand outside quotes.
fn split_outside_quotes(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut quote: Option<char> = None;
    let mut start = 0;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == ',' => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            None => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

fn is_variable_name(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Span;

    fn attribute(value: &str, fence: Option<&str>) -> Attribute {
        Attribute {
            key: Key::Env,
            line: 1,
            key_span: Span::new(0, 0),
            value: value.to_owned(),
            value_span: Span::new(0, 0),
            code_spans: Vec::new(),
            fence: fence.map(str::to_owned),
        }
    }

    #[track_caller]
    fn check_env(value: &str, fence: Option<&str>, expect: Result<&str, &str>) {
        let found = env(&attribute(value, fence)).map(|variables| {
            let pairs: Vec<String> =
                variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
            pairs.join("|")
        });
        assert_eq!(found, expect.map(str::to_owned).map_err(str::to_owned), "{value}");
    }

    #[test]
    fn environments_are_lists_or_lines() {
        check_env("A=1", None, Ok("A=1"));
        check_env("A=1, B=two words, C=", None, Ok("A=1|B=two words|C="));
        check_env("`A=1`, `B=2`", None, Ok("A=1|B=2"));
        check_env(r#"A="x, y", B='z'"#, None, Ok("A=x, y|B=z"));
        check_env("A: 1\n# no\nB: \"2\"\n", Some("yaml"), Ok("A=1|B=2"));
        check_env("export A=1\nB=a=b\n", Some("sh"), Ok("A=1|B=a=b"));
        check_env("A", None, Err("`A` is not `NAME=value`"));
        check_env("1A=2", None, Err("`1A` is no name of a variable"));
    }
}
