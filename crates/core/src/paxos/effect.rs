//! What goes into a server and what comes out of it.
//!
//! This is the whole surface between the algorithm and the world that runs it: inputs, ordered effects, and traces.
//!
//! A [`Trace`] is what is told of a decision: what the server did, and what it compared to decide so. The server that
//! decides says it, at the place where it decides. Facts that only explain are skipped where a trace is serialised, so
//! that a better explanation changes no digest.

use alloc::vec::Vec;

use serde::Serialize;

use super::{
    Ballot, BallotsExhausted, Chosen, Known, Late, Loose, Message, MessageKind, Nack, NodeId, NodeSet, Record, Rule,
    Value, Vote,
};

words! {
    /// Something a server waits for. Setting a timer that is set starts it anew.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    pub enum Timer {
        /// The proposer tries again.
        Retry = "retry",
        /// The server voted, and never heard what came of it: it will find out by proposing (*Paxos Made Simple*,
        /// §2.3).
        Learn = "learn",
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
    /// What the algorithm just did. Changes nothing.
    Trace(Trace),
}

/// One thing the algorithm did, with what made it do so. Digests count on the order of these: add at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Trace {
    /// A client asked for a value.
    Proposed {
        /// The value.
        value: Value,
        /// The ballot of the attempt that is under way; it goes on.
        #[serde(skip)]
        during: Option<Ballot>,
    },
    /// Phase 1 begins.
    Prepares {
        /// The ballot it is about.
        ballot: Ballot,
        /// What it had to go above.
        #[serde(skip)]
        known: Known,
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
        /// The ballot of its latest vote in the slot before this one.
        #[serde(skip)]
        voted: Option<Ballot>,
        /// The rule that is off and would have had it otherwise.
        #[serde(skip)]
        although: Option<Rule>,
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
        /// The ballot whose quorum it is to be: another one than the answer's only if a rule is off.
        #[serde(skip)]
        towards: Ballot,
        /// Those of the answers so far that count only because a rule is off.
        #[serde(skip)]
        loose: Vec<Loose>,
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
        /// The ballot whose quorum it is: another one than the answer's only if a rule is off.
        #[serde(skip)]
        towards: Ballot,
        /// Those of the answers that count only because a rule is off.
        #[serde(skip)]
        loose: Vec<Loose>,
        /// How many answers make a quorum while all rules hold.
        #[serde(skip)]
        size: u32,
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
        /// The highest vote reported and by whom, where it is another one because a rule is off.
        #[serde(skip)]
        passed_over: Option<(Vote, NodeId)>,
    },
    /// The proposer proposes its client's value: no vote was reported. If one was, a rule is off, and this is the highest
    /// and whose message told of it.
    FreeChoice(Vote, #[serde(skip)] Option<(Vote, NodeId)>),
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
    Learned {
        /// The vote that is chosen, and whose votes were counted.
        chosen: Chosen,
        /// Those of the votes that count only because a rule is off.
        #[serde(skip)]
        loose: Vec<Loose>,
        /// How many votes make a quorum while all rules hold.
        #[serde(skip)]
        size: u32,
    },
    /// The message concerns a role this server does not play, or no longer may.
    NotMyRole {
        /// Who sent the message.
        from: NodeId,
        /// Which kind of message.
        message: MessageKind,
        /// Whether it played that role until its disk was lost.
        #[serde(skip)]
        lost: bool,
    },
    /// The message came too late to matter.
    Stale {
        /// Who sent the message.
        from: NodeId,
        /// Which kind of message.
        message: MessageKind,
        /// The ballot it is about.
        ballot: Ballot,
        /// Why it is too late.
        #[serde(skip)]
        late: Late,
    },
}
