//! Which rules run on which file, and how loud.
//!
//! A pattern names one rule (`bom`), a family by its first words (`parallel`
//! stands for `parallel-file-conflict` and `parallel-depends`), or `all`. Rules
//! that are off by default run when `select` names them or a level is set for
//! them. `ignore` wins over `select`, a level wins over both for its own rule.

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::Severity;
use super::rules::{RULES, Rule};

/// What the user wants checked. The default runs every rule that is on by default.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Patterns of the rules to run; empty means the default set.
    pub select: Vec<String>,
    /// Patterns of rules not to run.
    pub ignore: Vec<String>,
    /// Severities that differ from the rule's own, by exact rule name; the last one wins.
    pub levels: Vec<(String, Level)>,
    /// Rules not to run on some files.
    pub per_file_ignores: Vec<PerFileIgnore>,
}

/// A severity, or nothing at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Does not run.
    Off,
    /// Runs with this severity.
    On(Severity),
}

impl std::str::FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(word: &str) -> Result<Level, UnknownLevel> {
        match word {
            "off" => Ok(Level::Off),
            "info" => Ok(Level::On(Severity::Info)),
            "warning" | "warn" => Ok(Level::On(Severity::Warning)),
            "error" => Ok(Level::On(Severity::Error)),
            _ => Err(UnknownLevel(word.to_owned())),
        }
    }
}

/// The word is no level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLevel(pub String);

impl std::fmt::Display for UnknownLevel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is not a level (off, info, warning or error)", self.0)
    }
}

impl std::error::Error for UnknownLevel {}

/// Rules not to run on files whose path matches.
#[derive(Debug, Clone)]
pub struct PerFileIgnore {
    paths: GlobSet,
    /// Patterns of the rules.
    pub rules: Vec<String>,
}

impl PerFileIgnore {
    /// `glob` is matched against the whole path as the caller named the file, and against its
    /// end: `archive/**` also means `docs/archive/old.md`.
    ///
    /// # Errors
    /// When `glob` is not a valid pattern.
    pub fn new(glob: &str, rules: Vec<String>) -> Result<PerFileIgnore, globset::Error> {
        let mut paths = GlobSetBuilder::new();
        paths.add(Glob::new(glob)?);
        if !glob.starts_with('/') {
            paths.add(Glob::new(&format!("**/{glob}"))?);
        }
        Ok(PerFileIgnore { paths: paths.build()?, rules })
    }
}

/// A pattern that stands for no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRule {
    /// As written.
    pub pattern: String,
    /// The rule that was probably meant.
    pub suggestion: Option<&'static str>,
}

impl std::fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no rule `{}`", self.pattern)?;
        match self.suggestion {
            Some(name) => write!(f, " (did you mean `{name}`?)"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownRule {}

impl Config {
    /// Every pattern in it that stands for no rule.
    pub fn unknown_rules(&self) -> Vec<UnknownRule> {
        let per_file = self.per_file_ignores.iter().flat_map(|ignore| &ignore.rules);
        let patterns = self.select.iter().chain(&self.ignore).chain(per_file);
        let names = self.levels.iter().map(|(name, _)| name);
        let unknown_patterns = patterns.filter(|pattern| !is_known(pattern));
        unknown_patterns
            .chain(names.filter(|name| super::find(name).is_none()))
            .map(|pattern| UnknownRule { pattern: pattern.clone(), suggestion: suggest(pattern) })
            .collect()
    }

    /// The level of every rule for one file.
    pub(super) fn levels(&self, path: &str) -> Levels {
        let file_ignores: Vec<&String> = self
            .per_file_ignores
            .iter()
            .filter(|ignore| ignore.paths.is_match(path))
            .flat_map(|ignore| &ignore.rules)
            .collect();
        let mut levels = Levels([Level::Off; RULES.len()]);
        for (rule, level) in RULES.iter().zip(&mut levels.0) {
            *level = self.level(rule);
            if file_ignores.iter().any(|pattern| matches(pattern, rule.name)) {
                *level = Level::Off;
            }
        }
        levels
    }

    fn level(&self, rule: &Rule) -> Level {
        if let Some((_, level)) = self.levels.iter().rev().find(|(name, _)| name == rule.name) {
            return *level;
        }
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, rule.name));
        let selected = if self.select.is_empty() { rule.on } else { any(&self.select) };
        if selected && !any(&self.ignore) { Level::On(rule.severity) } else { Level::Off }
    }
}

/// The level of each rule of the table, in its order.
pub(super) struct Levels([Level; RULES.len()]);

impl Levels {
    /// The rules that run, with their severities.
    pub(super) fn enabled(&self) -> impl Iterator<Item = (&'static Rule, Severity)> {
        RULES.iter().zip(&self.0).filter_map(|(rule, level)| match level {
            Level::On(severity) => Some((rule, *severity)),
            Level::Off => None,
        })
    }

    /// The severity of a rule, if it runs.
    pub(super) fn severity(&self, name: &str) -> Option<Severity> {
        self.enabled().find(|(rule, _)| rule.name == name).map(|(_, severity)| severity)
    }
}

/// Whether a pattern stands for a rule.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    if pattern == "all" || pattern == name {
        return true;
    }
    let family = pattern.trim_end_matches(['-', '*']);
    !family.is_empty() && name.strip_prefix(family).is_some_and(|rest| rest.starts_with('-'))
}

/// Whether a pattern stands for any rule at all.
pub(super) fn is_known(pattern: &str) -> bool {
    RULES.iter().any(|rule| matches(pattern, rule.name))
}

/// The rule whose name is nearest, if it is near at all.
pub fn suggest(pattern: &str) -> Option<&'static str> {
    let near = |rule: &&Rule| strsim::normalized_damerau_levenshtein(pattern, rule.name);
    RULES
        .iter()
        .max_by(|a, b| near(a).total_cmp(&near(b)))
        .filter(|rule| near(rule) >= 0.6)
        .map(|rule| rule.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enabled(config: &Config, path: &str) -> Vec<&'static str> {
        config.levels(path).enabled().map(|(rule, _)| rule.name).collect()
    }

    #[test]
    fn default_runs_what_is_on_by_default() {
        let on: Vec<_> = RULES.iter().filter(|rule| rule.on).map(|rule| rule.name).collect();
        assert_eq!(enabled(&Config::default(), "a.md"), on);
    }

    #[test]
    fn select_takes_names_and_families_and_ignore_wins() {
        let config = Config {
            select: vec!["parallel".into(), "bom".into()],
            ignore: vec!["parallel-depends".into()],
            ..Config::default()
        };
        assert_eq!(enabled(&config, "a.md"), ["parallel-file-conflict", "bom"]);
    }

    #[test]
    fn level_turns_a_rule_on_louder_or_off() {
        let config = Config {
            select: vec!["bom".into()],
            levels: vec![
                ("bom".into(), Level::Off),
                ("no-tasks".into(), Level::On(Severity::Error)),
            ],
            ..Config::default()
        };
        let levels = config.levels("a.md");
        assert_eq!(levels.severity("bom"), None);
        assert_eq!(levels.severity("no-tasks"), Some(Severity::Error));
    }

    #[test]
    fn per_file_ignore_matches_the_end_of_a_path() {
        let ignore = PerFileIgnore::new("archive/**", vec!["all".into()]).expect("a valid glob");
        let config = Config { per_file_ignores: vec![ignore], ..Config::default() };
        assert!(enabled(&config, "docs/archive/old.md").is_empty());
        assert!(!enabled(&config, "docs/new.md").is_empty());
    }

    #[test]
    fn unknown_patterns_come_with_a_suggestion() {
        let config = Config {
            select: vec!["duplicate-ids".into(), "all".into()],
            levels: vec![("qqq".into(), Level::Off)],
            ..Config::default()
        };
        let unknown = config.unknown_rules();
        assert_eq!(unknown.len(), 2);
        assert_eq!(
            unknown[0].to_string(),
            "there is no rule `duplicate-ids` (did you mean `duplicate-id`?)"
        );
        assert_eq!(unknown[1].to_string(), "there is no rule `qqq`");
    }
}
