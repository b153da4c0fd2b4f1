//! What every command is given: its output, the settings that count everywhere,
//! and the configuration, read when first asked for.

use std::cell::OnceCell;
use std::path::PathBuf;

use crate::arguments::Settings;
use crate::config::Config;
use crate::error::CommandError;
use crate::output::Output;

/// What every command is given.
pub(crate) struct Context {
    /// Where to print.
    pub(crate) output: Output,
    /// The options that count for every command, resolved.
    pub(crate) settings: Settings,
    config: OnceCell<Config>,
}

impl Context {
    /// The context of one command.
    pub(crate) fn new(settings: Settings) -> Context {
        let output = Output::new(settings.color, settings.quiet, settings.verbose);
        Context { output, settings, config: OnceCell::new() }
    }

    /// The nearest `checkoff.toml` at or above the working directory, or the defaults.
    pub(crate) fn config(&self) -> Result<&Config, CommandError> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let config = Config::find(&working_directory()?)?;
        Ok(self.config.get_or_init(|| config))
    }
}

/// The directory the command was started in.
pub(crate) fn working_directory() -> Result<PathBuf, CommandError> {
    std::env::current_dir().map_err(|error| {
        let error = anyhow::Error::new(error).context("the working directory cannot be read");
        CommandError::from_error(crate::exit::Exit::System, error)
    })
}
