//! Writing back: boxes of done tasks are checked in their files, many at once.
//!
//! A rewrite costs as much as the file is long, and a run may finish thousands of
//! tasks a second. So the writer is a reconciler: it is given whatever is due now,
//! and after a write it rests for a multiple of the time that the write took. The
//! loop overrides the rest when nothing else is going on. Writing twice does no harm:
//! a box that is already checked is left as it is.
//!
//! When a file was edited meanwhile, the tasks are followed into the new text; one
//! that cannot be found there for sure is refused, alone, and the others are written. So is
//! one whose id now stands for other work: what was done is no evidence for that.

use std::io;
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use checkoff_core::spec::RunSpec;
use checkoff_core::{Event, TaskIndex};
use checkoff_plan::attribute::Key;
use checkoff_plan::document::{Document, State};
use checkoff_plan::select::{Follower, Target};
use checkoff_plan::{edit, read};
use checkoff_store::Source;
use crossbeam_channel::{Receiver, Sender, bounded};

use crate::plan_file::{self, PlanFileError};
use crate::run_loop::Input;

/// After a write, rest this many times as long as it took: what writing costs is then one
/// percent, however long the list is.
const REST_TIMES: u32 = 100;
/// But never longer than this: a person may be watching the file. Only lists of which one
/// rewrite takes more than a fifth of a second come to it.
const REST_MAX: Duration = Duration::from_secs(20);

/// What the writer did with a request.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// `BoxWritten` and `BoxRefused`.
    pub(crate) events: Vec<Event>,
    /// No need to write again before.
    pub(crate) rest_until: Instant,
}

/// What the writer can be asked.
#[derive(Debug)]
enum Request {
    /// Check the boxes of these tasks.
    Write(Vec<TaskIndex>),
    /// Say which of the tasks are done in their files by now.
    Look,
}

/// The thread that writes plan files.
#[derive(Debug)]
pub(crate) struct Writer {
    requests: Option<Sender<Request>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts it; it answers every request with an [`Input`].
    ///
    /// # Errors
    /// No thread can be made.
    pub(crate) fn begin(
        spec: &RunSpec,
        sources: &[Source],
        inputs: Sender<Input>,
    ) -> io::Result<Writer> {
        let mut files = PlanFiles::new(spec, sources);
        // The loop has one request of each kind open at a time.
        let (requests, receiver): (_, Receiver<Request>) = bounded(2);
        let serve = move || {
            for request in receiver {
                let answer = match request {
                    Request::Write(tasks) => Input::Boxes(files.write(&tasks)),
                    Request::Look => Input::Seen(files.look()),
                };
                if inputs.send(answer).is_err() {
                    break;
                }
            }
        };
        let thread = std::thread::Builder::new().name("checkoff-boxes".to_owned()).spawn(serve)?;
        Ok(Writer { requests: Some(requests), thread: Some(thread) })
    }

    /// Asks for these boxes; answered by [`Input::Boxes`].
    pub(crate) fn write(&self, tasks: Vec<TaskIndex>) {
        self.ask(Request::Write(tasks));
    }

    /// Asks for what others have done; answered by [`Input::Seen`].
    pub(crate) fn look(&self) {
        self.ask(Request::Look);
    }

    fn ask(&self, request: Request) {
        let sent = self.requests.as_ref().map(|requests| requests.send(request));
        debug_assert!(matches!(sent, Some(Ok(()))), "the writer ended before the loop");
    }
}

impl Drop for Writer {
    /// Finishes the write under way.
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            // A panic in there was already printed.
            let _ = thread.join();
        }
    }
}

/// The plan files of a run and where its tasks are in them.
#[derive(Debug)]
pub(crate) struct PlanFiles {
    files: Vec<PlanFile>,
    /// For each task the file it is in and its place in `targets` there.
    places: Vec<Option<(usize, usize)>>,
}

/// One plan file as last read or written here.
#[derive(Debug)]
struct PlanFile {
    path: PathBuf,
    document: Document,
    /// As it was read when the run was made.
    reading: read::Options,
    /// Tasks of the run in this file, and where they are in `document`; `None` for one that
    /// was lost in somebody's edit.
    targets: Vec<(TaskIndex, Option<Target>)>,
}

impl PlanFiles {
    pub(crate) fn new(spec: &RunSpec, sources: &[Source]) -> PlanFiles {
        let file = |(about, source): (&checkoff_core::spec::PlanFile, &Source)| {
            // A dialect this program does not know (any more) is detected anew.
            let reading = read::Options { profile: about.dialect.parse().ok() };
            PlanFile {
                path: PathBuf::from(&source.path),
                document: read::read(&source.path, source.bytes.as_slice(), &reading),
                reading,
                targets: Vec::new(),
            }
        };
        let mut files: Vec<PlanFile> = spec.files.iter().zip(sources).map(file).collect();
        let mut places = vec![None; spec.tasks.len()];
        for (task, about) in spec.indexed() {
            let Some(place) = about.place else { continue };
            let Some(file) = files.get_mut(place.file as usize) else { continue };
            let known = (place.item as usize) < file.document.tasks.len();
            let target = known.then_some(Target::Task(place.item as usize));
            places[task.get()] = Some((place.file as usize, file.targets.len()));
            file.targets.push((task, target));
        }
        PlanFiles { files, places }
    }

    /// Checks the boxes of these tasks.
    pub(crate) fn write(&mut self, tasks: &[TaskIndex]) -> Outcome {
        let started = Instant::now();
        let mut by_file: Vec<Vec<usize>> = vec![Vec::new(); self.files.len()];
        for task in tasks {
            if let Some((file, position)) = self.places[task.get()] {
                by_file[file].push(position);
            }
        }
        let mut events = Vec::new();
        for ((index, file), wanted) in (0..).zip(&mut self.files).zip(by_file) {
            if !wanted.is_empty() {
                file.refresh();
                file.write(index, &wanted, &mut events);
            }
        }
        let ended = Instant::now();
        let rest = (ended - started).saturating_mul(REST_TIMES).min(REST_MAX);
        Outcome { events, rest_until: ended + rest }
    }

    /// Tasks that their files say are done, whoever wrote that. One that was dropped there is
    /// not among them: nobody did it.
    pub(crate) fn look(&mut self) -> Vec<TaskIndex> {
        self.files.iter_mut().flat_map(PlanFile::look).collect()
    }
}

impl PlanFile {
    /// Checks these boxes in as few rewrites as refusals allow: all at once, and where one
    /// cannot be checked, the halves on their own.
    fn write(&mut self, file: u32, wanted: &[usize], events: &mut Vec<Event>) {
        let tasks: Vec<TaskIndex> =
            wanted.iter().map(|position| self.targets[*position].0).collect();
        let targets: Option<Vec<Target>> =
            wanted.iter().map(|position| self.targets[*position].1).collect();
        let (message, by_task) = match targets {
            Some(targets) => match self.try_write(&targets) {
                Ok(hash) => {
                    return events.push(Event::BoxWritten { file, tasks, hash });
                }
                Err(error) => (chain(&error), is_about_tasks(&error)),
            },
            None => ("it is not in the file any more, or stands for other work".to_owned(), true),
        };
        if wanted.len() == 1 || !by_task {
            return events.push(Event::BoxRefused { file, tasks, message });
        }
        let (one, other) = wanted.split_at(wanted.len() / 2);
        self.write(file, one, events);
        self.write(file, other, events);
    }

    /// Checks these boxes, all or none; says the hash of the file after it.
    fn try_write(&mut self, targets: &[Target]) -> Result<String, PlanFileError> {
        let wishes: Vec<(Target, State)> =
            targets.iter().map(|target| (*target, State::Done)).collect();
        let (reading, options) = (self.reading, edit::Options::default());
        let written = plan_file::set(&self.path, &self.document, &wishes, &reading, &options)?;
        let ours_alone = written.before.bytes == self.document.bytes;
        let in_place = ours_alone && written.change.moves.is_empty();
        let after = written.after;
        if !in_place {
            self.follow(&after);
        }
        self.document = after;
        Ok(blake3::hash(&self.document.bytes).to_hex().to_string())
    }

    /// Finds the tasks again in a later text.
    fn follow(&mut self, after: &Document) {
        let follower = Follower::new(&self.document, after);
        for (_, target) in &mut self.targets {
            *target = target.and_then(|target| {
                let found = follower.follow(target).ok()?;
                is_same_work((&self.document, target), (after, found)).then_some(found)
            });
        }
    }

    /// Reads what others have made of the file; false when it cannot be read.
    fn refresh(&mut self) -> bool {
        let Ok(bytes) = std::fs::read(&self.path) else { return false };
        if *bytes != *self.document.bytes {
            let name = self.document.path.clone();
            let after = read::read(&name, bytes, &self.reading);
            self.follow(&after);
            self.document = after;
        }
        true
    }

    fn look(&mut self) -> Vec<TaskIndex> {
        if !self.refresh() {
            // A file that cannot be read now has closed nothing.
            return Vec::new();
        }
        let done = |(task, target): &(TaskIndex, Option<Target>)| match target {
            Some(Target::Task(item)) => {
                (self.document.tasks.get(*item)?.state == State::Done).then_some(*task)
            }
            _ => None,
        };
        self.targets.iter().filter_map(done).collect()
    }
}

/// Whether a task that was found again by its id is about the same: its title has only grown or
/// shrunk, or it still runs the same.
fn is_same_work(before: (&Document, Target), after: (&Document, Target)) -> bool {
    let task = |(document, target): (&'_ Document, Target)| match target {
        Target::Task(index) => document.tasks.get(index).map(|task| {
            let run = task.attribute(Key::Run).map(|run| run.value.trim().to_owned());
            (task.title.clone(), run)
        }),
        Target::Check(_) => None,
    };
    let (Some((title, run)), Some((new_title, new_run))) = (task(before), task(after)) else {
        return true;
    };
    title.starts_with(&new_title) || new_title.starts_with(&title) || run == new_run
}

/// Whether the file could be written, only not for all of these tasks.
fn is_about_tasks(error: &PlanFileError) -> bool {
    matches!(
        error,
        PlanFileError::Refused { .. }
            | PlanFileError::Follow { .. }
            | PlanFileError::Verify { .. }
            | PlanFileError::Apply { .. }
    )
}

/// An error with its causes, in one line.
fn chain(error: &PlanFileError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
