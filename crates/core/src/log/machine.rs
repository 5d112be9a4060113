//! The replicated state machine: a key-value store, and a session for each client.
//!
//! Servers that apply the same commands in the same order hold the same store (*Paxos Made Simple*, §3). A command may be
//! chosen in two slots: its client did not hear the answer, and asked another leader. So what is applied is part of the
//! state, too: the **session** of a client holds the sequence number and the answer of its last operation. A command that is
//! in a second slot changes nothing, and is answered as it was the first time.

use litemap::LiteMap;
use serde::Serialize;

use super::{ClientId, Command, Entry, Output, Rule, Rules, Snapshot, Text};
use crate::paxos::Slot;

/// What is remembered of a client: its last operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Session {
    /// Its sequence number.
    pub seq: u32,
    /// What was answered.
    pub output: Output,
    /// The slot in which it took effect.
    pub slot: Slot,
}

/// What applying an entry came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Applied {
    /// It is a no-op.
    NoOp,
    /// The command took effect: this is its result.
    Done(Output),
    /// The command took effect in an earlier slot, and does not take effect again: this was its result.
    Again(Session),
    /// A later operation of the client took effect before. It cannot be waiting for this one.
    Old {
        /// The sequence number of that operation.
        latest: u32,
    },
}

/// The store and the sessions, at one position in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    store: LiteMap<Text, Text>,
    sessions: LiteMap<ClientId, Session>,
}

/// As it was when the snapshot was taken.
impl From<&Snapshot> for Machine {
    fn from(Snapshot { store, sessions, .. }: &Snapshot) -> Self {
        Self { store: store.iter().cloned().collect(), sessions: sessions.iter().cloned().collect() }
    }
}

impl Machine {
    /// The keys that have a value, with it.
    pub fn store(&self) -> impl ExactSizeIterator<Item = (&Text, &Text)> {
        self.store.iter()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &Text) -> Option<&Text> {
        self.store.get(key)
    }

    /// All sessions.
    pub fn sessions(&self) -> impl ExactSizeIterator<Item = (&ClientId, &Session)> {
        self.sessions.iter()
    }

    /// What is remembered of a client that could have asked for this command already.
    #[must_use]
    pub fn session(&self, client: ClientId, rules: Rules) -> Option<&Session> {
        self.sessions.get(&client).filter(|_| rules.on(Rule::Deduplicate))
    }

    /// Roughly how many bytes a copy takes: texts are shared.
    pub(crate) fn approx_bytes(&self) -> usize {
        self.store.len() * size_of::<(Text, Text)>() + self.sessions.len() * size_of::<(ClientId, Session)>()
    }

    /// The same store, whose clients are called otherwise.
    pub(super) fn rename(&mut self, name: &mut impl FnMut(ClientId) -> ClientId) {
        let sessions = core::mem::take(&mut self.sessions);
        self.sessions = sessions.iter().map(|(client, session)| (name(*client), session.clone())).collect();
    }

    /// Applies an entry.
    pub fn apply(&mut self, slot: Slot, entry: &Entry, rules: Rules) -> Applied {
        let Some(Command { client, seq, op }) = entry.command() else { return Applied::NoOp };
        if rules.on(Rule::DeduplicateWhenApplying)
            && let Some(session) = self.session(*client, rules)
        {
            if session.seq == *seq {
                return Applied::Again(session.clone());
            }
            if session.seq > *seq {
                return Applied::Old { latest: session.seq };
            }
        }
        let (value, output) = op.apply(self.store.get(op.key()));
        match value {
            Some(value) => self.store.insert(op.key().clone(), value),
            None => self.store.remove(op.key()),
        };
        self.sessions.insert(*client, Session { seq: *seq, output: output.clone(), slot });
        Applied::Done(output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Op;

    fn text(text: &str) -> Text {
        Text::new(text).unwrap()
    }

    fn append(seq: u32, value: &str) -> Entry {
        let op = Op::Append { key: text("x"), value: text(value) };
        Command { client: ClientId::at(0).unwrap(), seq, op }.into()
    }

    fn applied(rules: Rules, entries: &[Entry]) -> (Machine, Vec<Applied>) {
        let mut machine = Machine::default();
        let said = entries.iter().zip(1..).map(|(entry, slot)| machine.apply(slot, entry, rules)).collect();
        (machine, said)
    }

    use alloc::vec::Vec;

    #[test]
    fn a_command_in_two_slots_takes_effect_once_and_is_answered_as_before() {
        let (machine, said) = applied(Rules::default(), &[append(1, "a"), Entry::NoOp, append(1, "a"), append(2, "b")]);
        assert_eq!(machine.get(&text("x")), Some(&text("ab")));
        assert_eq!(said[1], Applied::NoOp);
        assert!(matches!(&said[2], Applied::Again(Session { seq: 1, slot: 1, .. })));
    }

    #[test]
    fn a_command_behind_a_later_one_of_its_client_changes_nothing() {
        let (machine, said) = applied(Rules::default(), &[append(2, "b"), append(1, "a")]);
        assert_eq!(said[1], Applied::Old { latest: 2 });
        assert_eq!(machine.get(&text("x")), Some(&text("b")));
    }

    #[test]
    fn without_its_rules_a_command_takes_effect_as_often_as_it_is_chosen() {
        for rule in [Rule::Deduplicate, Rule::DeduplicateWhenApplying] {
            let (machine, _) = applied(Rules::without(&[rule]), &[append(1, "a"), append(1, "a")]);
            assert_eq!(machine.get(&text("x")), Some(&text("aa")));
        }
    }
}
