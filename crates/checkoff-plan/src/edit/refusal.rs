//! Why a state is not written: the file stays as it is rather than be guessed at.

use std::fmt;

use crate::document::{Document, State};
use crate::select::Target;

/// A target that cannot be given a state, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What the target is called.
    pub name: String,
    /// Its line.
    pub line: usize,
    /// The state it should have had.
    pub state: State,
    /// What stands in the way.
    pub reason: Reason,
}

/// What stands in the way of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The dialect is only read.
    ReadOnly {
        /// What it is called.
        dialect: &'static str,
    },
    /// No mark between brackets is known to mean the state.
    NoMark,
    /// The mark that would mean the state means another one here.
    MarkTaken {
        /// The mark.
        mark: char,
        /// What it means in this file.
        means: State,
    },
    /// No word or emoji for the state occurs where it would have to.
    NoWord {
        /// Where words were looked for.
        place: &'static str,
    },
    /// The reader does not say which bytes hold the state.
    NoPlace,
    /// The state follows from the steps, which are only ever checked.
    FollowsFromSteps,
    /// A step is open or checked, nothing else.
    OnlyOpenOrChecked,
    /// The box explains a mark, it is nobody's work.
    Legend,
    /// The board column that the box stands in says another state, whatever the mark.
    ColumnDecides {
        /// The line of the column's heading.
        line: usize,
    },
    /// todo.txt knows open and done.
    OnlyTodoOrDone,
    /// The board has no column for the state.
    NoColumn,
    /// The board has several columns for the state and none is the obvious one.
    SeveralColumns {
        /// The lines of their headings.
        lines: Vec<usize>,
    },
    /// The row's table and the table of the target column have different headers, or there is none.
    OtherTable,
    /// The same target was asked to have two states at once.
    TwoStates {
        /// The other one.
        other: State,
    },
    /// The dialect has no place for a note or commit.
    NoPlaceForNote,
    /// A note must be one line of text.
    NoteNotOneLine,
}

impl Refusal {
    pub(super) fn of(document: &Document, target: Target, state: State, reason: Reason) -> Refusal {
        Refusal {
            name: target.name(document).to_owned(),
            line: target.line(document),
            state,
            reason,
        }
    }

    /// What a person can do about it, as one sentence.
    pub fn hint(&self) -> Option<String> {
        let state = self.state;
        Some(match &self.reason {
            Reason::NoMark => {
                let mark = if state == State::Blocked { '!' } else { '-' };
                format!(
                    "say in the file what it is, for instance `- [{mark}] {state}` under a heading `Legend`"
                )
            }
            Reason::MarkTaken { .. } => {
                format!("say in the file which mark means {state}, under a heading `Legend`")
            }
            Reason::NoWord { .. } => {
                format!(
                    "write {state} there once by hand, in the words of the file, or say in a legend what they are"
                )
            }
            Reason::FollowsFromSteps => "set its steps, for instance `…/step:1`".to_owned(),
            Reason::NoColumn => format!("add a heading for {state} to the board"),
            Reason::SeveralColumns { .. } => "give the columns different names".to_owned(),
            Reason::ColumnDecides { .. } => "move it to the other column by hand".to_owned(),
            Reason::OtherTable => "move the row by hand".to_owned(),
            Reason::ReadOnly { .. }
            | Reason::NoPlace
            | Reason::OnlyOpenOrChecked
            | Reason::OnlyTodoOrDone
            | Reason::Legend
            | Reason::TwoStates { .. }
            | Reason::NoPlaceForNote
            | Reason::NoteNotOneLine => return None,
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refusal { name, line, state, reason } = self;
        write!(f, "cannot set `{name}` at line {line} to {state}: ")?;
        match reason {
            Reason::ReadOnly { dialect } => write!(f, "{dialect} files are only read"),
            Reason::NoMark => write!(f, "no mark in this file is known to mean {state}"),
            Reason::MarkTaken { mark, means } => write!(f, "`[{mark}]` means {means} in this file"),
            Reason::NoWord { place } => write!(f, "no word for {state} occurs in {place}"),
            Reason::NoPlace => f.write_str("it is unclear which bytes hold the state"),
            Reason::FollowsFromSteps => {
                f.write_str("its state follows from its steps, and none is ever unchecked for it")
            }
            Reason::OnlyOpenOrChecked => {
                f.write_str("a step is only open (todo) or checked (done)")
            }
            Reason::Legend => f.write_str("it explains what a mark means"),
            Reason::ColumnDecides { line } => {
                write!(f, "the board column at line {line} says its state")
            }
            Reason::OnlyTodoOrDone => f.write_str("todo.txt knows only todo and done"),
            Reason::NoColumn => write!(f, "the board has no column for {state}"),
            Reason::SeveralColumns { lines } => {
                write!(f, "the board has several columns for {state}, at lines {lines:?}")
            }
            Reason::OtherTable => {
                f.write_str("the target column has no table with the same header")
            }
            Reason::TwoStates { other } => write!(f, "it is also to be set to {other}"),
            Reason::NoPlaceForNote => f.write_str("this dialect has no place for a note or commit"),
            Reason::NoteNotOneLine => f.write_str("a note must be one line of text"),
        }
    }
}

impl std::error::Error for Refusal {}
