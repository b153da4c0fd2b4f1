//! A task with nothing known but what carries it.

use crate::document::{Carrier, State, Task, TaskSpans};

/// A task on a line, everything else empty.
pub(crate) fn blank(carrier: Carrier, line: usize) -> Task {
    Task {
        key: String::new(),
        id: None,
        alias: None,
        scope: None,
        title: String::new(),
        state: State::Todo,
        queued: false,
        mark: None,
        mark_unknown: false,
        carrier,
        line,
        detail_line: None,
        spans: TaskSpans::default(),
        indent: 0,
        parent: None,
        children: Vec::new(),
        parallel: false,
        story: None,
        phase: None,
        section: None,
        heading: None,
        depends_on: Vec::new(),
        depends_on_text: None,
        blocks: Vec::new(),
        conflicts_with: Vec::new(),
        files: Vec::new(),
        verify: Vec::new(),
        acceptance: Vec::new(),
        labels: Vec::new(),
        priority: None,
        estimate: None,
        assignee: None,
        due: None,
        commit: None,
        attributes: Vec::new(),
        extra: Vec::new(),
    }
}
