//! What can do attempts: the [`Runtime`] trait, the keeper that hosts shell
//! commands in processes of their own, and the runtime of a person.
//!
//! Nothing here decides what runs or what an exit means for a task; the scheduler
//! does. This crate makes processes, watches them, keeps what they wrote, and can
//! say after a crash what became of each. See `docs/design/keeper.md`.

pub mod attempt;
mod frame;
mod journal;
pub mod keeper;
mod message;
pub mod person;
pub mod process;
pub mod runtime;
pub mod settle;
pub mod shell;
pub mod spawn;
mod spool;

pub use attempt::{
    AttemptSpec, CancelMode, Exit, Finished, Leftovers, Output, OutputLimits, Part, PartId,
};
pub use keeper::{Keeper, KeeperError, KeeperOptions};
pub use person::PersonWatch;
pub use process::{Adopted, adopt};
pub use runtime::{Report, Runtime, RuntimeGone};
pub use settle::{Alive, SettleError, Settled, Settlement, Watch, settle};
