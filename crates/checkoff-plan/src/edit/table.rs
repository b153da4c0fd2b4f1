//! Table cells: a status word, or an emoji before the id.
//!
//! In a table whose columns are aligned, the blanks behind a word are adjusted
//! so that the bar stays where it is; a cell that becomes too wide pushes its
//! own bar and no other. Whether a column is aligned is judged by the rows
//! around the cell only, so that setting the old word again gives the old bytes.

use unicode_width::UnicodeWidthStr;

use crate::document::{Carrier, Document, Region, Span, State, Task};
use crate::edit::vocabulary::{Context, Supply, Tokens, choose, token_span};
use crate::edit::{Draft, Reason, TextEdit, words};

/// Replaces the status word, or fills a blank cell with one.
pub(super) fn set_word(
    context: &Context<'_>,
    task: &Task,
    state: State,
    draft: &mut Draft,
) -> Result<(), Reason> {
    let document = context.document;
    let token = token_span(document, task);
    let inside = token.or(task.spans.cell).ok_or(Reason::NoPlace)?;
    let table = context.table(task.line);
    let number = table.cell_at(document, task.line, inside.start).ok_or(Reason::NoPlace)?;
    let cell = table.cell(document, task.line, number).ok_or(Reason::NoPlace)?;
    let column = context.column(table.first, number, || Column::read(document, &table, number));
    let current = token.map(|token| document.text(token)).unwrap_or_default();
    // A blank cell is not done, in a column of ✅ or where another task says so.
    if let Some(token) = token
        && state == State::Todo
        && (column.blank_means_todo || words::is_sign(&current))
        && column.tokens.most_used(state, |_| true).is_none()
    {
        draft.edits.push(column.clear(document, cell, token));
        return Ok(());
    }
    let chosen = choose(document, &column.tokens, &current, state, Supply::OpenAndDone);
    match (token, chosen) {
        (Some(token), Some(word)) => {
            draft.edits.extend(column.padding(document, cell, &current, &word));
            draft.edits.push(TextEdit::replace(token, word));
        }
        (None, Some(word)) if is_blank(document, cell) => {
            draft.edits.push(column.fill(document, cell, &word));
        }
        (_, None) => return Err(Reason::NoWord { place: "this column" }),
        (None, Some(_)) => return Err(Reason::NoPlace),
    }
    Ok(())
}

fn is_blank(document: &Document, cell: Span) -> bool {
    document.slice(cell).iter().all(|byte| *byte == b' ')
}

/// Puts the emoji with one blank before what the cell holds, or takes both away.
pub(super) fn set_prefix(
    context: &Context<'_>,
    task: &Task,
    state: State,
    draft: &mut Draft,
) -> Result<(), Reason> {
    let document = context.document;
    let present = task.spans.state_text;
    if state == State::Todo {
        let token = present.ok_or(Reason::NoPlace)?;
        let blank = usize::from(document.bytes.get(token.end) == Some(&b' '));
        draft.edits.push(TextEdit::delete(Span::new(token.start, token.end + blank)));
        return Ok(());
    }
    let tokens = context.tokens(Carrier::CellPrefix);
    let sign = match tokens.most_used(state, |_| true) {
        Some(sign) => sign,
        None if state == State::Done => "✅",
        None => return Err(Reason::NoWord { place: "this table" }),
    };
    draft.edits.push(match present {
        Some(token) => TextEdit::replace(token, sign),
        None => TextEdit::insert(cell_start(document, task)?, format!("{sign} ")),
    });
    Ok(())
}

/// Where the text of the cell with the id begins, links and bold included.
fn cell_start(document: &Document, task: &Task) -> Result<usize, Reason> {
    if let Some(cell) = task.spans.cell {
        let blanks = document.slice(cell).iter().take_while(|byte| byte.is_ascii_whitespace());
        return Ok(cell.start + blanks.count());
    }
    let id = task.spans.id.ok_or(Reason::NoPlace)?;
    let table = Table::around(document, task.line);
    let number = table.cell_at(document, task.line, id.start).ok_or(Reason::NoPlace)?;
    let cell = table.cell(document, task.line, number).ok_or(Reason::NoPlace)?;
    let blanks = document.slice(cell).iter().take_while(|byte| byte.is_ascii_whitespace());
    Ok(cell.start + blanks.count())
}

/// The lines of one table, header first; all 1-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Table {
    /// The unbroken run of rows that a line belongs to.
    pub(super) fn around(document: &Document, line: usize) -> Table {
        let is_row = |line: usize| {
            document.lines[line - 1].region == Region::Body
                && memchr::memchr(b'|', document.line_bytes(line)).is_some()
        };
        let mut first = line;
        while first > 1 && is_row(first - 1) {
            first -= 1;
        }
        let mut last = line;
        while last < document.lines.len() && is_row(last + 1) {
            last += 1;
        }
        Table { first, last }
    }

    /// The header row, blanks squeezed, to compare tables by.
    pub(super) fn header(self, document: &Document) -> Vec<String> {
        cells(document, self.first)
            .into_iter()
            .map(|cell| document.text(cell).trim().to_lowercase())
            .collect()
    }

    /// Which cell of a row a byte is in.
    fn cell_at(self, document: &Document, line: usize, offset: usize) -> Option<usize> {
        cells(document, line).iter().position(|cell| (cell.start..=cell.end).contains(&offset))
    }

    fn cell(self, document: &Document, line: usize, number: usize) -> Option<Span> {
        cells(document, line).get(number).copied()
    }
}

/// The cells of a row between their bars, padding included. `\|` is text.
pub(super) fn cells(document: &Document, line: usize) -> Vec<Span> {
    let span = document.line_span(line);
    let bytes = document.slice(span);
    let mut bars: Vec<usize> =
        memchr::memchr_iter(b'|', bytes).filter(|&at| at == 0 || bytes[at - 1] != b'\\').collect();
    let blank = |range: &[u8]| range.iter().all(u8::is_ascii_whitespace);
    let opens = bars.first().is_some_and(|&bar| blank(&bytes[..bar]));
    let closes = bars.last().is_some_and(|&bar| blank(&bytes[bar + 1..]));
    let start = if opens { bars.remove(0) + 1 } else { 0 };
    let end = if closes { bars.pop().unwrap_or(bytes.len()) } else { bytes.len() };
    let mut cells = Vec::with_capacity(bars.len() + 1);
    let mut from = start;
    for bar in bars {
        cells.push(Span::new(span.start + from, span.start + bar));
        from = bar + 1;
    }
    if from <= end {
        cells.push(Span::new(span.start + from, span.start + end));
    }
    cells
}

/// How wide a text is.
type Measure = fn(&str) -> usize;

/// In terminal columns, or in characters.
const MEASURES: [Measure; 2] = [UnicodeWidthStr::width, |text| text.chars().count()];

/// What one column of a table looks like.
#[derive(Debug)]
pub(super) struct Column {
    tokens: Tokens,
    /// Some task says todo by saying nothing.
    blank_means_todo: bool,
    /// By measure: the width of the delimiter cell, and how many cells are not as wide.
    widths: [(usize, usize); MEASURES.len()],
}

impl Column {
    fn read(document: &Document, table: &Table, number: usize) -> Column {
        let start = document.tasks.partition_point(|task| task.line < table.first);
        let rows = || {
            let rows = document.tasks[start..].iter().take_while(|task| task.line <= table.last);
            rows.filter(|task| task.carrier == Carrier::CellWord)
        };
        let tokens = Tokens::of(document, rows());
        let blank_means_todo =
            rows().any(|task| task.state == State::Todo && task.spans.state_text.is_none());
        let delimiter = (table.first + 1).min(table.last);
        let wanted = table.cell(document, delimiter, number).map_or(0, Span::len);
        let mut widths = [(wanted, 0); MEASURES.len()];
        for line in table.first..=table.last {
            let Some(cell) = table.cell(document, line, number) else { continue };
            let text = document.text(cell);
            for (measure, width) in MEASURES.iter().zip(&mut widths) {
                width.1 += usize::from(!fits(measure(&text), width.0, &text));
            }
        }
        Column { tokens, blank_means_todo, widths }
    }

    /// The measure by which all cells are as wide as the column, and that width.
    ///
    /// `None` when the column is not aligned, or when terminal columns and
    /// characters disagree about the word and no other row tells which counts.
    fn alignment(&self, text: &str, old: &str, new: &str) -> Option<(Measure, usize)> {
        let aligned: Vec<usize> = (0..MEASURES.len())
            .filter(|&index| {
                let (width, misfits) = self.widths[index];
                misfits == 0 && fits(MEASURES[index](text), width, text)
            })
            .collect();
        let chosen = match aligned[..] {
            [only] => only,
            [first, ..] if [old, new].iter().all(|word| MEASURES[0](word) == MEASURES[1](word)) => {
                first
            }
            _ => return None,
        };
        Some((MEASURES[chosen], self.widths[chosen].0))
    }

    /// What to do to the blanks at the end of a cell whose word changes, so that
    /// the bar behind it stays where the other rows have it.
    fn padding(&self, document: &Document, cell: Span, old: &str, new: &str) -> Option<TextEdit> {
        let text = document.text(cell);
        let (measure, width) = self.alignment(&text, old, new)?;
        let blanks = text.len() - text.trim_end_matches(' ').len();
        let rest = measure(&text) - blanks - measure(old) + measure(new);
        let wanted = width.saturating_sub(rest).max(1);
        let end = Span::new(cell.end - blanks, cell.end);
        (wanted != blanks).then(|| TextEdit::replace(end, " ".repeat(wanted)))
    }

    /// A word in a blank cell.
    fn fill(&self, document: &Document, cell: Span, word: &str) -> TextEdit {
        match self.alignment(&document.text(cell), "", word) {
            Some((measure, width)) => {
                let behind = width.saturating_sub(1 + measure(word)).max(1);
                TextEdit::replace(cell, format!(" {word}{}", " ".repeat(behind)))
            }
            None if cell.len() >= 2 => TextEdit::insert(cell.start + 1, word),
            None => TextEdit::replace(cell, format!(" {word} ")),
        }
    }

    /// A cell without its word.
    fn clear(&self, document: &Document, cell: Span, token: Span) -> TextEdit {
        let text = document.text(cell);
        let word = document.text(token);
        let alone = text.trim() == word;
        match self.alignment(&text, &word, "") {
            Some((_, width)) if alone => TextEdit::replace(cell, " ".repeat(width)),
            _ => TextEdit::delete(token),
        }
    }
}

/// As wide as the column, or too wide for it with the one blank that must be.
fn fits(width: usize, wanted: usize, text: &str) -> bool {
    width == wanted || (width > wanted && text.ends_with(' ') && !text.ends_with("  "))
}
