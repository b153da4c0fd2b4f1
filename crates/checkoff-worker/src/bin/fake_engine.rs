//! An engine and a keeper small enough to be killed by the tests of this crate.
//!
//! `fake-engine keeper FOLDER` is what `checkoff __keeper FOLDER` is.
//! `fake-engine engine HOME SLOTS SCRIPT…` starts such a keeper below HOME, asks for
//! one attempt per script, prints `started INDEX` or `finished INDEX` when it hears so,
//! and never says good-bye: it is there to be killed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use checkoff_core::{AttemptId, RunId, TaskIndex};
use checkoff_worker::keeper::next_folder;
use checkoff_worker::{AttemptSpec, Keeper, KeeperOptions, PartId, Report, Runtime};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let role = arguments.next().unwrap_or_default();
    let Some(folder) = arguments.next().map(PathBuf::from) else { return ExitCode::from(2) };
    let texts: Vec<String> = arguments.map(|text| text.to_string_lossy().into_owned()).collect();
    let done = match role.to_str() {
        Some("keeper") => checkoff_worker::keeper::main(&folder).map_err(Into::into),
        Some("engine") => engine(&folder, &texts),
        _ => return ExitCode::from(2),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn engine(home: &Path, texts: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let (slots, scripts) = texts.split_first().ok_or("no number of slots")?;
    let (reports, inbox) = crossbeam_channel::unbounded();
    let mut program = Command::new(std::env::current_exe()?);
    program.arg("keeper");
    let options = KeeperOptions { slots: slots.parse()?, ..KeeperOptions::default() };
    let keeper = Keeper::spawn(program, &next_folder(home)?, options, reports)?;
    for (index, script) in (0..).zip(scripts) {
        let attempt = AttemptId { task: TaskIndex(index), number: 1 };
        keeper.start(AttemptSpec::shell(PartId::work(RunId(1), attempt), script))?;
    }
    for report in inbox {
        let (word, id) = match report {
            Report::Started { id, .. } => ("started", id),
            Report::Finished(finished) => ("finished", finished.id),
            Report::Withdrawn { .. } | Report::Lost { .. } => continue,
        };
        writeln!(io::stdout(), "{word} {}", id.attempt.task)?;
    }
    Ok(())
}
