//! What arrives at a replica, and the bounded door it comes through.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quorum_core::log::{Command, Message, Reply};
use quorum_core::paxos::NodeId;
use tokio::sync::{mpsc, oneshot};

use super::{Begun, Number};

/// A message with its number, on its way to another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Which message of its link it is.
    pub number: Number,
    /// The latest record that had begun for its sender when it left; 0: none.
    pub epoch: u64,
    /// What it says.
    pub message: Message,
}

/// Something for the replica.
#[derive(Debug)]
pub enum Arrival {
    /// A message of another server.
    Message {
        /// Which.
        from: NodeId,
        /// Which of its messages.
        number: Number,
        /// The latest record that had begun for that server when it left; 0: none.
        epoch: u64,
        /// What it says.
        message: Message,
    },
    /// A client's request.
    Request {
        /// What is asked for.
        command: Arc<Command>,
        /// Who waits for the answer.
        answer: oneshot::Sender<Reply>,
    },
    /// Somebody outside of the cluster asks for a promise or a vote.
    Ask {
        /// The number of the server that its ballot belongs to.
        from: NodeId,
        /// A prepare or an accept.
        message: Message,
        /// Who waits for the answer.
        answer: oneshot::Sender<Message>,
    },
    /// A record begins.
    Begin {
        /// Which, from 1.
        epoch: u64,
        /// Who wants to know what this server was then.
        answer: oneshot::Sender<Begun>,
    },
}

/// The queue of inputs is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overloaded;

/// The door to a replica. It never makes anybody wait.
#[derive(Clone, Debug)]
pub struct Inbox {
    inputs: mpsc::Sender<Arrival>,
    dropped: Arc<AtomicU64>,
}

impl Inbox {
    pub(super) fn new(inputs: mpsc::Sender<Arrival>) -> Self {
        Self { inputs, dropped: Arc::new(AtomicU64::new(0)) }
    }

    /// Takes something in.
    ///
    /// # Errors
    /// There is no room: it was dropped, and counted.
    pub fn push(&self, arrival: Arrival) -> Result<(), Overloaded> {
        self.inputs.try_send(arrival).map_err(|_| {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            Overloaded
        })
    }

    /// How much was dropped so far.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}
