//! `checkoff.toml`: the nearest one at or above the working directory.
//!
//! It is read by hand from the spanned TOML tree rather than derived, so that a
//! wrong key or value is answered with its place and with what was probably
//! meant; a setting that is silently ignored is worse than none.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::suggest;

/// The name of the file.
const FILE_NAME: &str = "checkoff.toml";

/// What the project has decided once for all commands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// The file it came from.
    pub(crate) path: Option<PathBuf>,
    /// `lists`: where the task lists are; `*` stands for any one folder.
    pub(crate) lists: Vec<String>,
    /// `store`: the folder runs are kept in, relative to the file.
    pub(crate) store: Option<PathBuf>,
    /// `[lint]`
    pub(crate) lint: LintConfig,
    /// `[run]`
    pub(crate) run: RunConfig,
}

/// `[lint]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LintConfig {
    /// `select`: only these rules.
    pub(crate) select: Vec<String>,
    /// `ignore`: not these rules.
    pub(crate) ignore: Vec<String>,
    /// `strict`: warnings fail too.
    pub(crate) strict: bool,
}

/// `[run]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RunConfig {
    /// `jobs`: how many attempts at once.
    pub(crate) jobs: Option<usize>,
    /// `keep-going`: go on after a failure with what does not depend on it.
    pub(crate) keep_going: Option<bool>,
}

impl Config {
    /// The nearest file at or above a folder, or the defaults.
    pub(crate) fn find(folder: &Path) -> Result<Config, CommandError> {
        for ancestor in folder.ancestors() {
            let path = ancestor.join(FILE_NAME);
            match std::fs::read_to_string(&path) {
                Ok(text) => return Config::parse(&path, &text),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    let error = anyhow::Error::new(error)
                        .context(format!("`{}` cannot be read", path.display()));
                    return Err(CommandError::from_error(Exit::Input, error));
                }
            }
        }
        Ok(Config::default())
    }

    fn parse(path: &Path, text: &str) -> Result<Config, CommandError> {
        let file = ConfigFile { path, text };
        let table = DeTable::parse(text)
            .map_err(|error| file.wrong(error.span().unwrap_or(0..0), error.message()))?;
        let mut config = Config { path: Some(path.to_owned()), ..Config::default() };
        let base = path.parent().unwrap_or(Path::new(""));
        file.each(table.get_ref(), "", |key, value| {
            match key {
                "lists" => config.lists = file.strings(value)?,
                "store" => config.store = Some(base.join(file.string(value)?)),
                "lint" => config.lint = file.lint(value)?,
                "run" => config.run = file.run(value)?,
                _ => return Ok(Some(&["lists", "store", "lint", "run"])),
            }
            Ok(None)
        })?;
        Ok(config)
    }
}

/// The keys that would have been right, when the given one is not.
type KnownKeys = Option<&'static [&'static str]>;

/// The file being read, to say where something is wrong.
struct ConfigFile<'a> {
    path: &'a Path,
    text: &'a str,
}

impl ConfigFile<'_> {
    fn lint(&self, value: &Spanned<DeValue<'_>>) -> Result<LintConfig, CommandError> {
        let mut lint = LintConfig::default();
        self.each(self.table(value)?, "lint.", |key, value| {
            match key {
                "select" => lint.select = self.strings(value)?,
                "ignore" => lint.ignore = self.strings(value)?,
                "strict" => lint.strict = self.boolean(value)?,
                _ => return Ok(Some(&["select", "ignore", "strict"])),
            }
            Ok(None)
        })?;
        Ok(lint)
    }

    fn run(&self, value: &Spanned<DeValue<'_>>) -> Result<RunConfig, CommandError> {
        let mut run = RunConfig::default();
        self.each(self.table(value)?, "run.", |key, value| {
            match key {
                "jobs" => run.jobs = Some(self.count(value)?),
                "keep-going" => run.keep_going = Some(self.boolean(value)?),
                _ => return Ok(Some(&["jobs", "keep-going"])),
            }
            Ok(None)
        })?;
        Ok(run)
    }

    /// Gives every key to `take`; a key it does not take is an error.
    fn each<'t, 'i>(
        &self,
        table: &'t DeTable<'i>,
        prefix: &str,
        mut take: impl FnMut(&str, &'t Spanned<DeValue<'i>>) -> Result<KnownKeys, CommandError>,
    ) -> Result<(), CommandError> {
        for (key, value) in table {
            let Some(known) = take(key.get_ref(), value)? else { continue };
            let meant = suggest::nearest(key.get_ref(), known.iter().copied());
            let error = self.wrong(key.span(), &format!("no setting `{prefix}{}`", key.get_ref()));
            return Err(match meant {
                Some(meant) => error.hint(format_args!("did you mean `{prefix}{meant}`?")),
                None => error.hint(format_args!("settings here: {}", known.join(", "))),
            });
        }
        Ok(())
    }

    fn table<'t, 'i>(
        &self,
        value: &'t Spanned<DeValue<'i>>,
    ) -> Result<&'t DeTable<'i>, CommandError> {
        value.get_ref().as_table().ok_or_else(|| self.expected("a table", value))
    }

    fn string(&self, value: &Spanned<DeValue<'_>>) -> Result<String, CommandError> {
        let text = value.get_ref().as_str().ok_or_else(|| self.expected("a string", value))?;
        Ok(text.to_owned())
    }

    fn strings(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, CommandError> {
        let array = value.get_ref().as_array();
        let array = array.ok_or_else(|| self.expected("an array of strings", value))?;
        array.iter().map(|item| self.string(item)).collect()
    }

    fn boolean(&self, value: &Spanned<DeValue<'_>>) -> Result<bool, CommandError> {
        value.get_ref().as_bool().ok_or_else(|| self.expected("true or false", value))
    }

    fn count(&self, value: &Spanned<DeValue<'_>>) -> Result<usize, CommandError> {
        value
            .get_ref()
            .as_integer()
            .and_then(|integer| usize::from_str_radix(integer.as_str(), integer.radix()).ok())
            .filter(|&count| count > 0)
            .ok_or_else(|| self.expected("a whole number above 0", value))
    }

    fn expected(&self, what: &str, value: &Spanned<DeValue<'_>>) -> CommandError {
        self.wrong(value.span(), &format!("expected {what}, found {}", value.get_ref().type_str()))
    }

    /// An error at a place in the file, 1-based line and column.
    fn wrong(&self, span: Range<usize>, message: &str) -> CommandError {
        let before = &self.text[..span.start.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let place = format!("{}:{line}:{column}", self.path.display());
        CommandError::input(format_args!("{place}: {}", message.trim().replace('\n', ", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(Path::new("/p/checkoff.toml"), text)
            .map_err(|error| format!("{} [{}]", error.error, error.hints.join("; ")))
    }

    #[test]
    fn every_setting_is_read() {
        let config = parse(
            "lists = ['a/*/tasks.md']\nstore = 'runs'\n\
             [lint]\nselect = ['dep-cycle']\nignore = ['bom']\nstrict = true\n\
             [run]\njobs = 0x4\nkeep-going = true\n",
        );
        let expected = Config {
            path: Some("/p/checkoff.toml".into()),
            lists: vec!["a/*/tasks.md".to_owned()],
            store: Some("/p/runs".into()),
            lint: LintConfig {
                select: vec!["dep-cycle".to_owned()],
                ignore: vec!["bom".to_owned()],
                strict: true,
            },
            run: RunConfig { jobs: Some(4), keep_going: Some(true) },
        };
        assert_eq!(config, Ok(expected));
    }

    #[test]
    fn a_wrong_key_or_value_is_named_with_its_place() {
        let wrong = |text| parse(text).expect_err("it is wrong");
        assert_eq!(
            wrong("[lint]\nselct = []"),
            "/p/checkoff.toml:2:1: no setting `lint.selct` [did you mean `lint.select`?]"
        );
        assert_eq!(
            wrong("wibble = 1"),
            "/p/checkoff.toml:1:1: no setting `wibble` [settings here: lists, store, lint, run]"
        );
        assert_eq!(
            wrong("[run]\njobs = 'four'"),
            "/p/checkoff.toml:2:8: expected a whole number above 0, found string []"
        );
        assert_eq!(
            wrong("[run]\njobs = 0"),
            "/p/checkoff.toml:2:8: expected a whole number above 0, found integer []"
        );
        assert!(wrong("[lint\n").starts_with("/p/checkoff.toml:1:6: "));
    }
}
