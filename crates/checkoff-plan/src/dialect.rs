//! The dialects: profiles that set defaults, never what is recognised.

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
