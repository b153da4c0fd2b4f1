//! The documents: a changelog that is kept, and links that lead somewhere.

use super::Finding;
use crate::repository::Repository;

pub(super) fn changelog(repository: &Repository) -> Vec<Finding> {
    match repository.text("CHANGELOG.md") {
        None => vec![Finding::file("CHANGELOG.md", "is missing")],
        Some(text) if !text.lines().any(|line| line.trim_end() == "## [Unreleased]") => {
            vec![Finding::file("CHANGELOG.md", "has no `## [Unreleased]` section")]
        }
        Some(_) => Vec::new(),
    }
}

/// Documents of ours: those in the root, in `docs/` and in `examples/`. Task
/// lists in tests are input and may point anywhere.
pub(super) fn is_document(path: &str) -> bool {
    !path.contains('/') || path.starts_with("docs/") || path.starts_with("examples/")
}

pub(super) fn links(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in repository.texts(".md").filter(|(path, _)| is_document(path)) {
        for (index, target) in targets(text) {
            if let Err(message) = resolve(repository, path, target) {
                findings.push(Finding::line(path, index, message));
            }
        }
    }
    findings
}

/// Targets of inline links and images outside code, with their line.
fn targets(text: &str) -> Vec<(usize, &str)> {
    let mut targets = Vec::new();
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        // Odd pieces between backticks are code.
        for (piece_at, _) in line.match_indices("](") {
            let in_code = line[..piece_at].matches('`').count() % 2 == 1;
            let rest = &line[piece_at + 2..];
            if let Some(end) = rest.find([')', ' ']).filter(|_| !in_code) {
                targets.push((index, &rest[..end]));
            }
        }
    }
    targets
}

fn resolve(repository: &Repository, path: &str, target: &str) -> Result<(), String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return Ok(());
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let resolved = if file.is_empty() { path.to_owned() } else { join(path, file) };
    if !repository.has(&resolved) {
        return Err(format!("`{target}` leads nowhere"));
    }
    let text = repository.text(&resolved).unwrap_or_default();
    if !anchor.is_empty() && !anchors(text).any(|known| known == anchor) {
        return Err(format!("`{resolved}` has no heading `#{anchor}`"));
    }
    Ok(())
}

/// A path relative to the folder of the document that names it.
fn join(document: &str, file: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in file.trim_end_matches('/').split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Anchors of the headings, as GitHub makes them.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter(|line| line.starts_with('#')).map(|line| {
        line.trim_start_matches('#')
            .trim()
            .chars()
            .filter_map(|c| match c {
                ' ' => Some('-'),
                c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
                _ => None,
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::check;

    #[test]
    fn a_changelog_without_its_section_is_found() {
        check(changelog, &[], &["CHANGELOG.md: is missing"]);
        check(
            changelog,
            &[("CHANGELOG.md", "# Changelog\n")],
            &["CHANGELOG.md: has no `## [Unreleased]` section"],
        );
        check(changelog, &[("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n")], &[]);
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        let text = "# One\n\
            [up](../README.md) [folder](guide) [here](#one) [web](https://docs.rs)\n\
            [lost](lost.md) and ![picture](gone.svg)\n\
            [anchor](../README.md#two-words) [no anchor](../README.md#three)\n\
            `[code](nowhere.md)`\n\
            ```\n[fenced](nowhere.md)\n```\n";
        check(
            links,
            &[
                ("README.md", "## Two words\n"),
                ("docs/a.md", text),
                ("docs/guide/b.md", ""),
                ("crates/a/tests/lists/x.md", "[input](may/point/anywhere.md)"),
            ],
            &[
                "docs/a.md:3: `lost.md` leads nowhere",
                "docs/a.md:3: `gone.svg` leads nowhere",
                "docs/a.md:4: `README.md` has no heading `#three`",
            ],
        );
    }
}
