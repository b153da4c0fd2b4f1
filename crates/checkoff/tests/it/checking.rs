//! `check` and `explain`.

use crate::test_environment::{Outcome, TestEnvironment};

/// A done task whose dependency is open, a parent to check, two tasks with one id.
const FAULTY: &str = "\
# Plan

- [ ] T001 Lay the ground
- [x] T002 Build on it
  - needs: T001
- [ ] T003 A parent
  - [x] T004 one child
  - [x] T005 the other child
- [ ] T002 Again
";

fn check(arguments: &[&str]) -> Outcome {
    let environment = TestEnvironment::with_list(FAULTY);
    environment.checkoff(&[&["check"], arguments].concat())
}

#[test]
fn findings_are_shown_with_their_lines() {
    insta::assert_snapshot!(check(&[]).ended(1));
}

#[test]
fn a_list_in_order_says_so_and_ends_well() {
    let environment = TestEnvironment::with_list("# Plan\n\n- [ ] T001 One\n- [ ] T002 Two\n");
    insta::assert_snapshot!(environment.checkoff(&["check"]).ended(0));
    let quiet = environment.checkoff(&["check", "--quiet"]).ended(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[test]
fn one_line_a_finding() {
    insta::assert_snapshot!(check(&["--format", "short"]).ended(1));
}

#[test]
fn annotations_for_github() {
    insta::assert_snapshot!(check(&["--format", "github"]).ended(1));
}

#[test]
fn json_and_sarif_are_what_they_say() {
    let json = check(&["--format", "json", "-q"]).ended(1);
    let value: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(value["version"], 1);
    assert!(value["findings"].as_array().is_some_and(|findings| findings.len() >= 3), "{json}");
    let sarif = check(&["--format", "sarif", "-q"]).ended(1);
    let value: serde_json::Value = serde_json::from_str(&sarif.stdout).expect("SARIF");
    assert_eq!(value["version"], "2.1.0");
    assert!(value["runs"][0]["results"].as_array().is_some_and(|it| it.len() >= 3), "{sarif}");
}

#[test]
fn statistics_count_by_rule() {
    insta::assert_snapshot!(check(&["--statistics"]).ended(1));
}

#[test]
fn diff_shows_and_fix_does() {
    let environment = TestEnvironment::with_list(FAULTY);
    insta::assert_snapshot!(environment.checkoff(&["check", "--diff"]).ended(1));
    assert_eq!(environment.read("TASKS.md"), FAULTY);
    let fixed = environment.checkoff(&["check", "--fix"]).ended(1);
    assert!(fixed.stderr.contains("mended 1 finding"), "{fixed}");
    let expected = FAULTY.replace("- [ ] T003", "- [x] T003");
    assert_eq!(environment.read("TASKS.md"), expected);
    let again = environment.checkoff(&["check", "--diff"]).ended(0);
    assert!(again.stderr.contains("nothing to mend"), "{again}");
}

#[test]
fn a_named_fix_is_asked_for_with_or_without_the_equals_sign() {
    for arguments in [&["check", "--fix=renumber", "TASKS.md"], &["check", "--fix", "renumber"][..]]
    {
        let environment = TestEnvironment::with_list(FAULTY);
        environment.checkoff(arguments).ended(0);
        assert!(environment.read("TASKS.md").contains("- [ ] T002b Again"), "{arguments:?}");
    }
}

#[test]
fn rules_are_selected_and_ignored() {
    let only = check(&["--select", "duplicate-id", "--format", "short"]).ended(1);
    assert_eq!(only.stdout.lines().count(), 1, "{only}");
    let without = check(&["--ignore", "duplicate", "--format", "short"]).ended(0);
    assert!(!without.stdout.contains("duplicate-id"), "{without}");
    let strict = check(&["--ignore", "duplicate", "--strict"]).ended(1);
    assert!(strict.stderr.contains("warning"), "{strict}");
}

#[test]
fn a_rule_or_a_fix_that_does_not_exist_is_answered_with_what_was_meant() {
    let rule = check(&["--select", "duplicate-ids"]).ended(2);
    assert!(rule.stderr.contains("did you mean `duplicate-id`?"), "{rule}");
    let fix = check(&["--fix=renumbr"]).ended(2);
    assert!(fix.stderr.contains("did you mean `--fix=renumber`?"), "{fix}");
    let explained = TestEnvironment::new().checkoff(&["explain", "done-before-dp"]).ended(3);
    assert!(
        explained.stderr.contains("did you mean `checkoff explain done-before-dep`?"),
        "{explained}"
    );
}

#[test]
fn the_configuration_counts_and_the_command_line_wins() {
    let environment = TestEnvironment::with_list(FAULTY);
    environment.write("checkoff.toml", "[check]\nignore = ['duplicate-id']\nstrict = true\n");
    let strict = environment.checkoff(&["check", "--format", "short"]).ended(1);
    assert!(!strict.stdout.contains("duplicate-id"), "{strict}");
    environment.write("checkoff.toml", "[check.levels]\nduplicate-id = 'off'\n");
    environment.checkoff(&["check"]).ended(0);
}

#[test]
fn a_folder_is_walked_and_standard_input_is_read() {
    let environment = TestEnvironment::with_list(FAULTY);
    environment.write("specs/001/tasks.md", FAULTY);
    environment.write("notes/readme.md", "# no tasks\n");
    environment.write("node_modules/x/TODO.md", FAULTY);
    environment.write(".gitignore", "node_modules\n");
    let walked = environment.checkoff(&["check", "."]).ended(1);
    assert!(walked.stderr.contains("in 2 lists"), "{walked}");
    let piped = environment.shell("\"$CHECKOFF\" check --format short - < TASKS.md").ended(1);
    assert!(piped.stdout.starts_with("-:"), "{piped}");
}

#[test]
fn a_thousand_lists_are_told_in_the_order_of_their_paths() {
    let environment = TestEnvironment::new();
    for number in 0..200 {
        environment.write(&format!("specs/{number:03}/tasks.md"), FAULTY);
    }
    let outcome = environment.checkoff(&["check", "specs", "--format", "short"]).ended(1);
    let paths: Vec<&str> = outcome.stdout.lines().filter_map(|it| it.split(':').next()).collect();
    assert!(paths.is_sorted(), "{paths:?}");
    assert_eq!(paths.iter().collect::<std::collections::BTreeSet<_>>().len(), 200);
}

#[test]
fn a_line_of_a_megabyte_and_bytes_that_are_no_text_are_shown() {
    let environment = TestEnvironment::new();
    let mut list = b"- [ ] T001 a\n- [ ] T001 \xff\xfe".to_vec();
    list.extend(b"word ".repeat(200_000));
    environment.write("TASKS.md", list);
    let outcome = environment.checkoff(&["check"]).ended(1);
    assert!(outcome.stdout.contains("duplicate-id"), "{}", &outcome.stdout[..2_000]);
    assert!(outcome.stdout.lines().all(|line| line.chars().count() < 400), "lines are cut");
}

#[test]
fn every_rule_is_explained() {
    let environment = TestEnvironment::new();
    let list = environment.checkoff(&["explain"]).ended(0).stdout;
    assert!(list.lines().count() >= 40, "{list}");
    for line in list.lines() {
        let name = line.split_whitespace().next().expect("a name");
        let page = environment.checkoff(&["explain", name]).ended(0).stdout;
        assert!(page.starts_with(name) && page.contains("Why it matters"), "{page}");
    }
    let page = environment.checkoff(&["explain", "done-before-dep"]).ended(0);
    insta::assert_snapshot!(page);
    // What the page says about silencing is a configuration that is understood.
    let settings: Vec<&str> =
        page.stdout.lines().filter_map(|it| it.strip_prefix("    ")).collect();
    let settings = settings.rsplit(|line| *line == "[check]").next().expect("the last block");
    environment.write("checkoff.toml", format!("[check]\n{}\n", settings.join("\n")));
    environment.write("TASKS.md", "- [ ] T001 One\n");
    environment.checkoff(&["check"]).ended(0);
}
