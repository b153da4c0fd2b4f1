//! What the file itself says states with, gathered once per change.

use crate::map::HashMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use crate::document::{Carrier, Document, Span, State, Task};
use crate::edit::mark::Marks;
use crate::edit::table::{Column, Table};
use crate::edit::{Options, words};
use crate::grammar;

/// A document and what one change has learned about it.
pub(super) struct Context<'d> {
    pub(super) document: &'d Document,
    pub(super) options: &'d Options,
    marks: OnceCell<Marks>,
    checks: OnceCell<Vec<Vec<usize>>>,
    /// The table last looked at: rows are set in order, and its edges are far apart.
    table: Cell<Option<Table>>,
    columns: RefCell<HashMap<(usize, usize), Rc<Column>>>,
    tokens: RefCell<HashMap<Carrier, Rc<Tokens>>>,
}

impl<'d> Context<'d> {
    pub(super) fn new(document: &'d Document, options: &'d Options) -> Context<'d> {
        Context {
            document,
            options,
            marks: OnceCell::new(),
            checks: OnceCell::new(),
            table: Cell::new(None),
            columns: RefCell::default(),
            tokens: RefCell::default(),
        }
    }

    /// The marks between brackets.
    pub(super) fn marks(&self) -> &Marks {
        self.marks.get_or_init(|| Marks::survey(self.document))
    }

    /// Indices of the boxes that belong to a task.
    pub(super) fn checks_of(&self, task: usize) -> &[usize] {
        &self.checks.get_or_init(|| {
            let mut owned = vec![Vec::new(); self.document.tasks.len()];
            for (index, check) in self.document.checks.iter().enumerate() {
                if let Some(owner) = check.owner {
                    owned[owner].push(index);
                }
            }
            owned
        })[task]
    }

    /// The table that a line belongs to.
    pub(super) fn table(&self, line: usize) -> Table {
        let known = self.table.get().filter(|table| (table.first..=table.last).contains(&line));
        known.unwrap_or_else(|| {
            let table = Table::around(self.document, line);
            self.table.set(Some(table));
            table
        })
    }

    /// One column of the table whose first line is `table`.
    pub(super) fn column(
        &self,
        table: usize,
        cell: usize,
        read: impl FnOnce() -> Column,
    ) -> Rc<Column> {
        let known = self.columns.borrow().get(&(table, cell)).cloned();
        known.unwrap_or_else(|| {
            let column = Rc::new(read());
            self.columns.borrow_mut().insert((table, cell), Rc::clone(&column));
            column
        })
    }

    /// The tokens of all tasks with one carrier.
    pub(super) fn tokens(&self, carrier: Carrier) -> Rc<Tokens> {
        let known = self.tokens.borrow().get(&carrier).cloned();
        known.unwrap_or_else(|| {
            let tasks = self.document.tasks.iter().filter(|task| task.carrier == carrier);
            let tokens = Rc::new(Tokens::of(self.document, tasks));
            self.tokens.borrow_mut().insert(carrier, Rc::clone(&tokens));
            tokens
        })
    }
}

/// State tokens as they occur, with how often.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    used: Vec<(State, String, usize)>,
}

impl Tokens {
    pub(super) fn of<'t>(document: &Document, tasks: impl Iterator<Item = &'t Task>) -> Tokens {
        let mut used: Vec<(State, String, usize)> = Vec::new();
        let mut place: HashMap<(State, String), usize> = HashMap::default();
        for task in tasks {
            let Some(span) = token_span(document, task) else { continue };
            let token = document.text(span).into_owned();
            // `2026-01-02` in a column `Completed` says done, but is nobody else's word for it.
            let says_a_state = grammar::words::of_cell(&token).is_some()
                || words::is_known(&token)
                || in_legend(document, &token);
            if !says_a_state {
                continue;
            }
            let index = *place.entry((task.state, token.clone())).or_insert_with(|| {
                used.push((task.state, token, 0));
                used.len() - 1
            });
            used[index].2 += 1;
        }
        used.sort_by_key(|&(_, _, count)| std::cmp::Reverse(count));
        Tokens { used }
    }

    /// The most frequent token for a state that passes a test.
    pub(super) fn most_used(&self, state: State, fits: impl Fn(&str) -> bool) -> Option<&str> {
        self.used
            .iter()
            .find(|(own, token, _)| *own == state && fits(token))
            .map(|(_, token, _)| token.as_str())
    }

    /// Every token, most frequent first.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.used.iter().map(|(_, token, _)| token.as_str())
    }
}

/// How far words that the file does not show may be supplied from a known family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Supply {
    /// Any state the family has a word for: the place holds nothing but a state.
    Any,
    /// Open and done only: the two halves that taking a task and giving it back need.
    OpenAndDone,
}

/// The token that says `state` instead of `current`: from the legend, else from
/// the same place, else the other half of a known pair.
pub(super) fn choose(
    document: &Document,
    tokens: &Tokens,
    current: &str,
    state: State,
    supply: Supply,
) -> Option<String> {
    let legend =
        || document.legend.iter().filter(|entry| entry.state == state && !is_mark(&entry.mark));
    let by_legend = legend().find_map(|entry| {
        tokens
            .most_used(state, |token| token.contains(&entry.mark) || same_word(token, &entry.word))
    });
    if let Some(token) = by_legend {
        return Some(token.to_owned());
    }
    if let Some(entry) = legend().next() {
        return Some(from_legend(&entry.mark, &entry.word, current));
    }
    let shape = (words::has_sign(current), words::is_sign(current));
    let alike = |token: &str| (words::has_sign(token), words::is_sign(token)) == shape;
    if let Some(token) =
        tokens.most_used(state, alike).or_else(|| tokens.most_used(state, |_| true))
    {
        return Some(token.to_owned());
    }
    let supplied = supply == Supply::Any || matches!(state, State::Todo | State::Done);
    if !supplied {
        return None;
    }
    if words::has_sign(current) {
        return with_sign(tokens, current, state);
    }
    let known: Vec<&str> =
        std::iter::once(current).chain(tokens.all().filter(|&token| token != current)).collect();
    words::from_family(&known, state)
}

/// The one emoji nobody doubts is ✅; which one stands for the rest is the file's choice.
fn with_sign(tokens: &Tokens, current: &str, state: State) -> Option<String> {
    if state != State::Done {
        return None;
    }
    if current.starts_with('[') {
        return None;
    }
    if words::is_sign(current) {
        return (!current.is_ascii()).then(|| "✅".to_owned());
    }
    let known: Vec<&str> =
        std::iter::once(current).chain(tokens.all().filter(|&token| token != current)).collect();
    words::from_family(&known, state).map(|word| format!("✅ {word}"))
}

/// A legend's entry in the shape of the token it replaces.
fn from_legend(mark: &str, word: &str, current: &str) -> String {
    if words::is_sign(current) || word.is_empty() {
        mark.to_owned()
    } else if words::has_sign(current) {
        format!("{mark} {word}")
    } else {
        word.to_owned()
    }
}

fn in_legend(document: &Document, token: &str) -> bool {
    document.legend.iter().any(|entry| {
        !is_mark(&entry.mark) && (token.contains(&entry.mark) || same_word(token, &entry.word))
    })
}

/// Whether a legend's mark is one that stands between brackets.
fn is_mark(mark: &str) -> bool {
    mark.len() <= 1
}

fn same_word(token: &str, word: &str) -> bool {
    let bare = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    !word.is_empty() && bare(token) == bare(word)
}

/// The bytes of a task's state token: `✅ DONE` of `**✅ DONE** (2026-06-02)`.
///
/// The whole text where no word or emoji of a state opens it.
pub(super) fn token_span(document: &Document, task: &Task) -> Option<Span> {
    let span = task.spans.state_text?;
    let text = std::str::from_utf8(document.slice(span)).ok()?;
    let trimmed = text.trim_start_matches(|c: char| c.is_whitespace() || is_decoration(c));
    let start = span.start + text.len() - trimmed.len();
    let body = trimmed.trim_end_matches(|c: char| c.is_whitespace() || is_decoration(c));
    let length = grammar::words::of_cell(body).map_or(body.len(), |said| said.span.end);
    let body = &body[..length];
    (!body.is_empty()).then(|| Span::new(start, start + body.len()))
}

fn is_decoration(c: char) -> bool {
    matches!(c, '*' | '_' | '`' | '~')
}
