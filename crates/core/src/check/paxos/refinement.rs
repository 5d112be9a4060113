//! Refinement: every step of the cluster is a step of the specification, or several, or none.
//!
//! Lamport's abstract Paxos has no disks, no crashes and no receivers. It is a set of messages that only grows, and four
//! kinds of [`SpecAction`] that add to it. If all the cluster ever does can be read as such steps, it is right because the
//! specification is: nothing can be chosen here that could not be chosen there. So each fact is read as it happens:
//!
//! | what happens | is, for the first time |
//! |---|---|
//! | a prepare leaves its server | `Phase1a` |
//! | a promise is durable, or leaves its server | `Phase1b` |
//! | an accept leaves its server | `Phase2a` |
//! | a vote is durable, or leaves its server | `Phase2b` |
//!
//! All else is no step: to say a thing again, or to somebody else, adds nothing to a set. Nor do crashes, losses and what
//! is only in memory or only learned. Whoever comes back from a crash is held to what it stored or said before; so is
//! whoever comes back with an empty disk. Three things are worth a closer look:
//!
//! * An acceptor that votes in a ballot it has not promised writes a promise beside its vote. That is all one `Phase2b`. A
//!   promise on disk is a `Phase1b` only where a prepare was answered with it; both may become durable at once.
//! * A prepare may come late, after a vote in its ballot. It is answered with a promise that reports that very vote.
//!   Nobody needs it any more, because the ballot has asked for its value already: no step.
//! * The specification's promises carry votes, and none are stored here. An acceptor that has promised a ballot never
//!   again votes below it. So what it reported is, for ever after, its highest vote below that ballot.
//!
//! Where a run begins in the middle, the ballots that were begun before are **old**: how they came to ask for what they ask for
//! was never seen, and is not judged. What they ask for counts from the first who says so. Votes count as ever.
//!
//! Once something was no step, what is recorded is what was done, as well as it can be; later steps still get their names.

use alloc::vec::Vec;
use core::mem::replace;

use super::{Obstacle, Reading, SpecAction, SpecActionKind, Violation};
use crate::cow_map::CowMap;
use crate::paxos::{Ballot, NodeId, NodeSet, Prepare, Promise, Quorums, Slot, Vote};

/// What was ever done in phase 1 of one ballot. A promise is for a ballot, and for all slots at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Phase1 {
    /// Whether the ballot was begun: 1a.
    begun: bool,
    /// The first slot that it asked about.
    from: Slot,
    /// The acceptors that wrote a promise in answer to a prepare, durable or not.
    answered: NodeSet,
    /// The acceptors that promised it: 1b.
    pub(super) promised: NodeSet,
    /// The acceptors that voted in it, in whatever slot.
    pub(super) voted: NodeSet,
}

/// What was ever done in phase 2 of one ballot, in one slot.
#[derive(Clone, Debug)]
pub(in crate::check) struct Phase2<V> {
    /// The value the ballot asked for: 2a.
    pub(in crate::check) asked: Option<V>,
    /// The acceptors that voted: 2b.
    pub(super) voted: NodeSet,
    /// The acceptors whose vote for that value counts, because it is durable or was said.
    pub(super) voters: NodeSet,
    /// The acceptors whose vote for another value counts: in a broken protocol, a ballot may ask for two.
    others: NodeSet,
}

impl<V> Default for Phase2<V> {
    fn default() -> Self {
        Self { asked: None, voted: NodeSet::default(), voters: NodeSet::default(), others: NodeSet::default() }
    }
}

impl<V: PartialEq> Phase2<V> {
    /// The acceptors whose votes for this value count.
    pub(in crate::check) fn voters_for(&mut self, value: &V) -> &mut NodeSet {
        let other = self.asked.as_ref().is_some_and(|asked| asked != value);
        if other { &mut self.others } else { &mut self.voters }
    }

    fn asks_for(&self, value: &V) -> bool {
        self.asked.as_ref() == Some(value)
    }
}

/// What binds one acceptor.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::check) struct Bound {
    /// The highest ballot that it told others it promised.
    pub(in crate::check) told: Option<Ballot>,
    /// The specification's `maxBal`.
    pub(super) promised: Option<Ballot>,
    /// The highest ballot that it voted in.
    pub(super) voted: Option<Ballot>,
}

/// All that was ever said, as the specification has it.
#[derive(Clone, Debug)]
pub(in crate::check) struct Refinement<V> {
    quorums: Quorums,
    /// See [`Refinement::is_old`].
    #[cfg(feature = "log")]
    pub(super) old: Option<alloc::sync::Arc<Vec<u32>>>,
    pub(super) ballots: CowMap<Ballot, Phase1>,
    pub(super) votes: CowMap<(Slot, Ballot), Phase2<V>>,
    /// How many slots there are: one above the highest that was asked or voted for.
    slots: Slot,
    /// By the position of the server, as far as there was something to say.
    bounds: Vec<Bound>,
    /// Which kinds of steps something was not. Who has left the specification may well do so again for the same reason.
    strayed: [bool; 4],
}

impl<V> Refinement<V> {
    pub(in crate::check) const fn new(quorums: Quorums) -> Self {
        Self {
            quorums,
            #[cfg(feature = "log")]
            old: None,
            ballots: CowMap::new(),
            votes: CowMap::new(),
            slots: 0,
            bounds: Vec::new(),
            strayed: [false; 4],
        }
    }
}

impl<V: Clone + PartialEq> Refinement<V> {
    /// How many is enough, by the specification.
    #[cfg(feature = "log")]
    pub(super) const fn quorums(&self) -> Quorums {
        self.quorums
    }

    pub(in crate::check) fn phase2(&mut self, slot: Slot, ballot: Ballot) -> &mut Phase2<V> {
        self.slots = self.slots.max(slot + 1);
        self.votes.entry((slot, ballot))
    }

    /// What a ballot asked for in a slot, if it did.
    #[cfg(feature = "log")]
    pub(in crate::check) fn asked(&self, slot: Slot, ballot: Ballot) -> Option<&V> {
        self.votes.get(&(slot, ballot))?.asked.as_ref()
    }

    pub(in crate::check) fn bound(&mut self, node: NodeId) -> &mut Bound {
        let index = node.index();
        while self.bounds.len() <= index {
            self.bounds.push(Bound::default());
        }
        &mut self.bounds[index]
    }

    /// The highest ballot that a server told others it promised.
    pub(in crate::check) fn told(&self, node: NodeId) -> Option<Ballot> {
        self.bounds.get(node.index())?.told
    }

    /// Every vote that counts, and whose it is; of a ballot that asked for two values, those for the first.
    pub(in crate::check) fn counted(&self) -> impl Iterator<Item = (Vote<V>, NodeSet)> {
        self.votes.iter().filter_map(|((slot, ballot), phase2)| {
            Some((Vote { slot: *slot, ballot: *ballot, value: phase2.asked.clone()? }, phase2.voters))
        })
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(in crate::check) const fn approx_bytes(&self) -> usize {
        self.ballots.approx_bytes() + self.votes.approx_bytes() + self.bounds.len() * size_of::<Bound>()
    }

    /// A prepare was answered with a promise that is new. It counts when it is durable, or said.
    pub(in crate::check) fn answers(&mut self, node: NodeId, ballot: Ballot) {
        self.ballots.entry(ballot).answered.insert(node);
    }

    /// A promise is durable. Only one that answers a prepare is a step.
    pub(in crate::check) fn stores(&mut self, node: NodeId, ballot: Ballot, out: &mut Reading<V>) {
        if self.ballots.entry(ballot).answered.contains(node) {
            self.promises(node, ballot, None, out);
        }
    }

    fn add(
        &mut self,
        kind: SpecActionKind,
        node: Option<NodeId>,
        ballot: Ballot,
        asked: Option<(Slot, &V)>,
        obstacle: Option<Obstacle>,
        out: &mut Reading<V>,
    ) {
        let slot = asked.map_or(0, |(slot, _)| slot);
        let step = SpecAction { kind, node, ballot, value: asked.map(|(_, value)| value.clone()), slot };
        match obstacle {
            None => out.steps.push((out.position, step)),
            Some(obstacle) if !replace(&mut self.strayed[kind as usize], true) => {
                out.strays.push(Violation::NotAStep { step, obstacle });
            }
            Some(_) => {}
        }
    }

    /// Whether this ballot may have been begun before anybody watched: what was promised and asked for in it then, nobody knows.
    #[cfg(feature = "log")]
    fn is_old(&self, ballot: Ballot) -> bool {
        let old = |all: &[u32]| all.get(ballot.server.index()).is_none_or(|round| ballot.round <= *round);
        self.old.as_ref().is_some_and(|all| old(all))
    }

    /// Everything is watched from its beginning.
    #[cfg(not(feature = "log"))]
    const fn is_old(&self, _: Ballot) -> bool {
        false
    }

    /// A prepare was sent. Where a ballot that is used again asks about fewer slots than before, only those are looked at.
    pub(in crate::check) fn begins(&mut self, Prepare { ballot, from }: &Prepare, out: &mut Reading<V>) {
        let old = self.is_old(*ballot);
        let phase1 = self.ballots.entry(*ballot);
        phase1.from = phase1.from.max(*from);
        if !replace(&mut phase1.begun, true) && !old {
            self.add(SpecActionKind::Phase1a, None, *ballot, None, None, out);
        }
    }

    /// A promise was sent: its report is known, the acceptor's latest vote in each slot.
    /// Of the slots below `kept_from` it says nothing: its votes there have made room for a snapshot.
    pub(in crate::check) fn says_promise(
        &mut self,
        node: NodeId,
        promise: &Promise<V>,
        kept_from: Slot,
        out: &mut Reading<V>,
    ) {
        self.promises(node, promise.ballot, Some((&promise.accepted, kept_from)), out);
    }

    fn promises(&mut self, node: NodeId, ballot: Ballot, report: Option<(&[Vote<V>], Slot)>, out: &mut Reading<V>) {
        let report = report.filter(|_| !self.is_old(ballot));
        let old = self.is_old(ballot);
        let phase1 = self.ballots.entry(ballot);
        let (begun, again) = (phase1.begun, !phase1.promised.insert(node));
        let (voted, from) = (phase1.voted.contains(node), phase1.from);
        let obstacle = match report {
            Some((report, kept)) if voted && self.is_late(node, ballot, from.max(kept), report) => return,
            Some((report, kept)) if (voted && !again) || !self.is_latest(node, ballot, from.max(kept), report) => {
                Some(Obstacle::OtherReport)
            }
            _ if again => return,
            _ if !begun && !old => Some(Obstacle::NotBegun),
            _ => self.bound(node).promised.filter(|promised| *promised >= ballot).map(Obstacle::Promised),
        };
        let promised = &mut self.bound(node).promised;
        *promised = (*promised).max(Some(ballot));
        self.add(SpecActionKind::Phase1b, Some(node), ballot, None, obstacle, out);
    }

    /// Whether a promise comes after a vote in its ballot, and reports that very vote.
    fn is_late(&self, node: NodeId, ballot: Ballot, from: Slot, report: &[Vote<V>]) -> bool {
        let voted_for = |vote: &Vote<V>| {
            let phase2 = self.votes.get(&(vote.slot, ballot));
            vote.ballot == ballot
                && phase2.is_some_and(|phase2| phase2.voted.contains(node) && phase2.asks_for(&vote.value))
        };
        report.iter().any(voted_for) && self.reports(node, ballot, from, report, voted_for)
    }

    /// Whether these are the votes to be reported with a promise: in each slot the latest below the ballot, if any.
    fn is_latest(&self, node: NodeId, ballot: Ballot, from: Slot, report: &[Vote<V>]) -> bool {
        self.reports(node, ballot, from, report, |_| false)
    }

    /// Whether a report has, in each slot that was asked about, the latest vote below the ballot, or one that is also right.
    /// Of the slots below those it says nothing, and nothing is proposed there.
    fn reports(
        &self,
        node: NodeId,
        ballot: Ballot,
        from: Slot,
        report: &[Vote<V>],
        also_right: impl Fn(&Vote<V>) -> bool,
    ) -> bool {
        let mut only = NodeSet::default();
        only.insert(node);
        let mut report = report.iter().skip_while(|vote| vote.slot < from).peekable();
        for slot in from..self.slots {
            let reported = report.next_if(|vote| vote.slot == slot);
            if reported.is_some_and(&also_right) {
                continue;
            }
            let is_right = match (reported, self.highest_vote(slot, only, ballot)) {
                (None, None) => true,
                (Some(vote), Some(((_, ballot), phase2))) => vote.ballot == *ballot && phase2.asks_for(&vote.value),
                _ => false,
            };
            if !is_right {
                return false;
            }
        }
        report.next().is_none()
    }

    /// The highest ballot below this one in which one of these voted in a slot.
    fn highest_vote(&self, slot: Slot, nodes: NodeSet, below: Ballot) -> Option<&((Slot, Ballot), Phase2<V>)> {
        // It is mostly the highest of all: a duel can go on for ages without a vote, and need not be searched for one.
        let mut voted = None;
        for node in nodes {
            voted = voted.max(self.bounds.get(node.index()).and_then(|bound| bound.voted));
        }
        self.votes.last_between((slot, Ballot::LOWEST), (slot, below.min(voted?)), |(_, ballot), phase2| {
            *ballot < below && !phase2.voted.and(nodes).is_empty()
        })
    }

    /// A request for votes was sent.
    pub(in crate::check) fn asks(&mut self, vote: &Vote<V>, proposed: impl Fn(&V) -> bool, out: &mut Reading<V>) {
        let Vote { slot, ballot, value } = vote;
        let old = self.is_old(*ballot);
        let phase2 = self.phase2(*slot, *ballot);
        let obstacle = if phase2.asked.is_none() {
            phase2.asked = Some(value.clone());
            if old { None } else { self.forbids(vote, proposed) }
        } else if phase2.asks_for(value) {
            return;
        } else {
            Some(Obstacle::OtherValue)
        };
        self.add(SpecActionKind::Phase2a, None, *ballot, Some((*slot, value)), obstacle, out);
    }

    /// A value is allowed if some quorum of promises allows it: if the highest vote that quorum reports is for it, or it
    /// reports none and a client proposed the value. The largest quorum whose highest report is from a given ballot is
    /// all who promised and report nothing higher. So it is enough to go down through the ballots, and to leave out those
    /// who voted for something else.
    fn forbids(&self, Vote { slot, ballot, value }: &Vote<V>, proposed: impl Fn(&V) -> bool) -> Option<Obstacle> {
        let promised = self.ballots.get(ballot).map_or(NodeSet::default(), |phase1| phase1.promised);
        let (mut quorum, mut below) = (promised, *ballot);
        while self.quorums.completes_phase1(quorum) {
            match self.highest_vote(*slot, quorum, below) {
                Some(((_, earlier), phase2)) if !phase2.asks_for(value) => {
                    quorum = quorum.without(phase2.voted);
                    below = *earlier;
                }
                None if !proposed(value) => break,
                _ => return None,
            }
        }
        Some(Obstacle::NotAllowed)
    }

    /// A vote is durable, or was sent.
    pub(in crate::check) fn casts(&mut self, node: NodeId, vote: &Vote<V>, out: &mut Reading<V>) {
        let Vote { slot, ballot, value } = vote;
        let promised = self.bound(node).promised;
        let old = self.is_old(*ballot);
        let phase2 = self.phase2(*slot, *ballot);
        if old && phase2.asked.is_none() {
            // What it asked for before anybody watched is what is voted for.
            phase2.asked = Some(value.clone());
        }
        let again = !phase2.voted.insert(node);
        let obstacle = if !phase2.asks_for(value) {
            Some(Obstacle::NotAsked)
        } else if again {
            return;
        } else {
            promised.filter(|promised| promised > ballot).map(Obstacle::Promised)
        };
        let bound = self.bound(node);
        bound.promised = promised.max(Some(*ballot));
        bound.voted = bound.voted.max(Some(*ballot));
        self.ballots.entry(*ballot).voted.insert(node);
        self.add(SpecActionKind::Phase2b, Some(node), *ballot, Some((*slot, value)), obstacle, out);
    }
}

#[cfg(test)]
mod tests;
