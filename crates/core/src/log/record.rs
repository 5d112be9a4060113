//! What a server of a log must find again after a crash: what single-decree Paxos writes, with entries for values, and its
//! snapshot.
//!
//! A snapshot and the votes that it takes the place of change in one step ([`Records::apply`]): a disk never holds neither.

use alloc::sync::Arc;

use serde::{Serialize, Serializer};

use super::{Entry, Snapshot, Stored};
use crate::paxos::{self, Slot};

/// One thing written to a server's disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Record {
    /// What single-decree Paxos writes, too.
    Paxos(paxos::Record<Entry>),
    /// A snapshot, in place of votes.
    Snapshot(Stored),
}

/// As what it holds. A snapshot has a number behind those of [`paxos::Record`].
impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Paxos(record) => record.serialize(serializer),
            Self::Snapshot(stored) => serializer.serialize_newtype_variant("Record", 3, "Snapshot", stored),
        }
    }
}

impl From<paxos::Record<Entry>> for Record {
    fn from(record: paxos::Record<Entry>) -> Self {
        Self::Paxos(record)
    }
}

impl Record {
    /// What single-decree Paxos writes, too; `None`: it is a snapshot.
    #[must_use]
    pub const fn paxos(&self) -> Option<&paxos::Record<Entry>> {
        match self {
            Self::Paxos(record) => Some(record),
            Self::Snapshot(_) => None,
        }
    }

    /// The snapshot, if it is one.
    #[must_use]
    pub const fn snapshot(&self) -> Option<&Stored> {
        match self {
            Self::Paxos(_) => None,
            Self::Snapshot(stored) => Some(stored),
        }
    }
}

/// Everything on a server's disk.
///
/// * Every vote that was cast in a slot from [`Records::kept_from`] on, and is durable, is here.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Records {
    /// What single-decree Paxos writes, too.
    pub paxos: paxos::Records<Entry>,
    /// The latest snapshot, if there is one.
    pub snapshot: Option<Stored>,
}

/// Without a snapshot, as what single-decree Paxos writes.
impl Serialize for Records {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.snapshot {
            None => self.paxos.serialize(serializer),
            Some(stored) => (&self.paxos, stored).serialize(serializer),
        }
    }
}

impl Records {
    /// The first slot that votes are kept from; 1: all are.
    #[must_use]
    pub const fn kept_from(&self) -> Slot {
        match &self.snapshot {
            Some(stored) => stored.kept_from,
            None => 1,
        }
    }

    /// The latest snapshot.
    #[must_use]
    pub fn latest(&self) -> Option<&Arc<Snapshot>> {
        self.snapshot.as_ref().map(|stored| &stored.snapshot)
    }

    /// Takes in one record. The latest of a kind stands; a snapshot takes the place of votes in the same step.
    pub fn apply(&mut self, record: Record) {
        match record {
            Record::Paxos(record) => self.paxos.apply(record),
            Record::Snapshot(stored) => {
                self.forget(&stored);
                self.snapshot = Some(stored);
            }
        }
    }

    /// The votes that make room for a snapshot go, whether it is here or not.
    pub fn forget(&mut self, stored: &Stored) {
        self.paxos.accepted.forget_below(stored.replaces_below());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Machine, Rules};
    use crate::sample::ballot;
    use alloc::vec::Vec;

    fn voted(slots: Slot) -> Records {
        let mut records = Records::default();
        for slot in 1..=slots {
            let vote = paxos::Vote { slot, ballot: ballot(1, 1), value: Entry::NoOp };
            records.apply(paxos::Record::Accepted(vote).into());
        }
        records
    }

    fn stored(to: Slot, kept_from: Slot) -> Stored {
        let snapshot = Arc::new(Snapshot::of(&Machine::default(), to, Rules::default()).0);
        Stored { snapshot, kept_from, in_place_of_all: false }
    }

    fn slots(records: &Records) -> Vec<Slot> {
        records.paxos.accepted.iter().map(|vote| vote.slot).collect()
    }

    #[test]
    fn a_snapshot_takes_the_place_of_the_votes_below_what_is_kept_and_of_no_others() {
        let mut records = voted(100);
        records.apply(Record::Snapshot(stored(60, 41)));
        assert_eq!(slots(&records), (41..=100).collect::<Vec<_>>());
        assert_eq!((records.kept_from(), records.latest().unwrap().to), (41, 60));
        records.apply(Record::Snapshot(Stored { in_place_of_all: true, ..stored(70, 71) }));
        assert!(slots(&records).is_empty());
    }

    /// Digests and draws are made of these bytes.
    #[test]
    fn what_has_no_snapshot_serialises_as_if_there_could_be_none() {
        let bytes = |value: &dyn Fn() -> Vec<u8>| value();
        let records = voted(3);
        assert_eq!(
            bytes(&|| postcard::to_allocvec(&records).unwrap()),
            bytes(&|| postcard::to_allocvec(&records.paxos).unwrap())
        );
        let record: paxos::Record<Entry> = paxos::Record::Round(7);
        assert_eq!(postcard::to_allocvec(&Record::from(record.clone())), postcard::to_allocvec(&record));
        let snapshot = postcard::to_allocvec(&Record::Snapshot(stored(5, 1))).unwrap();
        assert_eq!(snapshot[0], 3, "behind the numbers of what single-decree Paxos writes");
    }
}
