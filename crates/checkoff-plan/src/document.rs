//! What a reader makes of one file: the common model of every dialect.
//!
//! A [`Document`] holds the bytes it was read from and points into them with
//! [`Span`]s; nothing is re-rendered, ever. Lines are 1-based and counted by LF
//! only. A text field holds what a person would call the value; where a later
//! step may edit or underline it, its span stands beside it.

use std::sync::Arc;

pub use checkoff_core::State;

use crate::dialect::Dialect;

/// A byte range in [`Document::bytes`], end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The range from `start` up to `end`.
    pub fn new(start: usize, end: usize) -> Span {
        debug_assert!(start <= end, "a span ends before it starts: {start}..{end}");
        Span { start, end }
    }

    /// How many bytes it covers.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it covers none.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// As a range, to index bytes with.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start..self.end
    }
}

/// One file, read.
#[derive(Debug, Clone)]
pub struct Document {
    /// The path as the caller named it, for messages and cross-file ids; may be empty.
    pub path: String,
    /// Exactly what was read.
    pub bytes: Arc<[u8]>,
    /// How the bytes are encoded.
    pub encoding: Encoding,
    /// Which dialect the defaults come from, and why.
    pub detection: Detection,
    /// Every line, in order; `lines[n - 1]` is line `n`.
    pub lines: Vec<Line>,
    /// What the file itself says its marks mean.
    pub legend: Vec<LegendEntry>,
    /// Headings outside fences, comments and front matter, in order.
    pub headings: Vec<Heading>,
    /// Tasks in file order.
    pub tasks: Vec<Task>,
    /// Boxes that are not tasks.
    pub checks: Vec<Check>,
    /// Order stated in prose, away from the tasks.
    pub edges: Vec<DocEdge>,
    /// Order between phases, stated in prose, fields or headings.
    pub phase_edges: Vec<PhaseEdge>,
    /// Counts and percentages that the file declares about itself.
    pub stats: Vec<Stat>,
    /// Limits on work in progress, per board column.
    pub wip_limits: Vec<WipLimit>,
    /// Board columns (kanban), in order.
    pub columns: Vec<Column>,
    /// Plan-wide settings: front matter keys and values, outermost level, as written.
    pub front_matter: Vec<Field>,
    /// Things the reader stepped over that a lint rule may want to report.
    pub oddities: Vec<Oddity>,
    /// `<!-- checkoff: allow(rule, …) -->` comments.
    pub allows: Vec<Allow>,
}

/// How the bytes of a file are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// Starts with a UTF-8 byte order mark.
    pub bom: bool,
    /// The line endings.
    pub eol: Eol,
    /// The last line ends with a line ending (an empty file counts as ending with one).
    pub final_newline: bool,
    /// All of it is UTF-8.
    pub valid_utf8: bool,
}

/// Line endings of a file. A bare CR is text, not an ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eol {
    /// LF, or no line ending at all.
    Lf,
    /// CR LF on every line that ends.
    Crlf,
    /// Both.
    Mixed,
}

/// Which dialect a document was read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detection {
    /// The dialect; it sets defaults only, every construct is recognised in all.
    pub dialect: Dialect,
    /// How sure the detection is, in percent; 100 when pinned or asked for.
    pub confidence: u8,
    /// What spoke for it, as short phrases for a person.
    pub reasons: Vec<String>,
}

/// One line of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// First byte of the line (after a BOM on line 1).
    pub start: usize,
    /// End of the text: before `\r\n` or `\n`.
    pub end: usize,
    /// What region the line belongs to.
    pub region: Region,
}

/// What region of the file a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// Ordinary Markdown (or the dialect's own) text.
    Body,
    /// Front matter, its `---` lines included.
    FrontMatter,
    /// Fenced code, its fence lines included.
    Fence,
    /// An HTML comment block.
    Comment,
}

/// What the file says a mark means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegendEntry {
    /// The character between the brackets, or an emoji that stands for a state.
    pub mark: String,
    /// The state it stands for.
    pub state: State,
    /// The words beside it, as written.
    pub word: String,
    /// Where it is said.
    pub line: usize,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its line.
    pub line: usize,
    /// Text without the `#`s, as written otherwise.
    pub text: String,
    /// Where the text is.
    pub span: Span,
    /// Index into [`Document::tasks`] when the heading itself is a task.
    pub task: Option<usize>,
}

/// What says the state of a task, and so what may be edited to change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// `- [ ]`: [`TaskSpans::mark`] is what stands between the brackets.
    Box,
    /// `### [ ] …`: the same in a heading.
    HeadingBox,
    /// An emoji or word in the heading, or nothing yet: [`TaskSpans::state_text`] if there is one.
    HeadingWord,
    /// `[ ]` inside a table cell.
    CellBox,
    /// A status word in a table cell: [`TaskSpans::state_text`] is the token, [`TaskSpans::cell`] the cell.
    CellWord,
    /// An emoji before the id in a table cell (`✅ T22`); absent means todo.
    CellPrefix,
    /// A `**Status**: …` field: [`TaskSpans::state_text`] is the value.
    Field,
    /// `status:` in front matter: [`TaskSpans::state_text`] is the scalar, quotes excluded.
    FrontMatter,
    /// The board column the task stands in: setting it moves [`TaskSpans::block`].
    Column,
    /// The line prefix of todo.txt (`x `).
    TodoTxt,
    /// The keyword or box of an Org heading or item.
    Org,
    /// A JSON or JSONL tracker: read only.
    Json,
    /// Derived from the task's own steps: setting done checks its open steps.
    Steps,
}

/// Where the parts of a task are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TaskSpans {
    /// What stands between the brackets; one byte when well formed.
    pub mark: Option<Span>,
    /// The bracket group including both brackets, when there is one.
    pub bracket: Option<Span>,
    /// The token that says the state in words or emoji.
    pub state_text: Option<Span>,
    /// The table cell that holds the state, between its bars, padding included.
    pub cell: Option<Span>,
    /// The id as written, without decoration.
    pub id: Option<Span>,
    /// The title as written.
    pub title: Span,
    /// `[P]` or `(P)`, brackets included.
    pub parallel: Option<Span>,
    /// The whole item with everything that belongs to it, whole lines.
    pub block: Span,
}

/// One item of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Stable name within the document: the id, else `scope/id`, else the title path
    /// (`Phase 1/Set up/Install`). Unique unless the file has a true duplicate id.
    pub key: String,
    /// As written, without bold, brackets, trailing dot or colon.
    pub id: Option<String>,
    /// The base number of a suffixed id (`T031-MIN` → `T031`).
    pub alias: Option<String>,
    /// Phase or section that qualifies the id, when ids restart in it.
    pub scope: Option<String>,
    /// First line only, without box, id, `[P]`, `[US1]`.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// Waiting for its turn in an agent's queue (Kiro `[~]`); the state is todo.
    pub queued: bool,
    /// What stands between the brackets, or the state token, as written.
    pub mark: Option<String>,
    /// The mark has no meaning in this file or dialect, and was taken as todo.
    pub mark_unknown: bool,
    /// What says the state.
    pub carrier: Carrier,
    /// Line of the carrier, or of the title where the carrier is a column or front matter.
    pub line: usize,
    /// The other line that names the same task (its table row, its detail heading).
    pub detail_line: Option<usize>,
    /// Where its parts are.
    pub spans: TaskSpans,
    /// Blanks before the bullet, tabs to the next multiple of four.
    pub indent: usize,
    /// Index of the enclosing task.
    pub parent: Option<usize>,
    /// Indices of the tasks right below.
    pub children: Vec<usize>,
    /// Says of itself that it can run beside its neighbours (`[P]`, `(P)`, `parallel: true`).
    pub parallel: bool,
    /// `US1` of `[US1]`.
    pub story: Option<String>,
    /// The outermost phase-like heading above, else the nearest H2, else the nearest heading.
    pub phase: Option<String>,
    /// The innermost heading above, when deeper than the phase.
    pub section: Option<String>,
    /// Index into [`Document::headings`] of the innermost heading above.
    pub heading: Option<usize>,
    /// What must be closed first, as stated at the task itself, ranges expanded.
    pub depends_on: Vec<Reference>,
    /// The dependency field as written, when there is one.
    pub depends_on_text: Option<String>,
    /// What waits for this one, as stated at the task itself.
    pub blocks: Vec<Reference>,
    /// What must not run at the same time.
    pub conflicts_with: Vec<Reference>,
    /// Paths and globs the task names, in order, unique.
    pub files: Vec<FileReference>,
    /// Commands that check the work.
    pub verify: Vec<Text>,
    /// Acceptance criteria in words.
    pub acceptance: Vec<Text>,
    /// Labels or tags, without `#` and backticks.
    pub labels: Vec<String>,
    /// As written.
    pub priority: Option<String>,
    /// As written (`5 days`, `S`, `30m`).
    pub estimate: Option<String>,
    /// As written.
    pub assignee: Option<String>,
    /// As written, usually an ISO date.
    pub due: Option<String>,
    /// Trailing commit hash.
    pub commit: Option<String>,
    /// Attribute bullets of the task language, in order.
    pub attributes: Vec<Attribute>,
    /// Whatever else the dialect says (`layer`, `size`, `completed`, `requirements`, `parent_id`), in order.
    pub extra: Vec<(String, String)>,
}

impl Task {
    /// The id if there is one, else the title: what to call the task in a message.
    pub fn name(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.title)
    }

    /// The value of an extra field.
    pub fn extra(&self, key: &str) -> Option<&str> {
        self.extra.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The first attribute bullet with this key.
    pub fn attribute(&self, key: crate::attribute::Key) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.key == key)
    }
}

/// A text with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// As a person would read it.
    pub text: String,
    /// Its line.
    pub line: usize,
    /// Where it is.
    pub span: Span,
}

/// A key and its value with their places: a front matter key, a bold field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// As written.
    pub key: String,
    /// As written, quotes removed.
    pub value: String,
    /// Its line.
    pub line: usize,
    /// Where the key is.
    pub key_span: Span,
    /// Where the value is, quotes excluded; empty when there is none.
    pub value_span: Span,
}

/// One task names another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The id as it is compared: without decoration, ranges expanded.
    pub id: String,
    /// Where it is said.
    pub line: usize,
    /// The id, or the range it came from.
    pub span: Span,
    /// In which way it is said.
    pub source: EdgeSource,
    /// `T004?`: may have failed or been skipped.
    pub optional: bool,
    /// `X!`: only an outcome that really happened counts.
    pub strict: bool,
}

/// In which way a dependency is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EdgeSource {
    /// A table column.
    Column,
    /// A field or attribute bullet under the task, or a pipe field.
    Field,
    /// In the title (`(depends on T001)`).
    Inline,
    /// A sentence elsewhere in the file.
    Prose,
    /// Front matter.
    FrontMatter,
    /// `⛔ id`.
    Emoji,
    /// A heading (`MUST COMPLETE BEFORE 3.3`).
    Heading,
    /// The order of phases.
    Phase,
    /// Both touch the same path, and one stands first.
    Path,
    /// A parent closes after its children.
    Parent,
    /// JSON of another tracker.
    Json,
    /// The place in the file, where the dialect gives it a meaning.
    Order,
    /// Both say they must not run at the same time.
    Conflict,
}

impl EdgeSource {
    /// The word shown to people.
    pub fn as_str(self) -> &'static str {
        match self {
            EdgeSource::Column => "column",
            EdgeSource::Field => "field",
            EdgeSource::Inline => "inline",
            EdgeSource::Prose => "prose",
            EdgeSource::FrontMatter => "front matter",
            EdgeSource::Emoji => "emoji",
            EdgeSource::Heading => "heading",
            EdgeSource::Phase => "phase",
            EdgeSource::Path => "path",
            EdgeSource::Parent => "parent",
            EdgeSource::Json => "json",
            EdgeSource::Order => "order",
            EdgeSource::Conflict => "conflict",
        }
    }
}

/// A path or glob that a task names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReference {
    /// As written, without backticks.
    pub path: String,
    /// Its line.
    pub line: usize,
    /// Where it is.
    pub span: Span,
    /// Only read (`reads:`): two readers do not conflict.
    pub read_only: bool,
}

/// An attribute bullet of the task language under a task: `- run: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Which one.
    pub key: crate::attribute::Key,
    /// Line of the bullet.
    pub line: usize,
    /// The key as written.
    pub key_span: Span,
    /// The value: the rest of the bullet without a code span's backticks when the value is
    /// exactly one code span, else the body of the fenced block under it.
    pub value: String,
    /// Where the value is.
    pub value_span: Span,
    /// Every code span of the value, in order (`done when: `a`, `b``).
    pub code_spans: Vec<Text>,
    /// Info word of the fenced block the value came from (`sh`, `yaml`).
    pub fence: Option<String>,
}

/// A box that is not scheduled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What it is.
    pub kind: CheckKind,
    /// Its line.
    pub line: usize,
    /// Whether it is closed.
    pub checked: bool,
    /// What stands between the brackets.
    pub mark: Span,
    /// Its text.
    pub text: Text,
    /// Index of the task it belongs to; `None` for the document.
    pub owner: Option<usize>,
}

/// What a box that is not a task is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckKind {
    /// An acceptance criterion of its owner.
    Criterion,
    /// A step of its owner.
    Step,
    /// A document-level gate: validation checklist, definition of done.
    Gate,
    /// Explains a mark.
    Legend,
}

impl CheckKind {
    /// The word used in JSON and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            CheckKind::Criterion => "criterion",
            CheckKind::Step => "step",
            CheckKind::Gate => "gate",
            CheckKind::Legend => "legend",
        }
    }
}

/// A sentence away from the tasks that orders them: all of `before`, then any of `after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocEdge {
    /// Its line.
    pub line: usize,
    /// The whole statement.
    pub span: Span,
    /// Ids, ranges expanded over ids that exist (an id that does not exist is kept when named singly).
    pub before: Vec<String>,
    /// The same.
    pub after: Vec<String>,
    /// Prose or heading.
    pub source: EdgeSource,
}

/// An order between phases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseEdge {
    /// Its line.
    pub line: usize,
    /// Indices into [`Document::headings`]: these phases first.
    pub before: Vec<usize>,
    /// Then these.
    pub after: Vec<usize>,
    /// Where it comes from.
    pub source: EdgeSource,
    /// Only a convention (headings in order), not a sentence: it orders a run but is not
    /// reported when broken.
    pub implied: bool,
}

/// A number the file declares about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// Its line.
    pub line: usize,
    /// What is counted.
    pub what: StatKind,
    /// What the file says.
    pub declared: u64,
    /// What the reader counts.
    pub actual: u64,
    /// Where the number is, to rewrite it.
    pub span: Span,
}

/// What a declared number counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatKind {
    /// All tasks.
    Total,
    /// Tasks in a state (or board column of that state), with the word used.
    State(State, String),
    /// Tasks of the phase or story with this name.
    Phase(String),
    /// Done tasks in percent, rounded down or to nearest, whichever fits.
    Percent,
    /// Tasks marked parallel.
    Parallel,
}

/// A limit on how many tasks may stand in a column at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WipLimit {
    /// Its line.
    pub line: usize,
    /// Index into [`Document::columns`].
    pub column: usize,
    /// How many.
    pub limit: u64,
    /// Where the number is.
    pub span: Span,
}

/// A board column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Index into [`Document::headings`].
    pub heading: usize,
    /// The state it stands for.
    pub state: State,
    /// The heading with everything below it up to the next column or the end of the board.
    pub block: Span,
}

/// Something the reader stepped over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// What.
    pub kind: OddityKind,
    /// Its line.
    pub line: usize,
    /// Where.
    pub span: Span,
    /// What a message may need: the near miss, the placeholder.
    pub detail: String,
}

/// What kind of thing the reader stepped over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OddityKind {
    /// `[ x ]`, `[x ]`, `[]`, `-[ ]`: read as a box.
    MalformedCheckbox,
    /// A box in the middle of a paragraph: not read.
    MidlineCheckbox,
    /// A fence that is never closed.
    UnclosedFence,
    /// Front matter that is never closed.
    UnclosedFrontMatter,
    /// A comment that is never closed.
    UnclosedComment,
    /// An attribute bullet whose key is nearly one of the task language; detail = the key meant.
    NearMissAttribute,
    /// A dependency field whose text holds no id; detail = the text.
    UnreadDependency,
    /// A `checkoff:` comment that says nothing known; detail = what was said.
    UnknownDirective,
    /// JSON that could not be read; detail = why.
    InvalidJson,
    /// A body row of a task table without content.
    EmptyTableRow,
}

/// A comment that silences rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// Line of the comment.
    pub line: usize,
    /// Rule names; `all` for every rule.
    pub rules: Vec<String>,
    /// Where the comment is.
    pub span: Span,
    /// For the whole file (`allow-file(…)`), not only the same or the next line.
    pub file: bool,
}

impl Document {
    /// The bytes as they were read; printing a document is this.
    pub fn print(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of a span.
    pub fn slice(&self, span: Span) -> &[u8] {
        &self.bytes[span.range()]
    }

    /// The text of a span; what is not UTF-8 shows as U+FFFD.
    pub fn text(&self, span: Span) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.slice(span))
    }

    /// The 1-based line that holds a byte offset.
    pub fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.start <= offset).max(1)
    }

    /// The bytes of a 1-based line, without its ending.
    pub fn line_bytes(&self, line: usize) -> &[u8] {
        let line = &self.lines[line - 1];
        &self.bytes[line.start..line.end]
    }

    /// The span of a 1-based line, without its ending.
    pub fn line_span(&self, line: usize) -> Span {
        let line = &self.lines[line - 1];
        Span::new(line.start, line.end)
    }
}
