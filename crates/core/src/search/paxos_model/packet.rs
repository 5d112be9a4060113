//! Interned messages.
//!
//! A packet is a message with its sender and its receiver. A search meets a few hundred different ones; a state lists the
//! numbers of those in flight.

use alloc::vec::Vec;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::Bounds;
use super::component::ComponentSet;
use super::local_event::LocalEvent;
use crate::paxos::{Message, MessageKind, NodeId};

/// A message with its sender and its receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) message: Message,
}

/// What a search asks most often about a packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct PacketInfo {
    /// The receiving server, counted from 0.
    receiver: u8,
    pub(super) kind: MessageKind,
    /// The component that receives it.
    pub(super) component: ComponentSet,
    /// The components that its delivery changes.
    pub(super) changes: ComponentSet,
    /// Its column in the rows of the component that receives it.
    column: u32,
}

impl PacketInfo {
    #[inline]
    pub(super) const fn receiver(self) -> usize {
        self.receiver as usize
    }

    #[inline]
    pub(super) const fn is_answer(self) -> bool {
        is_answer(self.kind)
    }

    #[inline]
    pub(super) const fn column(self) -> usize {
        self.column as usize
    }
}

/// All packets that were met, numbered.
#[derive(Clone, Debug, Default)]
pub(super) struct Packets {
    packets: Vec<Packet>,
    infos: Vec<PacketInfo>,
    numbers: HashMap<Vec<u8>, u32, FxBuildHasher>,
    /// How many packets each server may receive.
    received: [u32; Bounds::MOST_SERVERS as usize],
}

impl Packets {
    pub(super) fn get(&self, packet: u32) -> &Packet {
        &self.packets[packet as usize]
    }

    #[inline]
    pub(super) fn info(&self, packet: u32) -> PacketInfo {
        self.infos[packet as usize]
    }

    /// The number of a packet. `listener`: the server that receives the votes of every acceptor the moment they are cast.
    pub(super) fn intern(&mut self, packet: Packet, listener: Option<NodeId>) -> u32 {
        let key = postcard::to_allocvec(&(packet.from, packet.to, &packet.message))
            .unwrap_or_else(|_| unreachable!("a message can be serialised"));
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = self.packets.len() as u32;
        let (to, kind) = (packet.to.index(), packet.message.kind());
        let component = ComponentSet::receiver(to, is_answer(kind));
        let mut changes = component;
        if let Some(listener) = listener.filter(|_| kind == MessageKind::Accept) {
            changes = changes.union(ComponentSet::receiver(listener.index(), true));
        }
        let column = LocalEvent::COLUMNS as u32 + self.received[to];
        self.infos.push(PacketInfo { receiver: to as u8, kind, component, changes, column });
        self.received[to] += 1;
        self.packets.push(packet);
        self.numbers.insert(key, number);
        number
    }
}

/// Whether a proposer or a learner receives it; an acceptor receives the rest.
#[inline]
const fn is_answer(kind: MessageKind) -> bool {
    match kind {
        MessageKind::Prepare | MessageKind::Accept => false,
        MessageKind::Promise | MessageKind::Accepted | MessageKind::Nack => true,
    }
}
