//! Events: what happened, and when.

use alloc::vec::Vec;

use serde::Serialize;

use super::Circumstances;
use crate::check::{Finding, SpecStep, Violation};
#[cfg(feature = "log")]
use crate::log::Entry;
use crate::paxos::Chosen;
use crate::sim::{Fact, Time};

/// What an event is about: something in the world, or something only an observer of the whole can say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum EventKind {
    /// It happened in the world.
    Fact(Fact),
    /// A value has been chosen.
    Chosen(Chosen),
    /// An invariant is broken.
    Violated(Violation),
    /// In a log, an entry has been chosen in its slot.
    #[cfg(feature = "log")]
    ChosenInSlot(Chosen<Entry>),
}

impl From<Finding> for EventKind {
    fn from(finding: Finding) -> Self {
        match finding {
            Finding::Chosen(chosen) => Self::Chosen(chosen),
            Finding::Violated(violation) => Self::Violated(violation),
            #[cfg(feature = "log")]
            Finding::ChosenInSlot(chosen) => Self::ChosenInSlot(chosen),
        }
    }
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The step that made it, from 1.
    pub step: u64,
    /// When, in simulated milliseconds.
    pub at: Time,
    /// What.
    pub kind: EventKind,
    /// Which steps of the specification it is: mostly none. It follows from all that happened, and is no part of a digest.
    #[serde(skip)]
    pub spec: Vec<SpecStep>,
    /// What held when it happened, for its sentence; no part of a digest.
    #[serde(skip)]
    pub known: Circumstances,
}
