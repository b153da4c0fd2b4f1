//! A heading says that its section is finished, and it is not.
//!
//! ## What it finds
//!
//! A heading or a `<summary>` that ends in ✅, or says COMPLETE, DONE or
//! SHIPPED, with an open task below it.
//!
//! ## Why it matters
//!
//! ```markdown
//! ### P6.5 CI/CD & Release ✅
//! - [x] P6.5.2 Release job
//! - [ ] P6.5.3 Signed artifacts
//! ```
//!
//! The open task is easily overlooked for good.
//!
//! ## How to fix it
//!
//! Check the task if it is done, move it elsewhere if it was put off, or take
//! the claim out of the heading.

use crate::document::{Region, Span};
use crate::lint::claim::claims_finished;
use crate::lint::phases::Phases;
use crate::lint::wording::{is, names, short};
use crate::lint::{Context, Finding};

/// How many open tasks are named.
const SHOWN_MAX: usize = 4;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    let phases = Phases::new(document);
    let is_column = |heading: usize| document.columns.iter().any(|column| column.heading == heading);
    for (index, heading) in document.headings.iter().enumerate() {
        if heading.task.is_none() && claims_finished(&heading.text) && !is_column(index) {
            let open: Vec<usize> = phases.tasks(index).filter(|task| context.is_open(*task)).collect();
            report(context, heading.span, &heading.text, &open, findings);
        }
    }
    summaries(context, findings);
}

/// `<details><summary>✅ v1.0 (shipped)</summary> … </details>`
fn summaries(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let document = context.document();
    if memchr::memmem::find(&document.bytes, b"<summary>").is_none() {
        return;
    }
    let mut open: Option<(Span, String)> = None;
    let mut first_task = 0;
    let starts: Vec<usize> = document.tasks.iter().map(|task| task.line).collect();
    for number in 1..=document.lines.len() {
        if document.lines[number - 1].region != Region::Body {
            continue;
        }
        let line = document.line_bytes(number);
        if memchr::memmem::find(line, b"<summary>").is_some() {
            let text = document.text(document.line_span(number));
            let text = text.replace("<details>", "").replace("<summary>", "").replace("</summary>", "");
            open = claims_finished(text.trim()).then(|| (document.line_span(number), text.trim().to_owned()));
            first_task = number;
        }
        if memchr::memmem::find(line, b"</details>").is_some()
            && let Some((span, text)) = open.take()
        {
            let tasks = starts.iter().enumerate().filter(|(_, line)| (first_task..=number).contains(*line));
            let open: Vec<usize> = tasks.map(|(task, _)| task).filter(|task| context.is_open(*task)).collect();
            report(context, span, &text, &open, findings);
        }
    }
}

fn report(
    context: &Context<'_>,
    span: Span,
    text: &str,
    open: &[usize],
    findings: &mut Vec<Finding>,
) {
    let Some(&first) = open.first() else { return };
    let shown = names(open.iter().map(|task| context.tasks()[*task].name()), SHOWN_MAX, open.len());
    let message = format!("\"{}\" says finished but {shown} {} open", short(text), is(open.len()));
    findings.push(context.finding(span, message).with_related(context.task_place(first), "open"));
}

#[cfg(test)]
pub(super) const CASES: &[super::tests::Case] = &[
    super::tests::Case::fires(
        "# Plan\n\n## Phase 1: Base ✅\n\n- [x] One\n- [ ] Two\n\n## Phase 2: Top\n\n- [ ] Three\n",
        &[3],
    ),
    super::tests::Case::fires(
        "# Plan\n\n<details>\n<summary>✅ v1.0 — SHIPPED 2026-06-03</summary>\n\n- [x] One\n- [ ] Two\n\n</details>\n",
        &[4],
    ),
    super::tests::Case::quiet("# Plan\n\n## Phase 1: Base ✅\n\n- [x] One\n\n## Definition of Done\n\n- [ ] Two\n"),
];
