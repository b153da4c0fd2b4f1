//! `checkoff set`: gives one task another state, in the very file.
//!
//! The selector must mean one thing in all lists it is looked for in. What is
//! written is decided again under the lock, on the bytes that are there then
//! (see `checkoff_engine::plan_file`); here is only what a person sees of it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use checkoff_engine::plan_file::{self, PlanFileError};
use checkoff_plan::dialect::Dialect;
use checkoff_plan::document::{Document, State};
use checkoff_plan::edit::{self, Change};
use checkoff_plan::read;
use checkoff_plan::select::{self, Found, SelectError, Selector};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{counted, styled, styles};
use crate::plan_files::{self, unwritten};

/// Give a task another state: only the bytes that say so change
///
/// A SELECTOR is an id (`T014`), an id in its section (`Phase 3/T014`), a line (`line:48`), or the
/// title below its headings (`Set up/Install`, any unambiguous end). `…/step:2` is the second box
/// of a task. When it is unclear which box is meant, or how this list writes a state, nothing is
/// written and the command ends with 4.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff set T014 done                        in the lists of this project
  checkoff set line:48 doing --file TASKS.md
  checkoff set 'Set up/Install' done --rollup   also the parent, when it was the last
  checkoff set T014/step:2 done
  checkoff set T014 done --commit 1a2b3c4 --dry-run")]
pub(crate) struct Args {
    /// Which task: an id, `section/id`, `line:N`, a title path, `…/step:N`
    selector: Selector,
    /// todo, doing, done, blocked or cancelled
    state: State,
    /// The list, or a folder of lists; may be given several times [default: this project]
    #[arg(long = "file", short = 'f', value_name = "PATH")]
    files: Vec<PathBuf>,
    /// Set the N-th box of the task instead of the task
    #[arg(long, value_name = "N")]
    step: Option<std::num::NonZeroUsize>,
    /// Append ` (TEXT)` to the title
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Append this commit to the line
    #[arg(long, value_name = "SHA")]
    commit: Option<String>,
    /// Check the parent too when its last open child closes, and so on upwards
    #[arg(long)]
    rollup: bool,
    /// Renew `updated_date` in front matter
    #[arg(long)]
    touch: bool,
    /// Show what would change, and change nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        if self.files.iter().any(|file| file == Path::new("-")) {
            return Err(CommandError::usage("standard input cannot be written back"));
        }
        let documents = plan_files::documents(context, &self.files)?;
        let selector = match self.step {
            Some(step) => self.selector.clone().step(step.get()),
            None => self.selector.clone(),
        };
        let among: Vec<&Document> = documents.iter().collect();
        let found = select::resolve_among(&among, &selector).map_err(unselected)?;
        let document = &documents[found.document];
        let options = self.options(document);

        let (before, change, after) = if self.dry_run {
            self.rehearse(context, document, found, &options)?
        } else {
            let path = PathBuf::from(&document.path);
            let reading = read::Options { profile: context.settings.profile };
            let wishes = [(found.target, self.state)];
            let written = plan_file::set(&path, document, &wishes, &reading, &options)
                .map_err(unwritten)?;
            (written.before.into_owned(), written.change, written.after)
        };
        if change.is_empty() {
            let name = found.target.name(document);
            context.output.note(format_args!("`{name}` is {} already", self.state));
            return Ok(Exit::Success);
        }
        print(&mut *context.output.data(), &before, &after, &change)?;
        if self.dry_run {
            context.output.note("nothing was written (--dry-run)");
        }
        Ok(Exit::Success)
    }

    fn options(&self, document: &Document) -> edit::Options {
        // The clock is read only where the dialect writes a date.
        let dated = self.touch || document.detection.dialect == Dialect::TodoTxt;
        edit::Options {
            note: self.note.clone(),
            commit: self.commit.clone(),
            rollup: self.rollup,
            touch: self.touch,
            now: dated.then(|| jiff::Zoned::now().strftime("%Y-%m-%d %H:%M").to_string()),
        }
    }

    /// What would be written, proved like a real write.
    fn rehearse(
        &self,
        context: &Context,
        document: &Document,
        found: Found,
        options: &edit::Options,
    ) -> Result<(Document, Change, Document), CommandError> {
        let path = PathBuf::from(&document.path);
        let change = edit::set(document, found.target, self.state, options).map_err(|source| {
            unwritten(PlanFileError::Refused { path: path.clone(), source })
        })?;
        let bytes = change.apply(document).map_err(|source| {
            unwritten(PlanFileError::Apply { path: path.clone(), source })
        })?;
        let reading = read::Options { profile: context.settings.profile };
        let after = read::read(&document.path, bytes, &reading);
        edit::verify(document, &after, &change)
            .map_err(|source| unwritten(PlanFileError::Verify { path, source }))?;
        Ok((document.clone(), change, after))
    }
}

/// The changed lines before and after; of a card that moves, where from and where to.
pub(crate) fn print(
    data: &mut dyn Write,
    before: &Document,
    after: &Document,
    change: &Change,
) -> io::Result<()> {
    let path = &before.path;
    for moved in &change.moves {
        let count = counted(moved.count, "line");
        let from = before.text(before.line_span(moved.first));
        let to = if moved.before > moved.first { moved.before - moved.count } else { moved.before };
        writeln!(data, "{}", styled(styles::NAME, format_args!("{path}:{}", moved.first)))?;
        writeln!(data, "  {from}")?;
        writeln!(data, "  {count} moved to line {to}")?;
    }
    if !change.moves.is_empty() {
        return Ok(());
    }
    for line in 1..=before.lines.len() {
        let (old, new) = (before.line_bytes(line), after.line_bytes(line));
        if old == new {
            continue;
        }
        writeln!(data, "{}", styled(styles::NAME, format_args!("{path}:{line}")))?;
        for (sign, style, text) in [('-', styles::BAD, old), ('+', styles::GOOD, new)] {
            write!(data, "{style}{sign} ")?;
            data.write_all(text)?;
            writeln!(data, "{style:#}")?;
        }
    }
    Ok(())
}

/// A selector that selects nothing is a wrong name; one that selects two is refused.
pub(crate) fn unselected(error: SelectError) -> CommandError {
    let exit = match &error {
        SelectError::Ambiguous { .. } => Exit::Refused,
        SelectError::NotFound { .. } | SelectError::NoSuchStep { .. } => Exit::Input,
    };
    let hint = error.hint();
    CommandError::from_error(exit, error).maybe_hint(hint)
}
