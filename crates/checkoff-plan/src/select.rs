//! Selecting a task by what a person or a program types.
//!
//! A selector is one of
//!
//! | form | selects |
//! |---|---|
//! | `T014` | the task with this id; the base number of a suffixed id (`T031` for `T031-MIN`); in Backlog.md files numbers are compared and the prefix is not |
//! | `Phase 3/T014` | the same where ids restart per section: heading words, parents, then the task |
//! | `line:48` | what stands on that line: a task, else a step or criterion |
//! | `Phase 1/Set up/Install` | a title below headings and parents; any unambiguous end of the path is enough |
//! | `…/step:2` | the second box that belongs to the task: of its steps and criteria, else of the tasks right below it |
//!
//! Resolving tries strict readings first and stops at the first one that finds
//! anything; when that reading finds two, the answer is [`SelectError::Ambiguous`]
//! and names both lines. It never falls through to a looser reading to break a
//! tie, and it never takes the first of several: a wrong box is worse than none.
//!
//! Titles may hold slashes, so a path is not split: readings are matched from
//! the end of the text, part by part.

use std::fmt;

use crate::dialect::Dialect;
use crate::document::{Document, Task};

mod follow;
mod path;

pub use follow::{FollowError, Follower, follow};

/// What stands in a document and can be given a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// Index into [`Document::tasks`].
    Task(usize),
    /// Index into [`Document::checks`].
    Check(usize),
}

impl Target {
    /// The line it stands on, 1-based.
    pub fn line(self, document: &Document) -> usize {
        match self {
            Target::Task(index) => document.tasks[index].line,
            Target::Check(index) => document.checks[index].line,
        }
    }

    /// What to call it in a message.
    pub fn name(self, document: &Document) -> &str {
        match self {
            Target::Task(index) => document.tasks[index].name(),
            Target::Check(index) => &document.checks[index].text.text,
        }
    }
}

/// A parsed selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    base: Base,
    step: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Base {
    Line(usize),
    Name(String),
}

/// A text that is no selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseSelectorError {
    /// Nothing but blanks.
    Empty,
    /// `line:` or `step:` without a number from 1 up.
    BadNumber {
        /// What was written instead.
        written: String,
    },
}

impl fmt::Display for ParseSelectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParseSelectorError::Empty => f.write_str("empty selector"),
            ParseSelectorError::BadNumber { written } => {
                write!(f, "`{written}` is not a number from 1 up")
            }
        }
    }
}

impl std::error::Error for ParseSelectorError {}

impl std::str::FromStr for Selector {
    type Err = ParseSelectorError;

    fn from_str(text: &str) -> Result<Selector, ParseSelectorError> {
        let text = text.trim();
        let (base, step) = match text.rsplit_once("/step:") {
            Some((base, number)) => (base.trim(), Some(positive(number)?)),
            None => (text, None),
        };
        let base = match base.strip_prefix("line:") {
            Some(number) => Base::Line(positive(number)?),
            None if base.is_empty() => return Err(ParseSelectorError::Empty),
            None => Base::Name(base.to_owned()),
        };
        Ok(Selector { base, step })
    }
}

fn positive(text: &str) -> Result<usize, ParseSelectorError> {
    match text.trim().parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(ParseSelectorError::BadNumber { written: text.to_owned() }),
    }
}

impl Selector {
    /// The task with this id, key or title path.
    pub fn name(name: impl Into<String>) -> Selector {
        Selector { base: Base::Name(name.into()), step: None }
    }

    /// What stands on this line, 1-based.
    pub fn line(line: usize) -> Selector {
        Selector { base: Base::Line(line), step: None }
    }

    /// The `number`-th box (1-based) of what is selected so far.
    pub fn step(self, number: usize) -> Selector {
        Selector { step: Some(number), ..self }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.base {
            Base::Line(line) => write!(f, "line:{line}")?,
            Base::Name(name) => f.write_str(name)?,
        }
        match self.step {
            Some(step) => write!(f, "/step:{step}"),
            None => Ok(()),
        }
    }
}

/// A target in one of several documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Index of the document.
    pub document: usize,
    /// What in it.
    pub target: Target,
}

/// One of several things a selector may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The path of its document, as the document names it.
    pub path: String,
    /// Its line.
    pub line: usize,
    /// Its title.
    pub title: String,
}

/// Why a selector selects nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectError {
    /// Nothing of that name.
    NotFound {
        /// The selector.
        selector: String,
        /// Names that look alike, nearest first.
        did_you_mean: Vec<String>,
    },
    /// More than one.
    Ambiguous {
        /// The selector.
        selector: String,
        /// All that fit.
        candidates: Vec<Candidate>,
    },
    /// The task has fewer boxes of its own than the number asked for.
    NoSuchStep {
        /// What the task is called.
        task: String,
        /// Its line.
        line: usize,
        /// The number asked for.
        step: usize,
        /// How many there are.
        steps: usize,
    },
}

impl SelectError {
    /// What a person can do about it, as one sentence.
    pub fn hint(&self) -> Option<String> {
        match self {
            SelectError::NotFound { did_you_mean, .. } if did_you_mean.is_empty() => None,
            SelectError::NotFound { did_you_mean, .. } => {
                let names: Vec<String> =
                    did_you_mean.iter().map(|name| format!("`{name}`")).collect();
                Some(format!("did you mean {}?", names.join(", ")))
            }
            SelectError::Ambiguous { candidates, .. } => {
                let line = candidates.first().map_or(1, |candidate| candidate.line);
                Some(format!("select one by its line, for instance `line:{line}`"))
            }
            SelectError::NoSuchStep { .. } => None,
        }
    }
}

impl fmt::Display for SelectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SelectError::NotFound { selector, .. } => write!(f, "no task `{selector}`"),
            SelectError::Ambiguous { selector, candidates } => {
                write!(f, "`{selector}` is ambiguous: it stands at ")?;
                write_places(f, candidates)
            }
            SelectError::NoSuchStep { task, line, step, steps } => write!(
                f,
                "`{task}` at line {line} has {steps} step{}, not {step}",
                if *steps == 1 { "" } else { "s" }
            ),
        }
    }
}

impl std::error::Error for SelectError {}

/// `lines 107 and 108`, or `a.md:3 and b.md:7` when there are several files.
fn write_places(f: &mut fmt::Formatter<'_>, candidates: &[Candidate]) -> fmt::Result {
    const SHOWN: usize = 6;
    let one_file = candidates.windows(2).all(|pair| pair[0].path == pair[1].path);
    if one_file {
        f.write_str("lines ")?;
    }
    let shown = candidates.len().min(SHOWN);
    for (position, candidate) in candidates[..shown].iter().enumerate() {
        let last = position + 1 == candidates.len();
        f.write_str(match position {
            0 => "",
            _ if last => " and ",
            _ => ", ",
        })?;
        if !one_file {
            write!(f, "{}:", candidate.path)?;
        }
        write!(f, "{}", candidate.line)?;
    }
    match candidates.len() - shown {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

/// Finds what a selector means in one document.
pub fn resolve(document: &Document, selector: &Selector) -> Result<Target, SelectError> {
    resolve_among(&[document], selector).map(|found| found.target)
}

/// Finds what a selector means among several documents; it must mean one thing in all of them.
pub fn resolve_among(documents: &[&Document], selector: &Selector) -> Result<Found, SelectError> {
    let found = match &selector.base {
        Base::Line(line) => on_line(documents, *line),
        Base::Name(name) => READINGS
            .iter()
            .map(|reading| tasks(documents, |document, task| reading(document, task, name)))
            .find(|found| !found.is_empty())
            .unwrap_or_default(),
    };
    match (found.as_slice(), selector.step) {
        ([], _) => Err(SelectError::NotFound {
            selector: selector.to_string(),
            did_you_mean: match &selector.base {
                Base::Line(_) => Vec::new(),
                Base::Name(name) => alike(documents, name),
            },
        }),
        (&[found], None) => Ok(found),
        (&[found], Some(step)) => step_of(documents, found, step),
        (several, _) => Err(SelectError::Ambiguous {
            selector: selector.to_string(),
            candidates: several.iter().map(|&found| candidate(documents, found)).collect(),
        }),
    }
}

/// The ways a name may be read, strictest first.
const READINGS: &[fn(&Document, &Task, &str) -> bool] = &[
    |_, task, name| task.id.as_deref() == Some(name),
    |_, task, name| task.key == name,
    |_, task, name| task.alias.as_deref() == Some(name),
    |document, task, name| same_number(document, task, name),
    |_, task, name| same_but_for_case_and_decoration(task, name),
    |document, task, name| path::ends_with(document, task, name, path::Case::Same),
    |document, task, name| path::ends_with(document, task, name, path::Case::Any),
];

fn tasks(documents: &[&Document], fits: impl Fn(&Document, &Task) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        for (task_index, task) in document.tasks.iter().enumerate() {
            if fits(document, task) {
                found.push(Found { document: index, target: Target::Task(task_index) });
            }
        }
    }
    found
}

/// A task on the line itself, else a box on it, else the task whose other line it is.
fn on_line(documents: &[&Document], line: usize) -> Vec<Found> {
    let direct = tasks(documents, |_, task| task.line == line);
    if !direct.is_empty() {
        return direct;
    }
    let mut checks = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        for (check_index, check) in document.checks.iter().enumerate() {
            if check.line == line {
                checks.push(Found { document: index, target: Target::Check(check_index) });
            }
        }
    }
    if checks.is_empty() {
        return tasks(documents, |_, task| task.detail_line == Some(line));
    }
    checks
}

fn step_of(documents: &[&Document], found: Found, step: usize) -> Result<Found, SelectError> {
    let document = documents[found.document];
    let Target::Task(task) = found.target else {
        return Err(SelectError::NoSuchStep {
            task: found.target.name(document).to_owned(),
            line: found.target.line(document),
            step,
            steps: 0,
        });
    };
    let checks = (0..document.checks.len()).filter(|&i| document.checks[i].owner == Some(task));
    let mut own: Vec<Target> = checks.map(Target::Check).collect();
    if own.is_empty() {
        // Boxes below a task are tasks of their own in most lists.
        let below = (0..document.tasks.len()).filter(|&i| document.tasks[i].parent == Some(task));
        own = below.map(Target::Task).collect();
    }
    match own.get(step - 1) {
        Some(&target) => Ok(Found { target, ..found }),
        None => Err(SelectError::NoSuchStep {
            task: document.tasks[task].name().to_owned(),
            line: document.tasks[task].line,
            step,
            steps: own.len(),
        }),
    }
}

fn candidate(documents: &[&Document], found: Found) -> Candidate {
    let document = documents[found.document];
    let title = match found.target {
        Target::Task(index) => document.tasks[index].title.clone(),
        Target::Check(index) => document.checks[index].text.text.clone(),
    };
    Candidate { path: document.path.clone(), line: found.target.line(document), title }
}

/// `100.4`, `task-100.4` and `BACK-100.4` are one id in Backlog.md, whose prefix is a setting.
fn same_number(document: &Document, task: &Task, name: &str) -> bool {
    document.detection.dialect == Dialect::Backlogmd
        && match (task.id.as_deref().and_then(number), number(name)) {
            (Some(own), Some(asked)) => own == asked,
            _ => false,
        }
}

/// The number of `PREFIX-12.3` or `12.3`.
fn number(id: &str) -> Option<&str> {
    let digits = match id.rsplit_once('-') {
        Some((prefix, digits)) if prefix.bytes().all(|byte| byte.is_ascii_alphabetic()) => digits,
        Some(_) => return None,
        None => id,
    };
    let numeric = digits
        .split('.')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    numeric.then_some(digits)
}

fn same_but_for_case_and_decoration(task: &Task, name: &str) -> bool {
    /// `Task 5:`, `#5` and `5.` are `5`.
    fn bare(id: &str) -> &str {
        let label = id.get(..5).is_some_and(|label| label.eq_ignore_ascii_case("task "));
        let id = if label { id[5..].trim_start() } else { id };
        id.trim_start_matches('#').trim_end_matches(['.', ':'])
    }
    task.id.as_deref().is_some_and(|id| bare(id).eq_ignore_ascii_case(bare(name)))
}

/// Names near the one asked for: ids first, then titles that hold it or resemble it.
fn alike(documents: &[&Document], name: &str) -> Vec<String> {
    const SUGGESTIONS: usize = 3;
    const NEAR: f64 = 0.75;
    let wanted = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = Vec::new();
    for task in documents.iter().flat_map(|document| &document.tasks) {
        for candidate in task.id.as_deref().into_iter().chain([task.title.as_str()]) {
            let lower = candidate.to_lowercase();
            let score = if wanted.len() >= 3 && lower.contains(&wanted) {
                1.0
            } else {
                strsim::jaro_winkler(&wanted, &lower)
            };
            if score >= NEAR {
                scored.push((score, candidate));
            }
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut names: Vec<String> = Vec::new();
    for (_, candidate) in scored {
        if names.len() < SUGGESTIONS && !names.iter().any(|known| known == candidate) {
            names.push(candidate.to_owned());
        }
    }
    names
}
