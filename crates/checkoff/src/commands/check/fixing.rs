//! `--fix` and `--diff`: the edits of the findings, applied or shown.

use std::io::{self, Write};
use std::sync::Arc;

use checkoff_plan::document::Document;
use checkoff_plan::lint::fix::{self, Fixed, Selection};
use checkoff_plan::lint::{self, Consent, Finding, RULES, Workspace};
use checkoff_plan::read;
use similar::{ChangeTag, TextDiff};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{counted, styled, styles};
use crate::parallel;
use crate::plan_files;
use crate::suggest;

/// One fix can uncover or have displaced another; after so many rounds two rules are at odds.
const ROUNDS_MAX: usize = 10;

/// The kinds of fixes beside `safe` and `all`.
fn named_kinds() -> impl Iterator<Item = &'static str> {
    RULES.iter().filter_map(|rule| match rule.fix {
        Some(Consent::Named(name)) => Some(name),
        _ => None,
    })
}

/// Whether a word can stand after `--fix=`.
pub(super) fn is_kind(word: &str) -> bool {
    matches!(word, "safe" | "all") || named_kinds().any(|name| name == word)
}

/// What is to be mended.
pub(super) struct Mending {
    selection: Selection,
}

impl Mending {
    /// From the words after `--fix=`.
    pub(super) fn new(words: &[String]) -> Result<Mending, CommandError> {
        let mut selection = Selection::default();
        for word in words {
            match &**word {
                "safe" => selection.safe = true,
                "all" => {
                    selection.safe = true;
                    selection.named.extend(named_kinds().map(str::to_owned));
                }
                name if is_kind(name) => selection.named.push(name.to_owned()),
                other => {
                    let mut kinds: Vec<&str> = vec!["safe", "all"];
                    kinds.extend(named_kinds());
                    kinds.dedup();
                    let meant = suggest::nearest(other, kinds.iter().copied());
                    return Err(CommandError::usage(format_args!("no fixes are called `{other}`"))
                        .maybe_hint(meant.map(|meant| format!("did you mean `--fix={meant}`?")))
                        .hint(format_args!("there are {}", kinds.join(", "))));
                }
            }
        }
        Ok(Mending { selection })
    }

    /// Whether anything is.
    pub(super) fn is_wanted(&self) -> bool {
        self.selection != Selection::default()
    }

    /// Mends the documents in memory; how many findings were mended in each.
    fn mend(
        &self,
        context: &Context,
        documents: &mut [Document],
        config: &lint::Config,
    ) -> Vec<usize> {
        let options = read::Options { profile: context.settings.profile };
        let mut mended = vec![0; documents.len()];
        for _ in 0..ROUNDS_MAX {
            let fixed = self.round(documents, config);
            let mut changed = false;
            for ((document, fixed), mended) in documents.iter_mut().zip(fixed).zip(&mut mended) {
                if fixed.applied > 0 && fixed.bytes != *document.bytes {
                    *mended += fixed.applied;
                    *document = read::read(&document.path, fixed.bytes, &options);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        mended
    }

    fn round(&self, documents: &[Document], config: &lint::Config) -> Vec<Fixed> {
        let workspace = Workspace::new(documents);
        let indices: Vec<usize> = (0..documents.len()).collect();
        let selection = &self.selection;
        parallel::map(&indices, |&index| {
            let findings = lint::check_document(&workspace, index, config);
            fix::apply(&documents[index], &findings, selection)
        })
    }

    /// Mends the documents and their files; how many findings were mended.
    pub(super) fn apply(
        &self,
        context: &Context,
        documents: &mut [Document],
        config: &lint::Config,
    ) -> Result<usize, CommandError> {
        let before: Vec<Arc<[u8]>> =
            documents.iter().map(|document| Arc::clone(&document.bytes)).collect();
        let mended = self.mend(context, documents, config);
        for (document, before) in documents.iter().zip(&before) {
            if document.bytes != *before {
                plan_files::replace(&document.path, before, &document.bytes)?;
            }
        }
        Ok(mended.iter().sum())
    }

    /// Prints what [`Mending::apply`] would change.
    pub(super) fn show(
        &self,
        context: &Context,
        mut documents: Vec<Document>,
        config: &lint::Config,
    ) -> CommandResult {
        let before = documents.clone();
        let mended = self.mend(context, &mut documents, config);
        let mut changes = false;
        for (before, after) in before.iter().zip(&documents) {
            if before.bytes != after.bytes {
                changes = true;
                print_difference(context, before, after)?;
            }
        }
        if !changes {
            context.output.note("nothing to mend");
            return Ok(Exit::Success);
        }
        let count = counted(mended.iter().sum(), "finding");
        context.output.note(format_args!("{count} would be mended"));
        Ok(Exit::Findings)
    }
}

/// A unified diff that `patch` accepts.
fn print_difference(context: &Context, before: &Document, after: &Document) -> io::Result<()> {
    let mut data = context.output.data();
    let difference = TextDiff::from_lines(&*before.bytes, &*after.bytes);
    let path = &before.path;
    let named = styles::NAME;
    write!(data, "{named}--- {path}\n+++ {path}{named:#}\n")?;
    for hunk in difference.unified_diff().context_radius(2).iter_hunks() {
        writeln!(data, "{}", styled(styles::NOTE, hunk.header()))?;
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', styles::BAD),
                ChangeTag::Insert => ('+', styles::GOOD),
                ChangeTag::Equal => (' ', anstyle::Style::new()),
            };
            let line: &[u8] = change.value();
            write!(data, "{style}{sign}")?;
            data.write_all(line.strip_suffix(b"\n").unwrap_or(line))?;
            writeln!(data, "{style:#}")?;
            if !line.ends_with(b"\n") {
                writeln!(data, "\\ No newline at end of file")?;
            }
        }
    }
    Ok(())
}

/// How the fixes of these findings are asked for.
pub(super) fn hints(findings: &[Finding]) -> Vec<String> {
    let consents = || findings.iter().filter_map(|finding| finding.fix.as_ref()).map(|it| it.consent);
    let mut hints = Vec::new();
    let safe = consents().filter(|consent| *consent == Consent::Safe).count();
    if safe > 0 {
        let are = if safe == 1 { "is" } else { "are" };
        hints.push(format!("{safe} {are} mended by `--fix`; `--diff` shows how"));
    }
    let mut named: Vec<String> = consents()
        .filter_map(|consent| match consent {
            Consent::Named(name) => Some(format!("`--fix={name}`")),
            Consent::Safe => None,
        })
        .collect();
    named.sort();
    let mut kinds = named.clone();
    kinds.dedup();
    if !kinds.is_empty() {
        let are = if named.len() == 1 { "is" } else { "are" };
        hints.push(format!("{} {are} mended when asked for by name: {}", named.len(), kinds.join(", ")));
    }
    hints
}
