//! The dialects: profiles that set defaults, never what is recognised.

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

impl Dialect {
    /// Every dialect, in the order detection tries them.
    pub const ALL: [Dialect; 21] = [
        Dialect::Beads,
        Dialect::Taskmaster,
        Dialect::TodoTxt,
        Dialect::Org,
        Dialect::Backlogmd,
        Dialect::Frontmatter,
        Dialect::Speckit,
        Dialect::SpeckitTemplate,
        Dialect::Pipe,
        Dialect::Obsidian,
        Dialect::Conductor,
        Dialect::Superpowers,
        Dialect::Bmad,
        Dialect::Gsd,
        Dialect::Kiro,
        Dialect::Openspec,
        Dialect::Agentos,
        Dialect::Kanban,
        Dialect::Table,
        Dialect::Heading,
        Dialect::Nested,
    ];

    /// The name used on the command line, in pins and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Dialect::Beads => "beads",
            Dialect::Taskmaster => "taskmaster",
            Dialect::TodoTxt => "todotxt",
            Dialect::Org => "org",
            Dialect::Backlogmd => "backlogmd",
            Dialect::Frontmatter => "frontmatter",
            Dialect::Speckit => "speckit",
            Dialect::SpeckitTemplate => "speckit-template",
            Dialect::Pipe => "pipe",
            Dialect::Obsidian => "obsidian",
            Dialect::Conductor => "conductor",
            Dialect::Superpowers => "superpowers",
            Dialect::Bmad => "bmad",
            Dialect::Gsd => "gsd",
            Dialect::Kiro => "kiro",
            Dialect::Openspec => "openspec",
            Dialect::Agentos => "agentos",
            Dialect::Kanban => "kanban",
            Dialect::Table => "table",
            Dialect::Heading => "heading",
            Dialect::Nested => "nested",
        }
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
