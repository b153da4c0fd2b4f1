//! Tasks marked parallel edit the same file.
//!
//! ## What it finds
//!
//! Two tasks marked `[P]` in one phase that name the same path, with no
//! dependency that puts one before the other; at every later one that meets an
//! earlier one. Paths under `reads:` do not count against each other.
//!
//! ## Why it matters
//!
//! ```markdown
//! - [ ] T009 [P] Package struct in src/core/package.rs
//! - [ ] T010 [P] Package parser in src/core/package.rs
//! ```
//!
//! `[P]` promises that the two touch different files. Two agents that believe it
//! overwrite each other's work, or meet in a merge conflict.
//!
//! ## How to fix it
//!
//! Drop the `[P]` of the later task, which is what `--fix` does, or state the
//! order, or split the file.

use crate::map::HashMap;

use crate::document::{FileReference, Span, Task};
use crate::edit::TextEdit;
use crate::lint::unordered::Meeting;
use crate::lint::wording::{names, short};
use crate::lint::{Consent, Context, Finding, Fix};

/// How many earlier tasks are named.
const SHOWN_MAX: usize = 4;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let parallel = |task: &Task| task.parallel;
    let shared = SharedFiles::new(context, parallel, |task| task.phase.as_deref());
    for (task, (file, earlier)) in shared.meetings(context) {
        findings.push(finding(context, task, file, &earlier));
    }
}

fn finding(context: &Context<'_>, task: usize, file: &FileReference, earlier: &[usize]) -> Finding {
    let name = |task: &usize| context.tasks()[*task].name();
    let verb = if earlier.len() == 1 { "does" } else { "do" };
    let message = format!(
        "{} is marked parallel and edits {}, as {} {verb}",
        name(&task),
        short(&file.path),
        names(earlier.iter().map(name), SHOWN_MAX, earlier.len()),
    );
    let finding = context
        .task_finding(task, message)
        .with_related(context.task_place(earlier[0]), format!("{} edits it too", name(&earlier[0])));
    match context.tasks()[task].spans.parallel {
        Some(marker) => finding.with_fix(drop_marker(context, marker)),
        None => finding,
    }
}

/// Deletes `[P]` with the blank after it, or before it at the end of a line.
fn drop_marker(context: &Context<'_>, marker: Span) -> Fix {
    let bytes = &context.document().bytes;
    let blank = |at: usize| bytes.get(at) == Some(&b' ');
    let span = if blank(marker.end) {
        Span::new(marker.start, marker.end + 1)
    } else if marker.start > 0 && blank(marker.start - 1) {
        Span::new(marker.start - 1, marker.end)
    } else {
        marker
    };
    Fix {
        title: "drop the parallel mark".to_owned(),
        edits: vec![TextEdit::delete(span)],
        consent: Consent::Safe,
    }
}

/// The tasks that name the same path, in groups within which they may meet.
pub(super) struct SharedFiles<'a> {
    groups: Vec<Vec<usize>>,
    files: Vec<&'a FileReference>,
}

impl<'a> SharedFiles<'a> {
    /// Groups the tasks that `counts` by path and by what `within` says.
    pub(super) fn new(
        context: &Context<'a>,
        counts: impl Fn(&Task) -> bool,
        within: impl Fn(&'a Task) -> Option<&'a str>,
    ) -> SharedFiles<'a> {
        let mut index: HashMap<(Option<&str>, &str), usize> = HashMap::default();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut files = Vec::new();
        for (at, task) in context.tasks().iter().enumerate().filter(|(_, task)| counts(task)) {
            for file in task.files.iter().filter(|file| !file.read_only) {
                let path = file.path.trim_start_matches("./");
                let group = *index.entry((within(task), path)).or_insert_with(|| {
                    groups.push(Vec::new());
                    files.push(file);
                    groups.len() - 1
                });
                if groups[group].last() != Some(&at) {
                    groups[group].push(at);
                }
            }
        }
        SharedFiles { groups, files }
    }

    /// Each task that meets an earlier one, once, in file order, with the first file they share.
    pub(super) fn meetings(
        &self,
        context: &Context<'_>,
    ) -> impl Iterator<Item = (usize, (&'a FileReference, Vec<usize>))> {
        let shared = self.groups.iter().any(|group| group.len() > 1);
        let mut first: HashMap<usize, (&FileReference, Vec<usize>)> = HashMap::default();
        if shared {
            let meetings = context.unordered().meetings(&self.groups);
            for (file, meetings) in self.files.iter().zip(meetings) {
                for Meeting { task, earlier } in meetings {
                    first.entry(task).or_insert((file, earlier));
                }
            }
        }
        (0..context.tasks().len()).filter_map(move |task| Some((task, first.remove(&task)?)))
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Tasks\n\n## Phase 1: Core\n\n- [ ] T001 [P] Struct in src/a.rs\n- [ ] T002 [P] Parser in src/a.rs\n- [ ] T003 Reader in src/a.rs\n- [ ] T004 [P] Writer in src/a.rs\n",
        &[6, 8],
    )
    .fixed("# Tasks\n\n## Phase 1: Core\n\n- [ ] T001 [P] Struct in src/a.rs\n- [ ] T002 Parser in src/a.rs\n- [ ] T003 Reader in src/a.rs\n- [ ] T004 Writer in src/a.rs\n"),
    super::tests::Case::quiet(
        "# Tasks\n\n## Phase 1: Core\n\n- [ ] T001 [P] Struct in src/a.rs\n- [ ] T002 [P] Parser in src/a.rs (depends on T001)\n\n## Phase 2: More\n\n- [ ] T003 [P] Writer in src/a.rs\n",
    ),
    super::tests::Case::quiet(
        "# Tasks\n\n- [ ] T001 [P] Struct in src/a.rs\n- [ ] T002 Bridge in src/b.rs (depends on T001)\n- [ ] T003 [P] Parser in src/a.rs (depends on T002)\n",
    ),
];
