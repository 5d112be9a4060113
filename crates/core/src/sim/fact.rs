//! What happened, as data: everything a sentence about it could need, and no sentence yet.

use alloc::vec::Vec;

use serde::Serialize;

use super::{Conditions, Envelope, MessageId, Record, Records, Rule, Timer, Trace};
use crate::endpoint::Endpoint;
use crate::paxos::{NodeId, NodeSet};

/// Why a message was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Loss {
    /// The network lost it.
    Network,
    /// It came to a cut link.
    Cut,
    /// Its receiver was down.
    Down,
    /// Its receiver was paused.
    Paused,
    /// Too many messages are under way.
    Full,
}

/// One thing that happened in a step. Digests count on the order of these: add at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Fact {
    /// The algorithm did something on a server.
    Did {
        /// The server.
        node: NodeId,
        /// What it did.
        trace: Trace,
    },
    /// A message left its server.
    Sent(Envelope),
    /// A message arrived.
    Delivered(Envelope),
    /// A message was lost.
    Dropped {
        /// The message.
        envelope: Envelope,
        /// Why.
        loss: Loss,
    },
    /// A message was copied.
    Duplicated {
        /// The message.
        envelope: Envelope,
        /// The number of its copy.
        copy: MessageId,
    },
    /// A message was stopped on its way.
    Held(Envelope),
    /// A held message went on.
    Released(Envelope),
    /// Records were written, and are not durable yet.
    Wrote {
        /// The server.
        node: NodeId,
        /// What was written.
        records: Vec<Record>,
    },
    /// Records became durable.
    Durable {
        /// The server.
        node: NodeId,
        /// Which.
        records: Vec<Record>,
        /// How many messages may leave now that could not before.
        freed: u32,
    },
    /// A timer ran out.
    TimedOut {
        /// The server.
        node: NodeId,
        /// Which timer.
        timer: Timer,
    },
    /// A server stopped.
    Crashed {
        /// The server.
        node: NodeId,
        /// Lost before they were written.
        queued: Vec<Record>,
        /// Lost although written, because they were not durable.
        written: Vec<Record>,
        /// Messages that waited for those records, and will never be sent.
        waiting: u32,
        /// Messages that could have been sent, and will never be.
        ready: u32,
    },
    /// A server came back.
    Restarted {
        /// The server.
        node: NodeId,
        /// All it knows.
        records: Records,
    },
    /// A server's disk is gone.
    Wiped {
        /// The server.
        node: NodeId,
    },
    /// A server stands still.
    Paused {
        /// The server.
        node: NodeId,
    },
    /// A server goes on.
    Resumed {
        /// The server.
        node: NodeId,
    },
    /// A link is cut, in this direction.
    Cut {
        /// From here …
        from: Endpoint,
        /// … to here.
        to: Endpoint,
    },
    /// A link is mended, in this direction.
    Mended {
        /// From here …
        from: Endpoint,
        /// … to here.
        to: Endpoint,
    },
    /// All links of a server are cut.
    Isolated {
        /// The server.
        node: NodeId,
    },
    /// All links of a server are mended.
    Rejoined {
        /// The server.
        node: NodeId,
    },
    /// The network fell apart into these groups.
    Partitioned {
        /// The groups; the servers nobody named are the last.
        groups: Vec<NodeSet>,
    },
    /// All links are mended.
    Healed,
    /// The network changed.
    Network(Conditions),
    /// The power failed everywhere, and so many messages were lost. Crashes and restarts follow.
    PowerCut {
        /// Messages lost on their way.
        messages: u32,
    },
    /// A rule of the algorithm was switched.
    Rule {
        /// Which.
        rule: Rule,
        /// Whether it holds from now on.
        on: bool,
    },
    /// A client did something.
    #[cfg(feature = "log")]
    Client(super::ClientFact),
}

impl Fact {
    /// The server whose state this changed, if it changed one's.
    #[must_use]
    pub const fn node(&self) -> Option<NodeId> {
        match self {
            Self::Did { node, .. }
            | Self::Wrote { node, .. }
            | Self::Durable { node, .. }
            | Self::TimedOut { node, .. }
            | Self::Crashed { node, .. }
            | Self::Restarted { node, .. }
            | Self::Wiped { node }
            | Self::Paused { node }
            | Self::Resumed { node }
            | Self::Isolated { node }
            | Self::Rejoined { node } => Some(*node),
            Self::Sent(envelope) => envelope.from.server(),
            Self::Delivered(envelope) => envelope.to.server(),
            _ => None,
        }
    }

    /// The message it is about, if it is about one.
    #[must_use]
    pub const fn envelope(&self) -> Option<&Envelope> {
        match self {
            Self::Sent(envelope)
            | Self::Delivered(envelope)
            | Self::Dropped { envelope, .. }
            | Self::Duplicated { envelope, .. }
            | Self::Held(envelope)
            | Self::Released(envelope) => Some(envelope),
            _ => None,
        }
    }
}
