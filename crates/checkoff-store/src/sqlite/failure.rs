//! What SQLite says, in our words.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::store::Error;

/// Turns what the database said about a place into what the user should know.
pub(super) fn explain(place: &Path, error: rusqlite::Error) -> Error {
    let place = place.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::DiskFull { place },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            Error::ReadOnly { place, source: None }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Locked { place },
        Some(ErrorCode::NotADatabase) => Error::NotAStore { place },
        Some(ErrorCode::DatabaseCorrupt) => {
            Error::Corrupt { place, what: "the database".to_owned(), why: error.to_string() }
        }
        _ => Error::Database { place, source: Box::new(error) },
    }
}
