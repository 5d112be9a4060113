//! Every vote ever cast: what a set of votes comes to.

use alloc::vec::Vec;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::transition_table::TransitionTable;
use crate::paxos::{Ballot, NodeId, NodeSet, Vote};

/// What is to be said of a set of votes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Verdict {
    /// The values chosen, one bit each, by their numbers in the table.
    pub(super) chosen: u32,
    /// Whether more than one ballot has chosen.
    pub(super) twice: bool,
    /// Whether one value was voted for in two ballots.
    pub(super) adopted: bool,
}

/// Votes and sets of votes, called histories, by numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Votes {
    casts: Vec<(NodeId, Vote)>,
    histories: Vec<Vec<u32>>,
    numbers: HashMap<Vec<u32>, u32, FxBuildHasher>,
    verdicts: Vec<Verdict>,
    /// For each history and each vote, the history with it, plus 1; 0: nobody has asked yet.
    grown: Vec<Vec<u32>>,
    pub(super) bytes: usize,
}

impl Votes {
    pub(super) fn number(&mut self, node: NodeId, vote: &Vote) -> u32 {
        let known = self.casts.iter().position(|(by, cast)| *by == node && cast == vote);
        known.unwrap_or_else(|| {
            self.casts.push((node, vote.clone()));
            self.casts.len() - 1
        }) as u32
    }

    /// A history with one more vote; `None`: nobody has asked yet.
    #[inline]
    pub(super) fn with(&self, history: u32, cast: u32) -> Option<u32> {
        self.grown[history as usize].get(cast as usize)?.checked_sub(1)
    }
}

impl TransitionTable {
    #[inline]
    pub(super) fn verdict(&self, history: u32) -> Verdict {
        self.votes.verdicts[history as usize]
    }

    /// A history with one more vote; `None`: nobody has asked yet.
    #[inline]
    pub(super) fn with_vote(&self, history: u32, cast: u32) -> Option<u32> {
        self.votes.with(history, cast)
    }

    /// The number of a set of votes.
    pub(super) fn number_history(&mut self, votes: &[(NodeId, Vote)]) -> u32 {
        let mut casts: Vec<u32> = votes.iter().map(|(node, vote)| self.votes.number(*node, vote)).collect();
        casts.sort_unstable();
        casts.dedup();
        self.history(casts)
    }

    fn history(&mut self, casts: Vec<u32>) -> u32 {
        if let Some(number) = self.votes.numbers.get(&casts) {
            return *number;
        }
        let verdict = self.evaluate(&casts);
        let votes = &mut self.votes;
        votes.verdicts.push(verdict);
        votes.grown.push(Vec::new());
        votes.bytes += 2 * size_of_val(casts.as_slice()) + 96;
        let number = votes.histories.len() as u32;
        votes.histories.push(casts.clone());
        votes.numbers.insert(casts, number);
        number
    }

    /// A history with one more vote: looked up, or else found out and remembered.
    pub(super) fn grow(&mut self, history: u32, cast: u32) -> u32 {
        if let Some(grown) = self.with_vote(history, cast) {
            return grown;
        }
        let mut casts = self.votes.histories[history as usize].clone();
        if let Err(place) = casts.binary_search(&cast) {
            casts.insert(place, cast);
        }
        let grown = self.history(casts);
        let row = &mut self.votes.grown[history as usize];
        if row.len() <= cast as usize {
            let before = row.capacity();
            row.resize(cast as usize + 1, 0);
            self.votes.bytes += (row.capacity() - before) * size_of::<u32>();
        }
        row[cast as usize] = grown + 1;
        grown
    }

    /// What a set of votes comes to.
    fn evaluate(&mut self, casts: &[u32]) -> Verdict {
        let mut ballots: Vec<(Vote, NodeSet)> = Vec::new();
        for cast in casts {
            let (node, vote) = self.votes.casts[*cast as usize].clone();
            match ballots.iter_mut().find(|(other, _)| *other == vote) {
                Some((_, voters)) => {
                    voters.insert(node);
                }
                None => ballots.push((vote, core::iter::once(node).collect())),
            }
        }
        let quorums = self.scratch.settings().quorums();
        let mut verdict = Verdict::default();
        let mut first: Option<Ballot> = None;
        for (at, (vote, voters)) in ballots.iter().enumerate() {
            verdict.adopted |= ballots[..at].iter().any(|(other, _)| other.value == vote.value);
            if quorums.chooses(*voters) {
                verdict.chosen |= self.bit(&vote.value);
                verdict.twice |= first.replace(vote.ballot).is_some_and(|other| other != vote.ballot);
            }
        }
        verdict
    }
}
