//! What a server tells of itself, for those who want to know it all: each input, in order, and each message that left.
//!
//! From the notes of all servers of a cluster a run of the laboratory can be made: whoever does that implements [`Recorder`].
//! This module knows nothing of how.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use quorum_core::log::{Message, Timer};
use quorum_core::paxos::NodeId;
use quorum_core::sim::Endpoint;
use quorum_core::sim::Rule;
pub use quorum_recording::Number;

/// One thing that happened in a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note<'a> {
    /// The replica was recovered from what is durable, and told to start.
    Start {
        /// When this process started: its messages have this incarnation.
        incarnation: u64,
        /// How many records its disk has taken since it was made.
        records: u64,
        /// Whether its disk is in place of one that was lost.
        replaced: bool,
        /// The rules that do not hold.
        off: &'a [Rule],
    },
    /// A message reached the replica.
    Received {
        /// Whose.
        from: Endpoint,
        /// Which of that sender's messages to this server. Requests are counted where they arrive. `None`: somebody outside of
        /// the cluster asks for a promise or a vote, under the number of a server that there is not.
        number: Option<Number>,
        /// What it says.
        message: &'a Message,
    },
    /// A message of another server reached the replica, and had left before a record began that has begun here.
    Crossed {
        /// Whose.
        from: NodeId,
        /// Which of that sender's messages to this server.
        number: Number,
        /// The record that had begun for its sender; 0: none.
        epoch: u64,
        /// What it says.
        message: &'a Message,
    },
    /// A timer ran out.
    Timeout(Timer),
    /// So many records have been handed to the disk since the start.
    Written(u64),
    /// So many of them are durable.
    Durable(u64),
    /// A message left: everything it rests on is durable.
    Sent {
        /// To whom; possibly to itself.
        to: Endpoint,
        /// Which message from this process to that receiver.
        number: Number,
        /// What it says.
        message: &'a Message,
        /// Whether somebody takes it. An answer that nobody waits for any more is lost.
        taken: bool,
    },
}

/// Is told everything.
pub trait Recorder: Send {
    /// Something happened, so long after the beginning of 1970. Times never go back.
    fn note(&mut self, at: Duration, note: &Note<'_>);

    /// What was noted is about to have consequences that outlive this process: a message leaves, or the disk gets records. A
    /// recorder whose notes are to outlive it, too, keeps them now.
    fn keep(&mut self) {}

    /// A record begins here. Where in what was noted, in bytes; `None`: it takes no notes any more, or none that last.
    fn begin(&mut self) -> Option<u64> {
        None
    }
}

/// A clock that never goes back, and agrees with the wall when the process starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    wall: Duration,
    start: Instant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { wall: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(), start: Instant::now() }
    }

    pub(super) fn now(self) -> Duration {
        self.wall + self.start.elapsed()
    }

    /// When it began, in microseconds since 1970.
    pub(super) const fn incarnation(self) -> u64 {
        self.wall.as_micros() as u64
    }
}
