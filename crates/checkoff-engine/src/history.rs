//! Questions about runs, past and present: what `runs`, `status`, `log` show.
//!
//! Reading never takes the run's lock and never starts anything.

use std::path::{Path, PathBuf};

use checkoff_core::event::Output;
use checkoff_core::{RunId, RunSpec};
use checkoff_store::{Recorded, RunRow, SqliteStore, Store};

/// A store, to read from.
pub struct History {
    folder: PathBuf,
    store: SqliteStore,
}

impl History {
    /// Opens the store in this folder, to read.
    ///
    /// # Errors
    /// [`HistoryError::NoStore`] when nothing has run here yet.
    pub fn open(folder: &Path) -> Result<History, HistoryError> {
        if !SqliteStore::exists(folder) {
            return Err(HistoryError::NoStore(folder.to_owned()));
        }
        Ok(History { folder: folder.to_owned(), store: SqliteStore::open_to_read(folder)? })
    }

    /// Every run, the newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn runs(&self) -> Result<Vec<RunRow>, HistoryError> {
        Ok(self.store.runs()?)
    }

    /// What the run was to do.
    ///
    /// # Errors
    /// There is no such run.
    pub fn spec(&self, run: RunId) -> Result<RunSpec, HistoryError> {
        Ok(self.store.spec(run)?)
    }

    /// The events that follow the one numbered `after`, in order; all of them.
    ///
    /// # Errors
    /// There is no such run, or a record cannot be read.
    pub fn events(&self, run: RunId, after: u64) -> Result<Vec<Recorded>, HistoryError> {
        Ok(self.store.read(run, after, usize::MAX)?)
    }

    /// All that an attempt wrote.
    ///
    /// # Errors
    /// The file that holds it is gone.
    pub fn output(&self, output: &Output) -> Result<Vec<u8>, HistoryError> {
        match &output.file {
            None => Ok(output.tail.clone()),
            Some(file) => {
                let path = self.folder.join(file);
                std::fs::read(&path).map_err(|source| HistoryError::Output { path, source })
            }
        }
    }
}

/// A question about runs has no answer.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Nothing has run here yet.
    #[error("nothing has run here: there is no store in `{0}`")]
    NoStore(PathBuf),
    /// The store said no.
    #[error(transparent)]
    Store(#[from] checkoff_store::Error),
    /// The output of an attempt is not where it should be.
    #[error("failed to read the output kept in `{path}`")]
    Output {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}
