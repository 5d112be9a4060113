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
use crate::sim::{Envelope, Fact, Message, Record, Trace};

/// Single-decree Paxos agrees on this one slot.
const SLOT: Slot = 0;

/// What was ever done in one ballot.
#[derive(Clone, Debug, Default)]
pub(in crate::check) struct Attempt {
    /// Whether somebody began it: 1a.
    begun: bool,
    /// Who wrote a promise in answer to a prepare, durable or not.
    answered: NodeSet,
    /// Who promised it: 1b.
    promised: NodeSet,
    /// The value it asked for: 2a.
    pub(in crate::check) asked: Option<Value>,
    /// Who voted in it: 2b.
    voted: NodeSet,
    /// Whose vote for that value counts, because it is durable or was said.
    voters: NodeSet,
    /// Whose vote for another value counts: in a broken protocol, a ballot may ask for two.
    others: NodeSet,
}

impl Attempt {
    /// Whose votes for this value count.
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
    attempts: CowMap<(Slot, Ballot), Attempt>,
    /// By the position of the server, as far as there was something to say.
    bounds: Vec<Bound>,
    /// Which kinds of steps something was not. Who has left the specification may well do so again for the same reason.
    strayed: [bool; 4],
}

impl Refinement {
    pub(in crate::check) const fn new(quorums: Quorums) -> Self {
        Self { quorums, attempts: CowMap::new(), bounds: Vec::new(), strayed: [false; 4] }
    }

    pub(in crate::check) fn attempt(&mut self, slot: Slot, ballot: Ballot) -> &mut Attempt {
        self.attempts.entry((slot, ballot))
    }

    pub(in crate::check) fn bound(&mut self, node: NodeId) -> &mut Bound {
        let index = node.index();
        while self.bounds.len() <= index {
            self.bounds.push(Bound::default());
        }
        &mut self.bounds[index]
    }

    /// Every vote that counts, and whose it is; of a ballot that asked for two values, those for the first.
    pub(in crate::check) fn counted(&self) -> impl Iterator<Item = (Vote, NodeSet)> {
        self.attempts.iter().filter_map(|((slot, ballot), attempt)| {
            Some((Vote { slot: *slot, ballot: *ballot, value: attempt.asked.clone()? }, attempt.voters))
        })
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(in crate::check) const fn approx_bytes(&self) -> usize {
        self.attempts.approx_bytes() + self.bounds.len() * size_of::<Bound>()
    }

    /// Reads one fact. Clients have proposed these values.
    pub(in crate::check) fn read(&mut self, fact: &Fact, proposed: &[Value], out: &mut Reading) {
        match fact {
            Fact::Did { node, trace: Trace::Paxos(paxos::Trace::Promised { ballot, before, .. }) }
                if *before != Some(*ballot) =>
            {
                self.attempt(SLOT, *ballot).answered.insert(*node);
            }
            Fact::Durable { node, records, .. } => {
                for record in records {
                    let Record::Paxos(record) = record;
                    match record {
                        paxos::Record::Promised(ballot) if self.attempt(SLOT, *ballot).answered.contains(*node) => {
                            self.promises(*node, *ballot, None, out);
                        }
                        paxos::Record::Accepted(vote) => self.votes(*node, vote, out),
                        paxos::Record::Promised(_) | paxos::Record::Round(_) => {}
                    }
                }
            }
            Fact::Sent(Envelope { from, message: Message::Paxos(message), .. }) => match message {
                paxos::Message::Prepare(Prepare { ballot, .. }) => self.begins(*ballot, out),
                paxos::Message::Promise(Promise { ballot, accepted }) => {
                    self.promises(*from, *ballot, Some(accepted.last()), out);
                }
                paxos::Message::Accept(Accept(vote)) => self.asks(vote, proposed, out),
                paxos::Message::Accepted(Accepted(vote)) => self.votes(*from, vote, out),
                paxos::Message::Nack(_) => {}
            },
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
        if !replace(&mut self.attempt(SLOT, ballot).begun, true) {
            self.add(SpecActionKind::Phase1a, None, ballot, None, None, out);
        }
    }

    /// A promise. Once it is said, its report is known.
    fn promises(&mut self, node: NodeId, ballot: Ballot, said: Option<Option<&Vote>>, out: &mut Reading) {
        let attempt = self.attempt(SLOT, ballot);
        let (begun, again, voted) = (attempt.begun, !attempt.promised.insert(node), attempt.voted.contains(node));
        let obstacle = match said {
            Some(Some(vote)) if voted && vote.ballot == ballot && attempt.asks_for(&vote.value) => return,
            Some(report) if (voted && !again) || !self.is_latest(node, ballot, report) => Some(Obstacle::OtherReport),
            _ if again => return,
            _ if !begun => Some(Obstacle::NotBegun),
            _ => self.bound(node).promised.filter(|promised| *promised >= ballot).map(Obstacle::Promised),
        };
        let promised = &mut self.bound(node).promised;
        *promised = (*promised).max(Some(ballot));
        self.add(SpecActionKind::Phase1b, Some(node), ballot, None, obstacle, out);
    }

    /// Whether this is the vote to be reported with a promise.
    fn is_latest(&self, node: NodeId, ballot: Ballot, report: Option<&Vote>) -> bool {
        let mut only = NodeSet::default();
        only.insert(node);
        match (report, self.highest_vote(only, ballot)) {
            (None, None) => true,
            (Some(vote), Some(((_, ballot), attempt))) => vote.ballot == *ballot && attempt.asks_for(&vote.value),
            _ => false,
        }
    }

    /// The highest ballot below this one in which one of these voted.
    fn highest_vote(&self, nodes: NodeSet, below: Ballot) -> Option<&((Slot, Ballot), Attempt)> {
        // It is mostly the highest of all: a duel can go on for ages without a vote, and need not be searched for one.
        let mut voted = None;
        for node in nodes {
            voted = voted.max(self.bounds.get(node.index()).and_then(|bound| bound.voted));
        }
        self.attempts.last_until((SLOT, below.min(voted?)), |(_, ballot), attempt| {
            *ballot < below && !attempt.voted.and(nodes).is_empty()
        })
    }

    fn asks(&mut self, vote: &Vote, proposed: &[Value], out: &mut Reading) {
        let Vote { slot, ballot, value } = vote;
        let attempt = self.attempt(*slot, *ballot);
        let obstacle = if attempt.asked.is_none() {
            attempt.asked = Some(value.clone());
            let promised = attempt.promised;
            self.forbids(promised, *ballot, value, proposed)
        } else if attempt.asks_for(value) {
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
    fn forbids(&self, promised: NodeSet, ballot: Ballot, value: &Value, proposed: &[Value]) -> Option<Obstacle> {
        let (mut quorum, mut below) = (promised, ballot);
        while self.quorums.completes_phase1(quorum) {
            match self.highest_vote(quorum, below) {
                Some(((_, earlier), attempt)) if !attempt.asks_for(value) => {
                    quorum = quorum.without(attempt.voted);
                    below = *earlier;
                }
                None if !proposed.contains(value) => break,
                _ => return None,
            }
        }
        Some(Obstacle::NotAllowed)
    }

    fn votes(&mut self, node: NodeId, vote: &Vote, out: &mut Reading) {
        let Vote { slot, ballot, value } = vote;
        let promised = self.bound(node).promised;
        let attempt = self.attempt(*slot, *ballot);
        let again = !attempt.voted.insert(node);
        let obstacle = if !attempt.asks_for(value) {
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
