//! What is known of consensus where a run begins in the middle.
//!
//! Nobody saw what was said before. What is left of it is on the disks: the latest vote of each acceptor in each slot, and what
//! it promised. That is enough to judge every ballot that is begun from now on, because its promises report just that. Of the
//! **old** ballots it is enough to know who votes for what ([`super::refinement`]).
//!
//! What was *chosen* before cannot be read from disks alone: a vote of a higher ballot took the place of one that chose, or a
//! snapshot did. Servers know it. So what a server knows to be chosen is taken as chosen, in a ballot not above any that was used
//! by then; and of slots in which something may have been chosen and nobody there knows it any more, the first who says so is
//! believed ([`Consensus::believes`]).

use alloc::{sync::Arc, vec::Vec};

use super::Consensus;
use crate::paxos::{Ballot, Chosen, NodeId, NodeSet, Records, Slot, Vote};

impl<V: Clone + PartialEq> Consensus<V> {
    /// What a server has on its disk when the run begins.
    pub(in crate::check) fn stands(&mut self, node: NodeId, durable: &Records<V>) {
        let refinement = &mut self.refinement;
        if let Some(ballot) = durable.promised {
            refinement.ballots.entry(ballot).promised.insert(node);
        }
        for vote in durable.accepted.iter() {
            refinement.ballots.entry(vote.ballot).voted.insert(node);
            let phase2 = refinement.phase2(vote.slot, vote.ballot);
            let asked = phase2.asked.get_or_insert_with(|| vote.value.clone()) == &vote.value;
            phase2.voted.insert(node);
            if asked {
                phase2.voters.insert(node);
            }
        }
        let voted = durable.accepted.iter().map(|vote| vote.ballot).max();
        let bound = refinement.bound(node);
        // A disk that was lost binds nobody.
        let told = durable.promised.filter(|_| !durable.lost);
        (bound.told, bound.promised, bound.voted) = (told, durable.promised.max(voted), voted);
    }

    /// All servers stand. The ballots of each server up to this round are old, and something may have been chosen with them.
    pub(in crate::check) fn begins(&mut self, old: Vec<u32>) {
        self.refinement.old = Some(Arc::new(old));
        let quorums = self.refinement.quorums();
        let chosen: Vec<Chosen<V>> = self
            .refinement
            .votes
            .iter()
            .filter(|(_, phase2)| quorums.chooses(phase2.voters))
            .filter_map(|((slot, ballot), phase2)| {
                let vote = Vote { slot: *slot, ballot: *ballot, value: phase2.asked.clone()? };
                Some(Chosen { vote, quorum: phase2.voters })
            })
            .collect();
        for chosen in chosen {
            if !self.has_chosen(&chosen.vote) {
                self.chosen.entry(chosen.vote.slot).push(chosen);
            }
        }
    }

    /// Somebody says that this was chosen before the run began. The first who says something of a slot is believed. Only ballots
    /// above this one, which are begun later, are held to it.
    pub(in crate::check) fn believes(&mut self, slot: Slot, value: &V, ballot: Ballot) {
        if self.chosen(slot).is_empty() {
            let vote = Vote { slot, ballot, value: value.clone() };
            self.chosen.entry(slot).push(Chosen { vote, quorum: NodeSet::default() });
        }
    }
}
