//! Each invariant fires on a log that was broken on purpose, and on nothing less.

use alloc::{sync::Arc, vec, vec::Vec};

use super::*;
use crate::check::stub::Stub;
use crate::check::{Finding, Invariant, SpecStep, WorldView};
use crate::log::{
    self, Applied, ClientId, Command, Entry, How, Machine, Message, Op, Output, Promise, Record, Records, Reply, Rules,
    Text, Trace,
};
use crate::paxos::{self, Ballot, NodeId, NodeSet, Prepare, Quorums, Scheme, Slot, Vote};
use crate::sample::{ballot, node};
use crate::sim::{self, ClientFact, Envelope, Fact, MessageId};

mod clients;
mod servers;
mod slots;

/// A world that is whatever a test says it is.
struct LogStub {
    stub: Stub<Entry>,
    machines: [Machine; 3],
    kept_from: [Slot; 3],
}

impl WorldView<Entry> for LogStub {
    fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.stub.nodes()
    }

    fn durable(&self, node: NodeId) -> &paxos::Records<Entry> {
        self.stub.durable(node)
    }

    fn kept_from(&self, node: NodeId) -> Slot {
        self.kept_from[node.index()]
    }

    fn held(&self, node: NodeId, slot: Slot) -> Option<&Vote<Entry>> {
        self.stub.held(node, slot)
    }

    fn quorums(&self) -> Quorums {
        self.stub.quorums()
    }

    fn remembers(&self, node: NodeId) -> Option<Option<Ballot>> {
        self.stub.remembers(node)
    }
}

impl LogView for LogStub {
    fn window(&self) -> u32 {
        4
    }

    fn machine(&self, node: NodeId) -> Option<&Machine> {
        Some(&self.machines[node.index()])
    }

    fn applied(&self, _: NodeId) -> Slot {
        0
    }

    fn has_snapshots(&self) -> bool {
        true
    }

    fn most_sessions(&self) -> Option<u32> {
        None
    }
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

/// An operation of client a or b.
fn command(client: usize, seq: u32, op: Op) -> Arc<Command> {
    Arc::new(Command { client: ClientId::at(client).unwrap(), seq, op, since: 0 })
}

/// Client a puts a value under x.
fn put(seq: u32, value: &str) -> Arc<Command> {
    command(0, seq, Op::Put { key: text("x"), value: text(value) })
}

fn entry(command: &Arc<Command>) -> Entry {
    Entry::Command(command.clone())
}

/// A run on a stub.
struct Watch {
    world: LogStub,
    observer: LogObserver,
}

impl Watch {
    fn new() -> Self {
        let world = LogStub { stub: Stub::new(), machines: Default::default(), kept_from: [1; 3] };
        Self { world, observer: LogObserver::new(Stub::<Entry>::all()) }
    }

    /// Client a has put 1 and then 2 under x, and each is chosen in its slot.
    fn with_two_slots() -> Self {
        let mut watch = Self::new();
        for (slot, command) in [(1, put(1, "1")), (2, put(2, "2"))] {
            assert_eq!(watch.asks(&command), []);
            assert_eq!(watch.chooses(slot, (1, 1), &entry(&command)), []);
        }
        watch
    }

    /// Which invariants break. These worlds leave out most of what leads to a state: what is no step of the specification
    /// has tests of its own.
    fn sees(&mut self, facts: &[Fact]) -> Vec<Invariant> {
        let findings = self.observer.observe(&self.world, facts).findings;
        let broken = findings.iter().filter_map(|finding| match finding {
            Finding::Violated(violation) => {
                assert!(violation.sentence(Scheme::Rounds).ends_with('.'));
                Some(violation.invariant())
            }
            Finding::Chosen(_) | Finding::ChosenInSlot(_) => None,
        });
        broken.filter(|invariant| *invariant != Invariant::StepOfSpecification).collect()
    }

    /// Steps of the specification by name, and the sentences of what is none.
    fn reads(&mut self, fact: Fact) -> Vec<alloc::string::String> {
        let observed = self.observer.observe(&self.world, &[fact]);
        let names = observed.steps.iter().map(|(_, step)| SpecStep::name(step, Scheme::Rounds));
        let strays = observed.findings.iter().filter_map(|finding| match finding {
            Finding::Violated(violation) if violation.invariant() == Invariant::StepOfSpecification => {
                Some(violation.sentence(Scheme::Rounds))
            }
            _ => None,
        });
        names.chain(strays).collect()
    }

    fn asks(&mut self, command: &Arc<Command>) -> Vec<Invariant> {
        self.sees(&[Fact::Client(ClientFact::Asked { command: command.clone(), at: node(1) })])
    }

    fn answers(&mut self, command: &Arc<Command>, reply: Reply) -> Vec<Invariant> {
        self.sees(&[Fact::Client(ClientFact::Answered { command: command.clone(), from: node(1), reply })])
    }

    fn votes(&mut self, number: u32, slot: Slot, (round, server): (u32, u32), entry: &Entry) -> Vec<Invariant> {
        let vote = Vote { slot, ballot: ballot(round, server), value: entry.clone() };
        let record = paxos::Record::Accepted(vote);
        self.world.stub.disks[number as usize - 1].apply(record.clone());
        self.sees(&[Fact::Durable { node: node(number), records: vec![Record::from(record).into()], freed: 0 }])
    }

    /// Servers 1 and 2 vote for it.
    fn chooses(&mut self, slot: Slot, ballot: (u32, u32), entry: &Entry) -> Vec<Invariant> {
        [self.votes(1, slot, ballot, entry), self.votes(2, slot, ballot, entry)].concat()
    }

    /// A server applies a slot to its store, whatever was in it before.
    fn applies(&mut self, number: u32, slot: Slot, entry: &Entry) -> Vec<Invariant> {
        let applied = self.world.machines[number as usize - 1].apply(slot, entry, Rules::default());
        self.says_applied(number, slot, entry, applied)
    }

    /// A server says that it applied a slot, whatever is in its store.
    fn says_applied(&mut self, number: u32, slot: Slot, entry: &Entry, applied: Applied) -> Vec<Invariant> {
        self.did(number, Trace::Applied { slot, entry: entry.clone(), applied, although: None, dropped: None })
    }

    fn did(&mut self, number: u32, trace: Trace) -> Vec<Invariant> {
        self.sees(&[did(number, trace)])
    }

    fn restarts(&mut self, number: u32) -> Vec<Invariant> {
        self.world.machines[number as usize - 1] = Machine::default();
        self.sees(&[Fact::Restarted { node: node(number), records: sim::Records::Log(Records::default()) }])
    }
}

fn did(number: u32, trace: Trace) -> Fact {
    Fact::Did { node: node(number), trace: trace.into() }
}

fn sent(from: u32, message: Message) -> Fact {
    let (from, to) = (node(from).into(), node(1).into());
    Fact::Sent(Envelope { id: MessageId(1), from, to, message: message.into(), copy: 0 })
}
