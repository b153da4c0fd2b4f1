//! Table cells: a status word, or an emoji before the id.
//!
//! In a table whose columns are aligned, the blanks behind a word are adjusted
//! so that the bar stays where it is; a cell that becomes too wide pushes its
//! own bar and no other. Whether a column is aligned is judged by the rows
//! around the cell only, so that setting the old word again gives the old bytes.

use unicode_width::UnicodeWidthStr;

use crate::document::{Carrier, Document, Region, Span, State, Task};
use crate::edit::vocabulary::{Context, Supply, Tokens, choose, token_span};
use crate::edit::{Draft, Reason, TextEdit};

/// Replaces the status word.
pub(super) fn set_word(
    context: &Context<'_>,
    task: &Task,
    state: State,
    draft: &mut Draft,
) -> Result<(), Reason> {
    let document = context.document;
    let span = token_span(document, task).ok_or(Reason::NoPlace)?;
    let current = document.text(span);
    let table = Table::around(document, task.line);
    let number = table.cell_at(document, task.line, span.start).ok_or(Reason::NoPlace)?;
    let column = context.column(table.first, number, || Column::read(document, &table, number));
    let token = choose(document, &column.tokens, &current, state, Supply::OpenAndDone)
        .ok_or(Reason::NoWord { place: "this column" })?;
    if let Some(cell) = table.cell(document, task.line, number)
        && let Some(padding) = column.padding(document, cell, &current, &token)
    {
        draft.edits.push(padding);
    }
    draft.edits.push(TextEdit::replace(span, token));
    Ok(())
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

/// How wide a text is: in terminal columns, or in characters.
const MEASURES: [fn(&str) -> usize; 2] = [UnicodeWidthStr::width, |text| text.chars().count()];

/// What one column of a table looks like.
#[derive(Debug)]
pub(super) struct Column {
    tokens: Tokens,
    /// By measure: the width of the delimiter cell, and how many cells are not as wide.
    widths: [(usize, usize); MEASURES.len()],
}

impl Column {
    fn read(document: &Document, table: &Table, number: usize) -> Column {
        let start = document.tasks.partition_point(|task| task.line < table.first);
        let rows = document.tasks[start..].iter().take_while(|task| task.line <= table.last);
        let tokens = Tokens::of(document, rows.filter(|task| task.carrier == Carrier::CellWord));
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
        Column { tokens, widths }
    }

    /// What to do to the blanks at the end of a cell whose word changes, so that
    /// the bar behind it stays where the other rows have it.
    fn padding(&self, document: &Document, cell: Span, old: &str, new: &str) -> Option<TextEdit> {
        let text = document.text(cell);
        let own =
            |index: usize| usize::from(!fits(MEASURES[index](&text), self.widths[index].0, &text));
        // Aligned by the other rows and by this one.
        let aligned: Vec<usize> = (0..MEASURES.len())
            .filter(|&index| self.widths[index].1 == own(index) && own(index) == 0)
            .collect();
        let chosen = match aligned[..] {
            [only] => only,
            [first, ..] if MEASURES.iter().all(|m| m(old) == old.len() && m(new) == new.len()) => {
                first
            }
            _ => return None,
        };
        let measure = MEASURES[chosen];
        let blanks = text.len() - text.trim_end_matches(' ').len();
        let rest = measure(&text) - blanks - measure(old) + measure(new);
        let wanted = self.widths[chosen].0.saturating_sub(rest).max(1);
        let end = Span::new(cell.end - blanks, cell.end);
        (wanted != blanks).then(|| TextEdit::replace(end, " ".repeat(wanted)))
    }
}

/// As wide as the column, or too wide for it with the one blank that must be.
fn fits(width: usize, wanted: usize, text: &str) -> bool {
    width == wanted || (width > wanted && text.ends_with(' ') && !text.ends_with("  "))
}
