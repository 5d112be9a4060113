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
//! Once something was no step, what is recorded is what was done, as well as it can be; later steps still get their names.

use alloc::vec::Vec;
use core::mem::replace;

use super::{Obstacle, SpecAction, SpecActionKind};
use crate::check::Violation;
use crate::cow_map::CowMap;
use crate::paxos::{self, Accept, Accepted, Ballot, NodeId, NodeSet, Prepare, Promise, Quorums, Slot, Value, Vote};
use crate::sim::{Fact, Record, Trace};

/// What was ever done in phase 1 of one ballot. A promise is for a ballot, and for all slots at once.
#[derive(Clone, Debug, Default)]
struct Phase1 {
    /// Whether the ballot was begun: 1a.
    begun: bool,
    /// The acceptors that wrote a promise in answer to a prepare, durable or not.
    answered: NodeSet,
    /// The acceptors that promised it: 1b.
    promised: NodeSet,
}

/// What was ever done in phase 2 of one ballot, in one slot.
#[derive(Clone, Debug, Default)]
pub(in crate::check) struct Phase2 {
    /// The value the ballot asked for: 2a.
    pub(in crate::check) asked: Option<Value>,
    /// The acceptors that voted: 2b.
    voted: NodeSet,
    /// The acceptors whose vote for that value counts, because it is durable or was said.
    voters: NodeSet,
    /// The acceptors whose vote for another value counts: in a broken protocol, a ballot may ask for two.
    others: NodeSet,
}

impl Phase2 {
    /// The acceptors whose votes for this value count.
    pub(in crate::check) fn voters_for(&mut self, value: &Value) -> &mut NodeSet {
        let other = self.asked.as_ref().is_some_and(|asked| asked != value);
        if other { &mut self.others } else { &mut self.voters }
    }

    fn asks_for(&self, value: &Value) -> bool {
        self.asked.as_ref() == Some(value)
    }
}

/// What binds one acceptor.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::check) struct Bound {
    /// The highest ballot that it told others it promised.
    pub(in crate::check) told: Option<Ballot>,
    /// The specification's `maxBal`.
    promised: Option<Ballot>,
    /// The highest ballot that it voted in.
    voted: Option<Ballot>,
}

/// How facts read.
#[derive(Debug, Default)]
pub(in crate::check) struct Reading {
    /// The steps that they are.
    pub(in crate::check) steps: Vec<SpecAction>,
    /// What in them is none, though it should be: the first of each kind in a run.
    pub(in crate::check) strays: Vec<Violation>,
}

/// All that was ever said, as the specification has it.
#[derive(Clone, Debug)]
pub(in crate::check) struct Refinement {
    quorums: Quorums,
    ballots: CowMap<Ballot, Phase1>,
    votes: CowMap<(Slot, Ballot), Phase2>,
    /// How many slots there are: one above the highest that was asked or voted for.
    slots: Slot,
    /// By the position of the server, as far as there was something to say.
    bounds: Vec<Bound>,
    /// Which kinds of steps something was not. Who has left the specification may well do so again for the same reason.
    strayed: [bool; 4],
}

impl Refinement {
    pub(in crate::check) const fn new(quorums: Quorums) -> Self {
        Self {
            quorums,
            ballots: CowMap::new(),
            votes: CowMap::new(),
            slots: 0,
            bounds: Vec::new(),
            strayed: [false; 4],
        }
    }

    pub(in crate::check) fn phase2(&mut self, slot: Slot, ballot: Ballot) -> &mut Phase2 {
        self.slots = self.slots.max(slot + 1);
        self.votes.entry((slot, ballot))
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
    pub(in crate::check) fn counted(&self) -> impl Iterator<Item = (Vote, NodeSet)> {
        self.votes.iter().filter_map(|((slot, ballot), phase2)| {
            Some((Vote { slot: *slot, ballot: *ballot, value: phase2.asked.clone()? }, phase2.voters))
        })
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(in crate::check) const fn approx_bytes(&self) -> usize {
        self.ballots.approx_bytes() + self.votes.approx_bytes() + self.bounds.len() * size_of::<Bound>()
    }

    /// Reads one fact. Clients have proposed these values.
    pub(in crate::check) fn read(&mut self, fact: &Fact, proposed: &[Value], out: &mut Reading) {
        match fact {
            Fact::Did { node, trace: Trace::Paxos(paxos::Trace::Promised { ballot, before, .. }) }
                if *before != Some(*ballot) =>
            {
                self.ballots.entry(*ballot).answered.insert(*node);
            }
            Fact::Durable { node, records, .. } => {
                for record in records.iter().filter_map(Record::paxos) {
                    match record {
                        paxos::Record::Promised(ballot) if self.ballots.entry(*ballot).answered.contains(*node) => {
                            self.promises(*node, *ballot, None, out);
                        }
                        paxos::Record::Accepted(vote) => self.casts(*node, vote, out),
                        paxos::Record::Promised(_) | paxos::Record::Round(_) => {}
                    }
                }
            }
            Fact::Sent(envelope) => {
                let Some((from, _, message)) = envelope.paxos() else { return };
                match message {
                    paxos::Message::Prepare(Prepare { ballot, .. }) => self.begins(*ballot, out),
                    paxos::Message::Promise(Promise { ballot, accepted }) => {
                        self.promises(from, *ballot, Some(accepted), out);
                    }
                    paxos::Message::Accept(Accept(vote)) => self.asks(vote, proposed, out),
                    paxos::Message::Accepted(Accepted(vote)) => self.casts(from, vote, out),
                    paxos::Message::Nack(_) => {}
                }
            }
            _ => {}
        }
    }

    fn add(
        &mut self,
        kind: SpecActionKind,
        node: Option<NodeId>,
        ballot: Ballot,
        value: Option<&Value>,
        obstacle: Option<Obstacle>,
        out: &mut Reading,
    ) {
        let step = SpecAction { kind, node, ballot, value: value.cloned() };
        match obstacle {
            None => out.steps.push(step),
            Some(obstacle) if !replace(&mut self.strayed[kind as usize], true) => {
                out.strays.push(Violation::NotAStep { step, obstacle });
            }
            Some(_) => {}
        }
    }

    fn begins(&mut self, ballot: Ballot, out: &mut Reading) {
        if !replace(&mut self.ballots.entry(ballot).begun, true) {
            self.add(SpecActionKind::Phase1a, None, ballot, None, None, out);
        }
    }

    /// A promise. Once it is said, its report is known: the acceptor's latest vote in each slot.
    fn promises(&mut self, node: NodeId, ballot: Ballot, report: Option<&[Vote]>, out: &mut Reading) {
        let phase1 = self.ballots.entry(ballot);
        let (begun, again) = (phase1.begun, !phase1.promised.insert(node));
        let voted = (0..self.slots).any(|slot| self.voted_in(slot, node, ballot));
        let obstacle = match report {
            Some(report) if voted && self.is_late(node, ballot, report) => return,
            Some(report) if (voted && !again) || !self.is_latest(node, ballot, report) => Some(Obstacle::OtherReport),
            _ if again => return,
            _ if !begun => Some(Obstacle::NotBegun),
            _ => self.bound(node).promised.filter(|promised| *promised >= ballot).map(Obstacle::Promised),
        };
        let promised = &mut self.bound(node).promised;
        *promised = (*promised).max(Some(ballot));
        self.add(SpecActionKind::Phase1b, Some(node), ballot, None, obstacle, out);
    }

    fn voted_in(&self, slot: Slot, node: NodeId, ballot: Ballot) -> bool {
        self.votes.get(&(slot, ballot)).is_some_and(|phase2| phase2.voted.contains(node))
    }

    /// Whether a promise comes after a vote in its ballot, and reports that very vote.
    fn is_late(&self, node: NodeId, ballot: Ballot, report: &[Vote]) -> bool {
        report.iter().any(|vote| {
            let phase2 = self.votes.get(&(vote.slot, ballot));
            vote.ballot == ballot
                && self.voted_in(vote.slot, node, ballot)
                && phase2.is_some_and(|phase2| phase2.asks_for(&vote.value))
        })
    }

    /// Whether these are the votes to be reported with a promise: in each slot the latest below the ballot, if any.
    fn is_latest(&self, node: NodeId, ballot: Ballot, report: &[Vote]) -> bool {
        let mut only = NodeSet::default();
        only.insert(node);
        let is_right = |slot| {
            let reported = report.iter().find(|vote| vote.slot == slot);
            match (reported, self.highest_vote(slot, only, ballot)) {
                (None, None) => true,
                (Some(vote), Some(((_, ballot), phase2))) => vote.ballot == *ballot && phase2.asks_for(&vote.value),
                _ => false,
            }
        };
        (0..self.slots).all(is_right) && report.iter().all(|vote| vote.slot < self.slots)
    }

    /// The highest ballot below this one in which one of these voted in a slot.
    fn highest_vote(&self, slot: Slot, nodes: NodeSet, below: Ballot) -> Option<&((Slot, Ballot), Phase2)> {
        // It is mostly the highest of all: a duel can go on for ages without a vote, and need not be searched for one.
        let mut voted = None;
        for node in nodes {
            voted = voted.max(self.bounds.get(node.index()).and_then(|bound| bound.voted));
        }
        self.votes.last_between((slot, Ballot::LOWEST), (slot, below.min(voted?)), |(_, ballot), phase2| {
            *ballot < below && !phase2.voted.and(nodes).is_empty()
        })
    }

    fn asks(&mut self, vote: &Vote, proposed: &[Value], out: &mut Reading) {
        let Vote { slot, ballot, value } = vote;
        let phase2 = self.phase2(*slot, *ballot);
        let obstacle = if phase2.asked.is_none() {
            phase2.asked = Some(value.clone());
            self.forbids(vote, proposed)
        } else if phase2.asks_for(value) {
            return;
        } else {
            Some(Obstacle::OtherValue)
        };
        self.add(SpecActionKind::Phase2a, None, *ballot, Some(value), obstacle, out);
    }

    /// A value is allowed if some quorum of promises allows it: if the highest vote that quorum reports is for it, or it
    /// reports none and a client proposed the value. The largest quorum whose highest report is from a given ballot is
    /// all who promised and report nothing higher. So it is enough to go down through the ballots, and to leave out those
    /// who voted for something else.
    fn forbids(&self, Vote { slot, ballot, value }: &Vote, proposed: &[Value]) -> Option<Obstacle> {
        let promised = self.ballots.get(ballot).map_or(NodeSet::default(), |phase1| phase1.promised);
        let (mut quorum, mut below) = (promised, *ballot);
        while self.quorums.completes_phase1(quorum) {
            match self.highest_vote(*slot, quorum, below) {
                Some(((_, earlier), phase2)) if !phase2.asks_for(value) => {
                    quorum = quorum.without(phase2.voted);
                    below = *earlier;
                }
                None if !proposed.contains(value) => break,
                _ => return None,
            }
        }
        Some(Obstacle::NotAllowed)
    }

    fn casts(&mut self, node: NodeId, vote: &Vote, out: &mut Reading) {
        let Vote { slot, ballot, value } = vote;
        let promised = self.bound(node).promised;
        let phase2 = self.phase2(*slot, *ballot);
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
        self.add(SpecActionKind::Phase2b, Some(node), *ballot, Some(value), obstacle, out);
    }
}

#[cfg(test)]
mod tests;
