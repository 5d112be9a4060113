//! What goes into a server and what comes out of it.
//!
//! A [`Trace`] tells of a decision: what the server did, and what it compared to decide so.

use alloc::sync::Arc;

use serde::Serialize;

use super::{
    Applied, Because, ClientId, Command, Entry, Message, MessageKind, Output, Record, Reply, Rule, Snapshot, Stored,
};
use crate::endpoint::Endpoint;
use crate::paxos::{self, Ballot, BallotsExhausted, Known, Nack, NodeId, NodeSet, Slot};

words! {
    /// Something a server waits for. Setting a timer that is set starts it anew.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    pub enum Timer {
        /// To send the next heartbeat.
        Heartbeat = "heartbeat",
        /// To stand for leader, if there is still reason to: a random time, so that two do not stand at once.
        Stand = "stand",
        /// To repeat what was not answered.
        Repeat = "repeat",
    }
}

/// What happens to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// It has just started, for the first time or again.
    Start,
    /// A message reaches it.
    Receive {
        /// Who sent it.
        from: Endpoint,
        /// What it says.
        message: Message,
    },
    /// A timer it set has run out.
    Timeout(Timer),
    /// Somebody lets it stand for leader now, whomever it hears. That may be unwise, and it is never unsafe.
    Stand,
    /// Somebody lets it take a snapshot now.
    TakeSnapshot,
    /// A snapshot that it wrote is durable, and the votes that it takes the place of are gone from the disk.
    Stored(Stored),
}

/// What a server does about it, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make this durable.
    Write(Record),
    /// Let the votes that make room for this snapshot go at once, whether it is durable or not. Only where
    /// [`Rule::TruncateAfterDurable`] is off: a disk does that by itself when the snapshot becomes durable.
    Forget(Stored),
    /// Say this, once everything written before is durable.
    Send {
        /// To whom; possibly itself.
        to: Endpoint,
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

/// How a server came to know that a slot is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum How {
    /// It leads, and counted these votes.
    Counted(NodeSet),
    /// It voted in this ballot, and the index that came with the ballot covers the slot.
    Index {
        /// The ballot that the index came with.
        ballot: Ballot,
        /// Who sent it.
        by: NodeId,
        /// The ballot that it voted in.
        #[serde(skip)]
        voted: Ballot,
        /// The rule that is off, where the vote was cast in another ballot.
        although: Option<Rule>,
    },
    /// It asked.
    Fetched {
        /// Who told it.
        by: NodeId,
    },
}

/// One thing the algorithm did, with what made it do so. Digests count on the order of these: add at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Trace {
    /// It waits a random time, and will then stand for leader: it is not content, and neither is anybody it hears.
    Discontent {
        /// Whom it hears.
        hears: NodeSet,
        /// The rule that is off, where it would not have thought of it otherwise.
        although: Option<Rule>,
    },
    /// Phase 1 begins, for all slots from this one on.
    Stands {
        /// Its ballot.
        ballot: Ballot,
        /// The first slot asked about.
        from: Slot,
        /// What its ballot had to go above.
        #[serde(skip)]
        known: Known,
    },
    /// It has no ballot left that is high enough.
    BallotsExhausted(BallotsExhausted),
    /// The acceptor promised.
    Promised {
        /// To whom.
        to: NodeId,
        /// The ballot promised.
        ballot: Ballot,
        /// What was promised before.
        before: Option<Ballot>,
        /// How many votes it reports.
        votes: u32,
        /// The first slot asked about.
        from: Slot,
        /// The rule that is off, where it leaves votes out because of that.
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
    /// A promise was counted.
    Counted {
        /// Who promised.
        from: NodeId,
        /// Who has promised so far.
        have: NodeSet,
        /// How many promises make a quorum.
        needed: u32,
    },
    /// It has a quorum of promises, and somebody who promised knows the log further: it learns that first.
    CatchesUp {
        /// Its ballot.
        ballot: Ballot,
        /// Whom it asks.
        from: NodeId,
        /// Up to which slot.
        to: Slot,
    },
    /// Phase 1 is over: it leads.
    Leads {
        /// Its ballot.
        ballot: Ballot,
        /// Who promised.
        promises: NodeSet,
        /// How many slots it has to finish first.
        found: u32,
        /// The first slot that is free.
        next: Slot,
        /// The rule that is off, where it leaves a gap open or takes a slot for free that is not.
        although: Option<Rule>,
    },
    /// A leader proposes what it must in a slot: what was found, or a no-op.
    Finishes {
        /// Its ballot.
        ballot: Ballot,
        /// The slot.
        slot: Slot,
        /// What it proposes.
        entry: Entry,
        /// Why.
        because: Because,
    },
    /// A client's request arrived at the leader.
    Asked {
        /// The command.
        command: Arc<Command>,
        /// Whether it has to wait for room in the window.
        waits: bool,
    },
    /// A client's request arrived again, and is under way already.
    AskedAgain {
        /// The command.
        command: Arc<Command>,
    },
    /// A leader proposes a client's command in a free slot.
    Proposed {
        /// Its ballot.
        ballot: Ballot,
        /// The slot.
        slot: Slot,
        /// The command.
        command: Arc<Command>,
    },
    /// The acceptor voted.
    Accepted {
        /// The ballot.
        ballot: Ballot,
        /// The slot.
        slot: Slot,
        /// What for.
        entry: Entry,
        /// What was promised before.
        before: Option<Ballot>,
        /// The ballot of its latest vote in this slot before.
        voted: Option<Ballot>,
        /// The rule that is off and would have had it otherwise.
        although: Option<paxos::Rule>,
    },
    /// A vote was counted, and it was not yet enough.
    Voted {
        /// Who voted.
        from: NodeId,
        /// The slot.
        slot: Slot,
        /// Who has voted so far.
        have: NodeSet,
        /// How many votes make a quorum.
        needed: u32,
        /// The rule that is off, where it is its own vote and may not be durable.
        although: Option<Rule>,
    },
    /// It knows that a slot is chosen.
    Learned {
        /// The slot.
        slot: Slot,
        /// What is chosen there.
        entry: Entry,
        /// How it knows.
        how: How,
    },
    /// It applied a slot.
    Applied {
        /// The slot.
        slot: Slot,
        /// What is in it.
        entry: Entry,
        /// What that came to.
        applied: Applied,
        /// The rule that is off, where a slot in front of it is not applied, or the command took effect before, or may have.
        although: Option<Rule>,
        /// The client whose session made room for that of the command's client, and the slot in which it was used last.
        #[serde(skip)]
        dropped: Option<(ClientId, Slot)>,
    },
    /// It answered a client.
    Answered {
        /// The client.
        client: ClientId,
        /// Which of its operations.
        seq: u32,
        /// What.
        reply: Reply,
        /// The rule that is off and let it answer so.
        although: Option<Rule>,
    },
    /// It leads no more, or stands no more: it met a higher ballot.
    SteppedDown {
        /// The ballot it had.
        ballot: Ballot,
        /// The higher ballot.
        higher: Ballot,
        /// Whose message told of it.
        by: NodeId,
    },
    /// It asks for chosen entries that it lacks.
    Fetches {
        /// Whom.
        of: NodeId,
        /// The first slot.
        from: Slot,
        /// The last slot.
        to: Slot,
    },
    /// It repeats what was not answered.
    Repeats {
        /// How many slots; 0: its prepare.
        slots: u32,
    },
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
    },
    /// Somebody lets it stand for leader, although it had not thought of it.
    LetStand,
    /// It takes a snapshot, and writes it.
    TookSnapshot {
        /// Every slot up to this one is applied in it, as it says.
        to: Slot,
        /// Every slot up to this one is applied.
        applied: Slot,
        /// How many slots were applied since the one before.
        since: u32,
        /// How many keys have a value in it.
        keys: u32,
        /// How many sessions it holds.
        sessions: u32,
        /// Whether somebody let it do so, although it was not time.
        by_hand: bool,
        /// The rule that is off, where it would hold more or say another slot otherwise.
        although: Option<Rule>,
    },
    /// Votes and entries make room for a snapshot.
    Truncated {
        /// Those below this slot.
        below: Slot,
        /// The last slot of the snapshot.
        to: Slot,
        /// How many votes that were.
        votes: u32,
        /// How many of them were above the snapshot.
        above: u32,
        /// The rule that is off, where the snapshot is not durable yet, or does not cover all of them.
        although: Option<Rule>,
    },
    /// It was asked for entries that it does not keep any more, and sends its snapshot in their place.
    SendsSnapshot {
        /// To whom.
        to: NodeId,
        /// The first slot that was asked for.
        from: Slot,
        /// What is in the slots up to this one is not kept.
        forgotten: Slot,
        /// The last slot of the snapshot.
        snapshot: Slot,
    },
    /// It takes a snapshot of another server in place of its own store, and writes it.
    Installed {
        /// Whose.
        by: NodeId,
        /// The last slot of the snapshot.
        to: Slot,
        /// Every slot up to this one was applied before.
        applied: Slot,
        /// The snapshot itself.
        #[serde(skip)]
        snapshot: Arc<Snapshot>,
        /// The rule that is off, where the snapshot takes the place of votes that it does not cover.
        although: Option<Rule>,
    },
    /// It gives up its phase 1: it cannot find out what was chosen in slots that somebody who promised does not keep any more.
    CannotDecide {
        /// Its ballot.
        ballot: Ballot,
        /// Every slot up to this one is known here.
        known: Slot,
        /// Who promised.
        by: NodeId,
        /// The first slot that it still has its votes of.
        kept_from: Slot,
    },
    /// A leader asks the others whether it still leads, because somebody reads.
    AsksWhetherItLeads {
        /// Its ballot.
        ballot: Ballot,
        /// The number of the question.
        question: u64,
        /// How many reads wait for the answers.
        reads: u32,
        /// Whether it asks those again who have not answered.
        again: bool,
    },
    /// The acceptor says that it has promised no higher ballot.
    Confirmed {
        /// To whom.
        to: NodeId,
        /// The ballot that was asked about.
        ballot: Ballot,
        /// What it has promised.
        promised: Option<Ballot>,
    },
    /// The leader counted an answer to its question.
    CountedConfirmation {
        /// Whose.
        from: NodeId,
        /// Who has said so far that it leads.
        have: NodeSet,
        /// How many of them it takes.
        needed: u32,
    },
    /// The leader answers a read from its store: a quorum said that it led when the read was there already.
    Read {
        /// What was asked for.
        command: Arc<Command>,
        /// The value.
        output: Output,
        /// Every slot up to this one was known to be chosen, or found by phase 1, when the read came.
        index: Slot,
        /// Every slot up to this one is applied in the store.
        applied: Slot,
    },
}

impl Trace {
    /// The rule of the log that is off and had it come out as it did.
    #[must_use]
    pub const fn although(&self) -> Option<Rule> {
        match self {
            Self::Discontent { although, .. }
            | Self::Promised { although, .. }
            | Self::Leads { although, .. }
            | Self::Voted { although, .. }
            | Self::Learned { how: How::Index { although, .. }, .. }
            | Self::Applied { although, .. }
            | Self::Answered { although, .. }
            | Self::TookSnapshot { although, .. }
            | Self::Truncated { although, .. }
            | Self::Installed { although, .. } => *although,
            _ => None,
        }
    }
}
