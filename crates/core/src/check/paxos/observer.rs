//! Single-decree Paxos: its observer reads what happens as what it is to consensus.

use alloc::vec::Vec;

use super::{Consensus, Reading, Said, Violation};
use crate::check::WorldView;
use crate::paxos::{self, Accept, Accepted, Chosen, NodeSet, Quorums, Value, Vote};
use crate::sim::{Fact, Record, Trace};

/// The one slot there is.
const ONLY_SLOT: paxos::Slot = 0;

/// Watches a run from its beginning.
///
/// Each breach is found once, and only so many of them are kept. A run that has left the specification may well do so again
/// for the same reason: that is said once for each kind of step.
#[derive(Clone, Debug)]
pub struct PaxosObserver {
    proposed: Vec<Value>,
    consensus: Consensus<Value>,
}

impl PaxosObserver {
    /// An observer of a world in which nothing has happened, and whose specification has these quorums: those of the
    /// world while all rules hold.
    #[must_use]
    pub const fn new(quorums: Quorums) -> Self {
        Self { proposed: Vec::new(), consensus: Consensus::new(quorums) }
    }

    /// Everything chosen so far, each value with the first ballot that chose it. More than one only if agreement is broken.
    #[must_use]
    pub fn chosen(&self) -> &[Chosen] {
        self.consensus.chosen(ONLY_SLOT)
    }

    /// Whether this value is chosen in its slot, in whatever ballot.
    #[must_use]
    pub fn has_chosen(&self, vote: &Vote) -> bool {
        self.consensus.has_chosen(vote)
    }

    /// Everything clients asked for.
    pub(crate) fn proposed(&self) -> &[Value] {
        &self.proposed
    }

    /// Every vote that ever counted: slot, ballot and value, and who cast it.
    pub(crate) fn votes(&self) -> impl Iterator<Item = (Vote, NodeSet)> {
        self.consensus.votes()
    }

    /// Every breach so far.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        self.consensus.found()
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(crate) const fn approx_bytes(&self) -> usize {
        self.consensus.approx_bytes() + self.proposed.len() * size_of::<Value>()
    }

    /// Takes in one step: what happened, and the world afterwards.
    pub(in crate::check) fn observe(&mut self, world: &impl WorldView, facts: &[Fact]) -> Reading<Value> {
        let mut reading = Reading::default();
        for (position, fact) in facts.iter().enumerate() {
            reading.position = position;
            self.read(world, fact, &mut reading);
        }
        for node in world.nodes() {
            self.consensus.look_at(world, node, &mut reading);
        }
        self.consensus.end(&mut reading);
        reading
    }

    fn read(&mut self, world: &impl WorldView, fact: &Fact, out: &mut Reading<Value>) {
        let proposed = |value: &Value| self.proposed.contains(value);
        match fact {
            Fact::Did { node, trace: Trace::Paxos(trace) } => match trace {
                paxos::Trace::Proposed { value, .. } if !proposed(value) => self.proposed.push(value.clone()),
                paxos::Trace::Promised { ballot, before, .. } if *before != Some(*ballot) => {
                    self.consensus.answers(*node, *ballot);
                }
                paxos::Trace::Learned { chosen, .. } => self.consensus.learned(*node, &chosen.vote, out),
                _ => {}
            },
            Fact::Durable { node, records, .. } => {
                for record in records.iter().filter_map(Record::paxos) {
                    self.consensus.stores(world, *node, record, proposed, out);
                }
            }
            Fact::Sent(envelope) => {
                let Some((from, _, message)) = envelope.paxos() else { return };
                if let Some(said) = said(message) {
                    self.consensus.says(world, from, &said, proposed, out);
                }
            }
            Fact::Wiped { node } => self.consensus.wiped(*node),
            _ => {}
        }
    }
}

const fn said(message: &paxos::Message) -> Option<Said<'_, Value>> {
    Some(match message {
        paxos::Message::Prepare(prepare) => Said::Prepare(prepare),
        paxos::Message::Promise(promise) => Said::Promise { promise, kept_from: 0 },
        paxos::Message::Accept(Accept(vote)) => Said::Accept(vote),
        paxos::Message::Accepted(Accepted(vote)) => Said::Accepted(vote),
        paxos::Message::Nack(_) => return None,
    })
}

#[cfg(test)]
mod tests;
