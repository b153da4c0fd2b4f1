//! A number that the file states about itself is wrong.
//!
//! ## What it finds
//!
//! Totals, counts per state or phase and percentages («Total Tasks: 77», a table
//! of statuses, «6/9 done») that differ from what is counted.
//!
//! ## Why it matters
//!
//! ```markdown
//! | Status | Count |
//! |--------|-------|
//! | Done   | 6     |
//! ```
//!
//! People read the summary and not the list. With seven done it misleads them.
//!
//! ## How to fix it
//!
//! `--fix=stats` rewrites the numbers and nothing else. Numbers that are better
//! not kept by hand can be had from `checkoff stats`.

use crate::document::{Stat, StatKind};
use crate::edit::TextEdit;
use crate::lint::{Consent, Context, Finding, Fix};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for stat in context.document().stats.iter().filter(|stat| stat.declared != stat.actual) {
        let message = format!("says {}, but there are {}", stated(stat), stat.actual);
        let message = match &stat.what {
            StatKind::Percent => format!("says {} % done, but it is {} %", stat.declared, stat.actual),
            _ => message,
        };
        let fix = Fix {
            title: format!("write {}", stat.actual),
            edits: vec![TextEdit::replace(stat.span, stat.actual.to_string())],
            consent: Consent::Named("stats"),
        };
        findings.push(context.finding(stat.span, message).with_fix(fix));
    }
}

fn stated(stat: &Stat) -> String {
    let count = stat.declared;
    let tasks = if count == 1 { "task" } else { "tasks" };
    match &stat.what {
        StatKind::Total | StatKind::Percent => format!("{count} {tasks}"),
        StatKind::State(_, word) => format!("{count} \"{}\"", word.trim()),
        StatKind::Phase(name) => format!("{count} {tasks} in {}", name.trim()),
        StatKind::Parallel => format!("{count} parallel {tasks}"),
    }
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires("# Tasks\n\n**Total Tasks**: 3\n\n- [ ] T001 One\n- [x] T002 Two\n", &[3])
        .fixed("# Tasks\n\n**Total Tasks**: 2\n\n- [ ] T001 One\n- [x] T002 Two\n"),
    super::tests::Case::quiet("# Tasks\n\n**Total Tasks**: 2\n\n- [ ] T001 One\n- [x] T002 Two\n"),
];
