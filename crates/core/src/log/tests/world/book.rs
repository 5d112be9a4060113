//! The book of everything: what servers learned, what they applied, and what clients were answered.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use super::super::super::*;
use super::{Operation, World};
use crate::paxos::NodeId;

impl World {
    pub(super) fn trace(&mut self, node: NodeId, trace: Trace) {
        self.blamed.extend(trace.although());
        match trace {
            Trace::Learned { slot, entry, .. } => {
                let known = self.book.entry(slot).or_insert_with(|| entry.clone());
                if *known != entry {
                    let what =
                        format!("server {node} learned {entry:?} in slot {slot}, and {known:?} was learned there");
                    self.wrong(what);
                }
            }
            Trace::Applied { slot, entry, applied, .. } => {
                let server = &mut self.servers[node.index()];
                if slot != server.last_applied + 1 {
                    let what = format!("server {node} applied slot {slot} after {}", server.last_applied);
                    return self.wrong(what);
                }
                server.last_applied = slot;
                if let (Applied::Done(_), Some(Command { client, seq, .. })) = (applied, entry.command()) {
                    if server.applied.contains(&(*client, *seq)) {
                        return self.wrong(format!("server {node} applied {entry:?} twice"));
                    }
                    server.applied.push((*client, *seq));
                }
            }
            Trace::Installed { snapshot, .. } => {
                self.installed += 1;
                self.begins_with(node, Some(&snapshot));
            }
            Trace::Truncated { .. } => self.truncated += 1,
            Trace::CannotDecide { .. } => self.undecided += 1,
            Trace::Proposed { slot, .. } | Trace::Finishes { slot, .. } => {
                let replica = self.servers[node.index()].replica.as_ref().unwrap();
                let last = replica.learned().applied() + u64::from(self.settings.window);
                if slot > last {
                    self.wrong(format!("server {node} proposed in slot {slot}, and its window ends at {last}"));
                }
            }
            _ => {}
        }
    }

    /// A server begins with an empty store, or with a snapshot. That must be what the book comes to.
    pub(super) fn begins_with(&mut self, node: NodeId, snapshot: Option<&Snapshot>) {
        let to = snapshot.map_or(0, |snapshot| snapshot.to);
        let plain = Plain::of(self.book.range(..=to).map(|(_, entry)| entry));
        let server = &mut self.servers[node.index()];
        server.last_applied = to;
        server.applied = plain.applied.clone();
        let Some(snapshot) = snapshot else { return };
        if let Some(what) = plain.differs(snapshot) {
            self.wrong(format!("server {node} begins with a snapshot up to slot {to}, and {what}"));
        }
    }

    /// Every answer is what the log says: that of its command's first slot, at or behind the highest slot that was answered
    /// when it was asked. A read that is in no slot must have been right somewhere in between.
    pub(super) fn check_answers(&mut self) {
        let mut machine = Machine::default();
        let mut states = vec![machine.clone()];
        let mut expected = BTreeMap::new();
        for (position, (slot, entry)) in (1..).zip(&self.book) {
            if position != *slot {
                break;
            }
            if let (Applied::Done(output), Some(command)) =
                (machine.apply(*slot, entry, Rules::default()), entry.command())
            {
                expected.insert((command.client, command.seq), (output, *slot));
            }
            states.push(machine.clone());
        }
        let mut wrong = None;
        for Operation { command, floor, answer, .. } in &self.operations {
            let Some(answer) = answer else { continue };
            let right = match expected.get(&(command.client, command.seq)) {
                Some(expected) => expected.0 == answer.0 && expected.1 >= *floor,
                None => {
                    matches!(command.op, Op::Get { .. })
                        && states[(*floor as usize).min(states.len() - 1)..]
                            .iter()
                            .any(|machine| command.op.apply(machine.get(command.op.key())).1 == answer.0)
                }
            };
            if !right {
                wrong = Some(format!("{command:?} was answered {answer:?}, and not as the log says"));
            }
        }
        wrong.into_iter().for_each(|wrong| self.wrong(wrong));
    }
}

/// A store as anybody would write one, which shares nothing with [`Machine`]: a plain map, and who has had what done.
#[derive(Default)]
struct Plain {
    store: BTreeMap<String, String>,
    latest: BTreeMap<ClientId, u32>,
    applied: Vec<(ClientId, u32)>,
}

impl Plain {
    fn of<'a>(log: impl Iterator<Item = &'a Entry>) -> Self {
        let mut plain = Self::default();
        for Command { client, seq, op, .. } in log.filter_map(Entry::command) {
            if plain.latest.get(client).is_some_and(|latest| latest >= seq) {
                continue;
            }
            plain.latest.insert(*client, *seq);
            plain.applied.push((*client, *seq));
            let key: String = op.key().as_str().into();
            let before = plain.store.get(&key).cloned();
            match op {
                Op::Get { .. } => {}
                Op::Put { value, .. } => drop(plain.store.insert(key, value.as_str().into())),
                Op::Delete { .. } => drop(plain.store.remove(&key)),
                Op::Cas { from, to, .. } if before.as_deref() == Some(from.as_str()) => {
                    plain.store.insert(key, to.as_str().into());
                }
                Op::Cas { .. } => {}
                Op::Append { value, .. } => {
                    plain.store.insert(key, before.unwrap_or_default() + value.as_str());
                }
            }
        }
        plain
    }

    fn differs(&self, Snapshot { store, sessions, .. }: &Snapshot) -> Option<String> {
        let store: Vec<_> = store.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let sessions: Vec<_> = sessions.iter().map(|(client, session)| (*client, session.seq)).collect();
        let wanted: Vec<_> = self.store.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        if store != wanted {
            return Some(format!("its store is {store:?} instead of {wanted:?}"));
        }
        let wanted: Vec<_> = self.latest.iter().map(|(client, seq)| (*client, *seq)).collect();
        (sessions != wanted).then(|| format!("its sessions are {sessions:?} instead of {wanted:?}"))
    }
}
