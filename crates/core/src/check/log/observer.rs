//! A replicated log: its observer reads what happens as what it is to consensus, to stores and to clients.

use alloc::vec::Vec;

use super::beginning::Before;
use super::clients::{Clients, Judged, Operation};
use super::stores::Stores;
use super::{LogView, Violation};
use crate::check::paxos::{Consensus, Finding as Found, Reading, Said};
use crate::check::{self, Finding, Observed, SpecStep};
use crate::limits::MAX_VIOLATIONS;
use crate::log::{Accept, Accepted, Applied, Entry, Message, Promise, Records, Trace};
use crate::paxos::{Chosen, NodeId, NodeSet, Quorums, Slot, Vote};
use crate::sim::{ClientFact, Fact};

/// Watches the run of a log from its beginning.
///
/// Each breach is found once, and only so many of them are kept. A log that is broken once is broken in many slots: what is
/// wrong with a server beyond consensus is said once for each kind.
#[derive(Clone, Debug)]
pub struct LogObserver {
    /// How many steps it has seen.
    step: u64,
    pub(super) consensus: Consensus<Entry>,
    pub(super) stores: Stores,
    pub(super) clients: Clients,
    /// What is known of the time before the run began, if it begins in the middle.
    pub(super) before: Option<Before>,
    found: Vec<Violation>,
}

impl LogObserver {
    /// An observer of a world in which nothing has happened, and whose specification has these quorums: those of the
    /// world while all rules hold.
    #[must_use]
    pub fn new(quorums: Quorums) -> Self {
        let (consensus, stores, clients) = (Consensus::new(quorums), Stores::new(), Clients::new());
        Self { step: 0, consensus, stores, clients, before: None, found: Vec::new() }
    }

    /// What was chosen in a slot, each entry with the first ballot that chose it. More than one only if agreement is broken.
    #[must_use]
    pub fn chosen(&self, slot: Slot) -> &[Chosen<Entry>] {
        self.consensus.chosen(slot)
    }

    /// The highest slot in which something was chosen; 0: in none.
    #[must_use]
    pub fn highest_chosen(&self) -> Slot {
        self.consensus.highest_chosen()
    }

    /// Every vote that counted, with who cast it.
    pub(crate) fn votes(&self) -> impl Iterator<Item = (Vote<Entry>, NodeSet)> {
        self.consensus.votes()
    }

    /// Every breach so far.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.found
    }

    /// All operations of clients, in the order of their calls.
    pub fn history(&self) -> impl Iterator<Item = &Operation> {
        self.clients.history()
    }

    /// How many operations clients have asked for.
    #[must_use]
    pub const fn asked_so_far(&self) -> u32 {
        self.clients.asked_so_far()
    }

    /// The latest operations of clients, so many of them, in the order of their calls; and in front of them those that are older
    /// and not answered.
    pub fn latest(&self, count: u32) -> impl Iterator<Item = &Operation> {
        self.clients.latest(count)
    }

    /// Whether the clients' history so far is linearizable.
    #[must_use]
    pub const fn judged(&self) -> Judged {
        self.clients.judged()
    }

    /// The step in which the clients' history ceased to be linearizable.
    #[must_use]
    pub const fn since(&self) -> Option<u64> {
        self.clients.since()
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(crate) fn approx_bytes(&self) -> usize {
        self.consensus.approx_bytes() + self.stores.approx_bytes() + self.clients.approx_bytes()
    }

    /// Takes in one step: what happened, and the world afterwards.
    pub fn observe(&mut self, world: &impl LogView, facts: &[Fact]) -> Observed {
        self.step += 1;
        let (mut reading, mut broken) = (Reading::default(), Vec::new());
        for (position, fact) in facts.iter().enumerate() {
            reading.position = position;
            self.read(world, fact, &mut reading, &mut broken);
        }
        for fact in facts {
            self.look_after(world, fact, &mut reading);
        }
        self.stores.look_at(world, facts, &mut |violation| broken.push(violation));
        self.consensus.end(&mut reading);
        if reading.steps.is_empty() && reading.findings.is_empty() && broken.is_empty() {
            return Observed::default();
        }
        self.observed(reading, broken)
    }

    /// What has come of a step. What is wrong with consensus is said first.
    fn observed(&mut self, reading: Reading<Entry>, broken: Vec<Violation>) -> Observed {
        let steps = reading.steps.into_iter().map(|(position, step)| (position, SpecStep::Log(step))).collect();
        let mut findings = Vec::new();
        for finding in reading.findings {
            match finding {
                Found::Chosen(chosen) => findings.push(Finding::ChosenInSlot(chosen)),
                Found::Violated(violation) => self.violated(Violation::Consensus(violation), &mut findings),
            }
        }
        for violation in broken {
            let kind = core::mem::discriminant(&violation);
            let again = |other: &Violation| core::mem::discriminant(other) == kind && other.node() == violation.node();
            if !self.found.iter().any(again) {
                self.violated(violation, &mut findings);
            }
        }
        Observed { steps, findings }
    }

    fn violated(&mut self, violation: Violation, findings: &mut Vec<Finding>) {
        if self.found.len() < MAX_VIOLATIONS {
            self.found.push(violation.clone());
            findings.push(Finding::Violated(check::Violation::Log(violation)));
        }
    }

    fn read(&mut self, world: &impl LogView, fact: &Fact, out: &mut Reading<Entry>, broken: &mut Vec<Violation>) {
        let Self { consensus, clients, stores, .. } = self;
        let proposed = |entry: &Entry| clients.asked_for(entry);
        match fact {
            Fact::Did { node, trace } => {
                if let Some(trace) = trace.log() {
                    self.did(world, *node, trace, out, broken);
                }
            }
            Fact::Sent(envelope) => {
                if let (Some(node), Some(message)) = (envelope.from.server(), envelope.message.log()) {
                    said(consensus, world, node, message, proposed, out);
                }
            }
            Fact::Durable { node, records, .. } => {
                for record in records.iter().filter_map(|record| record.log()?.paxos()) {
                    consensus.stores(world, *node, record, proposed, out);
                }
            }
            Fact::Client(ClientFact::Asked { command, .. }) => clients.asked(self.step, command),
            Fact::Client(ClientFact::Answered { command, reply, .. }) => {
                if let Some(output) = clients.answered(self.step, command, reply) {
                    broken.push(Violation::NotLinearizable { command: command.clone(), output });
                }
            }
            Fact::Restarted { node, records } => {
                let snapshot = records.log().and_then(Records::latest);
                stores.starts(*node, snapshot.map(|snapshot| &**snapshot), &mut |violation| broken.push(violation));
            }
            Fact::Wiped { node } => consensus.wiped(*node),
            _ => {}
        }
    }

    fn did(
        &mut self,
        world: &impl LogView,
        node: NodeId,
        trace: &Trace,
        out: &mut Reading<Entry>,
        broken: &mut Vec<Violation>,
    ) {
        match trace {
            Trace::Promised { ballot, before, .. } if *before != Some(*ballot) => self.consensus.answers(node, *ballot),
            // A leader votes without a word to itself. So its request is what it decides, and not only what it sends.
            Trace::Finishes { ballot, slot, entry, .. } => {
                self.proposes(world, node, &Vote { slot: *slot, ballot: *ballot, value: entry.clone() }, out, broken);
            }
            Trace::Proposed { ballot, slot, command } => {
                let value = Entry::Command(command.clone());
                self.proposes(world, node, &Vote { slot: *slot, ballot: *ballot, value }, out, broken);
            }
            Trace::Learned { slot, entry, .. } if !self.knows_chosen(*slot, entry) => {
                broken.push(Violation::LearnedUnchosen { node, slot: *slot, entry: entry.clone() });
            }
            Trace::Applied { slot, entry, applied, .. } => {
                self.applies(node, *slot, entry, applied, broken);
                if world.has_snapshots() || self.before.is_some() {
                    self.stores.remembers(*slot, entry, world.most_sessions());
                    self.settles();
                }
            }
            Trace::Installed { snapshot, .. } => {
                self.stores.starts(node, Some(snapshot), &mut |violation| broken.push(violation));
            }
            _ => {}
        }
    }

    /// Whether this is chosen there, or must be taken for it.
    fn knows_chosen(&mut self, slot: Slot, entry: &Entry) -> bool {
        self.believes(slot, entry);
        self.consensus.chosen(slot).iter().any(|chosen| chosen.vote.value == *entry)
    }

    /// A leader decides what it asks for in a slot.
    fn proposes(
        &mut self,
        world: &impl LogView,
        node: NodeId,
        vote: &Vote<Entry>,
        out: &mut Reading<Entry>,
        broken: &mut Vec<Violation>,
    ) {
        let last = self.stores.applied(node) + Slot::from(world.window());
        if vote.slot > last {
            broken.push(Violation::OutsideWindow { node, slot: vote.slot, last });
        }
        let clients = &self.clients;
        self.consensus.asks(vote, |entry| clients.asked_for(entry), out);
    }

    fn applies(&mut self, node: NodeId, slot: Slot, entry: &Entry, applied: &Applied, broken: &mut Vec<Violation>) {
        if !self.knows_chosen(slot, entry) {
            broken.push(Violation::AppliedUnchosen { node, slot, entry: entry.clone() });
        }
        if !self.clients.asked_for(entry) {
            broken.push(Violation::NeverAsked { node, slot, entry: entry.clone() });
        }
        self.stores.applies(node, slot, applied, &mut |violation| broken.push(violation));
        if let (Applied::Done(_), Entry::Command(command)) = (applied, entry) {
            let first = self.clients.takes_effect(command, slot);
            if first < slot {
                broken.push(Violation::AppliedTwice { node, command: command.clone(), first, again: slot });
            }
        }
    }

    /// What must hold of a server whose promise, or whose vote in a slot, may have changed.
    fn look_after(&mut self, world: &impl LogView, fact: &Fact, out: &mut Reading<Entry>) {
        match fact {
            Fact::Did { node, trace } => match trace.log() {
                Some(Trace::Accepted { slot, .. }) => self.consensus.look_at_slot(world, *node, *slot, out),
                Some(Trace::Promised { .. }) => drop(self.consensus.look_at_promise(world, *node, out)),
                _ => {}
            },
            // A snapshot that is durable takes the place of votes.
            Fact::Durable { node, records, .. }
                if records.iter().any(|record| record.log().is_some_and(|record| record.snapshot().is_some())) =>
            {
                self.consensus.look_at(world, *node, out);
            }
            Fact::Crashed { node, .. } | Fact::Restarted { node, .. } => self.consensus.look_at(world, *node, out),
            _ => {}
        }
    }
}

/// What a message is to consensus.
fn said(
    consensus: &mut Consensus<Entry>,
    world: &impl LogView,
    node: NodeId,
    message: &Message,
    proposed: impl Fn(&Entry) -> bool,
    out: &mut Reading<Entry>,
) {
    match message {
        Message::Prepare(prepare) => consensus.says(world, node, &Said::Prepare(prepare), proposed, out),
        Message::Promise(Promise { promise, kept_from, .. }) => {
            consensus.says(world, node, &Said::Promise { promise, kept_from: *kept_from }, proposed, out);
        }
        Message::Accept(Accept { vote, .. }) => consensus.says(world, node, &Said::Accept(vote), proposed, out),
        Message::Accepted(accepted) => {
            if let Some(vote) = stands_for(consensus, world, node, accepted) {
                consensus.says(world, node, &Said::Accepted(&vote), proposed, out);
            }
        }
        _ => {}
    }
}

/// The vote that an accepted stands for: it names a ballot and a slot, and no entry. It is what its sender holds there, or if
/// that is another vote by now, what the ballot had asked for.
fn stands_for(
    consensus: &Consensus<Entry>,
    world: &impl LogView,
    node: NodeId,
    Accepted { ballot, slot }: &Accepted,
) -> Option<Vote<Entry>> {
    match world.held(node, *slot).filter(|vote| vote.ballot == *ballot) {
        Some(vote) => Some(vote.clone()),
        None => {
            let value = consensus.asked(*slot, *ballot)?.clone();
            Some(Vote { slot: *slot, ballot: *ballot, value })
        }
    }
}
