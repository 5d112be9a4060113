//! What a server must find again after a crash.
//!
//! *Paxos Made Simple* (§2.5): "stable storage, preserved during failures, is used to maintain the information
//! that the acceptor must remember. An acceptor records its intended response in stable storage before actually
//! sending the response"; and a proposer "remembers (in stable storage) the highest-numbered proposal it has
//! tried to issue". Three kinds of [`Record`] say all of that; [`Records`] is what they add up to.

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use crate::slot_map::SlotMap;

use super::{Ballot, Slot, Value, Vote};

/// One thing written to a server's disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Record<V = Value> {
    /// The acceptor promised this ballot.
    Promised(Ballot),
    /// The acceptor voted.
    Accepted(Vote<V>),
    /// The proposer used this round.
    Round(u32),
}

/// The latest vote in each slot. A copy shares what neither of the two has changed since.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LatestVotes<V = Value>(SlotMap<Slot, Vote<V>>);

impl<V> Default for LatestVotes<V> {
    fn default() -> Self {
        Self::new()
    }
}

/// As the list of them, lowest slot first.
impl<V: Serialize> Serialize for LatestVotes<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut votes = serializer.serialize_seq(Some(self.0.len()))?;
        for vote in self.iter() {
            votes.serialize_element(vote)?;
        }
        votes.end()
    }
}

impl<V> LatestVotes<V> {
    /// No votes yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(SlotMap::new())
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The vote in a slot.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&Vote<V>> {
        self.0.get(&slot)
    }

    /// The vote in the highest slot.
    #[must_use]
    pub fn last(&self) -> Option<&Vote<V>> {
        self.0.last().map(|(_, vote)| vote)
    }

    /// All of them, lowest slot first.
    pub fn iter(&self) -> impl Iterator<Item = &Vote<V>> {
        self.0.iter().map(|(_, vote)| vote)
    }

    /// Those in a slot and above it, lowest slot first.
    pub fn since(&self, slot: Slot) -> impl Iterator<Item = &Vote<V>> {
        self.0.since(slot).map(|(_, vote)| vote)
    }

    /// Roughly how many bytes a copy of it takes that shares what it can.
    pub(crate) const fn approx_bytes(&self) -> usize {
        self.0.approx_bytes()
    }
}

impl<V: Clone> LatestVotes<V> {
    /// Drops the votes in the slots below this one.
    pub fn forget_below(&mut self, slot: Slot) {
        self.0.drop_below(slot);
    }

    /// Takes the place of an earlier vote in the same slot.
    pub fn cast(&mut self, vote: Vote<V>) {
        self.0.insert(vote.slot, vote);
    }
}

/// Everything on a server's disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Records<V = Value> {
    /// The highest ballot promised.
    pub promised: Option<Ballot>,
    /// The latest vote in each slot.
    pub accepted: LatestVotes<V>,
    /// The round the proposer last used.
    pub round: Option<u32>,
    /// Whether this is a fresh disk in place of one that was lost. Its emptiness then means "forgotten", not
    /// "never happened", and a server that trusted it could vote twice in one ballot.
    pub lost: bool,
}

impl<V> Default for Records<V> {
    fn default() -> Self {
        Self { promised: None, accepted: LatestVotes::new(), round: None, lost: false }
    }
}

impl<V: Clone> Records<V> {
    /// Takes in one record. The latest of a kind stands.
    pub fn apply(&mut self, record: Record<V>) {
        match record {
            Record::Promised(ballot) => self.promised = Some(ballot),
            Record::Accepted(vote) => self.accepted.cast(vote),
            Record::Round(round) => self.round = Some(round),
        }
    }
}
