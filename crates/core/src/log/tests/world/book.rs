//! The book of everything: what servers learned, what they applied, and what clients were answered.

use alloc::collections::BTreeMap;
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
