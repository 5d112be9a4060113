//! The specification as a [`Model`]: how a state becomes bytes, and what must hold.

use alloc::vec::Vec;

use super::rules::Spec;
use super::state::{State, word_bytes};
use super::step::Step;
use crate::check::explore::{Model, Property, Search, Successors};
use crate::limits::{MAX_SPEC_ACCEPTORS, MAX_SPEC_VALUES};

const WORD: usize = size_of::<u64>();
/// The bytes of a state with room after them, so that each word can be read and written in full.
type Padded = [u8; WORD * (MAX_SPEC_ACCEPTORS as usize + 1)];

const ONE_VALUE: u32 = 1 << 0;
const CHOSEN: u32 = 1 << 1;
const ADOPTED: u32 = 1 << 2;
const TWICE: u32 = 1 << 3;
/// The first of the properties that name a value.
const NAMED: u32 = 4;

impl Spec {
    /// The same with the properties that its bounds make sense of. Merged values have no names.
    pub(super) fn with_properties(mut self) -> Self {
        self.properties = Vec::from([
            Property::always("at most one value is chosen"),
            Property::sometimes("a value is chosen"),
            Property::sometimes("a ballot must ask for a value that was voted for"),
            Property::sometimes("two ballots choose"),
        ]);
        let each = ["value 1 is chosen", "value 2 is chosen", "value 3 is chosen", "value 4 is chosen"];
        if self.ballots == 1 {
            // The only ballot is the first: it is free, and no other one chooses again.
            self.properties.truncate(2);
        } else if !self.merged {
            self.properties.extend(each[..usize::from(self.values)].iter().copied().map(Property::sometimes));
        }
        self
    }

    /// A state as a string of bytes: its words one after the other, each with the bytes that the bounds need.
    #[must_use]
    pub fn encode(&self, state: &State) -> Vec<u8> {
        self.pad(state)[..self.place(self.words())].to_vec()
    }

    /// The state that [`encode`](Self::encode) made these bytes of.
    ///
    /// # Panics
    /// If they are longer than those of any state.
    #[must_use]
    #[inline]
    pub fn decode(&self, bytes: &[u8]) -> State {
        let mut padded = [0; size_of::<Padded>()];
        padded[..bytes.len()].copy_from_slice(bytes);
        self.unpad(&padded)
    }

    #[inline]
    fn pad(&self, state: &State) -> Padded {
        let mut padded = [0; size_of::<Padded>()];
        for (word, bits) in state.words[..self.words()].iter().enumerate() {
            flip(&mut padded, self.place(word), *bits);
        }
        padded
    }

    #[inline]
    fn unpad(&self, padded: &Padded) -> State {
        let mut state = State::default();
        for (word, bits) in state.words[..self.words()].iter_mut().enumerate() {
            let at = self.place(word);
            let bytes = self.place(word + 1) - at;
            *bits = read(padded, at) & (u64::MAX >> (u64::BITS as usize - bytes * 8));
        }
        state
    }

    const fn words(&self) -> usize {
        self.acceptors as usize + 1
    }

    /// Where a word begins.
    #[inline]
    const fn place(&self, word: usize) -> usize {
        let (shared, own) = word_bytes(self.ballots);
        if word == 0 { 0 } else { shared + own * (word - 1) }
    }

    /// The one of all states that differ from this one only in names that stands for them: acceptors in the order of
    /// what they know, values in the order in which ballots ask for them.
    #[must_use]
    pub fn representative(&self, state: &State) -> State {
        let mut same = *state;
        same.words[1..self.words()].sort_unstable();
        let (mut names, mut named) = ([None; MAX_SPEC_VALUES as usize], 0);
        for ballot in 0..self.ballots {
            if let Some(value) = state.asked(ballot) {
                let name = names[usize::from(value)].get_or_insert_with(|| {
                    named += 1;
                    named - 1
                });
                same.words[0] = same.ask(ballot, *name).to;
            }
        }
        same
    }

    /// The steps that lead to a state of a search. Where states are merged, they lead to one that differs only in names.
    ///
    /// # Panics
    /// If the search has not found such a state.
    #[must_use]
    pub fn run(search: &Search<Self>, state: u32) -> Vec<Step> {
        let spec = search.model();
        let mut now = State::default();
        let mut run = Vec::new();
        for step in search.path(state) {
            let to = spec.decode(search.state(step.to));
            let mut found = None;
            spec.changes(&now, |step, change| {
                let next = now.changed(change);
                if found.is_none() && to == if spec.merged { spec.representative(&next) } else { next } {
                    found = Some((step, next));
                }
            });
            let (step, next) = found.expect("what one state can do, every state that stands for the same can");
            run.push(step);
            now = next;
        }
        run
    }
}

impl Model for Spec {
    fn begin(&mut self, out: &mut Successors) {
        out.push(0, &self.encode(&State::default()));
    }

    fn successors(&self, state: &[u8], out: &mut Successors) -> bool {
        let now = self.decode(state);
        let mut padded = self.pad(&now);
        self.changes(&now, |step, change| {
            if self.merged {
                let next = self.pad(&self.representative(&now.changed(change)));
                out.push(step.number(), &next[..state.len()]);
            } else {
                // Only one word differs: there and back costs less than encoding the others again.
                let (at, difference) = (self.place(change.word), now.words[change.word] ^ change.to);
                flip(&mut padded, at, difference);
                out.push(step.number(), &padded[..state.len()]);
                flip(&mut padded, at, difference);
            }
        });
        true
    }

    fn properties(&self) -> &[Property] {
        &self.properties
    }

    fn judge(&self, state: &[u8]) -> u32 {
        let state = self.decode(state);
        let mut verdict = 0;
        if (0..self.ballots).any(|ballot| self.adopted(&state, ballot)) {
            verdict |= ADOPTED;
        }
        let chosen = self.chosen(&state);
        if chosen != 0 {
            verdict |= CHOSEN | u32::from(chosen) << NAMED;
        }
        if chosen.count_ones() > 1 {
            verdict |= ONE_VALUE;
        }
        if self.choosing(&state).count() > 1 {
            verdict |= TWICE;
        }
        verdict
    }
}

#[inline]
fn read(padded: &Padded, at: usize) -> u64 {
    let mut bytes = [0; WORD];
    bytes.copy_from_slice(&padded[at..at + WORD]);
    u64::from_le_bytes(bytes)
}

/// Flips bits of the word at this place.
#[inline]
fn flip(padded: &mut Padded, at: usize, bits: u64) {
    let flipped = read(padded, at) ^ bits;
    padded[at..at + WORD].copy_from_slice(&flipped.to_le_bytes());
}
