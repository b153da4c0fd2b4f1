//! Tables: which are lists of tasks, and what their rows say.
//!
//! A table lists tasks when its header has a column for ids (`#`, `ID`, `Task`,
//! …) and something that makes a task of a row: a status, a done mark, a
//! dependency, a completion date, or the board column it stands in. A table
//! with ids and nothing else may still restate tasks that boxes carry.

use crate::document::{Carrier, EdgeSource, Oddity, OddityKind, Region, Span, State, Task};
use crate::grammar::id::{self, Form};
use crate::grammar::{mention, words};
use crate::scan::{Kind, Scan, cells, is_delimiter_row};

use super::text::aligned;
use super::walk::{Detail, PendingKind, Walk};

/// What a column is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    Id,
    /// `Task`: an id in some tables, the title in others.
    Task,
    Title,
    Status,
    Done,
    /// A date, or a check.
    Completed,
    Needs,
    Files,
    Assignee,
    Estimate,
    Size,
    Priority,
    Labels,
    Due,
    Verify,
    Acceptance,
    Phase,
    Other(String),
}

/// The table being walked through.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Index of the header's line.
    header: usize,
    roles: Vec<Role>,
    kind: TableKind,
    /// Cells under `Task` begin with an id.
    ids_lead: bool,
}

/// How many rows tell what the cells of a table are like.
const LOOK_AHEAD_ROWS: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TableKind {
    /// Only the header was seen.
    Pending,
    /// Rows are tasks.
    Tasks,
    /// Rows may restate tasks.
    Details,
    /// Neither.
    Other,
}

impl Table {
    pub(crate) fn pending(header: usize) -> Table {
        Table { header, roles: Vec::new(), kind: TableKind::Pending, ids_lead: false }
    }
}

/// Whether a paragraph line could be a header without its leading bar.
pub(crate) fn may_be_header(text: &str) -> bool {
    text.contains('|') && text.len() < 4096
}

/// How many tables of a file list tasks by their headers alone.
pub(crate) fn count(bytes: &[u8], scan: &Scan) -> usize {
    let mut tables = 0;
    for (index, pair) in scan.shapes.windows(2).enumerate() {
        let line = scan.lines[index];
        if pair[1].kind == Kind::Delimiter
            && line.region == Region::Body
            && matches!(pair[0].kind, Kind::Row | Kind::Text)
        {
            let roles = roles(&bytes[line.start..line.end]);
            tables += usize::from(lists_tasks(&roles, false));
        }
    }
    tables
}

fn roles(header: &[u8]) -> Vec<Role> {
    let names: Vec<String> =
        cells(header).iter().map(|cell| normal(&aligned(&header[cell.range()]))).collect();
    let mut roles: Vec<Role> = names.iter().map(|name| role(name)).collect();
    one_id(&mut roles, &names);
    title_behind_id(&mut roles);
    roles
}

fn normal(name: &str) -> String {
    crate::grammar::field::normal(name.trim().trim_matches(['*', '`', '?']))
}

/// A row has one id: `| # | Issue | Status |` numbers its issues, `| Epic | Story ID | Title |`
/// names an epic in each row. The other columns are titles or facts.
fn one_id(roles: &mut [Role], names: &[String]) {
    let ids: Vec<usize> = (0..roles.len()).filter(|&at| roles[at] == Role::Id).collect();
    let thing = |at: &usize| matches!(names[*at].as_str(), "issue" | "epic" | "story" | "ticket");
    let Some(id) = ids.iter().copied().find(|at| !thing(at)).or(ids.first().copied()) else {
        return;
    };
    let titled = roles.iter().any(|role| matches!(role, Role::Title | Role::Task));
    let mut taken = titled;
    for at in ids.into_iter().filter(|&at| at != id) {
        roles[at] = if taken { Role::Other(names[at].clone()) } else { Role::Title };
        taken = true;
    }
}

/// `| ID | Module | Status |`: without a column known as a title, the one behind the id is it.
fn title_behind_id(roles: &mut [Role]) {
    let named = |role: &Role| matches!(role, Role::Task | Role::Title | Role::Acceptance);
    if roles.iter().any(named) || lists_other_things(roles) {
        return;
    }
    let id = roles.iter().position(|role| *role == Role::Id);
    if let Some(title) = id.and_then(|id| roles.get_mut(id + 1))
        && matches!(title, Role::Other(_))
    {
        *title = Role::Title;
    }
}

fn role(normal: &str) -> Role {
    match normal {
        "#" | "id" | "task id" | "issue" | "ticket" | "key" | "no" | "nr" | "№" | "epic"
        | "story" | "story id" | "issue #" | "task #" | "ticket id" | "issue id" | "item #"
        | "编号" | "序号" | "番号" | "任务id" => Role::Id,
        "task" | "tasks" | "任务" | "タスク" | "aufgabe" | "tâche" | "tarea" | "tarefa"
        | "задача" => Role::Task,
        "title" | "description" | "name" | "work" | "card" | "feature" | "item" | "summary"
        | "deliverable" | "task name" | "what" | "task description" | "subject" | "work item"
        | "bug" | "action" | "improvement" | "change" | "fix" | "subtask" | "goal" | "details"
        | "标题" | "描述" | "说明" | "内容" | "名称" | "任务名称" | "任务描述" | "説明"
        | "タイトル" | "beschreibung" | "titel" | "titre" | "descripción" | "descrição"
        | "título" | "описание" | "название" => Role::Title,
        "status" | "state" | "progress" | "状态" | "进度" | "状態" | "ステータス" | "進捗"
        | "statut" | "état" | "estado" | "статус" | "stato" => Role::Status,
        "done" | "✅" | "✓" | "complete" | "done?" | "☑" | "完成" | "完了" | "erledigt"
        | "fait" | "hecho" | "feito" | "готово" => Role::Done,
        "completed" | "completed on" | "date completed" | "done on" | "completion date" => {
            Role::Completed
        }
        "depends"
        | "depends on"
        | "dependencies"
        | "dependency"
        | "deps"
        | "dep"
        | "blocked by"
        | "after"
        | "requires"
        | "prerequisites"
        | "needs"
        | "依赖"
        | "依存"
        | "前置任务"
        | "abhängig von"
        | "abhängigkeiten"
        | "dépend de"
        | "dépendances"
        | "depende de"
        | "dependencias"
        | "dependências"
        | "зависит от"
        | "зависимости" => Role::Needs,
        "files" | "file" | "paths" | "file(s)" | "files touched" | "文件" | "ファイル"
        | "dateien" | "fichiers" | "archivos" | "arquivos" | "файлы" => Role::Files,
        "agent"
        | "assignee"
        | "owner"
        | "by"
        | "assigned to"
        | "who"
        | "role"
        | "负责人"
        | "担当"
        | "担当者"
        | "verantwortlich"
        | "responsable"
        | "responsável"
        | "исполнитель" => Role::Assignee,
        "est" | "estimate" | "effort" | "time" | "points" | "est time" | "duration"
        | "estimated time" | "工时" | "预计时间" | "工数" | "aufwand" | "estimación" | "оценка" => {
            Role::Estimate
        }
        "size" => Role::Size,
        "priority" | "prio" | "优先级" | "優先度" | "priorität" | "priorité" | "prioridad"
        | "prioridade" | "приоритет" => Role::Priority,
        "labels" | "tags" | "标签" => Role::Labels,
        "due" | "due date" | "deadline" | "截止日期" | "期限" => Role::Due,
        "verify" | "tests" | "test" | "command" | "verification" => Role::Verify,
        "acceptance" | "done when" | "acceptance criteria" | "验收标准" => Role::Acceptance,
        "phase" | "阶段" => Role::Phase,
        _ => Role::Other(normal.to_owned()),
    }
}

/// What is counted, weighed or asked in tables with ids and a status that are no work.
fn lists_other_things(roles: &[Role]) -> bool {
    const THINGS: [&str; 14] = [
        "risk",
        "risks",
        "requirement",
        "requirements",
        "mitigation",
        "decision",
        "metric",
        "question",
        "assumption",
        "gate",
        "criterion",
        "criteria",
        "check",
        "endpoint",
    ];
    let thing = |role: &Role| matches!(role, Role::Other(name) if THINGS.contains(&name.as_str()));
    let work = |role: &Role| matches!(role, Role::Task | Role::Title | Role::Needs);
    // `| Requirement | Tasks | Status |` says which tasks meet it.
    let about = roles.first().is_some_and(thing) && !roles.contains(&Role::Id);
    about || (!roles.iter().any(work) && roles.iter().take(2).any(thing))
}

fn lists_tasks(roles: &[Role], in_column: bool) -> bool {
    let id = roles.iter().any(|role| matches!(role, Role::Id | Role::Task));
    let context = roles
        .iter()
        .any(|role| matches!(role, Role::Status | Role::Done | Role::Completed | Role::Needs));
    id && (context || in_column) && !lists_other_things(roles)
}

impl Walk<'_> {
    /// A row or delimiter row.
    pub(crate) fn table_line(&mut self, index: usize) {
        let line = self.scan.lines[index];
        let text = &self.bytes[line.start..line.end];
        match &self.table {
            Some(table) if table.kind == TableKind::Pending => {
                let header = table.header;
                if is_delimiter_row(text) && header + 1 == index {
                    self.open_table(header);
                } else {
                    self.table = Some(Table::pending(index));
                }
            }
            Some(table) if table.kind == TableKind::Tasks => self.task_row(index),
            Some(table) if table.kind == TableKind::Details => self.detail_row(index),
            Some(_) => {}
            None => self.table = Some(Table::pending(index)),
        }
    }

    /// A text line inside a table whose rows have no leading bar.
    pub(crate) fn table_text(&mut self, index: usize) -> bool {
        let line = self.scan.lines[index];
        let is_row = memchr::memchr(b'|', &self.bytes[line.start..line.end]).is_some();
        match &self.table {
            Some(table) if table.kind != TableKind::Pending && is_row => {
                self.table_line(index);
                true
            }
            _ => false,
        }
    }

    fn open_table(&mut self, header: usize) {
        let line = self.scan.lines[header];
        let roles = roles(&self.bytes[line.start..line.end]);
        let kind = if self.profile.one_file {
            TableKind::Other
        } else if lists_tasks(&roles, self.column.is_some()) {
            TableKind::Tasks
        } else if roles.iter().any(|role| matches!(role, Role::Id | Role::Task)) {
            TableKind::Details
        } else {
            TableKind::Other
        };
        let ids_lead = self.ids_lead(header, &roles);
        self.table = Some(Table { header, roles, kind, ids_lead });
    }

    /// Whether most of the first rows have an id before the title of their task: `| 2.1 Ship |`.
    fn ids_lead(&self, header: usize, roles: &[Role]) -> bool {
        let Some(column) = roles.iter().position(|role| *role == Role::Task) else { return false };
        let (mut rows, mut ids) = (0, 0);
        for index in header + 2..(header + 2 + LOOK_AHEAD_ROWS).min(self.scan.lines.len()) {
            if !matches!(self.scan.shapes[index].kind, Kind::Row | Kind::Text) {
                break;
            }
            let line = self.scan.lines[index];
            let text = &self.bytes[line.start..line.end];
            let Some(cell) = cells(text).get(column).copied() else { continue };
            rows += 1;
            ids +=
                usize::from(cell_id(aligned(text[cell.range()].trim_ascii()).as_ref()).is_some());
        }
        ids >= 2 && ids * 2 > rows
    }

    fn row(&self, index: usize) -> Vec<(Role, Span, String)> {
        let line = self.scan.lines[index];
        let text = &self.bytes[line.start..line.end];
        let Some(table) = &self.table else { return Vec::new() };
        cells(text)
            .into_iter()
            .zip(&table.roles)
            .map(|(cell, role)| {
                let raw = &text[cell.range()];
                let lead = raw.len() - raw.trim_ascii_start().len();
                let trimmed = raw.trim_ascii();
                let start = line.start + cell.start + lead;
                (
                    role.clone(),
                    Span::new(start, start + trimmed.len()),
                    aligned(trimmed).into_owned(),
                )
            })
            .collect()
    }

    fn task_row(&mut self, index: usize) {
        let row = self.row(index);
        let names = |role: &Role| matches!(role, Role::Id | Role::Task | Role::Title);
        let named = row.iter().any(|(role, ..)| names(role));
        if row.iter().all(|(role, _, text)| (named && !names(role)) || says_nothing(text)) {
            let span = self.document.line_span(index + 1);
            let (kind, line, detail) = (OddityKind::EmptyTableRow, index + 1, String::new());
            self.document.oddities.push(Oddity { kind, line, span, detail });
            return;
        }
        if row
            .first()
            .is_some_and(|(_, _, text)| text.trim_matches('*').eq_ignore_ascii_case("total"))
            || row.iter().any(|(role, _, text)| *role == Role::Task && lists_ids(text))
        {
            return;
        }
        let position = self.document.tasks.len();
        let mut task = super::task::blank(Carrier::CellWord, index + 1);
        task.spans.block = super::whole_lines(self.document, index + 1, index + 1);
        task.spans.title = Span::new(task.spans.block.start, task.spans.block.start);
        let context = self.context();
        self.place(&mut task, context);
        self.facts(&mut task, &row, Some(position), index);
        self.row_state(&mut task, &row, index);
        task.parent = task.id.as_deref().and_then(|id| {
            let (before, _) = id.rsplit_once('.')?;
            self.by_id.get(before).copied()
        });
        self.push_task(task);
    }

    fn detail_row(&mut self, index: usize) {
        let row = self.row(index);
        let mut task = super::task::blank(Carrier::CellWord, index + 1);
        self.facts(&mut task, &row, None, index);
        if let Some(id) = task.id.clone() {
            self.out.details.push(Detail { id, task });
        }
    }

    /// Everything in a row but the state.
    fn facts(
        &mut self,
        task: &mut Task,
        row: &[(Role, Span, String)],
        position: Option<usize>,
        index: usize,
    ) {
        let has_id = row.iter().any(|(role, ..)| *role == Role::Id);
        let has_title = row.iter().any(|(role, ..)| *role == Role::Title);
        for (role, span, text) in row {
            match role {
                Role::Id => self.id_cell(task, *span, text),
                Role::Task if !has_id => {
                    let found = cell_id(text);
                    let table_of_ids = self.table.as_ref().is_some_and(|table| table.ids_lead);
                    let is_id = found
                        .is_some_and(|id| table_of_ids || id.rest >= text.len() || id.separated);
                    // `| Task | Description |` names a task by a word where no id is given.
                    if is_id || (has_title && text.bytes().any(|byte| byte.is_ascii_digit())) {
                        self.id_cell(task, *span, text);
                    } else {
                        self.title_cell(task, *span, text);
                    }
                }
                Role::Task => self.title_cell(task, *span, text),
                Role::Title if task.title.is_empty() => self.title_cell(task, *span, text),
                Role::Needs => {
                    if !text.is_empty() {
                        task.depends_on_text = Some(text.clone());
                    }
                    if let Some(position) = position {
                        let mentions = mention::in_field(text);
                        self.pend(
                            position,
                            PendingKind::Needs,
                            mentions,
                            span.start,
                            index + 1,
                            EdgeSource::Column,
                        );
                    }
                }
                Role::Files => super::fields::add_files(task, text, span.start, index + 1, false),
                Role::Status | Role::Done | Role::Title => {}
                Role::Verify => {
                    if !text.is_empty() && text != "-" {
                        let text = crate::document::Text {
                            text: text.clone(),
                            line: index + 1,
                            span: *span,
                        };
                        task.verify.push(text);
                    }
                }
                Role::Acceptance => {
                    if !text.is_empty() && text != "-" {
                        let text = crate::document::Text {
                            text: text.clone(),
                            line: index + 1,
                            span: *span,
                        };
                        task.acceptance.push(text);
                    }
                }
                _ => plain_fact(task, role, text),
            }
        }
        if task.title.is_empty()
            && let Some(acceptance) = task.acceptance.first().cloned()
        {
            task.title = acceptance.text;
            task.spans.title = acceptance.span;
        }
    }

    fn id_cell(&mut self, task: &mut Task, span: Span, text: &str) {
        let lead = words::emoji_at(text).map_or(0, |(length, state)| {
            let mark = Span::new(span.start, span.start + length);
            task.spans.state_text = Some(mark);
            task.spans.cell = Some(span);
            task.state = state;
            task.mark = Some(text[..length].to_owned());
            length + text[length..].len() - text[length..].trim_start().len()
        });
        let rest = &text[lead..];
        match id::at_start(rest.as_bytes(), 0) {
            Some(found) => {
                task.id = Some(rest[found.span.range()].to_owned());
                task.alias = task.id.as_deref().and_then(id::alias).map(str::to_owned);
                task.spans.id = Some(Span::new(
                    span.start + lead + found.span.start,
                    span.start + lead + found.span.end,
                ));
                let after = rest[found.rest..].trim();
                if task.title.is_empty() && found.form != Form::Hash && !after.is_empty() {
                    let start = span.start + lead + found.rest;
                    task.title = after.to_owned();
                    task.spans.title = Span::new(start, start + after.len());
                }
            }
            None if !rest.is_empty() => {
                let plain = rest.trim_matches(['*', '`', '~']);
                if plain.split_whitespace().nth(1).is_none() && plain.len() <= 40 {
                    task.id = Some(plain.to_owned());
                    let offset = rest.find(plain).unwrap_or(0);
                    task.spans.id = Some(Span::new(
                        span.start + lead + offset,
                        span.start + lead + offset + plain.len(),
                    ));
                } else {
                    self.title_cell(task, span, text);
                }
            }
            None => {}
        }
    }

    fn title_cell(&mut self, task: &mut Task, span: Span, text: &str) {
        let mut title = text;
        let mut offset = 0;
        if let Some(inner) = text.strip_prefix("**").and_then(|rest| rest.strip_suffix("**"))
            && !inner.contains("**")
        {
            title = inner;
            offset = 2;
        }
        task.title = title.to_owned();
        task.spans.title = Span::new(span.start + offset, span.start + offset + title.len());
        if task.files.is_empty()
            && !self.table.as_ref().is_some_and(|table| table.roles.contains(&Role::Files))
        {
            for path in crate::grammar::paths::in_text(title) {
                task.files.push(crate::document::FileReference {
                    path: title[path.range()].to_owned(),
                    line: task.line,
                    span: Span::new(
                        task.spans.title.start + path.start,
                        task.spans.title.start + path.end,
                    ),
                    read_only: false,
                });
            }
        }
    }

    /// The state: the status cell, the done cell, the completion, the prefix of the id, the board column.
    fn row_state(&self, task: &mut Task, row: &[(Role, Span, String)], index: usize) {
        let find = |wanted: &[Role]| row.iter().find(|(role, ..)| wanted.contains(role));
        let prefix = task.spans.state_text;
        // A status cell says it of this very row, and is what a person edits.
        let status =
            find(&[Role::Status]).is_some_and(|(_, _, text)| words::of_cell(text).is_some());
        if let Some((column, _)) = self.column.filter(|_| !status) {
            task.state = self.document.columns[column].state;
            task.carrier = Carrier::Column;
            task.spans.state_text = None;
            task.spans.cell = None;
            task.mark = None;
            return;
        }
        if let Some((role, span, text)) = find(&[Role::Status])
            .or_else(|| find(&[Role::Done]))
            .or_else(|| find(&[Role::Completed]))
        {
            task.spans.state_text = None;
            task.spans.cell = Some(self.cell_around(*span, index));
            self.cell_state(task, role, *span, text);
        } else if prefix.is_some() {
            task.carrier = Carrier::CellPrefix;
        } else {
            task.carrier = Carrier::CellPrefix;
            task.spans.cell = task.spans.id.map(|id| self.cell_around(id, index));
        }
    }

    /// The cell between its bars around a span.
    fn cell_around(&self, span: Span, index: usize) -> Span {
        let line = self.scan.lines[index];
        cells(&self.bytes[line.start..line.end])
            .into_iter()
            .map(|cell| Span::new(line.start + cell.start, line.start + cell.end))
            .find(|cell| cell.start <= span.start && span.end <= cell.end)
            .unwrap_or(span)
    }

    fn cell_state(&self, task: &mut Task, role: &Role, span: Span, text: &str) {
        task.mark = Some(text.to_owned());
        task.carrier = Carrier::CellWord;
        if let Some(said) = words::of_cell(text) {
            let token = Span::new(span.start + said.span.start, span.start + said.span.end);
            task.state = said.state;
            if text[said.span.range()].starts_with('[') {
                task.carrier = Carrier::CellBox;
                task.spans.bracket = Some(token);
                let mark = Span::new(token.start + 1, token.end - 1);
                task.spans.mark = Some(mark);
                task.state = self.meaning(mark, "").state;
            } else {
                task.spans.state_text = Some(token);
            }
            return;
        }
        let lower = text.to_lowercase();
        task.state = match role {
            Role::Done | Role::Completed if affirms(&lower) => State::Done,
            Role::Status if lower == "100%" || lower == "yes" => State::Done,
            _ => State::Todo,
        };
        task.spans.state_text = (!text.is_empty()).then_some(span);
    }
}

/// Whether a cell under `Done` or `Completed` says yes: a plain word, a date, a commit, a whole.
///
/// `2/3` and `60%` are not the whole, and any other word is none of these.
fn affirms(lower: &str) -> bool {
    let text = lower.trim_matches(['*', '`', ' ']);
    if matches!(text, "x" | "yes" | "y" | "ja" | "oui" | "sí" | "sim" | "true" | "ok" | "是" | "👍")
    {
        return true;
    }
    if let Some(percent) = text.strip_suffix('%') {
        return percent.trim() == "100";
    }
    if let Some((part, whole)) = text.split_once('/')
        && let (Ok(part), Ok(whole)) = (part.trim().parse::<u32>(), whole.trim().parse::<u32>())
    {
        return part == whole;
    }
    text.len() <= 40 && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// `C-01, C-02` under `Tasks`: the row is about these, and none of them.
fn lists_ids(cell: &str) -> bool {
    let several = mention::in_field(cell);
    let length: usize = several.iter().map(|mention| mention.span.len()).sum();
    several.len() > 1 && length + 3 * several.len() >= cell.len()
}

fn says_nothing(cell: &str) -> bool {
    matches!(cell, "" | "-" | "—" | "–" | "…" | "..." | "n/a" | "N/A")
}

fn cell_id(text: &str) -> Option<id::Id> {
    let lead = words::emoji_at(text)
        .map_or(0, |(length, _)| length + text[length..].len() - text[length..].trim_start().len());
    id::at_start(text.as_bytes(), lead)
}

fn plain_fact(task: &mut Task, role: &Role, text: &str) {
    let plain = text.trim_matches(['`', '*']);
    if matches!(plain, "" | "—" | "–") || (plain == "-" && !matches!(role, Role::Other(_))) {
        return;
    }
    let value = || Some(plain.to_owned());
    match role {
        Role::Assignee => task.assignee = value(),
        Role::Estimate => task.estimate = value(),
        Role::Size => {
            task.estimate = task.estimate.take().or_else(value);
            task.extra.push(("size".to_owned(), plain.to_owned()));
        }
        Role::Priority => task.priority = value(),
        Role::Due => task.due = value(),
        Role::Labels => {
            task.labels = text
                .split(',')
                .map(|label| label.trim().trim_matches(['`', '#']).to_owned())
                .filter(|label| !label.is_empty())
                .collect();
        }
        Role::Completed => task.extra.push(("completed".to_owned(), plain.to_owned())),
        Role::Phase => {
            task.phase = task.phase.take().or_else(value);
            task.extra.push(("phase".to_owned(), plain.to_owned()));
        }
        Role::Other(name) if task.extra.len() < 64 => {
            task.extra.push((name.clone(), text.to_owned()))
        }
        _ => {}
    }
}
