//! Snapshots: a log that does not grow for ever.
//!
//! What the slots of a log have come to is in the store and the sessions. So a server may keep these instead of the slots: a
//! **snapshot** is the store, the sessions, and the slot up to which they were applied, exactly. Once it is durable, it takes
//! the place of the votes in the slots that it covers. Votes above it stay: they may be what chose something.
//!
//! A server that comes back begins with its snapshot. One that asks for slots that nobody keeps any more is sent a snapshot in
//! their place. And a promise says from which slot on its sender still has its votes: below that, a missing vote says nothing.
//!
//! The last slots are kept in spite of a snapshot: who was away for a moment needs a few entries, and no whole store.

use alloc::{sync::Arc, vec::Vec};

use serde::ser::{SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};

use super::{ClientId, Machine, Output, Rule, Rules, Session, Text};
use crate::paxos::Slot;

/// The last slots that a snapshot leaves in place, beside as many as the window has.
pub const KEPT_BEHIND_WINDOW: u32 = 16;

/// When servers take snapshots, and what they keep in spite of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshots {
    /// A server takes one whenever it has applied so many slots since the last; 0: only when it is told to.
    pub every: u32,
    /// How many of the slots that a snapshot covers are kept all the same: the last ones.
    pub keep: u32,
}

impl Snapshots {
    /// As many slots as are kept where nobody says how many: enough for a short absence.
    #[must_use]
    pub const fn keep_beside(window: u32) -> u32 {
        window.saturating_add(KEPT_BEHIND_WINDOW)
    }
}

/// The store and the sessions, at one position in the log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Snapshot {
    /// The last slot that is applied in it.
    pub to: Slot,
    /// The keys that have a value, with it.
    pub store: Vec<(Text, Text)>,
    /// All sessions. Without them, a command that is chosen in a second slot would take effect again.
    pub sessions: Vec<(ClientId, Session)>,
    /// The highest slot in which the last operation of a client took effect whose session was dropped; 0: none was. Without it, a
    /// command whose session was dropped would take effect again.
    pub horizon: Slot,
}

/// Without a horizon, as if there could be none.
impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { to, store, sessions, horizon } = self;
        let mut fields = serializer.serialize_struct("Snapshot", 3)?;
        fields.serialize_field("to", to)?;
        fields.serialize_field("store", store)?;
        fields.serialize_field("sessions", &Remembered { sessions, horizon: *horizon })?;
        fields.end()
    }
}

/// Sessions, and behind them the horizon as a session of operation 0, which no client has.
struct Remembered<'a> {
    sessions: &'a [(ClientId, Session)],
    horizon: Slot,
}

impl Serialize for Remembered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let horizon = (self.horizon > 0).then_some(Session { seq: 0, output: Output::Done, slot: self.horizon });
        let mut all = serializer.serialize_seq(Some(self.sessions.len() + usize::from(horizon.is_some())))?;
        for session in self.sessions {
            all.serialize_element(session)?;
        }
        if let Some(horizon) = horizon {
            all.serialize_element(&(ClientId::numbered(0), horizon))?;
        }
        all.end()
    }
}

impl Snapshot {
    /// That of a machine to which every slot up to this one was applied. A rule that is off, and would have had it otherwise, is
    /// named beside it.
    #[must_use]
    pub fn of(machine: &Machine, applied: Slot, rules: Rules) -> (Self, Option<Rule>) {
        let store = machine.store().map(|(key, value)| (key.clone(), value.clone())).collect();
        let mut sessions: Vec<_> = machine.sessions().map(|(client, session)| (*client, session.clone())).collect();
        let without = rules.unless_on(Rule::SessionsInSnapshot).filter(|_| !sessions.is_empty());
        if without.is_some() {
            sessions.clear();
        }
        let lower = rules.unless_on(Rule::SnapshotSaysWhere).filter(|_| applied > 0);
        let to = if lower.is_some() { applied - 1 } else { applied };
        (Self { to, store, sessions, horizon: machine.horizon() }, without.or(lower))
    }
}

/// A snapshot on a disk, and what it takes the place of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Stored {
    /// The snapshot. Copies share it.
    pub snapshot: Arc<Snapshot>,
    /// The first slot whose votes it leaves in place.
    pub kept_from: Slot,
    /// Whether it takes the place of all votes instead: what [`Rule::SnapshotKeepsVotes`] forbids.
    pub in_place_of_all: bool,
}

impl Stored {
    /// Below this slot, votes make room for it.
    #[must_use]
    pub const fn replaces_below(&self) -> Slot {
        if self.in_place_of_all { Slot::MAX } else { self.kept_from }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Command, Entry, Op};

    fn text(text: &str) -> Text {
        Text::new(text).unwrap()
    }

    fn machine(slots: Slot) -> Machine {
        let mut machine = Machine::default();
        for slot in 1..=slots {
            let op = Op::Append { key: text("x"), value: text("a") };
            let command = Command { client: ClientId::at(0).unwrap(), seq: slot as u32, op, since: 0 };
            machine.apply(slot, &Entry::from(command), Rules::default());
        }
        machine
    }

    #[test]
    fn a_machine_comes_back_from_its_snapshot_with_its_sessions() {
        let (snapshot, although) = Snapshot::of(&machine(3), 3, Rules::default());
        assert_eq!((snapshot.to, although), (3, None));
        assert_eq!(Machine::from_snapshot(&snapshot, None), machine(3));
    }

    /// Digests and draws are made of these bytes.
    #[test]
    fn the_horizon_is_in_the_bytes_of_a_snapshot_only_if_a_session_was_dropped() {
        let (snapshot, _) = Snapshot::of(&machine(3), 3, Rules::default());
        let bytes = |snapshot: &Snapshot| postcard::to_allocvec(snapshot).unwrap();
        let Snapshot { to, store, sessions, .. } = &snapshot;
        assert_eq!(bytes(&snapshot), postcard::to_allocvec(&(to, store, sessions)).unwrap());
        let with = |horizon| bytes(&Snapshot { horizon, ..snapshot.clone() });
        assert!(with(1) != with(0) && with(1) != with(2));
    }

    #[test]
    fn without_its_rules_a_snapshot_lacks_sessions_or_says_too_low_a_slot() {
        let sessions = Snapshot::of(&machine(3), 3, Rules::without(&[Rule::SessionsInSnapshot]));
        assert_eq!((sessions.0.sessions.len(), sessions.1), (0, Some(Rule::SessionsInSnapshot)));
        let lower = Snapshot::of(&machine(3), 3, Rules::without(&[Rule::SnapshotSaysWhere]));
        assert_eq!((lower.0.to, lower.1), (2, Some(Rule::SnapshotSaysWhere)));
    }
}
