//! What can happen to one server.

use alloc::vec::Vec;

use crate::paxos::{NodeId, Timer, Value};
use crate::sim::{Action, MessageId};

/// Something that happens to one server, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Event {
    /// A letter, by its number, arrives.
    Deliver(u32),
    /// A timer runs out.
    Timeout(Timer),
    /// A client asks for the value of this number in the list of requests.
    Propose(u8),
    /// What it wrote becomes durable.
    Sync,
    /// What may leave, leaves.
    Flush,
    /// It was down, and comes back.
    Restart,
    /// It stops and comes back.
    Crash,
    /// Its disk is lost, and it comes back.
    Wipe,
    /// No ballot can begin any more: what it kept for its next one is forgotten. This is no move; it only makes states
    /// equal that differ in nothing that matters.
    Retire,
}

impl Event {
    /// It in terms of the cluster, where a letter has the number of a message.
    pub(super) fn actions(self, node: NodeId, message: Option<MessageId>, requests: &[Value]) -> Vec<Action> {
        match self {
            Self::Deliver(_) => message.map(|message| Action::Deliver { message }).into_iter().collect(),
            Self::Timeout(timer) => [Action::Timeout { node, timer }].into(),
            Self::Propose(number) => {
                let value = requests.get(usize::from(number)).cloned();
                value.map(|value| Action::Propose { node, value }).into_iter().collect()
            }
            Self::Sync => [Action::Sync { node }].into(),
            Self::Flush => [Action::Flush { node }].into(),
            Self::Restart => [Action::Restart { node }].into(),
            Self::Crash => [Action::Crash { node }, Action::Restart { node }].into(),
            Self::Retire => Vec::new(),
            Self::Wipe => [Action::Wipe { node }, Action::Restart { node }].into(),
        }
    }
}
