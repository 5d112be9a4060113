//! A world that is whatever a test says it is.

use alloc::{vec, vec::Vec};

use super::WorldView;
use crate::paxos::{Ballot, NodeId, NodeSet, Quorums, Records, Slot, Value, Vote};

/// Three servers, each with a disk, and what it has in memory while it is up.
#[derive(Clone)]
pub(super) struct Stub<V = Value> {
    pub(super) disks: Vec<Records<V>>,
    pub(super) memory: Vec<Option<Option<Ballot>>>,
}

impl<V: Clone> Stub<V> {
    /// Empty disks, and nobody up.
    pub(super) fn new() -> Self {
        Self { disks: vec![Records::default(); 3], memory: vec![None; 3] }
    }

    pub(super) fn all() -> Quorums {
        Quorums::majority(NodeSet::first(3))
    }
}

impl<V: Clone> WorldView<V> for Stub<V> {
    fn nodes(&self) -> impl Iterator<Item = NodeId> {
        NodeSet::first(3).into_iter()
    }

    fn durable(&self, node: NodeId) -> &Records<V> {
        &self.disks[node.index()]
    }

    fn held(&self, node: NodeId, slot: Slot) -> Option<&Vote<V>> {
        self.durable(node).accepted.get(slot)
    }

    fn quorums(&self) -> Quorums {
        Self::all()
    }

    fn remembers(&self, node: NodeId) -> Option<Option<Ballot>> {
        self.memory[node.index()]
    }
}
