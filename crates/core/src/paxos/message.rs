//! The five messages of single-decree Paxos (*Paxos Made Simple*, §2.2).
//!
//! | from | message | means |
//! |---|---|---|
//! | proposer | prepare | promise me not to vote below this ballot |
//! | acceptor | promise | I will not; and this is the vote I cast |
//! | proposer | accept | vote for this value in this ballot |
//! | acceptor | accepted | I voted |
//! | acceptor | nack | I cannot: I have promised a higher ballot |

use alloc::vec::Vec;

use serde::Serialize;

use super::{Ballot, Value};

/// The position in a log that a value is agreed for. Single-decree Paxos has one: slot 0.
pub type Slot = u64;

/// What an acceptor accepted in one slot: a value in a ballot. An acceptor does not care what values are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Vote<V = Value> {
    /// The slot voted in.
    pub slot: Slot,
    /// The ballot voted in.
    pub ballot: Ballot,
    /// The value voted for.
    pub value: V,
}

/// Phase 1a: a request to promise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Prepare {
    /// The ballot to be promised.
    pub ballot: Ballot,
    /// The first slot it is for; votes in this slot and above are to be reported.
    pub from: Slot,
}

/// Phase 1b: a promise not to accept anything below `ballot`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Promise<V = Value> {
    /// The ballot promised.
    pub ballot: Ballot,
    /// The latest vote in each slot that was asked about, lowest slot first.
    pub accepted: Vec<Vote<V>>,
}

/// Phase 2a: a request to vote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Accept<V = Value>(pub Vote<V>);

/// Phase 2b: the vote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Accepted<V = Value>(pub Vote<V>);

/// A refusal, carrying the promise that caused it (§2.3: an acceptor that ignores a request "should probably
/// inform the proposer, who should then abandon its proposal").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Nack {
    /// The ballot refused.
    pub ballot: Ballot,
    /// The higher ballot that the acceptor has promised.
    pub promised: Ballot,
}

/// What one server says to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Message {
    /// Phase 1a.
    Prepare(Prepare),
    /// Phase 1b.
    Promise(Promise),
    /// Phase 2a.
    Accept(Accept),
    /// Phase 2b.
    Accepted(Accepted),
    /// A refusal of either request.
    Nack(Nack),
}

words! {
    /// The name of a kind of message.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
    pub enum MessageKind {
        /// Phase 1a.
        Prepare = "prepare",
        /// Phase 1b.
        Promise = "promise",
        /// Phase 2a.
        Accept = "accept",
        /// Phase 2b.
        Accepted = "accepted",
        /// A refusal.
        Nack = "nack",
    }
}

impl Message {
    /// Which kind it is.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        match self {
            Self::Prepare(_) => MessageKind::Prepare,
            Self::Promise(_) => MessageKind::Promise,
            Self::Accept(_) => MessageKind::Accept,
            Self::Accepted(_) => MessageKind::Accepted,
            Self::Nack(_) => MessageKind::Nack,
        }
    }

    /// The ballot it is about.
    #[must_use]
    pub const fn ballot(&self) -> Ballot {
        match self {
            Self::Prepare(Prepare { ballot, .. })
            | Self::Promise(Promise { ballot, .. })
            | Self::Accept(Accept(Vote { ballot, .. }))
            | Self::Accepted(Accepted(Vote { ballot, .. }))
            | Self::Nack(Nack { ballot, .. }) => *ballot,
        }
    }

    /// The slot and value it carries: those of an accept or an accepted.
    #[must_use]
    pub const fn vote(&self) -> Option<&Vote> {
        match self {
            Self::Accept(Accept(vote)) | Self::Accepted(Accepted(vote)) => Some(vote),
            _ => None,
        }
    }
}
