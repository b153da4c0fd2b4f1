//! `checkoff.toml`: the nearest one at or above the working directory.
//!
//! It is read by hand from the spanned TOML tree rather than derived, so that a
//! wrong key or value is answered with its place and with what was probably
//! meant; a setting that is silently ignored is worse than none.

use std::ops::Range;
use std::path::{Path, PathBuf};

use checkoff_plan::lint::config::PerFileIgnore;
use checkoff_plan::lint::{self, Level};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::suggest;

/// The name of the file.
const FILE_NAME: &str = "checkoff.toml";

/// What the project has decided once for all commands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Config {
    /// `lists`: where the task lists are; `*` stands for any one folder.
    pub(crate) lists: Vec<String>,
    /// `store`: the folder runs are kept in, relative to the file.
    pub(crate) store: Option<PathBuf>,
    /// `[check]`
    pub(crate) check: CheckConfig,
    /// `[run]`
    pub(crate) run: RunConfig,
}

/// `[check]`
#[derive(Debug, Clone, Default)]
pub(crate) struct CheckConfig {
    /// `select`, `ignore`, `levels` and `per-file-ignores`.
    pub(crate) rules: lint::Config,
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
        let mut config = Config::default();
        let base = path.parent().unwrap_or(Path::new(""));
        file.each(table.get_ref(), "", |key, value| {
            match key {
                "lists" => config.lists = file.strings(value)?,
                "store" => config.store = Some(base.join(file.string(value)?)),
                "check" => config.check = file.check(value)?,
                "run" => config.run = file.run(value)?,
                _ => return Ok(Some(&["lists", "store", "check", "run"])),
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
    fn check(&self, value: &Spanned<DeValue<'_>>) -> Result<CheckConfig, CommandError> {
        let mut check = CheckConfig::default();
        self.each(self.table(value)?, "check.", |key, value| {
            match key {
                "select" => check.rules.select = self.patterns(value)?,
                "ignore" => check.rules.ignore = self.patterns(value)?,
                "strict" => check.strict = self.boolean(value)?,
                "levels" => check.rules.levels = self.levels(value)?,
                "per-file-ignores" => check.rules.per_file_ignores = self.per_file(value)?,
                _ => {
                    return Ok(Some(&["select", "ignore", "strict", "levels", "per-file-ignores"]));
                }
            }
            Ok(None)
        })?;
        Ok(check)
    }

    /// `rule = "level"`
    fn levels(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<(String, Level)>, CommandError> {
        let mut levels = Vec::new();
        for (rule, level) in self.table(value)? {
            self.known_rule(rule.get_ref(), rule.span())?;
            let word = self.string(level)?;
            let parsed = word.parse::<Level>();
            let parsed = parsed.map_err(|error| self.wrong(level.span(), &error.to_string()))?;
            levels.push((rule.get_ref().to_string(), parsed));
        }
        Ok(levels)
    }

    /// `"glob" = ["rule"]`
    fn per_file(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<PerFileIgnore>, CommandError> {
        let mut ignores = Vec::new();
        for (glob, rules) in self.table(value)? {
            let ignore = PerFileIgnore::new(glob.get_ref(), self.patterns(rules)?);
            let ignore = ignore.map_err(|error| self.wrong(glob.span(), &error.to_string()))?;
            ignores.push(ignore);
        }
        Ok(ignores)
    }

    /// Names or families of rules, each of which must stand for at least one.
    fn patterns(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, CommandError> {
        let patterns = self.strings(value)?;
        let spans = value.get_ref().as_array().into_iter().flatten().map(Spanned::span);
        for (pattern, span) in patterns.iter().zip(spans) {
            self.known_rule(pattern, span)?;
        }
        Ok(patterns)
    }

    fn known_rule(&self, pattern: &str, span: Range<usize>) -> Result<(), CommandError> {
        let config = lint::Config { select: vec![pattern.to_owned()], ..lint::Config::default() };
        let Some(unknown) = config.unknown_rules().into_iter().next() else { return Ok(()) };
        Err(self.wrong(span, &unknown.to_string()).hint("`checkoff explain` lists the rules"))
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
             [check]\nselect = ['dangling', 'bom']\nignore = ['bom']\nstrict = true\n\
             levels = { dangling-dep = 'warning' }\n\
             per-file-ignores = { 'old/**' = ['all'] }\n\
             [run]\njobs = 0x4\nkeep-going = true\n",
        )
        .expect("it is right");
        assert_eq!(config.lists, ["a/*/tasks.md"]);
        assert_eq!(config.store.as_deref(), Some(Path::new("/p/runs")));
        assert_eq!(config.check.rules.select, ["dangling", "bom"]);
        assert_eq!(config.check.rules.ignore, ["bom"]);
        let warning = Level::On(lint::Severity::Warning);
        assert_eq!(config.check.rules.levels, [("dangling-dep".to_owned(), warning)]);
        assert_eq!(config.check.rules.per_file_ignores[0].rules, ["all"]);
        assert!(config.check.strict);
        assert_eq!(config.run, RunConfig { jobs: Some(4), keep_going: Some(true) });
    }

    #[test]
    fn a_wrong_key_or_value_is_named_with_its_place() {
        let wrong = |text| parse(text).expect_err("it is wrong");
        assert_eq!(
            wrong("[check]\nselct = []"),
            "/p/checkoff.toml:2:1: no setting `check.selct` [did you mean `check.select`?]"
        );
        assert_eq!(
            wrong("wibble = 1"),
            "/p/checkoff.toml:1:1: no setting `wibble` [settings here: lists, store, check, run]"
        );
        assert_eq!(
            wrong("[run]\njobs = 'four'"),
            "/p/checkoff.toml:2:8: expected a whole number above 0, found string []"
        );
        assert_eq!(
            wrong("[run]\njobs = 0"),
            "/p/checkoff.toml:2:8: expected a whole number above 0, found integer []"
        );
        assert_eq!(
            wrong("check.ignore = ['duplicate-ids']"),
            "/p/checkoff.toml:1:17: there is no rule `duplicate-ids` (did you mean \
             `duplicate-id`?) [`checkoff explain` lists the rules]"
        );
        assert_eq!(
            wrong("check.levels = { bom = 'loud' }"),
            "/p/checkoff.toml:1:24: `loud` is not a level (off, info, warning or error) []"
        );
        assert!(wrong("[check\n").starts_with("/p/checkoff.toml:1:7: "));
    }
}
