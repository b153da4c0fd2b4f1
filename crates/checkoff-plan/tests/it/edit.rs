//! Writing back, carrier by carrier: the bytes before, the bytes after, and what is refused.

mod corpus;

use checkoff_plan::document::{Document, State};
use checkoff_plan::edit::{self, Change, Options, Reason, Refusal};
use checkoff_plan::read;
use checkoff_plan::select::{self, Selector, Target};

fn read_as(path: &str, text: &str) -> Document {
    read::read(path, text.as_bytes(), &read::Options::default())
}

fn target(document: &Document, selector: &str) -> Target {
    let selector: Selector = selector.parse().expect("a selector");
    select::resolve(document, &selector).unwrap_or_else(|error| {
        let tasks: Vec<_> =
            document.tasks.iter().map(|t| (t.line, &t.id, &t.title, t.carrier)).collect();
        panic!("{error} in {} as {:?}: {tasks:#?}", document.path, document.detection.dialect)
    })
}

/// Sets, proves the result by reading it again, proves that the inverse gives the bytes back.
fn written(document: &Document, change: &Change) -> String {
    let bytes = change.apply(document).expect("edits that fit");
    let after = read::read(&document.path, bytes.as_slice(), &read::Options::default());
    if let Err(error) = edit::verify(document, &after, change) {
        panic!("{error}\n{}", String::from_utf8_lossy(&bytes));
    }
    let back = edit::apply(&bytes, &change.inverse(document).expect("an inverse"));
    assert_eq!(back.expect("edits that fit"), *document.bytes, "the inverse");
    String::from_utf8(bytes).expect("text")
}

fn set(path: &str, text: &str, selector: &str, state: State, options: &Options) -> String {
    let document = read_as(path, text);
    let change = edit::set(&document, target(&document, selector), state, options);
    match change {
        Ok(change) => written(&document, &change),
        Err(refusal) => panic!("{refusal}"),
    }
}

/// One line becomes another, all others stay; and setting the old state again gives the old text.
#[track_caller]
fn turns(path: &str, text: &str, selector: &str, state: State, before: &str, after: &str) {
    let expected = one_way(path, text, selector, state, before, after);
    let document = read_as(path, text);
    let old = match target(&document, selector) {
        Target::Task(index) => document.tasks[index].state,
        Target::Check(index) if document.checks[index].checked => State::Done,
        Target::Check(_) => State::Todo,
    };
    assert_eq!(set(path, &expected, selector, old, &Options::default()), text, "and back");
}

/// The same without the way back, for what the old state could not be told from.
#[track_caller]
fn one_way(
    path: &str,
    text: &str,
    selector: &str,
    state: State,
    before: &str,
    after: &str,
) -> String {
    assert_eq!(text.matches(before).count(), 1, "`{before}` once in the text");
    let expected = text.replacen(before, after, 1);
    assert_eq!(set(path, text, selector, state, &Options::default()), expected);
    expected
}

#[track_caller]
fn refuses(path: &str, text: &str, selector: &str, state: State) -> Reason {
    let document = read_as(path, text);
    match edit::set(&document, target(&document, selector), state, &Options::default()) {
        Err(Refusal { reason, .. }) => reason,
        Ok(change) => panic!("was written:\n{}", written(&document, &change)),
    }
}

use State::{Blocked, Cancelled, Doing, Done, Todo};

#[test]
fn a_box_changes_by_its_mark_byte() {
    let list = "# Plan\n\n- [ ] First\n* [x] Second\n  1. [ ] Third\n> - [ ] Quoted\n- [x] Fourth";
    turns("TASKS.md", list, "First", Done, "[ ] First", "[x] First");
    turns("TASKS.md", list, "Second", Todo, "[x] Second", "[ ] Second");
    turns("TASKS.md", list, "Third", Doing, "[ ] Third", "[~] Third");
    turns("TASKS.md", list, "Quoted", Done, "[ ] Quoted", "[x] Quoted");
    // The last line has no newline, and gets none.
    turns("TASKS.md", list, "Fourth", Todo, "[x] Fourth", "[ ] Fourth");
}

#[test]
fn done_is_an_upper_case_x_where_most_tasks_say_so() {
    let list = "# Plan\n\n- [X] One\n- [X] Two\n- [x] Three\n- [ ] Four\n";
    turns("TASKS.md", list, "Four", Done, "[ ] Four", "[X] Four");
    let even = "# Plan\n\n- [X] One\n- [x] Three\n- [ ] Four\n";
    turns("TASKS.md", even, "Four", Done, "[ ] Four", "[x] Four");
}

#[test]
fn line_endings_and_byte_order_mark_stay() {
    let list = "\u{feff}# Plan\r\n\r\n- [ ] First  \r\n- [ ] Second\n- [ ] Third\t\r\n";
    turns("TASKS.md", list, "First", Done, "[ ] First  \r\n", "[x] First  \r\n");
    turns("TASKS.md", list, "Second", Done, "[ ] Second\n", "[x] Second\n");
}

#[test]
fn the_legend_says_which_mark_means_what() {
    let list = "# Plan\n\n## Legend\n\n- `[ ]` open\n- `[~]` dropped\n- `[!]` blocked\n- `[x]` done\n\n\
                ## Work\n\n- [ ] First\n- [~] Second\n- [ ] Third\n";
    turns("TASKS.md", list, "First", Blocked, "[ ] First", "[!] First");
    turns("TASKS.md", list, "First", Cancelled, "[ ] First", "[~] First");
    turns("TASKS.md", list, "Second", Todo, "[~] Second", "[ ] Second");
    assert_eq!(
        refuses("TASKS.md", list, "First", Doing),
        Reason::MarkTaken { mark: '~', means: Cancelled }
    );
}

#[test]
fn a_mark_nobody_defined_is_not_written() {
    let list = "# Plan\n\n- [ ] First\n- [x] Second\n";
    assert_eq!(refuses("TASKS.md", list, "First", Blocked), Reason::NoMark);
    assert_eq!(refuses("TASKS.md", list, "First", Cancelled), Reason::NoMark);
}

#[test]
fn each_dialect_has_its_mark_for_doing() {
    let kiro = "# Implementation Plan\n\n- [x] 1. Set up\n  - _Requirements: 1.1_\n\
                - [ ] 2. Build\n  - _Requirements: 1.2_\n";
    turns(".kiro/specs/a/tasks.md", kiro, "2", Doing, "[ ] 2.", "[-] 2.");
    let vault = "- [ ] #task Write 🆔 aa\n- [ ] #task Publish 🆔 bb ⛔ aa\n";
    turns("vault.md", vault, "aa", Doing, "[ ] #task Write", "[/] #task Write");
    turns("vault.md", vault, "bb", Cancelled, "[ ] #task Publish", "[-] #task Publish");
}

#[test]
fn a_malformed_box_is_mended_only_when_it_is_set() {
    let list = "# Plan\n\n- [ x ] First\n- [] Second\n- [x ] Third\n- [ ] Fourth\n- [ ] Fifth\n";
    one_way("TASKS.md", list, "Second", Done, "[] Second", "[x] Second");
    one_way("TASKS.md", list, "First", Todo, "[ x ] First", "[ ] First");
    turns("TASKS.md", list, "Fourth", Done, "[ ] Fourth", "[x] Fourth");
}

#[test]
fn a_box_in_a_heading_or_cell_changes_the_same_way() {
    let headings =
        "# Spec\n\n### [x] W1.1 — Seam\n\nText.\n\n### [ ] W1.2 — Wiring\n\n### [ ] W1.3 — Rest\n";
    turns("tasks.md", headings, "W1.2", Done, "[ ] W1.2", "[x] W1.2");
    let table = "| # | Task | Depends | Done |\n|---|------|---------|------|\n\
                 | 1 | Model | - | [x] |\n| 2 | View | 1 | [ ] |\n";
    turns("tasks.md", table, "2", Done, "| 1 | [ ] |", "| 1 | [x] |");
}

const TABLE: &str = "# Tasks\n\n\
    | ID  | Task  | Status         | Depends |\n\
    |-----|-------|----------------|---------|\n\
    | T01 | Model | ✅ Done        | -       |\n\
    | T02 | View  | 🔄 In Progress | T01     |\n\
    | T03 | Glue  | ⏳ Pending     | T02     |\n\
    | T04 | More  | ✅ Done        | -       |\n\
    | T05 | Most  | ⏳ Pending     | -       |\n";

#[test]
fn a_status_cell_says_it_in_the_words_of_its_column() {
    let list = "# Tasks\n\n| ID | Task | Status | Depends |\n|---|---|---|---|\n\
                | T01 | Model | ✅ Done (v1) | - |\n| T02 | View | 🔄 In Progress | T01 |\n\
                | T03 | Glue | ⏳ Pending | T02 |\n| T04 | More | 🔄 In Progress | - |\n\
                | T05 | Most | ⏳ Pending | - |\n| T06 | Last | ✅ Done | - |\n";
    turns("TASKS.md", list, "T02", Done, "View | 🔄 In Progress", "View | ✅ Done");
    turns("TASKS.md", list, "T03", Doing, "Glue | ⏳ Pending", "Glue | 🔄 In Progress");
    one_way("TASKS.md", list, "T01", Todo, "✅ Done (v1)", "⏳ Pending (v1)");
    assert!(matches!(refuses("TASKS.md", list, "T01", Blocked), Reason::NoWord { .. }));
}

#[test]
fn an_aligned_column_keeps_its_bar() {
    turns("TASKS.md", TABLE, "T03", Done, "Glue  | ⏳ Pending     |", "Glue  | ✅ Done        |");
    turns("TASKS.md", TABLE, "T01", Doing, "Model | ✅ Done        |", "Model | 🔄 In Progress |");
    let narrow = "| ID  | Task | Status |\n|-----|------|--------|\n| T01 | A    | Done   |\n\
                  | T02 | B    | Doing  |\n| T03 | C    | Blocked |\n| T04 | D    | Done   |\n";
    turns("TASKS.md", narrow, "T01", Doing, "A    | Done   |", "A    | Doing  |");
    turns("TASKS.md", narrow, "T01", Blocked, "A    | Done   |", "A    | Blocked |");
}

#[test]
fn half_a_pair_of_words_is_enough_to_check_a_row_off() {
    let list =
        "| ID | Task | Status |\n|---|---|---|\n| T01 | A | Pending |\n| T02 | B | Pending |\n";
    turns("TASKS.md", list, "T01", Done, "A | Pending", "A | Completed");
    assert!(matches!(refuses("TASKS.md", list, "T01", Doing), Reason::NoWord { .. }));
}

#[test]
fn a_blank_cell_is_filled_as_the_others_are() {
    let list = "| Task | Description | Completed | Date |\n|------|-------------|-----------|------------|\n\
                | TASK-001 | Model | ✅ | 2026-01-02 |\n| TASK-002 | View |  |  |\n\
                | TASK-003 | Glue | ✅ | 2026-01-03 |\n";
    turns("plan.md", list, "TASK-002", Done, "| View |  |  |", "| View | ✅ |  |");
    turns("plan.md", list, "TASK-001", Todo, "| Model | ✅ |", "| Model |  |");
    let aligned = "| ID | Done |\n|----|------|\n| T1 | yes  |\n| T2 |      |\n| T3 |      |\n";
    turns("plan.md", aligned, "T2", Done, "| T2 |      |", "| T2 | yes  |");
}

#[test]
fn a_prefix_in_the_id_cell_comes_and_goes_with_its_blank() {
    let list = "# Tasks\n\n| Task | Role | Depends |\n|---|---|---|\n\
                | ✅ T07 | craftsman | - |\n| T08 | craftsman | T07 |\n";
    turns("tasks.md", list, "T08", Done, "| T08 |", "| ✅ T08 |");
    turns("tasks.md", list, "T07", Todo, "| ✅ T07 |", "| T07 |");
    assert!(matches!(refuses("tasks.md", list, "T08", Blocked), Reason::NoWord { .. }));
}

#[test]
fn an_emoji_in_a_heading_stands_where_the_others_have_it() {
    let middle = "# Tasks\n\n### T1 ✅ — Model\n\nText.\n\n### T2 — View\n\n### T3 ✅ — Glue\n";
    turns("tasks.md", middle, "T2", Done, "### T2 — View", "### T2 ✅ — View");
    turns("tasks.md", middle, "T1", Todo, "### T1 ✅ — Model", "### T1 — Model");
    let front =
        "# Tasks\n\n### ✅ Task 1.1: Model\n\n### Task 1.2: View\n\n### ✅ Task 1.3: Glue\n";
    turns("tasks.md", front, "Task 1.2", Done, "### Task 1.2: View", "### ✅ Task 1.2: View");
    let end = "# Tasks\n\n### Task 1: Model ✅\n\n### Task 2: View\n\n### Task 3: Glue ✅\n";
    turns("tasks.md", end, "View", Done, "### Task 2: View", "### Task 2: View ✅");
}

#[test]
fn a_word_in_a_heading_must_occur_in_the_file() {
    let list = "# Tasks\n\n### T1: Model ✅ COMPLETED\n\n### T2: View\n\n### T3: Glue ✅ COMPLETED\n\n### T4: Rest\n";
    turns("tasks.md", list, "T2", Done, "### T2: View", "### T2: View ✅ COMPLETED");
    turns("tasks.md", list, "T1", Todo, "### T1: Model ✅ COMPLETED", "### T1: Model");
    one_way("tasks.md", "# Tasks\n\n### T1: Model\n\n### T2: View\n", "T1", Done, "T1:", "✅ T1:");
    assert!(matches!(refuses("tasks.md", list, "T2", Doing), Reason::NoWord { .. }));
}

#[test]
fn a_status_field_keeps_its_note() {
    let list = "# Tasks\n\n### T1: Model\n\n**Status**: ✅ Completed\n\n### T2: View\n\n\
                **Status**: ⏳ Pending (after T1)\n\n### T3: Glue\n\n**Status**: ⏳ Pending\n";
    turns("tasks.md", list, "T2", Done, "⏳ Pending (after T1)", "✅ Completed (after T1)");
    turns("tasks.md", list, "T1", Todo, "✅ Completed", "⏳ Pending");
}

#[test]
fn front_matter_keeps_quotes_and_comments() {
    let task = "---\nid: TASK-7\ntitle: Model\nstatus: \"To Do\" # moved by hand\nassignee: []\n\
                labels: []\ncreated_date: '2026-01-02'\nupdated_date: '2026-01-03'\n---\n\n# Model\n";
    let path = "backlog/tasks/task-7 - Model.md";
    turns(path, task, "TASK-7", Done, "\"To Do\" #", "\"Done\" #");
    turns(path, task, "7", Doing, "\"To Do\" #", "\"In Progress\" #");
    assert!(matches!(refuses(path, task, "7", Blocked), Reason::NoWord { .. }));

    let touched =
        Options { touch: true, now: Some("2026-11-20 08:05".to_owned()), ..Options::default() };
    let expected = task.replace("To Do", "Done").replace("2026-01-03", "2026-11-20");
    assert_eq!(set(path, task, "7", Done, &touched), expected);
}

#[test]
fn front_matter_speaks_the_language_of_its_tool() {
    let ccpm = "---\nname: Model\nstatus: open\ncreated: 2026-01-02T03:04:05Z\ndepends_on: []\n\
                parallel: true\nconflicts_with: []\n---\n\n# Task: Model\n";
    turns("epics/a/002.md", ccpm, "line:1", Done, "status: open", "status: closed");
    turns("epics/a/002.md", ccpm, "line:1", Doing, "status: open", "status: in-progress");
    let taskmd = "---\nid: \"077\"\ntitle: \"Model\"\nstatus: in-progress\npriority: high\n\
                  dependencies: []\n---\n\n# Model\n";
    turns("tasks/077.md", taskmd, "077", Done, "status: in-progress", "status: completed");
    turns("tasks/077.md", taskmd, "077", Blocked, "status: in-progress", "status: blocked");
}

const BOARD: &str = "# Board\n\n## To Do\n\n### TASK-1: Model\n\n- **Priority**: HIGH\n\n---\n\n\
    ### TASK-2: View\n\n- note\n\n---\n\n## In Progress\n\n### TASK-3: Glue\n\n- note\n\n---\n\n\
    ## Done\n\n### TASK-4: Idea\n\n- note\n";

#[test]
fn a_card_moves_whole_to_the_end_of_the_other_column() {
    let card = "### TASK-1: Model\n\n- **Priority**: HIGH\n\n---\n\n";
    let moved = BOARD.replace(card, "").replace("## Done\n", &format!("{card}## Done\n"));
    assert_eq!(set("BOARD.md", BOARD, "Model", Doing, &Options::default()), moved);
    // The last card of a column goes back to where it was.
    let back = set("BOARD.md", BOARD, "Glue", Todo, &Options::default());
    assert_eq!(set("BOARD.md", &back, "Glue", Doing, &Options::default()), BOARD);
    assert_eq!(refuses("BOARD.md", BOARD, "Model", Blocked), Reason::NoColumn);
}

#[test]
fn a_card_moves_to_the_end_of_a_file_that_does_not_end_its_last_line() {
    let open = BOARD.trim_end();
    let moved = set("BOARD.md", open, "Glue", Done, &Options::default());
    assert!(moved.ends_with("- note\n\n### TASK-3: Glue\n\n- note\n\n---"), "{moved}");
    let away = set("BOARD.md", open, "Idea", Todo, &Options::default());
    assert!(away.contains("### TASK-4: Idea\n\n- note\n\n## In Progress"), "{away}");
    assert!(away.ends_with("## Done"), "{away}");
    assert_eq!(away.lines().count(), open.lines().count());
}

#[test]
fn a_row_moves_only_between_tables_with_the_same_header() {
    let board = "# Board\n\n## To Do\n\n| ID | Title | Prio |\n|---|---|---|\n| A-1 | Model | P1 |\n\
                 | A-2 | View | P2 |\n\n## Doing\n\n| ID | Title | Prio |\n|---|---|---|\n| A-3 | Glue | P1 |\n\n\
                 ## Done\n\n| ID | Title | Completed | By |\n|---|---|---|---|\n| A-4 | Idea | May | me |\n";
    let moved = set("BOARD.md", board, "A-1", Doing, &Options::default());
    assert!(moved.contains("| A-3 | Glue | P1 |\n| A-1 | Model | P1 |\n\n## Done"), "{moved}");
    assert_eq!(refuses("BOARD.md", board, "A-1", Done), Reason::OtherTable);
}

#[test]
fn two_columns_for_one_state_are_refused_unless_one_is_called_so() {
    let twice = "# Board\n\n## To Do\n\n### A-1: One\n\n## In Progress\n\n### A-2: Two\n\n## In Progress\n\n\
                 ### A-3: Three\n\n## Done\n";
    assert!(matches!(refuses("BOARD.md", twice, "One", Doing), Reason::SeveralColumns { .. }));
    let named = "# Board\n\n## Backlog\n\n### A-1: One\n\n## To Do\n\n### A-2: Two\n\n## In Progress\n\n\
                 ### A-3: Three\n\n## Done\n";
    let moved = set("BOARD.md", named, "Three", Todo, &Options::default());
    assert!(moved.contains("### A-2: Two\n\n### A-3: Three\n\n## In Progress"), "{moved}");
}

const STEPS: &str = "# Parser Implementation Plan\n\n\
    > **For agentic workers:** use superpowers:executing-plans.\n\n\
    ### Task 1: Lexer\n\n**Files:**\n- Create: `src/lexer.rs`\n\n- [x] **Step 1: Write the test**\n\n\
    - [ ] **Step 2: Run it**\n\n- [ ] **Step 3: Commit**\n\n\
    ### Task 2: Parser\n\n**Files:**\n- Create: `src/parser.rs`\n\n- [ ] **Step 1: Write the test**\n";

#[test]
fn a_task_of_steps_is_done_by_checking_them_and_never_undone() {
    let done = set("plan.md", STEPS, "Lexer", Done, &Options::default());
    let expected = STEPS
        .replace("[ ] **Step 2: Run", "[x] **Step 2: Run")
        .replace("[ ] **Step 3: Commit", "[x] **Step 3: Commit");
    assert_eq!(done, expected);
    assert_eq!(refuses("plan.md", &expected, "Lexer", Todo), Reason::FollowsFromSteps);
    assert_eq!(refuses("plan.md", STEPS, "Parser", Doing), Reason::FollowsFromSteps);
}

#[test]
fn a_step_is_set_by_its_number() {
    turns("plan.md", STEPS, "Lexer/step:2", Done, "[ ] **Step 2: Run", "[x] **Step 2: Run");
    assert_eq!(refuses("plan.md", STEPS, "Lexer/step:2", Blocked), Reason::OnlyOpenOrChecked);
}

#[test]
fn todo_txt_gets_x_and_the_date_and_keeps_the_priority() {
    let list = "(A) 2026-01-01 Call +home @phone\nWrite due:2026-02-02\nx 2026-01-03 2026-01-01 Paint\nx Sweep\n";
    let today = Options { now: Some("2026-11-20 08:05".to_owned()), ..Options::default() };
    let called = list.replace("(A)", "x 2026-11-20 (A)");
    assert_eq!(set("todo.txt", list, "line:1", Done, &today), called);
    assert_eq!(set("todo.txt", &called, "line:1", Todo, &today), list);
    turns("todo.txt", list, "line:2", Done, "Write", "x Write");
    one_way("todo.txt", list, "line:3", Todo, "x 2026-01-03 2026-01-01 Paint", "2026-01-01 Paint");
    turns("todo.txt", list, "line:4", Todo, "x Sweep", "Sweep");
    assert_eq!(refuses("todo.txt", list, "line:1", Blocked), Reason::OnlyTodoOrDone);
}

#[test]
fn what_is_only_read_is_refused() {
    let org = "* TODO Model\n* DONE View\n";
    assert!(matches!(refuses("plan.org", org, "line:1", Done), Reason::ReadOnly { .. }));
    let beads =
        "{\"id\":\"bd-1\",\"title\":\"Model\",\"status\":\"open\",\"issue_type\":\"task\"}\n";
    assert!(matches!(refuses("issues.jsonl", beads, "bd-1", Done), Reason::ReadOnly { .. }));
}

#[test]
fn notes_and_commits_stand_before_the_line_ending() {
    let options = Options {
        note: Some("see log".to_owned()),
        commit: Some("1a2b3c4".to_owned()),
        ..Options::default()
    };
    let list = "# Plan\n\n- [ ] T001 Model  \r\n- [ ] **T002** View\n";
    let expected = list.replace("[ ] T001 Model  ", "[x] T001 Model (see log) 1a2b3c4  ");
    assert_eq!(set("tasks.md", list, "T001", Done, &options), expected);

    let two_lines = Options { note: Some("a\nb".to_owned()), ..Options::default() };
    let document = read_as("tasks.md", list);
    let refusal = edit::set(&document, target(&document, "T001"), Done, &two_lines);
    assert_eq!(refusal.expect_err("a refusal").reason, Reason::NoteNotOneLine);
}

const NESTED: &str = "# Plan\n\n- [ ] Outer\n  - [ ] Inner\n    - [x] Leaf one\n    - [ ] Leaf two\n  - [x] Other\n- [ ] Last\n";

#[test]
fn a_parent_is_rolled_up_only_when_asked_for() {
    let plain = set("TASKS.md", NESTED, "Leaf two", Done, &Options::default());
    assert_eq!(plain, NESTED.replace("[ ] Leaf two", "[x] Leaf two"));
    let rollup = Options { rollup: true, ..Options::default() };
    let rolled = set("TASKS.md", NESTED, "Leaf two", Done, &rollup);
    assert_eq!(rolled, plain.replace("[ ] Inner", "[x] Inner").replace("[ ] Outer", "[x] Outer"));
    let kept = set("TASKS.md", NESTED, "Last", Done, &rollup);
    assert_eq!(kept, NESTED.replace("[ ] Last", "[x] Last"));
}

#[test]
fn many_are_set_at_once_or_none() {
    let document = read_as("TASKS.md", NESTED);
    let wish = |name: &str, state| (target(&document, name), state);
    let both = [wish("Leaf two", Done), wish("Last", Doing), wish("Leaf one", Todo)];
    let change = edit::set_many(&document, &both, &Options::default()).expect("a change");
    let expected = NESTED
        .replace("[ ] Leaf two", "[x] Leaf two")
        .replace("[ ] Last", "[~] Last")
        .replace("[x] Leaf one", "[ ] Leaf one");
    assert_eq!(written(&document, &change), expected);
    let one_refused = [wish("Leaf two", Done), wish("Last", Blocked)];
    let refusal = edit::set_many(&document, &one_refused, &Options::default());
    assert_eq!(refusal.expect_err("a refusal").line, 8);
    let both_ways = [wish("Last", Done), wish("Last", Todo)];
    let refusal = edit::set_many(&document, &both_ways, &Options::default());
    assert_eq!(refusal.expect_err("a refusal").reason, Reason::TwoStates { other: Done });
}

#[test]
fn verify_finds_what_was_not_meant() {
    let document = read_as("TASKS.md", NESTED);
    let change = edit::set(&document, target(&document, "Last"), Done, &Options::default());
    let change = change.expect("a change");
    for (wrong, complaint) in [
        (NESTED.to_owned(), "instead of done"),
        (
            NESTED.replace("[ ] Last", "[x] Last").replace("[x] Other", "[ ] Other"),
            "change line 7 too",
        ),
        (NESTED.replace("[ ] Last", "[x] Last\n"), "number of lines"),
        (NESTED.replace("[ ] Last", "[x] Last").trim_end().to_owned(), "final newline"),
        (format!("\u{feff}{}", NESTED.replace("[ ] Last", "[x] Last")), "byte order mark"),
    ] {
        let after = read_as("TASKS.md", &wrong);
        let error = edit::verify(&document, &after, &change).expect_err("a complaint").to_string();
        assert!(error.contains(complaint), "{error}");
    }
}
