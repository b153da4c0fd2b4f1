//! Writing back: which bytes to change so that a task has another state.
//!
//! An edit is never a re-rendering. [`set`] and [`set_many`] look at a read
//! [`Document`] and answer with a [`Change`]: a list of byte ranges and what to
//! put there, or a [`Refusal`]. [`apply()`] makes the new bytes, and [`verify()`]
//! compares the document read from them with the old one: exactly the intended
//! tasks have exactly the intended states, and lines, endings, byte order mark
//! and final newline are what they were. Whoever writes a file does all four,
//! in this order, and writes nothing when one of them says no.
//!
//! What may change is a matter of the task's [`Carrier`](crate::document::Carrier);
//! each kind is a file under `edit/`, and one table (`carrier.rs`) joins them.
//!
//! # What taking back promises
//! [`Change::inverse`] always gives the very bytes back, moves included. Setting
//! the old state again writes the mark or word that the file mostly uses: the
//! same bytes, unless the task's own was another one (`[X]` among `[x]`s,
//! `merged` among `done`s). A card that is set back goes to the end of its old
//! column, not to its old place in it.

mod carrier;
mod column;
mod compose;
mod field;
mod front_matter;
mod heading;
mod mark;
mod refusal;
mod steps;
mod suffix;
mod table;
pub mod text_edit;
mod todo_txt;
mod verify;
mod vocabulary;
mod words;

use std::collections::BTreeMap;

pub use refusal::{Reason, Refusal};
pub use text_edit::{ApplyError, TextEdit, apply, inverse};
pub use verify::{VerifyError, verify};

use crate::document::{Document, Span, State};
use crate::select::Target;

/// What else to write beside the state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Appends ` (note)` to the title of each task that is set.
    pub note: Option<String>,
    /// Appends ` sha` to the line of each task that is set.
    pub commit: Option<String>,
    /// Also checks a parent when its last open child closes, and so on upwards.
    pub rollup: bool,
    /// Also renews `updated_date` in front matter, where there is one.
    pub touch: bool,
    /// Now, as `YYYY-MM-DD HH:MM`, local time: what todo.txt and `touch` write.
    pub now: Option<String>,
}

/// One target with its states before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// What is set.
    pub target: Target,
    /// What it was.
    pub before: State,
    /// What it is afterwards.
    pub after: State,
}

/// Whole lines that go to another place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineMove {
    /// First line that goes, 1-based.
    pub first: usize,
    /// How many go.
    pub count: usize,
    /// They come to stand before this line; one past the last line for the end.
    pub before: usize,
}

/// What to do to the bytes of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The edits, in file order; empty when every target already has its state.
    pub edits: Vec<TextEdit>,
    /// Every target that changes: those asked for, their steps, and parents by roll-up.
    pub settings: Vec<Setting>,
    /// Blocks that change their place (board columns).
    pub moves: Vec<LineMove>,
}

impl Change {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The bytes after the change.
    pub fn apply(&self, document: &Document) -> Result<Vec<u8>, ApplyError> {
        apply(&document.bytes, &self.edits)
    }

    /// The edits that give the old bytes back.
    pub fn inverse(&self, document: &Document) -> Result<Vec<TextEdit>, ApplyError> {
        inverse(&document.bytes, &self.edits)
    }
}

/// What to change so that one target has a state.
pub fn set(
    document: &Document,
    target: Target,
    state: State,
    options: &Options,
) -> Result<Change, Refusal> {
    set_many(document, &[(target, state)], options)
}

/// What to change so that several targets have their states, all or none.
///
/// Costs one walk over the document beside the edits themselves, however many
/// there are.
pub fn set_many(
    document: &Document,
    wishes: &[(Target, State)],
    options: &Options,
) -> Result<Change, Refusal> {
    let context = vocabulary::Context::new(document, options);
    let mut wanted: BTreeMap<Target, State> = BTreeMap::new();
    for &(target, state) in wishes {
        match wanted.insert(target, state) {
            Some(other) if other != state => {
                return Err(Refusal::of(document, target, state, Reason::TwoStates { other }));
            }
            _ => {}
        }
    }
    steps::expand(&context, &mut wanted)?;
    if options.rollup {
        steps::roll_up(&context, &mut wanted);
    }

    let mut draft = Draft::default();
    for (&target, &state) in &wanted {
        carrier::set(&context, target, state, &mut draft)
            .map_err(|reason| Refusal::of(document, target, state, reason))?;
    }
    for &(target, state) in wishes {
        suffix::append(&context, target, &mut draft)
            .map_err(|reason| Refusal::of(document, target, state, reason))?;
    }
    Ok(compose::compose(document, draft))
}

/// What the carriers ask for, before it is put together.
#[derive(Debug, Default)]
struct Draft {
    edits: Vec<TextEdit>,
    settings: Vec<Setting>,
    moves: Vec<BlockMove>,
}

/// A block of whole lines and the byte it is to stand before.
#[derive(Debug, Clone, Copy)]
struct BlockMove {
    block: Span,
    to: usize,
}
