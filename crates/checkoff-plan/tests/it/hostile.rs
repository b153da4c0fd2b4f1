//! Inputs made to hurt. Each is so large that anything worse than linear would
//! not come to an end; what is asserted is what was read.

use checkoff_plan::document::Document;
use checkoff_plan::read::{Options, read};
use checkoff_plan::scan;

fn document(text: String) -> Document {
    read("", text.into_bytes(), &Options::default())
}

const MANY: usize = 200_000;

#[test]
fn one_long_line_is_one_title() {
    let line = document(format!("- [ ] {}\n", "word ".repeat(MANY)));
    assert_eq!(line.tasks.len(), 1);
    for piece in [
        "(",
        "[",
        "`",
        "``a`",
        "**",
        "T001 ",
        "1.1 ",
        "src/a.rs ",
        "depends on (",
        "→",
        "- ",
        "> ",
        "🆔 a ",
        "#a ",
    ] {
        let read = document(format!("- [ ] T001 {}\n- [ ] T002 b\n", piece.repeat(MANY)));
        assert_eq!(read.tasks.len(), 2, "{piece}");
        let prose = document(format!("# a\n{}\n\n- [ ] T002 b\n", piece.repeat(MANY)));
        assert!(prose.tasks.len() <= 2, "{piece}");
    }
}

#[test]
fn backtick_runs_of_every_width_are_paired_once() {
    let runs: String = (1..1500).map(|width| "`".repeat(width) + " ").collect();
    assert_eq!(document(format!("- [ ] {runs}\n")).tasks.len(), 1);
}

#[test]
fn nested_bullets_are_walked_once() {
    let inline = document(format!("{}[ ] a\n", "- ".repeat(MANY)));
    assert_eq!(inline.tasks.len(), 1);
    let stairs: String =
        (0..1200).map(|depth| format!("{}- [ ] a\n", "  ".repeat(depth))).collect();
    let stairs = document(stairs);
    assert_eq!(stairs.tasks.last().and_then(|task| task.parent), Some(1198));
    let flat = document("- [ ] a\n  - [ ] b\n".repeat(MANY / 2));
    assert_eq!(flat.tasks.len(), MANY);
}

#[test]
fn wide_tables_are_read_cell_by_cell() {
    let row = "| a ".repeat(MANY);
    let text = format!(
        "| # | Task | Status {row}|\n|{}\n| 1 | x | done {row}|\n",
        "---|".repeat(MANY + 3)
    );
    let read = document(text);
    assert_eq!(read.tasks.len(), 1);
    assert!(read.tasks[0].extra.len() <= 64);
}

#[test]
fn many_of_everything_is_linear() {
    for piece in [
        "```\n",
        "<!--\n",
        "## Phase 1: a\n",
        "### Task 1: a\n",
        "---\n",
        "| # | Status |\n|---|---|\n| 1 | done |\n",
        "- [ ] T001 a\n",
        "T001 blocks T002\n",
        "- [ ] 1.1 a\n  - needs: 1-9\n",
        "> ",
        "\r",
        "[ ] Open, [x] Done\n",
        "**Status**: Done\n",
    ] {
        let read = document(piece.repeat(MANY / 4));
        assert_eq!(read.print().len(), piece.len() * (MANY / 4), "{piece}");
    }
}

#[test]
fn the_scanner_alone_finds_the_same_boxes() {
    let text = "# a\n- [x] T001 a\n\n### [ ] W1.1 b\n".repeat(MANY / 4);
    let (lines, tasks) = scan::tasks(text.as_bytes());
    assert_eq!((lines.len(), tasks.len()), (MANY, MANY / 2));
}
