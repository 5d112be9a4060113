//! One server as a value that a search can compare, replace and run.
//!
//! What a server does depends on its own state and on what reaches it, and on nothing else in the world. So a search keeps
//! servers instead of whole worlds. To execute a transition it replaces one server in a world where nothing is in flight, lets
//! [`Cluster::apply`] do what it does to any server, and takes the server out again.

use alloc::vec::Vec;

use super::network::InFlight;
use super::{Cluster, Disk, Envelope, Message, MessageId, Server, Timer};
use crate::paxos::{self, NodeId, Role};

impl Server {
    /// Bytes that are equal exactly if two states of this server are the same state of a search. Counters (of messages, records,
    /// timer settings, tries) are left out, and so is whether it is paused: a paused server is a slow one.
    pub(crate) fn canonical_key(&self) -> Vec<u8> {
        let mut outbox = Vec::new();
        for waiting in self.outbox.as_slice() {
            outbox.push((waiting.message.to, &waiting.message.message, self.disk.ahead_of(waiting.behind)));
        }
        let timers: Vec<Timer> = self.timers().collect();
        let disk = (self.disk.durable(), self.disk.written(), self.disk.queued());
        let replica = self.paxos().map(paxos::Replica::canonical_key);
        postcard::to_allocvec(&(replica, disk, outbox, timers))
            .unwrap_or_else(|_| unreachable!("a server can be serialised"))
    }

    /// The same server without what only its next ballot would read: the ballots it used and saw, and its timers.
    pub(crate) fn project_out_next_ballot(&self) -> Self {
        let mut server = self.clone();
        server.timers.clear();
        server.disk.project_out_round();
        if let Some(replica) = server.paxos_mut() {
            replica.project_out_next_ballot();
        }
        server
    }

    /// The same server without its next ballot and with this role only. Its roles share a disk and no record on it. What one
    /// role does about a message matters to another role only for its next ballot.
    pub(crate) fn project_onto(&self, role: Role) -> Self {
        let mut server = self.project_out_next_ballot();
        if role != Role::Acceptor {
            server.disk.project_out_votes();
        }
        if let Some(replica) = server.paxos_mut() {
            replica.project_onto(role);
        }
        server
    }

    fn paxos_mut(&mut self) -> Option<&mut paxos::Replica> {
        self.replica.as_mut()?.paxos_mut()
    }

    /// Whether it runs with no unwritten or unsynced record and an empty outbox.
    pub(crate) fn is_settled(&self) -> bool {
        self.replica.is_some()
            && self.outbox.is_empty()
            && self.disk.queued().is_empty()
            && self.disk.written().is_empty()
    }
}

impl Disk {
    /// How many more records must become durable before the first `count` are.
    const fn ahead_of(&self, count: u64) -> u64 {
        count.saturating_sub(self.synced())
    }

    /// Removes the round that a proposer used.
    fn project_out_round(&mut self) {
        if let Some(durable) = self.durable.paxos_mut() {
            durable.round = None;
        }
    }

    /// Removes what an acceptor promised and accepted.
    fn project_out_votes(&mut self) {
        if let Some(durable) = self.durable.paxos_mut() {
            *durable = paxos::Records { round: durable.round, lost: durable.lost, ..paxos::Records::default() };
        }
    }
}

impl Cluster {
    /// Empties the network, mends every link, and puts this server, running, in the place of the one with that number.
    pub(crate) fn replace(&mut self, node: NodeId, server: Server) {
        self.network.in_flight.clear();
        self.network.mend();
        self.servers[node.index()] = Server { paused: false, ..server };
    }

    /// Puts a message in flight, and returns its number.
    pub(crate) fn inject(&mut self, from: NodeId, to: NodeId, message: Message) -> MessageId {
        let id = self.next_message();
        let envelope = Envelope { id, from: from.into(), to: to.into(), message, copy: 0 };
        self.network.in_flight.insert(id, InFlight { envelope, held: false });
        id
    }
}
