//! What the store and the sessions have to be, at each position in the log.
//!
//! A snapshot is a whole store, and says at which position. To know whether it is right, somebody has to know what the store was
//! there. So the slots are applied once more here, by the rules as they should be, and each value is kept with the slot that
//! brought it about.

use litemap::LiteMap;

use super::Difference;
use crate::cow_map::CowMap;
use crate::log::{ClientId, Entry, Machine, Rules, Session, Snapshot, Text};
use crate::paxos::Slot;

/// Every value that a key ever had, and every session of a client, by the slot from which on it was so.
#[derive(Clone, Debug, Default)]
pub(super) struct Positions {
    /// Nothing is known of positions in front of this one.
    from: Slot,
    to: Slot,
    machine: Machine,
    values: LiteMap<Text, CowMap<Slot, Option<Text>>>,
    sessions: LiteMap<ClientId, CowMap<Slot, Option<Session>>>,
}

impl Positions {
    /// What is known of a log that is watched from this slot on, where the store is this.
    pub(super) fn begin(slot: Slot, machine: Machine) -> Self {
        let mut positions = Self { from: slot, to: slot, ..Self::default() };
        for (key, value) in machine.store() {
            let mut values = CowMap::new();
            *values.entry(slot) = Some(value.clone());
            positions.values.insert(key.clone(), values);
        }
        for (client, session) in machine.sessions() {
            let mut sessions = CowMap::new();
            *sessions.entry(slot) = Some(session.clone());
            positions.sessions.insert(*client, sessions);
        }
        positions.machine = machine;
        positions
    }

    /// The store, if every slot up to this one is applied in it.
    pub(super) fn at_least(&self, slot: Slot) -> Option<&Machine> {
        (self.to >= slot).then_some(&self.machine)
    }

    /// The next slot holds this. A slot that was applied already, or comes too early, changes nothing.
    pub(super) fn apply(&mut self, slot: Slot, entry: &Entry) {
        if slot != self.to + 1 {
            return;
        }
        self.to = slot;
        self.machine.apply(slot, entry, Rules::default());
        let Some(command) = entry.command() else { return };
        let key = command.op.key();
        let value = self.machine.get(key).cloned();
        if !self.values.contains_key(key) {
            self.values.insert(key.clone(), CowMap::new());
        }
        if let Some(values) = self.values.get_mut(key) {
            *values.entry(slot) = value;
        }
        if !self.sessions.contains_key(&command.client) {
            self.sessions.insert(command.client, CowMap::new());
        }
        let session = self.machine.session(command.client, Rules::default()).cloned();
        if let Some(sessions) = self.sessions.get_mut(&command.client) {
            *sessions.entry(slot) = session;
        }
    }

    /// In what a snapshot differs from what there has to be at its position; `None`: in nothing that is known.
    pub(super) fn difference(&self, snapshot: &Snapshot) -> Option<Difference> {
        if snapshot.to > self.to || snapshot.to < self.from {
            return None;
        }
        let here = Machine::from(snapshot);
        let keys = self.values.keys().chain(here.store().map(|(key, _)| key));
        for key in keys {
            let first = at(self.values.get(key), snapshot.to);
            if here.get(key) != first {
                let (here, first) = (here.get(key).cloned(), first.cloned());
                return Some(Difference::Value { key: key.clone(), here, first });
            }
        }
        let mut clients = self.sessions.keys().chain(here.sessions().map(|(client, _)| client));
        let differs = |client: &&ClientId| {
            here.session(**client, Rules::default()) != at(self.sessions.get(*client), snapshot.to)
        };
        clients.find(differs).copied().map(Difference::Session)
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(super) fn approx_bytes(&self) -> usize {
        let values: usize = self.values.values().map(CowMap::approx_bytes).sum();
        let sessions: usize = self.sessions.values().map(CowMap::approx_bytes).sum();
        values + sessions + self.machine.approx_bytes()
    }
}

/// The latest, as it was after this slot.
fn at<V>(all: Option<&CowMap<Slot, Option<V>>>, slot: Slot) -> Option<&V> {
    all?.last_between(0, slot, |_, _| true)?.1.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Command, Op};

    fn text(text: &str) -> Text {
        Text::new(text).unwrap()
    }

    fn append(client: usize, seq: u32, key: &str) -> Entry {
        let op = Op::Append { key: text(key), value: text("a") };
        Command { client: ClientId::at(client).unwrap(), seq, op }.into()
    }

    #[test]
    fn a_snapshot_is_compared_with_its_own_position_and_not_with_the_present() {
        let mut positions = Positions::default();
        let (mut machine, mut snapshots) = (Machine::default(), alloc::vec::Vec::new());
        for slot in 1..=40 {
            let entry = match slot % 4 {
                0 => Entry::NoOp,
                turn => append(turn as usize, slot as u32, if slot % 2 == 0 { "x" } else { "y" }),
            };
            positions.apply(slot, &entry);
            machine.apply(slot, &entry, Rules::default());
            snapshots.push(Snapshot::of(&machine, slot, Rules::default()).0);
        }
        for snapshot in &snapshots {
            assert_eq!(positions.difference(snapshot), None);
            let moved = Snapshot { to: snapshot.to - 1, ..snapshot.clone() };
            // A no-op leaves everything as it was.
            assert_eq!(positions.difference(&moved).is_some(), snapshot.to % 4 != 0, "{}", snapshot.to);
        }
        let bare = Snapshot { sessions: [].into(), ..snapshots[20].clone() };
        assert_eq!(positions.difference(&bare), Some(Difference::Session(ClientId::at(1).unwrap())));
        let strange = [(text("z"), text("?"))].into();
        let strange = Snapshot { to: 0, store: strange, sessions: [].into() };
        assert!(matches!(positions.difference(&strange), Some(Difference::Value { .. })));
    }
}
