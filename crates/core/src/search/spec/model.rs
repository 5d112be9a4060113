//! The specification as a [`Model`]: its encoding and its properties.

use alloc::vec::Vec;

use super::actions::Spec;
use super::state::State;
use super::step::SpecAction;
use crate::limits::MAX_SPEC_VALUES;
use crate::search::explorer::{Model, Property, Search, SleepSet, Successors};

const ONE_VALUE: u32 = 1 << 0;
const CHOSEN: u32 = 1 << 1;
const ADOPTED: u32 = 1 << 2;
const TWICE: u32 = 1 << 3;
/// The first of the properties that name a value.
const NAMED: u32 = 4;

impl Spec {
    /// The same with the properties that make sense within its bounds. Merged values have no names.
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
    #[must_use]
    pub fn encode(&self, state: &State) -> Vec<u8> {
        self.layout.encode(state, <[u8]>::to_vec)
    }

    /// The state that [`encode`](Self::encode) made these bytes of.
    ///
    /// # Panics
    /// If they are fewer than those of any state.
    #[must_use]
    pub fn decode(&self, bytes: &[u8]) -> State {
        self.layout.decode(bytes)
    }

    /// The one of all states that differ from this one only in names that stands for them: acceptors in the order of
    /// what they know, values in the order in which ballots ask for them.
    #[must_use]
    pub fn representative(&self, state: &State) -> State {
        let mut same = *state;
        same.words[1..=usize::from(self.acceptors)].sort_unstable();
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
    pub fn run(search: &Search<Self>, state: u32) -> Vec<SpecAction> {
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

    fn successors(&self, state: &[u8], sleep_set: SleepSet, out: &mut Successors) -> bool {
        let now = self.layout.decode(state);
        if self.merged {
            // Merged states have other names for the same step, so their sleep sets are empty.
            self.changes(&now, |step, change| {
                let next = self.representative(&now.changed(change));
                self.layout.encode(&next, |bytes| out.push(step.number(), bytes));
            });
            return true;
        }
        let mut before = sleep_set;
        self.changes(&now, |step, change| {
            let place = self.places.of(step);
            if sleep_set & place.bit == 0 {
                let next = out.push_with(step.number(), before & !place.dependent, state);
                self.layout.change(&now, state, change, next);
                before |= place.bit;
            }
        });
        true
    }

    fn properties(&self) -> &[Property] {
        &self.properties
    }

    fn evaluate(&self, state: &[u8]) -> u32 {
        let state = self.layout.decode(state);
        let mut verdict = 0;
        if state.ballots_asked(self.ballots) & !self.free(&state) != 0 {
            verdict |= ADOPTED;
        }
        let choosing = self.choosing(&state);
        if choosing == 0 {
            return verdict;
        }
        let chosen = self.chosen(&state);
        verdict |= CHOSEN | u32::from(chosen) << NAMED;
        if chosen.count_ones() > 1 {
            verdict |= ONE_VALUE;
        }
        if choosing.count_ones() > 1 {
            verdict |= TWICE;
        }
        verdict
    }
}
