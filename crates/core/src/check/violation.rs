//! A broken invariant, of whatever protocol.

use alloc::string::String;

use serde::Serialize;

use super::Invariant;
use super::paxos;
use crate::paxos::Scheme;

/// A broken invariant, with what broke it. It serialises as what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Violation {
    /// Of single-decree Paxos.
    Paxos(paxos::Violation),
    /// Of a replicated log.
    #[cfg(feature = "log")]
    Log(super::LogViolation),
}

impl Violation {
    /// Which invariant it breaks.
    #[must_use]
    pub const fn invariant(&self) -> Invariant {
        match self {
            Self::Paxos(violation) => violation.invariant(),
            #[cfg(feature = "log")]
            Self::Log(violation) => violation.invariant(),
        }
    }

    /// What went wrong, in one sentence.
    #[must_use]
    pub fn sentence(&self, scheme: Scheme) -> String {
        match self {
            Self::Paxos(violation) => violation.sentence(scheme),
            #[cfg(feature = "log")]
            Self::Log(violation) => violation.sentence(scheme),
        }
    }

    /// Which step of the specification there would have to be, for those who know its names; empty for what breaks another
    /// invariant.
    #[must_use]
    pub fn in_the_specification(&self, scheme: Scheme) -> String {
        match self {
            Self::Paxos(violation) => violation.in_the_specification(scheme),
            #[cfg(feature = "log")]
            Self::Log(violation) => violation.in_the_specification(scheme),
        }
    }
}
