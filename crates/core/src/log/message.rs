//! The messages of a replicated log.
//!
//! | from | message | means |
//! |---|---|---|
//! | server | heartbeat | I am here; this is the ballot I follow, and so far do I know the log |
//! | candidate | prepare | promise me not to vote below this ballot, in all slots from this one on |
//! | acceptor | promise | I will not; and these are the votes I cast there |
//! | leader | accept | vote for this command in this slot |
//! | acceptor | accepted | I voted |
//! | acceptor | nack | I cannot, or you do not: I have promised a higher ballot |
//! | learner | fetch | tell me what is chosen in these slots |
//! | server | fetched | this is |
//! | server | snapshot | I do not keep these slots any more: this is what they came to |
//! | leader | confirm | do I still lead, as far as you know? I want to answer reads |
//! | acceptor | confirmed | you do: I have promised nothing above your ballot |
//! | client | request | do this |
//! | server | answer | it is done; or: somebody else leads |

use alloc::{sync::Arc, vec::Vec};

use serde::Serialize;

use super::{ClientId, Command, Entry, Output, Snapshot};
use crate::paxos::{self, Ballot, NodeId, Slot, Vote};

/// A sign of life, sent to all others again and again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Heartbeat {
    /// The ballot that the sender follows: the highest it promised, or the one it leads with.
    pub ballot: Option<Ballot>,
    /// Whether it leads.
    pub leads: bool,
    /// Whether it is content: it leads and hears a quorum, or it hears a leader that is content.
    pub content: bool,
    /// It knows that every slot up to this one is chosen.
    pub chosen_to: Slot,
}

/// Phase 1b: a promise for all slots from the one that was asked about on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Promise {
    /// The ballot promised, and the latest vote in each of those slots.
    pub promise: paxos::Promise<Entry>,
    /// The sender knows that every slot up to this one is chosen.
    pub chosen_to: Slot,
    /// The first slot that the sender still has its votes of. Below it a missing vote says nothing.
    pub kept_from: Slot,
}

/// Phase 2a: a request to vote in one slot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Accept {
    /// The vote that is asked for.
    pub vote: Vote<Entry>,
    /// The index: the leader knows that every slot up to this one is chosen.
    pub chosen_to: Slot,
}

/// Phase 2b: the vote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Accepted {
    /// The ballot voted in.
    pub ballot: Ballot,
    /// The slot voted in.
    pub slot: Slot,
}

/// A request for the chosen entries of some slots.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fetch {
    /// The ballot that the sender follows.
    pub ballot: Option<Ballot>,
    /// The first slot wanted.
    pub from: Slot,
    /// The last slot wanted.
    pub to: Slot,
}

/// Chosen entries, one for each slot from `from` on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fetched {
    /// The ballot that the sender follows.
    pub ballot: Option<Ballot>,
    /// The first slot.
    pub from: Slot,
    /// What is chosen in it and in those behind it: at most [`BATCH`](super::BATCH).
    pub entries: Vec<Entry>,
}

/// What slots came to that the sender does not keep any more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FetchedSnapshot {
    /// The ballot that the sender follows.
    pub ballot: Option<Ballot>,
    /// The sender's latest durable snapshot.
    pub snapshot: Arc<Snapshot>,
}

/// A leader asks whether it still leads, so that it may answer reads from its store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Confirm {
    /// The ballot it leads with.
    pub ballot: Ballot,
    /// Its questions are numbered from 1 on: an answer to an earlier one says nothing about now.
    pub question: u64,
}

/// It does: the sender has promised no higher ballot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Confirmed {
    /// The ballot that was asked about.
    pub ballot: Ballot,
    /// The number of the question.
    pub question: u64,
}

/// What a server answers a client.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Reply {
    /// The operation took effect, and this is its result.
    Done {
        /// The result.
        output: Output,
        /// The slot of the log in which it took effect; of a read that has no slot, the last one applied in the store that it read.
        slot: Slot,
    },
    /// This server does not lead. The operation was not taken.
    NotLeader {
        /// Who leads, as far as it knows.
        leader: Option<NodeId>,
    },
    /// A later operation of the same client has taken effect already: a client's sequence numbers never go back.
    Old {
        /// The sequence number of that operation.
        latest: u32,
    },
    /// Nobody knows whether the operation took effect: the client's session made room for another one since the client took its
    /// number. It was not taken now.
    Expired {
        /// Every slot up to this one is chosen: with a new number, the client may say that it knows that.
        from: Slot,
    },
}

/// An answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Answer {
    /// Whose request.
    pub client: ClientId,
    /// Which of its operations.
    pub seq: u32,
    /// What is answered.
    pub reply: Reply,
}

/// What servers and clients say to each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Message {
    /// A sign of life.
    Heartbeat(Heartbeat),
    /// Phase 1a.
    Prepare(paxos::Prepare),
    /// Phase 1b.
    Promise(Promise),
    /// Phase 2a.
    Accept(Accept),
    /// Phase 2b.
    Accepted(Accepted),
    /// A refusal of a prepare or an accept.
    Nack(paxos::Nack),
    /// A request for chosen entries.
    Fetch(Fetch),
    /// Chosen entries.
    Fetched(Fetched),
    /// A client's operation.
    Request(Arc<Command>),
    /// The answer to it.
    Answer(Answer),
    /// A snapshot, in place of entries that are not kept.
    Snapshot(FetchedSnapshot),
    /// The question whether its sender still leads.
    Confirm(Confirm),
    /// It does.
    Confirmed(Confirmed),
}

words! {
    /// The name of a kind of message.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
    pub enum MessageKind {
        /// A sign of life.
        Heartbeat = "heartbeat",
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
        /// A request for chosen entries.
        Fetch = "fetch",
        /// Chosen entries.
        Fetched = "fetched",
        /// A client's operation.
        Request = "request",
        /// The answer to it.
        Answer = "answer",
        /// A snapshot, in place of entries that are not kept.
        Snapshot = "snapshot",
        /// The question whether its sender still leads.
        Confirm = "confirm",
        /// It does.
        Confirmed = "confirmed",
    }
}

impl MessageKind {
    /// Whether a message of this kind has no limit but the store's, so that real servers may send it in pieces.
    #[must_use]
    pub const fn may_be_large(self) -> bool {
        matches!(self, Self::Snapshot | Self::Promise | Self::Fetched)
    }
}

impl Message {
    /// Which kind it is.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        match self {
            Self::Heartbeat(_) => MessageKind::Heartbeat,
            Self::Prepare(_) => MessageKind::Prepare,
            Self::Promise(_) => MessageKind::Promise,
            Self::Accept(_) => MessageKind::Accept,
            Self::Accepted(_) => MessageKind::Accepted,
            Self::Nack(_) => MessageKind::Nack,
            Self::Fetch(_) => MessageKind::Fetch,
            Self::Fetched(_) => MessageKind::Fetched,
            Self::Request(_) => MessageKind::Request,
            Self::Answer(_) => MessageKind::Answer,
            Self::Snapshot(_) => MessageKind::Snapshot,
            Self::Confirm(_) => MessageKind::Confirm,
            Self::Confirmed(_) => MessageKind::Confirmed,
        }
    }

    /// The message of single-decree Paxos that leaves its server under the same rules about the disk: what it rests on must
    /// be durable. All others rest on nothing that is not durable already. An accept rests on its ballot, and so did the
    /// prepare that came before it.
    #[must_use]
    pub const fn rests_like(&self) -> Option<paxos::MessageKind> {
        match self {
            Self::Prepare(_) => Some(paxos::MessageKind::Prepare),
            Self::Promise(_) => Some(paxos::MessageKind::Promise),
            Self::Accepted(_) => Some(paxos::MessageKind::Accepted),
            _ => None,
        }
    }

    /// Whether it has to wait until everything written before it is durable.
    #[must_use]
    pub const fn waits_for_disk(&self, rules: paxos::Rules) -> bool {
        match self.rests_like() {
            Some(kind) => rules.waits_for_disk(kind),
            None => false,
        }
    }

    /// The ballot that its sender is in, as far as the message tells; that of a nack is the promise that caused it.
    #[must_use]
    pub const fn ballot(&self) -> Option<Ballot> {
        match self {
            Self::Heartbeat(Heartbeat { ballot, .. })
            | Self::Fetch(Fetch { ballot, .. })
            | Self::Fetched(Fetched { ballot, .. })
            | Self::Snapshot(FetchedSnapshot { ballot, .. }) => *ballot,
            Self::Prepare(paxos::Prepare { ballot, .. })
            | Self::Promise(Promise { promise: paxos::Promise { ballot, .. }, .. })
            | Self::Accept(Accept { vote: Vote { ballot, .. }, .. })
            | Self::Accepted(Accepted { ballot, .. })
            | Self::Confirm(Confirm { ballot, .. })
            | Self::Confirmed(Confirmed { ballot, .. })
            | Self::Nack(paxos::Nack { promised: ballot, .. }) => Some(*ballot),
            Self::Request(_) | Self::Answer(_) => None,
        }
    }
}
