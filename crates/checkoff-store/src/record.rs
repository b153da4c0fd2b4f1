//! What an event and a task look like on disk: types of their own, so that the
//! core can change its mind without changing the log.
//!
//! One JSON value a record, enums tagged from outside (`{"attempt_started":{…}}`),
//! absent means default. A field may be added with a default; a field is never
//! renamed and never given another meaning: then [`FORMAT`] is raised and the old
//! shape stays readable. `tests/it/format.rs` reads a log of every released format.

use serde::{Deserialize, Serialize};

mod event;
mod spec;

pub(crate) use event::EventRecord;
pub(crate) use spec::{RunRecord, TaskRecord};

/// The format this program writes, and the newest it reads.
pub(crate) const FORMAT: u32 = 1;

/// Bytes that are nearly always text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BytesRecord {
    /// They are UTF-8.
    Text(String),
    /// They are not: two hexadecimal digits each.
    Hex(String),
}

impl BytesRecord {
    fn of(bytes: &[u8]) -> BytesRecord {
        match std::str::from_utf8(bytes) {
            Ok(text) => BytesRecord::Text(text.to_owned()),
            Err(_) => BytesRecord::Hex(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
        }
    }

    fn into_bytes(self) -> Result<Vec<u8>, String> {
        match self {
            BytesRecord::Text(text) => Ok(text.into_bytes()),
            BytesRecord::Hex(digits) => bytes_of_hex(&digits)
                .ok_or_else(|| "hexadecimal text has an odd or foreign digit".to_owned()),
        }
    }
}

fn bytes_of_hex(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| (digit as char).to_digit(16);
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => u8::try_from(value(*high)? * 16 + value(*low)?).ok(),
            _ => None,
        })
        .collect()
}

/// Skips a field that says nothing.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_come_back() {
        for bytes in [&b""[..], b"hello\n", b"\xff\x00\x7f", "⏳".as_bytes(), b"\xe2\x8f"] {
            let record = BytesRecord::of(bytes);
            let json = serde_json::to_string(&record).expect("a record serialises");
            let back: BytesRecord = serde_json::from_str(&json).expect("and reads back");
            assert_eq!(back.into_bytes().expect("bytes"), bytes, "{json}");
        }
        assert!(BytesRecord::Hex("abc".to_owned()).into_bytes().is_err());
        assert!(BytesRecord::Hex("zz".to_owned()).into_bytes().is_err());
    }
}
