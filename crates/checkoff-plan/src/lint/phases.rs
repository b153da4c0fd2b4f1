//! The tasks under each heading, those under deeper headings included.

use std::ops::Range;

use crate::document::Document;

/// Answers which tasks stand under a heading.
pub(super) struct Phases {
    /// Tasks by the index of their innermost heading.
    ordered: Vec<usize>,
    /// For each heading, where its own tasks start in `ordered`; one more at the end.
    starts: Vec<usize>,
    /// For each heading, the first heading after it that is not below it.
    ends: Vec<usize>,
}

impl Phases {
    pub(super) fn new(document: &Document) -> Phases {
        let count = document.headings.len();
        let heading_of =
            |task: usize| document.tasks[task].heading.filter(|heading| *heading < count);
        let mut ordered: Vec<usize> =
            (0..document.tasks.len()).filter(|task| heading_of(*task).is_some()).collect();
        ordered.sort_by_key(|task| (heading_of(*task), *task));
        let mut starts = vec![0; count + 1];
        for heading in ordered.iter().filter_map(|task| heading_of(*task)) {
            starts[heading + 1] += 1;
        }
        for heading in 0..count {
            starts[heading + 1] += starts[heading];
        }
        Phases { ordered, starts, ends: ends(document) }
    }

    /// The tasks under a heading, in file order.
    pub(super) fn tasks(&self, heading: usize) -> impl Iterator<Item = usize> + '_ {
        let range: Range<usize> = match self.ends.get(heading) {
            Some(&end) => self.starts[heading]..self.starts[end],
            None => 0..0,
        };
        self.ordered[range].iter().copied()
    }
}

/// Where each heading's section ends, as the index of the next heading of its level or above.
fn ends(document: &Document) -> Vec<usize> {
    let count = document.headings.len();
    let mut ends = vec![count; count];
    let mut open: Vec<usize> = Vec::new();
    for (index, heading) in document.headings.iter().enumerate() {
        while let Some(&last) = open.last()
            && document.headings[last].level >= heading.level
        {
            ends[last] = index;
            open.pop();
        }
        open.push(index);
    }
    ends
}
