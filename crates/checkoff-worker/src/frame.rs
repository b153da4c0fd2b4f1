//! Frames: how values travel between engine and keeper and lie in the journal.
//!
//! ```text
//!  length u32 │ crc32 u32 │ payload: kind u8, then its fields
//! ```
//!
//! All numbers are little endian; bytes and texts carry their length. The checksum
//! is over the payload. In a pipe it is only a guard against a bug; in the journal
//! it tells a record that was torn by a crash from one that was written whole.
//! The layout of a kind never changes once released: a new field is a new kind, so
//! that a newer checkoff reads the journal an older one left behind.
//!
//! Written by hand because it is small, and because `serde` on the attempt types
//! would make them an interface, which they are not.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use checkoff_core::event::Process;
use checkoff_core::{AttemptId, RunId, TaskIndex, Timestamp};

use crate::attempt::{Part, PartId};

/// The longest payload that is accepted: more than any argument list or
/// environment the kernel takes, and a bound on what a corrupt length can ask for.
pub(crate) const MAX_PAYLOAD: usize = 64 << 20;

/// Bytes before the payload.
pub(crate) const HEADER: usize = 8;

/// The bytes are not a frame, or not one this version knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FrameError {
    /// Length or checksum do not fit.
    #[error("broken frame")]
    Broken,
    /// The payload ends too early, or a field has a value it cannot have.
    #[error("frame of kind {kind} does not hold what it should")]
    Malformed {
        /// Its kind byte.
        kind: u8,
    },
}

/// Appends frames to a buffer.
pub(crate) struct FrameWriter<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
}

impl<'a> FrameWriter<'a> {
    /// Begins a frame of this kind. It is complete when `end` is called.
    pub(crate) fn begin(out: &'a mut Vec<u8>, kind: u8) -> FrameWriter<'a> {
        let start = out.len();
        out.extend_from_slice(&[0; HEADER]);
        out.push(kind);
        FrameWriter { out, start }
    }

    pub(crate) fn u8(self, value: u8) -> Self {
        self.out.push(value);
        self
    }

    pub(crate) fn u32(self, value: u32) -> Self {
        self.out.extend_from_slice(&value.to_le_bytes());
        self
    }

    pub(crate) fn u64(self, value: u64) -> Self {
        self.out.extend_from_slice(&value.to_le_bytes());
        self
    }

    pub(crate) fn i32(self, value: i32) -> Self {
        self.u32(value.cast_unsigned())
    }

    pub(crate) fn flag(self, value: bool) -> Self {
        self.u8(u8::from(value))
    }

    pub(crate) fn time(self, value: Timestamp) -> Self {
        self.u64(value.as_unix_us())
    }

    pub(crate) fn process(self, value: Process) -> Self {
        self.u32(value.pid).u64(value.start_ticks)
    }

    pub(crate) fn duration(self, value: Duration) -> Self {
        self.u64(u64::try_from(value.as_nanos()).unwrap_or(u64::MAX))
    }

    /// Bytes with their length. Longer than 4 GiB cannot occur: see `MAX_PAYLOAD`.
    pub(crate) fn bytes(self, value: &[u8]) -> Self {
        let writer = self.u32(value.len() as u32);
        writer.out.extend_from_slice(value);
        writer
    }

    pub(crate) fn text(self, value: &str) -> Self {
        self.bytes(value.as_bytes())
    }

    pub(crate) fn path(self, value: &Path) -> Self {
        self.bytes(value.as_os_str().as_bytes())
    }

    pub(crate) fn id(self, id: PartId) -> Self {
        let part = match id.part {
            Part::Work => 0,
            Part::Check(nth) => u32::from(nth) + 1,
        };
        self.u64(id.run.0).u32(id.attempt.task.0).u32(id.attempt.number).u32(part)
    }

    /// A list: its count, then each item by `item`.
    pub(crate) fn list<T>(self, items: &[T], item: impl Fn(Self, &T) -> Self) -> Self {
        let counted = self.u32(items.len() as u32);
        items.iter().fold(counted, item)
    }

    /// Fills in length and checksum.
    pub(crate) fn end(self) {
        let payload = self.start + HEADER;
        let len = (self.out.len() - payload) as u32;
        let crc = crc32(&self.out[payload..]);
        self.out[self.start..self.start + 4].copy_from_slice(&len.to_le_bytes());
        self.out[self.start + 4..payload].copy_from_slice(&crc.to_le_bytes());
    }
}

/// The fields of one frame, in order.
pub(crate) struct Fields<'a> {
    kind: u8,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// The kind byte.
    pub(crate) fn kind(&self) -> u8 {
        self.kind
    }

    /// The error for a field with an impossible value.
    pub(crate) fn malformed(&self) -> FrameError {
        FrameError::Malformed { kind: self.kind }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], FrameError> {
        let (head, rest) = self.rest.split_at_checked(count).ok_or(self.malformed())?;
        self.rest = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| self.malformed())
    }

    pub(crate) fn u8(&mut self) -> Result<u8, FrameError> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u32(&mut self) -> Result<u32, FrameError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, FrameError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(crate) fn i32(&mut self) -> Result<i32, FrameError> {
        Ok(self.u32()?.cast_signed())
    }

    pub(crate) fn flag(&mut self) -> Result<bool, FrameError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.malformed()),
        }
    }

    pub(crate) fn duration(&mut self) -> Result<Duration, FrameError> {
        Ok(Duration::from_nanos(self.u64()?))
    }

    pub(crate) fn time(&mut self) -> Result<Timestamp, FrameError> {
        Ok(Timestamp::from_unix_us(self.u64()?))
    }

    pub(crate) fn process(&mut self) -> Result<Process, FrameError> {
        Ok(Process { pid: self.u32()?, start_ticks: self.u64()? })
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], FrameError> {
        let len = self.u32()? as usize;
        self.take(len)
    }

    pub(crate) fn text(&mut self) -> Result<String, FrameError> {
        let bytes = self.bytes()?;
        String::from_utf8(bytes.to_vec()).map_err(|_| self.malformed())
    }

    pub(crate) fn path(&mut self) -> Result<PathBuf, FrameError> {
        Ok(PathBuf::from(OsString::from_vec(self.bytes()?.to_vec())))
    }

    pub(crate) fn id(&mut self) -> Result<PartId, FrameError> {
        let run = RunId(self.u64()?);
        let attempt = AttemptId { task: TaskIndex(self.u32()?), number: self.u32()? };
        let part = match self.u32()? {
            0 => Part::Work,
            check => Part::Check(u16::try_from(check - 1).map_err(|_| self.malformed())?),
        };
        Ok(PartId { run, attempt, part })
    }

    /// A list: its count, then each item by `item`.
    pub(crate) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, FrameError>,
    ) -> Result<Vec<T>, FrameError> {
        let count = self.u32()?;
        (0..count).map(|_| item(self)).collect()
    }
}

/// Takes the next whole frame off the front of `bytes`: its fields and its length
/// with the header. `None` when the frame is not complete yet.
pub(crate) fn next_frame(bytes: &[u8]) -> Result<Option<(Fields<'_>, usize)>, FrameError> {
    let Some((header, rest)) = bytes.split_first_chunk::<HEADER>() else { return Ok(None) };
    let [l0, l1, l2, l3, c0, c1, c2, c3] = *header;
    let len = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    if len == 0 || len > MAX_PAYLOAD {
        return Err(FrameError::Broken);
    }
    let Some(payload) = rest.get(..len) else { return Ok(None) };
    if crc32(payload) != u32::from_le_bytes([c0, c1, c2, c3]) {
        return Err(FrameError::Broken);
    }
    Ok(Some((Fields { kind: payload[0], rest: &payload[1..] }, HEADER + len)))
}

/// The CRC-32 of IEEE 802.3, one byte at a time: the records are short.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        let index = (crc ^ u32::from(*byte)) & 0xFF;
        CRC_TABLE[index as usize] ^ (crc >> 8)
    })
}

const CRC_TABLE: [u32; 256] = crc_table();

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let mut bytes = Vec::new();
        FrameWriter::begin(&mut bytes, 7).u32(5).text("grün").bytes(b"\xff\0").end();
        bytes
    }

    #[test]
    fn a_frame_reads_back_as_written() {
        let bytes = sample();
        let (mut fields, len) = next_frame(&bytes).unwrap().unwrap();
        assert_eq!(len, bytes.len());
        assert_eq!(fields.kind(), 7);
        assert_eq!(fields.u32(), Ok(5));
        assert_eq!(fields.text().as_deref(), Ok("grün"));
        assert_eq!(fields.bytes(), Ok(&b"\xff\0"[..]));
        assert_eq!(fields.u8(), Err(FrameError::Malformed { kind: 7 }));
    }

    #[test]
    fn every_prefix_is_incomplete_and_every_flipped_bit_is_noticed() {
        let bytes = sample();
        for cut in 0..bytes.len() {
            assert!(matches!(next_frame(&bytes[..cut]), Ok(None)), "cut at {cut}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut bent = bytes.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(!matches!(next_frame(&bent), Ok(Some(_))), "bit {bit}");
        }
    }

    #[test]
    fn the_checksum_is_the_usual_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
