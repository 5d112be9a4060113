//! What a server must find again after it was killed.
//!
//! The core says what a [`Record`] is and what records add up to ([`Records`]). A [`Storage`] keeps them: in memory, for tests,
//! or in a file ([`Store`]). One commit is one barrier: when it returns, all of its records are durable.
//!
//! Commits block, so a [`Disk`] makes them on a thread of its own. What comes while one commit runs goes into the next
//! together: a **group commit**. The slower the disk, the larger the groups.

mod disk;
mod identity;
mod memory;
mod quiet;
mod rehearsal;
mod store;

use quorum_core::log::{Record, Records};
use quorum_core::paxos::{self, Slot};
use thiserror::Error;

pub use disk::{Disk, Progress};
pub use identity::Identity;
pub use memory::Memory;
pub use store::Store;

/// Where records are kept.
pub trait Storage: Send {
    /// What was committed.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn kept(&self) -> Result<Kept, StorageError>;

    /// The number that it got when it was made; `None`: it has none.
    fn number(&self) -> Option<u64> {
        None
    }

    /// Makes these records durable, all of them or none.
    ///
    /// # Errors
    /// Why they are not. Then nobody knows which of them are: the server must end.
    fn commit(&mut self, records: &[Record]) -> Result<(), StorageError>;

    /// Takes the votes in the slots below this one away, but for these slots. It counts as no record. Only where
    /// *truncate-after-durable* is off ([`Effect::Forget`](quorum_core::log::Effect::Forget)): else votes go with the snapshot
    /// that takes their place, in one commit.
    ///
    /// # Errors
    /// Why they are not gone. Then nobody knows which of them are: the server must end.
    fn forget_below(&mut self, below: Slot, but: &[Slot]) -> Result<(), StorageError>;
}

/// Everything that was committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// What the records add up to.
    pub records: Records,
    /// How many there were. A server that was killed can tell by it which of its last records were durable after all.
    pub count: u64,
}

impl Kept {
    /// Takes in records.
    pub fn apply<'a>(&mut self, records: impl IntoIterator<Item = &'a Record>) {
        for record in records {
            self.records.apply(record.clone());
            self.count += 1;
        }
    }

    /// The votes in the slots below this one go, but for these slots.
    pub fn forget_below(&mut self, below: Slot, but: &[Slot]) {
        let accepted = &mut self.records.paxos.accepted;
        let stay: Vec<_> = but.iter().filter_map(|slot| accepted.get(*slot).cloned()).collect();
        accepted.forget_below(below);
        for vote in stay {
            self.records.paxos.apply(paxos::Record::Accepted(vote));
        }
    }
}

/// Why something cannot be kept, or not be found again: a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct StorageError(String);

impl StorageError {
    /// An error that says this: what is wrong, and what to do.
    #[must_use]
    pub const fn new(sentence: String) -> Self {
        Self(sentence)
    }
}
