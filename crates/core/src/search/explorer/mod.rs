//! Every run there is: a search that reaches all states of a model.
//!
//! A random world shows what *may* happen; only a search that visits everything within its bounds can say that
//! something never does. There is one such search, and it knows nothing of Paxos: a [`Model`] says where it begins,
//! where a state can go, and what must hold. The search goes breadth first, so the first state in which something does
//! not hold is also one of the nearest, and the [`path`](Search::path) to it is a shortest counterexample.
//!
//! **A state is a string of bytes.** The model encodes it, and two states are the same exactly if their bytes are. So the
//! search keeps tens of bytes for each state, never compares by a hash alone, and stays exact: nothing is ever
//! taken for visited that was not.
//!
//! **The order is part of the result.** States are numbered as they are found, and they are expanded in that order. So
//! the same model gives the same numbers, parents and counts on every machine, however the work was cut into slices
//! ([`Search::advance`]) or spread over threads ([`Search::batch`], [`Search::absorb`]).
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

/// A thing to search.
///
/// States are byte strings: a canonical encoding, where equal bytes mean the same state. All methods are functions of
/// what they are given and of what the model has learned; what it has learned only ever grows.
pub trait Model {
    /// Appends the states to begin with, in a fixed order. Their moves lead from nowhere: numbers, and what
    /// sleeps, are ignored.
    fn begin(&mut self, out: &mut Successors);

    /// Appends every state that one move leads to, in a fixed order, each with the number of its move. A number means
    /// something only together with the state it leads from.
    ///
    /// It may leave out moves that are `asleep`, which is what [`Successors::write`] was told when this state was found
    /// first: see [`SleepSet`]. 0 leaves out nothing.
    ///
    /// It only reads, so that several threads can ask at once. `false`: the model has to [`learn`](Self::learn) about
    /// this state first, and `out` is as it was. Once it has answered, it gives the same answer for ever,
    /// as long as the same moves sleep.
    fn successors(&self, state: &[u8], sleep_set: SleepSet, out: &mut Successors) -> bool;

    /// Prepares what [`successors`](Self::successors) needs to answer for this state. It is called in the order of the
    /// states' numbers, and only for states that need it when it is their turn.
    fn learn(&mut self, _state: &[u8]) {}

    /// What must always hold, and what must sometimes happen: at most 32 properties, the same ones at every call.
    fn properties(&self) -> &[Property];

    /// Bit `i`: property `i` is violated (always) or reached (sometimes) in this state. A state's successors can be judged
    /// as soon as they are known.
    fn evaluate(&self, state: &[u8]) -> u32;

    /// The bytes that the model's own tables take; they count against the [`Budget`]. It is asked for each new state, so it
    /// must be quick.
    fn approx_bytes(&self) -> usize {
        0
    }
}

/// Moves of a state that need not be made, because where they lead is known: a set of bits that means what the model
/// wants it to mean.
///
/// Two moves are independent if it does not matter in which order they are made. Say that a state has moves *a* and *b*, in
/// this order, and they are independent. Then *a* sleeps in the state that *b* led to first: the state after *a* came
/// before, so it is expanded before, and *b* leads from there to where *a* would lead from here. What slept already in the
/// state before, and is independent of *b*, sleeps on for the same reason. So nothing that is left out was new: the states
/// and how far away they are stay the same, and their numbers and parents, too, unless the model
/// [learns](Model::learn) in another order; there is only less to look up.
///
/// (Godefroid, *Partial-Order Methods for the Verification of Concurrent Systems*, 1996, chapter 5. Breadth first and with
/// every state kept, no state has to be expanded a second time.)
pub type SleepSet = u32;

/// Something that a search can say about all states.
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
