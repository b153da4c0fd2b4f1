//! The table of rules.
//!
//! A rule is a file of this folder: its `//!` comment is its documentation
//! (first line: the summary; then the sections «What it finds», «Why it
//! matters», «How to fix it»), its `check` is the rule, its `CASES` are its
//! tests. A line in the table below does the rest.

use std::fmt;

use super::{Consent, Context, Finding, Severity};

#[cfg(test)]
mod tests;

/// A thing that can be wrong with a task list.
pub struct Rule {
    /// Stable; reads well after «allow».
    pub name: &'static str,
    /// How much its findings matter unless configured otherwise.
    pub severity: Severity,
    /// Whether it runs without being asked for.
    pub on: bool,
    /// What its fix needs, when it has one.
    pub fix: Option<Consent>,
    /// Looks at one document.
    pub check: fn(&Context<'_>, &mut Vec<Finding>),
    /// The doc comment of its file, `//!` included.
    comment: &'static [u8],
}

impl Rule {
    /// What it finds, in one sentence.
    pub fn summary(&self) -> String {
        self.body().lines().next().unwrap_or_default().to_owned()
    }

    /// Its documentation page, Markdown.
    pub fn page(&self) -> String {
        let (summary, rest) = self.body().split_once('\n').map_or_else(
            || (self.body(), String::new()),
            |(summary, rest)| (summary.to_owned(), rest.trim().to_owned()),
        );
        format!(
            "# {name}\n\n{summary}\n\n{facts}\n\n{rest}\n\n## How to silence it\n\n{silence}\n",
            name = self.name,
            facts = self.facts(),
            silence = self.silence(),
        )
    }

    /// Severity, default and fix in a sentence or two.
    fn facts(&self) -> String {
        let mut facts = format!("Severity: {}.", self.severity.as_str());
        if !self.on {
            facts.push_str(" Off by default.");
        }
        match self.fix {
            None => {}
            Some(Consent::Safe) => facts.push_str(" Mended by `checkoff check --fix`."),
            Some(Consent::Named(name)) => {
                facts.push_str(&format!(" Mended by `checkoff check --fix={name}`."));
            }
        }
        facts
    }

    fn silence(&self) -> String {
        let name = self.name;
        format!(
            "For one place, on the same line or the line above: `<!-- checkoff: allow({name}) -->`. \
             For a file, anywhere in it: `<!-- checkoff: allow-file({name}) -->`. \
             For a project, in `checkoff.toml`:\n\n\
             ```toml\n[check]\nignore = [\"{name}\"]\n```"
        )
    }

    /// The doc comment without its marks.
    fn body(&self) -> String {
        let comment = String::from_utf8_lossy(self.comment);
        let lines = comment.lines().map(|line| {
            let line = line.strip_prefix("//!").unwrap_or(line);
            line.strip_prefix(' ').unwrap_or(line)
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Rule) -> bool {
        self.name == other.name
    }
}

impl Eq for Rule {}

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// The page of every rule in one Markdown document, with a table of contents.
pub fn reference() -> String {
    let mut text = String::from(
        "# Rules\n\nWhat `checkoff check` finds. `checkoff explain RULE` prints one of these pages.\n\n\
         | rule | severity | fix | what it finds |\n|---|---|---|---|\n",
    );
    for rule in &RULES {
        let severity = if rule.on {
            rule.severity.as_str().to_owned()
        } else {
            format!("{} (off)", rule.severity.as_str())
        };
        let fix = match rule.fix {
            None => "–".to_owned(),
            Some(Consent::Safe) => "`--fix`".to_owned(),
            Some(Consent::Named(name)) => format!("`--fix={name}`"),
        };
        let name = rule.name;
        text.push_str(&format!(
            "| [{name}](#{name}) | {severity} | {fix} | {} |\n",
            rule.summary()
        ));
    }
    for rule in &RULES {
        text.push('\n');
        for line in rule.page().lines() {
            // One level down: the page stands under the title of the whole.
            if line.starts_with('#') && !text.ends_with("```toml\n") {
                text.push('#');
            }
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// How many bytes of a source file its leading `//!` comment takes.
const fn comment_length(source: &str) -> usize {
    let bytes = source.as_bytes();
    let mut at = 0;
    while at + 2 < bytes.len()
        && bytes[at] == b'/'
        && bytes[at + 1] == b'/'
        && bytes[at + 2] == b'!'
    {
        while at < bytes.len() && bytes[at] != b'\n' {
            at += 1;
        }
        if at < bytes.len() {
            at += 1;
        }
    }
    at
}

/// The first `N` bytes of a source file, so that only they end up in the binary.
const fn comment<const N: usize>(source: &str) -> [u8; N] {
    let mut copy = [0; N];
    let mut at = 0;
    while at < N {
        copy[at] = source.as_bytes()[at];
        at += 1;
    }
    copy
}

/// One line per rule: module, name, severity, `on` or `off`, and what its fix needs (`none`,
/// `safe`, or the name that asks for it).
macro_rules! rules {
    ($($module:ident $name:literal $severity:ident $on:ident $fix:tt;)*) => {
        $(mod $module;)*

        const COUNT: usize = [$($name),*].len();

        /// Every rule, in the order of the reference.
        pub static RULES: [Rule; COUNT] = [$(Rule {
            name: $name,
            severity: Severity::$severity,
            on: rules!(@on $on),
            fix: rules!(@fix $fix),
            check: $module::check,
            comment: {
                const SOURCE: &str = include_str!(concat!("rules/", stringify!($module), ".rs"));
                const LENGTH: usize = comment_length(SOURCE);
                static COMMENT: [u8; LENGTH] = comment::<LENGTH>(SOURCE);
                &COMMENT
            },
        }),*];

        #[cfg(test)]
        const CASES: [&[tests::Case]; COUNT] = [$($module::CASES),*];
    };
    (@on on) => { true };
    (@on off) => { false };
    (@fix none) => { None };
    (@fix safe) => { Some(Consent::Safe) };
    (@fix $name:literal) => { Some(Consent::Named($name)) };
}

rules! {
    // Ids and what refers to them.
    duplicate_id "duplicate-id" Error on "renumber";
    scoped_ids "scoped-ids" Info on none;
    missing_id "missing-id" Info on "ids";
    placeholder_id "placeholder-id" Warning on none;
    id_out_of_order "id-out-of-order" Info off none;
    dangling_dep "dangling-dep" Error on none;
    external_dep "external-dep" Info on none;
    self_dep "self-dep" Error on none;
    dep_cycle "dep-cycle" Error on none;
    phase_cycle "phase-cycle" Warning on none;
    unread_dependency "unread-dependency" Info on none;
    duplicate_dependency "duplicate-dependency" Info on none;
    redundant_dependency "redundant-dependency" Info off none;
    dependency_on_ancestor "dependency-on-ancestor" Warning on none;
    dependency_on_cancelled "dependency-on-cancelled" Warning on none;

    // What is said about progress.
    done_before_dep "done-before-dep" Warning on none;
    doing_before_dep "doing-before-dep" Info on none;
    phase_order "phase-order" Warning on none;
    parent_done_child_open "parent-done-child-open" Warning on safe;
    children_done_parent_open "children-done-parent-open" Warning on safe;
    done_with_open_criteria "done-with-open-criteria" Warning on none;
    done_with_open_bullets "done-with-open-bullets" Warning on none;
    section_state_conflict "section-state-conflict" Warning on none;
    column_mark_conflict "column-mark-conflict" Warning on none;
    title_state_conflict "title-state-conflict" Warning on none;
    stats_mismatch "stats-mismatch" Warning on "stats";
    wip_limit "wip-limit" Warning on none;
    blocked_without_reason "blocked-without-reason" Info on none;
    due_before_dependency "due-before-dependency" Warning on none;
    invalid_date "invalid-date" Warning on none;

    // What runs beside what.
    parallel_file_conflict "parallel-file-conflict" Warning on safe;
    parallel_depends "parallel-depends" Warning on none;
    unordered_file_conflict "unordered-file-conflict" Info on none;

    // Marks, titles, words.
    malformed_checkbox "malformed-checkbox" Warning on safe;
    midline_checkbox "midline-checkbox" Warning on none;
    unknown_mark "unknown-mark" Info on none;
    mixed_done_mark "mixed-done-mark" Info on safe;
    unknown_state_word "unknown-state-word" Info on none;
    legend_contradiction "legend-contradiction" Warning on none;
    empty_title "empty-title" Warning on none;
    duplicate_title "duplicate-title" Info on none;
    placeholder "placeholder" Warning on none;
    missing_file_path "missing-file-path" Info off none;
    misplaced_story_label "misplaced-story-label" Info on none;

    // Settings of the task language.
    near_miss_attribute "near-miss-attribute" Warning on none;
    duplicate_attribute "duplicate-attribute" Warning on none;
    invalid_attribute_value "invalid-attribute-value" Warning on none;
    path_outside_project "path-outside-project" Warning on none;
    run_without_check "run-without-check" Info off none;

    // The file as a whole.
    no_tasks "no-tasks" Info on none;
    duplicate_column "duplicate-column" Warning on none;
    duplicate_heading "duplicate-heading" Warning on none;
    empty_table_row "empty-table-row" Info on none;
    unclosed_fence "unclosed-fence" Warning on none;
    unclosed_comment "unclosed-comment" Warning on none;
    unclosed_front_matter "unclosed-front-matter" Warning on none;
    invalid_json "invalid-json" Error on none;
    mixed_indentation "mixed-indentation" Info on none;
    lookalike_character "lookalike-character" Warning on "lookalikes";
    mojibake "mojibake" Warning on "mojibake";
    invalid_utf8 "invalid-utf8" Warning on none;
    lone_cr "lone-cr" Warning on "eol";
    mixed_eol "mixed-eol" Info on "eol";
    bom "bom" Info on "bom";

    // Comments that speak to checkoff.
    unknown_directive "unknown-directive" Warning on none;
    unknown_allow "unknown-allow" Warning on none;
    unused_allow "unused-allow" Warning on none;
}
