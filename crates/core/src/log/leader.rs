//! The leader: what it proposes, slot by slot.
//!
//! A leader has the promises of a quorum for every slot. So each command costs one round of phase 2, and several slots may be
//! under way at once: as many as the *window* allows. A command waits in the queue until there is room.

use alloc::{boxed::Box, collections::VecDeque, sync::Arc};

use litemap::LiteMap;

use super::{Accepted, Command, Decision, Entry, Found, ReadQueue, Settings};
use crate::paxos::{self, Ballot, NodeId, NodeSet, Slot};

/// A slot that the leader has asked for votes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What it proposed there.
    pub entry: Entry,
    /// Whose votes it has counted.
    pub votes: NodeSet,
}

/// What is to be proposed next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// What phase 1 found.
    Found(Found),
    /// A client's command, in a free slot.
    Command(Slot, Arc<Command>),
}

/// A server that leads.
///
/// * It proposes at most one entry in each slot.
/// * What phase 1 found comes before any command of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    ballot: Ballot,
    pub(super) found: VecDeque<Found>,
    /// The highest slot that phase 1 found something in.
    found_to: Slot,
    next: Slot,
    queue: VecDeque<Arc<Command>>,
    pending: LiteMap<Slot, Pending>,
    /// The reads that take no slot. Most servers have none, and copies of servers are many: so they lie elsewhere.
    pub(super) reads: Box<ReadQueue>,
}

impl Leader {
    /// A leader at the end of its phase 1, with the commands that came during it.
    #[must_use]
    pub fn new(ballot: Ballot, Decision { found, next }: Decision, queue: VecDeque<Arc<Command>>) -> Self {
        let found_to = found.back().map_or(0, |found| found.slot);
        Self { ballot, found, found_to, next, queue, pending: LiteMap::new(), reads: Box::default() }
    }

    /// Its ballot.
    #[must_use]
    pub const fn ballot(&self) -> Ballot {
        self.ballot
    }

    /// The next free slot.
    #[must_use]
    pub const fn next(&self) -> Slot {
        self.next
    }

    /// The highest slot that its phase 1 found something in; 0: in none.
    #[must_use]
    pub const fn found_to(&self) -> Slot {
        self.found_to
    }

    /// The commands that wait for room in the window, in order.
    #[must_use]
    pub const fn queue(&self) -> &VecDeque<Arc<Command>> {
        &self.queue
    }

    /// The commands that it had not proposed yet, in order, and then the reads that it had not answered.
    #[must_use]
    pub fn into_queue(self) -> VecDeque<Arc<Command>> {
        let Self { mut queue, reads, .. } = self;
        queue.extend(reads.into_commands());
        queue
    }

    /// The reads that take no slot and are not answered yet.
    #[must_use]
    pub fn reads(&self) -> &ReadQueue {
        &self.reads
    }

    /// Whether it waits for nobody: no slot is under way, and no question.
    #[must_use]
    pub fn rests(&self) -> bool {
        self.pending.is_empty() && self.reads.open().is_none()
    }

    /// The slots under way.
    #[must_use]
    pub const fn pending(&self) -> &LiteMap<Slot, Pending> {
        &self.pending
    }

    /// One that stands somewhere in the middle of its work.
    pub(super) fn restored(
        ballot: Ballot,
        (found, found_to): (VecDeque<Found>, Slot),
        next: Slot,
        queue: VecDeque<Arc<Command>>,
        pending: LiteMap<Slot, Pending>,
        reads: ReadQueue,
    ) -> Self {
        Self { ballot, found, found_to, next, queue, pending, reads: Box::new(reads) }
    }

    /// The same leader, with something else in place of each entry.
    pub(super) fn rename(&mut self, entry: &mut impl FnMut(&Entry) -> Entry) {
        self.found.iter_mut().for_each(|found| found.entry = entry(&found.entry));
        self.pending.iter_mut().for_each(|(_, pending)| pending.entry = entry(&pending.entry));
        for command in self.queue.iter_mut().chain(self.reads.commands_mut()) {
            if let Entry::Command(renamed) = entry(&Entry::Command(command.clone())) {
                *command = renamed;
            }
        }
    }

    /// Takes a client's command into the queue.
    pub fn ask(&mut self, command: Arc<Command>) {
        self.queue.push_back(command);
    }

    /// Whether this operation waits or is under way.
    #[must_use]
    pub fn is_under_way(&self, command: &Command) -> bool {
        let same = |other: &Command| (other.client, other.seq) == (command.client, command.seq);
        self.queue.iter().chain(self.reads.commands()).any(|other| same(other))
            || self.found.iter().any(|found| found.entry.command().is_some_and(same))
            || self.pending.values().any(|pending| pending.entry.command().is_some_and(same))
    }

    /// What is to be proposed next, if the window has room for it: no slot above this one.
    pub fn next_within(&mut self, last: Slot) -> Option<Next> {
        if let Some(found) = self.found.front() {
            return if found.slot <= last { self.found.pop_front().map(Next::Found) } else { None };
        }
        if self.next > last {
            return None;
        }
        let command = self.queue.pop_front()?;
        self.next += 1;
        Some(Next::Command(self.next - 1, command))
    }

    /// It asks for votes in this slot.
    pub fn propose(&mut self, slot: Slot, entry: Entry) {
        self.pending.insert(slot, Pending { entry, votes: NodeSet::default() });
    }

    /// A vote has come in. Returns the votes of the slot if it was counted, and the entry if they choose it. Then the slot is
    /// not under way any more.
    pub fn accepted(
        &mut self,
        settings: &Settings,
        from: NodeId,
        Accepted { ballot, slot }: &Accepted,
    ) -> Option<(NodeSet, Option<Entry>)> {
        let rules = settings.paxos.rules;
        if *ballot != self.ballot && rules.on(paxos::Rule::VotesWithinBallot) {
            return None;
        }
        let quorums = settings.paxos.quorums();
        let pending = self.pending.get_mut(slot)?;
        rules.count_vote(&mut pending.votes, from, quorums.acceptors)?;
        let votes = pending.votes;
        if !quorums.chooses(votes) {
            return Some((votes, None));
        }
        self.pending.remove(slot).map(|pending| (votes, Some(pending.entry)))
    }
}
