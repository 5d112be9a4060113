//! What makes one server's world worse: cut links, and a slow disk.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use quorum_core::paxos::NodeId;

/// What is wrong with a server's world when it starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InitialFaults {
    /// The servers that its messages do not reach.
    pub cut_to: Vec<NodeId>,
    /// The servers whose messages do not reach it.
    pub cut_from: Vec<NodeId>,
    /// How much longer each sync of its disk takes, in milliseconds.
    pub extra_ms: u32,
}

/// The directions of the links of one server that are cut, and how slow its disk is.
#[derive(Clone, Debug)]
pub struct Faults {
    links: Arc<HashMap<NodeId, Link>>,
    extra_ms: Arc<AtomicU32>,
}

#[derive(Debug, Default)]
struct Link {
    cut_to: AtomicBool,
    cut_from: AtomicBool,
}

impl Faults {
    /// No link to these servers is cut. The number of milliseconds is the disk's.
    pub(super) fn new(peers: impl Iterator<Item = NodeId>, extra_ms: Arc<AtomicU32>) -> Self {
        Self { links: Arc::new(peers.map(|peer| (peer, Link::default())).collect()), extra_ms }
    }

    pub(super) fn inflict(&self, InitialFaults { cut_to, cut_from, extra_ms }: &InitialFaults) {
        for peer in cut_to {
            self.set(*peer, Some(true), None);
        }
        for peer in cut_from {
            self.set(*peer, None, Some(true));
        }
        self.set_disk(*extra_ms);
    }

    /// Whether messages to a server get lost.
    #[must_use]
    pub fn cuts_to(&self, peer: NodeId) -> bool {
        self.links.get(&peer).is_some_and(|link| link.cut_to.load(Ordering::Relaxed))
    }

    /// Whether messages from a server get lost.
    #[must_use]
    pub fn cuts_from(&self, peer: NodeId) -> bool {
        self.links.get(&peer).is_some_and(|link| link.cut_from.load(Ordering::Relaxed))
    }

    /// Cuts and mends; whether there is such a server.
    pub(super) fn set(&self, peer: NodeId, to: Option<bool>, from: Option<bool>) -> bool {
        let Some(link) = self.links.get(&peer) else { return false };
        if let Some(cut) = to {
            link.cut_to.store(cut, Ordering::Relaxed);
        }
        if let Some(cut) = from {
            link.cut_from.store(cut, Ordering::Relaxed);
        }
        true
    }

    pub(super) fn set_disk(&self, extra_ms: u32) {
        self.extra_ms.store(extra_ms, Ordering::Relaxed);
    }
}
