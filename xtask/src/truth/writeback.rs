//! Judges write-back: for each case the exact lines before and after, every
//! other byte the same, and refusal where an edit would be a guess.
//!
//! A case is judged by bytes alone: what the file must become is made from the
//! case, not from what the edit says it did.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use checkoff_plan::document::{Document, State};
use checkoff_plan::edit;
use checkoff_plan::read;
use checkoff_plan::select::{self, SelectError, Selector};
use serde::Deserialize;

/// One task that changes its state.
#[derive(Deserialize)]
struct Case {
    file: String,
    select: Select,
    set: String,
    #[serde(default)]
    edits: Vec<LineEdit>,
    #[serde(default)]
    refuse: bool,
    #[serde(default)]
    rollup: bool,
    #[serde(default)]
    touch: bool,
    commit: Option<String>,
    /// Text to append, where the case is about that; the cases of the corpus also
    /// have a remark under `note`, which is for people.
    append: Option<String>,
}

#[derive(Deserialize)]
struct Select {
    id: Option<String>,
    line: Option<usize>,
    step: Option<usize>,
    title: Option<String>,
}

#[derive(Deserialize)]
struct LineEdit {
    line: usize,
    before: String,
    after: String,
}

/// What judging came to.
pub(super) struct Verdict {
    /// One line a case.
    pub(super) lines: Vec<String>,
    /// Cases that are as they should be.
    pub(super) passed: usize,
    /// Cases in all.
    pub(super) cases: usize,
}

/// Judges every case of `truth/writeback.json`; none when there is no such file.
pub(super) fn judge(directory: &Path) -> anyhow::Result<Verdict> {
    let path = directory.join("truth/writeback.json");
    let mut verdict = Verdict { lines: Vec::new(), passed: 0, cases: 0 };
    if !path.exists() {
        return Ok(verdict);
    }
    let text =
        std::fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
    let cases: Vec<Case> = serde_json::from_slice(&text)
        .with_context(|| format!("failed to understand {}", path.display()))?;
    for case in cases {
        verdict.cases += 1;
        let name = format!("{} {} {}", short(&case.file), case.select.describe(), case.set);
        match judge_case(directory, &case) {
            Ok(()) => {
                verdict.passed += 1;
                verdict.lines.push(format!("  ok    {name}"));
            }
            Err(wrong) => verdict.lines.push(format!("  WRONG {name}\n        {wrong:#}")),
        }
    }
    Ok(verdict)
}

fn judge_case(directory: &Path, case: &Case) -> anyhow::Result<()> {
    let path = place(directory, &case.file);
    let bytes =
        std::fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
    let state: State = case.set.parse()?;
    let document = read::read(
        checkoff_plan::truth::name_in_repository(&case.file),
        bytes,
        &read::Options::default(),
    );
    let changed = changed(&document, case, state);
    if case.refuse {
        let Err(refusal) = changed else {
            anyhow::bail!("was written, and should have been refused")
        };
        // A name that is not found is refused too, but for no good reason.
        if let Some(SelectError::NotFound { .. }) = refusal.downcast_ref() {
            return Err(refusal);
        }
        return Ok(());
    }
    let changed = changed?;
    let expected = expected(&document, &case.edits)?;
    match first_difference(&expected, &changed) {
        None => Ok(()),
        Some(line) => {
            let show = |bytes: &[u8]| {
                String::from_utf8_lossy(nth_line(bytes, line)).chars().take(160).collect::<String>()
            };
            anyhow::bail!(
                "line {line} is\n          {:?}\n        and should be\n          {:?}",
                show(&changed),
                show(&expected)
            )
        }
    }
}

/// What the file becomes, by the same steps as a write takes.
fn changed(document: &Document, case: &Case, state: State) -> anyhow::Result<Vec<u8>> {
    let options = edit::Options {
        note: case.append.clone(),
        commit: case.commit.clone(),
        rollup: case.rollup,
        touch: case.touch,
        now: None,
    };
    let target = select::resolve(document, &case.select.selector()?)?;
    let change = edit::set(document, target, state, &options)?;
    let bytes = change.apply(document)?;
    let after = read::read(&document.path, bytes.as_slice(), &read::Options::default());
    edit::verify(document, &after, &change)?;
    let back = edit::apply(&bytes, &change.inverse(document)?)?;
    anyhow::ensure!(back == *document.bytes, "the inverse does not give the bytes back");
    Ok(bytes)
}

/// What the file must become: the lines of the case, every other byte as it was.
fn expected(document: &Document, edits: &[LineEdit]) -> anyhow::Result<Vec<u8>> {
    let lines: Vec<edit::TextEdit> = edits
        .iter()
        .map(|edit| {
            anyhow::ensure!(edit.line <= document.lines.len(), "there is no line {}", edit.line);
            let span = document.line_span(edit.line);
            // The lines of the truth are text; bytes that are none compare as U+FFFD.
            let now = document.text(span);
            anyhow::ensure!(now == edit.before, "line {} is not what the case says", edit.line);
            Ok(edit::TextEdit::replace(span, edit.after.as_str()))
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(edit::apply(&document.bytes, &lines)?)
}

impl Select {
    fn selector(&self) -> anyhow::Result<Selector> {
        let base = match (&self.id, self.line, &self.title) {
            (Some(name), _, _) | (_, _, Some(name)) => Selector::name(name),
            (None, Some(line), None) => Selector::line(line),
            (None, None, None) => anyhow::bail!("the case selects nothing"),
        };
        Ok(match self.step {
            Some(step) => base.step(step),
            None => base,
        })
    }

    fn describe(&self) -> String {
        self.selector().map_or_else(|error| error.to_string(), |selector| selector.to_string())
    }
}

/// The seeds may lie beside the corpus instead of in it.
fn place(directory: &Path, file: &str) -> PathBuf {
    let inside = directory.join(file);
    if inside.exists() { inside } else { directory.join("..").join(file) }
}

fn short(file: &str) -> String {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let name: String = name.chars().take(24).collect();
    format!("{folder}/{name}")
}

/// The first line, 1-based, in which two texts differ.
fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    if one == other {
        return None;
    }
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    Some(one[..same].iter().filter(|&&byte| byte == b'\n').count() + 1)
}

fn nth_line(bytes: &[u8], line: usize) -> &[u8] {
    bytes.split(|&byte| byte == b'\n').nth(line - 1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_of_the_corpus_is_as_it_should_be() {
        let corpus = std::env::var_os("CHECKOFF_CORPUS").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
            PathBuf::from,
        );
        if !corpus.join("truth/writeback.json").exists() {
            eprintln!(
                "skipped: no corpus at {}; CHECKOFF_CORPUS says where it is",
                corpus.display()
            );
            return;
        }
        let verdict = judge(&corpus).expect("the cases can be read");
        assert!(verdict.cases >= 21, "only {} cases", verdict.cases);
        assert_eq!(verdict.passed, verdict.cases, "\n{}", verdict.lines.join("\n"));
    }
}
