//! What is printed, where, and in which colours.
//!
//! Data goes to standard output through [`Output::data`], which is buffered and
//! flushed once at the end (a live command flushes itself). Talk (progress,
//! notes, warnings, hints, errors) goes to standard error. Styles are always
//! written and stripped by the stream when its target is no terminal, `NO_COLOR`
//! is set, or `--color never` was given.

use std::cell::{RefCell, RefMut};
use std::fmt;
use std::io::{self, BufWriter, IsTerminal, StderrLock, StdoutLock, Write};
use std::process::ExitCode;

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

use crate::error::CommandError;

/// The styles of the whole program, by meaning.
pub(crate) mod styles {
    use super::{AnsiColor, Style};

    /// Failed, wrong.
    pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
    /// Doubtful, blocked, waiting.
    pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
    /// Done, right.
    pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
    /// Worth knowing; being worked on.
    pub(crate) const NOTE: Style = AnsiColor::Cyan.on_default();
    /// Names of things: ids, commands, rules.
    pub(crate) const NAME: Style = Style::new().bold();
    /// Beside the point: places, times, units.
    pub(crate) const DIM: Style = Style::new().dimmed();
}

/// Puts a style around something: `styled(styles::BAD, "failed")`.
pub(crate) fn styled<T: fmt::Display>(style: Style, value: T) -> Styled<T> {
    Styled { style, value }
}

/// See [`styled`].
pub(crate) struct Styled<T> {
    style: Style,
    value: T,
}

impl<T: fmt::Display> fmt::Display for Styled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.style)?;
        self.value.fmt(f)?;
        write!(f, "{:#}", self.style)
    }
}

/// A number with its noun: `1 list`, `2 lists`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A Markdown page for a terminal: the same text, paragraphs wrapped, headings
/// and code in their styles.
pub(crate) fn markdown(page: &str, width: usize) -> String {
    let mut text = String::with_capacity(page.len() * 2);
    let mut fenced = false;
    for line in page.lines() {
        let title = line.trim_start_matches('#');
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            text.push_str(&format!("    {}\n", styled(styles::NOTE, line)));
        } else if title.len() < line.len() && title.starts_with(' ') {
            text.push_str(&format!("{}\n", styled(styles::NAME, title.trim_start())));
        } else {
            paragraph(&mut text, line, width);
        }
    }
    text
}

/// One line of prose or list, wrapped at blanks, what stands between backticks in its style.
fn paragraph(text: &mut String, line: &str, width: usize) {
    let blanks = line.len() - line.trim_start().len();
    let hanging = if line.trim_start().starts_with("- ") { blanks + 2 } else { blanks };
    text.push_str(&line[..blanks]);
    let mut column = blanks;
    let mut in_code = false;
    for (index, word) in line.split_whitespace().enumerate() {
        let length = unicode_width::UnicodeWidthStr::width(word.replace('`', "").as_str());
        if index > 0 && column + 1 + length > width {
            text.push('\n');
            text.push_str(&" ".repeat(hanging));
            column = hanging;
        } else if index > 0 {
            text.push(' ');
            column += 1;
        }
        column += length;
        for (index, piece) in word.split('`').enumerate() {
            in_code ^= index > 0;
            if in_code && !piece.is_empty() {
                text.push_str(&styled(styles::NOTE, piece).to_string());
            } else {
                text.push_str(piece);
            }
        }
    }
    text.push('\n');
}

/// Whether colours are wanted, as given by `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Color {
    /// When the target is a terminal and `NO_COLOR` is not set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> anstream::ColorChoice {
        match color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
    }
}

/// Standard output and standard error of one command.
pub(crate) struct Output {
    stdout: RefCell<BufWriter<AutoStream<StdoutLock<'static>>>>,
    color: Color,
    quiet: bool,
    verbose: u8,
}

impl Output {
    /// Output in the given manner; `verbose` counts the `-v`s.
    pub(crate) fn new(color: Color, quiet: bool, verbose: u8) -> Output {
        let stdout = AutoStream::new(io::stdout().lock(), color.into());
        Output { stdout: RefCell::new(BufWriter::new(stdout)), color, quiet, verbose }
    }

    /// Where data is written. Never hold it while calling another method of this type.
    pub(crate) fn data(&self) -> RefMut<'_, impl Write + use<>> {
        self.stdout.borrow_mut()
    }

    /// Writes out what is buffered.
    pub(crate) fn flush(&self) -> io::Result<()> {
        self.stdout.borrow_mut().flush()
    }

    /// Standard error, for talk. What cannot be written there is lost, as there is nobody to tell.
    pub(crate) fn talk(&self) -> AutoStream<StderrLock<'static>> {
        AutoStream::new(io::stderr().lock(), self.color.into())
    }

    /// Says something in passing, unless `--quiet`.
    pub(crate) fn note(&self, message: impl fmt::Display) {
        if !self.quiet {
            let _ = writeln!(self.talk(), "{message}");
        }
    }

    /// Says something only a curious user wants, with `-v`.
    pub(crate) fn detail(&self, message: impl fmt::Display) {
        if self.verbose > 0 {
            let _ = writeln!(self.talk(), "{}", styled(styles::DIM, message));
        }
    }

    /// Warns, even when quiet.
    pub(crate) fn warn(&self, message: impl fmt::Display) {
        let _ = writeln!(self.talk(), "{}: {message}", styled(styles::WARN, "warning"));
    }

    /// Tells a way out, unless `--quiet`.
    pub(crate) fn hint(&self, message: impl fmt::Display) {
        if !self.quiet {
            let _ = writeln!(self.talk(), "{}: {message}", styled(styles::NOTE, "hint"));
        }
    }

    /// Prints an error with its sources and hints, and says what to exit with.
    pub(crate) fn report(&self, error: &CommandError) -> ExitCode {
        if error.silent {
            return error.exit.into();
        }
        let _ = self.flush();
        let mut talk = self.talk();
        let _ = writeln!(talk, "{}: {:#}", styled(styles::BAD, "error"), error.error);
        for hint in &error.hints {
            let _ = writeln!(talk, "{}: {hint}", styled(styles::NOTE, "hint"));
        }
        if error.exit == crate::exit::Exit::Internal {
            let _ = writeln!(
                talk,
                "{}: this should not happen; please report it with the command you gave",
                styled(styles::NOTE, "hint")
            );
        }
        error.exit.into()
    }

    /// Whether `--quiet` was given.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether talk gets colours.
    pub(crate) fn colors_talk(&self) -> bool {
        self.talk().current_choice() != anstream::ColorChoice::Never
    }

    /// Whether somebody can watch a live screen on standard error.
    pub(crate) fn is_live(&self) -> bool {
        io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
    }

    /// Whether somebody can answer a question.
    pub(crate) fn is_interactive(&self) -> bool {
        io::stderr().is_terminal() && io::stdin().is_terminal()
    }

    /// Columns to lay text out in: the terminal's, else those of `COLUMNS`, else 100.
    pub(crate) fn width(&self) -> usize {
        let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
        terminal.or_else(columns).unwrap_or(100).max(40)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_wrapped_and_code_keeps_its_text() {
        let page = "# Title\n\nSome words and `a command` more words.\n- an item that goes on\n\
                    ```toml\nkey = 1\n```\n";
        let plain = anstream::adapter::strip_str(&markdown(page, 24)).to_string();
        let expected = "Title\n\nSome words and a command\nmore words.\n- an item that goes on\n    \
                        key = 1\n";
        assert_eq!(plain, expected);
    }
}
