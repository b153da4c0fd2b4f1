//! Boards: columns, work-in-progress limits, and boxes whose column says the state.

use crate::document::{Carrier, Span, State, Task, WipLimit};

use super::text::aligned;
use super::walk::Walk;

impl Walk<'_> {
    /// The state of a box in a column: the column decides.
    pub(crate) fn column_state(&self, task: &mut Task, column: usize) {
        let state = self.document.columns[column].state;
        if state == State::Done || task.state == State::Todo || state == task.state {
            task.state = state;
        }
        task.carrier = Carrier::Box;
    }

    /// A comment under a column heading may limit it.
    pub(crate) fn comment(&mut self, index: usize) {
        self.wip_limit(index);
    }

    /// `WIP limit: 2`, `LIMIT: 2 tasks max` in or right under a column heading.
    pub(crate) fn wip_limit(&mut self, index: usize) {
        let Some((column, _)) = self.column else { return };
        let heading = self.document.columns[column].heading;
        if index + 1 > self.document.headings[heading].line + 3 {
            return;
        }
        let line = self.scan.lines[index];
        let text = aligned(&self.bytes[line.start..line.end]);
        if let Some((limit, span)) = limit(&text) {
            let span = Span::new(line.start + span.start, line.start + span.end);
            self.document.wip_limits.push(WipLimit { line: index + 1, column, limit, span });
        }
    }
}

/// The number behind the word `limit`.
pub(crate) fn limit(text: &str) -> Option<(u64, Span)> {
    let lower = text.to_ascii_lowercase();
    let word = lower.find("limit")?;
    let after = &text[word + 5..];
    let digits = after.find(|letter: char| letter.is_ascii_digit()).filter(|&at| at <= 6)?;
    let start = word + 5 + digits;
    let length = text[start..].bytes().take_while(u8::is_ascii_digit).count();
    Some((text[start..start + length].parse().ok()?, Span::new(start, start + length)))
}

#[cfg(test)]
mod tests {
    use super::limit;

    #[test]
    fn limits_stand_behind_their_word() {
        for (text, expected) in [
            ("<!-- Tasks actively being worked on - LIMIT: 2 tasks max -->", Some(2)),
            ("In Progress (WIP limit: 3)", Some(3)),
            ("unlimited", None),
            ("limit the number of things to about 5", None),
        ] {
            assert_eq!(limit(text).map(|found| found.0), expected, "{text}");
        }
    }
}
