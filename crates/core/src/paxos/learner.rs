//! The learner: it counts votes.
//!
//! *Paxos Made Simple* (§2.3): to learn that a value has been chosen, a learner "must find out that a proposal has
//! been accepted by a majority of acceptors". Votes count only within one ballot: two acceptors that voted for
//! the same value in different ballots have not chosen it together.

use alloc::vec::Vec;

use litemap::LiteMap;
use serde::Serialize;

use crate::cow_map::CowMap;

use super::{
    Accepted, Ballot, Count, Late, LatestVotes, Loose, NodeId, NodeSet, Rule, Settings, Slot, Tally, Value, Vote,
};

/// Under what all votes are counted where [`Rule::VotesWithinBallot`] is off.
const ALL_BALLOTS: Ballot = Ballot { round: 0, server: NodeId::FIRST };

/// A vote that enough acceptors have cast, and who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chosen<V = Value> {
    /// The slot, ballot and value.
    pub vote: Vote<V>,
    /// The acceptors whose votes were counted.
    pub quorum: NodeSet,
}

/// One server's learner; a new one knows nothing yet. It keeps nothing on disk: what is chosen can always be found out again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learner {
    pub(super) votes: LiteMap<Slot, CowMap<Ballot, NodeSet>>,
    /// Those of the votes that count only because a rule is off, with the ballot they are counted under.
    loose: Vec<(Slot, Ballot, Loose)>,
    /// The vote that was found to be chosen, in each slot.
    pub(super) learned: LatestVotes,
}

impl Learner {
    /// The value it knows to be chosen in a slot.
    #[must_use]
    pub fn learned(&self, slot: Slot) -> Option<&Value> {
        self.learned.get(slot).map(|vote| &vote.value)
    }

    /// All it knows, lowest slot first.
    pub fn all(&self) -> impl Iterator<Item = (Slot, &Value)> {
        self.learned.iter().map(|vote| (vote.slot, &vote.value))
    }

    /// Roughly how many bytes a copy of it takes that shares what it can.
    pub(crate) fn approx_bytes(&self) -> usize {
        self.votes.values().map(CowMap::approx_bytes).sum()
    }

    /// Counts a vote. A quorum is said once per slot.
    pub fn accepted(&mut self, settings: &Settings, from: NodeId, Accepted(vote): &Accepted) -> Tally<Chosen> {
        if self.learned.get(vote.slot).is_some() {
            return Tally::Stale(Late::Learned);
        }
        let rules = settings.rules;
        let heap = if rules.on(Rule::VotesWithinBallot) { vote.ballot } else { ALL_BALLOTS };
        let voters = self.votes.entry(vote.slot).or_default().entry(heap);
        let quorums = settings.quorums();
        let counts_for = rules.count_vote(voters, from, quorums.acceptors);
        let quorum = *voters;
        if let Some(counts_for) = counts_for.filter(|node| *node != from || heap == ALL_BALLOTS) {
            self.loose.push((vote.slot, heap, Loose { counts_for, from, ballot: vote.ballot }));
        }
        let count = Count { nodes: quorum, loose: self.loose(vote, heap) };
        if !quorums.chooses(quorum) {
            return Tally::Of(count);
        }
        self.learned.cast(vote.clone());
        // Votes that can teach nothing more are not kept.
        self.votes.remove(&vote.slot);
        self.loose.retain(|(slot, ..)| *slot != vote.slot);
        Tally::Quorum(count, Chosen { vote: vote.clone(), quorum })
    }

    /// Those of the votes counted under a ballot that do not speak for this vote.
    fn loose(&self, vote: &Vote, heap: Ballot) -> Vec<Loose> {
        let mut found = Vec::new();
        for (slot, under, loose) in &self.loose {
            let speaks = loose.counts_for == loose.from && loose.ballot == vote.ballot;
            if *slot == vote.slot && *under == heap && !speaks {
                found.push(*loose);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::node;

    fn accepted(round: u32, server: u32, value: &str) -> Accepted {
        Accepted(Vote { slot: 0, ballot: Ballot { round, server: node(server) }, value: value.parse().unwrap() })
    }

    #[test]
    fn a_majority_of_votes_in_one_ballot_is_learned_once() {
        let mut learner = Learner::default();
        assert!(matches!(learner.accepted(&Settings::ordinary(), node(1), &accepted(1, 1, "red")), Tally::Of(_)));
        let Tally::Quorum(Count { nodes: quorum, .. }, chosen) =
            learner.accepted(&Settings::ordinary(), node(3), &accepted(1, 1, "red"))
        else {
            panic!("two of three votes are a quorum");
        };
        assert_eq!(quorum, [node(1), node(3)].into_iter().collect());
        assert_eq!(chosen.vote.value.as_str(), "red");
        assert_eq!(
            learner.accepted(&Settings::ordinary(), node(2), &accepted(1, 1, "red")),
            Tally::Stale(Late::Learned)
        );
        assert_eq!(learner.learned(0).unwrap().as_str(), "red");
    }

    #[test]
    fn one_acceptor_counts_once_however_often_it_says_so() {
        let mut learner = Learner::default();
        for _ in 0..5 {
            assert!(matches!(learner.accepted(&Settings::ordinary(), node(1), &accepted(1, 1, "red")), Tally::Of(_)));
        }
    }

    #[test]
    fn without_its_rule_votes_of_different_ballots_add_up() {
        let rules = crate::paxos::Rules::without(&[Rule::VotesWithinBallot]);
        let settings = Settings { rules, ..Settings::ordinary() };
        let mut learner = Learner::default();
        learner.accepted(&settings, node(1), &accepted(1, 1, "red"));
        assert!(matches!(learner.accepted(&settings, node(2), &accepted(2, 2, "blue")), Tally::Quorum(..)));
    }

    #[test]
    fn votes_of_different_ballots_do_not_add_up_even_for_the_same_value() {
        let mut learner = Learner::default();
        assert!(matches!(learner.accepted(&Settings::ordinary(), node(1), &accepted(1, 1, "red")), Tally::Of(_)));
        assert!(matches!(learner.accepted(&Settings::ordinary(), node(2), &accepted(2, 2, "red")), Tally::Of(_)));
    }
}
