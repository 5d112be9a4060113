//! What goes into a server and what comes out of it.
//!
//! This is the whole surface between the algorithm and the world that runs it: inputs, ordered effects, and notes for
//! whoever watches.

use serde::Serialize;

use super::{Ballot, BallotsExhausted, Chosen, Message, MessageKind, Nack, NodeId, NodeSet, Record, Value, Vote};

/// Something a server waits for. Setting a timer that is set starts it anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Timer {
    /// The proposer tries again.
    Retry,
    /// The server voted, and never heard what came of it: it will find out by proposing (*Paxos Made Simple*, §2.3).
    Learn,
}

impl Timer {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Retry, Self::Learn];

    /// Its name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Learn => "learn",
        }
    }
}

/// What happens to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// It has just started, for the first time or again.
    Start,
    /// A client asks it to propose.
    Request(Value),
    /// A message reaches it.
    Receive {
        /// Who sent it.
        from: NodeId,
        /// What it says.
        message: Message,
    },
    /// A timer it set has run out.
    Timeout(Timer),
}

/// What a server does about it, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make this durable.
    Write(Record),
    /// Say this, once everything written before is durable.
    Send {
        /// To whom; possibly itself.
        to: NodeId,
        /// What.
        message: Message,
    },
    /// Wake me up. The more failed tries, the later.
    SetTimer {
        /// Which timer.
        timer: Timer,
        /// Failed tries so far.
        tries: u32,
    },
    /// Do not, after all.
    CancelTimer(Timer),
    /// For whoever watches: what the algorithm just did. Changes nothing.
    Trace(Trace),
}

/// One thing the algorithm did, with what made it do so. Digests count on the order of these: add at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Trace {
    /// A client asked for a value.
    Proposed(Value),
    /// Phase 1 begins.
    Prepares {
        /// The ballot it is about.
        ballot: Ballot,
    },
    /// The acceptor promised.
    Promised {
        /// To whom.
        to: NodeId,
        /// The ballot it is about.
        ballot: Ballot,
        /// What was promised before.
        before: Option<Ballot>,
        /// The vote reported along with it.
        reports: Option<Vote>,
    },
    /// The acceptor voted.
    Accepted {
        /// The vote.
        vote: Vote,
        /// What was promised before.
        before: Option<Ballot>,
        /// Whether it had cast this very vote before.
        again: bool,
    },
    /// The acceptor refused.
    Rejected {
        /// To whom.
        to: NodeId,
        /// Which request was refused.
        request: MessageKind,
        /// The refusal, with the promise that caused it.
        nack: Nack,
    },
    /// An answer was counted, and it was not yet enough.
    Counted {
        /// Who sent the message.
        from: NodeId,
        /// Which kind of answer.
        answer: MessageKind,
        /// The ballot it is about.
        ballot: Ballot,
        /// Who has answered so far.
        have: NodeSet,
        /// How many answers make a quorum.
        needed: u32,
    },
    /// An answer completed a quorum.
    Quorum {
        /// Who sent the message.
        from: NodeId,
        /// Which kind of answer.
        answer: MessageKind,
        /// The ballot it is about.
        ballot: Ballot,
        /// Who answered.
        nodes: NodeSet,
    },
    /// The proposer must propose a value that somebody voted for.
    Adopted {
        /// The vote.
        vote: Vote,
        /// The highest vote reported.
        reported: Vote,
        /// Whose message told of it.
        by: NodeId,
        /// What the proposer's own client wants.
        asked: Option<Value>,
    },
    /// The proposer may propose its client's value.
    FreeChoice(Vote),
    /// The proposer has nothing to propose.
    NothingToPropose {
        /// The ballot it is about.
        ballot: Ballot,
    },
    /// The proposer gave an attempt up, because of a higher promise.
    GaveUp {
        /// The ballot it is about.
        ballot: Ballot,
        /// The higher ballot promised.
        promised: Ballot,
        /// Whose message told of it.
        by: NodeId,
    },
    /// The proposer has no ballot left that is high enough.
    BallotsExhausted(BallotsExhausted),
    /// The learner knows.
    Learned(Chosen),
    /// The message concerns a role this server does not play, or no longer may.
    NotMyRole {
        /// Who sent the message.
        from: NodeId,
        /// Which kind of message.
        message: MessageKind,
    },
    /// The message came too late to matter.
    Stale {
        /// Who sent the message.
        from: NodeId,
        /// Which kind of message.
        message: MessageKind,
        /// The ballot it is about.
        ballot: Ballot,
    },
}
