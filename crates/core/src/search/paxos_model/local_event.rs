//! What can happen to one server.

use alloc::vec::Vec;

use crate::paxos::{NodeId, Timer, Value};
use crate::sim::{Action, MessageId};

/// Something that happens to one server, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LocalEvent {
    /// A packet, by its number, arrives.
    Deliver(u32),
    /// A client asks for the value of this number in the list of requests.
    Propose(u8),
    /// A timer runs out.
    Timeout(Timer),
    /// What may leave, leaves: an outbox that was full to begin with.
    Flush,
    /// It was down, and comes back.
    Restart,
    /// It stops, losing what is not durable, and comes back.
    Crash,
    /// The same, just after everything had become durable.
    LateCrash,
    /// Its disk is lost, and it comes back.
    Wipe,
    /// No server can crash any more: everything may as well be durable. This is no move; it makes states equal that differ
    /// in nothing that matters.
    Settle,
}

impl LocalEvent {
    /// What can happen to a server without anybody asking or telling it anything.
    pub(super) const ALONE: [Self; 7] = [
        Self::Timeout(Timer::Retry),
        Self::Timeout(Timer::Learn),
        Self::Flush,
        Self::Restart,
        Self::Crash,
        Self::LateCrash,
        Self::Wipe,
    ];

    /// Those of [`ALONE`](Self::ALONE) that are left if some are possible or not, one bit each.
    #[inline]
    pub(super) const fn open(timeouts: bool, crashes: bool, wipes: bool) -> u8 {
        0b1100 | (0b11 * timeouts as u8) | (0b11_0000 * crashes as u8) | (0b100_0000 * wipes as u8)
    }

    /// Whether it happens to all parts of a server at once.
    #[inline]
    pub(super) const fn is_crash_or_wipe(self) -> bool {
        matches!(self, Self::Crash | Self::LateCrash | Self::Wipe)
    }

    /// A number of its own below 16, for all but packets. Of requests there are at most [four](super::Bounds).
    #[inline]
    pub(super) const fn slot(self) -> usize {
        match self {
            Self::Deliver(_) | Self::Flush => 0,
            Self::Restart => 1,
            Self::Crash => 2,
            Self::LateCrash => 3,
            Self::Wipe => 4,
            Self::Settle => 5,
            Self::Timeout(timer) => 6 + timer as usize,
            Self::Propose(request) => 8 + (request & 7) as usize,
        }
    }

    /// It in terms of the cluster, where a packet has the number of a message.
    pub(super) fn actions(self, node: NodeId, message: Option<MessageId>, requests: &[Value]) -> Vec<Action> {
        match self {
            Self::Deliver(_) => message.map(|message| Action::Deliver { message }).into_iter().collect(),
            Self::Propose(request) => {
                let value = requests.get(usize::from(request)).cloned();
                value.map(|value| Action::Propose { node, value }).into_iter().collect()
            }
            Self::Timeout(timer) => [Action::Timeout { node, timer: timer.into() }].into(),
            Self::Flush => Vec::new(),
            Self::Restart => [Action::Restart { node }].into(),
            Self::Crash => [Action::Crash { node }, Action::Restart { node }].into(),
            Self::LateCrash => [Action::Sync { node }, Action::Crash { node }, Action::Restart { node }].into(),
            Self::Wipe => [Action::Wipe { node }, Action::Restart { node }].into(),
            Self::Settle => [Action::Sync { node }].into(),
        }
    }
}
