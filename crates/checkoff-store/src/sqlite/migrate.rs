//! Bringing a store up to date: numbered steps, never edited once released.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::failure::explain;
use crate::store::Error;

/// `ckof`: tells a store from any other SQLite file.
const APPLICATION_ID: i32 = 0x636b_6f66;

/// Every step, in order; step N makes schema N of schema N - 1.
const STEPS: &[&str] = &[include_str!("../../migrations/0001_runs_tasks_events.sql")];

/// The schema this program works with.
pub(super) fn newest() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// Refuses a file that is not a store, or is newer than this program; says its schema.
pub(super) fn check(connection: &Connection, place: &Path) -> Result<u32, Error> {
    let pragma = |name: &str| -> Result<i64, Error> {
        let read = connection.pragma_query_value(None, name, |row| row.get(0));
        read.map_err(|error| explain(place, error))
    };
    let version = u32::try_from(pragma("user_version")?).unwrap_or(u32::MAX);
    let application = pragma("application_id")?;
    let foreign = application != 0 && application != i64::from(APPLICATION_ID);
    if foreign || (application == 0 && version != 0) {
        return Err(Error::NotAStore { place: place.to_owned() });
    }
    if version > newest() {
        let place = place.to_owned();
        return Err(Error::Newer { place, found: version, known: newest() });
    }
    Ok(version)
}

/// Takes every step that is missing, in one transaction.
pub(super) fn migrate(connection: &mut Connection, place: &Path) -> Result<(), Error> {
    if check(connection, place)? == newest() {
        return Ok(());
    }
    let run = |connection: &mut Connection| -> Result<(), rusqlite::Error> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have come first while this one waited for the lock.
        let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        for (version, step) in (1u32..).zip(STEPS).skip(found as usize) {
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", version)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.commit()
    };
    run(connection).map_err(|error| explain(place, error))
}
