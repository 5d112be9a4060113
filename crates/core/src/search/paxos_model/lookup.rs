//! Two ways to ask the transition table.
//!
//! The same code expands a state and prepares its expansion. With [`Frozen`] it only reads the table, so that threads can share
//! it, and it stops where something is not known yet. With [`Learning`] it executes what is not known.

use super::cell::TransitionId;
use super::component::{ComponentState, Decomposed};
use super::local_event::LocalEvent;
use super::transition_table::TransitionTable;

/// The table has to learn something first.
pub(super) struct Unknown;

/// A way to ask the transition table.
pub(super) trait Lookup {
    fn table(&self) -> &TransitionTable;

    /// What an event does to a component; `None`: it cannot happen now, or changes nothing.
    fn transition(&mut self, at: ComponentState, event: LocalEvent) -> Result<Option<TransitionId>, Unknown>;

    /// Whether a packet can change this component; `refusals`: whether being refused counts as a change.
    fn is_relevant(&mut self, at: ComponentState, packet: u32, refusals: bool) -> Result<bool, Unknown>;

    /// The set with one more vote.
    fn with_vote(&mut self, set: u32, vote: u32) -> Result<u32, Unknown>;

    /// The components of a server that can begin no further ballot.
    fn decomposed(&mut self, node: usize, server: u32) -> Result<Decomposed, Unknown>;
}

/// A table that is only read.
pub(super) struct Frozen<'a>(pub(super) &'a TransitionTable);

/// A table that learns what it does not know.
pub(super) struct Learning<'a>(pub(super) &'a mut TransitionTable);

impl Lookup for Frozen<'_> {
    #[inline]
    fn table(&self) -> &TransitionTable {
        self.0
    }

    #[inline]
    fn transition(&mut self, at: ComponentState, event: LocalEvent) -> Result<Option<TransitionId>, Unknown> {
        Ok(self.0.entry(at, event).ok_or(Unknown)?.transition())
    }

    #[inline]
    fn is_relevant(&mut self, at: ComponentState, packet: u32, refusals: bool) -> Result<bool, Unknown> {
        Ok(self.0.entry(at, LocalEvent::Deliver(packet)).ok_or(Unknown)?.is_relevant(refusals))
    }

    #[inline]
    fn with_vote(&mut self, set: u32, vote: u32) -> Result<u32, Unknown> {
        self.0.vote_sets.with_vote(set, vote).ok_or(Unknown)
    }

    fn decomposed(&mut self, node: usize, server: u32) -> Result<Decomposed, Unknown> {
        self.0.decomposed(node, server).ok_or(Unknown)
    }
}

impl Lookup for Learning<'_> {
    fn table(&self) -> &TransitionTable {
        self.0
    }

    fn transition(&mut self, at: ComponentState, event: LocalEvent) -> Result<Option<TransitionId>, Unknown> {
        Ok(self.0.learn(at, event).transition())
    }

    fn is_relevant(&mut self, at: ComponentState, packet: u32, refusals: bool) -> Result<bool, Unknown> {
        Ok(self.0.learn(at, LocalEvent::Deliver(packet)).is_relevant(refusals))
    }

    fn with_vote(&mut self, set: u32, vote: u32) -> Result<u32, Unknown> {
        Ok(self.0.learn_with_vote(set, vote))
    }

    fn decomposed(&mut self, node: usize, server: u32) -> Result<Decomposed, Unknown> {
        Ok(self.0.learn_decomposed(node, server))
    }
}
