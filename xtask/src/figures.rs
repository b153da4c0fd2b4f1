//! `cargo xtask figures`: runs the benchmarks beside their peers and writes
//! `docs/figures.md`, so that no figure stands anywhere that was not measured.
//!
//! Unlike the reference pages this one is not compared in continuous
//! integration: no two runs give the same figures.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, ensure};

use crate::repository::{cargo, root};

/// Arguments of `cargo xtask figures`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Benchmarks to run
    #[arg(default_values = ["read", "lint", "start", "spawn", "run"])]
    benchmarks: Vec<String>,
    /// Prints the page instead of writing it
    #[arg(long)]
    print: bool,
}

/// One `name value unit` line of a benchmark.
#[derive(Debug, PartialEq, Eq)]
struct Figure<'a> {
    name: &'a str,
    value: &'a str,
    unit: &'a str,
}

/// Measures, then writes the page.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut page = format!(
        "# Figures\n\nWritten by `cargo xtask figures` on {}. Install the peers first: \
         `eval \"$(scripts/bench-peers)\"`. CPU time is the figure to compare; ratios ending in \
         `_per_PEER` are ours divided by theirs, measured in the same run.\n",
        machine()
    );
    for benchmark in &args.benchmarks {
        eprintln!("== {benchmark}");
        let lines = measure(benchmark)?;
        page.push_str(&format!(
            "\n## {benchmark}\n\n`cargo run --release -p checkoff-bench -- {benchmark} --peer`\n\n\
             | figure | value | unit |\n|---|---:|---|\n"
        ));
        for figure in figures(&lines) {
            page.push_str(&format!("| {} | {} | {} |\n", figure.name, figure.value, figure.unit));
        }
    }
    if args.print {
        print!("{page}");
    } else {
        fs::write(root().join("docs/figures.md"), page).context("cannot write docs/figures.md")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn measure(benchmark: &str) -> anyhow::Result<String> {
    let output = cargo()
        .args(["run", "--quiet", "--release", "--locked", "--package", "checkoff-bench", "--"])
        .args([benchmark, "--peer"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "the benchmark `{benchmark}` ended with {}", output.status);
    String::from_utf8(output.stdout).context("the figures are not UTF-8")
}

fn figures(lines: &str) -> impl Iterator<Item = Figure<'_>> {
    lines.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let figure = Figure { name: words.next()?, value: words.next()?, unit: words.next()? };
        (words.next().is_none() && figure.value.parse::<f64>().is_ok()).then_some(figure)
    })
}

/// The processor, how much of it, and the compiler.
fn machine() -> String {
    let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let compiler = Command::new("rustc").arg("--version").output();
    let compiler = compiler.map_or_else(
        |_| "rustc".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    );
    format!("{} ({cores} cores), {compiler}", processor.as_deref().unwrap_or("a processor"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_of_three_words_with_a_number_are_figures() {
        let lines = "start_cpu 1.25 ms\nsome talk\nname value unit\nrate 1200 tasks/s\n";
        let found: Vec<Figure<'_>> = figures(lines).collect();
        assert_eq!(
            found,
            [
                Figure { name: "start_cpu", value: "1.25", unit: "ms" },
                Figure { name: "rate", value: "1200", unit: "tasks/s" },
            ]
        );
    }
}
