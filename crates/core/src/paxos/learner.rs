//! The learner: it counts votes.
//!
//! *Paxos Made Simple* (§2.3): to learn that a value has been chosen, a learner "must find out that a proposal has
//! been accepted by a majority of acceptors". Votes count only within one ballot: two acceptors that voted for
//! the same value in different ballots have not chosen it together.

use litemap::LiteMap;
use serde::Serialize;

use crate::ledger::Ledger;

use super::{Accepted, Ballot, Count, NodeId, NodeSet, Quorums, Slot, Value, Vote, Votes};

/// A vote that enough acceptors have cast, and who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chosen {
    /// The slot, ballot and value.
    pub vote: Vote,
    /// The acceptors whose votes were counted.
    pub quorum: NodeSet,
}

/// One server's learner. It keeps nothing on disk: what is chosen can always be found out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learner {
    quorums: Quorums,
    votes: LiteMap<Slot, Ledger<Ballot, NodeSet>>,
    /// The vote that was found to be chosen, in each slot.
    learned: Votes,
}

impl Learner {
    /// A learner that knows nothing yet.
    #[must_use]
    pub const fn new(quorums: Quorums) -> Self {
        Self { quorums, votes: LiteMap::new(), learned: Votes::new() }
    }

    /// The value it knows to be chosen in a slot.
    #[must_use]
    pub fn learned(&self, slot: Slot) -> Option<&Value> {
        self.learned.get(slot).map(|vote| &vote.value)
    }

    /// All it knows, lowest slot first.
    pub fn all(&self) -> impl Iterator<Item = (Slot, &Value)> {
        self.learned.as_slice().iter().map(|vote| (vote.slot, &vote.value))
    }

    /// Roughly how many bytes a copy of it takes that shares what it can.
    pub(crate) fn weight(&self) -> usize {
        self.votes.values().map(Ledger::weight).sum()
    }

    /// Counts a vote. A quorum is said once per slot.
    pub fn accepted(&mut self, from: NodeId, Accepted(vote): &Accepted) -> Count<Chosen> {
        if self.learned.get(vote.slot).is_some() {
            return Count::Stale;
        }
        let voters = self.votes.entry(vote.slot).or_insert(Ledger::new()).entry(vote.ballot);
        voters.insert(from);
        let quorum = *voters;
        if !self.quorums.chooses(quorum) {
            return Count::Of(quorum);
        }
        self.learned.cast(vote.clone());
        // Votes that can teach nothing more are not kept.
        self.votes.remove(&vote.slot);
        Count::Quorum(quorum, Chosen { vote: vote.clone(), quorum })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(number: u32) -> NodeId {
        NodeId::new(number).unwrap()
    }

    fn accepted(round: u32, server: u32, value: &str) -> Accepted {
        Accepted(Vote { slot: 0, ballot: Ballot { round, server: node(server) }, value: value.parse().unwrap() })
    }

    fn learner(servers: u32) -> Learner {
        Learner::new(Quorums::majority((1..=servers).map(node).collect()))
    }

    #[test]
    fn a_majority_of_votes_in_one_ballot_is_learned_once() {
        let mut learner = learner(3);
        assert!(matches!(learner.accepted(node(1), &accepted(1, 1, "red")), Count::Of(_)));
        let Count::Quorum(quorum, chosen) = learner.accepted(node(3), &accepted(1, 1, "red")) else {
            panic!("two of three votes are a quorum");
        };
        assert_eq!(quorum, [node(1), node(3)].into_iter().collect());
        assert_eq!(chosen.vote.value.as_str(), "red");
        assert_eq!(learner.accepted(node(2), &accepted(1, 1, "red")), Count::Stale);
        assert_eq!(learner.learned(0).unwrap().as_str(), "red");
    }

    #[test]
    fn one_acceptor_counts_once_however_often_it_says_so() {
        let mut learner = learner(3);
        for _ in 0..5 {
            assert!(matches!(learner.accepted(node(1), &accepted(1, 1, "red")), Count::Of(_)));
        }
    }

    #[test]
    fn votes_of_different_ballots_do_not_add_up_even_for_the_same_value() {
        let mut learner = learner(3);
        assert!(matches!(learner.accepted(node(1), &accepted(1, 1, "red")), Count::Of(_)));
        assert!(matches!(learner.accepted(node(2), &accepted(2, 2, "red")), Count::Of(_)));
    }
}
