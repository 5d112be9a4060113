//! What every server knows about its cluster, beside what single-decree Paxos needs to know.

use super::{Rules, Snapshots};
use crate::paxos::{self, NodeId};

words! {
    /// When a server stands for leader.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum Election {
        /// When it is not content, hears a quorum, and nobody it hears is content.
        #[default]
        Content = "content",
        /// When it has not heard a leader for a while. Simple, and with flaws worth seeing.
        Timeout = "timeout",
    }
}

words! {
    /// What a leader does before it answers a read.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum Reads {
        /// It gives the read a slot of the log, like any other command.
        #[default]
        Log = "log",
        /// It asks a quorum whether it still leads, and answers from its store. That takes no slot, and waits for no disk.
        Index = "index",
    }
}

/// What every server of a cluster knows about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Roles, quorums, ballots, and the rules of single-decree Paxos.
    pub paxos: paxos::Settings,
    /// Which rules of the log hold.
    pub rules: Rules,
    /// The window α: a leader proposes in no slot above the last applied one plus this. 1 makes it serial.
    pub window: u32,
    /// When a server stands for leader.
    pub election: Election,
    /// The server that stands at its first start without waiting; `None`: they find one.
    pub first: Option<NodeId>,
    /// When servers take snapshots; `None`: never.
    pub snapshots: Option<Snapshots>,
    /// How many sessions of clients are remembered at most, at least 1; `None`: all. All servers must agree about that: it decides
    /// what applying a slot comes to.
    pub sessions: Option<u32>,
    /// What a leader does before it answers a read.
    pub reads: Reads,
}

#[cfg(test)]
impl Settings {
    /// Three servers that play every part, for tests.
    pub(crate) fn ordinary() -> Self {
        let paxos = paxos::Settings::ordinary();
        let (rules, election) = (Rules::default(), Election::Content);
        let (first, reads) = (Some(NodeId::FIRST), Reads::Log);
        Self { paxos, rules, window: 8, election, first, snapshots: None, sessions: None, reads }
    }
}
