//! The values that a key may have, and what operations do to them, each worked out once.
//!
//! Checkers come to the same value on many ways. So each value and each answer has a small number, and what an
//! operation does to a value is remembered. What it does is for [`Op::apply`] to say, and for nobody else.

use alloc::vec::Vec;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::log::{Op, Output, Text};

/// The number of a value that a key may have.
pub(super) type State = u32;
/// The number of an answer.
pub(super) type Answer = u32;

/// Values, answers and what leads from one to the other. Tables are looked up and never iterated.
#[derive(Clone, Debug, Default)]
pub(super) struct States {
    values: Vec<Option<Text>>,
    numbers: HashMap<Option<Text>, State, FxBuildHasher>,
    answers: Vec<Output>,
    answer_numbers: HashMap<Output, Answer, FxBuildHasher>,
    applied: HashMap<(u32, State), (State, Answer), FxBuildHasher>,
    bytes: usize,
}

impl States {
    /// The number of a value.
    pub(super) fn of(&mut self, value: Option<&Text>) -> State {
        let value = value.cloned();
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number = self.values.len() as State;
        self.bytes += value.as_ref().map_or(0, |value| value.as_str().len());
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        number
    }

    pub(super) fn value(&self, state: State) -> Option<&Text> {
        self.values[state as usize].as_ref()
    }

    /// The number of an answer.
    pub(super) fn answer(&mut self, output: &Output) -> Answer {
        if let Some(number) = self.answer_numbers.get(output) {
            return *number;
        }
        let number = self.answers.len() as Answer;
        self.answers.push(output.clone());
        self.answer_numbers.insert(output.clone(), number);
        number
    }

    pub(super) fn output(&self, answer: Answer) -> &Output {
        &self.answers[answer as usize]
    }

    /// What an operation does to a value, and what is answered. `number` is the operation's own.
    pub(super) fn apply(&mut self, number: u32, op: &Op, state: State) -> (State, Answer) {
        if let Some(known) = self.applied.get(&(number, state)) {
            return *known;
        }
        let (value, output) = op.apply(self.value(state));
        let outcome = (self.of(value.as_ref()), self.answer(&output));
        self.applied.insert((number, state), outcome);
        outcome
    }

    /// How many bytes all values have.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
}

/// Sets of answers, each with a number. The empty one is 0.
#[derive(Clone, Debug)]
pub(super) struct Sets {
    sets: Vec<Vec<Answer>>,
    numbers: HashMap<Vec<Answer>, u32, FxBuildHasher>,
}

impl Sets {
    pub(super) fn new() -> Self {
        Self { sets: Vec::from([Vec::new()]), numbers: core::iter::once((Vec::new(), 0)).collect() }
    }

    pub(super) fn get(&self, set: u32) -> &[Answer] {
        &self.sets[set as usize]
    }

    pub(super) fn has(&self, set: u32, answer: Answer) -> bool {
        self.sets[set as usize].binary_search(&answer).is_ok()
    }

    /// The set with one more answer in it.
    pub(super) fn with(&mut self, set: u32, answer: Answer) -> u32 {
        let Err(place) = self.sets[set as usize].binary_search(&answer) else { return set };
        let mut larger = self.sets[set as usize].clone();
        larger.insert(place, answer);
        if let Some(number) = self.numbers.get(&larger) {
            return *number;
        }
        let number = self.sets.len() as u32;
        self.sets.push(larger.clone());
        self.numbers.insert(larger, number);
        number
    }
}
