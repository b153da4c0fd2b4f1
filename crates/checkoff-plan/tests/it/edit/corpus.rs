//! Every task of every real list: set to each state and back.
//!
//! The corpus is other people's work and is read where it lies. What holds for
//! each change that is not refused: the states read afterwards are the ones
//! meant, no line or ending or mark is lost, the inverse gives the bytes back,
//! and setting the old state again gives back the old state, and the old bytes
//! but for the token itself.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use checkoff_plan::document::{Carrier, Document, State};
use checkoff_plan::edit::{self, Change, Options, VerifyError};
use checkoff_plan::read;
use checkoff_plan::select::Target;

/// Targets of one carrier and state that are tried in a file; large files repeat themselves.
const ALIKE_MAX: usize = 2;

/// In what a change is not as it should be.
#[derive(Debug)]
enum Wrong {
    Apply,
    Inverse,
    Verify(VerifyError),
}

/// What one file came to.
#[derive(Debug, Default)]
struct Tally {
    written: usize,
    refused: usize,
    /// Refused by the second reading: words or a column beside the mark overrule it.
    overruled: usize,
    same_bytes: usize,
    other_token: usize,
    wrong: Vec<String>,
}

#[test]
fn setting_and_setting_back_gives_the_file_back() {
    let Some(corpus) = corpus() else { return };
    let mut tally = Tally::default();
    let mut files = 0;
    for path in lists(&corpus) {
        let bytes = fs::read(&path).expect("a file of the corpus");
        let name = path.strip_prefix(&corpus).unwrap_or(&path).to_string_lossy().into_owned();
        let document = read::read(&name, bytes, &read::Options::default());
        files += 1;
        try_all(&document, &mut tally);
    }
    assert!(tally.wrong.is_empty(), "{} wrong:\n{}", tally.wrong.len(), tally.wrong.join("\n"));
    assert!(tally.written > 50 * tally.overruled, "{tally:?}");
    assert!(files >= 100 && tally.written > 5 * files, "{files} files, {tally:?}");
    // Other tokens are `[X]` among `[x]`s, `merged` among `done`s, cards that stood in the middle.
    assert!(tally.same_bytes > 9 * tally.other_token, "{tally:?}");
}

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("CHECKOFF_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    let message = "skipped: there is no corpus; CHECKOFF_CORPUS says where it is";
    writeln!(std::io::stderr(), "{message} (looked at {})", folder.display()).expect("stderr");
    None
}

/// The lists of the corpus, one folder for each dialect, and the seeds beside it.
fn lists(corpus: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = below(corpus);
    folders.push(corpus.join("../seeds"));
    let mut lists: Vec<PathBuf> = folders
        .iter()
        .filter(|folder| folder.is_dir() && !folder.ends_with("truth"))
        .flat_map(|folder| below(folder))
        .filter(|path| path.is_file())
        .collect();
    lists.sort();
    lists
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

fn try_all(document: &Document, tally: &mut Tally) {
    let tasks = (0..document.tasks.len()).map(Target::Task);
    let checks = (0..document.checks.len()).map(Target::Check);
    let mut tried: HashMap<(Option<Carrier>, State), usize> = HashMap::new();
    for target in tasks.chain(checks) {
        let carrier = match target {
            Target::Task(index) => Some(document.tasks[index].carrier),
            Target::Check(_) => None,
        };
        let alike = tried.entry((carrier, state_of(document, target))).or_default();
        *alike += 1;
        if *alike > ALIKE_MAX {
            continue;
        }
        for state in State::ALL {
            if state == state_of(document, target) {
                continue;
            }
            match edit::set(document, target, state, &Options::default()) {
                Ok(change) => try_one(document, target, state, &change, tally),
                Err(_) => tally.refused += 1,
            }
        }
    }
}

fn try_one(document: &Document, target: Target, state: State, change: &Change, tally: &mut Tally) {
    let place = format!("{}:{} to {state}", document.path, target.line(document));
    let changed = match proved(document, change) {
        Ok(changed) => changed,
        Err(Wrong::Verify(VerifyError::State { line, .. })) if line == target.line(document) => {
            tally.overruled += 1;
            return;
        }
        Err(wrong) => return tally.wrong.push(format!("{place}: {wrong:?}")),
    };
    tally.written += 1;
    // A moved card is another index; its way back is the inverse, proved above.
    if !change.moves.is_empty() {
        return;
    }
    let old = state_of(document, target);
    let Ok(back) = edit::set(&changed, target, old, &Options::default()) else {
        tally.refused += 1;
        return;
    };
    match proved(&changed, &back) {
        Ok(again) if again.bytes == document.bytes => tally.same_bytes += 1,
        Ok(again) if lines_that_differ(document, &again) <= change.settings.len() => {
            tally.other_token += 1;
        }
        Ok(_) => tally.wrong.push(format!("{place}: back changes more than the token")),
        Err(Wrong::Verify(VerifyError::State { .. })) => tally.overruled += 1,
        Err(wrong) => tally.wrong.push(format!("{place} and back: {wrong:?}")),
    }
}

/// The document after a change, when everything about it is as it should be.
fn proved(document: &Document, change: &Change) -> Result<Document, Wrong> {
    let bytes = change.apply(document).map_err(|_| Wrong::Apply)?;
    let inverse = change.inverse(document).map_err(|_| Wrong::Apply)?;
    if edit::apply(&bytes, &inverse).map_err(|_| Wrong::Apply)? != *document.bytes {
        return Err(Wrong::Inverse);
    }
    let after = read::read(&document.path, bytes, &read::Options::default());
    edit::verify(document, &after, change).map_err(Wrong::Verify)?;
    Ok(after)
}

fn state_of(document: &Document, target: Target) -> State {
    match target {
        Target::Task(index) => document.tasks[index].state,
        Target::Check(index) if document.checks[index].checked => State::Done,
        Target::Check(_) => State::Todo,
    }
}

fn lines_that_differ(one: &Document, other: &Document) -> usize {
    (1..=one.lines.len()).filter(|&line| one.line_bytes(line) != other.line_bytes(line)).count()
}
