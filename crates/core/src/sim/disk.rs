//! A disk that takes its time.
//!
//! A record passes three stations: *queued* in the server's memory, *written* to the disk's cache, *durable*.
//! Only the last one survives a crash. *Paxos Made Simple* (§2.5) asks that an acceptor record its response "in
//! stable storage before actually sending the response"; the counters here are how a message knows whether the
//! writes it rests on have got that far.

use alloc::vec::Vec;

use super::{ProtocolKind, Record, Records};

/// One server's disk.
///
/// * Records become durable in the order they were queued.
/// * `synced ≤ total`, and equal exactly when nothing is queued or written.
#[derive(Clone, Debug)]
pub struct Disk {
    pub(super) durable: Records,
    written: Vec<Record>,
    queued: Vec<Record>,
    total: u64,
    synced: u64,
}

impl Disk {
    /// A disk on which nothing was ever written.
    pub(super) fn new(protocol: ProtocolKind) -> Self {
        Self { durable: Records::empty(protocol), written: Vec::new(), queued: Vec::new(), total: 0, synced: 0 }
    }

    /// A disk that has this, and nothing on its way to it.
    #[cfg(feature = "log")]
    pub(super) fn with(durable: Records) -> Self {
        Self { durable, written: Vec::new(), queued: Vec::new(), total: 0, synced: 0 }
    }

    /// What survives a crash.
    #[must_use]
    pub const fn durable(&self) -> &Records {
        &self.durable
    }

    /// Written, not durable.
    #[must_use]
    pub fn written(&self) -> &[Record] {
        &self.written
    }

    /// In memory, waiting to be written.
    #[must_use]
    pub fn queued(&self) -> &[Record] {
        &self.queued
    }

    /// How many records were ever handed to this disk. A message queued now rests on that many.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// How many of them are durable, or were lost in a crash: nothing waits for those any more.
    #[must_use]
    pub const fn synced(&self) -> u64 {
        self.synced
    }

    pub(super) fn queue(&mut self, record: Record) {
        self.total += 1;
        self.queued.push(record);
    }

    /// What is queued becomes written, as long as no more records than so many are then written.
    pub(super) fn write(&mut self, most: usize) -> Vec<Record> {
        let room = most.saturating_sub(self.written.len()).min(self.queued.len());
        let records: Vec<_> = self.queued.drain(..room).collect();
        self.written.extend_from_slice(&records);
        records
    }

    /// What is written becomes durable: the first records, so many at most.
    pub(super) fn sync(&mut self, most: usize) -> Vec<Record> {
        let records: Vec<_> = self.written.drain(..most.min(self.written.len())).collect();
        self.synced += records.len() as u64;
        for record in &records {
            self.durable.apply(record.clone());
        }
        records
    }

    /// The votes that make room for a snapshot go at once, whether it is durable or not.
    #[cfg(feature = "log")]
    pub(super) fn forget(&mut self, stored: &crate::log::Stored) {
        self.durable.forget(stored);
    }

    /// What is not durable is gone: what was queued, and what was written.
    pub(super) fn crash(&mut self) -> (Vec<Record>, Vec<Record>) {
        self.synced = self.total;
        (core::mem::take(&mut self.queued), core::mem::take(&mut self.written))
    }

    /// Everything is gone, and the disk knows it.
    pub(super) fn wipe(&mut self) {
        self.crash();
        self.durable = self.durable.replaced();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paxos;
    use alloc::vec;

    fn round(round: u32) -> Record {
        Record::Paxos(paxos::Record::Round(round))
    }

    #[test]
    fn only_what_is_synced_survives() {
        let mut disk = Disk::new(ProtocolKind::Single);
        disk.queue(round(1));
        assert_eq!((disk.synced(), disk.total()), (0, 1));
        disk.write(usize::MAX);
        disk.queue(round(2));
        disk.sync(usize::MAX);
        assert_eq!((disk.synced(), disk.total()), (1, 2));
        disk.write(usize::MAX);
        assert_eq!(disk.crash(), ([].into(), [round(2)].into()));
        assert_eq!(disk.durable().paxos().unwrap().round, Some(1));
    }

    #[test]
    fn a_busy_disk_knows_nothing_of_the_records_that_came_later() {
        let mut disk = Disk::new(ProtocolKind::Single);
        for number in 1..=4 {
            disk.queue(round(number));
        }
        assert_eq!(disk.write(1), [round(1)]);
        assert_eq!((disk.write(3), disk.sync(2)), (vec![round(2), round(3)], vec![round(1), round(2)]));
        assert_eq!((disk.written(), disk.queued(), disk.synced()), (&[round(3)][..], &[round(4)][..], 2));
        assert_eq!(disk.crash(), ([round(4)].into(), [round(3)].into()));
        assert_eq!(disk.durable().paxos().unwrap().round, Some(2));
    }

    #[test]
    fn a_wiped_disk_is_empty_and_says_that_it_was_lost() {
        let mut disk = Disk::new(ProtocolKind::Single);
        disk.queue(round(1));
        disk.write(usize::MAX);
        disk.sync(usize::MAX);
        disk.wipe();
        assert_eq!(*disk.durable(), Records::empty(ProtocolKind::Single).replaced());
        assert!(disk.durable().is_lost());
    }
}
