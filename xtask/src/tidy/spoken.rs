//! What documents and hints say about the program: the commands and options
//! they name exist, and so do the pages that sources point to.
//!
//! What exists is read from `docs/reference/commands.md`, which `codegen` keeps
//! equal to the binary's own help.

use super::Finding;
use super::documents::is_document;
use crate::repository::Repository;

/// The page that knows every command.
const REFERENCE: &str = "docs/reference/commands.md";

pub(super) fn commands(repository: &Repository) -> Vec<Finding> {
    let Some(reference) = repository.text(REFERENCE) else {
        return vec![Finding::file(REFERENCE, "is missing: run `cargo xtask codegen`")];
    };
    let documents =
        repository.texts(".md").filter(|(path, _)| is_document(path) && *path != REFERENCE);
    let sources = repository.texts(".rs").filter(|(path, _)| path.starts_with("crates/"));
    let mut findings = Vec::new();
    for (path, text) in documents.chain(sources) {
        let mut fence = Fence::default();
        for (index, line) in text.lines().enumerate() {
            let is_shell = path.ends_with(".md") && fence.is_shell(line);
            let whole = is_shell.then(|| line.trim_start().trim_start_matches("$ "));
            let calls = whole.into_iter().chain(spans(line)).filter_map(call);
            findings.extend(calls.filter_map(|call| {
                Some(Finding::line(path, index, call.missing_from(reference)?))
            }));
        }
    }
    findings
}

/// Where a walk through a document stands with its code fences.
#[derive(Default)]
struct Fence<'a> {
    /// Backticks of the open fence, and what follows them.
    open: Option<(usize, &'a str)>,
}

impl<'a> Fence<'a> {
    /// Takes the next line in; whether it is a line of a shell.
    fn is_shell(&mut self, line: &'a str) -> bool {
        let line = line.trim_start();
        let ticks = line.bytes().take_while(|&byte| byte == b'`').count();
        let info = line[ticks..].trim();
        match self.open {
            None if ticks >= 3 => self.open = Some((ticks, info)),
            Some((opening, _)) if ticks >= opening && info.is_empty() => self.open = None,
            _ => {}
        }
        ticks < 3 && self.open.is_some_and(|(_, info)| matches!(info, "sh" | "console"))
    }
}

/// One call of the program, as somebody wrote it.
struct Call<'a> {
    command: &'a str,
    options: Vec<&'a str>,
}

impl Call<'_> {
    /// What of it the reference does not know.
    fn missing_from(&self, reference: &str) -> Option<String> {
        let heading = format!("## checkoff {}\n", self.command);
        let Some(section) = reference.split_once(&heading).map(|(_, after)| after) else {
            return Some(format!("there is no command `checkoff {}`", self.command));
        };
        let section = section.split("\n## ").next().unwrap_or(section);
        let knows = |option: &&&str| {
            let words = |c: char| !c.is_ascii_alphanumeric() && c != '-';
            section.split(words).any(|word| word == **option)
        };
        let unknown = self.options.iter().find(|option| !knows(option))?;
        Some(format!("`checkoff {}` has no option `{unknown}`", self.command))
    }
}

/// Texts between backticks.
fn spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// `checkoff COMMAND …`, up to a comment or the next command of a pipe.
fn call(text: &str) -> Option<Call<'_>> {
    let rest = text.strip_prefix("checkoff ")?;
    let rest = rest.split([';', '|', '#', '&']).next().unwrap_or(rest);
    let mut words = rest.split_whitespace();
    let command = words.next()?;
    let is_command = |word: &str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    if !is_command(command) || command.starts_with('-') {
        return None;
    }
    let options = words
        .map(|word| word.trim_start_matches('[').split(['=', ']', '[']).next().unwrap_or(word))
        .filter(|word| word.starts_with("--") && word.len() > 2 && is_command(word))
        .collect();
    Some(Call { command, options })
}

/// A design page that a source file names is there.
pub(super) fn pages(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in repository.texts(".rs").filter(|(path, _)| path.starts_with("crates/")) {
        for (index, line) in text.lines().enumerate() {
            let words = line.split(|c: char| !c.is_ascii_alphanumeric() && !"/._-".contains(c));
            let words = words.map(|word| word.trim_end_matches('.'));
            for page in
                words.filter(|word| word.starts_with("docs/design/") && word.ends_with(".md"))
            {
                let in_comment = line.trim_start().starts_with("//");
                if in_comment && !repository.has(page) {
                    findings.push(Finding::line(path, index, format!("`{page}` is not there")));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::fixture;

    const COMMANDS: &str = "## checkoff check\n\n```text\n  --fix[=NAME]  Mend\n  \
        --format <FORMAT>\n```\n\n## checkoff run\n\n```text\n  --jobs <N>\n```\n";

    fn check(rule: fn(&Repository) -> Vec<Finding>, path: &str, text: &str, expect: &[&str]) {
        let repository = fixture::files(&[(REFERENCE, COMMANDS), (path, text)]);
        let findings: Vec<String> = rule(&repository).iter().map(ToString::to_string).collect();
        assert_eq!(findings, expect);
    }

    #[test]
    fn commands_and_options_that_do_not_exist_are_found() {
        let text = "Say `checkoff check --fix=stats` or `checkoff walk`.\n\
            `checkoff check [--format json] [PATHS]` and `checkoff run --jobs 2 | tee`\n\
            ```sh\n\
            checkoff run --job 2   # checkoff swim\n\
            $ checkoff fly\n\
            ```\n\
            ````markdown\n\
            ```sh\n\
            checkoff is an example in an example\n\
            ```\n\
            ````\n\
            checkoff swims in prose; `checkoff --version` and `checkoff COMMAND` are fine\n";
        check(
            commands,
            "docs/guide/x.md",
            text,
            &[
                "docs/guide/x.md:1: there is no command `checkoff walk`",
                "docs/guide/x.md:4: `checkoff run` has no option `--job`",
                "docs/guide/x.md:5: there is no command `checkoff fly`",
            ],
        );
    }

    #[test]
    fn hints_in_sources_are_read_too() {
        check(
            commands,
            "crates/checkoff/src/x.rs",
            "error.hint(\"`checkoff resume` goes on; see `checkoff run --jobs`\")",
            &["crates/checkoff/src/x.rs:1: there is no command `checkoff resume`"],
        );
    }

    #[test]
    fn pages_that_are_not_there_are_found() {
        check(
            pages,
            "crates/a/src/x.rs",
            "//! See `docs/reference/commands.md`, and docs/design/lost.md.\nlet p = \"docs/TASKS.md\";\n",
            &["crates/a/src/x.rs:1: `docs/design/lost.md` is not there"],
        );
    }
}
