//! Everything that can happen to a cluster, by whoever's choice.

use alloc::{string::String, vec::Vec};

#[cfg(feature = "log")]
use super::ClientAction;
use super::{MessageId, Probability, Rule, Timer};
use crate::endpoint::Endpoint;
#[cfg(feature = "log")]
use crate::log::ClientId;
use crate::paxos::{NodeId, NodeSet, Value};
use crate::text::Piece;

/// One thing that happens: one step of a run.
///
/// Around a write there are four moments to crash a server at, and an action leads from each to the next:
///
/// 1. *before the write*: the server has decided, and the record waits in its memory;
/// 2. after [`Action::Write`]: written, and not yet durable;
/// 3. after [`Action::Sync`]: durable, and nothing said yet;
/// 4. after [`Action::Flush`] or [`Action::Send`]: said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A client asks a server to propose a value.
    Propose {
        /// The server asked.
        node: NodeId,
        /// The client's value, 1 to 64 bytes.
        value: Value,
    },
    /// A message arrives.
    Deliver {
        /// The message.
        message: MessageId,
    },
    /// A message is lost.
    Drop {
        /// The message.
        message: MessageId,
    },
    /// The network makes a second copy of a message.
    Duplicate {
        /// The message.
        message: MessageId,
    },
    /// A message is stopped on its way, until it is released.
    Hold {
        /// The message.
        message: MessageId,
    },
    /// A held message goes on.
    Release {
        /// The message.
        message: MessageId,
    },
    /// A timer runs out.
    Timeout {
        /// The server that set it.
        node: NodeId,
        /// Which of its timers.
        timer: Timer,
    },
    /// A server's disk takes what waits in memory to be written.
    Write {
        /// The server.
        node: NodeId,
    },
    /// What a server has written becomes durable. What still waits in memory is written first, as a flush does.
    Sync {
        /// The server.
        node: NodeId,
    },
    /// The first records that are not durable become so, and the others go on waiting: a real disk that was busy knows
    /// nothing of them yet.
    SyncFirst {
        /// The server.
        node: NodeId,
        /// How many records, from 1.
        records: u32,
    },
    /// Every message leaves whose writes are durable.
    Flush {
        /// The server.
        node: NodeId,
    },
    /// One message leaves; its writes must be durable.
    Send {
        /// The message.
        message: MessageId,
    },
    /// A server stops. What is not durable is gone.
    Crash {
        /// The server.
        node: NodeId,
    },
    /// A server comes back with what is durable.
    Restart {
        /// The server.
        node: NodeId,
    },
    /// A server's disk is destroyed; if the server was up, it stops.
    Wipe {
        /// The server.
        node: NodeId,
    },
    /// A server stands still: it keeps its memory and hears nothing.
    Pause {
        /// The server.
        node: NodeId,
    },
    /// A paused server goes on.
    Resume {
        /// The server.
        node: NodeId,
    },
    /// The link is cut in one direction.
    Cut {
        /// Messages from here …
        from: Endpoint,
        /// … no longer arrive here.
        to: Endpoint,
    },
    /// The link is mended in one direction.
    Mend {
        /// From here …
        from: Endpoint,
        /// … to here.
        to: Endpoint,
    },
    /// Every link to and from one server is cut.
    Isolate {
        /// The server.
        node: NodeId,
    },
    /// Every link to and from one server is mended.
    Rejoin {
        /// The server.
        node: NodeId,
    },
    /// Links between groups are cut, links within a group mended. Servers in no group form one more.
    Partition {
        /// The groups; no server twice.
        groups: Vec<Vec<NodeId>>,
    },
    /// Every link is mended.
    Heal,
    /// From now on the network treats messages otherwise. What is left out stays as it is.
    Network {
        /// The probability that a message is lost, 0 to 1.
        loss: Option<Probability>,
        /// The probability that a message is duplicated, 0 to 1.
        duplicate: Option<Probability>,
        /// How long a message travels: least and most, in simulated milliseconds.
        latency: Option<(u32, u32)>,
    },
    /// A rule of the algorithm is switched on or off, for every server at once.
    Rule {
        /// Which.
        rule: Rule,
        /// Whether it holds from now on.
        on: bool,
    },
    /// Every server loses what is not durable, every message under way is lost, and every server comes back.
    PowerCut,
    /// A client of a replicated log does something.
    #[cfg(feature = "log")]
    Client(ClientAction),
    /// A server of a replicated log takes a snapshot now.
    #[cfg(feature = "log")]
    Snapshot {
        /// The server.
        node: NodeId,
    },
}

/// A thing a person can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A server.
    Node(NodeId),
    /// A message.
    Message(MessageId),
    /// A link, in the direction from the first to the second.
    Link(Endpoint, Endpoint),
    /// A client of a log.
    #[cfg(feature = "log")]
    Client(ClientId),
}

impl Action {
    /// The message it is about, if it is about one.
    #[must_use]
    pub const fn message(&self) -> Option<MessageId> {
        match self {
            Self::Deliver { message }
            | Self::Drop { message }
            | Self::Duplicate { message }
            | Self::Hold { message }
            | Self::Release { message }
            | Self::Send { message } => Some(*message),
            _ => None,
        }
    }

    /// The same, done to another message. What is about no message stays as it is.
    pub(crate) fn about_message(mut self, id: MessageId) -> Self {
        if let Self::Deliver { message }
        | Self::Drop { message }
        | Self::Duplicate { message }
        | Self::Hold { message }
        | Self::Release { message }
        | Self::Send { message } = &mut self
        {
            *message = id;
        }
        self
    }

    /// Whether what survives a crash differs after it, or everything else is lost with it: what was promised must then
    /// be kept elsewhere before it happens. Spelled out, so that no new action is forgotten here.
    #[must_use]
    pub const fn changes_what_survives(&self) -> bool {
        match self {
            Self::Sync { .. } | Self::SyncFirst { .. } | Self::Wipe { .. } | Self::PowerCut => true,
            Self::Propose { .. }
            | Self::Deliver { .. }
            | Self::Drop { .. }
            | Self::Duplicate { .. }
            | Self::Hold { .. }
            | Self::Release { .. }
            | Self::Timeout { .. }
            | Self::Write { .. }
            | Self::Flush { .. }
            | Self::Send { .. }
            | Self::Crash { .. }
            | Self::Restart { .. }
            | Self::Pause { .. }
            | Self::Resume { .. }
            | Self::Cut { .. }
            | Self::Mend { .. }
            | Self::Isolate { .. }
            | Self::Rejoin { .. }
            | Self::Partition { .. }
            | Self::Heal
            | Self::Network { .. }
            | Self::Rule { .. } => false,
            #[cfg(feature = "log")]
            Self::Client(_) | Self::Snapshot { .. } => false,
        }
    }

    /// The server it is about, if it is about one.
    #[must_use]
    pub const fn node(&self) -> Option<NodeId> {
        match self {
            Self::Propose { node, .. }
            | Self::Timeout { node, .. }
            | Self::Write { node }
            | Self::Sync { node }
            | Self::SyncFirst { node, .. }
            | Self::Flush { node }
            | Self::Crash { node }
            | Self::Restart { node }
            | Self::Wipe { node }
            | Self::Pause { node }
            | Self::Resume { node }
            | Self::Isolate { node }
            | Self::Rejoin { node } => Some(*node),
            #[cfg(feature = "log")]
            Self::Snapshot { node } => Some(*node),
            _ => None,
        }
    }
}

/// As in "Cannot …": `crash server 3`.
impl Piece for Action {
    fn put(&self, to: &mut String) {
        let verb = self.name();
        *to += &match self {
            Self::Propose { node, value } => text!("propose ", value, " at server ", node),
            Self::Deliver { message }
            | Self::Drop { message }
            | Self::Duplicate { message }
            | Self::Hold { message }
            | Self::Release { message }
            | Self::Send { message } => text!(verb, " message ", message),
            Self::Timeout { node, timer } => text!("let the ", timer.as_str(), " timer of server ", node, " run out"),
            Self::Write { node } => text!("write to the disk of server ", node),
            Self::Sync { node } | Self::Wipe { node } => text!(verb, " the disk of server ", node),
            Self::SyncFirst { node, records: 1 } => text!("sync the first record of server ", node),
            Self::SyncFirst { node, records } => text!("sync the first ", records, " records of server ", node),
            Self::Flush { node } => text!("flush the outbox of server ", node),
            Self::Crash { node }
            | Self::Restart { node }
            | Self::Pause { node }
            | Self::Resume { node }
            | Self::Isolate { node }
            | Self::Rejoin { node } => text!(verb, " server ", node),
            Self::Cut { from, to } | Self::Mend { from, to } => {
                text!(verb, " the link from ", from.named(), " to ", to.named())
            }
            Self::Partition { groups } => {
                let mut text = String::from("partition the network into");
                for (position, group) in groups.iter().enumerate() {
                    text.push_str(if position == 0 { " " } else { " | " });
                    group.iter().copied().collect::<NodeSet>().put(&mut text);
                }
                text
            }
            Self::Heal => text!("heal the network"),
            Self::Network { .. } => text!("change the network"),
            Self::Rule { rule, on } => text!("switch “", rule.title(), if *on { "” on" } else { "” off" }),
            Self::PowerCut => text!("cut the power"),
            #[cfg(feature = "log")]
            Self::Snapshot { node } => text!("take a snapshot on server ", node),
            #[cfg(feature = "log")]
            Self::Client(ClientAction::Request { client, op, .. }) => {
                text!("ask for ", op.name(), " as client ", client)
            }
            #[cfg(feature = "log")]
            Self::Client(ClientAction::Retry { client, .. }) => text!("let client ", client, " ask again"),
            #[cfg(feature = "log")]
            Self::Client(ClientAction::Stray { client, seq, .. }) => {
                text!("let request ", seq, " of client ", client, " turn up again")
            }
            #[cfg(feature = "log")]
            Self::Client(ClientAction::Workload(Some(_))) => text!("start a workload"),
            #[cfg(feature = "log")]
            Self::Client(ClientAction::Workload(None)) => text!("end the workload"),
        };
    }
}

displayed!(Action);
