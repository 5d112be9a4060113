//! What the observer of a log knows where a run begins in the middle.
//!
//! It did not see how the servers came to be what they are, so it takes them as they are. That must raise no false alarm, and
//! must hide nothing that breaks later:
//!
//! | of | is known at the beginning | until when it is not all known |
//! |---|---|---|
//! | consensus | votes and promises on disks, and what servers know to be chosen | in slots up to the highest that anybody has voted in, knows or applied: there the first who says what is chosen is believed |
//! | stores | the store of the server that is furthest, as it should be there | never: snapshots of earlier positions are not judged |
//! | clients | the commands that are in slots and queues, or under way | until everything up to that slot is applied |
//!
//! **The clients' history begins where it can be judged.** An operation of before may have taken effect in a slot that the
//! server which is furthest has not applied. So the judge waits until everything that may have been chosen before the beginning
//! is applied. What the store is then, is its first value. Operations that have taken effect by then belong to the time before;
//! the others were called then. This is mostly a few milliseconds.

use alloc::{sync::Arc, vec, vec::Vec};

use super::LogObserver;
use crate::log::{Checkpoint, Command, Entry, Machine};
use crate::paxos::{Ballot, Slot};
use crate::sim::Beginning;

/// What is known of the time before the run began.
#[derive(Clone, Debug)]
pub(super) struct Before {
    /// In no slot above this one anything was chosen by then.
    to: Slot,
    /// No ballot above this one was used by then.
    top: Ballot,
}

impl LogObserver {
    /// The run begins like this, and servers remember so many clients.
    pub(in crate::check) fn begins(&mut self, begins: &Beginning, most_sessions: Option<u32>) {
        let mut old = vec![0; begins.servers.len()];
        let mut top = Ballot::LOWEST;
        for ballot in begins.ballots() {
            top = top.max(ballot);
            if let Some(round) = old.get_mut(ballot.server.index()) {
                *round = ballot.round.max(*round);
            }
        }
        let to = begins.servers.iter().map(Checkpoint::highest).max().unwrap_or(0);
        let mut furthest: Option<(Slot, Machine)> = None;
        for (node, server) in begins.standing() {
            self.consensus.stands(node, &server.durable.paxos);
            self.stores.stands(node, server.applied());
            let is_further = |(slot, _): &(Slot, Machine)| furthest.as_ref().is_none_or(|(to, _)| slot > to);
            furthest = server.machine(most_sessions).filter(is_further).or(furthest);
        }
        self.consensus.begins(old);
        for server in &begins.servers {
            server.learned().for_each(|(slot, entry)| self.consensus.believes(slot, entry, top));
        }
        if let Some((slot, machine)) = furthest {
            self.stores.begins(slot, machine);
        }
        let mut open: Vec<&Arc<Command>> = begins.commands();
        open.sort_unstable();
        open.dedup();
        self.clients.begin(&begins.clients, open);
        self.before = Some(Before { to, top });
        self.settles();
    }

    /// Whether the run begins in the middle.
    #[must_use]
    pub const fn has_before(&self) -> bool {
        self.before.is_some()
    }

    /// Of a slot in which something may have been chosen before the beginning, whoever first says what is believed.
    pub(super) fn believes(&mut self, slot: Slot, entry: &Entry) {
        if let Some(Before { to, top }) = self.before
            && slot <= to
        {
            self.consensus.believes(slot, entry, top);
        }
    }

    /// The clients' history can be judged as soon as everything is applied that may have been chosen before.
    pub(super) fn settles(&mut self) {
        if let Some(Before { to, .. }) = self.before
            && let Some(machine) = self.stores.at_least(to)
        {
            self.clients.settle(machine);
        }
    }
}
