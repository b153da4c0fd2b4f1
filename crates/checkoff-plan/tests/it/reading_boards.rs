//! Boards, tables and headings: what makes a file one of these, and where a state is taken from.

use checkoff_plan::read::{Options, read};

use crate::reading::check;

#[test]
fn a_column_is_named_like_one_and_stands_among_others() {
    // `Active Tasks` is a section; two columns and a `Testing` part make no board.
    check(
        "TASK.md",
        "# Work\n\n## Active Tasks\n\n#### 1. Roof\n**Status:** Planned\n- [x] Measure\n- [ ] Cut\n\n#### 2. Wall\n**Status:** In Progress (2/3)\n\n#### 3. Door\n**Status:** Ongoing\n\n## Backlog\n\n- [ ] Window\n\n## Completed (last month)\n\n- [x] Floor\n",
        "heading",
        &[
            "5 todo 1 \"Roof\" phase=Active Tasks",
            "10 doing 2 \"Wall\" phase=Active Tasks",
            "13 doing 3 \"Door\" phase=Active Tasks",
            "18 todo - \"Window\" phase=Backlog",
            "22 done - \"Floor\" phase=Completed (last month)",
        ],
        &["7 step 5", "8 step 5"],
    );
    check(
        "BACKLOG.md",
        "# Backlog\n\n## Done\n- [x] Seeds\n\n## Testing\n- [ ] Soil\n",
        "nested",
        &["4 done - \"Seeds\" phase=Done", "7 todo - \"Soil\" phase=Testing"],
        &[],
    );
}

#[test]
fn columns_that_hold_nothing_are_a_summary() {
    check(
        "todo.md",
        "# House\n## Roof\n- [ ] Tiles\n- [x] Beams\n## Summary\n### Done\nBeams\n### In Progress\nTiles\n### Planned\nPaint\n",
        "nested",
        &["3 todo - \"Tiles\" phase=Roof", "4 done - \"Beams\" phase=Roof"],
        &[],
    );
}

#[test]
fn a_status_of_its_own_comes_before_the_column() {
    check(
        "KANBAN.md",
        "# Board\n\n## Backlog\n\n| ID | Task | Status |\n|---|---|---|\n| A-1 | Sow | 🟡 In Progress |\n| A-2 | Reap | |\n\n## In Progress\n\n### [HIGH] Dig\n- **Status**: ✅ Done\n\n### [LOW] Rake\n- **Effort:** 1 h\n\n## Done\n\n- [x] Plan\n",
        "kanban",
        &[
            "7 doing A-1 \"Sow\" phase=Backlog",
            "8 todo A-2 \"Reap\" phase=Backlog",
            "12 done - \"Dig\" phase=In Progress",
            "15 doing - \"Rake\" phase=In Progress",
            "20 done - \"Plan\" phase=Done",
        ],
        &[],
    );
}

#[test]
fn rows_of_two_tables_are_two_tasks() {
    let text = "# Board\n\n## Now\n\n| # | Card | Issue | Status |\n|---|---|---|---|\n| 1 | **Roof** | It leaks | 🔴 TODO |\n| 2 | **Wall** | It leans | 🔴 IN PROGRESS |\n\n## ✅ Completed (today)\n\n| # | Card | Commit |\n|---|---|---|\n| 1 | Floor | e4206e8 |\n| 2 | Stairs | 75da339 |\n\n## 📋 Backlog\n\n| # | Card | Priority |\n|---|---|---|\n| 3 | Garden | P2 |\n";
    check(
        "KANBAN.md",
        text,
        "kanban",
        &[
            "7 todo 1 \"Roof\" phase=Now",
            "8 doing 2 \"Wall\" phase=Now",
            "14 done 1 \"Floor\" phase=✅ Completed (today)",
            "15 done 2 \"Stairs\" phase=✅ Completed (today)",
            "21 todo 3 \"Garden\" phase=📋 Backlog",
        ],
        &[],
    );
    let document = read("KANBAN.md", text.as_bytes(), &Options::default());
    assert_eq!(document.tasks[2].key, "✅ Completed (today)/1");
}

#[test]
fn what_is_told_twice_is_a_duplicate_and_not_a_new_count() {
    let text = "# T\n## Now\n### Task 1: Roof\n**Status**: Done\n### Task 2: Wall\n**Status**: Pending\n## Next\n### Task 2: The wall\n**Status**: Pending\n### Task 3: Door\n**Status**: Pending\n## Finished\n### Task 1: Roof ✅\n";
    let document = read("t.md", text.as_bytes(), &Options::default());
    assert!(document.tasks.iter().all(|task| task.scope.is_none()));
    assert_eq!(document.tasks.len(), 5);
}

#[test]
fn tables_in_other_languages_and_about_other_things() {
    check(
        "plan.md",
        "# 计划\n\n| 编号 | 任务 | 状态 | 依赖 |\n|---|---|---|---|\n| T1 | 建表 | 已完成 | - |\n| T2 | 接口 | 进行中 | T1 |\n\n| ID | Risk | Status |\n|---|---|---|\n| R1 | Too slow | Open |\n\n| # | Task | Done |\n|---|---|---|\n| 3 | Test | 2/3 |\n| 4 | Ship | 2026-01-02 |\n| 5 | Rest | Later |\n| — | — | open |\n",
        "table",
        &[
            "5 done T1 \"建表\"",
            "6 doing T2 \"接口\" needs=T1",
            "14 todo 3 \"Test\"",
            "15 done 4 \"Ship\"",
            "16 todo 5 \"Rest\"",
        ],
        &[],
    );
}

#[test]
fn boxes_of_the_document_are_gates_where_tasks_are_headings() {
    check(
        "tasks.md",
        "# Work\n\n## Build\n\n### T-1: Roof\n- [ ] Tiles\n\n### T-2: Wall ✅ REVIEWED\n\n### T-3: Door\n**Depends on:** T-1, not T-2\n\n## Success Criteria\n\n### Looks\n- [ ] Straight\n\n## Done when (all of it)\n- [ ] Dry\n\n## 验收清单\n- [ ] 好\n\n## Extras\n- [ ] Paint\n",
        "heading",
        &[
            "5 todo T-1 \"Roof\" phase=Build",
            "8 done T-2 \"Wall\" phase=Build",
            "10 todo T-3 \"Door\" phase=Build needs=T-1",
            "25 todo - \"Paint\" phase=Extras",
        ],
        &["6 step 5", "16 gate -", "19 gate -", "22 gate -"],
    );
}

#[test]
fn a_number_before_the_box_is_the_id_of_a_heading() {
    check(
        "TASK-7.md",
        "### 7. [x] Roof\n\n**Status:** Done\n\n**Subtasks**\n\n1. [x] Measure\n   - [x] X10 and X12\n2. [~] Cut\n\n**Acceptance criteria**\n\n- [x] Dry\n",
        "heading",
        &["1 done 7 \"Roof\""],
        &["7 step 1", "8 step 1", "9 step 1", "13 criterion 1"],
    );
}

#[test]
fn numbered_and_ranked_sections_over_boxes_are_no_tasks() {
    check(
        "todo.md",
        "# List\n\n### 1. Servers\n- [x] One\n\n**Status:** all work\n\n### 2. Clients\n- [ ] Two\n\n**Status:** none works\n\n### P0 — First\n- [ ] Three\n\n### P1 — Then\n- [ ] Four\n\n### P2 — Last\n- [ ] Five\n",
        "nested",
        &[
            "4 done - \"One\" phase=1. Servers",
            "9 todo - \"Two\" phase=2. Clients",
            "14 todo - \"Three\" phase=P0 — First",
            "17 todo - \"Four\" phase=P1 — Then",
            "20 todo - \"Five\" phase=P2 — Last",
        ],
        &[],
    );
}

#[test]
fn cards_of_a_series_are_tasks_although_one_has_no_status() {
    check(
        "todo.md",
        "# List\n\n### 1. [BUG] Roof ✅ FIXED\n**Status:** Completed\n\n### 2. Wall\n**Status:** Open\n\n### 3. Door\nIt squeaks.\n",
        "heading",
        &["3 done 1 \"[BUG] Roof\"", "6 todo 2 \"Wall\"", "9 todo 3 \"Door\""],
        &[],
    );
}

#[test]
fn arrows_between_hashes_and_between_dots_are_read_apart() {
    let text = "# B\n\n| Task ID | Status | Depends on | Title |\n|---|---|---|---|\n| `t_ef86a54a` | running | — | a |\n| `t_9f55dbe5` | todo | `t_ef86a54a` | b |\n| `t_62f9439e` | todo | `t_9f55dbe5` | c |\n\n`t_ef86a54a (a)` → `t_9f55dbe5 (b)` → `t_62f9439e`\n\ndocs → t_ef86a54a+t_9f55dbe5 · more → t_62f9439e\n";
    let document = read("b.md", text.as_bytes(), &Options::default());
    let edges: Vec<_> = document
        .edges
        .iter()
        .map(|edge| format!("{} {} < {}", edge.line, edge.before.join(" "), edge.after.join(" ")))
        .collect();
    assert_eq!(edges, ["9 t_ef86a54a < t_9f55dbe5", "9 t_9f55dbe5 < t_62f9439e"]);
    assert_eq!(document.tasks[2].depends_on[0].id, "t_9f55dbe5");
}

#[test]
fn details_of_several_rows_are_told_of_the_first() {
    check(
        "tasks.md",
        "# T\n\n| # | Task | Done |\n|---|---|---|\n| 1 | Roof | [x] |\n| 2 | Wall | [ ] |\n| 3 | Door | [ ] |\n\n### Task 1: Roof\n- [ ] Dry\n\n### Tasks 2-3: The rest\n\n**Acceptance:**\n- [ ] Straight\n",
        "table",
        &["5 done 1 \"Roof\"", "6 todo 2 \"Wall\"", "7 todo 3 \"Door\""],
        &["10 step 5", "15 criterion 6"],
    );
}

#[test]
fn headings_beside_columns_group_as_columns_do() {
    check(
        "ISSUES_KANBAN.md",
        "# Issues\n\n## Board\n\n### Ready\n\n| Issue | Work | Depends on |\n|---|---|---|\n| [#7](https://x.y/7) | Roof | None |\n\n### Ideas for later\n\n| Issue | Work | Depends on |\n|---|---|---|\n| [#8](https://x.y/8) | Pond | #7 |\n\n### In progress\n\n_None._\n\n### Done\n\n_None._\n",
        "kanban",
        &["9 todo #7 \"Roof\" phase=Ready", "15 todo #8 \"Pond\" phase=Ideas for later needs=#7"],
        &[],
    );
}

#[test]
fn bold_headings_and_bold_states_leave_a_plain_title() {
    check(
        "t.md",
        "# T\n\n#### **Task 1.1: Roof**\n\n#### Task 1.2: Wall ✅ **COMPLETED**\n\n#### **Task 1.3: Door** **✅ DONE**\n\n#### Task 1.4: Paint\n**Dependencies:** Tasks 1.1-1.3\n",
        "heading",
        &[
            "3 todo 1.1 \"Roof\"",
            "5 done 1.2 \"Wall\"",
            "7 done 1.3 \"Door\"",
            "9 todo 1.4 \"Paint\" needs=1.1,1.2,1.3",
        ],
        &[],
    );
}

#[test]
fn cards_keep_their_column_and_the_fields_of_one_line() {
    check(
        "plan.md",
        "# Plan\n\n## Ready\n\n### TASK-3 Roof\n**Assignee**: Ann | **Files**: `a.rs` · **Depends on**: TASK-1\n\n## In Progress\n\n### TASK-1: Wall\n\n#### Acceptance Criteria\n- [ ] Straight\n- [x] High\n\n## Done\n\n### TASK-0: Floor ✅\n",
        "kanban",
        &[
            "5 todo TASK-3 \"Roof\" phase=Ready needs=TASK-1 files=a.rs who=Ann",
            "10 doing TASK-1 \"Wall\" phase=In Progress",
            "18 done TASK-0 \"Floor\" phase=Done",
        ],
        &["13 criterion 10", "14 criterion 10"],
    );
}

#[test]
fn rows_that_list_tasks_are_about_them() {
    check(
        "plan.md",
        "# Plan\n\n| ID | Task | Owner | Status |\n|---|---|---|---|\n| C-1 | Roof | - | Done |\n| C-2 | Wall | Ann | Open |\n\n| Requirement | Tasks | Status |\n|---|---|---|\n| 1.1 | C-1 | Done |\n\n| Tasks | Status |\n|---|---|\n| C-1, C-2 | Open |\n",
        "table",
        &["5 done C-1 \"Roof\"", "6 todo C-2 \"Wall\" who=Ann"],
        &[],
    );
}

#[test]
fn task_cells_begin_with_an_id_where_their_neighbours_do() {
    check(
        "plan.md",
        "# Plan\n\n| Task | Status |\n|---|---|\n| A-1 Roof | done |\n| A-2 Wall | open |\n\n| Task | Status |\n|---|---|\n| UTF-8 names | done |\n| Dig | open |\n\n| Task | Description | Status |\n|---|---|---|\n| Pond | Fill it | open |\n| P-2 | Drain it | done |\n",
        "table",
        &[
            "5 done A-1 \"Roof\"",
            "6 todo A-2 \"Wall\"",
            "10 done - \"UTF-8 names\"",
            "11 todo - \"Dig\"",
            "15 todo - \"Pond\"",
            "16 done P-2 \"Drain it\"",
        ],
        &[],
    );
}
