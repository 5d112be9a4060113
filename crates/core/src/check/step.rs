//! The steps of the specification, and what keeps something from being one.

use alloc::{format, string::String};

use serde::Serialize;

use crate::paxos::{Ballot, NodeId, Scheme, Value};

/// A step of Lamport's abstract Paxos: something is said, and stays said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Step {
    /// Somebody begins a ballot. Always possible.
    Phase1a(Ballot),
    /// An acceptor promises a ballot that was begun, above all it has promised, and reports its latest vote.
    Phase1b(NodeId, Ballot),
    /// A ballot asks for its one value, which the promises of a quorum allow.
    Phase2a(Ballot, Value),
    /// An acceptor votes for what a ballot asked for, having promised nothing higher.
    Phase2b(NodeId, Ballot, Value),
}

/// Why something is no step: the condition that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Obstacle {
    /// Nobody had begun the ballot.
    NotBegun,
    /// The acceptor had promised this.
    Promised(Ballot),
    /// The acceptor's latest vote is not the one it reports.
    OtherReport,
    /// The ballot had asked for this value.
    AskedFor(Value),
    /// The ballot had asked for nothing.
    NotAsked,
    /// Too few had promised the ballot.
    NoQuorum,
    /// Every quorum of promises reports votes for other values; or they report none, and no client proposed the value.
    NotAllowed,
}

impl Step {
    /// As in the specification: `Phase1a(3.1)`, `Phase1b(2, 3.1)`, `Phase2a(3.1, blue)`, `Phase2b(2, 3.1, blue)`.
    #[must_use]
    pub fn name(&self, scheme: Scheme) -> String {
        match self {
            Self::Phase1a(ballot) => format!("Phase1a({})", scheme.name(*ballot)),
            Self::Phase1b(node, ballot) => format!("Phase1b({node}, {})", scheme.name(*ballot)),
            Self::Phase2a(ballot, value) => format!("Phase2a({}, {value})", scheme.name(*ballot)),
            Self::Phase2b(node, ballot, value) => format!("Phase2b({node}, {}, {value})", scheme.name(*ballot)),
        }
    }

    /// What was done, and why it is no step, in one sentence.
    pub(super) fn refused(&self, obstacle: &Obstacle, scheme: Scheme) -> String {
        let did = match self {
            Self::Phase1a(ballot) => format!("Ballot {} begins", scheme.name(*ballot)),
            Self::Phase1b(node, ballot) => format!("Server {node} promises {}", scheme.name(*ballot)),
            Self::Phase2a(ballot, value) => format!("Ballot {} asks for {value}", scheme.name(*ballot)),
            Self::Phase2b(node, ballot, value) => {
                format!("Server {node} votes for {value} in ballot {}", scheme.name(*ballot))
            }
        };
        let but = match obstacle {
            Obstacle::NotBegun => "nobody had begun it".into(),
            Obstacle::Promised(ballot) => format!("it had promised {}", scheme.name(*ballot)),
            Obstacle::OtherReport => "the vote it reports is not its latest".into(),
            Obstacle::AskedFor(value) => format!("that ballot had asked for {value}"),
            Obstacle::NotAsked => "nobody had asked for that".into(),
            Obstacle::NoQuorum => "no quorum had promised it".into(),
            Obstacle::NotAllowed => "no quorum of promises allows that".into(),
        };
        format!("{did}, and {but}: no step of the specification allows that.")
    }
}
