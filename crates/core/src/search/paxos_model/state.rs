//! A state of the cluster in as few bytes as it takes.
//!
//! Servers, packets and vote sets are numbers of things in the [`TransitionTable`](super::transition_table::TransitionTable). Numbers are written seven
//! bits at a time, and those of packets, which are sorted, as what each adds to the one before.

use alloc::vec::Vec;

use smallvec::SmallVec;

use super::Bounds;
use super::transition_table::{Component, ComponentState, LocalTransition, NO_COMPONENT, Scope};
use crate::search::explorer::SleepSet;

/// Most servers of a model.
pub(super) const MOST_SERVERS: usize = Bounds::MOST_SERVERS as usize;

/// What has been used up of the [`Bounds`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) values: u8,
    pub(super) crashes: u8,
    pub(super) losses: u8,
    pub(super) duplicates: u8,
    pub(super) wipes: u8,
    /// By each proposer, four bits each.
    ballots: u32,
}

/// InFlight, on the stack unless there are many.
pub(super) type InFlight = SmallVec<[u32; 32]>;

/// A state, unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// The state of each server, or only of its acceptor once the server is decomposed, by its number in the table.
    pub(super) servers: [u32; MOST_SERVERS],
    /// The state of the other part of each decomposed server, or [`NO_COMPONENT`].
    pub(super) others: [u32; MOST_SERVERS],
    /// The servers that are decomposed, one bit each: those that can begin no further ballot.
    pub(super) decomposed: u8,
    /// Every vote ever cast, by its number in the table.
    pub(super) votes: u32,
    pub(super) used: Used,
    /// Messages under way that could still make a difference, by their numbers in the table, ascending.
    pub(super) in_flight: InFlight,
    /// The packets whose arrival leads to a state that is known, one bit for each place among the first 32. This is no part
    /// of the state: see [`SleepSet`].
    pub(super) sleep_set: SleepSet,
}

#[inline]
fn put(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

#[inline]
fn take(from: &mut &[u8]) -> u64 {
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

/// Bits of each number that is used, save ballots.
const PART: u32 = 3;
/// Bits of a proposer's ballots.
const BALLOTS: u32 = 4;

impl Used {
    /// Ballots begun by all proposers.
    #[inline]
    pub(super) const fn all_ballots(&self) -> u32 {
        const EVERY_OTHER: u32 = 0x0f0f_0f0f;
        let pairs = (self.ballots & EVERY_OTHER) + (self.ballots >> BALLOTS & EVERY_OTHER);
        pairs.wrapping_mul(0x0101_0101) >> 24
    }

    /// Ballots begun by one of them.
    #[inline]
    const fn ballots(&self, node: usize) -> u32 {
        self.ballots >> (BALLOTS as usize * node) & 0xf
    }

    /// One more ballot begins.
    pub(super) const fn begin_ballot(&mut self, node: usize) {
        self.ballots += 1 << (BALLOTS as usize * node);
    }

    /// Whether one of them may still begin a ballot.
    #[inline]
    pub(super) fn may_begin(&self, bounds: &Bounds, node: usize) -> bool {
        node < bounds.proposers as usize
            && self.all_ballots() < bounds.ballots
            && self.ballots(node) < bounds.ballots_each
    }

    /// The servers that may begin no further ballot, one bit each.
    #[inline]
    pub(super) fn decomposed(&self, bounds: &Bounds) -> u8 {
        (0..bounds.servers as usize).fold(0, |bits, node| bits | u8::from(!self.may_begin(bounds, node)) << node)
    }

    /// One number for all of them; what is rare comes last, where zeros cost nothing.
    fn pack(&self, bounds: &Bounds) -> u64 {
        let rare = [self.wipes, self.duplicates, self.losses, self.crashes];
        let rare = rare.into_iter().fold(0, |packed, part| packed << PART | u64::from(part));
        (rare << (BALLOTS * bounds.proposers) | u64::from(self.ballots)) << PART | u64::from(self.values)
    }

    fn unpack(packed: u64, bounds: &Bounds) -> Self {
        let (part, ballots) = ((1 << PART) - 1, (1 << (BALLOTS * bounds.proposers)) - 1);
        let rare = packed >> (PART + BALLOTS * bounds.proposers);
        let rare = |place: u32| (rare >> (PART * place) & part) as u8;
        Self {
            values: (packed & part) as u8,
            crashes: rare(0),
            losses: rare(1),
            duplicates: rare(2),
            wipes: rare(3),
            ballots: (packed >> PART & ballots) as u32,
        }
    }
}

impl State {
    /// Nothing has happened, and nobody is there.
    pub(super) fn new() -> Self {
        Self {
            servers: [0; MOST_SERVERS],
            others: [NO_COMPONENT; MOST_SERVERS],
            decomposed: 0,
            votes: 0,
            used: Used::default(),
            in_flight: InFlight::new(),
            sleep_set: 0,
        }
    }

    /// Which part of a server hears of an answer, or else of a request.
    #[inline]
    pub(super) fn hears(&self, node: usize, is_answer: bool) -> ComponentState {
        if is_answer && let Some(rest) = self.rest(node) {
            return rest;
        }
        let scope = if self.decomposed >> node & 1 == 1 { Scope::Acceptor } else { Scope::Server };
        ComponentState { component: Component { node: node as u8, scope }, number: self.servers[node] }
    }

    /// The other part of a decomposed server.
    #[inline]
    pub(super) fn rest(&self, node: usize) -> Option<ComponentState> {
        let number = self.others[node];
        (number != NO_COMPONENT)
            .then_some(ComponentState { component: Component { node: node as u8, scope: Scope::Other }, number })
    }

    /// A part of a server has become what an transition says.
    #[inline]
    pub(super) fn turn(&mut self, ComponentState { component, .. }: ComponentState, transition: &LocalTransition) {
        let node = usize::from(component.node);
        if component.scope == Scope::Other {
            self.others[node] = transition.number;
        } else {
            self.servers[node] = transition.number;
            self.others[node] = transition.rest.unwrap_or(self.others[node]);
        }
    }

    /// Who is not the same in another state: for each server a bit for who hears of requests, and one for who hears of
    /// answers.
    #[inline]
    pub(super) fn changed(&self, other: &Self, bounds: &Bounds) -> u16 {
        (0..bounds.servers as usize).fold(0, |bits, node| {
            let decomposed = (self.decomposed ^ other.decomposed) >> node & 1 == 1;
            let server = u16::from(decomposed || self.servers[node] != other.servers[node]);
            let rest = u16::from(decomposed || self.others[node] != other.others[node]);
            let rest = rest | server & u16::from(other.others[node] == NO_COMPONENT);
            bits | (server | rest << 1) << (2 * node)
        })
    }

    pub(super) fn encode(&self, bounds: &Bounds, to: &mut Vec<u8>) {
        put(to, self.used.pack(bounds));
        put(to, self.votes.into());
        for node in 0..bounds.servers as usize {
            put(to, self.servers[node].into());
            if self.decomposed >> node & 1 == 1 {
                put(to, self.others[node].wrapping_add(1).into());
            }
        }
        let mut last = 0;
        for packet in &self.in_flight {
            put(to, (packet - last).into());
            last = *packet;
        }
    }

    pub(super) fn decode(bounds: &Bounds, mut from: &[u8]) -> Self {
        let mut state = Self::decode_head(bounds, &mut from);
        let mut last = 0;
        while !from.is_empty() {
            last += take(&mut from) as u32;
            state.in_flight.push(last);
        }
        state
    }

    /// All but the packets, which are left in `from`: what judging a state takes.
    #[inline]
    pub(super) fn decode_head(bounds: &Bounds, from: &mut &[u8]) -> Self {
        let used = Used::unpack(take(from), bounds);
        let votes = take(from) as u32;
        let (mut servers, mut others) = ([0; MOST_SERVERS], [NO_COMPONENT; MOST_SERVERS]);
        let decomposed = used.decomposed(bounds);
        for node in 0..bounds.servers as usize {
            servers[node] = take(from) as u32;
            if decomposed >> node & 1 == 1 {
                others[node] = (take(from) as u32).wrapping_sub(1);
            }
        }
        Self { servers, others, decomposed, votes, used, in_flight: InFlight::new(), sleep_set: 0 }
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
            state.decomposed = used.decomposed(&bounds);
            let mut bytes = Vec::new();
            state.encode(&bounds, &mut bytes);
            assert_eq!(State::decode(&bounds, &bytes), state);
            let mut rest = bytes.as_slice();
            let head = State::decode_head(&bounds, &mut rest);
            assert_eq!((head.servers, head.votes, rest.len()), (state.servers, 129, 9));
        }
    }
}
