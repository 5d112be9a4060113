//! What the observer of a log can see of a world, beside what consensus needs.

use crate::check::WorldView;
use crate::log::{Entry, Machine, Records};
use crate::paxos::{self, Ballot, NodeId, Quorums, Slot, Vote};
use crate::sim::Cluster;

/// What the observer of a log can see of a world, besides what just happened.
pub trait LogView: WorldView<Entry> {
    /// The window α.
    fn window(&self) -> u32;
    /// The store and the sessions of a server. `None`: it is down.
    fn machine(&self, node: NodeId) -> Option<&Machine>;
    /// Every slot up to this one is applied on a server; 0: it is down.
    fn applied(&self, node: NodeId) -> Slot;
    /// Whether servers take snapshots.
    fn has_snapshots(&self) -> bool;
    /// How many clients servers remember; `None`: all.
    fn most_sessions(&self) -> Option<u32>;
}

fn records(world: &Cluster, node: NodeId) -> &Records {
    let records = world.server(node).disk().durable().log();
    records.unwrap_or_else(|| unreachable!("a log is observed where it runs"))
}

impl WorldView<Entry> for Cluster {
    fn nodes(&self) -> impl Iterator<Item = NodeId> {
        Self::nodes(self)
    }

    fn durable(&self, node: NodeId) -> &paxos::Records<Entry> {
        &records(self, node).paxos
    }

    fn held(&self, node: NodeId, slot: Slot) -> Option<&Vote<Entry>> {
        match self.server(node).log() {
            Some(replica) => replica.acceptor()?.vote(slot),
            None => WorldView::<Entry>::durable(self, node).accepted.get(slot),
        }
    }

    fn kept_from(&self, node: NodeId) -> Slot {
        records(self, node).kept_from()
    }

    fn quorums(&self) -> Quorums {
        self.settings().quorums()
    }

    fn remembers(&self, node: NodeId) -> Option<Option<Ballot>> {
        Some(self.server(node).log()?.acceptor()?.promised())
    }
}

impl LogView for Cluster {
    fn window(&self) -> u32 {
        self.log_settings().map_or(0, |settings| settings.window)
    }

    fn machine(&self, node: NodeId) -> Option<&Machine> {
        Some(self.server(node).log()?.machine())
    }

    fn applied(&self, node: NodeId) -> Slot {
        self.server(node).log().map_or(0, |replica| replica.learned().applied())
    }

    fn has_snapshots(&self) -> bool {
        self.log_settings().is_some_and(|settings| settings.snapshots.is_some())
    }

    fn most_sessions(&self) -> Option<u32> {
        self.log_settings()?.sessions
    }
}
