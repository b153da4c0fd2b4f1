//! Every rule, run over its own small lists, and what must hold for all rules.

use super::{CASES, RULES, Rule, find};
use crate::lint::fix::{Selection, settle};
use crate::lint::{Config, Consent, Level, check};
use crate::read::{Options, read};

/// A list and what one rule must find in it.
pub(in crate::lint) struct Case {
    list: &'static [u8],
    path: &'static str,
    lines: &'static [usize],
    fixed: Option<&'static str>,
    beside: Option<&'static str>,
}

impl Case {
    /// The rule finds something at these lines.
    pub(super) const fn fires(list: &'static str, lines: &'static [usize]) -> Case {
        Case { list: list.as_bytes(), path: "list.md", lines, fixed: None, beside: None }
    }

    /// The rule finds nothing.
    pub(super) const fn quiet(list: &'static str) -> Case {
        Case::fires(list, &[])
    }

    /// The same, for what is not text.
    pub(super) const fn bytes(list: &'static [u8], lines: &'static [usize]) -> Case {
        Case { list, path: "list.md", lines, fixed: None, beside: None }
    }

    /// The list lies at this path.
    pub(super) const fn at(mut self, path: &'static str) -> Case {
        self.path = path;
        self
    }

    /// Another rule runs too; its findings do not count.
    pub(super) const fn beside(mut self, rule: &'static str) -> Case {
        self.beside = Some(rule);
        self
    }

    /// What the list is after the fix of the rule.
    pub(super) const fn fixed(mut self, list: &'static str) -> Case {
        self.fixed = Some(list);
        self
    }
}

/// One rule, and perhaps another.
fn only(rule: &str, beside: Option<&str>) -> Config {
    let level = |other: &Rule| {
        let runs = other.name == rule || Some(other.name) == beside;
        (other.name.to_owned(), if runs { Level::On(other.severity) } else { Level::Off })
    };
    Config { levels: RULES.iter().map(level).collect(), ..Config::default() }
}

#[test]
fn every_rule_finds_what_its_cases_say() {
    let mut wrong = String::new();
    for (rule, cases) in RULES.iter().zip(CASES) {
        for case in cases {
            let document = read(case.path, case.list, &Options::default());
            let findings = check(std::slice::from_ref(&document), &only(rule.name, case.beside));
            let own = findings.iter().filter(|finding| finding.rule == rule);
            let found: Vec<usize> = own.map(|finding| finding.place.line).collect();
            if found != case.lines {
                let list = String::from_utf8_lossy(case.list);
                wrong.push_str(&format!(
                    "{}: lines {found:?} instead of {:?} in\n{list}\n---\n",
                    rule.name, case.lines
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_fix_gives_what_its_cases_say() {
    let mut wrong = String::new();
    for (rule, cases) in RULES.iter().zip(CASES) {
        let config = only(rule.name, None);
        let selection = match rule.fix {
            None => continue,
            Some(Consent::Safe) => Selection { safe: true, named: Vec::new() },
            Some(Consent::Named(name)) => Selection { safe: false, named: vec![name.to_owned()] },
        };
        for case in cases {
            let Some(expected) = case.fixed else { continue };
            let document = read(case.path, case.list, &Options::default());
            let fixed = settle(&document, &Options::default(), &config, &selection);
            if fixed.bytes != expected.as_bytes() {
                let bytes = String::from_utf8_lossy(&fixed.bytes);
                wrong.push_str(&format!(
                    "{}: fixed to\n{bytes}\ninstead of\n{expected}\n---\n",
                    rule.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_rule_has_a_firing_and_a_quiet_case_and_a_shown_fix() {
    for (rule, cases) in RULES.iter().zip(CASES) {
        let name = rule.name;
        assert!(cases.iter().any(|case| !case.lines.is_empty()), "{name} never fires");
        assert!(cases.iter().any(|case| case.lines.is_empty()), "{name} is never quiet");
        let shown = cases.iter().any(|case| case.fixed.is_some());
        assert_eq!(shown, rule.fix.is_some(), "{name} and its fix");
    }
}

#[test]
fn every_rule_has_a_page() {
    for rule in &RULES {
        let page = rule.page();
        let name = rule.name;
        assert!(rule.summary().ends_with('.'), "{name} has no summary: {}", rule.summary());
        let sections = ["What it finds", "Why it matters", "How to fix it", "How to silence it"];
        let mut at = 0;
        for section in sections {
            let heading = format!("\n## {section}\n");
            let found =
                page[at..].find(&heading).unwrap_or_else(|| panic!("{name} lacks «{section}»"));
            let body = &page[at + found + heading.len()..];
            assert!(!body.trim_start().starts_with("## "), "{name} says nothing in «{section}»");
            at += found + heading.len();
        }
    }
}

#[test]
fn names_are_unique_kebab_case_and_found() {
    for (index, rule) in RULES.iter().enumerate() {
        assert!(
            rule.name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{}",
            rule.name
        );
        assert_eq!(find(rule.name).map(|found| found.name), Some(rule.name));
        assert!(RULES[..index].iter().all(|other| other.name != rule.name), "{} twice", rule.name);
    }
    assert!(find("no-such-rule").is_none());
}
