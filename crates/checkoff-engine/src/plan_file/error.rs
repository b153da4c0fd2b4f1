//! Why a list is not written. In every case the file is as it was.

use std::io;
use std::path::{Path, PathBuf};

use checkoff_plan::edit::{ApplyError, Refusal, VerifyError};
use checkoff_plan::select::{FollowError, SelectError};

/// Why a list is not written.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It cannot be read.
    #[error("failed to read `{path}`")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A folder, a pipe, a device.
    #[error("`{path}` is not a regular file")]
    NotAFile {
        /// The file.
        path: PathBuf,
    },
    /// It may not be written.
    #[error("`{path}` is read-only")]
    ReadOnlyFile {
        /// The file.
        path: PathBuf,
    },
    /// No file can be made beside it.
    #[error("the folder `{folder}` is read-only")]
    ReadOnlyFolder {
        /// The folder of the real file.
        folder: PathBuf,
    },
    /// The folder cannot be locked.
    #[error("failed to lock the folder `{folder}`")]
    Lock {
        /// The folder of the real file.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No room for the new version.
    #[error("no room left on the disk to write `{path}`")]
    Full {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The new version cannot be written or put in place.
    #[error("failed to write `{path}`")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no longer what was read.
    #[error("`{path}` was changed by another program in the meantime")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Another program writes it over and over.
    #[error("`{path}` keeps being changed by another program")]
    Restless {
        /// The file.
        path: PathBuf,
    },
    /// The state cannot be written without guessing.
    #[error("`{path}` was not changed")]
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Refusal,
    },
    /// The selector selects nothing, or too much.
    #[error("`{path}` was not changed")]
    Select {
        /// The file.
        path: PathBuf,
        /// Why.
        source: SelectError,
    },
    /// The file changed, and the task cannot be found again for sure.
    #[error("`{path}` was changed by another program in the meantime")]
    Follow {
        /// The file.
        path: PathBuf,
        /// What is unclear.
        source: FollowError,
    },
    /// The change would not be read as what was meant.
    #[error("`{path}` was not changed")]
    Verify {
        /// The file.
        path: PathBuf,
        /// In what.
        source: VerifyError,
    },
    /// The edits contradict each other.
    #[error("`{path}` was not changed")]
    Apply {
        /// The file.
        path: PathBuf,
        /// How.
        source: ApplyError,
    },
}

impl From<SelectError> for PlanFileError {
    fn from(source: SelectError) -> PlanFileError {
        PlanFileError::Select { path: PathBuf::new(), source }
    }
}

impl PlanFileError {
    /// Whether the machine said no, rather than the list.
    pub fn is_of_system(&self) -> bool {
        matches!(
            self,
            PlanFileError::Read { .. }
                | PlanFileError::NotAFile { .. }
                | PlanFileError::ReadOnlyFile { .. }
                | PlanFileError::ReadOnlyFolder { .. }
                | PlanFileError::Lock { .. }
                | PlanFileError::Full { .. }
                | PlanFileError::Write { .. }
        )
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            PlanFileError::ReadOnlyFile { path } => {
                Some(format!("`chmod u+w {}` makes it writable", path.display()))
            }
            PlanFileError::ReadOnlyFolder { .. } => Some(
                "the new version is written beside the old one and then takes its name".to_owned(),
            ),
            PlanFileError::Changed { .. } | PlanFileError::Restless { .. } => {
                Some("try again when the other program is done".to_owned())
            }
            PlanFileError::Full { .. } => Some("free some room and try again".to_owned()),
            PlanFileError::Refused { source, .. } => source.hint(),
            PlanFileError::Select { source, .. } => source.hint(),
            _ => None,
        }
    }

    pub(super) fn apply(path: &Path, source: ApplyError) -> PlanFileError {
        PlanFileError::Apply { path: path.to_owned(), source }
    }
}
