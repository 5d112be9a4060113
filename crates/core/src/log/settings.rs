//! What every server knows about its cluster, beside what single-decree Paxos needs to know.

use super::Rules;
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
}

#[cfg(test)]
impl Settings {
    /// Three servers that play every part, for tests.
    pub(crate) fn ordinary() -> Self {
        let paxos = paxos::Settings::ordinary();
        Self { paxos, rules: Rules::default(), window: 8, election: Election::Content, first: Some(NodeId::FIRST) }
    }
}
