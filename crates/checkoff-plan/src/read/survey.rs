//! A first look over the whole file: what ids its boxes and headings seem to
//! have, which headings look like columns, what its tables are about.
//!
//! Detection and the acceptance of unsure ids need to know the whole before the
//! parts are read; this is that knowledge, gathered in one walk.

use crate::map::HashMap;

use crate::document::{Region, Span};
use crate::grammar::id::{self, Form, Id};
use crate::grammar::{mark, words};
use crate::scan::{Kind, Scan};

use super::text::aligned;

/// A box and the id it seems to have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BoxSeen {
    /// Index of its line.
    pub(crate) line: usize,
    /// The id at the start of its text, sure or not.
    pub(crate) id: Option<Id>,
}

/// A heading and the id it seems to have.
#[derive(Debug, Clone)]
pub(crate) struct HeadingSeen {
    /// Index of its line.
    pub(crate) line: usize,
    pub(crate) level: u8,
    /// Its text in the file: no `#`s, no closing `#`s.
    pub(crate) text: Span,
    /// The id, offsets in the file.
    pub(crate) id: Option<Id>,
    /// It carries a box of its own.
    pub(crate) boxed: bool,
    /// The id begins with a letter that ranks or phases have: `P0`, `M1`.
    pub(crate) rank_letter: bool,
    /// What stands between the brackets of a box behind the id: `### 185. [x] Title`.
    pub(crate) mark_after_id: Option<Span>,
    /// The board column its words name.
    pub(crate) column: Option<crate::document::State>,
    /// How many of the boxes right below (before the next heading) have an id of their own.
    pub(crate) boxes_with_id: usize,
    /// How many boxes stand right below.
    pub(crate) boxes: usize,
    /// A field line right below says the status or the id, or does so for its siblings.
    pub(crate) has_field: bool,
}

/// What the first look found.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub(crate) boxes: Vec<BoxSeen>,
    pub(crate) headings: Vec<HeadingSeen>,
    /// For each shape of id on boxes and headings, by its letters: where one of it stands, and
    /// whether there are others beside it. One word said twice is no second id.
    prefixes: HashMap<Prefix, (Vec<u8>, bool)>,
    /// Boxes whose id is a number in any shape.
    pub(crate) numbered: usize,
    /// Boxes with a spec-kit id.
    pub(crate) speckit: usize,
    /// The level at which most headings that name columns stand.
    pub(crate) board_level: u8,
}

impl Survey {
    pub(crate) fn new(bytes: &[u8], scan: &Scan) -> Survey {
        let mut survey = Survey::default();
        for (index, (line, shape)) in scan.lines.iter().zip(&scan.shapes).enumerate() {
            if line.region != Region::Body {
                continue;
            }
            let text = &bytes[line.start..line.end];
            match shape.kind {
                Kind::Heading => survey.heading(bytes, index, line.start, text, shape),
                Kind::Item if is_box(text, shape) => survey.list_box(index, text, shape),
                Kind::Item | Kind::Text => survey.field(text, shape),
                _ => {}
            }
        }
        survey.count_ids_below(bytes, scan);
        survey.numbered_siblings(bytes);
        survey.level_of_columns();
        survey
    }

    /// Counts the boxes below each heading whose id is one, now that all are known.
    fn count_ids_below(&mut self, bytes: &[u8], scan: &Scan) {
        let mut heading = 0;
        for index in 0..self.boxes.len() {
            let seen = self.boxes[index];
            while self.headings.get(heading + 1).is_some_and(|next| next.line < seen.line) {
                heading += 1;
            }
            let line = scan.lines[seen.line];
            let accepted = seen.id.is_some_and(|id| {
                id.form != Form::Hash && self.accepts(&id, &bytes[line.start..line.end])
            });
            if accepted
                && let Some(above) =
                    self.headings.get_mut(heading).filter(|above| above.line < seen.line)
            {
                above.boxes_with_id += 1;
            }
        }
    }

    /// `### 1. Fix it ✅ FIXED` among headings of which some have a status field: where most
    /// numbered headings of a level say how far they are, all of them are tasks.
    fn numbered_siblings(&mut self, bytes: &[u8]) {
        for level in 2..=6 {
            let siblings: Vec<usize> = (0..self.headings.len())
                .filter(|&at| {
                    let heading = &self.headings[at];
                    heading.level == level
                        && heading.boxes == 0
                        && heading.id.is_some_and(|id| id.form == Form::Ordinal)
                })
                .collect();
            let stated = siblings.iter().filter(|&&at| {
                let heading = &self.headings[at];
                heading.has_field
                    || super::headings::ends_in_state(&aligned(&bytes[heading.text.range()]))
            });
            let most = stated.count() * 2 > siblings.len();
            if most && siblings.iter().any(|&at| self.headings[at].has_field) {
                siblings.into_iter().for_each(|at| self.headings[at].has_field = true);
            }
        }
    }

    /// Columns stand side by side: the level with most of them is the board's. What is deeper
    /// is a part of a column, and a title names the whole file.
    fn level_of_columns(&mut self) {
        let titles = self.headings.iter().filter(|heading| heading.level == 1).count();
        let mut counts = [0_usize; 7];
        for heading in &mut self.headings {
            if heading.level == 1 && titles == 1 {
                heading.column = None;
            }
            counts[usize::from(heading.level.min(6))] += usize::from(heading.column.is_some());
        }
        let most = (1..=6_u8).rev().max_by_key(|&level| counts[usize::from(level)]).unwrap_or(2);
        self.board_level = most;
        for heading in self.headings.iter_mut().filter(|heading| heading.level > most) {
            heading.column = None;
        }
    }

    /// Whether most boxes begin with an id.
    pub(crate) fn has_ids(&self) -> bool {
        let with_id = self.boxes.iter().filter(|seen| {
            seen.id.is_some_and(|id| !matches!(id.form, Form::Short | Form::Hash | Form::Number))
        });
        with_id.count() * 2 > self.boxes.len()
    }

    fn list_box(&mut self, index: usize, text: &[u8], shape: &crate::scan::Shape) {
        let id = box_id(text, shape.content as usize);
        if let Some(heading) = self.headings.last_mut() {
            heading.boxes += 1;
        }
        if let Some(id) = id {
            self.count(&id, text);
            self.speckit += usize::from(id.form == Form::Speckit);
            let numeric = matches!(id.form, Form::Number | Form::Ordinal | Form::Dotted);
            self.numbered += usize::from(numeric);
        }
        self.boxes.push(BoxSeen { line: index, id });
    }

    fn heading(
        &mut self,
        bytes: &[u8],
        index: usize,
        start: usize,
        text: &[u8],
        shape: &crate::scan::Shape,
    ) {
        let body = heading_text(bytes, start, text, shape.level);
        let boxed = shape.bracket.is_some_and(|bracket| {
            mark::default_state(&text[bracket.open as usize + 1..bracket.close as usize]).is_some()
        });
        let relative = if boxed { shape.content as usize } else { body.start - start };
        let id = heading_id(&bytes[start..body.end], relative.min(body.end - start));
        if let Some(id) = &id {
            self.count(id, text);
        }
        let column = words::column(&aligned(&bytes[body.range()]));
        let id = id.map(|id| Id {
            span: Span::new(id.span.start + start, id.span.end + start),
            rest: id.rest + start,
            ..id
        });
        self.headings.push(HeadingSeen {
            line: index,
            level: shape.level,
            text: body,
            id,
            boxed,
            rank_letter: id
                .is_some_and(|id| matches!(bytes[id.span.start], b'P' | b'M' | b'S' | b'W' | b'V')),
            mark_after_id: id.and_then(|id| mark_at(bytes, id.rest, body.end)),
            column,
            boxes_with_id: 0,
            boxes: 0,
            has_field: false,
        });
    }

    fn field(&mut self, text: &[u8], shape: &crate::scan::Shape) {
        let Some(heading) = self.headings.last_mut() else { return };
        // Behind the boxes it speaks of them: `**Status:** all seven work`.
        if heading.has_field || heading.boxes > 0 {
            return;
        }
        let body = &text[shape.content as usize..];
        let named = |fields: &[&str]| fields.iter().any(|field| body.starts_with(field.as_bytes()));
        let status = named(&[
            "**Status:",
            "**Status**",
            "**State:",
            "**State**",
            "Status:",
            "**状态",
            "**状態",
            "**ステータス",
        ]);
        // `**Status:** Added a helper` tells what was done, not how far it is.
        heading.has_field = named(&["**ID:", "**ID**"])
            || status && {
                let body = aligned(body);
                let value = body.split_once([':', '：']).map_or("", |(_, value)| value);
                let value = value.trim_matches([' ', '*']);
                is_short(value) || states(value)
            };
    }

    fn count(&mut self, id: &Id, text: &[u8]) {
        if let Some(key) = prefix_key(id, text) {
            let token = &text[id.span.range()];
            match self.prefixes.get_mut(&key) {
                Some((_, true)) => {}
                Some((first, others)) => *others = first != token,
                None => drop(self.prefixes.insert(key, (token.to_vec(), false))),
            }
        }
    }

    /// Whether an id of an unsure shape is one, judged by the company it keeps.
    pub(crate) fn accepts(&self, id: &Id, text: &[u8]) -> bool {
        match id.form {
            Form::Speckit | Form::Task | Form::Phase | Form::Plan | Form::Ordinal => true,
            Form::Parts | Form::Short | Form::Hash => {
                let letters = letters(id, text);
                if is_rank(id, text) {
                    return false;
                }
                id.separated
                    || (id.form != Form::Hash && id::is_known_prefix(letters))
                    || prefix_key(id, text)
                        .and_then(|key| self.prefixes.get(&key))
                        .is_some_and(|(_, others)| *others)
            }
            Form::Dotted => id.separated || self.numbered >= 2,
            Form::Number => self.numbered >= 2 && self.numbered * 2 >= self.boxes.len(),
        }
    }
}

/// Whether a list item's bracket group is a box at all (`[P]` is none).
pub(crate) fn is_box(text: &[u8], shape: &crate::scan::Shape) -> bool {
    shape.bracket.is_some_and(|bracket| {
        mark::default_state(&text[bracket.open as usize + 1..bracket.close as usize]).is_some()
    })
}

/// The id of a box, behind a skip word, an emoji or a marker if need be.
pub(crate) fn box_id(text: &[u8], content: usize) -> Option<Id> {
    id::at_start(text, content).or_else(|| {
        let skipped = skip_lead(&text[content..]);
        (skipped > 0).then(|| id::at_start(text, content + skipped)).flatten()
    })
}

/// `SKIP:`, `✅`, `[P]`, `ID:` before an id.
fn skip_lead(text: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let step = ["SKIP:", "SKIPPED:", "[P]", "(P)", "ID:", "**ID:**", "**ID**:"]
            .iter()
            .find(|lead| rest.starts_with(lead.as_bytes()))
            .map(|lead| lead.len())
            .or_else(|| emoji_lead(rest));
        let Some(step) = step else { return at };
        at += step;
        at += crate::grammar::blanks(&text[at..]);
    }
}

fn emoji_lead(text: &[u8]) -> Option<usize> {
    if text.first().is_none_or(u8::is_ascii) {
        return None;
    }
    let head = &text[..text.len().min(12)];
    let valid = match std::str::from_utf8(head) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or(""),
    };
    words::emoji_at(valid).map(|(length, _)| length)
}

/// The id of a heading, behind an emoji if need be; `### 185. [x] …` has it before its box.
fn heading_id(text: &[u8], from: usize) -> Option<Id> {
    let lead = emoji_lead(&text[from..])
        .map_or(0, |length| length + crate::grammar::blanks(&text[from + length..]));
    id::at_start(text, from + lead)
}

/// Whether a status is a word or two, known or not, and no sentence.
pub(crate) fn is_short(status: &str) -> bool {
    status.split_whitespace().count() <= 3 && !status.contains('`')
}

/// Whether a status begins with a state, and does not go on as a sentence.
fn states(status: &str) -> bool {
    words::of_cell(status).is_some_and(|said| {
        let rest = status[said.span.end..].trim_start();
        !rest.starts_with(|letter: char| letter.is_lowercase())
    })
}

/// The mark of a box that begins at `start`.
fn mark_at(bytes: &[u8], start: usize, end: usize) -> Option<Span> {
    let [b'[', inner @ ..] = bytes.get(start..end)? else { return None };
    let close = inner.iter().take(6).position(|&byte| byte == b']')?;
    mark::default_state(&inner[..close])?;
    Some(Span::new(start + 1, start + 1 + close))
}

/// The text of a heading without closing `#`s.
pub(crate) fn heading_text(bytes: &[u8], start: usize, text: &[u8], level: u8) -> Span {
    let hashes = memchr::memchr(b'#', text).map_or(0, |at| at + usize::from(level));
    let begin = hashes + crate::grammar::blanks(&text[hashes..]);
    let trimmed = text.trim_ascii_end();
    let body = trimmed.len() - trimmed.iter().rev().take_while(|&&byte| byte == b'#').count();
    let closed = body > begin && matches!(bytes.get(start + body - 1), Some(b' ' | b'\t'));
    let end = if closed || body <= begin {
        text[..body.max(begin)].trim_ascii_end().len()
    } else {
        trimmed.len()
    };
    Span::new(start + begin, start + end.max(begin))
}

/// `P1 fix this`: a rank, said of many.
fn is_rank(id: &Id, text: &[u8]) -> bool {
    !id.separated && matches!(text[id.span.range()], [b'P', b'0'..=b'4'])
}

fn letters<'t>(id: &Id, text: &'t [u8]) -> &'t [u8] {
    let token = &text[id.span.range()];
    let length = token.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    &token[..length]
}

/// The letters of an id and whether it is a short one; letters beyond twelve do not tell ids apart.
type Prefix = (bool, [u8; 12]);

fn prefix_key(id: &Id, text: &[u8]) -> Option<Prefix> {
    let token = text.get(id.span.range())?;
    let mut letters = [0; 12];
    let found = token.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'#');
    for (slot, byte) in letters.iter_mut().zip(found) {
        *slot = *byte;
    }
    (letters[0] != 0).then_some((id.form == Form::Short, letters))
}
