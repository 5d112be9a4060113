//! What can be seen of a replica from outside of its task.

use quorum_core::log::{self, Replica};
use quorum_core::paxos::{Ballot, NodeId, Slot};

/// What a server is at present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// It votes and learns.
    #[default]
    Follower,
    /// It stands for leader.
    Candidate,
    /// It leads.
    Leader,
}

/// A server at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// What it is.
    pub role: Role,
    /// Who leads, as far as it knows.
    pub leader: Option<NodeId>,
    /// The ballot that it follows.
    pub ballot: Option<Ballot>,
    /// It knows that every slot up to this one is chosen.
    pub chosen_to: Slot,
    /// It has applied every slot up to this one.
    pub applied_to: Slot,
    /// The last slot of its latest durable snapshot; 0: it has none.
    pub snapshot_to: Slot,
    /// The first slot that it still has its votes of.
    pub kept_from: Slot,
    /// Keys in its store.
    pub keys: u64,
    /// Clients it remembers.
    pub clients: u64,
    /// Records written since the process started.
    pub written: u64,
    /// How many of them are durable.
    pub durable: u64,
    /// Whether its disk is in place of one that was lost.
    pub replaced: bool,
    /// Messages to other servers that were dropped because a link was full.
    pub dropped: u64,
}

impl View {
    pub(super) fn of(replica: &Replica) -> Self {
        let role = match replica.role() {
            log::Role::Follower => Role::Follower,
            log::Role::Candidate { .. } => Role::Candidate,
            log::Role::Leader(_) => Role::Leader,
        };
        Self {
            role,
            leader: replica.leader(),
            ballot: replica.follows(),
            chosen_to: replica.learned().to(),
            applied_to: replica.learned().applied(),
            snapshot_to: replica.snapshot().map_or(0, |snapshot| snapshot.to),
            kept_from: replica.kept_from(),
            keys: replica.machine().store().len() as u64,
            clients: replica.machine().sessions().len() as u64,
            ..Self::default()
        }
    }
}
