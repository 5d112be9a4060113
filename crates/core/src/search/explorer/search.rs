//! The breadth-first search.

use alloc::{collections::VecDeque, vec, vec::Vec};
use core::ops::Range;

use super::batch::{Batch, UNKNOWN};
use super::expand::{AT_ONCE, Ahead, Found, Stop};
use super::store::{NONE, Store};
use super::table::{Table, hash, same};
use super::{Model, PropertyKind, SleepSet, Successors};

/// How far a search may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Most distinct states.
    pub states: u32,
    /// Most bytes for states, the table of states and the model's own tables. A search may exceed it by less than one chunk
    /// of states (8,192 of them), or by what the model learns about one state.
    pub bytes: usize,
}

impl Budget {
    /// The most that state numbers and addresses allow.
    pub const UNLIMITED: Self = Self { states: Self::MOST_STATES, bytes: usize::MAX };
    /// The most states that the largest table holds, which has 2³¹ slots.
    pub(super) const MOST_STATES: u32 = 3 << 29;
}

/// Where a search stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchStatus {
    /// Some states are not expanded yet.
    Running,
    /// Every state has been expanded. A state that was not found does not exist.
    Complete,
    /// A property that stops the search is violated. No shorter run violates one of them.
    Violated {
        /// The property's place in [`Model::properties`]. If a state violates several, the first of them.
        property: usize,
        /// The state's number.
        state: u32,
    },
    /// The budget is used up, and some states are not expanded. With [more](Search::set_budget) the search goes on where it
    /// stopped.
    Budget,
}

/// One action of a [path](Search::path).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The state before.
    pub from: u32,
    /// The number of the action, as the model gave it.
    pub number: u32,
    /// The state after.
    pub to: u32,
}

/// A breadth-first search through the states of a model.
///
/// * States are numbered from 0 as they are found and expanded in this order: those before `next` have been expanded.
/// * The parent of a state is the first one that led to it, so it has a smaller number and lies one level higher.
#[derive(Clone, Debug)]
pub struct Search<M> {
    pub(super) model: M,
    pub(super) budget: Budget,
    pub(super) stop_at: u32,
    pub(super) states: Store,
    pub(super) table: Table,
    /// The number of the first state of each level.
    pub(super) levels: Vec<u32>,
    pub(super) next: u32,
    /// For each state from `next` on, its sleep set.
    pub(super) sleep_set: VecDeque<SleepSet>,
    pub(super) generated: u64,
    /// For each property, the first state in which it is violated or reached.
    pub(super) witnesses: Vec<Option<u32>>,
    /// The properties that have no witness yet, one bit each.
    pub(super) news: u32,
    pub(super) violated: Option<SearchStatus>,
    /// Kept between calls so that its memory is used again.
    pub(super) ahead: Ahead,
}

impl<M: Model> Search<M> {
    /// A search of this model that stops at the first violation.
    ///
    /// # Panics
    /// If the model has more than 32 properties.
    #[must_use]
    pub fn new(model: M, budget: Budget) -> Self {
        Self::stopping_at(model, budget, u32::MAX)
    }

    /// A search that goes on after violations of properties that are not in the mask `stop_at` (bit `i` is property `i`).
    /// [`witness`](Self::witness) returns the first state of each.
    ///
    /// # Panics
    /// If the model has more than 32 properties.
    #[must_use]
    pub fn stopping_at(mut model: M, budget: Budget, stop_at: u32) -> Self {
        let properties = model.properties();
        assert!(properties.len() <= 32, "a model has at most 32 properties");
        let witnesses = vec![None; properties.len()];
        let always = (0..).zip(properties).filter(|(_, property)| property.kind == PropertyKind::Always);
        let stop_at = stop_at & always.fold(0, |mask, (at, _)| mask | 1 << at);
        let mut out = Successors::new();
        model.begin(&mut out);
        let mut search = Self {
            model,
            // Initial states need no budget: a search without all of them could not be complete.
            budget: Budget::UNLIMITED,
            stop_at,
            states: Store::default(),
            table: Table::default(),
            levels: Vec::new(),
            next: 0,
            sleep_set: VecDeque::new(),
            generated: 0,
            witnesses,
            news: u32::MAX,
            violated: None,
            ahead: Ahead::default(),
        };
        for (.., state) in out.iter() {
            let found = Found { parent: NONE, sleep_set: 0, hash: hash(state), state, verdict: None };
            if search.insert(found).is_err() {
                break;
            }
        }
        search.budget = budget;
        search
    }

    /// Expands at most `count` states.
    pub fn advance(&mut self, count: u32) -> SearchStatus {
        let mut left = count;
        while left > 0 && self.status() == SearchStatus::Running {
            match self.expand(left.min(AT_ONCE)) {
                Ok(expanded) => left -= expanded,
                Err(Stop) => return self.violated.unwrap_or(SearchStatus::Budget),
            }
        }
        self.status()
    }

    /// Takes in a batch, exactly as if its states had been expanded here, one after the other. Once the search has stopped,
    /// the rest of the batch is dropped.
    ///
    /// # Panics
    /// If the batch does not begin with the first pending state.
    pub fn absorb(&mut self, batch: &Batch) -> SearchStatus {
        if let Some(violated) = self.violated {
            return violated;
        }
        assert_eq!(batch.range.start, self.next, "batches are absorbed in order");
        let mut found = 0..batch.found.len();
        for (parent, generated) in batch.range.clone().zip(&batch.generated) {
            let taken = if *generated == UNKNOWN {
                self.expand(1).map(|_| ())
            } else {
                self.take_in(parent, batch, &mut found).map(|()| self.expanded(*generated))
            };
            if taken.is_err() {
                return self.violated.unwrap_or(SearchStatus::Budget);
            }
        }
        self.status()
    }

    /// The status, without a [`SearchStatus::Budget`] that only the next expansion will meet.
    #[must_use]
    pub fn status(&self) -> SearchStatus {
        let idle = if self.next == self.states.len() { SearchStatus::Complete } else { SearchStatus::Running };
        self.violated.unwrap_or(idle)
    }

    /// The pending states, which are not expanded yet: at most `count` of them, from the first one.
    #[must_use]
    pub fn pending(&self, count: u32) -> Range<u32> {
        self.next..self.next.saturating_add(count).min(self.states.len())
    }

    /// Gives it another budget.
    pub const fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
    }

    /// How many distinct states have been found.
    #[must_use]
    pub const fn states(&self) -> u32 {
        self.states.len()
    }

    /// How many successors were generated: without those that sleep sets left out, and before equal ones are merged.
    #[must_use]
    pub const fn generated(&self) -> u64 {
        self.generated
    }

    /// How many states are pending.
    #[must_use]
    pub const fn frontier(&self) -> u32 {
        self.states.len() - self.next
    }

    /// How many levels have been reached. The initial states are level 1.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.levels.len()
    }

    /// The level of a state: one more than the number of actions that lead to it.
    #[must_use]
    pub fn level(&self, state: u32) -> usize {
        self.levels.partition_point(|first| *first <= state)
    }

    /// The bytes allocated for states, for the table of states and by the model.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.states.bytes()
            + self.table.bytes()
            + self.sleep_set.capacity() * size_of::<SleepSet>()
            + self.model.approx_bytes()
    }

    /// The encoding of a state.
    ///
    /// # Panics
    /// If there is no such state yet.
    #[must_use]
    #[inline]
    pub fn state(&self, index: u32) -> &[u8] {
        self.states.get(index)
    }

    /// The state from which this one was found first; `None` for an initial state.
    ///
    /// # Panics
    /// If there is no such state yet.
    #[must_use]
    pub fn parent(&self, index: u32) -> Option<u32> {
        Some(self.states.parent(index)).filter(|parent| *parent != NONE)
    }

    /// The first state in which a property is violated (always) or reached (sometimes).
    #[must_use]
    pub fn witness(&self, property: usize) -> Option<u32> {
        *self.witnesses.get(property)?
    }

    /// The model.
    #[must_use]
    #[inline]
    pub const fn model(&self) -> &M {
        &self.model
    }

    /// A shortest path from an initial state; empty for an initial state. The search keeps only parents, so each action is found
    /// again by expanding the state before it.
    ///
    /// # Panics
    /// If there is no such state yet, or the model does not repeat its answers.
    #[must_use]
    pub fn path(&self, state: u32) -> Vec<Edge> {
        let mut states = vec![state];
        while let Some(from) = self.parent(states[states.len() - 1]) {
            states.push(from);
        }
        states.reverse();
        // Forwards, so that each expansion gets the sleep set it had: a model may know nothing of the actions it left out.
        let (mut path, mut out, mut sleep_set) = (Vec::new(), Successors::new(), 0);
        for pair in states.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            out.truncate(0);
            self.model.successors(self.state(from), sleep_set, &mut out);
            let found = out.iter().find(|(.., bytes)| *bytes == self.state(to));
            let (number, sleeps, _) = found.expect("a model gives the same successors for ever");
            sleep_set = sleeps;
            path.push(Edge { from, number, to });
        }
        path
    }

    /// The sleep set of a pending state.
    #[inline]
    pub(super) fn sleep_set(&self, state: u32) -> SleepSet {
        self.sleep_set[(state - self.next) as usize]
    }

    /// Whether this state has been found.
    #[inline]
    pub(super) fn knows(&self, hash: u64, state: &[u8]) -> bool {
        self.table.find(hash, |index| same(self.states.get(index), state)).is_ok()
    }
}
