//! Refinement: every step of the cluster is a step of the specification, or several, or none.
//!
//! Lamport's abstract Paxos has no disks, no crashes and no receivers. It is a set of messages that only grows, and four
//! kinds of [`Step`] that add to it. If all the cluster ever does can be read as such steps, it is right because the
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

use litemap::LiteMap;

use super::{Obstacle, Step, Violation};
use crate::ledger::Ledger;
use crate::paxos::{
    Accept, Accepted, Ballot, Message, NodeId, NodeSet, Note, Prepare, Promise, Quorums, Record, Slot, Value, Vote,
};
use crate::sim::{Envelope, Fact};

/// Single-decree Paxos agrees on this one slot.
const SLOT: Slot = 0;

/// What was ever done in one ballot.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempt {
    /// Whether somebody began it: 1a.
    begun: bool,
    /// Who wrote a promise in answer to a prepare, durable or not.
    answered: NodeSet,
    /// Who promised it: 1b.
    promised: NodeSet,
    /// The value it asked for: 2a.
    pub(super) asked: Option<Value>,
    /// Who voted in it: 2b.
    voted: NodeSet,
    /// Whose vote in it is durable. What the specification has said is not lost with a disk; what is chosen may be.
    pub(super) voters: NodeSet,
}

/// What binds one acceptor.
#[derive(Clone, Debug, Default)]
pub(super) struct Bound {
    /// The highest ballot that it told others it promised.
    pub(super) told: Option<Ballot>,
    /// The specification's `maxBal`.
    promised: Option<Ballot>,
    /// The specification's `maxVBal`.
    voted: Option<Ballot>,
}

/// A step, or how something is none.
pub(super) type Judged = Result<Step, Violation>;

/// All that was ever said, as the specification has it.
#[derive(Clone, Debug)]
pub(super) struct Refinement {
    quorums: Quorums,
    attempts: Ledger<(Slot, Ballot), Attempt>,
    bounds: LiteMap<NodeId, Bound>,
}

impl Refinement {
    pub(super) const fn new(quorums: Quorums) -> Self {
        Self { quorums, attempts: Ledger::new(), bounds: LiteMap::new() }
    }

    pub(super) fn attempt(&mut self, slot: Slot, ballot: Ballot) -> &mut Attempt {
        self.attempts.entry((slot, ballot))
    }

    pub(super) fn bound(&mut self, node: NodeId) -> &mut Bound {
        self.bounds.entry(node).or_default()
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(super) fn weight(&self) -> usize {
        self.attempts.weight() + self.bounds.len() * size_of::<(NodeId, Bound)>()
    }

    /// Reads one fact as steps. Clients have proposed these values.
    pub(super) fn judge(&mut self, fact: &Fact, proposed: &[Value], judged: &mut Vec<Judged>) {
        match fact {
            Fact::Did { node, note: Note::Promised { ballot, before, .. } } if *before != Some(*ballot) => {
                self.attempt(SLOT, *ballot).answered.insert(*node);
            }
            Fact::Durable { node, records, .. } => {
                for record in records {
                    judged.extend(match record {
                        Record::Promised(ballot) if self.attempt(SLOT, *ballot).answered.contains(*node) => {
                            self.promises(*node, *ballot, None)
                        }
                        Record::Accepted(vote) => self.votes(*node, vote),
                        Record::Promised(_) | Record::Round(_) => None,
                    });
                }
            }
            Fact::Sent(Envelope { from, message, .. }) => judged.extend(match message {
                Message::Prepare(Prepare { ballot, .. }) => self.begins(*ballot),
                Message::Promise(Promise { ballot, accepted }) => self.promises(*from, *ballot, Some(accepted.last())),
                Message::Accept(Accept(vote)) => self.asks(vote, proposed),
                Message::Accepted(Accepted(vote)) => self.votes(*from, vote),
                Message::Nack(_) => None,
            }),
            _ => {}
        }
    }

    fn begins(&mut self, ballot: Ballot) -> Option<Judged> {
        let begun = core::mem::replace(&mut self.attempt(SLOT, ballot).begun, true);
        (!begun).then_some(Ok(Step::Phase1a(ballot)))
    }

    /// A promise. Once it is said, its report is known.
    fn promises(&mut self, node: NodeId, ballot: Ballot, said: Option<Option<&Vote>>) -> Option<Judged> {
        let before = self.bound(node).promised;
        let attempt = self.attempt(SLOT, ballot);
        let (begun, again, voted) = (attempt.begun, attempt.promised.contains(node), attempt.voted.contains(node));
        let said = said.map(|report| report.map(|vote| (vote.ballot, Some(&vote.value))));
        if voted && said == Some(Some((ballot, attempt.asked.as_ref()))) {
            return None;
        }
        let obstacle = if said.is_some_and(|said| said != self.report(node, ballot, again)) {
            Some(Obstacle::OtherReport)
        } else if again {
            return None;
        } else if begun {
            before.filter(|before| *before >= ballot).map(Obstacle::Promised)
        } else {
            Some(Obstacle::NotBegun)
        };
        self.attempt(SLOT, ballot).promised.insert(node);
        self.bound(node).promised = before.max(Some(ballot));
        Some(done(Step::Phase1b(node, ballot), obstacle))
    }

    /// The vote to be reported with a promise: the highest below its ballot. One in the ballot itself counts only for who
    /// voted before it promised.
    fn report(&self, node: NodeId, ballot: Ballot, promised: bool) -> Option<(Ballot, Option<&Value>)> {
        let highest = self.bounds.get(&node)?.voted?.min(ballot);
        self.attempts
            .down_from((SLOT, highest))
            .map(|((_, earlier), attempt)| (*earlier, attempt))
            .find(|(earlier, attempt)| attempt.voted.contains(node) && !(promised && *earlier == ballot))
            .map(|(earlier, attempt)| (earlier, attempt.asked.as_ref()))
    }

    fn asks(&mut self, vote: &Vote, proposed: &[Value]) -> Option<Judged> {
        let Vote { slot, ballot, value } = vote;
        let obstacle = match &self.attempt(*slot, *ballot).asked {
            Some(asked) if asked == value => return None,
            Some(asked) => Some(Obstacle::AskedFor(asked.clone())),
            None => self.forbids(*ballot, value, proposed),
        };
        self.attempt(*slot, *ballot).asked.get_or_insert_with(|| value.clone());
        Some(done(Step::Phase2a(*ballot, value.clone()), obstacle))
    }

    /// A value is allowed if some quorum of promises allows it: if the highest vote that quorum reports is for it, or it
    /// reports none and a client proposed the value. The largest quorum whose highest report is from a given ballot is
    /// all who promised and report nothing higher. So it is enough to go down through the ballots, and to leave out those
    /// who voted for something else.
    fn forbids(&mut self, ballot: Ballot, value: &Value, proposed: &[Value]) -> Option<Obstacle> {
        let mut quorum = self.attempt(SLOT, ballot).promised;
        if !self.quorums.completes_phase1(quorum) {
            return Some(Obstacle::NoQuorum);
        }
        let highest = self.bounds.values().filter_map(|bound| bound.voted).max();
        let earlier = highest.map(|highest| self.attempts.down_from((SLOT, highest.min(ballot))));
        for ((_, earlier), attempt) in earlier.into_iter().flatten() {
            let report = quorum.and(attempt.voted);
            if *earlier == ballot || report.is_empty() {
                continue;
            }
            if attempt.asked.as_ref() == Some(value) {
                return None;
            }
            for node in report {
                quorum.remove(node);
            }
            if !self.quorums.completes_phase1(quorum) {
                return Some(Obstacle::NotAllowed);
            }
        }
        (!proposed.contains(value)).then_some(Obstacle::NotAllowed)
    }

    fn votes(&mut self, node: NodeId, vote: &Vote) -> Option<Judged> {
        let Vote { slot, ballot, value } = vote;
        let before = self.bound(node).promised;
        let attempt = self.attempt(*slot, *ballot);
        let again = !attempt.voted.insert(node);
        let obstacle = match &attempt.asked {
            Some(asked) if asked != value => Some(Obstacle::AskedFor(asked.clone())),
            Some(_) if again => return None,
            Some(_) => before.filter(|before| before > ballot).map(Obstacle::Promised),
            None => Some(Obstacle::NotAsked),
        };
        let bound = self.bound(node);
        bound.promised = before.max(Some(*ballot));
        bound.voted = bound.voted.max(Some(*ballot));
        Some(done(Step::Phase2b(node, *ballot, value.clone()), obstacle))
    }
}

fn done(step: Step, obstacle: Option<Obstacle>) -> Judged {
    match obstacle {
        None => Ok(step),
        Some(obstacle) => Err(Violation::NotAStep { step, obstacle }),
    }
}

#[cfg(test)]
mod tests;
