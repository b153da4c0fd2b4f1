//! Hostile lists: reading, linting and weaving must stay linear on any input.
//!
//! Each input is one construct repeated until the file is as large as asked for,
//! and once more until it is twice as large: what doubles costs at most twice as
//! much, give or take the caches. The constructs are those where a careless
//! reader looks back, looks ahead, or compares all with all.

use checkoff_plan::lint;
use checkoff_plan::read::{Options, read};
use checkoff_plan::weave::weave;

use crate::measure::{cost, milliseconds};
use crate::report::Report;

/// Arguments of `checkoff-bench hostile`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Size of the smaller input of each kind, in bytes; the other is twice as large.
    #[arg(long, default_value_t = 1_000_000)]
    bytes: usize,
    /// Only inputs whose name holds this.
    #[arg(long)]
    only: Option<String>,
}

/// A construct: its name, and the list of about so many bytes made of it.
type Input = (&'static str, fn(usize) -> String);

/// Measures and prints.
pub(crate) fn run(args: &Args, report: &mut Report) -> anyhow::Result<()> {
    for (name, input) in INPUTS {
        if args.only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        let (once, twice) = (input(args.bytes), input(args.bytes * 2));
        let (short, long) = (parts(&once), parts(&twice));
        for ((part, short), (_, long)) in short.iter().zip(&long) {
            report.figure(&format!("hostile_{name}_{part}"), *long, "ms")?;
            if *long > 20.0 {
                report.ratio(&format!("hostile_{name}_{part}_doubling"), *long, *short)?;
            }
        }
    }
    Ok(())
}

/// What each step costs, in milliseconds of CPU.
fn parts(text: &str) -> [(&'static str, f64); 3] {
    let mut documents = Vec::new();
    let reading = cost(|| documents.push(read("tasks.md", text.as_bytes(), &Options::default())));
    let linting = cost(|| lint::check(&documents, &lint::Config::default()).len());
    let weaving = cost(|| weave(documents).problems.len());
    [("read", reading), ("lint", linting), ("weave", weaving)]
        .map(|(part, cost)| (part, milliseconds(cost.cpu)))
}

/// `piece` again and again behind `head`, about `bytes` in all.
fn repeated(head: &str, piece: &str, bytes: usize) -> String {
    format!("{head}{}\n", piece.repeat(bytes / piece.len()))
}

/// Lines that tell their number, about `bytes` in all.
fn numbered(bytes: usize, each: usize, line: impl Fn(usize) -> String) -> String {
    (1..=bytes / each).map(line).collect()
}

const INPUTS: &[Input] = &[
    ("line_of_text", |n| repeated("- [ ] T001 ", "word ", n)),
    ("line_of_bars", |n| repeated("", "|", n)),
    ("line_of_boxes", |n| repeated("- ", "[ ] ", n)),
    ("line_of_box_items", |n| repeated("text ", "- [ ] ", n)),
    ("line_of_backticks", |n| repeated("- [ ] T001 ", "` ", n)),
    ("line_of_ids", |n| repeated("", "T001, ", n)),
    ("line_of_needs", |n| repeated("- [ ] T001 a\n  - needs: ", "T002, ", n)),
    ("line_of_blank_separated_needs", |n| repeated("- [ ] T001 a\n  - needs: ", "T002 ", n)),
    ("line_of_notes", |n| repeated("- [ ] T001 a\n  - needs: T1", " x (", n)),
    ("line_of_parentheses", |n| repeated("- [ ] T001 ", "(", n)),
    ("line_of_brackets", |n| repeated("- [ ] T001 ", "[", n)),
    ("line_of_links", |n| repeated("- [ ] T001 ", "[a](", n)),
    ("line_of_markers", |n| repeated("- [ ] T001 ", "[P] ", n)),
    ("line_of_stars", |n| repeated("- [ ] T001 ", "**a ", n)),
    ("line_of_signs", |n| repeated("## Phase 1 ", "✅ done ", n)),
    ("line_of_comments", |n| repeated("", "<!-- ", n)),
    ("line_of_allows", |n| repeated("", "<!-- checkoff: allow(bom) -->", n)),
    ("line_of_arrows", |n| repeated("- [ ] T001 a\n\n", "T001 → ", n)),
    ("line_of_sentences", |n| repeated("- [ ] T001 a\n\n", "T001 blocks T002. ", n)),
    ("obsidian_parentheses", |n| repeated("- [ ] a 📅 2024-01-02 🆔 x\n- [ ] b ⛔ x ", "(", n)),
    ("obsidian_recurrence", |n| repeated("- [ ] a 📅 2024-01-02 🆔 x\n- [ ] b ⛔ x ", "🔁 w ", n)),
    ("nested_bullets", |n| repeated("", "- ", n)),
    ("nested_quotes", |n| repeated("", "> ", n)),
    ("indented_bullets", |n| {
        let depth = ((2 * n) as f64).sqrt() as usize;
        (0..depth).map(|indent| format!("{}- a\n", " ".repeat(indent))).collect()
    }),
    ("indented_boxes", |n| {
        let depth = ((2 * n) as f64).sqrt() as usize;
        (0..depth).map(|indent| format!("{}- [ ] a\n", " ".repeat(indent))).collect()
    }),
    ("columns", |n| {
        let columns = n / 12;
        format!(
            "{}|\n{}|\n{}|\n",
            "| ID ".repeat(columns),
            "|---".repeat(columns),
            "|a".repeat(columns)
        )
    }),
    ("rows", |n| {
        let rows = numbered(n, 28, |at| format!("| T{at} | row | todo | T1 |\n"));
        format!("| ID | Task | Status | Depends |\n|---|---|---|---|\n{rows}")
    }),
    ("headings", |n| numbered(n, 12, |at| format!("{} Head {at}\n", "#".repeat(at % 6 + 1)))),
    ("phases", |n| numbered(n, 40, |at| format!("## Phase {at}: setup\n- [ ] T{at} a\n\n"))),
    ("phases_named", |n| {
        numbered(n, 80, |at| {
            format!("## Phase {at}: setup\n- [ ] T{at} a\n\nPhase {at} depends on setup\n")
        })
    }),
    ("same_heading", |n| repeated("", "## Phase 1\n- [ ] T001 a\n", n)),
    ("same_id", |n| repeated("", "- [ ] T001 a\n", n)),
    ("same_id_boxes_and_rows", |n| {
        let rows =
            repeated("| ID | Task | Status |\n|---|---|---|\n", "| T001 | a | todo |\n", n / 2);
        format!("{}\n{rows}", repeated("# X\n", "- [ ] T001 a\n", n / 2))
    }),
    ("same_title", |n| repeated("", "- [ ] Write the words\n", n)),
    ("many_needs", |n| {
        let tasks = numbered(n, 24, |at| format!("- [ ] T{at} a\n"));
        let needs = numbered(n, 24, |at| format!("T{at}, "));
        format!("- [ ] X1 all\n  - needs: {needs}\n{tasks}")
    }),
    ("many_unknown_needs", |n| {
        let needs = numbered(n, 8, |at| format!("T{at}, "));
        format!("- [ ] X1 all\n  - needs: {needs}\n")
    }),
    ("many_files", |n| {
        let files = numbered(n, 22, |at| format!("src/a{at}.rs, "));
        format!("- [ ] X1 all\n  - files: {files}\n- [ ] X2 all\n  - files: {files}\n")
    }),
    ("many_fields", |n| {
        let fields = numbered(n, 20, |at| format!("  - **Key {at}**: value\n"));
        format!("- [ ] X1 all\n{fields}")
    }),
    ("many_attributes", |n| format!("- [ ] X1 all\n{}", "  - run: `true`\n".repeat(n / 16))),
    ("one_shared_file", |n| numbered(n, 32, |at| format!("- [ ] T{at} [P] Write src/a.rs\n"))),
    ("globs", |n| numbered(n, 40, |at| format!("- [ ] T{at} a\n  - files: src/a{at}*.rs\n"))),
    ("chain", |n| numbered(n, 36, |at| format!("- [ ] T{at} a\n  - needs: T{}\n", at + 1))),
    ("ranges", |n| {
        let tasks = numbered(n, 28, |at| format!("- [ ] T{at} a\n"));
        let needs = repeated("- [ ] X1 all\n  - needs: ", "T1-T999999, ", n / 2);
        format!("{needs}{tasks}")
    }),
    ("prose_ranges", |n| {
        let tasks = numbered(n, 28, |at| format!("- [ ] T{at} a\n"));
        let last = n / 28;
        let prose = format!("T1-T{} before T{}-T{last}\n\n", last / 2, last / 2 + 1);
        format!("{tasks}\n## Order\n\n{}", prose.repeat(n / 2 / prose.len()))
    }),
    ("legend", |n| {
        let legend = numbered(n, 30, |at| format!("- `[{}]` = state\n", at % 1000));
        format!("## Legend\n\n{legend}\n{}", "- [ ] a\n".repeat(n / 16))
    }),
    ("allows", |n| repeated("", "<!-- checkoff: allow(bom) -->\n", n)),
    ("fences", |n| repeated("", "- run:\n```\n", n)),
    ("steps", |n| format!("### Task 1: a\n\n{}", "- [ ] **Step**\n".repeat(n / 15))),
    ("stats", |n| {
        let phases = numbered(n, 48, |at| format!("## Phase {at}: P{at}\n- [ ] T{at} a\n"));
        format!("{phases}## Summary\n{}", numbered(n, 48, |at| format!("- **P{at}**: 1 tasks\n")))
    }),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_is_about_as_large_as_asked_for() {
        for (name, input) in INPUTS {
            let length = input(100_000).len();
            assert!((25_000..400_000).contains(&length), "{name}: {length}");
        }
    }
}
