//! Fields and attribute bullets of a task: `- needs: T001`, `**Status**: Done`,
//! `_Requirements: 1.1_`, with a fenced block as the value where one follows.

use crate::attribute::Key;
use crate::document::{
    Attribute, Carrier, EdgeSource, FileReference, Oddity, OddityKind, Region, Span, Task, Text,
};
use crate::grammar::{field, mention, paths, words};
use crate::map::HashSet;
use crate::scan::Shape;

use super::survey::is_short;
use super::text::aligned;
use super::walk::{PendingKind, Walk};

/// Keys in other languages, and keys of dialects that mean one of the task language.
const SYNONYMS: &[(&str, Key)] = &[
    ("文件", Key::Files),
    ("対象ファイル", Key::Files),
    ("ファイル", Key::Files),
    ("fichiers", Key::Files),
    ("dateien", Key::Files),
    ("archivos", Key::Files),
    ("arquivos", Key::Files),
    ("files to modify", Key::Files),
    ("files to create", Key::Files),
    ("files created", Key::Files),
    ("files modified", Key::Files),
    ("file path", Key::Files),
    ("path", Key::Files),
    ("module", Key::Files),
    ("modules", Key::Files),
    ("依赖", Key::Needs),
    ("依存", Key::Needs),
    ("depende de", Key::Needs),
    ("dépend de", Key::Needs),
    ("deps", Key::Needs),
    ("prerequisite", Key::Needs),
    ("优先级", Key::Lane),
    ("優先度", Key::Lane),
    ("estimated", Key::Estimate),
    ("time", Key::Estimate),
    ("hours", Key::Estimate),
    ("预计时间", Key::Estimate),
    ("负责人", Key::Agent),
    ("担当", Key::Agent),
];

pub(crate) fn known_key(normal: &str) -> Option<Key> {
    field::key(normal)
        .or_else(|| SYNONYMS.iter().find(|(word, _)| *word == normal).map(|(_, key)| *key))
}

/// Adds the paths of a files field to a task, each once.
pub(crate) fn add_files(task: &mut Task, value: &str, base: usize, line: usize, read_only: bool) {
    for span in paths::in_field(value) {
        let path = &value[span.range()];
        // What more than a few name twice is dropped when all are known.
        let many = task.files.len() > FILES_COMPARED_MAX;
        if many || !task.files.iter().any(|file| file.path == path) {
            task.files.push(FileReference {
                path: path.to_owned(),
                line,
                span: Span::new(base + span.start, base + span.end),
                read_only,
            });
        }
    }
}

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A bullet right under its task: anything may be said there.
    Bullet,
    /// Somewhere in the text of a task, where `Run: …` tells a reader what to do.
    Text,
}

/// Whether a key only tells of a task; the others say how a worker is to run it.
fn describes(key: Key) -> bool {
    matches!(
        key,
        Key::Id
            | Key::Needs
            | Key::Files
            | Key::Reads
            | Key::Agent
            | Key::Lane
            | Key::Estimate
            | Key::Due
            | Key::Labels
            | Key::DoneWhen
    )
}

/// More paths than this are not compared one by one.
const FILES_COMPARED_MAX: usize = 16;

/// Drops the paths that a task with many of them names again.
pub(crate) fn drop_repeated_files(task: &mut Task) {
    if task.files.len() <= FILES_COMPARED_MAX {
        return;
    }
    let mut seen: HashSet<&str> = HashSet::default();
    let new: Vec<bool> = task.files.iter().map(|file| seen.insert(&file.path)).collect();
    let mut new = new.into_iter();
    task.files.retain(|_| new.next().unwrap_or(true));
}

/// A field with everything needed to apply it.
struct Found {
    line: usize,
    key_span: Span,
    value: String,
    value_span: Span,
    fence: Option<String>,
}

/// More fields than this on one line are text.
const FIELDS_IN_LINE_MAX: usize = 16;

impl Walk<'_> {
    /// Reads the fields of `task` from a line whose text is `text` at `span`; whether it was one.
    pub(crate) fn field(
        &mut self,
        index: usize,
        span: Span,
        text: &str,
        task: usize,
        place: Place,
    ) -> bool {
        // `**Priority**: P1 | **Owner**: Ann`
        let (mut known, mut from) = (false, 0);
        for _ in 0..FIELDS_IN_LINE_MAX {
            let Some((at, length)) = field::next_bold(&text[from..]) else { break };
            let one = Span::new(span.start + from, span.start + from + at);
            known |= self.one_field(index, one, &text[from..from + at], task, place);
            from += at + length;
        }
        let last = Span::new(span.start + from, span.end);
        self.one_field(index, last, &text[from..], task, place) || known
    }

    fn one_field(
        &mut self,
        index: usize,
        span: Span,
        text: &str,
        task: usize,
        place: Place,
    ) -> bool {
        let Some(pair) = field::parse(text) else {
            return self.needs_without_colon(index, span, text, task);
        };
        let normal = field::normal(&text[pair.key.range()]);
        if place == Place::Text && known_key(&normal).is_some_and(|key| !describes(key)) {
            return false;
        }
        let mut found = Found {
            line: index + 1,
            key_span: Span::new(span.start + pair.key.start, span.start + pair.key.end),
            value: text[pair.value.range()].to_owned(),
            value_span: Span::new(span.start + pair.value.start, span.start + pair.value.end),
            fence: None,
        };
        if found.value.is_empty() {
            self.value_below(index, &mut found);
        }
        self.apply(task, &normal, pair.decorated, found)
    }

    /// `Depends on T001, T002 (models)` as a whole line under its task.
    fn needs_without_colon(&mut self, index: usize, span: Span, text: &str, task: usize) -> bool {
        let lower = text.to_ascii_lowercase();
        let start = lower.len() - lower.trim_start_matches(['*', '_', ' ', '(']).len();
        let Some(verb) = ["depends on", "dependent on", "blocked by", "requires"]
            .iter()
            .find(|verb| lower[start..].starts_with(**verb))
        else {
            return false;
        };
        let value = &text[start + verb.len()..];
        let lead = value.len() - value.trim_start_matches(['*', '_', ' ', ':']).len();
        let (value, at) = (&value[lead..], start + verb.len() + lead);
        let mentions = mention::in_field(value);
        // The ids come first, or the line is a sentence about something else.
        if lead == 0 || mentions.first().is_none_or(|first| first.span.start > 0) {
            return false;
        }
        let base = span.start + at;
        self.pend(task, PendingKind::Needs, mentions, base, index + 1, EdgeSource::Field);
        true
    }

    /// The text under an item's first line: a field, in whatever dress.
    pub(crate) fn continuation(&mut self, index: usize, shape: &Shape, task: usize, text: &str) {
        let line = self.scan.lines[index];
        let span = Span::new(line.start + shape.content as usize, line.end);
        self.field(index, span, text, task, Place::Text);
        if let Some(label) = super::checks::label(text)
            && let Some(frame) = self.frames.last_mut()
        {
            frame.role = Some(label.below_task());
        }
    }

    fn apply(&mut self, task: usize, normal: &str, decorated: bool, found: Found) -> bool {
        if normal == "status" || normal == "state" || normal == "状态" || normal == "ステータス"
        {
            self.status_field(task, &found);
            return true;
        }
        let Some(key) = known_key(normal) else {
            return self.other_field(task, normal, decorated, found);
        };
        self.known_field(task, key, normal, &found);
        let code_spans = field::code_spans(&found.value)
            .into_iter()
            .map(|code| Text {
                text: found.value[code.range()].to_owned(),
                line: found.line,
                span: Span::new(
                    found.value_span.start + code.start,
                    found.value_span.start + code.end,
                ),
            })
            .collect::<Vec<_>>();
        let whole_code = match code_spans.as_slice() {
            [only]
                if found.fence.is_none()
                    && found.value.trim_matches('`').trim() == only.text.trim() =>
            {
                Some((only.text.clone(), only.span))
            }
            _ => None,
        };
        let (value, value_span) = whole_code.unwrap_or((found.value, found.value_span));
        self.document.tasks[task].attributes.push(Attribute {
            key,
            line: found.line,
            key_span: found.key_span,
            value,
            value_span,
            code_spans: if found.fence.is_some() { Vec::new() } else { code_spans },
            fence: found.fence,
        });
        true
    }

    fn known_field(&mut self, task: usize, key: Key, normal: &str, found: &Found) {
        let (line, base, value) = (found.line, found.value_span.start, found.value.as_str());
        let plain = value.trim_matches(['`', '*']).trim();
        match key {
            Key::Needs => {
                self.document.tasks[task].depends_on_text.get_or_insert_with(|| value.to_owned());
                let mentions = mention::in_field(value);
                if mentions.is_empty() && !says_none(value) {
                    let span = found.value_span;
                    let detail = value.to_owned();
                    self.document.oddities.push(Oddity {
                        kind: OddityKind::UnreadDependency,
                        line,
                        span,
                        detail,
                    });
                }
                self.pend(task, PendingKind::Needs, mentions, base, line, EdgeSource::Field);
            }
            Key::Files | Key::Reads => self.files_field(task, found, key == Key::Reads),
            Key::Id => {
                let entry = &mut self.document.tasks[task];
                entry.id = Some(plain.to_owned());
                let lead = value.find(plain).unwrap_or(0);
                entry.spans.id = Some(Span::new(base + lead, base + lead + plain.len()));
                self.by_id.insert(plain.to_owned(), task);
            }
            Key::Agent => self.document.tasks[task].assignee = Some(plain.to_owned()),
            Key::Lane => self.document.tasks[task].priority = Some(plain.to_owned()),
            Key::Estimate => {
                self.document.tasks[task].estimate.get_or_insert_with(|| plain.to_owned());
                if normal == "size" {
                    self.extra(task, "size", plain);
                }
            }
            Key::Due => self.document.tasks[task].due = Some(plain.to_owned()),
            Key::Labels => {
                let labels = value
                    .split(',')
                    .map(|label| label.trim().trim_matches(['`', '#', '*']).trim().to_owned());
                self.document.tasks[task].labels =
                    labels.filter(|label| !label.is_empty()).collect();
            }
            Key::DoneWhen => self.done_when(task, normal, found),
            _ => {}
        }
        if matches!(normal, "acceptance" | "verify") {
            self.extra(task, normal, value);
        }
    }

    /// The files named in the value and, when it is empty, in the bullets below it.
    fn files_field(&mut self, task: usize, found: &Found, read_only: bool) {
        let was_titled = self.document.tasks[task].spans.title;
        // A files field says it better than the title: its paths come first and alone.
        if !read_only {
            let files = &mut self.document.tasks[task].files;
            // They were there before any field, so they stand first.
            let titled =
                files.iter().take_while(|file| was_titled.range().contains(&file.span.start));
            files.drain(..titled.count());
        }
        add_files(
            &mut self.document.tasks[task],
            &found.value,
            found.value_span.start,
            found.line,
            read_only,
        );
        if found.value.is_empty() {
            self.files_below(task, found.line, read_only);
        }
    }

    /// `**Files:**` with a list under it.
    fn files_below(&mut self, task: usize, line: usize, read_only: bool) {
        for index in line..(line + 200).min(self.scan.lines.len()) {
            let (at, shape) = (self.scan.lines[index], self.scan.shapes[index]);
            match shape.kind {
                crate::scan::Kind::Blank if index == line => continue,
                crate::scan::Kind::Item if shape.bracket.is_none() => {
                    let start = at.start + shape.content as usize;
                    let text = aligned(&self.bytes[start..at.end]).into_owned();
                    let skip = text.find(": `").map_or(0, |colon| colon + 1);
                    add_files(
                        &mut self.document.tasks[task],
                        &text[skip..],
                        start + skip,
                        index + 1,
                        read_only,
                    );
                }
                _ => return,
            }
        }
    }

    fn done_when(&mut self, task: usize, normal: &str, found: &Found) {
        if found.value.is_empty() {
            return;
        }
        let text = Text { text: found.value.clone(), line: found.line, span: found.value_span };
        if matches!(normal, "verify" | "verification") {
            self.document.tasks[task].verify.push(text);
        } else {
            self.document.tasks[task].acceptance.push(text);
        }
    }

    fn other_field(&mut self, task: usize, normal: &str, decorated: bool, found: Found) -> bool {
        let base = found.value_span.start;
        match normal {
            "blocks" | "unblocks" | "required for" => {
                let mentions = mention::in_field(&found.value);
                self.pend(task, PendingKind::Blocks, mentions, base, found.line, EdgeSource::Field);
            }
            "conflicts with" | "conflicts" => {
                let mentions = mention::in_field(&found.value);
                self.pend(
                    task,
                    PendingKind::Conflicts,
                    mentions,
                    base,
                    found.line,
                    EdgeSource::Field,
                );
            }
            "tests" | "test" | "docs" | "requirements" | "completed" | "layer" | "leverage"
            | "boundary" | "created" | "description" | "role" => {
                self.extra(task, normal, &found.value)
            }
            "要件" | "需求" | "요구사항" | "requisitos" => {
                self.extra(task, "requirements", &found.value);
            }
            _ => {
                if !decorated {
                    self.near_miss(task, normal, &found);
                }
                if !decorated || found.value.is_empty() {
                    return false;
                }
                if normal.len() <= 40 {
                    self.extra(task, normal, &found.value);
                }
            }
        }
        true
    }

    fn extra(&mut self, task: usize, key: &str, value: &str) {
        // `1. **1.1.1**: Analyse` numbers a step.
        if value.is_empty() || !key.starts_with(char::is_alphabetic) {
            return;
        }
        let extra = &mut self.document.tasks[task].extra;
        if extra.len() < 64 && !extra.iter().any(|(known, _)| known == key) {
            extra.push((key.to_owned(), value.to_owned()));
        }
    }

    fn near_miss(&mut self, task: usize, normal: &str, found: &Found) {
        if found.value.is_empty() || self.document.tasks[task].carrier != Carrier::Box {
            return;
        }
        if let Some(meant) = field::near_miss(normal) {
            let (line, span) = (found.line, found.key_span);
            self.document.oddities.push(Oddity {
                kind: OddityKind::NearMissAttribute,
                line,
                span,
                detail: meant.to_owned(),
            });
        }
    }

    /// `**Status**: ✅ Completed` of a card: the state, unless something surer says it.
    fn status_field(&mut self, task: usize, found: &Found) {
        let said = words::of_cell(&found.value);
        let entry = &mut self.document.tasks[task];
        self_extra(entry, "status", &found.value);
        if said.is_none() && !is_short(&found.value) {
            // A sentence about what was done is no state to replace.
            return;
        }
        // In a column the card's own words come first, when they say a state.
        if matches!(entry.carrier, Carrier::HeadingBox | Carrier::Box | Carrier::FrontMatter)
            || (entry.carrier == Carrier::Column && said.is_none())
            || entry.spans.state_text.is_some()
        {
            return;
        }
        entry.carrier = Carrier::Field;
        match said {
            Some(said) => {
                entry.state = said.state;
                let span = Span::new(
                    found.value_span.start + said.span.start,
                    found.value_span.start + said.span.end,
                );
                entry.spans.state_text = Some(span);
                entry.mark = Some(found.value[said.span.range()].to_owned());
                if found.value[said.span.range()].starts_with('[') {
                    entry.spans.bracket = Some(span);
                    entry.spans.mark = Some(Span::new(span.start + 1, span.end - 1));
                }
            }
            None => entry.spans.state_text = Some(found.value_span),
        }
    }

    /// A value in the fenced block under the key.
    fn value_below(&mut self, index: usize, found: &mut Found) {
        let mut next = index + 1;
        if self.scan.shapes.get(next).is_some_and(|shape| shape.kind == crate::scan::Kind::Blank) {
            next += 1;
        }
        let Some(open) = self.scan.lines.get(next).filter(|line| line.region == Region::Fence)
        else {
            return;
        };
        let text = aligned(&self.bytes[open.start..open.end]);
        let Some(fence) = Fence::open(&text) else { return };
        let body: Vec<usize> = (next + 1..self.scan.lines.len())
            .take_while(|&at| {
                let line = self.scan.lines[at];
                line.region == Region::Fence && !fence.closes(&self.bytes[line.start..line.end])
            })
            .collect();
        let mut value = String::new();
        for &at in &body {
            let line = self.scan.lines[at];
            let text = aligned(&self.bytes[line.start..line.end]);
            let blank = text.len() - text.trim_start_matches(' ').len();
            value.push_str(&text[blank.min(fence.indent)..]);
            value.push('\n');
        }
        if let (Some(&first), Some(&last)) = (body.first(), body.last()) {
            found.value_span = Span::new(self.scan.lines[first].start, self.scan.lines[last].end);
        }
        found.value = value;
        found.fence = Some(fence.info);
    }
}

fn self_extra(task: &mut Task, key: &str, value: &str) {
    if !task.extra.iter().any(|(known, _)| known == key) {
        task.extra.push((key.to_owned(), value.to_owned()));
    }
}

/// Whether a dependency field says that there is none.
fn says_none(value: &str) -> bool {
    let lower = value.trim().trim_matches(['*', '`', '(', ')', '.', '_']).to_lowercase();
    lower.is_empty()
        || lower.starts_with("none")
        || lower.starts_with("n/a")
        || lower.starts_with("nothing")
        || lower.starts_with("no ")
        || matches!(lower.as_str(), "-" | "—" | "–" | "no" | "无" | "なし" | "[]")
}

/// An opening fence line.
struct Fence {
    byte: u8,
    length: usize,
    indent: usize,
    info: String,
}

impl Fence {
    fn open(text: &str) -> Option<Fence> {
        let body = text.trim_start_matches([' ', '\t', '>']);
        let byte = *body.as_bytes().first().filter(|byte| matches!(byte, b'`' | b'~'))?;
        let length = body.bytes().take_while(|&other| other == byte).count();
        let info = body[length..].split_whitespace().next().unwrap_or("").to_owned();
        Some(Fence { byte, length, indent: text.len() - body.len(), info })
    }

    fn closes(&self, line: &[u8]) -> bool {
        let text = line.trim_ascii();
        text.len() >= self.length && text.iter().all(|&byte| byte == self.byte)
    }
}
