//! What is shown of a plan: `show`, `next`, `why`, `graph`, `stats`, `simulate`.

use insta::assert_snapshot;

use crate::test_environment::TestEnvironment;

/// Phases, stories, `[P]`, dependencies in all places, a shared file, a parent, every state.
const LIST: &str = "\
# Tasks: Tea house

**Input**: Design documents from `specs/007-tea/`

## Phase 1: Setup

- [x] T001 Create the project in src/
- [ ] T002 [P] Configure linting in .eslintrc.json
  - estimate: 30m
- [~] T003 [P] Set up the database in src/db.rs
  - estimate: 4h

## Phase 2: Foundational

- [ ] T004 Write the menu model in src/menu.rs (depends on T003)
  - estimate: 1d
- [ ] T005 Brew <strong> & \"quoted\" tea in src/brew.rs
  - needs: T003

## Phase 3: User Story 1 - Order tea

- [ ] T006 [US1] Take orders in src/orders.rs
- [ ] T007 [P] [US1] Print receipts in src/receipts.rs

## Phase 4: User Story 2 - Refill

- [ ] T008 [P] [US2] Refill cups in src/orders.rs

## Phase 5: Polish

- [ ] T009 Write the guide in docs/guide.md
- [-] T010 Translate the guide

## Dependencies

- T004 before T006, T007
- **Polish (Phase 5)**: Depends on all user stories being complete
";

fn shown(arguments: &[&str]) -> String {
    let environment = TestEnvironment::with_list(LIST);
    let outcome = environment.checkoff(arguments);
    outcome.to_string()
}

#[test]
fn show_is_a_tree_with_states() {
    assert_snapshot!(shown(&["show", "TASKS.md"]));
}

#[test]
fn show_filters_by_state_and_phase() {
    assert_snapshot!(shown(&["show", "TASKS.md", "--state", "todo", "--phase", "story"]));
    let nothing = shown(&["show", "TASKS.md", "--state", "blocked"]);
    assert_snapshot!(nothing);
}

#[test]
fn show_has_json_for_programs() {
    let environment = TestEnvironment::with_list(LIST);
    let outcome = environment.checkoff(&["show", "TASKS.md", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    let tasks = value["documents"][0]["tasks"].as_array().expect("tasks");
    assert_eq!(tasks.len(), 10);
    assert_eq!(tasks[3]["standing"], "waiting");
    assert_eq!(tasks[3]["estimate_ms"], 28_800_000);
}

#[test]
fn next_says_what_to_start_and_why() {
    assert_snapshot!(shown(&["next", "TASKS.md"]));
}

#[test]
fn next_ends_with_one_when_nothing_is_ready() {
    let environment = TestEnvironment::with_list("- [~] a\n- [x] b\n");
    assert_snapshot!(environment.checkoff(&["next", "TASKS.md"]).to_string());
}

#[test]
fn why_shows_the_chain_and_who_says_so() {
    assert_snapshot!(shown(&["why", "T008", "TASKS.md"]));
}

#[test]
fn why_knows_that_a_ready_task_waits_for_nothing() {
    assert_snapshot!(shown(&["why", "T002", "TASKS.md"]));
}

#[test]
fn why_names_the_cycle() {
    let environment = TestEnvironment::with_list(
        "- [ ] T1 a\n  - needs: T2\n- [ ] T2 b\n  - needs: T1\n- [ ] T3 c\n  - needs: T2\n",
    );
    assert_snapshot!(environment.checkoff(&["why", "T3", "TASKS.md"]).to_string());
}

#[test]
fn graph_is_waves_in_a_terminal() {
    assert_snapshot!(shown(&["graph", "TASKS.md"]));
}

#[test]
fn graph_as_mermaid() {
    assert_snapshot!(shown(&["graph", "TASKS.md", "--format", "mermaid"]));
}

#[test]
fn graph_as_dot() {
    assert_snapshot!(shown(&["graph", "TASKS.md", "--format", "dot"]));
}

#[test]
fn graph_as_svg() {
    let environment = TestEnvironment::with_list(LIST);
    let svg = environment.checkoff(&["graph", "TASKS.md", "--format", "svg"]).stdout;
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(svg.contains("Brew &lt;strong&gt; &amp; &quot;quoted&quot; tea"));
    assert!(!svg.contains("<strong>"));
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
    for id in 1..=10 {
        assert!(svg.contains(&format!(">T{id:03}<")), "T{id:03} is drawn");
    }
    assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
}

#[test]
fn a_plan_too_large_for_a_picture_is_drawn_by_phase() {
    let mut list = String::from("# Plan\n");
    for phase in 1..=30 {
        list.push_str(&format!("\n## Phase {phase}: part\n\n"));
        for task in 1..=30 {
            list.push_str(&format!("- [ ] P{phase}.{task} work\n"));
        }
    }
    let environment = TestEnvironment::with_list(&list);
    let outcome = environment.checkoff(&["graph", "TASKS.md", "--format", "svg"]);
    assert_eq!(outcome.code, Some(0));
    assert!(outcome.stderr.contains("drawn by phase"), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("Phase 30: part"));

    let environment = TestEnvironment::with_list(&"- [ ] work\n".repeat(600));
    let outcome = environment.checkoff(&["graph", "TASKS.md", "--format", "svg"]);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
}

#[test]
fn stats_count_and_compare() {
    assert_snapshot!(shown(&["stats", "TASKS.md"]));
}

#[test]
fn simulate_tells_the_finish_and_what_stands_in_the_way() {
    assert_snapshot!(shown(&["simulate", "TASKS.md"]));
    assert_snapshot!(shown(&["simulate", "TASKS.md", "--workers", "1"]));
}

#[test]
fn simulate_of_a_finished_list() {
    let environment = TestEnvironment::with_list("- [x] a\n");
    assert_snapshot!(environment.checkoff(&["simulate", "TASKS.md"]).to_string());
}
