//! A state of the cluster in as few bytes as it takes.
//!
//! Components, packets and sets of votes are numbers of things in the [`TransitionTable`](super::transition_table::TransitionTable).
//! A state is a sequence of varints (seven bits a byte). The packets are sorted, and each is written as its difference from the
//! one before.

use alloc::vec::Vec;

use smallvec::SmallVec;

use super::Bounds;
use super::component::{Component, ComponentSet, ComponentState, Decomposed, Scope};
use super::transition_table::LocalTransition;
use crate::search::explorer::SleepSet;

/// Most servers of a model.
const MOST_SERVERS: usize = Bounds::MOST_SERVERS as usize;

/// In place of a state: a server that is whole has no other component.
const NO_COMPONENT: u32 = u32::MAX;

/// How much of the [`Bounds`] is used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) values: u8,
    pub(super) crashes: u8,
    pub(super) losses: u8,
    pub(super) duplicates: u8,
    pub(super) wipes: u8,
    /// Begun by each proposer, four bits each.
    ballots: u32,
}

/// Numbers of packets, on the stack unless there are many.
pub(super) type InFlight = SmallVec<[u32; 32]>;

/// A state, unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// For each server, the number of its state; or of its acceptor's state, once the server is decomposed.
    servers: [u32; MOST_SERVERS],
    /// For each decomposed server, the number of its other component's state, or else [`NO_COMPONENT`].
    others: [u32; MOST_SERVERS],
    /// The servers that can begin no further ballot, one bit each. They follow from `used`.
    retired: u8,
    /// The number of the set of all votes ever cast.
    pub(super) votes: u32,
    pub(super) used: Used,
    /// The packets in flight that could still change something, ascending.
    pub(super) in_flight: InFlight,
    /// The packets whose delivery leads to a known state, one bit for each of the first 32 places in flight. This is no part of
    /// the state: see [`SleepSet`].
    pub(super) sleep_set: SleepSet,
}

#[inline]
fn write_varint(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

#[inline]
fn read_varint(from: &mut &[u8]) -> u64 {
    // Most numbers have one byte.
    if let Some((byte, rest)) = from.split_first()
        && *byte < 0x80
    {
        *from = rest;
        return u64::from(*byte);
    }
    let (mut number, mut shift) = (0, 0);
    while let Some((byte, rest)) = from.split_first() {
        *from = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
        shift += 7;
    }
    number
}

/// Bits of each packed count but that of ballots.
const COUNT: u32 = 3;
/// Bits of a proposer's packed ballots.
const BALLOTS: u32 = 4;

impl Used {
    /// Ballots begun by all proposers.
    #[inline]
    pub(super) const fn all_ballots(&self) -> u32 {
        const EVERY_OTHER: u32 = 0x0f0f_0f0f;
        let pairs = (self.ballots & EVERY_OTHER) + (self.ballots >> BALLOTS & EVERY_OTHER);
        pairs.wrapping_mul(0x0101_0101) >> 24
    }

    /// Ballots begun by one proposer.
    #[inline]
    const fn ballots(&self, node: usize) -> u32 {
        self.ballots >> (BALLOTS as usize * node) & 0xf
    }

    /// One more ballot begins.
    pub(super) const fn begin_ballot(&mut self, node: usize) {
        self.ballots += 1 << (BALLOTS as usize * node);
    }

    /// Whether a server may still begin a ballot.
    #[inline]
    pub(super) fn may_begin(&self, bounds: &Bounds, node: usize) -> bool {
        node < bounds.proposers as usize
            && self.all_ballots() < bounds.ballots
            && self.ballots(node) < bounds.ballots_each
    }

    /// The servers that can begin no further ballot, one bit each.
    #[inline]
    fn retired(&self, bounds: &Bounds) -> u8 {
        (0..bounds.servers as usize).fold(0, |bits, node| bits | u8::from(!self.may_begin(bounds, node)) << node)
    }

    /// All counts as one number. Rare faults take its upper bits, which are zero in most states and then take no byte.
    fn pack(&self, bounds: &Bounds) -> u64 {
        let rare = [self.wipes, self.duplicates, self.losses, self.crashes];
        let rare = rare.into_iter().fold(0, |packed, count| packed << COUNT | u64::from(count));
        (rare << (BALLOTS * bounds.proposers) | u64::from(self.ballots)) << COUNT | u64::from(self.values)
    }

    fn unpack(packed: u64, bounds: &Bounds) -> Self {
        let (count, ballots) = ((1 << COUNT) - 1, (1 << (BALLOTS * bounds.proposers)) - 1);
        let rare = packed >> (COUNT + BALLOTS * bounds.proposers);
        let rare = |place: u32| (rare >> (COUNT * place) & count) as u8;
        Self {
            values: (packed & count) as u8,
            crashes: rare(0),
            losses: rare(1),
            duplicates: rare(2),
            wipes: rare(3),
            ballots: (packed >> COUNT & ballots) as u32,
        }
    }
}

impl State {
    /// No server, no packet, no vote.
    pub(super) fn new() -> Self {
        Self {
            servers: [0; MOST_SERVERS],
            others: [NO_COMPONENT; MOST_SERVERS],
            retired: 0,
            votes: 0,
            used: Used::default(),
            in_flight: InFlight::new(),
            sleep_set: 0,
        }
    }

    /// Begins to be the state after another one: takes over all of it but the packets.
    #[inline]
    pub(super) fn follow(&mut self, before: &Self) {
        (self.servers, self.others) = (before.servers, before.others);
        (self.retired, self.votes) = (before.retired, before.votes);
    }

    /// Whether a server may still begin a ballot.
    #[inline]
    pub(super) const fn may_begin(&self, node: usize) -> bool {
        self.retired >> node & 1 == 0
    }

    /// The component of a server that receives answers, or requests.
    #[inline]
    pub(super) fn receiver(&self, node: usize, is_answer: bool) -> ComponentState {
        if is_answer && let Some(other) = self.other(node) {
            return other;
        }
        let scope = if self.may_begin(node) { Scope::Server } else { Scope::Acceptor };
        ComponentState { component: Component { node: node as u8, scope }, number: self.servers[node] }
    }

    /// The other component of a decomposed server.
    #[inline]
    pub(super) fn other(&self, node: usize) -> Option<ComponentState> {
        let (component, number) = (Component { node: node as u8, scope: Scope::Other }, self.others[node]);
        (number != NO_COMPONENT).then_some(ComponentState { component, number })
    }

    /// Puts a server, whole, into its place.
    pub(super) fn set_server(&mut self, node: usize, number: u32) {
        self.servers[node] = number;
    }

    /// Notes which servers can begin no further ballot, and `decompose`s those of them that could until now.
    #[inline]
    pub(super) fn retire<E>(
        &mut self,
        bounds: &Bounds,
        mut decompose: impl FnMut(usize, u32) -> Result<Decomposed, E>,
    ) -> Result<(), E> {
        let before = core::mem::replace(&mut self.retired, self.used.retired(bounds));
        let new = self.retired & !before;
        for node in (0..bounds.servers as usize).filter(|node| new >> node & 1 == 1) {
            let (server, other) = decompose(node, self.servers[node])?;
            (self.servers[node], self.others[node]) = (server, other.unwrap_or(NO_COMPONENT));
        }
        Ok(())
    }

    /// A component makes a transition.
    #[inline]
    pub(super) fn apply(&mut self, ComponentState { component, .. }: ComponentState, transition: &LocalTransition) {
        let node = usize::from(component.node);
        if component.scope == Scope::Other {
            self.others[node] = transition.to;
        } else {
            self.servers[node] = transition.to;
            self.others[node] = transition.other.unwrap_or(self.others[node]);
        }
    }

    /// The components that are in another state before than now.
    #[inline]
    pub(super) fn changed_since(&self, before: &Self, bounds: &Bounds) -> ComponentSet {
        (0..bounds.servers as usize).fold(ComponentSet::NONE, |set, node| {
            let retired = (before.retired ^ self.retired) >> node & 1 == 1;
            let server = retired || before.servers[node] != self.servers[node];
            let other = retired || before.others[node] != self.others[node];
            let is_whole = self.others[node] == NO_COMPONENT;
            set.union(ComponentSet::of_server(node, server, other | (server & is_whole)))
        })
    }

    pub(super) fn encode(&self, bounds: &Bounds, to: &mut Vec<u8>) {
        write_varint(to, self.used.pack(bounds));
        write_varint(to, self.votes.into());
        for node in 0..bounds.servers as usize {
            write_varint(to, self.servers[node].into());
            if !self.may_begin(node) {
                write_varint(to, self.others[node].wrapping_add(1).into());
            }
        }
        let mut last = 0;
        for packet in &self.in_flight {
            write_varint(to, (packet - last).into());
            last = *packet;
        }
    }

    pub(super) fn decode(bounds: &Bounds, mut from: &[u8]) -> Self {
        let mut state = Self::decode_head(bounds, &mut from);
        let mut last = 0;
        while !from.is_empty() {
            last += read_varint(&mut from) as u32;
            state.in_flight.push(last);
        }
        state
    }

    /// All but the packets, whose bytes are left in `from`: the properties of a state depend on nothing else.
    #[inline]
    pub(super) fn decode_head(bounds: &Bounds, from: &mut &[u8]) -> Self {
        let used = Used::unpack(read_varint(from), bounds);
        let votes = read_varint(from) as u32;
        let (mut servers, mut others) = ([0; MOST_SERVERS], [NO_COMPONENT; MOST_SERVERS]);
        let retired = used.retired(bounds);
        for node in 0..bounds.servers as usize {
            servers[node] = read_varint(from) as u32;
            if retired >> node & 1 == 1 {
                others[node] = (read_varint(from) as u32).wrapping_sub(1);
            }
        }
        Self { servers, others, retired, votes, used, in_flight: InFlight::new(), sleep_set: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_from_its_bytes() {
        let bounds = Bounds { crashes: 2, wipes: 1, ..Bounds::default() };
        let mut used = Used { values: 2, crashes: 1, wipes: 1, ..Used::default() };
        for node in [0, 1, 1] {
            used.begin_ballot(node);
        }
        for (servers, others) in [([5, 300, 70_000], [NO_COMPONENT; 3]), ([5, 0, 9], [NO_COMPONENT, 0, 128])] {
            let mut state =
                State { votes: 129, used, in_flight: [0, 0, 7, 7, 500, 100_000][..].into(), ..State::new() };
            state.servers[..3].copy_from_slice(&servers);
            state.others[..3].copy_from_slice(&others);
            state.retired = used.retired(&bounds);
            let mut bytes = Vec::new();
            state.encode(&bounds, &mut bytes);
            assert_eq!(State::decode(&bounds, &bytes), state);
            let mut rest = bytes.as_slice();
            let head = State::decode_head(&bounds, &mut rest);
            assert_eq!((head.servers, head.votes, rest.len()), (state.servers, 129, 9));
        }
    }
}
