//! The algorithm, and nothing but the algorithm.
//!
//! Each role is a small state machine that answers in its return type. There is no clock here, no randomness, no
//! disk and no network: a [`Replica`] is handed one [`Input`] and answers with an ordered list of [`Effect`]s.
//! Whoever runs it must keep one promise, the *disk barrier*: **a [`Effect::Send`] may leave the server only
//! when every [`Effect::Write`] before it is durable.**
//!
//! The text followed is Leslie Lamport, *Paxos Made Simple* (2001), cited by section; flexible quorums are
//! Howard, Malkhi and Spiegelman, *Flexible Paxos* (2016).

mod acceptor;
mod ballot;
mod canonical;
mod effect;
mod known;
mod learner;
mod message;
mod proposer;
mod quorum;
mod record;
mod replica;
mod roles;
mod rule;
mod value;

pub use acceptor::Acceptor;
pub use ballot::{Ballot, BallotName, BallotsExhausted, NodeId, Scheme};
pub use effect::{Effect, Input, Timer, Trace};
pub use known::Known;
pub use learner::{Chosen, Learner};
pub use message::{Accept, Accepted, Message, MessageKind, Nack, Prepare, Promise, Slot, Vote};
pub use proposer::{Decision, Phase, Proposer};
pub use quorum::{Count, Late, Loose, NodeSet, Nodes, Quorums, Tally};
pub use record::{LatestVotes, Record, Records};
pub use replica::Replica;
pub use roles::{Role, Roles, Settings};
pub use rule::{Rule, Rules};
pub use value::{Value, ValueError};
