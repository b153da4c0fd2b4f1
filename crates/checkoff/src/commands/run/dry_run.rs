//! `--dry-run`: what would run, wave by wave.
//!
//! A wave is what can run at once when everything in the waves before is done;
//! the real run does not wait for waves, it starts each task as soon as its own
//! needs are met.

use std::io::{self, Write};

use checkoff_core::RunSpec;
use checkoff_core::spec::{Action, TaskSpec};
use checkoff_engine::Prepared;

use crate::context::Context;
use crate::measure;
use crate::output::{counted, styled, styles};

/// Prints the waves with their commands.
pub(super) fn print(context: &Context, prepared: &Prepared) -> io::Result<()> {
    let spec = &prepared.plan.spec;
    let waves = waves(spec);
    let width = context.output.width();
    let mut data = context.output.data();
    let count = waves.iter().copied().max().unwrap_or(0);
    for wave in 1..=count {
        let members: Vec<&TaskSpec> = spec
            .tasks
            .iter()
            .zip(&waves)
            .filter(|(task, its)| **its == wave && task.place.is_some())
            .map(|(task, _)| task)
            .collect();
        if members.is_empty() {
            continue;
        }
        writeln!(data, "{}", styled(styles::NAME, format_args!("wave {wave}")))?;
        for task in members {
            print_task(&mut *data, task, width)?;
        }
    }
    drop(data);
    let runs = |task: &&TaskSpec| matches!(task.action, Action::Shell { .. });
    let commands = spec.tasks.iter().filter(runs).count();
    let persons = spec.tasks.iter().filter(|task| task.action == Action::Person).count();
    let mut text = format!("{} would run, {} at once", counted(commands, "task"), spec.limits.jobs);
    if persons > 0 {
        text.push_str(&format!("; {} for a person", counted(persons, "task")));
    }
    context.output.note(text);
    Ok(())
}

fn print_task(data: &mut dyn Write, task: &TaskSpec, width: usize) -> io::Result<()> {
    let label = if task.name == task.title {
        task.title.clone()
    } else {
        format!("{} {}", styled(styles::NAME, &task.name), task.title)
    };
    let note = match &task.action {
        Action::Shell { .. } => String::new(),
        Action::Person => styled(styles::WARN, "  for a person").to_string(),
        Action::Group => styled(styles::DIM, "  when all in it is done").to_string(),
        Action::Held => styled(styles::WARN, "  is blocked").to_string(),
    };
    writeln!(data, "  {label}{note}")?;
    if let Action::Shell { script, .. } = &task.action {
        for line in script.lines() {
            writeln!(data, "      {} {}", styled(styles::DIM, "$"), measure::shortened(line, width - 10))?;
        }
        for check in &task.done_when {
            writeln!(data, "      {} {}", styled(styles::DIM, "done when"), measure::shortened(check, width - 18))?;
        }
    }
    Ok(())
}

/// The wave of each task, counted from 1; what is in no file takes none of its own.
fn waves(spec: &RunSpec) -> Vec<usize> {
    let mut waves = vec![0; spec.tasks.len()];
    let mut missing: Vec<usize> = spec.tasks.iter().map(|task| task.needs.len()).collect();
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); spec.tasks.len()];
    for (index, task) in spec.tasks.iter().enumerate() {
        for need in &task.needs {
            behind[need.task.get()].push(index);
        }
    }
    let own = |index: usize| {
        let task = &spec.tasks[index];
        usize::from(task.place.is_some() && task.action != Action::Group)
    };
    let mut ready: Vec<usize> = (0..missing.len()).filter(|index| missing[*index] == 0).collect();
    while let Some(index) = ready.pop() {
        waves[index] += own(index);
        for &next in &behind[index] {
            waves[next] = waves[next].max(waves[index]);
            missing[next] -= 1;
            if missing[next] == 0 {
                ready.push(next);
            }
        }
    }
    // A group without anything before it is shown with the first wave.
    waves.into_iter().map(|wave| wave.max(1)).collect()
}
