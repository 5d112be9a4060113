//! One server by itself, for whoever explores what servers can do.
//!
//! What a server does depends on its own state and on what reaches it, and on nothing else in the world. So a search need
//! not keep whole worlds: it keeps servers, puts one of them into a world with nothing else going on, lets
//! [`Cluster::apply`] do to it what it does to any, and takes it out again.

use alloc::vec::Vec;

use super::network::InFlight;
use super::{Cluster, Envelope, Message, MessageId, Server, Timer};
use crate::paxos::{NodeId, Role};

impl Server {
    /// What tells it from another state of the same server, as bytes. Numbers that only count (messages, records, settings
    /// of timers, tries) are not in it, nor whether it is paused: a paused server is a slow one.
    pub(crate) fn essence(&self) -> Vec<u8> {
        let mut outbox = Vec::new();
        for outgoing in self.outbox.as_slice() {
            outbox.push((outgoing.message.to, &outgoing.message.message, self.disk.ahead_of(outgoing.behind)));
        }
        let timers: Vec<Timer> = self.timers().collect();
        let disk = (self.disk.durable(), self.disk.written(), self.disk.queued());
        let replica = self.replica.as_ref().and_then(|replica| Some(replica.paxos()?.essence()));
        postcard::to_allocvec(&(replica, disk, outbox, timers))
            .unwrap_or_else(|_| unreachable!("a server can be serialised"))
    }
}

impl Server {
    /// The same server without what only its next ballot would need: which ballots it used and saw, and its timers.
    pub(crate) fn retired(&self) -> Self {
        let mut server = self.clone();
        server.timers.clear();
        server.disk.forget_round();
        if let Some(replica) = server.replica.as_mut().and_then(|replica| replica.paxos_mut()) {
            replica.retire();
        }
        server
    }

    /// Whether it runs, and nothing it did is still on its way to its disk or out of the door.
    pub(crate) fn is_settled(&self) -> bool {
        self.replica.is_some()
            && self.outbox.is_empty()
            && self.disk.queued().is_empty()
            && self.disk.written().is_empty()
    }

    /// The same server [`retired`](Self::retired), and as if it played only this role. Its roles share a disk but no record
    /// of it, and what one of them does about a message no other one needs to know, save for its next ballot.
    pub(crate) fn alone(&self, role: Role) -> Self {
        let mut server = self.retired();
        if role != Role::Acceptor {
            server.disk.forget_votes();
        }
        if let Some(replica) = server.replica.as_mut().and_then(|replica| replica.paxos_mut()) {
            replica.keep(role);
        }
        server
    }
}

impl Cluster {
    /// Nothing is under way, no link is cut, and this server stands in its place, awake.
    pub(crate) fn put(&mut self, node: NodeId, server: Server) {
        self.network.in_flight.clear();
        self.network.mend();
        self.servers[node.index()] = Server { paused: false, ..server };
    }

    /// A message is under way; its number.
    pub(crate) fn carry(&mut self, from: NodeId, to: NodeId, message: Message) -> MessageId {
        let id = self.next_message();
        self.network
            .in_flight
            .insert(id, InFlight { envelope: Envelope { id, from, to, message, copy: 0 }, held: false });
        id
    }
}
