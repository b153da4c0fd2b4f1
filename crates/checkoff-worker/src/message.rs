//! What engine and keeper say to each other, as frames.
//!
//! Commands go down the keeper's standard input, reports come up its standard
//! output. The kinds of frames in a pipe (from 32) are kept apart from those of the
//! journal (below 32, see [`journal`](crate::journal)); `Started` and `Finished`
//! have the same layout in both.

use crate::attempt::{
    AttemptSpec, CancelMode, Exit, Finished, Leftovers, Output, OutputLimits, PartId,
};
use crate::frame::{Fields, FrameError, FrameWriter};
use crate::keeper::KeeperOptions;
use crate::runtime::Report;

/// Raised when the meaning of a frame changes. Both ends are the same program,
/// unless it was replaced between the start of one and of the other.
pub(crate) const PROTOCOL: u32 = 1;

const OPEN: u8 = 32;
const START: u8 = 33;
const CANCEL: u8 = 34;
const ACKNOWLEDGE: u8 = 35;
const WITHDRAW: u8 = 36;
const READY: u8 = 48;
const REFUSED: u8 = 49;
const STARTED: u8 = 50;
const FINISHED: u8 = 51;
const WITHDRAWN: u8 = 52;

/// From the engine to the keeper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// The first one, once.
    Open {
        protocol: u32,
        options: KeeperOptions,
    },
    Start(AttemptSpec),
    Withdraw(PartId),
    Cancel {
        id: PartId,
        mode: CancelMode,
    },
    Acknowledge(Vec<PartId>),
}

/// From the keeper to the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The answer to `Open`: commands are welcome.
    Ready { protocol: u32, pid: u32 },
    /// The other answer to `Open`: the keeper ends.
    Refused(String),
    /// Anything else.
    Report(Report),
}

impl Command {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Command::Open { protocol, options } => FrameWriter::begin(out, OPEN)
                .u32(*protocol)
                .u32(options.slots)
                .u64(options.disk_reserve)
                .duration(options.linger)
                .duration(options.watch_every)
                .end(),
            Command::Start(spec) => encode_spec(FrameWriter::begin(out, START), spec),
            Command::Withdraw(id) => FrameWriter::begin(out, WITHDRAW).id(*id).end(),
            Command::Cancel { id, mode } => {
                FrameWriter::begin(out, CANCEL).id(*id).flag(*mode == CancelMode::Now).end()
            }
            Command::Acknowledge(ids) => {
                FrameWriter::begin(out, ACKNOWLEDGE).list(ids, |frame, id| frame.id(*id)).end()
            }
        }
    }

    pub(crate) fn decode(mut fields: Fields<'_>) -> Result<Command, FrameError> {
        match fields.kind() {
            OPEN => Ok(Command::Open {
                protocol: fields.u32()?,
                options: KeeperOptions {
                    slots: fields.u32()?,
                    disk_reserve: fields.u64()?,
                    linger: fields.duration()?,
                    watch_every: fields.duration()?,
                },
            }),
            START => decode_spec(&mut fields).map(Command::Start),
            CANCEL => {
                let id = fields.id()?;
                let mode = if fields.flag()? { CancelMode::Now } else { CancelMode::Gentle };
                Ok(Command::Cancel { id, mode })
            }
            WITHDRAW => fields.id().map(Command::Withdraw),
            ACKNOWLEDGE => fields.list(Fields::id).map(Command::Acknowledge),
            _ => Err(fields.malformed()),
        }
    }
}

impl Answer {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Answer::Ready { protocol, pid } => {
                FrameWriter::begin(out, READY).u32(*protocol).u32(*pid).end();
            }
            Answer::Refused(why) => FrameWriter::begin(out, REFUSED).text(why).end(),
            Answer::Report(Report::Started { id, process, at, spool }) => {
                FrameWriter::begin(out, STARTED)
                    .id(*id)
                    .process(*process)
                    .time(*at)
                    .path(spool)
                    .end();
            }
            Answer::Report(Report::Withdrawn { id }) => {
                FrameWriter::begin(out, WITHDRAWN).id(*id).end();
            }
            Answer::Report(Report::Finished(finished)) => {
                encode_finished(FrameWriter::begin(out, FINISHED), finished);
            }
            // The engine's end of the pipe finds out by itself.
            Answer::Report(Report::Lost { .. }) => {}
        }
    }

    pub(crate) fn decode(mut fields: Fields<'_>) -> Result<Answer, FrameError> {
        match fields.kind() {
            READY => Ok(Answer::Ready { protocol: fields.u32()?, pid: fields.u32()? }),
            REFUSED => fields.text().map(Answer::Refused),
            STARTED => Ok(Answer::Report(Report::Started {
                id: fields.id()?,
                process: fields.process()?,
                at: fields.time()?,
                spool: fields.path()?,
            })),
            WITHDRAWN => Ok(Answer::Report(Report::Withdrawn { id: fields.id()? })),
            FINISHED => {
                decode_finished(&mut fields).map(|done| Answer::Report(Report::Finished(done)))
            }
            _ => Err(fields.malformed()),
        }
    }
}

fn encode_spec(frame: FrameWriter<'_>, spec: &AttemptSpec) {
    let frame = frame
        .id(spec.id)
        .text(&spec.script)
        .list(&spec.shell, |frame, word| frame.text(word))
        .path(&spec.cwd)
        .list(&spec.env, |frame, (name, value)| frame.text(name).text(value));
    let frame = match spec.timeout {
        None => frame.u8(0),
        Some(timeout) => frame.u8(1).duration(timeout),
    };
    frame
        .duration(spec.grace)
        .u32(spec.output.inline)
        .u32(spec.output.excerpt)
        .u64(spec.output.total)
        .flag(spec.leftovers == Leftovers::Leave)
        .end();
}

fn decode_spec(fields: &mut Fields<'_>) -> Result<AttemptSpec, FrameError> {
    Ok(AttemptSpec {
        id: fields.id()?,
        script: fields.text()?,
        shell: fields.list(Fields::text)?,
        cwd: fields.path()?,
        env: fields.list(|fields| Ok((fields.text()?, fields.text()?)))?,
        timeout: if fields.flag()? { Some(fields.duration()?) } else { None },
        grace: fields.duration()?,
        output: OutputLimits {
            inline: fields.u32()?,
            excerpt: fields.u32()?,
            total: fields.u64()?,
        },
        leftovers: if fields.flag()? { Leftovers::Leave } else { Leftovers::End },
    })
}

/// Writes the fields of a finished attempt and ends the frame.
pub(crate) fn encode_finished(frame: FrameWriter<'_>, finished: &Finished) {
    let frame = encode_exit(frame.id(finished.id), &finished.exit)
        .time(finished.started_at)
        .time(finished.ended_at)
        .u64(finished.cpu_user_us)
        .u64(finished.cpu_system_us)
        .u64(finished.peak_rss_bytes)
        .flag(finished.had_leftovers);
    match &finished.output {
        Output::Empty => frame.u8(0),
        Output::Inline(bytes) => frame.u8(1).bytes(bytes),
        Output::File { path, len, head, tail } => {
            frame.u8(2).path(path).u64(*len).bytes(head).bytes(tail)
        }
    }
    .end();
}

/// Reads what [`encode_finished`] wrote.
pub(crate) fn decode_finished(fields: &mut Fields<'_>) -> Result<Finished, FrameError> {
    let id = fields.id()?;
    let exit = decode_exit(fields)?;
    let (started_at, ended_at) = (fields.time()?, fields.time()?);
    let (cpu_user_us, cpu_system_us) = (fields.u64()?, fields.u64()?);
    let (peak_rss_bytes, had_leftovers) = (fields.u64()?, fields.flag()?);
    let output = match fields.u8()? {
        0 => Output::Empty,
        1 => Output::Inline(fields.bytes()?.to_vec()),
        2 => Output::File {
            path: fields.path()?,
            len: fields.u64()?,
            head: fields.bytes()?.to_vec(),
            tail: fields.bytes()?.to_vec(),
        },
        _ => return Err(fields.malformed()),
    };
    Ok(Finished {
        id,
        exit,
        started_at,
        ended_at,
        cpu_user_us,
        cpu_system_us,
        peak_rss_bytes,
        output,
        had_leftovers,
    })
}

fn encode_exit<'a>(frame: FrameWriter<'a>, exit: &Exit) -> FrameWriter<'a> {
    match exit {
        Exit::Code(code) => frame.u8(0).i32(*code),
        Exit::Signal(signal) => frame.u8(1).i32(*signal),
        Exit::Timeout { killed } => frame.u8(2).flag(*killed),
        Exit::Cancelled { killed } => frame.u8(3).flag(*killed),
        Exit::OutputLimit { limit: Some(limit) } => frame.u8(4).u64(*limit),
        Exit::OutputLimit { limit: None } => frame.u8(5),
        Exit::SpawnFailed(why) => frame.u8(6).text(why),
        Exit::Unknown => frame.u8(7),
    }
}

fn decode_exit(fields: &mut Fields<'_>) -> Result<Exit, FrameError> {
    Ok(match fields.u8()? {
        0 => Exit::Code(fields.i32()?),
        1 => Exit::Signal(fields.i32()?),
        2 => Exit::Timeout { killed: fields.flag()? },
        3 => Exit::Cancelled { killed: fields.flag()? },
        4 => Exit::OutputLimit { limit: Some(fields.u64()?) },
        5 => Exit::OutputLimit { limit: None },
        6 => Exit::SpawnFailed(fields.text()?),
        7 => Exit::Unknown,
        _ => return Err(fields.malformed()),
    })
}
