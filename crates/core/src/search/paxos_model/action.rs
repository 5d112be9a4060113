//! The actions of the model, and their numbers.

use super::local_event::LocalEvent;
use crate::paxos::{Message, NodeId, Timer, Value};

/// One thing that happens, as a search found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelAction {
    /// A client asks a server for a value.
    Propose(NodeId, Value),
    /// A message arrives.
    Deliver(NodeId, NodeId, Message),
    /// A message is lost.
    Drop(NodeId, NodeId, Message),
    /// A message is duplicated.
    Duplicate(NodeId, NodeId, Message),
    /// A timer runs out.
    Timeout(NodeId, Timer),
    /// A server's outbox is emptied.
    Flush(NodeId),
    /// A server that was down comes back.
    Restart(NodeId),
    /// A server crashes and comes back; what was not durable is lost.
    Crash(NodeId),
    /// The same, just after everything had become durable.
    LateCrash(NodeId),
    /// A server loses its disk and comes back.
    Wipe(NodeId),
}

/// An action in the numbers of the transition table. The value of a request is not in it: it follows from the state before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActionKey {
    /// Something happens to a server, counted from 0.
    Local(usize, LocalEvent),
    /// A packet is lost.
    Drop(u32),
    /// A packet is duplicated.
    Duplicate(u32),
}

/// The kinds of actions, in the upper bits of a number. Below stand a packet, or an event and a server.
const DELIVER: u32 = 0;
const DROP: u32 = 1;
const DUPLICATE: u32 = 2;
const PROPOSE: u32 = 3;
const SPONTANEOUS: u32 = 4;
const KIND: u32 = 28;
/// The bits of a server.
const SERVER: u32 = 3;

impl ActionKey {
    /// The number under which the explorer knows the action.
    #[inline]
    pub(super) fn number(self) -> u32 {
        match self {
            Self::Local(_, LocalEvent::Deliver(packet)) => DELIVER << KIND | packet,
            Self::Local(node, LocalEvent::Propose(_)) => PROPOSE << KIND | node as u32,
            Self::Local(node, event) => {
                let place = LocalEvent::SPONTANEOUS.iter().position(|other| *other == event).unwrap_or_default();
                SPONTANEOUS << KIND | (place as u32) << SERVER | node as u32
            }
            Self::Drop(packet) => DROP << KIND | packet,
            Self::Duplicate(packet) => DUPLICATE << KIND | packet,
        }
    }

    /// The action with this number in a state in which clients have asked for so many values. `receiver` says to which server a
    /// packet goes.
    pub(super) fn numbered(number: u32, values: u8, receiver: impl Fn(u32) -> usize) -> Self {
        let rest = number & ((1 << KIND) - 1);
        let (node, place) = ((rest & ((1 << SERVER) - 1)) as usize, (rest >> SERVER) as usize);
        match number >> KIND {
            DROP => Self::Drop(rest),
            DUPLICATE => Self::Duplicate(rest),
            PROPOSE => Self::Local(node, LocalEvent::Propose(values)),
            SPONTANEOUS => Self::Local(node, LocalEvent::SPONTANEOUS[place]),
            _ => Self::Local(receiver(rest), LocalEvent::Deliver(rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_comes_back_from_its_number() {
        let mut keys = alloc::vec![ActionKey::Drop(7), ActionKey::Duplicate(900)];
        for node in 0..super::super::Bounds::MOST_SERVERS as usize {
            keys.extend(LocalEvent::SPONTANEOUS.map(|event| ActionKey::Local(node, event)));
            keys.push(ActionKey::Local(node, LocalEvent::Propose(2)));
            keys.push(ActionKey::Local(node, LocalEvent::Deliver(100 + node as u32)));
        }
        for key in keys {
            assert_eq!(ActionKey::numbered(key.number(), 2, |packet| packet as usize - 100), key);
        }
    }
}
