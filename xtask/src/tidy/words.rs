//! What has no place in a public repository: the paths of somebody's machine,
//! hosts that a reader cannot reach, and talk about how the work was organised.
//!
//! The words are put together from halves, so that this file does not find
//! itself.

use std::path::Path;

use super::Finding;
use crate::repository::{Repository, root};

/// Hosts that may be named, and their subdomains.
const HOSTS: &[&str] = &[
    "127.0.0.1",
    "apache.org",
    "crates.io",
    "docs.rs",
    "example.com",
    "example.org",
    "freedesktop.org",
    "github.com",
    "json.schemastore.org",
    "keepachangelog.com",
    "localhost",
    "no-color.org",
    "semver.org",
    "spec.commonmark.org",
    "w3.org",
];

/// Where people's own folders are; what follows is a name.
const HOMES: &[&str] = &[concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/ro", "ot/")];

/// Talk that is not about the project.
const WORDS: &[&str] = &[
    concat!("sub-agent ", "session"),
    concat!("this ", "session"),
    concat!("the ", "CEO"),
    concat!("this ", "workplace"),
    concat!("fellow ", "helper"),
];

/// Files that are not ours to word: the lock file, and licences.
fn worded(repository: &Repository) -> impl Iterator<Item = (&str, usize, &str)> {
    repository
        .texts("")
        .filter(|(path, _)| *path != "Cargo.lock" && !path.starts_with("LICENSE-"))
        .flat_map(|(path, text)| {
            text.lines().enumerate().map(move |(index, line)| (path, index, line))
        })
}

pub(super) fn places(repository: &Repository) -> Vec<Finding> {
    let folders = machine_folders(root());
    let mut findings = Vec::new();
    for (path, index, line) in worded(repository) {
        if is_on_this_machine(line, &folders) {
            findings.push(Finding::line(path, index, "the path of the machine it was written on"));
        }
        for home in HOMES {
            if line.match_indices(home).any(|(at, _)| is_somebodys(line, at, home.len())) {
                findings.push(Finding::line(path, index, "the path of somebody's own folder"));
            }
        }
        // Letters stand for any host, in the examples of a test.
        for host in hosts(line).filter(|host| host.len() > 3) {
            if !HOSTS.iter().any(|known| is_within(host, known)) {
                findings.push(Finding::line(
                    path,
                    index,
                    format!("`{host}` is not among the known hosts: is it one a reader can reach?"),
                ));
            }
        }
    }
    findings
}

/// The folder of this clone and the one around it, unless they are so near to
/// the top (`/src`, `/tmp`) that their names mean nothing.
fn machine_folders(root: &Path) -> Vec<String> {
    root.ancestors()
        .take(2)
        .filter(|folder| folder.components().count() > 2)
        .map(|folder| folder.display().to_string())
        .collect()
}

fn is_on_this_machine(line: &str, folders: &[String]) -> bool {
    folders.iter().any(|folder| line.match_indices(folder).any(|(at, _)| starts_path(line, at)))
}

/// Whether the path at `at` is whole: nothing before it belongs to it.
fn starts_path(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    !before.is_some_and(|c| c.is_ascii_alphanumeric() || "._-/".contains(c))
}

/// A home folder starts a path (it is no part of a longer one) and a name
/// follows it. `me` and `user` are nobody.
fn is_somebodys(line: &str, at: usize, length: usize) -> bool {
    let name: String =
        line[at + length..].chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
    starts_path(line, at) && !name.is_empty() && !["me", "user", "you"].contains(&name.as_str())
}

/// Hosts of the URLs in a line.
fn hosts(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("://").filter_map(|(at, _)| {
        let scheme = line[..at].rsplit(|c: char| !c.is_ascii_alphanumeric()).next()?;
        let rest = &line[at + 3..];
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-')
            .unwrap_or(rest.len());
        (matches!(scheme, "http" | "https") && end > 0).then(|| rest[..end].trim_end_matches('.'))
    })
}

fn is_within(host: &str, known: &str) -> bool {
    host == known || host.strip_suffix(known).is_some_and(|before| before.ends_with('.'))
}

pub(super) fn words(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, index, line) in worded(repository) {
        if let Some(word) = WORDS.iter().find(|word| line.contains(**word)) {
            findings.push(Finding::line(path, index, format!("`{word}` is not about the project")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::fixture;

    fn lines(rule: fn(&Repository) -> Vec<Finding>, text: &str) -> Vec<usize> {
        let repository = fixture::files(&[("README.md", text), ("Cargo.lock", text)]);
        rule(&repository).iter().filter_map(|finding| finding.line).collect()
    }

    #[test]
    fn machine_paths_are_found() {
        let text = [
            concat!("cd /ho", "me/alice/src"),
            concat!("cd /ho", "me/me/src is nobody's"),
            concat!("https://github.com/x/ho", "me/page"),
            concat!("`/ro", "ot/.cache`"),
            concat!("\"/Us", "ers/bob\""),
        ];
        assert_eq!(lines(places, &text.join("\n")), [1, 5]);
        let folders = ["/a/b".to_owned()];
        assert!(is_on_this_machine("see /a/b/README.md", &folders));
        assert!(!is_on_this_machine("crates/a/b/c.rs", &folders));
    }

    #[test]
    fn a_clone_near_the_top_says_nothing() {
        assert_eq!(machine_folders(Path::new("/src")), [""; 0]);
        assert_eq!(machine_folders(Path::new("/a/b")), ["/a/b"]);
        assert_eq!(machine_folders(Path::new("/a/b/c")), ["/a/b/c", "/a/b"]);
    }

    #[test]
    fn unknown_hosts_are_found() {
        let text = [
            "https://github.com/checkoff/checkoff and http://127.0.0.1:8080/health",
            "https://api.example.com/x",
            concat!("https", "://registry.internal.net/x"),
            concat!("https", "://notgithub.com"),
            "ssh://git@somewhere and `https://` alone",
        ];
        assert_eq!(lines(places, &text.join("\n")), [3, 4]);
    }

    #[test]
    fn talk_about_the_work_is_found() {
        let text = format!("fine\nas {} said\n", WORDS[2]);
        assert_eq!(lines(words, &text), [2]);
    }
}
