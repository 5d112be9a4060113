//! The observer: what is chosen, and what is broken.

use alloc::vec::Vec;

use super::paxos::{Reading, Refinement};
use super::{SpecAction, Violation};
use crate::limits::MAX_VIOLATIONS;
use crate::paxos::{
    self, Accept, Accepted, Ballot, Chosen, NodeId, NodeSet, Prepare, Promise, Quorums, Records, Slot, Value, Vote,
};
use crate::sim::{Cluster, Envelope, Fact, Record, Trace};

/// What the observer can see of a world, besides what just happened.
pub trait WorldView {
    /// The servers.
    fn nodes(&self) -> impl Iterator<Item = NodeId>;
    /// What a server's disk would give back after a crash.
    fn durable(&self, node: NodeId) -> &Records;
    /// The vote a server holds in a slot: in memory, or while it is down, on disk.
    fn holds(&self, node: NodeId, slot: Slot) -> Option<&Vote>;
    /// How many is enough, by the rules as they are now.
    fn quorums(&self) -> Quorums;
    /// The promise an acceptor has in memory. The outer `None`: it is down, or no acceptor.
    fn remembers(&self, node: NodeId) -> Option<Option<Ballot>>;
}

impl WorldView for Cluster {
    fn nodes(&self) -> impl Iterator<Item = NodeId> {
        Self::nodes(self)
    }

    fn durable(&self, node: NodeId) -> &Records {
        let records = self.server(node).disk().durable().paxos();
        records.unwrap_or_else(|| unreachable!("single-decree Paxos is observed where it runs"))
    }

    fn holds(&self, node: NodeId, slot: Slot) -> Option<&Vote> {
        match self.server(node).replica() {
            Some(replica) => replica.paxos()?.acceptor()?.votes().iter().find(|vote| vote.slot == slot),
            None => WorldView::durable(self, node).accepted.get(slot),
        }
    }

    fn quorums(&self) -> Quorums {
        self.settings().quorums()
    }

    fn remembers(&self, node: NodeId) -> Option<Option<Ballot>> {
        Some(self.server(node).paxos()?.acceptor()?.promised())
    }
}

/// Something only an all-knowing observer can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A value has been chosen.
    Chosen(Chosen),
    /// An invariant is broken.
    Violated(Violation),
}

/// What the observer has to say about one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The steps of the specification that the facts are, each with the position of its fact. Most facts are none.
    pub steps: Vec<(usize, SpecAction)>,
    /// What else has come of them.
    pub findings: Vec<Finding>,
}

/// Watches a run from its beginning.
///
/// * A vote counts from the moment it is durable: before that, a crash would take it back. Or from the moment it is said,
///   should that come first: others may build on it.
/// * What it has seen chosen stays chosen, whatever happens to disks afterwards.
/// * Each breach is found once, and the first [`MAX_VIOLATIONS`] of them are kept. A run that has left the specification
///   may well do so again for the same reason: that is said once for each kind of step.
#[derive(Clone, Debug)]
pub struct Observer {
    proposed: Vec<Value>,
    /// All that was ever said, which the other invariants rest on, too.
    refinement: Refinement,
    chosen: Vec<Chosen>,
    found: Vec<Violation>,
}

impl Observer {
    /// An observer of a world in which nothing has happened, and whose specification has these quorums: those of the
    /// world while all rules hold.
    #[must_use]
    pub const fn new(quorums: Quorums) -> Self {
        Self { proposed: Vec::new(), refinement: Refinement::new(quorums), chosen: Vec::new(), found: Vec::new() }
    }

    /// Everything chosen so far, each value with the first ballot that chose it. More than one in a slot only if
    /// agreement is broken.
    #[must_use]
    pub fn chosen(&self) -> &[Chosen] {
        &self.chosen
    }

    /// Whether this value is chosen in its slot, in whatever ballot.
    #[must_use]
    pub fn has_chosen(&self, Vote { slot, value, .. }: &Vote) -> bool {
        self.chosen.iter().any(|chosen| chosen.vote.slot == *slot && chosen.vote.value == *value)
    }

    /// Everything clients asked for.
    pub(crate) fn proposed(&self) -> &[Value] {
        &self.proposed
    }

    /// Every vote that ever counted: slot, ballot and value, and who cast it.
    pub(crate) fn votes(&self) -> impl Iterator<Item = (Vote, NodeSet)> {
        self.refinement.counted()
    }

    /// Every breach so far.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.found
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(crate) const fn approx_bytes(&self) -> usize {
        self.refinement.approx_bytes()
            + (self.chosen.len() + self.found.len() + self.proposed.len()) * size_of::<Violation>()
    }

    /// Takes in one step: what happened, and the world afterwards.
    pub fn observe(&mut self, world: &impl WorldView, facts: &[Fact]) -> Observed {
        let (mut reading, mut steps, mut findings) = (Reading::default(), Vec::new(), Vec::new());
        for (position, fact) in facts.iter().enumerate() {
            self.refinement.read(fact, &self.proposed, &mut reading);
            for step in reading.steps.drain(..) {
                steps.push((position, step));
            }
            match fact {
                Fact::Did { trace: Trace::Paxos(paxos::Trace::Proposed { value, .. }), .. }
                    if !self.proposed.contains(value) =>
                {
                    self.proposed.push(value.clone());
                }
                Fact::Did { node, trace: Trace::Paxos(paxos::Trace::Learned { chosen: learned, .. }) } => {
                    self.on_learned(*node, learned, &mut findings);
                }
                Fact::Durable { node, records, .. } => {
                    for record in records.iter().filter_map(Record::paxos) {
                        if let paxos::Record::Accepted(vote) = record {
                            self.on_vote(world.quorums(), *node, vote, &mut findings);
                        }
                    }
                }
                Fact::Sent(envelope) => self.on_sent(world, envelope, &mut findings),
                Fact::Wiped { node } => {
                    // It may not vote any more, so what it told others binds nobody.
                    self.refinement.bound(*node).told = None;
                }
                _ => {}
            }
        }
        self.look_at(world, &mut findings);
        // What agreement itself has lost by it is said first.
        for stray in reading.strays {
            self.violated(stray, &mut findings);
        }
        Observed { steps, findings }
    }

    fn violated(&mut self, violation: Violation, findings: &mut Vec<Finding>) {
        if self.found.len() < MAX_VIOLATIONS && !self.found.contains(&violation) {
            self.found.push(violation.clone());
            findings.push(Finding::Violated(violation));
        }
    }

    /// A vote became durable: it may be the one that chooses.
    fn on_vote(&mut self, quorums: Quorums, node: NodeId, vote: &Vote, findings: &mut Vec<Finding>) {
        let voters = self.refinement.phase2(vote.slot, vote.ballot).voters_for(&vote.value);
        let before = *voters;
        voters.insert(node);
        let quorum = *voters;
        if quorums.chooses(before) || !quorums.chooses(quorum) {
            return;
        }
        // Chosen is chosen: a higher ballot that chooses the same value again adds nothing.
        if self.has_chosen(vote) {
            return;
        }
        let chosen = Chosen { vote: vote.clone(), quorum };
        findings.push(Finding::Chosen(chosen.clone()));
        if !self.proposed.contains(&vote.value) {
            self.violated(Violation::NeverProposed(vote.clone()), findings);
        }
        let first = self.chosen.iter().find(|chosen| chosen.vote.slot == vote.slot).map(|chosen| chosen.vote.clone());
        if let Some(first) = first {
            self.violated(Violation::TwoChosen { first, second: vote.clone() }, findings);
        }
        self.chosen.push(chosen);
    }

    fn on_learned(&mut self, node: NodeId, learned: &Chosen, findings: &mut Vec<Finding>) {
        if !self.has_chosen(&learned.vote) {
            self.violated(Violation::LearnedUnchosen { node, vote: learned.vote.clone() }, findings);
        }
    }

    /// A message left: what it rests on must be durable, and from now on it binds its sender.
    fn on_sent(&mut self, world: &impl WorldView, envelope: &Envelope, findings: &mut Vec<Finding>) {
        let Some((node, _, message)) = envelope.paxos() else { return };
        let durable = world.durable(node);
        let ballot = message.ballot();
        let covered = match message {
            paxos::Message::Prepare(Prepare { ballot, .. }) => durable.round >= Some(ballot.round),
            paxos::Message::Promise(Promise { ballot, .. }) => durable.promised >= Some(*ballot),
            paxos::Message::Accepted(Accepted(vote)) => {
                durable.accepted.get(vote.slot).is_some_and(|v| v.ballot >= vote.ballot)
            }
            paxos::Message::Accept(_) | paxos::Message::Nack(_) => true,
        };
        if !covered {
            self.violated(Violation::SentTooEarly { node, ballot }, findings);
        }
        match message {
            paxos::Message::Promise(_) | paxos::Message::Accepted(_) => {
                if let paxos::Message::Accepted(Accepted(vote)) = message {
                    self.on_vote(world.quorums(), node, vote, findings);
                }
                let told = &mut self.refinement.bound(node).told;
                *told = (*told).max(Some(ballot));
            }
            paxos::Message::Accept(Accept(vote)) => self.on_request(vote, findings),
            paxos::Message::Prepare(_) | paxos::Message::Nack(_) => {}
        }
    }

    fn on_request(&mut self, vote: &Vote, findings: &mut Vec<Finding>) {
        let asked = self.refinement.phase2(vote.slot, vote.ballot).asked.clone();
        if let Some(value) = asked.filter(|asked| *asked != vote.value) {
            let first = Vote { value, ..vote.clone() };
            self.violated(Violation::TwoValuesInBallot { first, second: vote.value.clone() }, findings);
        }
        let contradicted = |chosen: &Chosen| {
            chosen.vote.slot == vote.slot && chosen.vote.ballot < vote.ballot && chosen.vote.value != vote.value
        };
        let chosen = self.chosen.iter().find(|chosen| contradicted(chosen)).map(|chosen| chosen.vote.clone());
        if let Some(chosen) = chosen {
            self.violated(Violation::AskedForAnother { chosen, asked: vote.clone() }, findings);
        }
    }

    /// What must hold of every state, whatever led to it.
    fn look_at(&mut self, world: &impl WorldView, findings: &mut Vec<Finding>) {
        let mut broken = Vec::new();
        for node in world.nodes() {
            let durable = world.durable(node);
            if durable.lost {
                continue;
            }
            if let Some(told) = self.refinement.told(node) {
                // A disk that lags behind has done no harm while memory makes up for it.
                let knows = world.remembers(node).unwrap_or(durable.promised);
                if knows < Some(told) {
                    broken.push(Violation::PromiseWentBack { node, told, knows });
                }
            }
            for Chosen { vote, quorum } in &self.chosen {
                let holds = |held: &Vote| held.ballot > vote.ballot || held == vote;
                if quorum.contains(node) && !world.holds(node, vote.slot).is_some_and(holds) {
                    broken.push(Violation::Forgotten { node, chosen: vote.clone() });
                }
            }
        }
        for violation in broken {
            self.violated(violation, findings);
        }
    }
}

#[cfg(test)]
mod tests;
