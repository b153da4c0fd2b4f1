//! Small lists of every construct, and what is read from them.
//!
//! One case is a list and its tasks, one line each:
//! `line state id "title"` and whatever else is not empty.

use checkoff_plan::document::{Document, Task};
use checkoff_plan::read::{Options, read};

fn show(document: &Document, task: &Task) -> String {
    let mut line = format!(
        "{} {} {} \"{}\"",
        task.line,
        task.state,
        task.id.as_deref().unwrap_or("-"),
        task.title
    );
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            line.push_str(&format!(" {name}={value}"));
        }
    };
    add("in", &task.parent.map_or(String::new(), |parent| document.tasks[parent].line.to_string()));
    add("phase", task.phase.as_deref().unwrap_or(""));
    add("section", task.section.as_deref().unwrap_or(""));
    add(
        "needs",
        &task
            .depends_on
            .iter()
            .map(|reference| reference.id.as_str())
            .collect::<Vec<_>>()
            .join(","),
    );
    add("files", &task.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>().join(","));
    add("who", task.assignee.as_deref().unwrap_or(""));
    add("story", task.story.as_deref().unwrap_or(""));
    add("parallel", if task.parallel { "yes" } else { "" });
    line
}

/// Reads a list; compares dialect, tasks and checks (`line kind owner-line`).
pub(crate) fn check(path: &str, text: &str, dialect: &str, tasks: &[&str], checks: &[&str]) {
    let document = read(path, text.as_bytes(), &Options::default());
    assert_eq!(document.detection.dialect.as_str(), dialect, "{text}");
    let shown: Vec<String> = document.tasks.iter().map(|task| show(&document, task)).collect();
    assert_eq!(shown, tasks, "{text}");
    let shown: Vec<String> = document
        .checks
        .iter()
        .map(|check| {
            let owner =
                check.owner.map_or("-".to_owned(), |owner| document.tasks[owner].line.to_string());
            format!("{} {} {owner}", check.line, check.kind.as_str())
        })
        .collect();
    assert_eq!(shown, checks, "{text}");
}

#[test]
fn nested_boxes_hang_below_each_other() {
    check(
        "todo.md",
        "# Garden\n\n- [ ] Beds\n  - [x] Dig\n  - Tools\n    - [ ] Rake\n\n## Later\n- [~] Pond\n",
        "nested",
        &[
            "3 todo - \"Beds\"",
            "4 done - \"Dig\" in=3",
            "6 todo - \"Rake\" in=3",
            "9 doing - \"Pond\" phase=Later",
        ],
        &[],
    );
}

#[test]
fn one_column_further_in_is_no_level() {
    check(
        "todo.md",
        "## Now\n- [ ] Dig\n   - [ ] Deep\n - [ ] Plant\n    - [ ] Trees\n",
        "nested",
        &[
            "2 todo - \"Dig\" phase=Now",
            "3 todo - \"Deep\" in=2 phase=Now",
            "4 todo - \"Plant\" phase=Now",
            "5 todo - \"Trees\" in=4 phase=Now",
        ],
        &[],
    );
}

#[test]
fn a_word_that_looks_like_an_id_needs_company() {
    check(
        "todo.md",
        "## R6 board\n- [ ] R6 static built\n- [ ] VIC20 tops\n- [ ] VIC20 fit\n- [ ] UTF-8 names\n- [ ] UTF-8 paths\n- [ ] K1 grow\n- [ ] K2 pick\n- [ ] P1 now\n- [ ] P2 soon\n",
        "nested",
        &[
            "2 todo - \"R6 static built\" phase=R6 board",
            "3 todo - \"VIC20 tops\" phase=R6 board",
            "4 todo - \"VIC20 fit\" phase=R6 board",
            "5 todo - \"UTF-8 names\" phase=R6 board",
            "6 todo - \"UTF-8 paths\" phase=R6 board",
            "7 todo K1 \"grow\" phase=R6 board",
            "8 todo K2 \"pick\" phase=R6 board",
            "9 todo - \"P1 now\" phase=R6 board",
            "10 todo - \"P2 soon\" phase=R6 board",
        ],
        &[],
    );
}

#[test]
fn boxes_below_a_gate_are_checks_where_tasks_have_ids() {
    check(
        "plan.md",
        "# Phase 0 — Base\n- [x] P0.1 Dig\n- [x] P0.2 Plant\n- [ ] P0.3 Water\n## Phase 0 gate\n- [x] All is green\n# Success criteria\n- [ ] All is ripe\n",
        "nested",
        &[
            "2 done P0.1 \"Dig\" phase=Phase 0 — Base",
            "3 done P0.2 \"Plant\" phase=Phase 0 — Base",
            "4 todo P0.3 \"Water\" phase=Phase 0 — Base",
        ],
        &["6 gate -", "8 gate -"],
    );
}

#[test]
fn markers_ids_and_needs_wear_many_dresses() {
    check(
        "tasks.md",
        "# Tasks\n## Phase 1: Setup\n- [x] ~~T001~~ Drop\n- [x] ~~T002 Drop it~~\n- [ ] T003 **[P]** Dig\n- [ ] T004 [P]: Sow\n- [ ] T005 [P] - Reap\n  - Depends on T003, T004 (both)\n  - Requires a T-shirt\n",
        "speckit",
        &[
            "3 done T001 \"Drop\" phase=Phase 1: Setup",
            "4 done T002 \"Drop it\" phase=Phase 1: Setup",
            "5 todo T003 \"Dig\" phase=Phase 1: Setup parallel=yes",
            "6 todo T004 \"Sow\" phase=Phase 1: Setup parallel=yes",
            "7 todo T005 \"Reap\" phase=Phase 1: Setup needs=T003,T004 parallel=yes",
        ],
        &[],
    );
}

#[test]
fn bold_may_end_behind_the_markers_or_the_title() {
    check(
        "tasks.md",
        "# Tasks\n## Phase 1: Setup\n- [X] **T001 [P]** Make `src/a.rs`:\n- [ ] **T002 [US1] Do it** later\n- [ ] **T003** Last\n",
        "speckit",
        &[
            "3 done T001 \"Make `src/a.rs`:\" phase=Phase 1: Setup files=src/a.rs parallel=yes",
            "4 todo T002 \"Do it\" phase=Phase 1: Setup story=US1",
            "5 todo T003 \"Last\" phase=Phase 1: Setup",
        ],
        &[],
    );
}

#[test]
fn what_a_step_says_to_run_is_no_attribute() {
    let runs = |text: &str| -> Vec<usize> {
        let document = read("plan.md", text.as_bytes(), &Options::default());
        let attributes = document.tasks.iter().flat_map(|task| &task.attributes);
        attributes
            .filter(|attribute| attribute.key == checkoff_plan::attribute::Key::Run)
            .map(|attribute| attribute.line)
            .collect()
    };
    let steps = "### Task 1: Parse\n\n- run: `make parse`\n\n**Files:**\n- Create: `a.py`\n\n- [ ] **Step 1: Test**\n\nRun: `pytest`\n\n- Run: `pytest -v`\n\n- [ ] **Step 2: Commit**\n  Run: `git commit`\n";
    assert_eq!(runs(steps), [3]);
    let list = "- [ ] Build\n  Run: `make` by hand\n  - run: `make`\n";
    assert_eq!(runs(list), [3]);
}

#[test]
fn speckit_lists_have_phases_stories_and_gates() {
    check(
        "tasks.md",
        "# Tasks\n## Phase 1: Setup\n- [X] T001 Make `src/a.rs`\n- [ ] T002 [P] [US1] **Do** it in src/b.rs (depends on T001)\n- [ ] **T003** Last [P]\n  - Dependency: T001–T002\n## Checklist\n- [x] All there\n",
        "speckit",
        &[
            "3 done T001 \"Make `src/a.rs`\" phase=Phase 1: Setup files=src/a.rs",
            "4 todo T002 \"**Do** it in src/b.rs (depends on T001)\" phase=Phase 1: Setup needs=T001 files=src/b.rs story=US1 parallel=yes",
            "5 todo T003 \"Last\" phase=Phase 1: Setup needs=T001,T002 parallel=yes",
        ],
        &["8 gate -"],
    );
}

#[test]
fn tables_of_tasks_have_columns() {
    check(
        "x.md",
        "# T\n| # | Task | Depends | Agent | Files | Done |\n|---|---|---|---|---|---|\n| 1 | Make | - | ann | a.rs, b.rs | [x] |\n| 2 | Test \\| run | 1 | bob | - | [ ] |\n",
        "table",
        &["4 done 1 \"Make\" files=a.rs,b.rs who=ann", "5 todo 2 \"Test \\| run\" needs=1 who=bob"],
        &[],
    );
    check(
        "x.md",
        "| id | depends-on | verify |\n|---|---|---|\n| ✅ T1 | - | x |\n| T2 | T1 | y |\n",
        "table",
        &["3 done T1 \"\"", "4 todo T2 \"\" needs=T1"],
        &[],
    );
}

#[test]
fn boards_say_the_state_by_column() {
    check(
        "board.md",
        "# B\n## üî¥ Blocked\n### 1. [HIGH] Wait\n- **ID**: X-1\n- **Assignee**: ann\n\n**Acceptance Criteria**:\n- [ ] ok\n\n## In Progress\n- [ ] Go\n  - [x] step\n\n## Done\n| ID | Title | Completed |\n|---|---|---|\n| X-0 | Start | 2024-01-01 |\n",
        "kanban",
        &[
            "3 blocked X-1 \"Wait\" phase=üî¥ Blocked who=ann",
            "11 doing - \"Go\" phase=In Progress",
            "17 done X-0 \"Start\" phase=Done",
        ],
        &["8 criterion 3", "12 step 11"],
    );
}

#[test]
fn headings_can_be_tasks() {
    check(
        "x.md",
        "# X\n## Wave A\n### [x] W1.1 — Make\n- **Files:** `a/b.go` (new)\n### [ ] W1.2 — Test\n- **Depends on:** W1.1\n## Definition of done\n- [ ] green\n",
        "heading",
        &[
            "3 done W1.1 \"Make\" phase=Wave A files=a/b.go",
            "5 todo W1.2 \"Test\" phase=Wave A needs=W1.1",
        ],
        &["8 gate -"],
    );
    check(
        "x.md",
        "# Plan\n> superpowers:executing-plans\n### Task 1: One\n**Files:**\n- Create: `a.rs`\n\n- [x] **Step 1: a**\n- [ ] **Step 2: b**\n### Task 2: Two\n- [x] a\n",
        "superpowers",
        &["3 doing 1 \"One\" files=a.rs", "9 done 2 \"Two\""],
        &["7 step 3", "8 step 3", "10 step 9"],
    );
}

#[test]
fn a_row_and_a_box_with_one_id_are_one_task() {
    let text = "## Phase 1: A\n| Task ID | Est. |\n|---|---|\n| P1.1 | 2h |\n- [x] P1.1: Make\n- [ ] P1.2: Test\n";
    let document = read("", text.as_bytes(), &Options::default());
    let task = &document.tasks[0];
    assert_eq!((task.line, task.detail_line, task.estimate.as_deref()), (5, Some(4), Some("2h")));
    assert_eq!(document.tasks.len(), 2);
}

#[test]
fn one_file_can_be_one_task() {
    check(
        "backlog/tasks/task-7.md",
        "---\nid: TASK-7\ntitle: 'Make: it'\nstatus: In Progress\nassignee:\n  - '@ann'\ndependencies: [TASK-1, \"TASK-2\"]\n---\n## Acceptance Criteria\n- [x] #1 a\n## Definition of Done\n- [ ] #1 b\n## Notes\n- [ ] c\n",
        "backlogmd",
        &["1 doing TASK-7 \"Make: it\" needs=TASK-1,TASK-2 who=@ann"],
        &["10 criterion 1", "12 gate 1", "14 step 1"],
    );
}

#[test]
fn dotted_numbers_make_parents() {
    check(
        ".kiro/specs/a/tasks.md",
        "# P\n- [x] 1. One\n- [-] 1.1 (P) Part\n  - _Requirements: 1.1_\n- [~] 2. Two\n",
        "kiro",
        &["2 done 1 \"One\"", "3 doing 1.1 \"Part\" in=2 parallel=yes", "5 todo 2 \"Two\""],
        &[],
    );
}

#[test]
fn other_dialects_keep_their_titles_clean() {
    check(
        "plan.md",
        "# P\n## Phase 1: A\n- [x] **Task: Make it** a1b2c3d\n- [ ] Task: Test it\n- [ ] Task: Ship it\n",
        "conductor",
        &[
            "3 done - \"Make it\" phase=Phase 1: A",
            "4 todo - \"Test it\" phase=Phase 1: A",
            "5 todo - \"Ship it\" phase=Phase 1: A",
        ],
        &[],
    );
    check(
        "o.md",
        "- [ ] #task Write 🆔 a1 📅 2024-01-01\n- [/] #task Send ⛔ a1\n- [!] #task Odd\n",
        "obsidian",
        &["1 todo a1 \"Write\"", "2 doing - \"Send\" needs=a1", "3 todo - \"Odd\""],
        &[],
    );
    check(
        "p.md",
        "- [x] ID: TASK-1 | Files: `a.rs` | Dep: - | Agent: ann | Description: Make it\n- [ ] ID: TASK-2 | Files: - | Dep: TASK-1 | Agent: bob | Description: Test it\n",
        "pipe",
        &[
            "1 done TASK-1 \"Make it\" files=a.rs who=ann",
            "2 todo TASK-2 \"Test it\" needs=TASK-1 who=bob",
        ],
        &[],
    );
    check(
        ".planning/ROADMAP.md",
        "# R\n- [x] **Phase 3: Base** - all of it\n- [ ] **Phase 4: More** (0/2 plans)\n### Phase 4: More\n**Depends on**: Phase 3\n- [ ] 04-01-PLAN.md - First\n",
        "gsd",
        &[
            "2 done Phase 3 \"Base\"",
            "3 todo Phase 4 \"More\" needs=Phase 3",
            "6 todo 04-01 \"First\" in=3 phase=Phase 4: More",
        ],
        &[],
    );
}

#[test]
fn a_roadmap_tells_more_of_a_phase_under_its_heading() {
    check(
        "ROADMAP.md",
        "# Roadmap\n\
         - [x] **Phase 1: Base** - first\n\
         - [ ] **Phase 1.1: Patch** (INSERTED)\n\
         - [ ] **Phase 2: Top** - then\n\
         ## Details\n\
         ### Phase 1: Base\n**Depends on**: Nothing\n\
         ### Phase 1.1: Patch\n**Depends on**: Phases 1 (not 2)\n\
         ### Phase 2: Top\n**Depends on**: Phase 1.1 (after phase 7), 1. Can run beside any M2 phase.\n\n\
         - [ ] 02-01-PLAN.md -- Walls\n\
         - [ ] 02-PLAN-02.md — Roof\n\
         - [ ] TBD\n",
        "gsd",
        &[
            "2 done Phase 1 \"Base\"",
            "3 todo Phase 1.1 \"Patch\" needs=Phase 1",
            "4 todo Phase 2 \"Top\" needs=Phase 1.1,Phase 1",
            "13 todo 02-01 \"Walls\" in=4 phase=Phase 2: Top",
            "14 todo 02-PLAN-02 \"Roof\" in=4 phase=Phase 2: Top",
            "15 todo - \"TBD\" phase=Phase 2: Top",
        ],
        &[],
    );
}

#[test]
fn a_vault_has_tags_links_and_headings_that_are_no_tasks() {
    check(
        "vault.md",
        "# Note\n## With #12\n### #12: twice a week\n\
         - [ ] #task Rake #home/garden, see [[Beds#roses]] and [x](y.md#z) ⏬ 📅 2024-01-02\n\
         - [x] #task Water 🔁 every day #home ✅ 2024-01-01\n",
        "obsidian",
        &[
            "4 todo - \"Rake #home/garden, see [[Beds#roses]] and [x](y.md#z)\" phase=With #12 section=#12: twice a week",
            "5 done - \"Water #home\" phase=With #12 section=#12: twice a week",
        ],
        &[],
    );
}

#[test]
fn boxes_of_a_file_task_are_what_heading_or_label_says() {
    check(
        "012.md",
        "---\nname: 'The beds'' criteria'\nstatus: open\n---\n\
         # Task: measure the criteria\n\
         ## Acceptance Criteria\n**Roses:**\n- [ ] Red\n**Steps:**\n- [ ] Dig\n\
         ## Dependencies\n- [ ] None\n\
         ## Definition of Done\n**Docs**:\n- [ ] Written\n",
        "frontmatter",
        &["1 todo 012 \"The beds' criteria\""],
        &["8 criterion 1", "10 step 1", "12 step 1", "15 gate 1"],
    );
}

#[test]
fn a_status_is_a_state_and_no_sentence() {
    // A sentence about the work leaves the boxes the tasks.
    check(
        "todo.md",
        "# Garden\n## 1. Beds\n- [x] Dig\n- [ ] Rake\n\n**Status:** Verified with the big rake twice\n",
        "nested",
        &["3 done - \"Dig\" phase=1. Beds", "4 todo - \"Rake\" phase=1. Beds"],
        &[],
    );
    // Where most numbered headings say how far they are, all are tasks.
    check(
        "todo.md",
        "# Garden\n## Later\n### 1. Dig ✅ FIXED\n**Status:** Completed\n### 2. Rake ✅ COMPLETED\nIt was easy.\n### 3. Sow\n**Need:** seeds\n",
        "heading",
        &[
            "3 done 1 \"Dig\" phase=Later",
            "5 done 2 \"Rake\" phase=Later",
            "7 todo 3 \"Sow\" phase=Later",
        ],
        &[],
    );
}

#[test]
fn a_phase_counts_its_plans() {
    let text = "- [x] Phase 1: Base (2/3 plans) — completed 2024-01-02\n\
                - [ ] Phase 2: Top (0/TBD plans) — since 2024\n\
                - [ ] Phase 3: Yard (see the old plan) and more\n";
    let document = read("ROADMAP.md", text.as_bytes(), &Options::default());
    let shown: Vec<_> = document
        .tasks
        .iter()
        .map(|task| (task.title.as_str(), task.extra("plans_done"), task.extra("plans_total")))
        .collect();
    assert_eq!(
        shown,
        [
            ("Base", Some("2"), Some("3")),
            ("Top", Some("0"), None),
            ("Yard (see the old plan) and more", None, None),
        ]
    );
}

#[test]
fn a_story_has_tasks_subtasks_and_criteria() {
    check(
        "1-1-login.md",
        "# Story 1.1: Login\nStatus: review\n## Acceptance Criteria\n### AC1: Form\n- [ ] It is there\n\
         ## Tasks / Subtasks\n\
         - [x] **Task 1: Form** (AC: #1)\n  - [x] Subtask 1.1: Fields\n  - [ ] Look at it\n\
         - [ ] Task 2 (AC: 1)\n\
         ## Dev Notes\nNone.\n",
        "bmad",
        &[
            "7 done 1 \"Form\" phase=Tasks / Subtasks",
            "8 done 1.1 \"Fields\" in=7 phase=Tasks / Subtasks",
            "9 todo - \"Look at it\" in=7 phase=Tasks / Subtasks",
            "10 todo 2 \"(AC: 1)\" phase=Tasks / Subtasks",
        ],
        &["5 criterion -"],
    );
}

#[test]
fn attributes_carry_code_and_fences() {
    let text = "- [ ] T001 Build\n  - needs: T002?, T003\n  - run: `cargo build`\n  - done when: `cargo test` passes\n  - env:\n    ```sh\n    A=1\n      B=2\n    ```\n  - retires: 3\n- [ ] T002 a\n- [ ] T003 b\n";
    let document = read("", text.as_bytes(), &Options::default());
    let task = &document.tasks[0];
    let shown: Vec<_> = task
        .attributes
        .iter()
        .map(|attribute| (attribute.line, attribute.value.as_str(), attribute.fence.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            (2, "T002?, T003", None),
            (3, "cargo build", None),
            (4, "`cargo test` passes", None),
            (5, "A=1\n  B=2\n", Some("sh")),
        ]
    );
    assert_eq!(task.attributes[2].code_spans[0].text, "cargo test");
    assert!(task.depends_on[0].optional && !task.depends_on[1].optional);
    assert_eq!(document.oddities.len(), 1, "retires is nearly retries");
}

#[test]
fn ids_that_restart_are_scoped_and_clashes_are_not() {
    let scoped = read(
        "",
        "## Spec A\n- [ ] T1 a\n- [ ] T2 b\n## Spec B\n- [ ] T1 c\n- [ ] T2 d\n".as_bytes(),
        &Options::default(),
    );
    let keys: Vec<_> = scoped.tasks.iter().map(|task| task.key.as_str()).collect();
    assert_eq!(keys, ["Spec A/T1", "Spec A/T2", "Spec B/T1", "Spec B/T2"]);
    let waves = read(
        "",
        "# All\n## A\n### Wave 1\n- [x] T1 — a\n### Wave 2\n- [x] T2 — b\n## B\n### Wave 1 of B\n- [x] T1 — c\n### Wave 2 of B\n- [ ] T2 — d\n".as_bytes(),
        &Options::default(),
    );
    let keys: Vec<_> = waves.tasks.iter().map(|task| task.key.as_str()).collect();
    assert_eq!(keys, ["A/T1", "A/T2", "B/T1", "B/T2"]);
    let twice = read(
        "",
        "# A\n## Phase 1: A\n- [ ] T001 a\n- [ ] T002 b\n# B\n## Phase 1: B\n- [ ] T001 c\n- [ ] T002 d\n".as_bytes(),
        &Options::default(),
    );
    assert!(twice.tasks.iter().all(|task| task.scope.is_none()));
    let clash = read(
        "",
        "## A\n- [ ] T001 a\n- [ ] T002 b\n- [ ] T002 c\n".as_bytes(),
        &Options::default(),
    );
    assert!(clash.tasks.iter().all(|task| task.scope.is_none()));
}

#[test]
fn a_pin_and_an_option_override_detection() {
    let text = "<!-- checkoff: profile=kiro -->\n- [-] a\n";
    let pinned = read("", text.as_bytes(), &Options::default());
    assert_eq!(
        (pinned.detection.dialect.as_str(), pinned.tasks[0].state.as_str()),
        ("kiro", "doing")
    );
    let asked =
        read("", text.as_bytes(), &Options { profile: Some("nested".parse().expect("a dialect")) });
    assert_eq!(asked.tasks[0].state.as_str(), "cancelled");
}
