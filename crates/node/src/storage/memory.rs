//! Records in memory: gone with the process. For tests.

use quorum_core::log::{Record, Records};

use super::{Storage, StorageError};

/// Keeps records as long as it lives.
#[derive(Debug, Default)]
pub struct Memory {
    records: Records,
}

impl Storage for Memory {
    fn records(&self) -> Result<Records, StorageError> {
        Ok(self.records.clone())
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), StorageError> {
        for record in records {
            self.records.apply(record.clone());
        }
        Ok(())
    }
}
