//! The `checkoff` command: arguments in, a command run, an exit code out.
//!
//! The way through: [`arguments`] turns what was typed into plain values,
//! [`context`] holds what every command needs (output, configuration), one file
//! in [`commands`] does the work, and whatever it returns is mapped to an exit
//! code in [`exit`] and nowhere else. Everything is lazy: a command that reads
//! one small file starts no thread and reads no configuration it does not use,
//! because people put this in prompts and hooks.
//!
//! Standard output is data, standard error is talk. When the reader of the
//! output goes away (`checkoff show | head`), that is no error: we end silently.

mod arguments;
mod board;
mod commands;
mod config;
mod context;
mod diagram;
mod error;
mod exit;
mod measure;
mod output;
mod parallel;
mod plan_files;
mod plan_view;
mod stores;
mod suggest;
mod watch;

use std::io::ErrorKind;
use std::process::ExitCode;

use arguments::Invocation;
use context::Context;

fn main() -> ExitCode {
    exit::announce_crashes();
    let (command, settings) = match arguments::parse(std::env::args_os()) {
        Invocation::Run { command, settings } => (command, settings),
        Invocation::Exit(code) => return code,
    };
    let context = Context::new(settings);
    let result = command.run(&context).and_then(|exit| match context.output.flush() {
        // What was found does not change because nobody reads it.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(exit),
        written => Ok(written.map(|()| exit)?),
    });
    match result {
        Ok(exit) => exit.into(),
        Err(error) => context.output.report(&error),
    }
}
