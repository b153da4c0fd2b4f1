//! Before the first run: a starter list, completions, the manual.

use crate::test_environment::TestEnvironment;

#[test]
fn init_writes_a_list_without_findings_and_never_overwrites() {
    let environment = TestEnvironment::new();
    environment.checkoff(&["init"]).ended(0);
    let written = environment.read("TASKS.md");
    assert!(written.contains("- [ ] T001"), "{written}");
    environment.checkoff(&["check", "TASKS.md", "--strict"]).ended(0);
    environment.write("TASKS.md", "mine\n");
    let again = environment.checkoff(&["init"]).ended(4);
    insta::assert_snapshot!(again);
    assert_eq!(environment.read("TASKS.md"), "mine\n");
}

#[test]
fn init_into_a_missing_folder_says_what_to_do() {
    let outcome = TestEnvironment::new().checkoff(&["init", "a/b.md"]).ended(7);
    assert!(outcome.stderr.contains("make its folder first"), "{outcome}");
}

#[test]
fn completions_name_every_command() {
    let environment = TestEnvironment::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = environment.checkoff(&["completions", shell]).ended(0).stdout;
        for word in ["check", "explain", "init"] {
            assert!(script.contains(word), "the {shell} script does not know `{word}`");
        }
    }
}

#[test]
fn the_manual_has_a_page_per_command_and_the_exit_codes() {
    let environment = TestEnvironment::new();
    let page = environment.checkoff(&["man"]).ended(0).stdout;
    assert!(page.contains("EXIT STATUS") && page.contains("\\fB70\\fR"), "{page}");
    environment.checkoff(&["man", "--out", "pages"]).ended(0);
    assert_eq!(environment.read("pages/checkoff.1"), page);
    assert!(environment.read("pages/checkoff-check.1").contains("checkoff check"));
    assert!(!environment.path("pages/checkoff-__keeper.1").exists(), "hidden commands stay hidden");
}
