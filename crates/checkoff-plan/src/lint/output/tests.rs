//! One set of findings in every format.

use super::{github, json, sarif};
use crate::document::Span;
use crate::edit::TextEdit;
use crate::lint::{Consent, Finding, Fix, Place, RULES, Related, Severity, find};

fn place(path: &str, line: usize, span: Span) -> Place {
    let column = 3;
    Place {
        path: path.to_owned(),
        line,
        column,
        end_line: line,
        end_column: column + span.len(),
        span,
    }
}

fn findings() -> Vec<Finding> {
    let rule = |name| find(name).expect("a rule of the table");
    let duplicate = Finding {
        rule: rule("duplicate-id"),
        severity: Severity::Error,
        place: place("docs/a list, 100%.md", 4, Span::new(40, 44)),
        message: "id T002 is already used at line 3".to_owned(),
        help: Some("rename:\none of the two".to_owned()),
        related: vec![Related {
            place: place("docs/a list, 100%.md", 3, Span::new(20, 24)),
            message: "T002 is todo here".to_owned(),
        }],
        fix: Some(Fix {
            title: "rename this one to T002b".to_owned(),
            edits: vec![TextEdit::insert(44, "b")],
            consent: Consent::Named("renumber"),
        }),
    };
    let bom = Finding {
        rule: rule("bom"),
        severity: Severity::Info,
        place: place("b.md", 1, Span::new(3, 9)),
        message: "the file begins with a byte order mark".to_owned(),
        help: None,
        related: Vec::new(),
        fix: None,
    };
    vec![duplicate, bom]
}

#[test]
fn github_commands_are_one_line_each_and_escaped() {
    insta::assert_snapshot!("github", github::render(&findings()));
}

#[test]
fn json_holds_everything_a_finding_says() {
    insta::assert_snapshot!("json", json::render(&findings()));
}

#[test]
fn sarif_results_point_to_their_rules() {
    let log: serde_json::Value =
        serde_json::from_str(&sarif::render(&findings(), "1.2.3")).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), RULES.len());
    for rule in rules {
        let help = rule["help"]["markdown"].as_str().expect("help");
        assert!(help.contains("## How to fix it"), "{}", rule["id"]);
    }
    for result in run["results"].as_array().expect("results") {
        let index =
            usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    insta::assert_snapshot!("sarif_result", format!("{:#}", run["results"][0]));
}
