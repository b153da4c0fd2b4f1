//! Parse, lint and graph of long lists: CPU time for 10,000 tasks against its
//! limit, each part on its own, and for 100,000 to see that it stays linear.
//!
//! The list is like those that people and their tools write (phases of fifty,
//! ids, `[P]`, stories, one path a task of which some are shared, dependencies
//! said inline, in bullets and in prose, a third of it done), because a list
//! without files and dependencies would measure a parser only.

use std::fmt::Write as _;

use checkoff_plan::document::Document;
use checkoff_plan::lint;
use checkoff_plan::read::{Options, read};
use checkoff_plan::weave::weave;

use crate::measure::{median_cost, milliseconds};
use crate::report::Report;

/// What 10,000 tasks may cost, in milliseconds of CPU.
const LIMIT_MS: f64 = 50.0;

/// Tasks in a phase.
const PHASE: usize = 50;

/// Arguments of `checkoff-bench lint`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Measures the peers too (none reads a list, lints it and builds its graph in one go, so
    /// there is none to measure; `start --peer` has them on small work).
    #[arg(long)]
    peer: bool,
    /// How often each measurement is repeated.
    #[arg(long, default_value_t = 7)]
    repetitions: usize,
    /// How many tasks the long list has.
    #[arg(long, default_value_t = 100_000)]
    tasks: usize,
}

/// Measures and prints.
pub(crate) fn run(args: &Args, report: &mut Report) -> anyhow::Result<()> {
    if args.peer {
        report.note("no peer does parse, lint and graph of a list; ours are printed alone")?;
    }
    let short = list(10_000);
    report.figure("lint_10k_size", short.len() as f64 / 1e6, "MB")?;
    let read_ms = cpu_ms(args, || read_list(&short));
    report.figure("lint_10k_read_cpu", read_ms, "ms")?;
    let documents = [read_list(&short)];
    anyhow::ensure!(documents[0].tasks.len() == 10_000, "{} tasks", documents[0].tasks.len());
    let config = lint::Config::default();
    let lint_ms = cpu_ms(args, || lint::check(&documents, &config));
    report.figure("lint_10k_lint_cpu", lint_ms, "ms")?;
    let [document] = documents;
    let clone_ms = cpu_ms(args, || document.clone());
    let weave_ms = cpu_ms(args, || graph(document.clone())) - clone_ms;
    report.figure("lint_10k_graph_cpu", weave_ms, "ms")?;

    let all_ms = cpu_ms(args, || all(&short));
    report.figure("lint_10k_cpu", all_ms, "ms")?;
    report.figure("lint_10k_limit", LIMIT_MS, "ms")?;
    report.ratio("lint_10k_per_limit", all_ms, LIMIT_MS)?;

    let long = list(args.tasks);
    let long_ms = cpu_ms(args, || all(&long));
    report.figure("lint_100k_cpu", long_ms, "ms")?;
    let times = args.tasks as f64 / 10_000.0;
    report.ratio("lint_100k_per_10k_and_size", long_ms, all_ms * times)?;
    Ok(())
}

fn cpu_ms<T>(args: &Args, work: impl FnMut() -> T) -> f64 {
    milliseconds(median_cost(args.repetitions, work).cpu)
}

fn read_list(text: &str) -> Document {
    read("specs/001-long/tasks.md", text.as_bytes(), &Options::default())
}

/// Waves, the critical path and what is ready: all that `next` and a run ask for.
fn graph(document: Document) -> usize {
    let plan = weave(vec![document]);
    let timing = plan.graph.timing();
    plan.graph.waves().len()
        + timing.critical_path(&plan.graph).len()
        + plan.graph.ready().len()
        + plan.problems.len()
}

fn all(text: &str) -> usize {
    let documents = [read_list(text)];
    let findings = lint::check(&documents, &lint::Config::default()).len();
    let [document] = documents;
    findings + graph(document)
}

/// A list of `count` tasks, the same at every run.
fn list(count: usize) -> String {
    let mut list = String::with_capacity(count * 130);
    list.push_str(
        "# Tasks: a long feature\n\n**Input**: Design documents from `specs/001-long/`\n",
    );
    for number in 1..=count {
        let place = (number - 1) % PHASE;
        let phase = (number - 1) / PHASE + 1;
        if place == 0 {
            let name =
                if phase > 2 { format!("User Story {}", phase - 2) } else { "Setup".to_owned() };
            let _ = write!(list, "\n## Phase {phase}: {name} (Priority: P{})\n\n", phase % 3 + 1);
        }
        let mark = if number <= count / 3 { 'x' } else { ' ' };
        let parallel = if place % 3 == 1 { "[P] " } else { "" };
        let story = if phase > 2 { format!("[US{}] ", phase - 2) } else { String::new() };
        let _ = write!(
            list,
            "- [{mark}] T{number:06} {parallel}{story}Write part {place} in src/phase_{phase}/part_{}.rs",
            place / 2
        );
        match place % 5 {
            3 => {
                let _ = writeln!(list, " (depends on T{:06})", number - 2);
            }
            4 => {
                let _ = writeln!(list, "\n  - needs: T{:06}, T{:06}", number - 1, number - 3);
            }
            _ => list.push('\n'),
        }
    }
    list.push_str("\n## Dependencies\n\n");
    for phase in 1..count / PHASE {
        let first = (phase - 1) * PHASE + 1;
        let _ = writeln!(
            list,
            "- T{first:06}-T{:06} before T{:06}-T{:06}",
            first + 9,
            first + PHASE,
            first + PHASE + 19
        );
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_as_it_is_meant() {
        let document = read_list(&list(200));
        assert_eq!(document.tasks.len(), 200);
        let plan = weave(vec![document]);
        assert!(plan.cycles.is_empty());
        assert!(!plan.graph.waves().is_empty());
    }
}
