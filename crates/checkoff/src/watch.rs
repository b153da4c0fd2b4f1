//! Watching a run until it ends, and passing on what the user wants of it.
//!
//! ```text
//!  engine ── updates ──▶ board (where everything stands) ──▶ screen: live, plain or JSON
//!  Ctrl-C ── signals ──▶ once: drain, twice: cancel ──▶ engine
//! ```
//!
//! The engine never waits for this side. Updates are taken in as they come and
//! drawn in frames, so that a run of ten thousand short tasks costs a hundred
//! drawings, not ten thousand.

mod json;
mod live;
pub(crate) mod narrator;
mod plain;
mod summary;

use std::io;
use std::time::Duration;

use checkoff_core::event::RunOutcome;
use checkoff_core::{RunId, Timestamp};
use checkoff_engine::{Ended, Handle, Running, Update};
use crossbeam_channel::{Receiver, bounded, select};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::board::Board;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

pub(crate) use json::{REFERENCE, counts, done_because, event_line, time};
pub(crate) use narrator::{Narrator, tail_lines};
pub(crate) use summary::{Stage, summary};

/// Updates taken in between two looks at the clock.
const UPDATES_PER_FRAME_MAX: usize = 4_096;
/// With so many updates at once, more are on the way.
const UPDATES_OF_A_BURST: usize = 16;
/// How long to let them gather. Whoever waits for the next update is woken by it, and a burst of
/// thousands would be as many wake-ups, of which each costs the engine more than the update.
const BURST_PAUSE: Duration = Duration::from_millis(15);

/// How a run is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// A live screen on a terminal, else a line per task
    #[default]
    Text,
    /// One event a line; see `checkoff help events`
    Json,
}

/// Watches a run to its end; what the process ends with.
pub(crate) fn watch(
    context: &Context,
    running: &Running,
    mut board: Board,
    format: Format,
) -> Result<Exit, CommandError> {
    let signals = signals().map_err(|error| {
        let error = anyhow::Error::new(error).context("signals cannot be watched");
        CommandError::from_error(Exit::System, error)
    })?;
    let mut screen = Screen::new(context, format);
    let mut wishes = Wishes::default();
    let mut taken = 0;
    let ended = loop {
        if taken >= UPDATES_OF_A_BURST {
            std::thread::sleep(BURST_PAUSE);
        }
        taken = 0;
        let frame = crossbeam_channel::after(screen.frame_time());
        select! {
            recv(running.updates) -> update => {
                let first = update.ok();
                let more = std::iter::from_fn(|| running.updates.try_recv().ok());
                let mut ended = first.is_none().then(|| gone(running.handle.run()));
                for update in first.into_iter().chain(more).take(UPDATES_PER_FRAME_MAX) {
                    taken += 1;
                    match update {
                        Update::Ended(how) => ended = Some(how),
                        update => screen.take(context, &mut board, running.handle.run(), update)?,
                    }
                }
                if let Some(ended) = ended {
                    break ended;
                }
            }
            recv(signals) -> signal => {
                wishes.take(signal.unwrap_or(SIGTERM), &running.handle);
            }
            recv(frame) -> _ => {}
        }
        screen.draw(context, &board, now())?;
    };
    screen.close(context, &board)?;
    finish(context, &board, format, &ended, wishes)
}

/// What the user has asked for by signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Wishes {
    /// Nothing.
    #[default]
    GoOn,
    /// The first Ctrl-C, or the terminal went away: finish what runs, and stop.
    Stop,
    /// The second Ctrl-C, or TERM: end what runs.
    Cancel,
}

impl Wishes {
    /// Passes a signal on; the event that follows says so on the screen.
    fn take(&mut self, signal: i32, handle: &Handle) {
        if *self == Wishes::GoOn && signal != SIGTERM {
            *self = Wishes::Stop;
            handle.drain();
        } else {
            *self = Wishes::Cancel;
            handle.cancel();
        }
    }
}

/// The engine went away without a word.
fn gone(run: RunId) -> Ended {
    Ended::Broken { run, causes: vec!["the engine ended without saying why".to_owned()] }
}

/// The last words, and the exit code.
fn finish(
    context: &Context,
    board: &Board,
    format: Format,
    ended: &Ended,
    wishes: Wishes,
) -> Result<Exit, CommandError> {
    match ended {
        Ended::Finished { run, outcome } => {
            let stopped = wishes == Wishes::Stop;
            let stage = match outcome {
                RunOutcome::Cancelled if stopped => Stage::Stopped,
                outcome => Stage::Ended(*outcome),
            };
            let written = match format {
                Format::Json => json::write_ended(context, *run, *outcome),
                Format::Text => summary::print(context, *run, board, stage),
            };
            heard(written.and_then(|()| context.output.flush()))?;
            Ok(exit_of(*outcome, stopped))
        }
        Ended::Broken { run, causes } => Err(CommandError::new(
            Exit::System,
            format_args!("run {run} broke off: {}", causes.join(": ")),
        )
        .hint(format_args!("nothing is lost; `checkoff resume {run}` goes on"))),
    }
}

/// Whether there is still a reader. That there is none is no reason to end a run: what is under
/// way has to be seen to its end, and what it ends with counts.
fn heard(written: io::Result<()>) -> io::Result<bool> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

/// The exit code of an outcome.
pub(crate) fn exit_of(outcome: RunOutcome, stopped: bool) -> Exit {
    match outcome {
        RunOutcome::Succeeded => Exit::Success,
        RunOutcome::Failed => Exit::RunFailed,
        RunOutcome::Waiting => Exit::RunWaiting,
        RunOutcome::Cancelled if stopped => Exit::RunStopped,
        RunOutcome::Cancelled => Exit::RunCancelled,
    }
}

/// Each interrupt, terminate or hang-up signal by its number.
fn signals() -> io::Result<Receiver<i32>> {
    let (sender, receiver) = bounded(8);
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            // More than eight unanswered signals say nothing new.
            let _ = sender.try_send(signal);
        }
    })?;
    Ok(receiver)
}

/// The time of day, for "since when" beside the engine's own timestamps.
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let us = since.unwrap_or_default().as_micros();
    Timestamp::from_unix_us(u64::try_from(us).unwrap_or(u64::MAX))
}

/// The local time of day of an event: `14:03:27`.
pub(crate) fn clock(at: Timestamp) -> String {
    let us = i64::try_from(at.as_unix_us()).unwrap_or(i64::MAX);
    let at = jiff::Timestamp::from_microsecond(us).unwrap_or(jiff::Timestamp::MAX);
    at.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M:%S").to_string()
}

/// Where a run is shown.
enum Screen {
    Live(Box<live::Live>),
    Plain(plain::Plain),
    Json,
    /// JSON that nobody reads any more.
    Unheard,
}

impl Screen {
    fn new(context: &Context, format: Format) -> Screen {
        match format {
            Format::Json => Screen::Json,
            Format::Text if context.output.is_quiet() => Screen::Plain(plain::Plain::new(true)),
            Format::Text if context.output.is_live() => {
                Screen::Live(Box::new(live::Live::new(context)))
            }
            Format::Text => Screen::Plain(plain::Plain::new(false)),
        }
    }

    /// How long to wait for updates before drawing again.
    fn frame_time(&self) -> Duration {
        match self {
            Screen::Live(_) => Duration::from_millis(100),
            Screen::Plain(_) | Screen::Json | Screen::Unheard => Duration::from_secs(1),
        }
    }

    /// Takes in what the engine said.
    fn take(
        &mut self,
        context: &Context,
        board: &mut Board,
        run: RunId,
        update: Update,
    ) -> Result<(), CommandError> {
        match update {
            Update::Committed(recorded) => {
                board.apply(&recorded);
                match self {
                    Screen::Live(live) => live.tell(board, &recorded),
                    Screen::Plain(plain) => plain.tell(context, board, &recorded),
                    Screen::Json => {
                        let written = json::write_event(context, run, board, &recorded);
                        self.went_out(written)?;
                    }
                    Screen::Unheard => {}
                }
            }
            Update::Waiting { message } => match self {
                Screen::Json => self.went_out(json::write_waiting(context, run, &message))?,
                _ => self.say(context, &message),
            },
            Update::Output { .. } | Update::Ended(_) => {}
        }
        Ok(())
    }

    /// Says something that is no event.
    fn say(&mut self, context: &Context, message: &str) {
        match self {
            Screen::Live(live) => live.say(message),
            Screen::Plain(plain) => plain.say(context, message),
            Screen::Json | Screen::Unheard => context.output.note(message),
        }
    }

    /// Shows the state of things.
    fn draw(&mut self, context: &Context, board: &Board, now: Timestamp) -> io::Result<()> {
        match self {
            Screen::Live(live) => live.draw(board, now),
            Screen::Plain(plain) => plain.draw(context, board, now),
            Screen::Json => self.went_out(context.output.flush())?,
            Screen::Unheard => {}
        }
        Ok(())
    }

    /// Says no more when nobody reads it.
    fn went_out(&mut self, written: io::Result<()>) -> io::Result<()> {
        if !heard(written)? {
            *self = Screen::Unheard;
        }
        Ok(())
    }

    /// Takes the live part away and shows what is still to be told.
    fn close(&mut self, context: &Context, board: &Board) -> io::Result<()> {
        match self {
            Screen::Live(live) => live.close(board),
            Screen::Plain(plain) => plain.close(context, board),
            Screen::Json => self.went_out(context.output.flush())?,
            Screen::Unheard => {}
        }
        Ok(())
    }
}
