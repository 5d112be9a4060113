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
    /// By each proposer.
    pub(super) ballots: [u8; MOST_SERVERS],
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

fn put(to: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn take(from: &mut &[u8]) -> u32 {
    let mut number = 0;
    for (at, byte) in from.iter().enumerate() {
        number |= u32::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            *from = &from[at + 1..];
            break;
        }
    }
    number
}

impl Spent {
    /// What may be spent at most, in a fixed order.
    fn parts(&mut self, bounds: &Bounds) -> [(&mut u8, u32); 5] {
        [
            (&mut self.values, bounds.values),
            (&mut self.crashes, bounds.crashes),
            (&mut self.losses, bounds.losses),
            (&mut self.duplicates, bounds.duplicates),
            (&mut self.wipes, bounds.wipes),
        ]
    }

    /// All ballots begun.
    pub(super) fn all_ballots(&self) -> u32 {
        self.ballots.iter().map(|ballots| u32::from(*ballots)).sum()
    }

    /// One number for all of them.
    fn pack(mut self, bounds: &Bounds) -> u32 {
        let mut packed = 0;
        for (part, most) in self.parts(bounds) {
            packed = packed * (most + 1) + u32::from(*part);
        }
        for ballots in &self.ballots[..bounds.proposers as usize] {
            packed = packed * (bounds.ballots + 1) + u32::from(*ballots);
        }
        packed
    }

    fn unpack(mut packed: u32, bounds: &Bounds) -> Self {
        let mut spent = Self::default();
        let mut part = |most: u32| {
            let part = packed % (most + 1);
            packed /= most + 1;
            part as u8
        };
        for ballots in spent.ballots[..bounds.proposers as usize].iter_mut().rev() {
            *ballots = part(bounds.ballots);
        }
        for (field, most) in spent.parts(bounds).into_iter().rev() {
            *field = part(most);
        }
        spent
    }
}

impl State {
    pub(super) fn encode(&self, bounds: &Bounds, to: &mut Vec<u8>) {
        for server in &self.servers[..bounds.servers as usize] {
            put(to, *server);
        }
        put(to, self.history);
        put(to, self.spent.pack(bounds));
        let mut last = 0;
        for letter in &self.letters {
            put(to, letter - last);
            last = *letter;
        }
    }

    pub(super) fn decode(bounds: &Bounds, mut from: &[u8]) -> Self {
        let mut state = Self::default();
        for server in &mut state.servers[..bounds.servers as usize] {
            *server = take(&mut from);
        }
        state.history = take(&mut from);
        state.spent = Spent::unpack(take(&mut from), bounds);
        state.letters.reserve(from.len());
        let mut last = 0;
        while !from.is_empty() {
            last += take(&mut from);
            state.letters.push(last);
        }
        state
    }

    /// The servers, the history and the requests alone: what judging a state takes.
    pub(super) fn decode_head(bounds: &Bounds, mut from: &[u8]) -> ([u32; MOST_SERVERS], u32, u8) {
        let mut servers = [0; MOST_SERVERS];
        for server in &mut servers[..bounds.servers as usize] {
            *server = take(&mut from);
        }
        let history = take(&mut from);
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
        let spent = Spent { values: 2, crashes: 1, wipes: 1, ballots: [1, 2, 0, 0, 0, 0, 0], ..Spent::default() };
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
