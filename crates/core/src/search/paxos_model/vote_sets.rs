//! Interned votes and interned sets of votes.
//!
//! A state remembers every vote that was ever cast, because a value stays chosen. It holds one number for the whole set. What
//! follows from a set (which values are chosen, and how) is computed when the set is interned.

use alloc::vec::Vec;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::transition_table::TransitionTable;
use crate::paxos::{Ballot, NodeId, NodeSet, Vote};

/// What follows from a set of votes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Verdict {
    /// The chosen values, one bit each: see [`TransitionTable::value_bit`].
    pub(super) chosen: u32,
    /// Whether more than one ballot has chosen.
    pub(super) twice: bool,
    /// Whether one value was voted for in two ballots.
    pub(super) adopted: bool,
}

/// Every vote and every set of votes that was met, numbered.
#[derive(Clone, Debug, Default)]
pub(super) struct VoteSets {
    votes: Vec<(NodeId, Vote)>,
    /// For each set, the numbers of its votes, ascending.
    sets: Vec<Vec<u32>>,
    numbers: HashMap<Vec<u32>, u32, FxBuildHasher>,
    verdicts: Vec<Verdict>,
    /// For each set and each vote, the number of the set with that vote, plus 1. 0: not looked up yet.
    extended: Vec<Vec<u32>>,
    pub(super) bytes: usize,
}

impl VoteSets {
    /// The number of a server's vote.
    pub(super) fn intern_vote(&mut self, voter: NodeId, vote: &Vote) -> u32 {
        let known = self.votes.iter().position(|(other, cast)| *other == voter && cast == vote);
        known.unwrap_or_else(|| {
            self.votes.push((voter, vote.clone()));
            self.votes.len() - 1
        }) as u32
    }

    #[inline]
    pub(super) fn verdict(&self, set: u32) -> Verdict {
        self.verdicts[set as usize]
    }

    /// The set with one more vote. `None`: not looked up yet.
    #[inline]
    pub(super) fn with_vote(&self, set: u32, vote: u32) -> Option<u32> {
        self.extended[set as usize].get(vote as usize)?.checked_sub(1)
    }
}

impl TransitionTable {
    /// The number of a set of votes.
    pub(super) fn intern_vote_set(&mut self, votes: &[(NodeId, Vote)]) -> u32 {
        let mut set: Vec<u32> = votes.iter().map(|(voter, vote)| self.vote_sets.intern_vote(*voter, vote)).collect();
        set.sort_unstable();
        set.dedup();
        self.intern_sorted(set)
    }

    fn intern_sorted(&mut self, set: Vec<u32>) -> u32 {
        if let Some(number) = self.vote_sets.numbers.get(&set) {
            return *number;
        }
        let verdict = self.verdict_on(&set);
        let known = &mut self.vote_sets;
        known.verdicts.push(verdict);
        known.extended.push(Vec::new());
        known.bytes += 2 * size_of_val(set.as_slice()) + 96;
        let number = known.sets.len() as u32;
        known.sets.push(set.clone());
        known.numbers.insert(set, number);
        number
    }

    /// The set with one more vote, looked up or computed and remembered.
    pub(super) fn learn_with_vote(&mut self, set: u32, vote: u32) -> u32 {
        if let Some(extended) = self.vote_sets.with_vote(set, vote) {
            return extended;
        }
        let mut votes = self.vote_sets.sets[set as usize].clone();
        if let Err(place) = votes.binary_search(&vote) {
            votes.insert(place, vote);
        }
        let extended = self.intern_sorted(votes);
        let row = &mut self.vote_sets.extended[set as usize];
        if row.len() <= vote as usize {
            let before = row.capacity();
            row.resize(vote as usize + 1, 0);
            self.vote_sets.bytes += (row.capacity() - before) * size_of::<u32>();
        }
        row[vote as usize] = extended + 1;
        extended
    }

    fn verdict_on(&mut self, set: &[u32]) -> Verdict {
        let mut ballots: Vec<(Vote, NodeSet)> = Vec::new();
        for number in set {
            let (voter, vote) = self.vote_sets.votes[*number as usize].clone();
            match ballots.iter_mut().find(|(other, _)| *other == vote) {
                Some((_, voters)) => {
                    voters.insert(voter);
                }
                None => ballots.push((vote, core::iter::once(voter).collect())),
            }
        }
        let quorums = self.scratch.settings().quorums();
        let mut verdict = Verdict::default();
        let mut first: Option<Ballot> = None;
        for (at, (vote, voters)) in ballots.iter().enumerate() {
            verdict.adopted |= ballots[..at].iter().any(|(other, _)| other.value == vote.value);
            if quorums.chooses(*voters) {
                verdict.chosen |= self.value_bit(&vote.value);
                verdict.twice |= first.replace(vote.ballot).is_some_and(|other| other != vote.ballot);
            }
        }
        verdict
    }
}
