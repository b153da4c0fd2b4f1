//! What selectors mean, and what they refuse to mean.

use checkoff_plan::document::Document;
use checkoff_plan::read;
use checkoff_plan::select::{self, FollowError, SelectError, Selector, Target};

const LIST: &str = "\
# Plan

## Phase 1: Setup

- [ ] T001 Make folders
- [ ] T002 [P] Install tools in ci/cd
- [ ] T003-MIN Write the readme

## Phase 2: Build

- [ ] T010 Compile
  - [ ] Install
- [ ] T011 Test
- [x] T011 Test again

## Release

- [ ] T020 Install
";

fn read(text: &str) -> Document {
    read::read("tasks.md", text.as_bytes(), &read::Options::default())
}

fn line(document: &Document, selector: &str) -> Result<usize, SelectError> {
    let selector: Selector = selector.parse().expect("a selector");
    select::resolve(document, &selector).map(|target| target.line(document))
}

#[test]
fn a_selector_finds_one_task() {
    let document = read(LIST);
    for (selector, expected) in [
        ("T001", 5),
        ("t001", 5),
        ("T003-MIN", 7),
        ("T003", 7),
        ("line:6", 6),
        ("Make folders", 5),
        ("make FOLDERS", 5),
        ("Phase 1: Setup/Make folders", 5),
        ("Phase 1/Make folders", 5),
        ("phase 1/t001", 5),
        // A title with a slash is no path.
        ("Install tools in ci/cd", 6),
        ("Setup/Install tools in ci/cd", 6),
        ("T010/Install", 12),
        ("Phase 2/Compile/Install", 12),
        ("Phase 2/Install", 12),
        ("Release/Install", 18),
        ("Test again", 14),
    ] {
        assert_eq!(line(&document, selector), Ok(expected), "{selector}");
    }
}

#[test]
fn two_of_a_name_are_refused_with_their_lines() {
    let document = read(LIST);
    for (selector, lines) in [("T011", "lines 13 and 14"), ("Install", "lines 12 and 18")] {
        let error = line(&document, selector).expect_err("two of them");
        assert!(matches!(error, SelectError::Ambiguous { .. }), "{error:?}");
        assert!(error.to_string().ends_with(lines), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("`line:1")), "{error:?}");
    }
}

#[test]
fn a_name_that_does_not_exist_gets_those_that_resemble_it() {
    let document = read(LIST);
    let error = line(&document, "T0O1").expect_err("no such task");
    assert!(error.hint().is_some_and(|hint| hint.contains("`T001`")), "{error:?}");
    let error = line(&document, "compil").expect_err("no such task");
    assert!(error.hint().is_some_and(|hint| hint.contains("`Compile`")), "{error:?}");
    assert_eq!(line(&document, "zzzz").expect_err("no such task").hint(), None);
    assert!(line(&document, "line:4").is_err());
}

#[test]
fn what_is_no_selector_says_why() {
    for (text, complaint) in
        [("", "empty"), ("line:0", "`0`"), ("line:x", "`x`"), ("T001/step:", "``")]
    {
        let error = text.parse::<Selector>().expect_err("no selector").to_string();
        assert!(error.contains(complaint), "{error}");
    }
}

#[test]
fn an_id_must_be_unique_across_documents() {
    let (one, other) =
        (read(LIST), read("- [ ] T001 Elsewhere\n- [ ] T500 Only here\n- [ ] T501 And this\n"));
    let both = [&one, &other];
    let resolve = |text: &str| select::resolve_among(&both, &text.parse().expect("a selector"));
    assert_eq!(resolve("T500").map(|found| found.document), Ok(1));
    assert!(
        matches!(resolve("T001"), Err(SelectError::Ambiguous { candidates, .. }) if candidates.len() == 2)
    );
}

#[test]
fn backlog_ids_are_numbers() {
    let text = "---\nid: task-100.4\ntitle: Model\nstatus: To Do\nassignee: []\ncreated_date: '2026-01-02'\n---\n";
    let document = read::read(
        "backlog/tasks/task-100.4 - Model.md",
        text.as_bytes(),
        &read::Options::default(),
    );
    for selector in ["100.4", "BACK-100.4", "task-100.4", "TASK-100.4"] {
        assert_eq!(line(&document, selector), Ok(1), "{selector}");
    }
    assert!(line(&document, "100").is_err());
}

#[test]
fn a_task_is_followed_into_a_newer_reading() {
    let old = read(LIST);
    let target =
        |name: &str| select::resolve(&old, &name.parse().expect("a selector")).expect("one");
    let follow = |name: &str, new: &str| {
        let new = read(new);
        select::follow(&old, target(name), &new).map(|target| target.line(&new))
    };
    // Lines move, other boxes change, a note is added, an id's title is reworded.
    assert_eq!(follow("T020", &format!("Intro\n{LIST}")), Ok(19));
    assert_eq!(follow("T010", &LIST.replace("[ ] T010", "[x] T010")), Ok(11));
    assert_eq!(
        follow("line:12", &LIST.replace("  - [ ] Install\n", "  - [x] Install (done)\n")),
        Ok(12)
    );
    assert_eq!(follow("T010", &LIST.replace("Compile", "Compile all")), Ok(11));
    // Of two equal ids, the one with the title; of none, none.
    assert_eq!(follow("line:14", LIST), Ok(14));
    let gone = LIST.replace("- [ ] T020 Install\n", "");
    assert!(matches!(follow("T020", &gone), Err(FollowError::Gone { line: 18, .. })));
    let doubled = format!("{LIST}- [ ] T020 Install\n");
    assert!(matches!(follow("T020", &doubled), Err(FollowError::Ambiguous { .. })));
}

#[test]
fn where_the_boxes_of_a_task_are_tasks_a_step_is_one_of_those() {
    let document =
        read("- [ ] T001 Build\n  - [x] one\n    - [ ] deep\n  - [ ] two\n- [ ] T002 Next\n");
    assert_eq!(line(&document, "T001/step:2").expect("the second"), 4);
    let error = line(&document, "T001/step:3").expect_err("only two");
    assert!(matches!(error, SelectError::NoSuchStep { steps: 2, .. }), "{error:?}");
}

#[test]
fn a_step_is_the_nth_box_of_its_task() {
    let text = "# X Implementation Plan\n\n> use superpowers:executing-plans\n\n### Task 1: Lexer\n\n\
                **Files:**\n- Create: `a.rs`\n\n- [ ] **Step 1: Test**\n- [ ] **Step 2: Code**\n\n### Task 2: Parser\n\n- [ ] **Step 1: Test**\n";
    let document = read(text);
    let found = select::resolve(&document, &"Lexer/step:2".parse().expect("a selector"));
    assert!(matches!(found, Ok(Target::Check(_))), "{found:?}");
    assert_eq!(found.map(|target| target.line(&document)), Ok(11));
    let error = line(&document, "Lexer/step:3").expect_err("only two");
    assert!(matches!(error, SelectError::NoSuchStep { steps: 2, .. }), "{error:?}");
}
