//! A state of the cluster in as few bytes as it takes.
//!
//! Servers, letters and histories are numbers of things in the [`Atlas`](super::atlas::Atlas). Numbers are written seven
//! bits at a time, and those of letters, which are sorted, as what each adds to the one before.

use alloc::vec::Vec;

use super::Bounds;

/// Most servers of a model.
pub(super) const MOST_SERVERS: usize = Bounds::MOST_SERVERS as usize;

/// What has been used up of the [`Bounds`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spent {
    pub(super) values: u8,
    pub(super) crashes: u8,
    pub(super) losses: u8,
    pub(super) duplicates: u8,
    pub(super) wipes: u8,
    /// By each proposer, and by all of them.
    ballots: [u8; MOST_SERVERS],
    all_ballots: u8,
}

/// A state, unpacked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// The state of each server, by its number in the atlas.
    pub(super) servers: [u32; MOST_SERVERS],
    /// Every vote ever cast, by its number in the atlas.
    pub(super) history: u32,
    pub(super) spent: Spent,
    /// Messages under way that could still make a difference, by their numbers in the atlas, ascending.
    pub(super) letters: Vec<u32>,
}

fn put(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn take(from: &mut &[u8]) -> u64 {
    let mut number = 0;
    for (at, byte) in from.iter().enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            *from = &from[at + 1..];
            break;
        }
    }
    number
}

/// Bits of each number that is spent, save ballots.
const PART: u32 = 3;
/// Bits of a proposer's ballots.
const BALLOTS: u32 = 4;

impl Spent {
    /// Ballots begun by all proposers.
    #[inline]
    pub(super) fn all_ballots(&self) -> u32 {
        self.all_ballots.into()
    }

    /// Ballots begun by one of them.
    #[inline]
    pub(super) fn ballots(&self, node: usize) -> u32 {
        self.ballots[node].into()
    }

    /// One more ballot begins.
    pub(super) const fn begin_ballot(&mut self, node: usize) {
        self.ballots[node] += 1;
        self.all_ballots += 1;
    }

    /// One number for all of them; what is rare comes last, where zeros cost nothing.
    fn pack(&self, bounds: &Bounds) -> u64 {
        let (mut packed, mut shift) = (u64::from(self.values), PART);
        for ballots in &self.ballots[..bounds.proposers as usize] {
            packed |= u64::from(*ballots) << shift;
            shift += BALLOTS;
        }
        for part in [self.crashes, self.losses, self.duplicates, self.wipes] {
            packed |= u64::from(part) << shift;
            shift += PART;
        }
        packed
    }

    fn unpack(mut packed: u64, bounds: &Bounds) -> Self {
        let mut part = |bits: u32| {
            let part = packed & ((1 << bits) - 1);
            packed >>= bits;
            part as u8
        };
        let mut spent = Self { values: part(PART), ..Self::default() };
        for ballots in &mut spent.ballots[..bounds.proposers as usize] {
            *ballots = part(BALLOTS);
            spent.all_ballots += *ballots;
        }
        (spent.crashes, spent.losses) = (part(PART), part(PART));
        (spent.duplicates, spent.wipes) = (part(PART), part(PART));
        spent
    }
}

impl State {
    pub(super) fn encode(&self, bounds: &Bounds, to: &mut Vec<u8>) {
        for server in &self.servers[..bounds.servers as usize] {
            put(to, (*server).into());
        }
        put(to, self.history.into());
        put(to, self.spent.pack(bounds));
        let mut last = 0;
        for letter in &self.letters {
            put(to, (letter - last).into());
            last = *letter;
        }
    }

    pub(super) fn decode(bounds: &Bounds, mut from: &[u8]) -> Self {
        let mut state = Self::default();
        for server in &mut state.servers[..bounds.servers as usize] {
            *server = take(&mut from) as u32;
        }
        state.history = take(&mut from) as u32;
        state.spent = Spent::unpack(take(&mut from), bounds);
        state.letters.reserve(from.len());
        let mut last = 0;
        while !from.is_empty() {
            last += take(&mut from) as u32;
            state.letters.push(last);
        }
        state
    }

    /// The servers, the history and the requests alone: what judging a state takes.
    pub(super) fn decode_head(bounds: &Bounds, mut from: &[u8]) -> ([u32; MOST_SERVERS], u32, u8) {
        let mut servers = [0; MOST_SERVERS];
        for server in &mut servers[..bounds.servers as usize] {
            *server = take(&mut from) as u32;
        }
        let history = take(&mut from) as u32;
        (servers, history, Spent::unpack(take(&mut from), bounds).values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_state_comes_back_from_its_bytes() {
        let bounds = Bounds { crashes: 2, wipes: 1, ..Bounds::default() };
        let mut spent = Spent { values: 2, crashes: 1, wipes: 1, ..Spent::default() };
        for node in [0, 1, 1] {
            spent.begin_ballot(node);
        }
        let state = State {
            servers: [5, 300, 70_000, 0, 0, 0, 0],
            history: 129,
            spent,
            letters: vec![0, 0, 7, 7, 500, 100_000],
        };
        let mut bytes = Vec::new();
        state.encode(&bounds, &mut bytes);
        assert_eq!(State::decode(&bounds, &bytes), state);
        assert_eq!(State::decode_head(&bounds, &bytes), (state.servers, 129, 2));
    }
}
