//! A state of the model in as few bytes as it takes.
//!
//! Servers, messages and pasts are numbers of things in the [`Table`](super::table::Table). A state is a sequence of varints
//! (seven bits a byte). The messages are sorted, and each is written as its difference from the one before.

use alloc::vec::Vec;

use smallvec::SmallVec;

use super::Bounds;
use crate::paxos::NodeId;

/// How much of the [`Bounds`] is used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) ballots: u8,
    pub(super) crashes: u8,
    /// The servers that may crash, one bit each: it is settled at the beginning.
    pub(super) crashers: u8,
    pub(super) wipes: u8,
    pub(super) repeats: u8,
    pub(super) heartbeats: u8,
    pub(super) snapshots: u8,
    /// How often each client has asked.
    pub(super) asks: [u8; Bounds::MOST_CLIENTS as usize],
}

impl Used {
    /// Whether what a server writes is durable at once: no crash of it can come any more.
    pub(super) fn is_durable_at_once(&self, bounds: &Bounds, node: NodeId) -> bool {
        u32::from(self.crashes) >= bounds.crashes || self.crashers >> node.index() & 1 == 0
    }
}

/// A state, unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// The number of each server's state.
    pub(super) servers: SmallVec<[u32; 5]>,
    /// The number of what has happened, as far as it is judged.
    pub(super) past: u32,
    pub(super) used: Used,
    /// The numbers of all messages that were ever sent, ascending.
    pub(super) sent: SmallVec<[u32; 32]>,
}

fn write(to: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn read(from: &mut &[u8]) -> u32 {
    let (mut number, mut shift) = (0, 0);
    while let Some((byte, rest)) = from.split_first() {
        *from = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
        shift += 7;
    }
    number
}

impl State {
    /// The number of the past, which stands first.
    pub(super) fn past_of(mut bytes: &[u8]) -> u32 {
        read(&mut bytes)
    }

    pub(super) fn encode(&self, to: &mut Vec<u8>) {
        write(to, self.past);
        for server in &self.servers {
            write(to, *server);
        }
        let Used { ballots, crashes, crashers, wipes, repeats, heartbeats, snapshots, asks } = self.used;
        to.extend([ballots | crashes << 4, wipes | repeats << 4, heartbeats | crashers << 3]);
        // Of three clients, the last one shares its byte.
        to.extend(asks.chunks(2).map(|pair| pair[0] | pair.get(1).unwrap_or(&snapshots) << 4));
        let mut before = 0;
        for packet in &self.sent {
            write(to, packet - before);
            before = *packet;
        }
    }

    pub(super) fn decode(servers: u32, mut bytes: &[u8]) -> Self {
        let from = &mut bytes;
        let past = read(from);
        let servers = (0..servers).map(|_| read(from)).collect();
        let mut pair = || {
            let byte = from.split_off_first().copied().unwrap_or_default();
            (byte & 15, byte >> 4)
        };
        let ((ballots, crashes), (wipes, repeats), (low, high)) = (pair(), pair(), pair());
        let (heartbeats, crashers) = (low & 7, low >> 3 | high << 1);
        let mut used = Used { ballots, crashes, crashers, wipes, repeats, heartbeats, ..Used::default() };
        for asks in used.asks.chunks_mut(2) {
            let (first, second) = pair();
            asks[0] = first;
            *asks.get_mut(1).unwrap_or(&mut used.snapshots) = second;
        }
        let (mut sent, mut before) = (SmallVec::new(), 0);
        while !from.is_empty() {
            before += read(from);
            sent.push(before);
        }
        Self { servers, past, used, sent }
    }

    /// Adds a message; whether it was never sent before.
    pub(super) fn send(&mut self, packet: u32) -> bool {
        match self.sent.binary_search(&packet) {
            Ok(_) => false,
            Err(position) => {
                self.sent.insert(position, packet);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_from_its_bytes() {
        let used = Used {
            ballots: 2,
            crashes: 1,
            wipes: 3,
            repeats: 4,
            heartbeats: 5,
            crashers: 0b10101,
            snapshots: 6,
            asks: [1, 2, 3],
        };
        let mut state =
            State { servers: SmallVec::from_slice(&[0, 127, 128]), past: 70_000, used, sent: SmallVec::new() };
        for packet in [900, 3, 4, 901, 3] {
            state.send(packet);
        }
        assert_eq!(state.sent.as_slice(), [3, 4, 900, 901]);
        let mut bytes = Vec::new();
        state.encode(&mut bytes);
        assert_eq!(State::decode(3, &bytes), state);
        assert_eq!(State::past_of(&bytes), 70_000);
    }
}
