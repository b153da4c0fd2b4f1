//! The dialects: profiles that set defaults, never what is recognised.
//!
//! Every construct is recognised in every file. A profile says how marks are
//! meant, what boxes without an id are, and how titles are cleaned; a file in
//! `dialect/` says how to tell it and what its defaults are. A new dialect is a
//! new file there and one line in the table below.

use std::fmt;
use std::str::FromStr;

/// A way to write a task list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// beads JSONL.
    Beads,
    /// task-master JSON.
    Taskmaster,
    /// todo.txt.
    TodoTxt,
    /// Emacs Org.
    Org,
    /// Backlog.md, one file a task.
    Backlogmd,
    /// One file a task with front matter (taskmd, CCPM).
    Frontmatter,
    /// spec-kit `tasks.md`.
    Speckit,
    /// The template of spec-kit, placeholders still in it.
    SpeckitTemplate,
    /// `ID: … | Files: … | Dep: …` boxes.
    Pipe,
    /// Obsidian Tasks.
    Obsidian,
    /// Conductor tracks and plans.
    Conductor,
    /// Superpowers plans.
    Superpowers,
    /// BMAD stories.
    Bmad,
    /// GSD roadmaps.
    Gsd,
    /// Kiro specs, cc-sdd, spec-workflow.
    Kiro,
    /// OpenSpec changes.
    Openspec,
    /// Agent OS, ai-dev-tasks.
    Agentos,
    /// A board: headings are columns.
    Kanban,
    /// Tables of tasks.
    Table,
    /// Headings that are tasks.
    Heading,
    /// Plain nested boxes.
    Nested,
}

mod agentos;
mod backlogmd;
mod beads;
mod bmad;
mod conductor;
mod evidence;
mod frontmatter;
mod gsd;
mod heading;
mod kanban;
mod kiro;
mod nested;
mod obsidian;
mod openspec;
mod org;
mod pipe;
mod speckit;
mod speckit_template;
mod superpowers;
mod table;
mod taskmaster;
mod todotxt;

use checkoff_core::State;

use crate::document::Detection;

pub(crate) use evidence::Evidence;

/// The defaults of a dialect.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    /// Which dialect.
    pub dialect: Dialect,
    /// The name used on the command line, in pins and in JSON.
    pub name: &'static str,
    /// Marks with a meaning of their own here; `queued` marks read as todo.
    pub marks: &'static [(&'static str, MarkMeaning)],
    /// Any single character between brackets is a mark.
    pub any_mark: bool,
    /// What a box without an id of its own is.
    pub boxes: BoxRule,
    /// How a title is cleaned.
    pub title: TitleRule,
    /// Board columns say the state of what stands in them.
    pub board: bool,
    /// The whole file is one task.
    pub one_file: bool,
    pub(crate) detect: fn(&Evidence<'_>) -> Option<Verdict>,
}

/// What a mark means in a dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkMeaning {
    /// A state.
    Is(State),
    /// Todo, waiting for its turn.
    Queued,
    /// A mark without a meaning here: todo, and reported.
    Unknown,
}

/// What a box without an id of its own is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoxRule {
    /// A task.
    Task,
    /// A task, but a gate under a checklist heading (spec-kit).
    GateUnderChecklist,
    /// A task, but a criterion under a heading of acceptance criteria: the file is a story.
    CriterionUnderAcceptance,
}

/// How a title is cleaned beyond id and markers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TitleRule {
    /// Not at all.
    Plain,
    /// Without `Task:` and `Track:` and a trailing commit.
    Conductor,
    /// Without `#task`, emoji fields and data-view fields.
    Obsidian,
    /// Without `(1/2 plans) …`.
    Gsd,
}

/// What a detector says for its dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) confidence: u8,
    pub(crate) reasons: Vec<String>,
}

impl Verdict {
    /// A verdict with one reason.
    pub(crate) fn new(confidence: u8, reason: impl Into<String>) -> Verdict {
        Verdict { confidence, reasons: vec![reason.into()] }
    }
}

impl Profile {
    /// The defaults most dialects share.
    const PLAIN: Profile = Profile {
        dialect: Dialect::Nested,
        name: "",
        marks: &[],
        any_mark: false,
        boxes: BoxRule::Task,
        title: TitleRule::Plain,
        board: false,
        one_file: false,
        detect: |_| None,
    };
}

/// Every dialect, in the order detection tries them; the first that fits wins.
const PROFILES: [&Profile; 21] = [
    &beads::PROFILE,
    &taskmaster::PROFILE,
    &todotxt::PROFILE,
    &org::PROFILE,
    &backlogmd::PROFILE,
    &frontmatter::PROFILE,
    &speckit_template::PROFILE,
    &speckit::PROFILE,
    &pipe::PROFILE,
    &obsidian::PROFILE,
    &conductor::PROFILE,
    &superpowers::PROFILE,
    &bmad::PROFILE,
    &gsd::PROFILE,
    &kiro::PROFILE,
    &openspec::PROFILE,
    &agentos::PROFILE,
    &kanban::PROFILE,
    &table::PROFILE,
    &heading::PROFILE,
    &nested::PROFILE,
];

/// Finds the dialect of a file.
pub(crate) fn detect(evidence: &Evidence<'_>) -> Detection {
    for profile in PROFILES {
        if let Some(verdict) = (profile.detect)(evidence) {
            return Detection {
                dialect: profile.dialect,
                confidence: verdict.confidence,
                reasons: verdict.reasons,
            };
        }
    }
    Detection { dialect: Dialect::Nested, confidence: 0, reasons: Vec::new() }
}

impl Dialect {
    /// Every dialect, in the order of the reference.
    pub const ALL: [Dialect; 21] = {
        let mut all = [Dialect::Nested; 21];
        let mut index = 0;
        while index < all.len() {
            all[index] = PROFILES[index].dialect;
            index += 1;
        }
        all
    };

    /// The defaults of this dialect.
    pub fn profile(self) -> &'static Profile {
        PROFILES.into_iter().find(|profile| profile.dialect == self).unwrap_or(&nested::PROFILE)
    }

    /// The name used on the command line, in pins and in JSON.
    pub fn as_str(self) -> &'static str {
        self.profile().name
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The name is none of the dialects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDialect(pub String);

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a dialect", self.0)
    }
}

impl std::error::Error for UnknownDialect {}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Dialect, UnknownDialect> {
        Dialect::ALL
            .into_iter()
            .find(|dialect| dialect.as_str().eq_ignore_ascii_case(name))
            .ok_or_else(|| UnknownDialect(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_stands_in_the_table_once_and_reads_its_name() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.profile().dialect, dialect);
            assert_eq!(dialect.as_str().parse(), Ok(dialect));
        }
        let mut names: Vec<_> = Dialect::ALL.iter().map(|dialect| dialect.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Dialect::ALL.len());
    }
}
