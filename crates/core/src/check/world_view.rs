//! What an observer can see of a world.

use crate::paxos::{Ballot, NodeId, Quorums, Records, Slot, Value, Vote};
use crate::sim::Cluster;

/// What the observer can see of a world, besides what just happened.
pub trait WorldView<V = Value> {
    /// The servers.
    fn nodes(&self) -> impl Iterator<Item = NodeId>;
    /// What a server's disk would give back after a crash.
    fn durable(&self, node: NodeId) -> &Records<V>;
    /// The vote that a server holds in a slot: in memory, or while it is down, on disk.
    fn held(&self, node: NodeId, slot: Slot) -> Option<&Vote<V>>;
    /// How many is enough, by the rules as they are now.
    fn quorums(&self) -> Quorums;
    /// What was chosen below this slot is in a server's durable snapshot: there it needs its votes no more. Without snapshots,
    /// no slot is below it.
    fn kept_from(&self, _: NodeId) -> Slot {
        0
    }
    /// The promise an acceptor has in memory. The outer `None`: it is down, or no acceptor.
    fn remembers(&self, node: NodeId) -> Option<Option<Ballot>>;
}

impl WorldView for Cluster {
    fn nodes(&self) -> impl Iterator<Item = NodeId> {
        Self::nodes(self)
    }

    fn durable(&self, node: NodeId) -> &Records {
        let records = self.server(node).disk().durable().paxos();
        records.unwrap_or_else(|| unreachable!("single-decree Paxos is observed where it runs"))
    }

    fn held(&self, node: NodeId, slot: Slot) -> Option<&Vote> {
        match self.server(node).paxos() {
            Some(replica) => replica.acceptor()?.vote(slot),
            None => WorldView::<Value>::durable(self, node).accepted.get(slot),
        }
    }

    fn quorums(&self) -> Quorums {
        self.settings().quorums()
    }

    fn remembers(&self, node: NodeId) -> Option<Option<Ballot>> {
        Some(self.server(node).paxos()?.acceptor()?.promised())
    }
}
