//! Checking as a whole: selection, severities, `allow(…)` comments, order.

use super::fix::{self, Selection};
use super::{Config, Level, Severity, Workspace, check, check_document};
use crate::document::{Allow, Document, Span};
use crate::read::{Options, read};

/// What is found in a list, as `line rule` in the order of the findings.
fn found(document: &Document, config: &Config) -> Vec<String> {
    let findings = check(std::slice::from_ref(document), config);
    findings.iter().map(|finding| format!("{} {}", finding.place.line, finding.rule.name)).collect()
}

fn list(text: &str) -> Document {
    read("list.md", text.as_bytes(), &Options::default())
}

fn allow(document: &mut Document, line: usize, file: bool, rules: &[&str]) {
    let rules = rules.iter().map(|rule| (*rule).to_owned()).collect();
    document.allows.push(Allow { line, rules, span: Span::default(), file });
}

#[test]
fn findings_come_in_order_of_line_and_column() {
    let document = list("\u{feff}# Plan â†’ Work\n\n- [ ] ✅ One\n- [x] Two (todo)\n");
    let expected = ["1 mojibake", "1 bom", "3 title-state-conflict", "4 title-state-conflict"]
        .map(str::to_owned);
    let mut found = found(&document, &Config::default());
    found.sort_by_key(|line| line.split(' ').next().map(str::to_owned));
    let mut expected = expected.to_vec();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn severity_follows_the_configuration() {
    let document = list("# No tasks here\n");
    let config = Config {
        levels: vec![("no-tasks".to_owned(), Level::On(Severity::Error))],
        ..Config::default()
    };
    let findings = check(std::slice::from_ref(&document), &config);
    assert_eq!(findings[0].severity, Severity::Error);
    let config = Config { ignore: vec!["all".to_owned()], ..Config::default() };
    assert!(check(&[document], &config).is_empty());
}

#[test]
fn a_comment_silences_its_line_the_next_with_text_or_the_file() {
    let config = Config { select: vec!["title-state-conflict".to_owned()], ..Config::default() };
    let text = "# List\n\n- [ ] ✅ One\n\n- [ ] ✅ Two\n- [ ] ✅ Three\n- [ ] Four\n";
    let silenced = |line, file, rules: &[&str]| {
        let mut document = list(text);
        allow(&mut document, line, file, rules);
        found(&document, &config)
    };
    let all = ["3 title-state-conflict", "5 title-state-conflict", "6 title-state-conflict"];
    assert_eq!(silenced(3, false, &["title-state-conflict"]), all[1..]);
    assert_eq!(silenced(4, false, &["title"]), [all[0], all[2]]);
    assert_eq!(silenced(1, true, &["all"]), [""; 0]);
    assert_eq!(silenced(5, false, &["bom"]), all);
}

#[test]
fn a_comment_that_silences_nothing_is_reported_once_per_name() {
    let mut document = list("# List\n\n- [ ] ✅ One\n");
    allow(&mut document, 3, false, &["title-state-conflict", "bom", "redundant-dependency"]);
    let config = Config::default();
    // `redundant-dependency` is off: whether it is needed nobody knows.
    let findings = check(&[document], &config);
    let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages, ["nothing here needs `allow(bom)`"]);
}

#[test]
fn one_fix_of_two_that_overlap_is_applied() {
    let document = list("- [ ] One\n");
    let whole = |edits| super::Fix { title: String::new(), edits, consent: super::Consent::Safe };
    let workspace = Workspace::new(std::slice::from_ref(&document));
    let context = super::Context::new(&workspace, 0);
    let edit = |start, end, text: &str| crate::edit::TextEdit::replace(Span::new(start, end), text);
    let finding = |edits| context.finding(Span::new(0, 1), "").with_fix(whole(edits));
    let findings = [
        finding(vec![edit(3, 4, "x")]),
        finding(vec![edit(2, 5, "[-]"), edit(6, 9, "1")]),
        finding(vec![edit(6, 9, "Uno")]),
    ];
    let safe = Selection { safe: true, named: Vec::new() };
    let fixed = fix::apply(&document, &findings, &safe);
    assert_eq!(String::from_utf8_lossy(&fixed.bytes), "- [x] Uno\n");
    assert_eq!(fixed.applied, 2);
    assert_eq!(fix::apply(&document, &findings, &Selection::default()).applied, 0);
}

#[test]
fn a_document_alone_and_in_a_workspace_agree() {
    let documents = [list("- [ ] ✅ One\n"), read("b.md", &b"# None\n"[..], &Options::default())];
    let workspace = Workspace::new(&documents);
    let config = Config::default();
    let mut apart: Vec<_> =
        (0..2).flat_map(|index| check_document(&workspace, index, &config)).collect();
    super::sort(&mut apart);
    assert_eq!(apart, check(&documents, &config));
}

#[test]
fn a_dependency_on_a_task_of_another_list_is_looked_up_there() {
    let second = list("- [ ] B001 First\n  - needs: A002\n- [ ] B002 Second\n  - needs: A009\n");
    let first = read("a.md", &b"- [ ] A001 One\n- [ ] A002 Two\n"[..], &Options::default());
    let config = Config { select: vec!["external-dep".to_owned()], ..Config::default() };
    let lines = |documents: &[Document]| {
        let findings = check(documents, &config);
        findings.iter().map(|finding| finding.place.line).collect::<Vec<_>>()
    };
    assert_eq!(lines(std::slice::from_ref(&second)), [1, 3]);
    assert_eq!(lines(&[first, second]), [3]);
}

#[test]
fn columns_count_code_points() {
    let document = list("- [ ] naïve ✅ plan â†’ work\n");
    let config = Config { select: vec!["mojibake".to_owned()], ..Config::default() };
    let findings = check(&[document], &config);
    let place = &findings[0].place;
    assert_eq!((place.column, place.end_column), (20, 23));
}
