//! `checkoff log`: what happened in a run, and all that is known about a task in it.

mod task;

use std::io::Write;

use checkoff_core::RunId;
use checkoff_core::event::Event;
use checkoff_engine::Recorded;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::board::{Board, Standing};
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{styled, styles};
use crate::stores::{self, Past};
use crate::watch::{self, Format, Narrator, narrator};
use task::Story;

/// Show what happened in a run, or the evidence of one task
///
/// For a task: each attempt with its command, how and when it ended, processor time, memory,
/// all that it wrote, the files it changed, and the results of its `done when` commands.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff log                     what happened in the newest run
  checkoff log T004                the evidence of T004 in it
  checkoff log r3 T004             and in run r3
  checkoff log -f                  what happens, as it happens
  checkoff log -f T004             what T004 writes, as it writes it
  checkoff log r3 --format json    every event, for programs (`checkoff help events`)")]
pub(crate) struct Args {
    /// A run, `r3`, or a task of the newest one [default: the newest run]
    #[arg(value_name = "RUN")]
    first: Option<String>,
    /// A task of that run: its id or title
    #[arg(value_name = "TASK")]
    second: Option<String>,
    /// Go on until the run ends
    #[arg(long, short)]
    follow: bool,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Between two looks at the log while following it.
const POLL: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let (run, task) = self.words()?;
        let past = Past::open(context)?;
        let row = past.run(run)?;
        let board = past.blank_board(row.run)?;
        let task = match task {
            Some(word) => Some(stores::find_task(&board, row.run, word)?),
            None => None,
        };
        let told = match task {
            Some(task) => Told::Task(Story::new(task)),
            None => Told::Run(Narrator::default()),
        };
        let mut teller = Teller { context, past, run: row.run, board, told, format: self.format };
        let mut after = 0;
        let mut is_attended;
        loop {
            is_attended = teller.past.is_attended(&row);
            after = teller.catch_up(after)?;
            if !self.follow || teller.is_over() || !is_attended {
                break;
            }
            context.output.flush()?;
            if !wait_for_more() {
                return Ok(Exit::Success);
            }
        }
        teller.close(is_attended)?;
        Ok(Exit::Success)
    }

    /// The run and the task among the words.
    fn words(&self) -> Result<(Option<RunId>, Option<&str>), CommandError> {
        match (&self.first, &self.second) {
            (None, _) => Ok((None, None)),
            (Some(word), None) => match word.parse() {
                Ok(run) if word.starts_with(['r', 'R']) => Ok((Some(run), None)),
                _ => Ok((None, Some(word))),
            },
            (Some(run), Some(task)) => {
                let run = run.parse().map_err(CommandError::usage)?;
                Ok((Some(run), Some(task)))
            }
        }
    }
}

/// Waits until it is time to look again; `false` when nobody reads the output any more, which a
/// follower that has nothing to write would never find out.
fn wait_for_more() -> bool {
    let stdout = std::io::stdout();
    let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
    match poll(&mut watched, Some(&POLL)) {
        Ok(_) => !watched[0].revents().intersects(PollFlags::ERR),
        // Interrupted: look a little earlier.
        Err(_) => true,
    }
}

/// What is told: the run, or one task of it.
enum Told {
    Run(Narrator),
    Task(Story),
}

/// Tells a run event by event.
struct Teller<'a> {
    context: &'a Context,
    past: Past,
    run: RunId,
    board: Board,
    told: Told,
    format: Format,
}

impl Teller<'_> {
    /// Tells what follows the event with this number; the number of the last one.
    fn catch_up(&mut self, mut after: u64) -> Result<u64, CommandError> {
        let events = self.past.history().events(self.run, after).map_err(stores::history_error)?;
        for recorded in &events {
            after = recorded.seq;
            self.board.apply(recorded);
            self.tell(recorded)?;
        }
        match &mut self.told {
            _ if self.format == Format::Json => {}
            Told::Task(story) => story.look(self.context)?,
            Told::Run(narrator) => {
                for line in narrator.rest(&self.board) {
                    writeln!(self.context.output.data(), "          {line}")?;
                }
            }
        }
        Ok(after)
    }

    fn tell(&mut self, recorded: &Recorded) -> Result<(), CommandError> {
        if let Told::Task(story) = &self.told
            && task_of(&recorded.event) != Some(story.task())
        {
            return Ok(());
        }
        if self.format == Format::Json {
            let line = watch::event_line(self.run, &self.board, recorded);
            writeln!(self.context.output.data(), "{line}")?;
            return Ok(());
        }
        let narrator = match &mut self.told {
            Told::Task(story) => return story.tell(self.context, &self.past, &self.board, recorded),
            Told::Run(narrator) => narrator,
        };
        let width = self.context.output.width().saturating_sub(10);
        let time = watch::clock(recorded.at);
        let mut data = self.context.output.data();
        for line in narrator.tell(&self.board, recorded, width) {
            let time = if narrator::is_output(&line) { "" } else { &time };
            writeln!(data, "{:<9} {line}", styled(styles::DIM, time))?;
        }
        Ok(())
    }

    /// Whether nothing more is going to happen for now.
    fn is_over(&self) -> bool {
        let is_settled = match &self.told {
            Told::Run(_) => false,
            Told::Task(story) => {
                !matches!(self.board.standing(story.task()), Standing::Left | Standing::Active)
            }
        };
        is_settled || self.board.outcome().is_some()
    }

    /// Where the run, or the task, stands after all that.
    fn close(&self, is_attended: bool) -> Result<(), CommandError> {
        if self.format == Format::Json {
            return Ok(());
        }
        if let Told::Task(story) = &self.told {
            return story.close(self.context, &self.board);
        }
        let width = self.context.output.width();
        let summary = watch::summary(self.run, &self.board, stores::stage(&self.board, is_attended), width);
        write!(self.context.output.data(), "\n{summary}")?;
        Ok(())
    }
}

/// The task an event is about.
fn task_of(event: &Event) -> Option<checkoff_core::TaskIndex> {
    match event {
        Event::AttemptReserved { attempt }
        | Event::AttemptStarted { attempt, .. }
        | Event::AttemptWithdrawn { attempt }
        | Event::AttemptFinished { attempt, .. }
        | Event::ChecksFinished { attempt, .. } => Some(attempt.task),
        Event::TaskDone { task, .. }
        | Event::TaskFailed { task, .. }
        | Event::TaskBlocked { task, .. }
        | Event::TaskAsked { task, .. }
        | Event::TaskReopened { task, .. }
        | Event::PersonDone { task }
        | Event::RetryRequested { task } => Some(*task),
        Event::RunStarted { .. }
        | Event::RunResumed { .. }
        | Event::BoxWritten { .. }
        | Event::BoxRefused { .. }
        | Event::DrainRequested
        | Event::CancelRequested
        | Event::RunFinished { .. } => None,
    }
}
