//! What a server must find again after a crash.
//!
//! *Paxos Made Simple* (§2.5): "stable storage, preserved during failures, is used to maintain the information
//! that the acceptor must remember. An acceptor records its intended response in stable storage before actually
//! sending the response"; and a proposer "remembers (in stable storage) the highest-numbered proposal it has
//! tried to issue". Three kinds of [`Record`] say all of that; [`Records`] is what they add up to.

use alloc::vec::Vec;

use serde::Serialize;

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

/// The latest vote in each slot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LatestVotes<V = Value>(Vec<Vote<V>>);

impl<V> Default for LatestVotes<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> LatestVotes<V> {
    /// No votes yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The vote in a slot.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&Vote<V>> {
        self.since(slot).first().filter(|vote| vote.slot == slot)
    }

    /// All of them, lowest slot first.
    #[must_use]
    pub const fn as_slice(&self) -> &[Vote<V>] {
        self.0.as_slice()
    }

    /// Those in a slot and above it, lowest slot first.
    #[must_use]
    pub fn since(&self, slot: Slot) -> &[Vote<V>] {
        &self.0[self.0.partition_point(|vote| vote.slot < slot)..]
    }

    /// Takes the place of an earlier vote in the same slot.
    pub fn cast(&mut self, vote: Vote<V>) {
        match self.0.binary_search_by_key(&vote.slot, |other| other.slot) {
            Ok(position) => self.0[position] = vote,
            Err(position) => self.0.insert(position, vote),
        }
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

impl<V> Records<V> {
    /// Takes in one record. The latest of a kind stands.
    pub fn apply(&mut self, record: Record<V>) {
        match record {
            Record::Promised(ballot) => self.promised = Some(ballot),
            Record::Accepted(vote) => self.accepted.cast(vote),
            Record::Round(round) => self.round = Some(round),
        }
    }
}
