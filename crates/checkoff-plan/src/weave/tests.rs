//! The rules of weaving, on lists small enough to see the whole graph.
//!
//! Documents are written in a notation of their own, so that these tests do not
//! depend on how any dialect is read:
//!
//! ```text
//! # Phase 1                                 a heading, by level
//! T1 needs T2 T3? T4!                       a task; indentation is parenthood
//!   T1.1 P files src/a.rs reads docs
//! T5 done | blocks T6 | conflicts T7        any order; `|` is only for the eye
//! say T1 T2 -> T3                           a sentence
//! phases 1 -> 2, 3                          headings by number, from 0
//! chain 3                                   this heading after the one before, by convention
//! ```

use checkoff_core::graph::{EdgeKind, Obstacle, Standing};

use super::*;
use crate::dialect::Dialect;
use crate::document::{
    Carrier, Detection, DocEdge, Encoding, Eol, FileReference, Heading, PhaseEdge, Reference,
    State, TaskSpans,
};

fn empty(path: &str, dialect: Dialect) -> Document {
    let detection = Detection { dialect, confidence: 100, reasons: Vec::new() };
    Document {
        path: path.to_owned(),
        bytes: Vec::new().into(),
        encoding: Encoding { bom: false, eol: Eol::Lf, final_newline: true, valid_utf8: true },
        detection,
        lines: Vec::new(),
        legend: Vec::new(),
        headings: Vec::new(),
        tasks: Vec::new(),
        checks: Vec::new(),
        edges: Vec::new(),
        phase_edges: Vec::new(),
        stats: Vec::new(),
        wip_limits: Vec::new(),
        columns: Vec::new(),
        front_matter: Vec::new(),
        oddities: Vec::new(),
        allows: Vec::new(),
    }
}

fn reference(word: &str, line: usize) -> Reference {
    Reference {
        id: word.trim_end_matches(['?', '!']).to_owned(),
        line,
        span: Span::new(0, 0),
        source: EdgeSource::Field,
        optional: word.ends_with('?'),
        strict: word.ends_with('!'),
    }
}

fn ids(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn numbers(text: &str) -> Vec<usize> {
    text.split(',').map(|number| number.trim().parse().expect("a number")).collect()
}

fn document(path: &str, dialect: Dialect, text: &str) -> Document {
    let mut document = empty(path, dialect);
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (line, text) in text.lines().enumerate().map(|(at, text)| (at + 1, text)) {
        let words = text.trim_start();
        if words.is_empty() {
            continue;
        }
        if words.starts_with('#') {
            let level = words.bytes().take_while(|byte| *byte == b'#').count();
            let text = words[level..].trim().to_owned();
            let level = u8::try_from(level).expect("few signs");
            document.headings.push(Heading {
                level,
                line,
                text,
                span: Span::new(0, 0),
                task: None,
            });
            open.clear();
        } else if let Some(sentence) = words.strip_prefix("say ") {
            let (before, after) = sentence.split_once("->").expect("an arrow");
            document.edges.push(DocEdge {
                line,
                span: Span::new(0, 0),
                before: ids(before),
                after: ids(after),
                source: EdgeSource::Prose,
            });
        } else if let Some(heading) = words.strip_prefix("chain ") {
            let after = numbers(heading);
            document.phase_edges.push(PhaseEdge {
                line: document.headings[after[0]].line,
                before: vec![after[0] - 1],
                after,
                source: EdgeSource::Heading,
                implied: true,
            });
        } else if let Some(sentence) = words.strip_prefix("phases ") {
            let (before, after) = sentence.split_once("->").expect("an arrow");
            document.phase_edges.push(PhaseEdge {
                line,
                before: numbers(before),
                after: numbers(after),
                source: EdgeSource::Prose,
                implied: false,
            });
        } else {
            let indent = text.len() - words.len();
            open.retain(|(above, _)| *above < indent);
            let mut task = task(words, line);
            task.indent = indent;
            task.parent = open.last().map(|(_, task)| *task);
            task.heading = document.headings.len().checked_sub(1);
            task.phase = task.heading.map(|at| document.headings[at].text.clone());
            let index = document.tasks.len();
            if let Some(parent) = task.parent {
                document.tasks[parent].children.push(index);
            }
            open.push((indent, index));
            document.tasks.push(task);
        }
    }
    document
}

fn task(text: &str, line: usize) -> Task {
    let mut words = text.split_whitespace();
    let id = words.next().expect("an id").to_owned();
    let mut task = Task {
        key: id.clone(),
        title: format!("title of {id}"),
        id: Some(id),
        alias: None,
        scope: None,
        state: State::Todo,
        queued: false,
        mark: None,
        mark_unknown: false,
        carrier: Carrier::Box,
        line,
        detail_line: None,
        spans: TaskSpans::default(),
        indent: 0,
        parent: None,
        children: Vec::new(),
        parallel: false,
        story: None,
        phase: None,
        section: None,
        heading: None,
        depends_on: Vec::new(),
        depends_on_text: None,
        blocks: Vec::new(),
        conflicts_with: Vec::new(),
        files: Vec::new(),
        verify: Vec::new(),
        acceptance: Vec::new(),
        labels: Vec::new(),
        priority: None,
        estimate: None,
        assignee: None,
        due: None,
        commit: None,
        attributes: Vec::new(),
        extra: Vec::new(),
    };
    let mut about = "";
    for word in words {
        match word {
            "P" => task.parallel = true,
            "needs" | "blocks" | "conflicts" | "files" | "reads" | "scope" | "alias"
            | "estimate" => about = word,
            "|" => about = "",
            word if about.is_empty() => task.state = word.parse().expect("a state"),
            word => match about {
                "needs" => task.depends_on.push(reference(word, line)),
                "blocks" => task.blocks.push(reference(word, line)),
                "conflicts" => task.conflicts_with.push(reference(word, line)),
                "scope" => task.scope = Some(word.to_owned()),
                "alias" => task.alias = Some(word.to_owned()),
                "estimate" => task.estimate = Some(word.to_owned()),
                _ => task.files.push(FileReference {
                    path: word.to_owned(),
                    line,
                    span: Span::new(0, 0),
                    read_only: about == "reads",
                }),
            },
        }
    }
    if let Some(scope) = &task.scope {
        task.key = format!("{scope}/{}", task.key);
    }
    task
}

/// `T1>T2` needs, `T1!T2` needs done, `T1~T2` after; joins in brackets; sorted.
fn edges(plan: &Plan) -> String {
    let name = |node: TaskIx| match plan.is_join(node) {
        true => format!("[{}]", plan.name(node)),
        false => plan.key(node).to_owned(),
    };
    let mut edges: Vec<(TaskIx, TaskIx, String)> = plan
        .graph
        .edges()
        .iter()
        .filter(|edge| plan.reasons[edge.why as usize].source != EdgeSource::Parent)
        .map(|edge| {
            let sign = match edge.kind {
                EdgeKind::Needs => '>',
                EdgeKind::NeedsDone => '!',
                EdgeKind::After => '~',
            };
            (edge.from, edge.to, format!("{}{sign}{}", name(edge.from), name(edge.to)))
        })
        .collect();
    edges.sort();
    edges.into_iter().map(|(_, _, text)| text).collect::<Vec<_>>().join(" ")
}

fn waves(plan: &Plan) -> String {
    let wave =
        |wave: &Vec<TaskIx>| wave.iter().map(|task| plan.key(*task)).collect::<Vec<_>>().join(" ");
    plan.graph.waves().iter().map(wave).collect::<Vec<_>>().join(" / ")
}

fn problems(plan: &Plan) -> Vec<String> {
    plan.problems
        .iter()
        .map(|problem| format!("{}:{} {}", problem.severity, problem.line, plan.describe(problem)))
        .collect()
}

fn one(dialect: Dialect, text: &str) -> Plan {
    weave(vec![document("a.md", dialect, text)])
}

#[track_caller]
fn check(text: &str, expect: &str) {
    let plan = one(Dialect::Nested, text);
    assert_eq!(edges(&plan), expect, "{text}");
    assert_eq!(problems(&plan), [""; 0], "{text}");
}

#[track_caller]
fn check_waves(dialect: Dialect, text: &str, expect: &str) {
    let plan = one(dialect, text);
    assert_eq!(waves(&plan), expect, "{text}\n{}", edges(&plan));
}

#[track_caller]
fn check_problems(text: &str, expect: &[&str]) {
    assert_eq!(problems(&one(Dialect::Nested, text)), expect, "{text}");
}

#[test]
fn references_become_edges() {
    check("T1\nT2 needs T1", "T1>T2");
    check("T1\nT2 needs T1?", "T1~T2");
    check("T1\nT2 needs T1!", "T1!T2");
    check("T1 blocks T2\nT2", "T1>T2");
    check("T1\nT2\nT3", "");
    check("T1 conflicts T2\nT2\nT3", "T1~T2");
    check("T1\nT2 conflicts T1\nT1x needs T2\n", "T1~T2 T2>T1x");
}

#[test]
fn ids_are_found_as_people_mean_them() {
    check("T001\nT2 needs t1", "T001>T2");
    check("T031-MIN alias T031\nT031-MAX alias T031\nT2 needs T031", "T031-MIN>T2 T031-MAX>T2");
    check("# Phase 2\nT1\n# Later\nT2 needs Phase", "T1>[Phase 2] [Phase 2]>T1 [Phase 2]>T2");
    let plan = one(Dialect::Backlogmd, "task-100.4\nBACK-7 needs BACK-100.4");
    assert_eq!(edges(&plan), "task-100.4>BACK-7");
}

#[test]
fn the_nearest_of_several_is_meant() {
    check(
        "T1 scope A\nT2 scope A needs T1\nT1 scope B\nT2 scope B needs T1",
        "A/T1>A/T2 B/T1>B/T2",
    );
    let file = |path, text| document(path, Dialect::Nested, text);
    let plan = weave(vec![
        file("a/x.md", "T1\nT2 needs T1 T3"),
        file("a/y.md", "T3\nT1"),
        file("b/x.md", "T3"),
    ]);
    assert_eq!(edges(&plan), "a/x.md#T1>T2 a/y.md#T3>T2");
    assert_eq!(problems(&plan), [""; 0]);
}

#[test]
fn what_cannot_be_resolved_is_a_problem() {
    check_problems(
        "T001\nT002 needs T099",
        &["error:2 T002 depends on `T099`, which does not exist (did you mean `T001`?)"],
    );
    check_problems("T1 needs T1", &["error:1 T1 depends on itself"]);
    check_problems(
        "T1 scope A\nT1 scope B\nT2 scope C needs T1",
        &["error:3 T2 depends on `T1`, which could be any of a.md:1, a.md:2"],
    );
    check_problems("T1\nsay T1 -> X", &["warning:2 depends on `X`, which does not exist"]);
    check_problems("T1 needs T2\nT2 needs T1", &["error:1 cycle: T1 → T2 → T1"]);
    let plan = one(Dialect::Nested, "T1 needs T9\nT2 needs T1");
    let dangling = Standing::Unreachable(Obstacle::Dangling(TaskIx(0)));
    assert_eq!(plan.graph.standings(), [dangling, dangling]);
}

#[test]
fn all_of_a_true_duplicate_are_waited_for() {
    let plan = one(Dialect::Nested, "T1\nT1\nT2 needs T1");
    assert_eq!(edges(&plan), "T1>T2 T1@2>T2");
    assert_eq!(plan.problems[0].severity, Severity::Warning);
}

#[test]
fn sentences_of_many_go_through_a_join() {
    check("T1\nT2\nT3\nsay T1 T2 -> T3", "T1>T3 T2>T3");
    check(
        "A1\nA2\nA3\nB1\nB2\nB3\nsay A1 A2 A3 -> B1 B2 B3",
        "A1>[A1, A2, A3] A2>[A1, A2, A3] A3>[A1, A2, A3] [A1, A2, A3]>B1 [A1, A2, A3]>B2 [A1, A2, A3]>B3",
    );
    // What stands on both sides goes first.
    check("T1\nT2\nT3\nsay T1 T2 -> T2 T3", "T1>T3 T2>T3");
}

#[test]
fn a_dense_statement_stays_linear() {
    let names =
        |letter: &str| (0..2000).map(|number| format!("{letter}{number}")).collect::<Vec<_>>();
    let (before, after) = (names("A"), names("B"));
    let text = format!(
        "{}\n{}\nsay {} -> {}",
        before.join("\n"),
        after.join("\n"),
        before.join(" "),
        after.join(" "),
    );
    let plan = one(Dialect::Nested, &text);
    assert_eq!(plan.graph.edges().len(), 4000);
    assert_eq!(plan.graph.waves().len(), 2);
}

#[test]
fn parents_close_after_children_and_children_inherit_what_they_wait_for() {
    check_waves(Dialect::Nested, "T1\n  T1.1\n  T1.2\nT2 needs T1", "T1.1 T1.2 / T2");
    check_waves(Dialect::Nested, "T0\nT1 needs T0\n  T1.1\n    T1.1.1\n  T1.2", "T0 / T1.1.1 T1.2");
    check_waves(Dialect::Nested, "T1 blocked\n  T1.1\nT2", "T2");
    check_waves(Dialect::Nested, "T1 cancelled\n  T1.1\nT2 needs T1", "T2");
    check_waves(Dialect::Nested, "T1 done\n  T1.1\nT2 needs T1", "T1.1 T2");
    check_problems(
        "T1\n  T2 needs T1",
        &["warning:2 T2 depends on T1, which it is part of; taken as after its start"],
    );
    check_waves(Dialect::Nested, "T1 needs T2\n  T2\n  T3", "T2 T3");
    // A child comes first, whatever its parent waits for.
    check_waves(Dialect::Nested, "T1 needs T3\n  T2\nT3 needs T2", "T2 / T3");
}

#[test]
fn phases_wait_for_phases() {
    let list = "# A\nT1\nT2\n# B\nT3\n  T3.1\n# C\nT4\n";
    check_waves(Dialect::Nested, list, "T1 T2 T3.1 T4");
    check_waves(Dialect::Nested, &format!("{list}phases 0 -> 1"), "T1 T2 T4 / T3.1");
    check_waves(Dialect::Nested, &format!("{list}phases 0 -> 1, 2"), "T1 T2 / T3.1 T4");
    check_waves(Dialect::Nested, "# A\nT1\n# B\n# C\nT2\nphases 0 -> 1\nphases 1 -> 2", "T1 / T2");
}

#[test]
fn a_task_that_says_otherwise_leaves_its_phase() {
    let list = "# A\nT1\nT2 needs T3\n# B\nT3\nT4\nphases 0 -> 1";
    check_waves(Dialect::Nested, list, "T1 T3 / T2 / T4");
    check_problems(
        list,
        &["warning:7 the order stated here (prose) contradicts what tasks state; the tasks win"],
    );
    // Phases that go round in a circle order nothing.
    check_waves(Dialect::Nested, "# A\nT1\n# B\nT2\nphases 0 -> 1\nphases 1 -> 0", "T1 T2");
    check_waves(Dialect::Nested, "# A\n# B\n# C\nT1\nphases 0 -> 1\nphases 1 -> 0, 2", "T1");
}

#[test]
fn spec_kit_phases_follow_each_other_and_stories_run_side_by_side() {
    let list = "# Phase 1: Setup\nT1 P\n# Phase 2: Foundational\nT2\n\
                # Phase 3: User Story 1\nT3\n# Phase 4: User Story 2\nT4\n# Phase 5: Polish\nT5";
    check_waves(Dialect::Speckit, list, "T1 / T2 / T3 T4 / T5");
    check_waves(Dialect::Nested, list, "T1 T2 T3 T4 T5");
    // The reader's plain convention is replaced by this finer one.
    check_waves(
        Dialect::Speckit,
        &format!("{list}\nchain 1\nchain 2\nchain 3"),
        "T1 / T2 / T3 T4 / T5",
    );
    check_waves(Dialect::Heading, "# A\nT1\n# B\nT2\nchain 1", "T1 / T2");
    check_waves(
        Dialect::Heading,
        "# A\nT1\n# B\nT2\n# C\nT3\nphases 0 -> 2\nchain 2",
        "T1 T2 / T3",
    );
    // A sentence about a phase replaces the convention for it.
    check_waves(Dialect::Speckit, &format!("{list}\nphases 0 -> 4"), "T1 / T2 T5 / T3 T4");
}

#[test]
fn marks_order_neighbours_in_spec_kit() {
    check_waves(Dialect::Speckit, "# S\nT1\nT2 P\nT3 P\nT4\nT5 P\nT6", "T1 / T2 T3 / T4 / T5 / T6");
    check_waves(Dialect::Speckit, "# S\nT1 P\nT2 P\nT3", "T1 T2 / T3");
    // Who states what it needs waits for that.
    check_waves(
        Dialect::Speckit,
        "# S\nT1 P\nT2 P\nT3 needs T1\nT4 needs T2\nT5",
        "T1 T2 / T3 T4 / T5",
    );
    // Nobody is marked: position says nothing.
    check_waves(Dialect::Speckit, "# S\nT1\nT2\nT3", "T1 T2 T3");
    // A task that contradicts its position leaves it.
    check_waves(Dialect::Speckit, "# S\nT1 needs T2\nT2\nT3 P", "T2 / T1 T3");
}

#[test]
fn kiro_tasks_go_in_order() {
    let list = "1\n  1.1\n  1.2\n2\n  2.1 P\n  2.2 P\n  2.3\n3";
    check_waves(Dialect::Kiro, list, "1.1 / 1.2 / 2.1 2.2 / 2.3 / 3");
    check_waves(Dialect::Nested, list, "1.1 1.2 2.1 2.2 2.3 3");
}

#[test]
fn tasks_with_common_files_keep_apart() {
    check("T1 files a.rs\nT2 files ./a.rs\nT3 files b.rs", "T1~T2");
    check("T1 reads a.rs\nT2 reads a.rs\nT3 files a.rs\nT4 reads a.rs", "T1~T3 T2~T3 T3~T4");
    check(
        "T1 files src/\nT2 files src/a.rs\nT3 files src/b.rs\nT4 files src",
        "T1~T2 T1~T3 T2~T4 T3~T4",
    );
    check("T1 files src/*.rs\nT2 files src/a.rs\nT3 files src/a.ts", "T1~T2");
    check("T1 files src/**/*.rs\nT2 files src/api/*.rs", "T1~T2");
    check("T1 files a.rs b.rs\nT2 files a.rs b.rs", "T1~T2");
    check("T1 done | files a.rs\nT2 files a.rs", "");
    // The order of needs is kept: what is needed goes first.
    check("T1 files a.rs | needs T2\nT2 files a.rs", "T2>T1");
    // What is under way goes first.
    check("T1 files a.rs\nT2 doing | files a.rs", "T2~T1");
}

#[test]
fn readers_and_writers_that_alternate_stay_linear() {
    let mut text = String::from("X files src\n");
    for number in 0..500 {
        text.push_str(&format!("R{number} reads src\nW{number} files src/{number}.rs\n"));
    }
    let plan = one(Dialect::Nested, &text);
    assert!(plan.graph.edges().len() < 500 * 8, "{} edges", plan.graph.edges().len());
    assert_eq!(plan.graph.waves().len(), 1001);
    assert!(plan.cycles.is_empty());
}

#[test]
fn guesses_take_the_scale_of_the_list() {
    let plan = one(Dialect::Nested, "T1 estimate 2h\nT2 estimate 4h\nT3 estimate 1h\nT4\nT5 done");
    assert_eq!(plan.guessed, Guess { tasks: 1, stated: 3, each_ms: 7_200_000 });
    assert_eq!(plan.graph.node(TaskIx(3)).estimate_ms, 7_200_000);
}
