//! The specification as a [`Model`]: how a state becomes bytes, and what must hold.

use alloc::vec::Vec;

use super::rules::Spec;
use super::state::{State, word_bytes};
use super::step::Step;
use crate::check::explore::{Model, Property, Search, Successors};
use crate::limits::{MAX_SPEC_ACCEPTORS, MAX_SPEC_VALUES};

const WORD: usize = size_of::<u64>();
/// Room for every word of a state, each written in full over the unused end of the one before.
const LONGEST: usize = WORD * (MAX_SPEC_ACCEPTORS as usize + 1);

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

    /// A state as a string of bytes.
    #[inline]
    pub fn encode(&self, state: &State, put: impl FnOnce(&[u8])) {
        let (shared, own) = word_bytes(self.ballots);
        let mut bytes = [0; LONGEST];
        bytes[..WORD].copy_from_slice(&u64::from(state.shared).to_le_bytes());
        let mut at = shared;
        for word in &state.acceptors[..usize::from(self.acceptors)] {
            bytes[at..at + WORD].copy_from_slice(&word.to_le_bytes());
            at += own;
        }
        put(&bytes[..at]);
    }

    /// The state that [`encode`](Self::encode) made these bytes of.
    ///
    /// # Panics
    /// If they are longer than those of any state.
    #[must_use]
    #[inline]
    pub fn decode(&self, bytes: &[u8]) -> State {
        let (shared, own) = word_bytes(self.ballots);
        let mut padded = [0; LONGEST];
        padded[..bytes.len()].copy_from_slice(bytes);
        let word = |at: usize, len: usize| {
            let mut word = [0; WORD];
            word.copy_from_slice(&padded[at..at + WORD]);
            u64::from_le_bytes(word) & (u64::MAX >> (u64::BITS as usize - len * 8))
        };
        let mut state = State { shared: word(0, shared) as u32, ..State::default() };
        for (acceptor, own_word) in state.acceptors[..usize::from(self.acceptors)].iter_mut().enumerate() {
            *own_word = word(shared + acceptor * own, own);
        }
        state
    }

    /// The one of all states that differ from this one only in names that stands for them: acceptors in the order of
    /// what they know, values in the order in which ballots ask for them.
    #[must_use]
    pub fn representative(&self, state: &State) -> State {
        let mut same = *state;
        same.acceptors[..usize::from(self.acceptors)].sort_unstable();
        let (mut names, mut named) = ([None; MAX_SPEC_VALUES as usize], 0);
        for ballot in 0..self.ballots {
            if let Some(value) = state.asked(ballot) {
                let name = names[usize::from(value)].get_or_insert_with(|| {
                    named += 1;
                    named - 1
                });
                same.ask(ballot, *name);
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
            spec.steps(&now, |step, next| {
                let is_it = if spec.merged { spec.representative(next) == to } else { *next == to };
                if is_it && found.is_none() {
                    found = Some((step, *next));
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
        self.encode(&State::default(), |bytes| out.push(0, bytes));
    }

    fn successors(&self, state: &[u8], out: &mut Successors) -> bool {
        let state = self.decode(state);
        if self.merged {
            self.steps(&state, |step, next| {
                self.encode(&self.representative(next), |bytes| out.push(step.number(), bytes));
            });
        } else {
            self.steps(&state, |step, next| self.encode(next, |bytes| out.push(step.number(), bytes)));
        }
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
