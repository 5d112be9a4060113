//! The steps of the specification, and what keeps something from being one.

use alloc::string::String;

use serde::Serialize;

use crate::paxos::{Ballot, NodeId, Scheme, Slot, Value};
use crate::text::Piece;

/// The four kinds of steps in Lamport's abstract Paxos. Something is said, and stays said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum SpecActionKind {
    /// Somebody begins a ballot. Always possible.
    Phase1a,
    /// An acceptor promises a ballot that was begun, above all it has promised, and reports its latest vote.
    Phase1b,
    /// A ballot asks for its one value, which the promises of a quorum allow.
    Phase2a,
    /// An acceptor votes for what a ballot asked for, having promised nothing higher.
    Phase2b,
}

/// A step of Lamport's abstract Paxos.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpecAction<V = Value> {
    /// Which kind.
    pub kind: SpecActionKind,
    /// The acceptor that takes it: for 1b and 2b.
    pub node: Option<NodeId>,
    /// The ballot it is about.
    pub ballot: Ballot,
    /// The value asked or voted for: for 2a and 2b.
    pub value: Option<V>,
    /// The slot of a log that this is about, from 1; 0 for all slots at once, and where there is no log.
    #[serde(skip)]
    pub slot: Slot,
}

/// Why something is no step: the condition that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Obstacle {
    /// Nobody has begun the ballot.
    NotBegun,
    /// The acceptor has promised this.
    Promised(Ballot),
    /// The acceptor's latest vote is not the one it reports.
    OtherReport,
    /// No quorum has promised the ballot, or every quorum of promises reports a vote for another value, or none and no
    /// client proposed the value.
    NotAllowed,
    /// The ballot has asked for another value.
    OtherValue,
    /// The ballot has not asked for the value.
    NotAsked,
}

impl<V: Piece> SpecAction<V> {
    /// As in the specification: `Phase1a(3.1)`, `Phase1b(2, 3.1)`, `Phase2a(3.1, blue)`, `Phase2b(2, 3.1, blue)`. In a log,
    /// phase 2 names its slot: `Phase2a(3.1, slot 5, put x 1)`.
    #[must_use]
    pub fn name(&self, scheme: Scheme) -> String {
        let mut name = String::from(match self.kind {
            SpecActionKind::Phase1a => "Phase1a(",
            SpecActionKind::Phase1b => "Phase1b(",
            SpecActionKind::Phase2a => "Phase2a(",
            SpecActionKind::Phase2b => "Phase2b(",
        });
        if let Some(node) = self.node {
            name += &text!(node, ", ");
        }
        scheme.name(self.ballot).put(&mut name);
        if self.slot > 0 {
            name += &text!(", slot ", self.slot);
        }
        if let Some(value) = &self.value {
            name += &text!(", ", value);
        }
        name + ")"
    }

    /// What was done and what speaks against it.
    pub(in crate::check) fn refused(&self, obstacle: Obstacle, scheme: Scheme) -> String {
        let ballot = scheme.name(self.ballot);
        let did = match (self.node, &self.value) {
            (None, None) => text!("Ballot ", ballot, " begins"),
            (Some(node), None) => text!("Server ", node, " promises ", ballot),
            (None, Some(value)) => text!("Ballot ", ballot, " asks for ", value, in_slot(self.slot)),
            (Some(node), Some(value)) => {
                text!("Server ", node, " votes for ", value, in_slot(self.slot), " in ballot ", ballot)
            }
        };
        let but = match obstacle {
            Obstacle::NotBegun => "nobody has begun that ballot",
            Obstacle::Promised(ballot) => &text!("it has promised ", scheme.name(ballot)),
            Obstacle::OtherReport => "what it reports is not its latest vote",
            Obstacle::NotAllowed => "no quorum of promises allows that value",
            Obstacle::OtherValue => "it has asked for another value",
            Obstacle::NotAsked => "that ballot has not asked for that value",
        };
        text!(did, ", but ", but, ".")
    }
}

/// Where something is, for a sentence: ` in slot 5`; nothing where there is no log.
pub(in crate::check) fn in_slot(slot: Slot) -> String {
    if slot == 0 { String::new() } else { text!(" in slot ", slot) }
}
