//! The replicated state machine: a key-value store, and a session for each client.
//!
//! Servers that apply the same commands in the same order hold the same store (*Paxos Made Simple*, §3). A command may be
//! chosen in two slots: its client did not hear the answer, and asked another leader. So what is applied is part of the
//! state, too: the **session** of a client holds the sequence number and the answer of its last operation. A command that is
//! in a second slot changes nothing, and is answered as it was the first time.
//!
//! Clients come and never say that they go. Where there may be so many sessions and no more, a new one takes the place of the
//! one that was used longest ago: whose last operation took effect in the lowest slot. That is decided by what is applied, so all
//! servers drop the same one (Ongaro, *Consensus: Bridging Theory and Practice*, 2014, §6.3). What is left of the dropped ones is
//! one number, the **horizon**: the highest slot in which the last operation of any of them took effect.
//!
//! The horizon keeps an operation from taking effect twice. A command says up to where its client knew the log when it took the
//! number ([`Command::since`]): if it took effect before, then in a later slot. Without a session there are two cases:
//!
//! * It is not below the horizon. Had the command taken effect, its session would have been used above the horizon, and no such
//!   session was ever dropped. So it has not, and is applied.
//! * It is below the horizon. Nobody knows any more. It is not applied, and its client is told ([`Applied::Expired`]).

use alloc::{collections::BTreeMap, vec::Vec};

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
    /// It may have taken effect before: the session of its client may have made room since the client took its number. It does
    /// not take effect now.
    Expired,
}

/// The store and the sessions, at one position in the log.
///
/// * Every session was used last in a slot above the horizon, as long as slots are applied in order.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// Real servers have a million keys, and new ones in between: a sorted list would move half of them for each.
    store: BTreeMap<Text, Text>,
    sessions: BTreeMap<ClientId, Session>,
    /// Most sessions; `None`: as many as there are clients.
    most: Option<u32>,
    horizon: Slot,
    /// Sessions as they were when somebody looked last, the one that was used longest ago at the end. Whoever was used since is at
    /// another slot by now. It saves looking through all of them for each one that goes.
    unused: Vec<(Slot, ClientId)>,
}

/// What it will do depends on this, and on how many sessions there may be, which all servers of a cluster agree about.
impl PartialEq for Machine {
    fn eq(&self, other: &Self) -> bool {
        (&self.store, &self.sessions, self.horizon) == (&other.store, &other.sessions, other.horizon)
    }
}

impl Eq for Machine {}

impl Machine {
    /// Nothing was applied yet. There may be so many sessions; `None`: as many as there are clients.
    #[must_use]
    pub fn new(most_sessions: Option<u32>) -> Self {
        Self { most: most_sessions, ..Self::default() }
    }

    /// As it was when the snapshot was taken. There may be so many sessions.
    #[must_use]
    pub fn from_snapshot(snapshot: &Snapshot, most_sessions: Option<u32>) -> Self {
        let Snapshot { store, sessions, horizon, .. } = snapshot;
        let (store, sessions) = (store.iter().cloned().collect(), sessions.iter().cloned().collect());
        Self { store, sessions, horizon: *horizon, ..Self::new(most_sessions) }
    }

    /// The same, where there may be so many sessions. Who reads one from a file does not know that yet.
    pub(super) fn with_most(self, most_sessions: Option<u32>) -> Self {
        Self { most: most_sessions, ..self }
    }

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

    /// The highest slot in which the last operation of a client took effect whose session was dropped; 0: none was.
    #[must_use]
    pub const fn horizon(&self) -> Slot {
        self.horizon
    }

    /// Whether an operation may have taken effect, and nobody would know: its client has no session, and took the number when it
    /// knew less of the log than what sessions were dropped from.
    #[must_use]
    pub fn is_forgotten(&self, command: &Command) -> bool {
        command.since < self.horizon && !self.sessions.contains_key(&command.client)
    }

    /// Whether an operation is refused because of that.
    #[must_use]
    pub fn is_expired(&self, command: &Command, rules: Rules) -> bool {
        self.is_forgotten(command) && rules.on(Rule::RefuseExpired)
    }

    /// Roughly how many bytes a copy takes: texts are shared.
    pub(crate) fn approx_bytes(&self) -> usize {
        self.store.len() * size_of::<(Text, Text)>()
            + self.sessions.len() * size_of::<(ClientId, Session)>()
            + self.unused.len() * size_of::<(Slot, ClientId)>()
    }

    /// The same store, whose clients are called otherwise.
    pub(super) fn rename(&mut self, name: &mut impl FnMut(ClientId) -> ClientId) {
        let sessions = core::mem::take(&mut self.sessions);
        self.sessions = sessions.iter().map(|(client, session)| (name(*client), session.clone())).collect();
        // That has the old names, and is found again when it is needed.
        self.unused.clear();
    }

    /// Applies an entry.
    pub fn apply(&mut self, slot: Slot, entry: &Entry, rules: Rules) -> Applied {
        self.apply_and_drop(slot, entry, rules).0
    }

    /// Applies an entry. Returns also whose session made room for that of its client, and where that was used last.
    pub fn apply_and_drop(&mut self, slot: Slot, entry: &Entry, rules: Rules) -> (Applied, Option<(ClientId, Slot)>) {
        let Some(command) = entry.command() else { return (Applied::NoOp, None) };
        let Command { client, seq, op, .. } = command;
        if rules.on(Rule::DeduplicateWhenApplying)
            && let Some(session) = self.session(*client, rules)
        {
            if session.seq == *seq {
                return (Applied::Again(session.clone()), None);
            }
            if session.seq > *seq {
                return (Applied::Old { latest: session.seq }, None);
            }
        }
        if self.is_expired(command, rules) {
            return (Applied::Expired, None);
        }
        let (value, output) = op.apply(self.store.get(op.key()));
        match value {
            Some(value) => self.store.insert(op.key().clone(), value),
            None => self.store.remove(op.key()),
        };
        let dropped = self.make_room_for(*client);
        self.sessions.insert(*client, Session { seq: *seq, output: output.clone(), slot });
        if self.unused.first().is_some_and(|(latest, _)| slot < *latest) {
            // Slots are not applied in order here: that one is unused for longer than some of those.
            self.unused.clear();
        }
        (Applied::Done(output), dropped)
    }

    /// The session that was used longest ago goes, if a client without one needs room.
    fn make_room_for(&mut self, client: ClientId) -> Option<(ClientId, Slot)> {
        let most = self.most? as usize;
        if self.sessions.len() < most || self.sessions.contains_key(&client) {
            return None;
        }
        loop {
            let Some((slot, unused)) = self.unused.pop() else {
                self.unused = self.sessions.iter().map(|(client, session)| (session.slot, *client)).collect();
                self.unused.sort_unstable_by(|one, other| other.cmp(one));
                if self.unused.is_empty() {
                    return None;
                }
                continue;
            };
            if self.sessions.get(&unused).is_some_and(|session| session.slot == slot) {
                self.sessions.remove(&unused);
                self.horizon = self.horizon.max(slot);
                return Some((unused, slot));
            }
        }
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
        append_as(0, seq, value, 0)
    }

    /// A client that knew the log up to this slot asks.
    fn append_as(client: u64, seq: u32, value: &str, since: Slot) -> Entry {
        let op = Op::Append { key: text("x"), value: text(value) };
        Command { client: ClientId::numbered(client), seq, op, since }.into()
    }

    fn applied(rules: Rules, entries: &[Entry]) -> (Machine, Vec<Applied>) {
        let mut machine = Machine::default();
        let said = entries.iter().zip(1..).map(|(entry, slot)| machine.apply(slot, entry, rules)).collect();
        (machine, said)
    }

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

    fn clients(machine: &Machine) -> Vec<u64> {
        machine.sessions().map(|(client, _)| client.number()).collect()
    }

    #[test]
    fn the_session_that_was_used_longest_ago_makes_room_and_is_not_taken_for_one_that_never_was() {
        let mut machine = Machine::new(Some(2));
        let mut apply = |slot, entry: &Entry| machine.apply_and_drop(slot, entry, Rules::default());
        assert_eq!(apply(1, &append_as(0, 1, "a", 0)), (Applied::Done(Output::Done), None));
        apply(2, &append_as(1, 1, "b", 0));
        // The first client is used again, so the second one goes.
        apply(3, &append_as(0, 2, "c", 1));
        let third = append_as(2, 1, "d", 0);
        assert_eq!(apply(4, &third), (Applied::Done(Output::Done), Some((ClientId::numbered(1), 2))));
        // Its retry is refused: nobody knows any more that it took effect. So is one that never took effect.
        assert_eq!(apply(5, &append_as(1, 1, "b", 0)), (Applied::Expired, None));
        assert_eq!(apply(6, &append_as(3, 1, "e", 1)), (Applied::Expired, None));
        // Who knew as much of the log as went cannot have taken effect before.
        assert_eq!(apply(7, &append_as(3, 2, "e", 2)), (Applied::Done(Output::Done), Some((ClientId::numbered(0), 3))));
        assert_eq!(apply(8, &third), (Applied::Again(Session { seq: 1, output: Output::Done, slot: 4 }), None));
        assert_eq!((machine.get(&text("x")), machine.horizon()), (Some(&text("abcde")), 3));
        assert_eq!(clients(&machine), [2, 3]);
    }

    #[test]
    fn without_its_rule_an_operation_whose_session_made_room_takes_effect_twice() {
        let rules = Rules::without(&[Rule::RefuseExpired]);
        let mut machine = Machine::new(Some(1));
        for (slot, entry) in
            [append_as(0, 1, "a", 0), append_as(1, 1, "b", 0), append_as(0, 1, "a", 0)].iter().enumerate()
        {
            machine.apply(slot as Slot + 1, entry, rules);
        }
        assert_eq!(machine.get(&text("x")), Some(&text("aba")));
    }

    /// Clients come, ask, ask again late and in any order, and are pushed out, in a thousand small worlds.
    #[test]
    fn however_few_sessions_there_are_nothing_takes_effect_twice_and_the_oldest_goes() {
        let (mut again, mut expired, mut dropped) = (0, 0, 0);
        for seed in 0..1000_u64 {
            let mut state = seed;
            let mut draw = |below: u64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % below
            };
            let most = 1 + draw(4) as u32;
            let mut machine = Machine::new(Some(most));
            // Whatever was asked for so far may come again. The latest operation of each client that took effect.
            let (mut asked, mut taken, mut latest) = (Vec::new(), [0; 6], [0; 6]);
            for slot in 1..100 {
                if draw(3) > 0 || asked.is_empty() {
                    let client = draw(6);
                    taken[client as usize] += 1;
                    // What it knows may be old, but not from the future.
                    asked.push((client as usize, taken[client as usize], draw(slot)));
                }
                let (client, seq, since) = asked[draw(asked.len() as u64) as usize];
                let entry = append_as(client as u64, seq, "v", since);
                let oldest = machine.sessions().map(|(client, session)| (session.slot, *client)).min();
                let full = machine.sessions().len() as u32 == most;
                let (applied, gone) = machine.apply_and_drop(slot, &entry, Rules::default());
                match applied {
                    Applied::Done(_) => {
                        assert!(
                            seq > latest[client],
                            "seed {seed}, slot {slot}: it took effect before, or a later one did"
                        );
                        latest[client] = seq;
                    }
                    Applied::Again(session) => {
                        assert_eq!((session.seq, latest[client]), (seq, seq));
                        again += 1;
                    }
                    Applied::Old { latest: later } => assert_eq!(later, latest[client]),
                    Applied::Expired => expired += 1,
                    Applied::NoOp => unreachable!(),
                }
                dropped += u32::from(gone.is_some());
                assert!(gone.is_none_or(|(client, slot)| full && oldest == Some((slot, client))), "seed {seed}");
                assert!(machine.sessions().all(|(_, session)| session.slot > machine.horizon()));
                let snapshot = Snapshot::of(&machine, slot, Rules::default()).0;
                assert_eq!(Machine::from_snapshot(&snapshot, Some(most)), machine);
            }
        }
        assert!(again > 500 && expired > 500 && dropped > 500, "{again} {expired} {dropped}");
    }

    #[test]
    fn without_its_rules_a_command_takes_effect_as_often_as_it_is_chosen() {
        for rule in [Rule::Deduplicate, Rule::DeduplicateWhenApplying] {
            let (machine, _) = applied(Rules::without(&[rule]), &[append(1, "a"), append(1, "a")]);
            assert_eq!(machine.get(&text("x")), Some(&text("aa")));
        }
    }
}
