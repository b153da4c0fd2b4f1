//! Reading: how many bytes a second the scanner, the scanner with its tasks, and
//! the whole reader take in, beside a CommonMark parser and a naive classifier
//! of lines in the same run.
//!
//! Two inputs: many lists (the corpus, or lists of our own where there is none,
//! repeated to a hundred megabytes) as a repository has them, and one document
//! of that size, because what is fast on small files may not be linear.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use checkoff_plan::read::{Options, read};
use checkoff_plan::scan;

use crate::measure::median_cost;
use crate::report::Report;

/// Arguments of `checkoff-bench read`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Measures the peers too.
    #[arg(long)]
    peer: bool,
    /// How many megabytes of lists.
    #[arg(long, default_value_t = 100)]
    megabytes: usize,
    /// How often each measurement is repeated.
    #[arg(long, default_value_t = 5)]
    repetitions: usize,
    /// Folder with lists below it; by default `../shared/corpus`.
    #[arg(long)]
    corpus: Option<PathBuf>,
}

/// Measures and prints.
pub(crate) fn run(args: &Args, report: &mut Report) -> anyhow::Result<()> {
    let lists = lists(args, report)?;
    let once: usize = lists.iter().map(Vec::len).sum();
    anyhow::ensure!(once > 0, "there is no list to read");
    let rounds = (args.megabytes * 1_000_000).div_ceil(once);
    let bytes = once * rounds;
    report.figure("read_input_size", bytes as f64 / 1e6, "MB")?;
    report.figure("read_input_documents", (lists.len() * rounds) as f64, "documents")?;

    let every = |work: &dyn Fn(&[u8]) -> usize| {
        rate(args, bytes, || (0..rounds).flat_map(|_| &lists).map(|list| work(list)).sum::<usize>())
    };
    let tasks = every(&|list| scan::tasks(list).1.len());
    report.figure("read_scan_tasks", tasks, "MB/s")?;
    report.figure("read_scan", every(&|list| scan::scan(list).lines.len()), "MB/s")?;
    let full = every(&|list| read("", list, &Options::default()).tasks.len());
    report.figure("read_full", full, "MB/s")?;

    let single = single(&lists, args.megabytes * 1_000_000);
    let tasks_single = rate(args, single.len(), || scan::tasks(&single).1.len());
    report.figure("read_scan_tasks_one_document", tasks_single, "MB/s")?;
    let line = vec![b'a'; args.megabytes * 1_000_000];
    let one_line = rate(args, line.len(), || scan::tasks(&line).1.len());
    report.figure("read_scan_tasks_one_line", one_line, "MB/s")?;

    if args.peer {
        let markdown = every(&markdown_markers);
        report.figure("read_peer_pulldown_cmark", markdown, "MB/s")?;
        report.ratio("read_scan_tasks_per_pulldown_cmark", tasks, markdown)?;
        report.ratio("read_full_per_pulldown_cmark", full, markdown)?;
        report.figure("read_peer_naive_lines", every(&naive_boxes), "MB/s")?;
        report.figure("read_peer_newlines", every(&newlines), "MB/s")?;
        let markdown_single = rate(args, single.len(), || markdown_markers(&single));
        report.figure("read_peer_pulldown_cmark_one_document", markdown_single, "MB/s")?;
    }
    Ok(())
}

fn rate<T>(args: &Args, bytes: usize, work: impl FnMut() -> T) -> f64 {
    bytes as f64 / 1e6 / median_cost(args.repetitions, work).cpu.as_secs_f64()
}

/// The Markdown lists of the corpus, else some of our own.
fn lists(args: &Args, report: &mut Report) -> anyhow::Result<Vec<Vec<u8>>> {
    let named =
        args.corpus.clone().or_else(|| std::env::var_os("CHECKOFF_CORPUS").map(PathBuf::from));
    let folder = named.unwrap_or_else(|| PathBuf::from("../shared/corpus"));
    if !folder.is_dir() {
        report.note("no corpus here: lists of our own are read instead")?;
        return Ok((1..40).map(|size| crate::lists::with_tasks(size * 5).into_bytes()).collect());
    }
    let mut lists = Vec::new();
    collect(&folder, &mut lists)?;
    Ok(lists)
}

fn collect(folder: &Path, lists: &mut Vec<Vec<u8>>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("failed to read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, lists)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            lists.push(
                std::fs::read(&path)
                    .with_context(|| format!("failed to read {}", path.display()))?,
            );
        }
    }
    Ok(())
}

/// One document of at least `size` bytes; lists that leave a fence open would hide the rest.
fn single(lists: &[Vec<u8>], size: usize) -> Vec<u8> {
    let closed: Vec<&Vec<u8>> =
        lists.iter().filter(|list| scan::scan(list).unclosed.is_empty()).collect();
    let mut document = Vec::with_capacity(size + 100_000);
    while document.len() < size {
        for list in &closed {
            document.extend_from_slice(list);
            document.extend_from_slice(b"\n\n");
        }
    }
    document
}

fn markdown_markers(list: &[u8]) -> usize {
    use pulldown_cmark::{Event, Options, Parser};
    let text = String::from_utf8_lossy(list);
    let options = Options::ENABLE_TASKLISTS
        | Options::ENABLE_TABLES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    Parser::new_ext(&text, options)
        .into_offset_iter()
        .filter(|(event, _)| matches!(event, Event::TaskListMarker(_)))
        .count()
}

/// What one writes in five minutes: no fences, no quotes, no offsets.
fn naive_boxes(list: &[u8]) -> usize {
    list.split(|&byte| byte == b'\n')
        .filter(|line| {
            let text = line.trim_ascii_start();
            text.starts_with(b"- [ ] ")
                || text.starts_with(b"- [x] ")
                || text.starts_with(b"- [X] ")
        })
        .count()
}

fn newlines(list: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', list).count()
}
