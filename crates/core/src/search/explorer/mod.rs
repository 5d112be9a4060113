//! An explicit-state model checker: breadth first, exact, deterministic.
//!
//! A random world shows what *may* happen. Only a search that visits every state within its bounds can say that something
//! never happens. The search knows nothing of Paxos: a [`Model`] says which states it begins with, which actions a state has,
//! and which properties must hold. The search goes breadth first, so the first state that violates a property is also one
//! of the nearest, and the [`path`](Search::path) to it is a shortest counterexample.
//!
//! **A state is a string of bytes.** The model encodes it, and two states are the same exactly if their bytes are. The search
//! keeps tens of bytes for each state and never compares by a hash alone. So it is exact: it takes no state for visited that
//! was not.
//!
//! **The order is part of the result.** States are numbered as they are found, and expanded in that order. So the same model
//! gives the same numbers, parents and counts on every machine, for all slices ([`Search::advance`]) and any number of
//! threads ([`Search::batch`], [`Search::absorb`]).
//!
//! **A search that ran out of room found nothing.** It says [`SearchStatus::Budget`] and never [`SearchStatus::Complete`].

mod batch;
mod expand;
#[cfg(test)]
pub(crate) mod no_sleep_sets;
mod search;
mod store;
mod successors;
mod table;

pub use batch::Batch;
pub use search::{Budget, Edge, Search, SearchStatus};
pub use successors::Successors;

/// A transition system to search.
///
/// States are byte strings: a canonical encoding, where equal bytes mean the same state. Every method is a function of its
/// arguments and of what the model has learned. A model only ever learns more.
pub trait Model {
    /// Appends the initial states in a fixed order. No action leads to them: numbers and sleep sets are ignored.
    fn begin(&mut self, out: &mut Successors);

    /// Appends the state after each action, in a fixed order, with the number of the action. A number means something only
    /// together with the state before.
    ///
    /// `sleep_set` is the one given to [`Successors::write`] when this state was found first. The model may leave out its
    /// actions: see [`SleepSet`]. 0 leaves out nothing.
    ///
    /// It only reads, so that several threads can ask at once. `false`: the model has to [`learn`](Self::learn) about
    /// this state first, and `out` is as it was. Once it has answered, it gives the same answer for ever to the same sleep
    /// set.
    fn successors(&self, state: &[u8], sleep_set: SleepSet, out: &mut Successors) -> bool;

    /// Prepares what [`successors`](Self::successors) needs to answer for this state. The search calls it in the order of the
    /// states' numbers, and only for states that cannot be expanded without it.
    fn learn(&mut self, _state: &[u8]) {}

    /// The properties that must always hold and those that must sometimes: at most 32, the same ones at every call.
    fn properties(&self) -> &[Property];

    /// Bit `i`: property `i` is violated (always) or reached (sometimes) in this state. The search evaluates a state as soon
    /// as it finds it.
    fn evaluate(&self, state: &[u8]) -> u32;

    /// The bytes that the model's own tables take; they count against the [`Budget`]. It is asked for each new state, so it
    /// must be quick.
    fn approx_bytes(&self) -> usize {
        0
    }
}

/// A set of actions that need not be explored from a state, because the states they lead to are known. The model decides which
/// bit stands for which action.
///
/// Two actions are independent if their order does not matter. Say that a state has independent actions *a* and *b*, in this
/// order. The state after *a* is found before the state after *b*, so it is expanded before, and its successor by *b* is the
/// state that *b* then *a* lead to. So *a* is in the sleep set of the state after *b*. An action that was in the sleep set
/// before *b*, and is independent of *b*, stays in it for the same reason.
///
/// A sleep set leaves out no state that is new. States and their distances stay the same. Their numbers and parents stay the
/// same, too, unless the model [learns](Model::learn) in another order. Only fewer successors are generated.
///
/// Source: Godefroid, *Partial-Order Methods for the Verification of Concurrent Systems*, 1996, chapter 5. This search is
/// breadth first and keeps every state, so it never expands a state a second time.
pub type SleepSet = u32;

/// A property of all states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property {
    /// As people read it, such as "one value chosen".
    pub name: &'static str,
    /// Whether it must hold in all states or in one of them.
    pub kind: PropertyKind,
}

impl Property {
    /// It must hold in every state.
    #[must_use]
    pub const fn always(name: &'static str) -> Self {
        Self { name, kind: PropertyKind::Always }
    }

    /// It must hold in some state: without it, a search that reaches nothing would find nothing wrong.
    #[must_use]
    pub const fn sometimes(name: &'static str) -> Self {
        Self { name, kind: PropertyKind::Sometimes }
    }
}

/// How a property is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyKind {
    /// One state in which it does not hold is a counterexample.
    Always,
    /// One state in which it holds is enough.
    Sometimes,
}
