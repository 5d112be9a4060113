//! What servers applied, and what it made of their stores and sessions.
//!
//! Servers that have applied the same slots must be the same. To compare whole stores after each slot would cost more than
//! the run itself. But a slot changes one key and one session at most, and the horizon says which session it drops. So the
//! first server to apply a slot says what these are after it, and every other server is compared with that when it gets
//! there. Where none ever differs in that, their stores never differ at all.

use alloc::vec::Vec;

use super::positions::Positions;
use super::{Difference, LogView, Violation};
use crate::cow_map::CowMap;
use crate::log::{Applied, ClientId, Command, Entry, Machine, Rules, Session, Snapshot, Text, Trace};
use crate::paxos::{NodeId, Slot};
use crate::sim::Fact;

/// What one slot left behind, as far as a server was seen right after it.
#[derive(Clone, Debug, Default)]
struct After {
    /// What its entry came to.
    outcome: Option<Applied>,
    /// The value of its command's key.
    value: Option<Option<Text>>,
    /// The session of its command's client.
    session: Option<Option<Session>>,
    /// Which sessions were dropped so far: the horizon.
    horizon: Option<Slot>,
}

/// What servers have applied.
#[derive(Clone, Debug)]
pub(super) struct Stores {
    after: CowMap<Slot, After>,
    /// By the position of the server: every slot up to this one is applied, in this life of the server.
    applied: Vec<Slot>,
    /// What the store and the sessions have to be at each position. Only kept where servers take snapshots.
    positions: Positions,
}

impl Stores {
    /// Nobody has applied anything.
    pub(super) fn new() -> Self {
        Self { after: CowMap::new(), applied: Vec::new(), positions: Positions::default() }
    }

    /// When the run begins, a server has applied every slot up to this one.
    pub(super) fn stands(&mut self, node: NodeId, applied: Slot) {
        self.set_applied(node, applied);
    }

    /// The run begins where the store, as far as any server has applied the log, is this.
    pub(super) fn begins(&mut self, slot: Slot, machine: Machine) {
        self.positions = Positions::begin(slot, machine);
    }

    /// What the store has to be, if every slot up to this one is known.
    pub(super) fn at_least(&self, slot: Slot) -> Option<&Machine> {
        self.positions.at_least(slot)
    }

    /// Up to where a server has applied the log.
    pub(super) fn applied(&self, node: NodeId) -> Slot {
        self.applied.get(node.index()).copied().unwrap_or(0)
    }

    fn set_applied(&mut self, node: NodeId, slot: Slot) {
        if self.applied.len() <= node.index() {
            self.applied.resize(node.index() + 1, 0);
        }
        self.applied[node.index()] = slot;
    }

    /// A server begins anew: its store is empty, or what a snapshot has. That must be what the slots up to there come to.
    pub(super) fn starts(&mut self, node: NodeId, snapshot: Option<&Snapshot>, broken: &mut impl FnMut(Violation)) {
        let to = snapshot.map_or(0, |snapshot| snapshot.to);
        self.set_applied(node, to);
        if let Some(difference) = snapshot.and_then(|snapshot| self.positions.difference(snapshot)) {
            broken(Violation::StoresDiffer { node, slot: to, difference });
        }
    }

    /// What is in a slot, as a server applied it: what the store has to be from there on follows.
    pub(super) fn remembers(&mut self, slot: Slot, entry: &Entry, most_sessions: Option<u32>) {
        self.positions.apply(slot, entry, most_sessions);
    }

    /// A server applies a slot.
    pub(super) fn applies(&mut self, node: NodeId, slot: Slot, outcome: &Applied, broken: &mut impl FnMut(Violation)) {
        let applied = self.applied(node);
        if slot == applied + 1 {
            self.set_applied(node, slot);
        } else {
            broken(Violation::OutOfOrder { node, slot, applied });
        }
        let first = &mut self.after.entry(slot).outcome;
        if first.get_or_insert_with(|| outcome.clone()) != outcome {
            broken(Violation::StoresDiffer { node, slot, difference: Difference::Outcome });
        }
    }

    /// At the end of a step: what the slots that were applied in it left behind.
    pub(super) fn look_at(&mut self, world: &impl LogView, facts: &[Fact], broken: &mut impl FnMut(Violation)) {
        for (position, fact) in facts.iter().enumerate() {
            let Some((node, slot, Some(command), _)) = applied(fact) else { continue };
            let Some(machine) = world.machine(node) else { continue };
            // Of a key that a later slot is about, too, the value in between cannot be seen any more; nor a session that it drops.
            let rest = || facts[position + 1..].iter().filter_map(applied).filter(|(other, ..)| *other == node);
            let later = || rest().filter_map(|(_, _, command, _)| command);
            let dropped = || rest().filter_map(|(_, _, _, dropped)| dropped);
            let after = self.after.entry(slot);
            let key = command.op.key();
            if !later().any(|other| other.op.key() == key) {
                let here = machine.get(key);
                let first = after.value.get_or_insert_with(|| here.cloned());
                if first.as_ref() != here {
                    let (key, here, first) = (key.clone(), here.cloned(), first.clone());
                    let difference = Difference::Value { key, here, first };
                    broken(Violation::StoresDiffer { node, slot, difference });
                }
            }
            let changed = later().map(|other| other.client).chain(dropped()).any(|other| other == command.client);
            if !changed {
                let here = machine.session(command.client, Rules::default());
                if after.session.get_or_insert_with(|| here.cloned()).as_ref() != here {
                    let difference = Difference::Session(command.client);
                    broken(Violation::StoresDiffer { node, slot, difference });
                }
            }
            if world.most_sessions().is_some() && later().next().is_none() {
                let here = machine.horizon();
                if *after.horizon.get_or_insert(here) != here {
                    broken(Violation::StoresDiffer { node, slot, difference: Difference::Horizon });
                }
            }
            // Where slots are applied out of order, the server itself knows best how far it has come.
            let known = world.applied(node);
            if self.applied(node) < known {
                self.set_applied(node, known);
            }
        }
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(super) fn approx_bytes(&self) -> usize {
        self.after.approx_bytes() + self.positions.approx_bytes()
    }
}

/// The server, the slot, the command in it, and whose session it drops, where a fact is that a slot was applied.
fn applied(fact: &Fact) -> Option<(NodeId, Slot, Option<&Command>, Option<ClientId>)> {
    let Fact::Did { node, trace } = fact else { return None };
    let Some(Trace::Applied { slot, entry, dropped, .. }) = trace.log() else { return None };
    Some((*node, *slot, Entry::command(entry), dropped.map(|(client, _)| client)))
}
