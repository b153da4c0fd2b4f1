//! The one pass over the lines that makes tasks, checks and fields of them.
//!
//! It keeps three contexts: the stack of headings, the headings that are tasks
//! themselves (owners), and the stack of list items. What a line means depends
//! on them; what a line says is left to the neighbours of this file.

use std::cell::Cell;

use crate::dialect::Profile;
use crate::document::{Check, CheckKind, Column, Document, Region, Span, Task};
use crate::grammar::mention::Mention;
use crate::scan::{Kind, Scan, Shape};

use super::checks::{Label, Role};
use super::fields::Place;
use super::legend::Legend;
use super::survey::{self, Survey};
use super::text::aligned;

/// What the walk leaves for the steps after it.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// References whose ranges wait for all ids.
    pub(crate) pending: Vec<Pending>,
    /// Lines that restate a task without carrying its state.
    pub(crate) details: Vec<Detail>,
    /// Lines outside task items where order may be told (index of the line, text).
    pub(crate) prose: Vec<(usize, Span)>,
    /// Lines where order between phases may be told.
    pub(crate) phase_lines: Vec<(usize, Span)>,
}

/// A dependency field, read but not resolved.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) task: usize,
    pub(crate) kind: PendingKind,
    pub(crate) mentions: Vec<Mention>,
    /// Where the text of the mentions begins.
    pub(crate) base: usize,
    pub(crate) line: usize,
    pub(crate) source: crate::document::EdgeSource,
}

/// Which list a reference belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PendingKind {
    Needs,
    Blocks,
    Conflicts,
}

/// A table row or heading that names a task which something else carries.
#[derive(Debug, Clone)]
pub(crate) struct Detail {
    pub(crate) id: String,
    /// What it knows; only facts, never the state.
    pub(crate) task: Task,
}

/// A heading that is a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) task: usize,
    pub(crate) level: u8,
    /// The heading only tells more of a task that a box or row carries.
    pub(crate) detail: bool,
}

/// An open list item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) indent: u32,
    pub(crate) quotes: u8,
    pub(crate) task: Option<usize>,
    /// What boxes below it are, when a label bullet says so.
    pub(crate) role: Option<Role>,
}

pub(crate) struct Walk<'d> {
    pub(crate) bytes: &'d [u8],
    pub(crate) scan: &'d Scan,
    pub(crate) survey: &'d Survey,
    pub(crate) profile: &'static Profile,
    pub(crate) legend: &'d Legend,
    pub(crate) document: &'d mut Document,
    pub(crate) out: Walked,
    /// Indices into the document's headings, outermost first.
    pub(crate) headings: Vec<usize>,
    pub(crate) owners: Vec<Owner>,
    /// Open column: index into the document's columns and its level.
    pub(crate) column: Option<(usize, u8)>,
    /// What boxes are, said by the last label.
    pub(crate) label: Option<Role>,
    pub(crate) frames: Vec<Frame>,
    /// 1-based line of the last line with content.
    pub(crate) last_content: usize,
    pub(crate) after_blank: bool,
    pub(crate) table: Option<super::tables::Table>,
    pub(crate) heading_index: usize,
    /// Several level-1 headings: then they are sections, not the title.
    pub(crate) many_titles: bool,
    /// The last task with each id, for dotted parents.
    pub(crate) by_id: crate::map::HashMap<String, usize>,
    /// Task of a one-file dialect.
    pub(crate) file_task: Option<usize>,
    /// What follows from the open headings, until the next heading.
    pub(crate) below_headings: BelowHeadings,
}

/// What every box below the open headings asks for again.
#[derive(Default)]
pub(crate) struct BelowHeadings {
    /// Phase and section.
    pub(crate) context: Cell<Option<(Option<usize>, Option<usize>)>>,
    /// The role of a box that has neither id nor owner.
    pub(crate) role: Cell<Option<Role>>,
}

pub(crate) fn walk(
    bytes: &[u8],
    scan: &Scan,
    survey: &Survey,
    profile: &'static Profile,
    legend: &Legend,
    document: &mut Document,
) -> Walked {
    let titles = survey.headings.iter().filter(|heading| heading.level == 1).count();
    let mut walk = Walk {
        bytes,
        scan,
        survey,
        profile,
        legend,
        document,
        out: Walked::default(),
        headings: Vec::new(),
        owners: Vec::new(),
        column: None,
        label: None,
        frames: Vec::new(),
        last_content: 0,
        after_blank: true,
        table: None,
        heading_index: 0,
        many_titles: titles > 1,
        by_id: crate::map::HashMap::default(),
        file_task: None,
        below_headings: BelowHeadings::default(),
    };
    if profile.one_file {
        walk.file_task = super::one_file::task(&mut walk);
    }
    for index in 0..scan.lines.len() {
        walk.line(index);
    }
    walk.close_frames(0);
    walk.close_owners(0);
    walk.out
}

impl<'d> Walk<'d> {
    fn line(&mut self, index: usize) {
        let (line, shape) = (self.scan.lines[index], self.scan.shapes[index]);
        match line.region {
            Region::FrontMatter => return,
            Region::Comment => {
                self.comment(index);
                self.last_content = index + 1;
                return;
            }
            Region::Fence => {
                self.last_content = index + 1;
                self.after_blank = false;
                return;
            }
            Region::Body => {}
        }
        if shape.kind == Kind::Blank {
            self.after_blank = true;
            self.table = None;
            return;
        }
        if !matches!(shape.kind, Kind::Row | Kind::Delimiter | Kind::Text) {
            self.table = None;
        }
        match shape.kind {
            Kind::Heading => self.heading(index),
            Kind::Rule => {
                self.close_frames(0);
                self.label = None;
            }
            Kind::Row | Kind::Delimiter => {
                self.close_frames_at(&shape);
                self.table_line(index);
            }
            Kind::Item => self.item(index, &shape),
            Kind::Text => self.paragraph(index, &shape),
            Kind::Blank | Kind::Code | Kind::Masked | Kind::FenceOpen | Kind::CommentOpen => {}
        }
        self.last_content = index + 1;
        self.after_blank = false;
    }

    fn item(&mut self, index: usize, shape: &Shape) {
        self.pop_frames(shape);
        let line = self.scan.lines[index];
        let text = &self.bytes[line.start..line.end];
        if self.is_box(text, shape) {
            self.list_box(index, shape);
        } else {
            self.bullet(index, shape);
        }
    }

    /// Whether a bracket group is a box: by the grammar, by the legend, or any mark in Obsidian.
    pub(crate) fn is_box(&self, text: &[u8], shape: &Shape) -> bool {
        if survey::is_box(text, shape) {
            return true;
        }
        let Some(bracket) = shape.bracket.filter(|bracket| bracket.well_formed) else {
            return false;
        };
        let mark = aligned(&text[bracket.open as usize + 1..bracket.close as usize]);
        self.profile.any_mark || self.document.legend.iter().any(|entry| entry.mark == mark)
    }

    fn paragraph(&mut self, index: usize, shape: &Shape) {
        let line = self.scan.lines[index];
        if self.table_text(index) {
            return;
        }
        let text = aligned(&self.bytes[line.start + shape.content as usize..line.end]);
        let continues = self
            .frames
            .last()
            .is_some_and(|frame| shape.indent > frame.indent && shape.quotes == frame.quotes);
        if continues {
            if let Some(task) = self.frames.last().and_then(|frame| frame.task) {
                self.continuation(index, shape, task, &text);
            }
            return;
        }
        // Strictly a bold label right below a list goes on with its last item; nobody means that.
        let labels = text.starts_with("**") && super::checks::label(&text).is_some();
        if (self.after_blank || labels) && !self.frames.is_empty() {
            self.close_frames(0);
        }
        if !self.frames.is_empty() {
            // A lazy continuation of the item above.
            return;
        }
        self.table = super::tables::may_be_header(&text)
            .then(|| super::tables::Table::pending(index))
            .or(self.table.take());
        self.free_line(index, shape, &text, Place::Text);
    }

    /// A line that belongs to no list item: a label, a field of a heading's task, or prose.
    pub(crate) fn free_line(&mut self, index: usize, shape: &Shape, text: &str, place: Place) {
        let line = self.scan.lines[index];
        let span = Span::new(line.start + shape.content as usize, line.end);
        if let Some(label) = super::checks::label(text) {
            self.label = label.said();
        }
        if let Some(owner) = self.owner_task()
            && self.field(index, span, text, owner, place)
        {
            return;
        }
        self.midline_box(index, text, span);
        self.out.phase_lines.push((index, span));
        if self.owner_of_boxes().is_none() {
            self.out.prose.push((index, span));
        }
    }

    /// A bullet without a box: a field of the task right above, a label, a group, or prose.
    fn bullet(&mut self, index: usize, shape: &Shape) {
        let line = self.scan.lines[index];
        let span = Span::new(line.start + shape.content as usize, line.end);
        let text = aligned(&self.bytes[span.range()]);
        let enclosing = self.frames.last().copied();
        let mut frame =
            Frame { indent: shape.indent, quotes: shape.quotes, task: None, role: None };
        match enclosing {
            Some(Frame { task: Some(task), .. }) => {
                self.field(index, span, &text, task, Place::Bullet);
                frame.role = super::checks::label(&text).map(Label::below_task);
            }
            Some(enclosing) => {
                frame.role = super::checks::label(&text).map(Label::below_task).or(enclosing.role);
                if !self.inside_task() {
                    self.out.prose.push((index, span));
                }
            }
            None => {
                let place = if self.right_under_owner(index) { Place::Bullet } else { Place::Text };
                self.free_line(index, shape, &text, place);
            }
        }
        self.frames.push(frame);
    }

    /// Whether only bullets stand between a line and the heading that is its task.
    fn right_under_owner(&self, index: usize) -> bool {
        const FAR: usize = 200;
        let above = (index.saturating_sub(FAR)..index).rev().map(|at| (at, self.scan.shapes[at]));
        let stop = above.into_iter().find(|(_, shape)| match shape.kind {
            Kind::Blank | Kind::Masked => false,
            Kind::Item => shape.bracket.is_some(),
            Kind::Text => shape.indent == 0,
            _ => true,
        });
        stop.is_some_and(|(at, _)| {
            self.owner_task().is_some_and(|owner| self.document.tasks[owner].line == at + 1)
        })
    }

    /// Whether any open item is a task.
    pub(crate) fn inside_task(&self) -> bool {
        self.frames.iter().any(|frame| frame.task.is_some())
    }

    /// The nearest task among the open items.
    pub(crate) fn enclosing_task(&self) -> Option<usize> {
        self.frames.iter().rev().find_map(|frame| frame.task)
    }

    /// The innermost heading that is a task.
    pub(crate) fn owner_task(&self) -> Option<usize> {
        self.owners.last().map(|owner| owner.task)
    }

    /// The innermost heading that is a task and owns the boxes below it.
    ///
    /// The heading of a phase that is a box further up has tasks below it, not steps.
    pub(crate) fn owner_of_boxes(&self) -> Option<usize> {
        let owner = self.owners.last()?;
        let phase = owner.detail
            && self.document.tasks[owner.task]
                .id
                .as_deref()
                .is_some_and(|id| id.starts_with("Phase "));
        (!phase).then_some(owner.task)
    }

    /// Closes the items that a new item is not inside of. One column further in is not inside:
    /// the text of an item begins two columns after its bullet at the least.
    fn pop_frames(&mut self, shape: &Shape) {
        while self
            .frames
            .last()
            .is_some_and(|frame| frame.indent + 1 >= shape.indent || frame.quotes != shape.quotes)
        {
            self.close_frame();
        }
    }

    /// Closes the items that a table or the like at this indent ends.
    fn close_frames_at(&mut self, shape: &Shape) {
        while self.frames.last().is_some_and(|frame| frame.indent >= shape.indent) {
            self.close_frame();
        }
    }

    pub(crate) fn close_frames(&mut self, keep: usize) {
        while self.frames.len() > keep {
            self.close_frame();
        }
    }

    fn close_frame(&mut self) {
        if let Some(Frame { task: Some(task), .. }) = self.frames.pop() {
            self.close_block(task, self.last_content);
        }
    }

    /// Ends the tasks of headings at `level` or deeper; 0 ends all.
    pub(crate) fn close_owners(&mut self, level: u8) {
        while self.owners.last().is_some_and(|owner| level == 0 || owner.level >= level) {
            if let Some(owner) = self.owners.pop() {
                if owner.detail {
                    continue;
                }
                // A card owns everything up to the next heading, rules and blank lines included.
                let last =
                    if level == 0 { self.scan.lines.len() } else { self.heading_line().max(1) };
                self.close_block(owner.task, last);
            }
        }
    }

    /// The 1-based line before the heading being read.
    fn heading_line(&self) -> usize {
        self.survey
            .headings
            .get(self.heading_index)
            .map_or(self.scan.lines.len(), |heading| heading.line)
    }

    fn close_block(&mut self, task: usize, last: usize) {
        let first = self.document.tasks[task].line;
        self.document.tasks[task].spans.block =
            super::whole_lines(self.document, first, last.max(first));
    }

    /// Adds a check and keeps its owner.
    pub(crate) fn check(
        &mut self,
        index: usize,
        shape: &Shape,
        kind: CheckKind,
        owner: Option<usize>,
    ) {
        let line = self.scan.lines[index];
        let Some(bracket) = shape.bracket else { return };
        let mark = bracket.mark(line.start);
        let said = self.meaning(mark, "");
        let span = Span::new((line.start + shape.content as usize).min(line.end), line.end);
        let text = self.document.text(span).trim().to_owned();
        self.document.checks.push(Check {
            kind,
            line: index + 1,
            // A legend explains a mark; it is not checked off.
            checked: kind != CheckKind::Legend && said.state.is_closed(),
            mark,
            text: crate::document::Text { text, line: index + 1, span },
            owner,
        });
    }

    /// Adds a column for a heading.
    pub(crate) fn add_column(&mut self, heading: usize, state: crate::document::State, level: u8) {
        let line = self.document.headings[heading].line;
        let block = super::whole_lines(self.document, line, line);
        self.column = Some((self.document.columns.len(), level));
        self.document.columns.push(Column { heading, state, block });
    }
}
