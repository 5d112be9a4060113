//! What servers note.

use quorum_core::log::{Message, Op, Timer};
use quorum_core::paxos::{NodeId, Slot};
use quorum_core::sim::{Endpoint, Rule};

/// Which message of a link it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    /// Which start of the sender's process made it: any number that no other start of that server has.
    pub incarnation: u64,
    /// The how-manieth message it is from that process to this receiver, from 1.
    pub sequence: u64,
}

/// One thing that happened to a server. Those of one server are in the order in which they happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Its process started, with what is durable. If it ran before, that process is gone.
    Start {
        /// Which start this is.
        incarnation: u64,
        /// How many records its disk has taken since it was made: those of all its processes.
        records: u64,
        /// Whether its disk is in place of one that was lost.
        replaced: bool,
        /// The rules that do not hold for it, in the laboratory's order.
        off: Vec<Rule>,
    },
    /// A client's request reached it.
    Request {
        /// The client's number.
        client: u64,
        /// Which of the client's operations, from 1.
        seq: u32,
        /// What is asked for.
        op: Op,
        /// Up to where the client says that it knew the log.
        since: Slot,
    },
    /// A message of a server reached it, maybe one of its own.
    Received {
        /// Who sent it.
        from: NodeId,
        /// Which of that server's messages to this one.
        number: Number,
    },
    /// A message of a server reached it that had left before a record began, and the record had begun here.
    Crossed {
        /// Who sent it.
        from: NodeId,
        /// Which of that server's messages to this one.
        number: Number,
        /// The record that had begun for its sender when it left; 0: none.
        epoch: u64,
        /// What it says: the record may not have its sender say it.
        message: Box<Message>,
    },
    /// A timer ran out.
    Timeout(Timer),
    /// So many records are durable since this process started.
    Durable(u64),
    /// A message left: everything it rests on is durable.
    Sent {
        /// To whom: a server, possibly itself, or the client of that number.
        to: Endpoint,
        /// Which message from this process to that receiver.
        number: Number,
        /// [`crate::digest`] of it.
        digest: u64,
        /// Whether somebody takes it. An answer that nobody waits for any more is lost.
        taken: bool,
    },
    /// Somebody who is no server and no client asked it for a promise or a vote. The laboratory has no such thing.
    Outside,
    /// It was killed: what was not durable is gone.
    Killed {
        /// How many records its disk has taken since it was made, if somebody has looked: its last ones it could not note.
        records: Option<u64>,
    },
    /// It was stopped: it stands still, with its memory.
    Stopped,
    /// It goes on.
    Continued,
    /// Its disk was taken away. It is down.
    Wiped,
    /// Messages from that server do not reach it any more.
    Cut(NodeId),
    /// They reach it again.
    Mended(NodeId),
}
