//! The keeper: the process that is the parent of all attempts of a run.
//!
//! It exists so that checkoff may die. A parent alone learns how its child ended;
//! were that checkoff itself, a `kill -9` of it would lose every exit under way. The
//! keeper is small, decides nothing, has a session of its own (so Ctrl-C in the
//! terminal reaches neither it nor the attempts), and writes down what it does in its
//! [journal](mod@crate::settle) before anybody hears of it.
//!
//! ```text
//!  checkoff                         keeper  (own session)
//!  ┌─────────┐ commands: stdin ▶ ┌───────────────┐ posix_spawn ┌─────────┐
//!  │ Keeper  │                   │ serve: 1 epoll│────────────▶│ attempt │ own group
//!  │ (handle)│ ◀ stdout: reports │ 1 thread      │◀── pidfd ───│         │
//!  └─────────┘                   └──┬────────┬───┘             └────┬────┘
//!                          journal ◀┘        └ reads when it ended ─▶ spool file
//! ```
//!
//! [`Keeper`] is the engine's end and a [`Runtime`]. The other end runs in a process
//! ([`Keeper::spawn`], [`main`]) or, for tests, in a thread ([`Keeper::in_process`]):
//! the same loop over the same pipes.
//!
//! When the engine's end closes, wanted or not, the keeper starts nothing more, waits
//! for what runs, records it, and ends.

mod serve;
mod slot;

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::Sender;
use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};

use crate::attempt::{AttemptSpec, CancelMode, PartId};
use crate::frame::next_frame;
use crate::message::{Answer, Command as Request, PROTOCOL};
use crate::runtime::{Report, Runtime, RuntimeGone};

pub(crate) use serve::now;

/// The file a keeper writes its facts to, in its folder.
pub(crate) const JOURNAL: &str = "journal";
/// The file a keeper holds locked while it lives.
pub(crate) const LOCK: &str = "lock";
/// The folder of the files attempts write to while they run.
pub(crate) const SPOOLS: &str = "spool";
/// The folder of long outputs.
pub(crate) const OUTPUTS: &str = "output";
/// What the keeper itself has to say, which is nothing unless it is broken.
const COMPLAINTS: &str = "stderr";

/// How much is read from a pipe at once.
const READ_AT_ONCE: usize = 64 << 10;

/// What a keeper may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeeperOptions {
    /// How many attempts run at once; more wait their turn, checks before work. At
    /// least 1.
    pub slots: u32,
    /// Bytes to leave free on the disk of the outputs: when less is left, the attempt
    /// that has written most is ended.
    pub disk_reserve: u64,
    /// How long processes that outlive their attempt have to end by themselves.
    pub linger: Duration,
    /// How often the size of outputs and the free space are looked at.
    pub watch_every: Duration,
}

impl Default for KeeperOptions {
    fn default() -> KeeperOptions {
        KeeperOptions {
            slots: 1,
            disk_reserve: 64 << 20,
            linger: Duration::from_millis(200),
            watch_every: Duration::from_millis(250),
        }
    }
}

/// A keeper could not be started.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// Its folder cannot be made.
    #[error("cannot make folder `{}` of the keeper", folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its process, thread or pipes cannot be made.
    #[error("cannot start the keeper")]
    Start(#[source] io::Error),
    /// It ended before it was ready.
    #[error("the keeper in `{}` ended at once: {why}", folder.display())]
    EndedAtOnce {
        /// Its folder.
        folder: PathBuf,
        /// What it said.
        why: String,
    },
    /// It said no.
    #[error("the keeper in `{}` refused: {why}", folder.display())]
    Refused {
        /// Its folder.
        folder: PathBuf,
        /// Why.
        why: String,
    },
}

/// The engine's end of a keeper. Dropping it closes the keeper without waiting: what
/// runs goes on to its end, and is recorded.
#[derive(Debug)]
pub struct Keeper {
    folder: PathBuf,
    /// `None` once it is closed.
    commands: Mutex<Option<File>>,
    reports: Sender<Report>,
    pid: u32,
    /// Set when the end of the keeper is wanted and no loss.
    closing: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.say_good_bye();
    }
}

impl Keeper {
    /// Starts a keeper in a process of its own. `program` is the command that ends in
    /// [`main`]; the folder becomes its last argument. The folder is made, and must
    /// not have had a keeper before (see [`next_folder`]).
    ///
    /// # Errors
    /// The folder or the process cannot be made, or the keeper does not take it.
    pub fn spawn(
        mut program: Command,
        folder: &Path,
        options: KeeperOptions,
        reports: Sender<Report>,
    ) -> Result<Keeper, KeeperError> {
        let folder = make_folder(folder)?;
        let complaints = File::create(folder.join(COMPLAINTS)).map_err(KeeperError::Start)?;
        let mut child = program
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(complaints)
            .spawn()
            .map_err(KeeperError::Start)?;
        let pipes = (child.stdin.take().map(OwnedFd::from), child.stdout.take().map(OwnedFd::from));
        let (Some(commands), Some(answers)) = pipes else {
            return Err(KeeperError::Start(io::ErrorKind::BrokenPipe.into()));
        };
        Keeper::open(folder, commands, answers, options, reports, Other::Process(child))
    }

    /// Runs a keeper in a thread of this process: attempts are children of this
    /// process and share its session.
    ///
    /// # Errors
    /// As for [`spawn`](Keeper::spawn).
    pub fn in_process(
        folder: &Path,
        options: KeeperOptions,
        reports: Sender<Report>,
    ) -> Result<Keeper, KeeperError> {
        let folder = make_folder(folder)?;
        let pipe =
            || pipe_with(PipeFlags::CLOEXEC).map_err(|error| KeeperError::Start(error.into()));
        let (its_commands, commands) = pipe()?;
        let (answers, its_answers) = pipe()?;
        let its_folder = folder.clone();
        let thread = thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || serve::serve(&its_folder, its_commands, its_answers))
            .map_err(KeeperError::Start)?;
        Keeper::open(folder, commands, answers, options, reports, Other::Thread(thread))
    }

    fn open(
        folder: PathBuf,
        commands: OwnedFd,
        answers: OwnedFd,
        options: KeeperOptions,
        reports: Sender<Report>,
        other: Other,
    ) -> Result<Keeper, KeeperError> {
        let mut commands = File::from(commands);
        let mut greeting = Vec::new();
        Request::Open { protocol: PROTOCOL, options }.encode(&mut greeting);
        let mut answers = Answers { pipe: File::from(answers), bytes: Vec::new(), read: 0 };
        // A keeper that died before it read this says why on the other pipe, or not.
        let asked = commands.write_all(&greeting);
        let pid = match answers.next() {
            Some(Answer::Ready { protocol: PROTOCOL, pid }) if asked.is_ok() => pid,
            Some(Answer::Refused(why)) => return Err(KeeperError::Refused { folder, why }),
            Some(_) => {
                let why = "it is of another version of checkoff".to_owned();
                return Err(KeeperError::Refused { folder, why });
            }
            None => {
                drop(commands);
                let why = other.ended(&folder);
                return Err(KeeperError::EndedAtOnce { folder, why });
            }
        };
        let closing = Arc::new(AtomicBool::new(false));
        let reader = thread::Builder::new()
            .name("keeper-reports".to_owned())
            .spawn({
                let (folder, reports, closing) = (folder.clone(), reports.clone(), closing.clone());
                move || pass_on(answers, &reports, other, &folder, &closing)
            })
            .map_err(KeeperError::Start)?;
        let commands = Mutex::new(Some(commands));
        Ok(Keeper { folder, commands, reports, pid, closing, reader: Some(reader) })
    }

    /// The folder it lives in, absolute.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The process it lives in.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Lets it end when nothing runs any more, and waits for that. Every report is in
    /// the channel when this returns, so the channel must have room or a reader.
    pub fn close(mut self) {
        self.say_good_bye();
        if let Some(reader) = self.reader.take() {
            // A panic of the reader has been printed, and there is nothing to clean up.
            let _ = reader.join();
        }
    }

    /// Closes the pipe of commands, which is how a keeper knows.
    fn say_good_bye(&self) {
        self.closing.store(true, Ordering::SeqCst);
        self.commands.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn send(&self, request: &Request) -> Result<(), RuntimeGone> {
        let mut bytes = Vec::new();
        request.encode(&mut bytes);
        let mut pipe = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        let pipe = pipe.as_mut().ok_or(RuntimeGone)?;
        pipe.write_all(&bytes).map_err(|_| RuntimeGone)
    }
}

impl Runtime for Keeper {
    fn start(&self, spec: AttemptSpec) -> Result<(), RuntimeGone> {
        if let Some(refused) = slot::too_long_to_ask(&spec) {
            return self.reports.send(Report::Finished(refused)).map_err(|_| RuntimeGone);
        }
        self.send(&Request::Start(spec))
    }

    fn withdraw(&self, id: PartId) -> Result<(), RuntimeGone> {
        self.send(&Request::Withdraw(id))
    }

    fn cancel(&self, id: PartId, mode: CancelMode) -> Result<(), RuntimeGone> {
        self.send(&Request::Cancel { id, mode })
    }

    fn acknowledge(&self, ids: &[PartId]) -> Result<(), RuntimeGone> {
        self.send(&Request::Acknowledge(ids.to_vec()))
    }
}

/// A folder for another keeper below `home`, which is made when it is not there:
/// `keeper-1`, `keeper-2`, … A run has one for every time it was taken up.
///
/// # Errors
/// The folder cannot be made.
pub fn next_folder(home: &Path) -> Result<PathBuf, KeeperError> {
    let failed = |source| KeeperError::Folder { folder: home.to_owned(), source };
    fs::create_dir_all(home).map_err(failed)?;
    let last = folders(home).map_err(failed)?.last().map_or(0, |(number, _)| *number);
    let mut number = last + 1;
    loop {
        let folder = home.join(format!("keeper-{number}"));
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(source) => return Err(KeeperError::Folder { folder, source }),
        }
    }
}

/// The folders of all keepers below `home` with their numbers, oldest first.
pub(crate) fn folders(home: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let entries = match fs::read_dir(home) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("keeper-")?.parse().ok());
        folders.extend(number.map(|number: u64| (number, entry.path())));
    }
    folders.sort_unstable();
    Ok(folders)
}

/// The whole life of a keeper process: commands from standard input, reports to
/// standard output, everything else in `folder`. Returns when all is over.
///
/// # Errors
/// The folder is another keeper's, or its journal cannot be written.
pub fn main(folder: &Path) -> io::Result<()> {
    // Fails only for the leader of a group, which has no terminal to lose either when
    // it leads a session, and was put there on purpose when it does not.
    let _ = rustix::process::setsid();
    keep_exits()?;
    let commands = io::stdin().as_fd().try_clone_to_owned()?;
    let reports = io::stdout().as_fd().try_clone_to_owned()?;
    serve::serve(folder, commands, reports)
}

/// Makes sure that the kernel keeps the exits of children for this process: where
/// SIGCHLD is ignored, which is inherited (`trap '' CHLD`), it throws them away.
fn keep_exits() -> io::Result<()> {
    let status = fs::read_to_string("/proc/self/status")?;
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    let child_signal = 1 << (signal_hook::consts::SIGCHLD - 1);
    if mask & child_signal != 0 {
        // Any handler will do, even one that nobody looks at.
        signal_hook::flag::register(signal_hook::consts::SIGCHLD, Arc::default())?;
    }
    Ok(())
}

fn make_folder(folder: &Path) -> Result<PathBuf, KeeperError> {
    let failed = |source| KeeperError::Folder { folder: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    folder.canonicalize().map_err(failed)
}

/// Where the other end runs.
enum Other {
    Process(Child),
    Thread(JoinHandle<io::Result<()>>),
}

impl Other {
    /// Waits for its end and says what is known about that.
    fn ended(self, folder: &Path) -> String {
        match self {
            Other::Process(mut child) => {
                let status = match child.wait() {
                    Ok(status) => status.to_string(),
                    Err(error) => error.to_string(),
                };
                let said = fs::read(folder.join(COMPLAINTS)).unwrap_or_default();
                let said = String::from_utf8_lossy(&said);
                match said.trim() {
                    "" => status,
                    said => format!("{status}: {said}"),
                }
            }
            Other::Thread(thread) => match thread.join() {
                Ok(Ok(())) => "its work was over".to_owned(),
                Ok(Err(error)) => error.to_string(),
                Err(_) => "its thread panicked".to_owned(),
            },
        }
    }
}

/// Hands reports from the pipe to the channel until the keeper has ended.
fn pass_on(
    mut answers: Answers,
    reports: &Sender<Report>,
    other: Other,
    folder: &Path,
    closing: &AtomicBool,
) {
    while let Some(answer) = answers.next() {
        if let Answer::Report(report) = answer
            && reports.send(report).is_err()
        {
            // Nobody listens: the engine is on its way out, and the journal has it all.
            break;
        }
    }
    // A keeper that still has something to say must not wait for us.
    drop(answers);
    let why = other.ended(folder);
    if !closing.load(Ordering::SeqCst) {
        let _ = reports.send(Report::Lost { why });
    }
}

/// The reading end of the pipe of reports.
struct Answers {
    pipe: File,
    bytes: Vec<u8>,
    /// How many of `bytes` have been handed out.
    read: usize,
}

impl Answers {
    /// The next answer; `None` at the end of the pipe, or where it makes no sense.
    fn next(&mut self) -> Option<Answer> {
        loop {
            if let Some((fields, len)) = next_frame(&self.bytes[self.read..]).ok()? {
                let answer = Answer::decode(fields).ok()?;
                self.read += len;
                return Some(answer);
            }
            self.bytes.drain(..self.read);
            self.read = 0;
            self.bytes.reserve(READ_AT_ONCE);
            let count = loop {
                match rustix::io::read(&self.pipe, spare_capacity(&mut self.bytes)) {
                    Err(Errno::INTR) => {}
                    other => break other.unwrap_or(0),
                }
            };
            if count == 0 {
                return None;
            }
        }
    }
}
