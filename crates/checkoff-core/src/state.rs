//! The five states a task can be in, whatever its file calls them.

use std::fmt;
use std::str::FromStr;

/// The state of a task.
///
/// Dialects have more words than these (queued, deferred, in review); each maps
/// to one of the five, and the word itself stays in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum State {
    /// Not started.
    #[default]
    Todo,
    /// Somebody or something is at it.
    Doing,
    /// Finished.
    Done,
    /// Cannot go on until something outside the list changes.
    Blocked,
    /// Dropped, superseded or skipped: nobody will do it.
    Cancelled,
}

impl State {
    /// All five, in the order they are shown.
    pub const ALL: [State; 5] =
        [State::Todo, State::Doing, State::Done, State::Blocked, State::Cancelled];

    /// Whether nothing remains to be done: done, or cancelled.
    pub fn is_closed(self) -> bool {
        matches!(self, State::Done | State::Cancelled)
    }

    /// The word used on the command line, in JSON and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Todo => "todo",
            State::Doing => "doing",
            State::Done => "done",
            State::Blocked => "blocked",
            State::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The word is none of the five states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownState(pub String);

impl fmt::Display for UnknownState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a state (todo, doing, done, blocked or cancelled)", self.0)
    }
}

impl std::error::Error for UnknownState {}

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(word: &str) -> Result<State, UnknownState> {
        State::ALL
            .into_iter()
            .find(|state| state.as_str().eq_ignore_ascii_case(word))
            .ok_or_else(|| UnknownState(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_reads_its_own_word() {
        for state in State::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert_eq!("finished".parse::<State>(), Err(UnknownState("finished".to_owned())));
    }
}
