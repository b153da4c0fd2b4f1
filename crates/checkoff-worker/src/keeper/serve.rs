//! The keeper's loop: one thread, one epoll.
//!
//! It sleeps until the engine says something, a process ends (each has a pidfd in the
//! epoll) or something is due. One thread is enough because nothing here waits: the
//! pipe of reports does not block, files are local, and `posix_spawn` takes a fraction
//! of what the new process then costs. Each round does, in this order: ends, commands,
//! starts, and all reports of the round in one write. A report of an end thus waits
//! for the starts that its slot made possible; when there is something to start nobody
//! misses it, and the engine is woken once instead of twice.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use checkoff_core::Timestamp;
use checkoff_core::event::Process;
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::fs::{FlockOperation, OFlags, fcntl_getfl, fcntl_setfl, flock, statvfs};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use rustix::time::Timespec;

use super::slot::{Cause, Ended, Progress, Running, without_process};
use super::{JOURNAL, KeeperOptions, LOCK, OUTPUTS, READ_AT_ONCE, SPOOLS};
use crate::attempt::{AttemptSpec, CancelMode, Exit, Finished, Output, Part, PartId};
use crate::frame::next_frame;
use crate::journal::{Journal, Record};
use crate::message::{Answer, Command, PROTOCOL};
use crate::process::{self, StartClock};
use crate::runtime::Report;
use crate::spawn::Spawner;
use crate::spool::{After, Spool};

/// Epoll data of the pipe of commands.
const COMMANDS: u64 = u64::MAX;
/// Epoll data of the pipe of reports.
const REPORTS: u64 = u64::MAX - 1;
/// Events taken from the kernel at once.
const EVENTS: usize = 64;
/// An attempt that has written less than this is not to blame for a full disk.
const NOT_TO_BLAME: u64 = 1 << 20;

/// The time.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_us(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}

/// Serves one engine from the first command to the end of the last attempt.
pub(super) fn serve(folder: &Path, commands: OwnedFd, reports: OwnedFd) -> io::Result<()> {
    let (commands, mut reports) = (File::from(commands), File::from(reports));
    let opened = open(folder, commands, &reports);
    let (mut server, _lock) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let mut bytes = Vec::new();
            Answer::Refused(error.to_string()).encode(&mut bytes);
            // Where nobody reads it, the error below still says it.
            let _ = reports.write_all(&bytes);
            return Err(error);
        }
    };
    server.run()
}

/// Takes the folder, hears the options, begins the journal.
fn open(folder: &Path, commands: File, reports: &File) -> io::Result<(Server, File)> {
    let lock =
        OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(LOCK))?;
    flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(|error| match error {
        Errno::WOULDBLOCK => io::Error::other("the folder is another keeper's"),
        error => error.into(),
    })?;
    let mut inbox = Vec::new();
    let options = hear_options(&commands, &mut inbox)?;
    for sub in [SPOOLS, OUTPUTS] {
        fs::create_dir_all(folder.join(sub))?;
    }
    let me = process::identify(std::process::id());
    let keeper = me.unwrap_or(Process { pid: std::process::id(), start_ticks: 0 });
    let opened = Record::Opened { boot: process::boot_id(), keeper, at: now() };
    let journal = Journal::create(folder.join(JOURNAL), &opened)?;
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, &commands, EventData::new_u64(COMMANDS), EventFlags::IN)?;
    let reports = reports.try_clone()?;
    fcntl_setfl(&reports, fcntl_getfl(&reports)? | OFlags::NONBLOCK)?;
    let mut server = Server {
        folder: folder.to_owned(),
        slots_wanted: options.slots.max(1) as usize,
        next_watch: Instant::now() + options.watch_every,
        options,
        session: process::own_session(),
        journal,
        epoll,
        commands,
        inbox,
        closing: false,
        reports: Some(reports),
        outbox: Vec::new(),
        outbox_waits: false,
        slots: Vec::new(),
        spawner: Spawner::new(folder)?,
        clock: StartClock::default(),
        slot_of: BTreeMap::new(),
        queue: VecDeque::new(),
        spools_made: 0,
    };
    Answer::Ready { protocol: PROTOCOL, pid: keeper.pid }.encode(&mut server.outbox);
    Ok((server, lock))
}

/// Waits for the first command, which must be `Open`.
fn hear_options(mut commands: &File, inbox: &mut Vec<u8>) -> io::Result<KeeperOptions> {
    use std::io::Read;
    let not_understood = |_| io::Error::other("the first command makes no sense");
    loop {
        if let Some((fields, len)) = next_frame(inbox).map_err(not_understood)? {
            let command = Command::decode(fields).map_err(not_understood)?;
            inbox.drain(..len);
            return match command {
                Command::Open { protocol: PROTOCOL, options } => Ok(options),
                _ => Err(io::Error::other("it is of another version of checkoff")),
            };
        }
        let mut bytes = [0; 4096];
        match commands.read(&mut bytes)? {
            0 => return Err(io::Error::other("nobody asked for anything")),
            count => inbox.extend_from_slice(&bytes[..count]),
        }
    }
}

struct Server {
    folder: PathBuf,
    options: KeeperOptions,
    slots_wanted: usize,
    session: u32,
    journal: Journal,
    epoll: OwnedFd,
    commands: File,
    inbox: Vec<u8>,
    /// The engine is gone or has said good-bye: nothing more is started.
    closing: bool,
    /// `None` when nobody reads them any more.
    reports: Option<File>,
    outbox: Vec<u8>,
    /// The pipe of reports is full and in the epoll.
    outbox_waits: bool,
    slots: Vec<Slot>,
    spawner: Spawner,
    clock: StartClock,
    slot_of: BTreeMap<PartId, usize>,
    queue: VecDeque<AttemptSpec>,
    spools_made: u64,
    next_watch: Instant,
}

#[derive(Default)]
struct Slot {
    spool: Option<Spool>,
    running: Option<Running>,
}

impl Server {
    fn run(&mut self) -> io::Result<()> {
        self.take_commands();
        self.start_waiting();
        self.flush();
        let mut events = Vec::with_capacity(EVENTS);
        while !(self.closing && self.slot_of.is_empty()) {
            let timeout = self.timeout();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), timeout.as_ref()) {
                Ok(_) => {}
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            let mut commands = false;
            for event in events.drain(..) {
                match event.data.u64() {
                    COMMANDS => commands = true,
                    REPORTS => self.outbox_ready(),
                    slot => self.process_ended(slot as usize),
                }
            }
            self.on_time();
            if commands {
                self.read_commands();
            }
            self.start_waiting();
            self.flush();
        }
        self.say_the_rest();
        Ok(())
    }

    /// How long nothing need be done. `None`: until something happens.
    fn timeout(&self) -> Option<Timespec> {
        let attempts = self.slots.iter().filter_map(|slot| slot.running.as_ref()?.wake_at());
        let watch = (!self.slot_of.is_empty()).then_some(self.next_watch);
        let due = attempts.chain(watch).min()?;
        Timespec::try_from(due.saturating_duration_since(Instant::now())).ok()
    }

    // ---- commands ----

    fn read_commands(&mut self) {
        self.inbox.reserve(READ_AT_ONCE);
        match rustix::io::read(&self.commands, spare_capacity(&mut self.inbox)) {
            Err(Errno::INTR | Errno::AGAIN) => {}
            Ok(0) | Err(_) => self.close(),
            Ok(_) => self.take_commands(),
        }
    }

    fn take_commands(&mut self) {
        let mut inbox = std::mem::take(&mut self.inbox);
        let mut taken = 0;
        loop {
            let command = next_frame(&inbox[taken..]).and_then(|frame| {
                frame.map(|(fields, len)| Ok((Command::decode(fields)?, len))).transpose()
            });
            match command {
                Ok(Some((command, len))) => {
                    taken += len;
                    self.obey(command);
                }
                Ok(None) => break,
                // Not an engine. What runs is seen to its end.
                Err(_) => {
                    self.close();
                    break;
                }
            }
        }
        inbox.drain(..taken);
        self.inbox = inbox;
    }

    fn obey(&mut self, command: Command) {
        match command {
            // Said once, before everything else; a second time it changes nothing.
            Command::Open { .. } => {}
            Command::Start(spec) => self.enqueue(spec),
            Command::Withdraw(id) => {
                if self.take_from_queue(id).is_some() {
                    self.report(Report::Withdrawn { id });
                }
            }
            Command::Cancel { id, mode } => self.cancel(id, mode),
            Command::Acknowledge(ids) => {
                // A journal that could not be made shorter is still a good journal.
                let _ = self.journal.forget(&ids);
            }
        }
    }

    /// Checks go before work: they free a slot for good, and a person waits for them.
    fn enqueue(&mut self, spec: AttemptSpec) {
        match spec.id.part {
            Part::Work => self.queue.push_back(spec),
            Part::Check(_) => {
                let is_check = |spec: &AttemptSpec| spec.id.part != Part::Work;
                let checks = self.queue.iter().take_while(|spec| is_check(spec)).count();
                self.queue.insert(checks, spec);
            }
        }
    }

    fn take_from_queue(&mut self, id: PartId) -> Option<AttemptSpec> {
        let place = self.queue.iter().position(|spec| spec.id == id)?;
        self.queue.remove(place)
    }

    fn cancel(&mut self, id: PartId, mode: CancelMode) {
        if self.take_from_queue(id).is_some() {
            let exit = Exit::Cancelled { killed: false };
            self.report(Report::Finished(without_process(id, exit, now())));
        } else if let Some(slot) = self.slot_of.get(&id).copied() {
            // What has ended by itself meanwhile was not cancelled.
            self.process_ended(slot);
            if let Some(running) = self.slots[slot].running.as_mut() {
                running.end(Cause::Cancelled, mode, Instant::now());
            }
        }
    }

    fn close(&mut self) {
        if self.closing {
            return;
        }
        self.closing = true;
        self.queue.clear();
        // It is in the epoll since `open`, and would report its end for ever.
        let _ = epoll::delete(&self.epoll, &self.commands);
        // Without the record, whoever resumes waits for the lock instead.
        let _ = self.journal.append(&Record::Closed);
    }

    // ---- starts ----

    fn start_waiting(&mut self) {
        while !self.closing && self.slot_of.len() < self.slots_wanted {
            let Some(spec) = self.queue.pop_front() else { return };
            if let Err(why) = self.start(&spec) {
                let failed = without_process(spec.id, Exit::SpawnFailed(why), now());
                self.finish(failed);
            }
        }
    }

    fn start(&mut self, spec: &AttemptSpec) -> Result<(), String> {
        let slot = self.free_slot();
        let spool = self.spool_of(slot).map_err(|error| format!("no file for output: {error}"))?;
        let path = spool.path().to_owned();
        let writer = spool.writer().map_err(|error| format!("no file for output: {error}"))?;
        let starting = Record::Starting { id: spec.id, at: now(), spool: path.clone() };
        self.journal
            .append(&starting)
            .map_err(|error| format!("cannot write the keeper's journal: {error}"))?;
        let before = StartClock::tick();
        // Before the process is there: a short one can be over when the call that made it returns.
        let started_at = now();
        let spawned = self.spawner.spawn(spec, &writer);
        // From here on only the attempt can write to it and keep it locked.
        drop(writer);
        let child = spawned.map_err(|error| error.to_string())?;
        let pid = child.id();
        let handle = self.watch(pid, slot).map_err(|error| {
            abandon(child);
            format!("cannot watch the process: {error}")
        })?;
        let process = self.clock.identify(pid, before);
        // Where this record is missing, the environment of the process tells.
        let started = Record::Started { id: spec.id, process, at: started_at };
        let _ = self.journal.append(&started);
        self.slots[slot].running =
            Some(Running::new(spec, process, handle, started_at, Instant::now()));
        self.slot_of.insert(spec.id, slot);
        self.report(Report::Started { id: spec.id, process, at: started_at, spool: path });
        Ok(())
    }

    fn free_slot(&mut self) -> usize {
        if let Some(free) = self.slots.iter().position(|slot| slot.running.is_none()) {
            return free;
        }
        self.slots.push(Slot::default());
        self.slots.len() - 1
    }

    fn spool_of(&mut self, slot: usize) -> io::Result<&Spool> {
        let spool = &mut self.slots[slot].spool;
        match spool {
            Some(spool) => Ok(spool),
            None => {
                let path = self.folder.join(SPOOLS).join(self.spools_made.to_string());
                let made = Spool::create(path)?;
                self.spools_made += 1;
                Ok(spool.insert(made))
            }
        }
    }

    fn watch(&self, pid: u32, slot: usize) -> io::Result<OwnedFd> {
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(Errno::INVAL)?;
        let handle = pidfd_open(pid, PidfdFlags::empty())?;
        epoll::add(&self.epoll, &handle, EventData::new_u64(slot as u64), EventFlags::IN)?;
        Ok(handle)
    }

    // ---- ends ----

    fn process_ended(&mut self, slot: usize) {
        let Some(running) = self.slots.get_mut(slot).and_then(|slot| slot.running.as_mut()) else {
            return;
        };
        if running.has_ended() {
            return;
        }
        let used = match wait4::try_wait4_pid(running.process.pid) {
            Ok(None) => return,
            Ok(Some(used)) => Some(used),
            Err(_) => None,
        };
        // The handle stays readable for ever.
        let _ = epoll::delete(&self.epoll, running.handle.as_fd());
        let progress = running.on_exit(used, now(), Instant::now(), self.options.linger);
        self.proceed(slot, progress);
    }

    fn on_time(&mut self) {
        let now = Instant::now();
        for slot in 0..self.slots.len() {
            if let Some(running) = self.slots[slot].running.as_mut()
                && running.wake_at().is_some_and(|at| at <= now)
            {
                let progress = running.on_time(now, self.session);
                self.proceed(slot, progress);
            }
        }
        if self.next_watch <= now {
            self.next_watch = now + self.options.watch_every;
            self.watch_outputs(now);
        }
    }

    fn proceed(&mut self, slot: usize, progress: Progress) {
        if let Progress::Finished { ended, had_leftovers } = progress {
            self.attempt_ended(slot, ended, had_leftovers);
        }
    }

    fn attempt_ended(&mut self, slot: usize, ended: Ended, had_leftovers: bool) {
        let Some(running) = self.slots[slot].running.take() else { return };
        self.slot_of.remove(&running.id);
        let (output, spool) = self.collect(slot, &running);
        let is_empty = output == Output::Empty;
        let finished = ended.finished(&running, output, had_leftovers);
        let recorded = self.finish(finished);
        // What is not recorded stays where it is, and the slot takes another file.
        if let Some(spool) = spool
            && (is_empty || (recorded && spool.empty().is_ok()))
        {
            self.slots[slot].spool = Some(spool);
        }
    }

    fn collect(&mut self, slot: usize, running: &Running) -> (Output, Option<Spool>) {
        let Some(spool) = self.slots[slot].spool.take() else { return (Output::Empty, None) };
        let path = spool.path().to_owned();
        match spool.collect(running.limits, &self.output_path(running.id)) {
            Ok((output, After::Reuse(spool))) => (output, Some(spool)),
            Ok((output, After::GivenAway)) => (output, None),
            // It cannot be read now; it is all there for whoever can.
            Err(_) => (Output::File { path, len: 0, head: vec![], tail: vec![] }, None),
        }
    }

    fn output_path(&self, id: PartId) -> PathBuf {
        let name = match id.part {
            Part::Work => format!("{}", id.attempt),
            Part::Check(nth) => format!("{}-check{nth}", id.attempt),
        };
        self.folder.join(OUTPUTS).join(name)
    }

    /// Records an end and then tells it. Tells whether it could be recorded.
    fn finish(&mut self, finished: Finished) -> bool {
        let record = Record::Finished(finished);
        let recorded = self.journal.append(&record).is_ok();
        if let Record::Finished(finished) = record {
            self.report(Report::Finished(finished));
        }
        recorded
    }

    /// Ends attempts that write more than they may, or that are about to fill the disk.
    fn watch_outputs(&mut self, now: Instant) {
        let mut most: Option<(u64, usize)> = None;
        for index in 0..self.slots.len() {
            let Slot { spool: Some(spool), running: Some(running) } = &mut self.slots[index] else {
                continue;
            };
            let len = spool.len().unwrap_or(0);
            if !running.is_at_work() {
                continue;
            }
            if len > running.limits.total {
                let cause = Cause::OutputLimit(Some(running.limits.total));
                running.end(cause, CancelMode::Gentle, now);
            } else if len >= NOT_TO_BLAME {
                most = most.max(Some((len, index)));
            }
        }
        let Some((_, index)) = most else { return };
        if self.free_space().is_some_and(|free| free < self.options.disk_reserve)
            && let Some(running) = self.slots[index].running.as_mut()
        {
            running.end(Cause::OutputLimit(None), CancelMode::Gentle, now);
        }
    }

    /// Bytes left on the disk for such as us; `None` when it does not tell.
    fn free_space(&self) -> Option<u64> {
        let disk = statvfs(&self.folder).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    // ---- reports ----

    fn report(&mut self, report: Report) {
        if self.reports.is_some() {
            Answer::Report(report).encode(&mut self.outbox);
        }
    }

    /// Writes what the pipe takes; the rest waits for the pipe, in memory, for the
    /// engine may not read before we have read what it says.
    fn flush(&mut self) {
        let Some(pipe) = self.reports.as_ref().filter(|_| !self.outbox_waits) else { return };
        let mut written = 0;
        let result = loop {
            if written == self.outbox.len() {
                break Ok(());
            }
            match rustix::io::write(pipe, &self.outbox[written..]) {
                Ok(count) => written += count,
                Err(Errno::INTR) => {}
                Err(error) => break Err(error),
            }
        };
        self.outbox.drain(..written);
        match result {
            Ok(()) => {}
            Err(Errno::AGAIN) => {
                let data = EventData::new_u64(REPORTS);
                self.outbox_waits = epoll::add(&self.epoll, pipe, data, EventFlags::OUT).is_ok();
            }
            Err(_) => self.nobody_listens(),
        }
    }

    fn outbox_ready(&mut self) {
        if let Some(pipe) = &self.reports {
            let _ = epoll::delete(&self.epoll, pipe);
        }
        self.outbox_waits = false;
    }

    fn nobody_listens(&mut self) {
        self.reports = None;
        self.outbox = Vec::new();
    }

    /// At the end there is time to wait for the reader.
    fn say_the_rest(&mut self) {
        if let Some(mut pipe) = self.reports.take() {
            let blocking = fcntl_getfl(&pipe)
                .and_then(|flags| fcntl_setfl(&pipe, flags.difference(OFlags::NONBLOCK)));
            if blocking.is_ok() {
                let _ = pipe.write_all(&self.outbox);
            }
        }
    }
}

/// Gets rid of a process that cannot be watched.
fn abandon(mut child: std::process::Child) {
    let _ = process::signal_group(child.id(), rustix::process::Signal::KILL);
    let _ = child.wait();
}
