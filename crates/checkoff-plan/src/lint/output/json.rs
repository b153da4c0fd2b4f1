//! Findings as JSON: one object with a version, so that readers can tell when
//! it changes.

use serde_json::{Value, json};

use crate::lint::{Consent, Finding, Fix, Place, Related};

/// Raised when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

/// A pretty-printed object `{ "version": 1, "findings": [ … ] }` with a newline at its end.
pub fn render(findings: &[Finding]) -> String {
    let findings: Vec<Value> = findings.iter().map(finding).collect();
    format!("{:#}\n", json!({ "version": VERSION, "findings": findings }))
}

fn finding(finding: &Finding) -> Value {
    json!({
        "rule": finding.rule.name,
        "severity": finding.severity.as_str(),
        "message": finding.message,
        "place": place(&finding.place),
        "help": finding.help,
        "related": finding.related.iter().map(related).collect::<Vec<_>>(),
        "fix": finding.fix.as_ref().map(fix),
    })
}

fn place(place: &Place) -> Value {
    json!({
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "start_byte": place.span.start,
        "end_byte": place.span.end,
    })
}

fn related(related: &Related) -> Value {
    json!({ "place": place(&related.place), "message": related.message })
}

fn fix(fix: &Fix) -> Value {
    let edits = fix.edits.iter().map(|edit| {
        json!({
            "start_byte": edit.span.start,
            "end_byte": edit.span.end,
            "replacement": String::from_utf8_lossy(&edit.replacement),
        })
    });
    let name = match fix.consent {
        Consent::Safe => Value::Null,
        Consent::Named(name) => Value::from(name),
    };
    json!({
        "title": fix.title,
        "safe": fix.consent == Consent::Safe,
        "name": name,
        "edits": edits.collect::<Vec<_>>(),
    })
}
