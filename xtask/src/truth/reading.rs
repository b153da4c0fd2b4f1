//! Judges reading and linting: one line a file, one in all.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use checkoff_plan::truth::{Tally, Truth, Verdict, name_in_repository};
use checkoff_plan::{lint, read, truth};
use sha1::{Digest as _, Sha1};

/// What judging all files came to.
pub(super) struct Reading {
    /// Lines to print.
    pub(super) lines: Vec<String>,
    /// Nothing is wrong.
    pub(super) right: bool,
}

/// Judges every `truth/*.json` of a folder that speaks of one file.
pub(super) fn judge(directory: &Path, verbose: bool) -> anyhow::Result<Reading> {
    let mut reading = Reading { lines: Vec::new(), right: true };
    let (mut files, mut tasks) = (0, 0);
    let (mut fields, mut findings) = (Tally::default(), Tally::default());
    reading.lines.push(row("dialect", "file", "tasks", "fields", "findings"));
    for path in truth_files(directory)? {
        let json =
            std::fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
        let truth = Truth::parse(&json)
            .with_context(|| format!("failed to understand {}", path.display()))?;
        let Some(file) = truth.file().map(str::to_owned) else { continue };
        let verdict = judge_file(directory, &truth, &file)?;
        files += 1;
        tasks += verdict.tasks;
        fields.add(verdict.fields);
        findings.add(verdict.findings);
        let name =
            path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        reading.lines.push(row(
            truth.dialect(),
            &name,
            &verdict.tasks.to_string(),
            &tally(verdict.fields),
            &tally(verdict.findings),
        ));
        if verbose {
            reading
                .lines
                .extend(verdict.differences.iter().map(|difference| format!("    {difference}")));
        }
    }
    reading.lines.push(row(
        "total",
        &format!("{files} files"),
        &tasks.to_string(),
        &tally(fields),
        &tally(findings),
    ));
    reading.right = fields.is_perfect() && findings.is_perfect();
    Ok(reading)
}

/// What is read of one file, as JSON with one task, check or finding a line.
pub(super) fn describe(file: &Path) -> anyhow::Result<String> {
    use std::fmt::Write as _;
    let bytes =
        std::fs::read(file).with_context(|| format!("failed to read {}", file.display()))?;
    let file = file.to_string_lossy();
    let documents = [read::read(name_in_repository(&file), bytes, &read::Options::default())];
    let findings = lint::check(&documents, &lint::Config::default());
    let described = truth::describe(&documents[0], &findings);
    let mut text = String::from("{");
    for (nth, (key, value)) in described.as_object().into_iter().flatten().enumerate() {
        write!(text, "{}\n {key:?}: ", if nth == 0 { "" } else { "," })?;
        match value.as_array() {
            Some(rows) if rows.len() > 1 => {
                let rows: Vec<String> = rows.iter().map(|row| format!("  {row}")).collect();
                write!(text, "[\n{}\n ]", rows.join(",\n"))?;
            }
            _ => write!(text, "{value}")?,
        }
    }
    text.push_str("\n}");
    Ok(text)
}

fn truth_files(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = directory.join("truth");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder)
        .with_context(|| format!("failed to read {}", folder.display()))?
    {
        let path = entry?.path();
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        if is_json && path.file_name().is_some_and(|name| name != "writeback.json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn judge_file(directory: &Path, truth: &Truth, file: &str) -> anyhow::Result<Verdict> {
    let path = place(directory, file);
    let bytes =
        std::fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
    let found = hexadecimal(&Sha1::digest(&bytes));
    anyhow::ensure!(
        truth.sha1().is_empty() || found == truth.sha1(),
        "{} has another SHA-1 ({found}) than its truth file says ({})",
        path.display(),
        truth.sha1()
    );
    let document = read::read(name_in_repository(file), bytes, &read::Options::default());
    let documents = [document];
    let findings = lint::check(&documents, &lint::Config::default());
    let [document] = &documents;
    Ok(truth.judge(document, &findings))
}

/// `seeds/…` lies in the folder or beside it.
fn place(directory: &Path, file: &str) -> PathBuf {
    let inside = directory.join(file);
    if inside.exists() || !file.starts_with("seeds/") {
        inside
    } else {
        directory.join("..").join(file)
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn tally(tally: Tally) -> String {
    format!("{}/{}", tally.right, tally.total)
}

fn row(dialect: &str, file: &str, tasks: &str, fields: &str, findings: &str) -> String {
    format!("{dialect:18} {file:34} {tasks:>5} {fields:>11} {findings:>9}")
}
