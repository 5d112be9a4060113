//! Records in memory: gone with the process. For tests.

use quorum_core::log::{Record, Records};

use super::{Storage, StorageError};

/// Keeps records as long as it lives.
#[derive(Debug, Default)]
pub struct Memory {
    records: Records,
    taken: u64,
}

impl Storage for Memory {
    fn records(&self) -> Result<Records, StorageError> {
        Ok(self.records.clone())
    }

    fn taken(&self) -> Result<u64, StorageError> {
        Ok(self.taken)
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), StorageError> {
        self.taken += records.len() as u64;
        for record in records {
            self.records.apply(record.clone());
        }
        Ok(())
    }
}
