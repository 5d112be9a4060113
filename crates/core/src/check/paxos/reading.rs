//! How one step of a run reads.

use alloc::vec::Vec;

use super::{SpecAction, Violation};
use crate::paxos::Chosen;

/// Something only an all-knowing observer can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::check) enum Finding<V> {
    /// A value has been chosen.
    Chosen(Chosen<V>),
    /// An invariant is broken.
    Violated(Violation<V>),
}

/// How the facts of one step read.
#[derive(Debug)]
pub(in crate::check) struct Reading<V> {
    /// The position of the fact that is being read.
    pub(in crate::check) position: usize,
    /// The steps of the specification that the facts are, each with the position of its fact.
    pub(in crate::check) steps: Vec<(usize, SpecAction<V>)>,
    /// What in them is none, though it should be: the first of each kind in a run.
    pub(in crate::check) strays: Vec<Violation<V>>,
    /// What else has come of them.
    pub(in crate::check) findings: Vec<Finding<V>>,
}

impl<V> Default for Reading<V> {
    fn default() -> Self {
        Self { position: 0, steps: Vec::new(), strays: Vec::new(), findings: Vec::new() }
    }
}
