//! Records in memory: gone with the process. For tests.

use quorum_core::log::Record;
use quorum_core::paxos::Slot;

use super::{Kept, Storage, StorageError};

/// Keeps records as long as it lives.
#[derive(Debug, Default)]
pub struct Memory {
    kept: Kept,
}

impl Storage for Memory {
    fn kept(&self) -> Result<Kept, StorageError> {
        Ok(self.kept.clone())
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), StorageError> {
        self.kept.apply(records);
        Ok(())
    }

    fn forget_below(&mut self, below: Slot, but: &[Slot]) -> Result<(), StorageError> {
        self.kept.forget_below(below, but);
        Ok(())
    }
}
