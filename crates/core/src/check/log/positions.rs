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
    /// Where a session was dropped: the horizon since then.
    horizons: CowMap<Slot, Option<Slot>>,
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
        *positions.horizons.entry(slot) = Some(machine.horizon());
        positions.machine = machine;
        positions
    }

    /// The store, if every slot up to this one is applied in it.
    pub(super) fn at_least(&self, slot: Slot) -> Option<&Machine> {
        (self.to >= slot).then_some(&self.machine)
    }

    /// The next slot holds this, and there may be so many sessions. A slot that was applied already, or comes too early, changes
    /// nothing.
    pub(super) fn apply(&mut self, slot: Slot, entry: &Entry, most_sessions: Option<u32>) {
        if slot != self.to + 1 {
            return;
        }
        if slot == 1 {
            self.machine = Machine::new(most_sessions);
        }
        self.to = slot;
        let (_, dropped) = self.machine.apply_and_drop(slot, entry, Rules::default());
        if let Some((client, _)) = dropped {
            if let Some(sessions) = self.sessions.get_mut(&client) {
                *sessions.entry(slot) = None;
            }
            *self.horizons.entry(slot) = Some(self.machine.horizon());
        }
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
        let here = Machine::from_snapshot(snapshot, None);
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
        if let Some(client) = clients.find(differs) {
            return Some(Difference::Session(*client));
        }
        let horizon = at(Some(&self.horizons), snapshot.to).copied().unwrap_or(0);
        (here.horizon() != horizon).then_some(Difference::Horizon)
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(super) fn approx_bytes(&self) -> usize {
        let values: usize = self.values.values().map(CowMap::approx_bytes).sum();
        let sessions: usize = self.sessions.values().map(CowMap::approx_bytes).sum();
        values + sessions + self.horizons.approx_bytes() + self.machine.approx_bytes()
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
        Command { client: ClientId::at(client).unwrap(), seq, op, since: 0 }.into()
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
            positions.apply(slot, &entry, None);
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
        let strange = Snapshot { to: 0, store: strange, sessions: [].into(), horizon: 0 };
        assert!(matches!(positions.difference(&strange), Some(Difference::Value { .. })));
    }

    #[test]
    fn what_was_dropped_before_the_log_was_watched_is_known_and_what_is_dropped_later_follows() {
        let mut machine = Machine::new(Some(1));
        let mut apply = |slot, client, since| {
            let (client, op) = (ClientId::at(client).unwrap(), Op::Append { key: text("x"), value: text("a") });
            let entry = Entry::from(Command { client, seq: 1, op, since });
            machine.apply(slot, &entry, Rules::default());
            (entry, Snapshot::of(&machine, slot, Rules::default()).0)
        };
        apply(1, 0, 0);
        let (_, second) = apply(2, 1, 0);
        let mut positions = Positions::begin(2, Machine::from_snapshot(&second, Some(1)));
        // One that says nothing of what it knows is refused. One that knows enough takes the place of the second client.
        let (refused, third) = apply(3, 2, 0);
        let (taken, fourth) = apply(4, 3, 1);
        positions.apply(3, &refused, Some(1));
        positions.apply(4, &taken, Some(1));
        for (snapshot, horizon) in [(second, 1), (third, 1), (fourth, 2)] {
            assert_eq!((snapshot.horizon, positions.difference(&snapshot)), (horizon, None));
            let forgets = Snapshot { horizon: 0, ..snapshot };
            assert_eq!(positions.difference(&forgets), Some(Difference::Horizon));
        }
    }

    #[test]
    fn a_snapshot_says_whose_session_was_dropped() {
        let mut positions = Positions::default();
        let mut machine = Machine::new(Some(2));
        for (slot, client) in (1..).zip([0, 1, 2]) {
            let entry = append(client, 1, "x");
            positions.apply(slot, &entry, Some(2));
            machine.apply(slot, &entry, Rules::default());
        }
        let snapshot = Snapshot::of(&machine, 3, Rules::default()).0;
        assert_eq!(positions.difference(&snapshot), None);
        let forgets = Snapshot { horizon: 0, ..snapshot.clone() };
        assert_eq!(positions.difference(&forgets), Some(Difference::Horizon));
        let keeps = machine.sessions().map(|(_, session)| (ClientId::at(0).unwrap(), session.clone())).take(1);
        let keeps = Snapshot { sessions: keeps.chain(snapshot.sessions.iter().cloned()).collect(), ..snapshot.clone() };
        assert_eq!(positions.difference(&keeps), Some(Difference::Session(ClientId::at(0).unwrap())));
    }
}
