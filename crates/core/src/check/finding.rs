//! What an observer has to say about one step, whatever protocol it watches.

use alloc::string::String;
use alloc::vec::Vec;

use super::paxos::{self, Reading};
use super::{SpecAction, Violation};
#[cfg(feature = "log")]
use crate::log::Entry;
use crate::paxos::{Chosen, Scheme, Value};

/// Something only an all-knowing observer can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A value has been chosen.
    Chosen(Chosen),
    /// An invariant is broken.
    Violated(Violation),
    /// In a log, an entry has been chosen in its slot.
    #[cfg(feature = "log")]
    ChosenInSlot(Chosen<Entry>),
}

/// A step of the specification that a fact is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecStep {
    /// Of its one run.
    Paxos(SpecAction),
    /// Of the run that a slot of a log is.
    #[cfg(feature = "log")]
    Log(SpecAction<Entry>),
}

impl SpecStep {
    /// As in the specification: see [`SpecAction::name`].
    #[must_use]
    pub fn name(&self, scheme: Scheme) -> String {
        match self {
            Self::Paxos(step) => step.name(scheme),
            #[cfg(feature = "log")]
            Self::Log(step) => step.name(scheme),
        }
    }

    /// That of single-decree Paxos; `None` of a log.
    #[must_use]
    pub const fn paxos(&self) -> Option<&SpecAction> {
        match self {
            Self::Paxos(step) => Some(step),
            #[cfg(feature = "log")]
            Self::Log(_) => None,
        }
    }
}

/// What the observer has to say about one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The steps of the specification that the facts are, each with the position of its fact. Most facts are none.
    pub steps: Vec<(usize, SpecStep)>,
    /// What else has come of them.
    pub findings: Vec<Finding>,
}

impl From<Reading<Value>> for Observed {
    fn from(Reading { steps, findings, .. }: Reading<Value>) -> Self {
        let steps = steps.into_iter().map(|(position, step)| (position, SpecStep::Paxos(step)));
        let findings = findings.into_iter().map(|finding| match finding {
            paxos::Finding::Chosen(chosen) => Finding::Chosen(chosen),
            paxos::Finding::Violated(violation) => Finding::Violated(Violation::Paxos(violation)),
        });
        Self { steps: steps.collect(), findings: findings.collect() }
    }
}
