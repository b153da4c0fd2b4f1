//! What the program says about itself.

use crate::test_environment::TestEnvironment;

/// The commands the overview lists, from its indented lines.
fn commands(environment: &TestEnvironment) -> Vec<String> {
    let overview = environment.checkoff(&["--help"]).ended(0).stdout;
    overview
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .map(|line| line.split_whitespace().next().expect("a name").to_owned())
        .collect()
}

#[test]
fn every_command_has_an_example_and_a_help_without_holes() {
    let environment = TestEnvironment::new();
    let commands = commands(&environment);
    assert!(commands.len() > 1, "the overview lists commands: {commands:?}");
    for command in commands {
        let help = environment.checkoff(&[&command, "--help"]).ended(0);
        assert!(help.stderr.is_empty(), "{help}");
        let example = format!("\n  checkoff {command}");
        assert!(help.stdout.contains(&example), "`{command} --help` shows no example:\n{help}");
        let same = environment.checkoff(&["help", &command]).ended(0);
        assert_eq!(same.stdout, help.stdout, "`help {command}` is `{command} --help`");
    }
}

#[test]
fn every_table_row_of_the_overview_has_a_description() {
    let environment = TestEnvironment::new();
    let overview = environment.checkoff(&["--help"]).stdout;
    for command in commands(&environment) {
        let row = overview.lines().find(|line| line.starts_with(&format!("  {command} ")));
        let row = row.unwrap_or_else(|| panic!("`{command}` has no description"));
        assert!(row.trim().len() > command.len() + 10, "{row:?} says too little");
    }
}

#[test]
fn a_mistyped_command_or_topic_is_answered_with_what_was_meant() {
    let environment = TestEnvironment::new();
    let chek = environment.checkoff(&["chek"]).ended(2);
    assert!(chek.stderr.contains("'check'"), "{chek}");
    let topic = environment.checkoff(&["help", "exit-code"]).ended(2);
    assert!(topic.stderr.contains("did you mean `checkoff help exit-codes`?"), "{topic}");
    assert!(environment.checkoff(&["help", "exit-codes"]).ended(0).stdout.contains("\n 70  "));
}

#[test]
fn a_file_in_place_of_a_command_is_answered_with_commands() {
    let environment = TestEnvironment::with_list("- [ ] one\n");
    let outcome = environment.checkoff(&["TASKS.md"]).ended(2);
    assert!(outcome.stderr.contains("`checkoff run TASKS.md`"), "{outcome}");
}
