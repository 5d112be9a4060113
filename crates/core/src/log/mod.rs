//! Multi-Paxos: a log of values instead of one.
//!
//! Each *slot* of the log is agreed on by Paxos as [`crate::paxos`] has it. What makes a log of it is that one phase 1 serves
//! all slots at once: a server that has it becomes the **leader**, and from then on each command costs one round of
//! phase 2 (*Paxos Made Simple*, §3). A leader proposes in several slots at once, so there may be **holes**: a slot is chosen
//! and one in front of it is not. Commands are applied strictly in order; a new leader fills the holes that nobody voted in
//! with **no-ops**.
//!
//! Servers find out what is chosen by the **index**: the leader says with every accept and heartbeat up to where it knows the
//! log to be chosen. A follower may believe that of a slot only if it voted there in the ballot that the index came with; it
//! asks for the rest.
//!
//! | file | what it is |
//! |---|---|
//! | `command` | what clients ask for, and what a slot holds |
//! | `machine` | the replicated state machine: the store and the sessions |
//! | `learned` | what one server knows to be chosen, and how far it has applied that |
//! | `hearing` | who is heard, and when to stand for leader |
//! | `candidate`, `leader` | phase 1 for all slots; phase 2, slot by slot |
//! | `reads` | the reads of a leader that take no slot |
//! | `replica`, `learning`, `leading`, `reading` | one server: all of that behind one door |
//! | `snapshot`, `record`, `keeping` | what takes the place of slots; what is on a disk; one server as the keeper of both |
//! | `checkpoint` | one server as it stands at one moment, to go on elsewhere |
//! | `client` | the one who asks, and asks again |
//!
//! As in [`crate::paxos`], there is no clock here, no randomness, no disk and no network.

mod candidate;
mod canonical;
mod checkpoint;
mod client;
mod command;
mod effect;
mod hearing;
mod keeping;
mod leader;
mod leading;
mod learned;
mod learning;
mod machine;
mod message;
mod reading;
mod reads;
mod record;
mod replica;
mod rule;
mod settings;
mod snapshot;

pub use candidate::{Because, Candidate, Decision, Found};
pub use checkpoint::{Checkpoint, Memory};
pub use client::{Client, ClientEffect, ClientInput, Waiting};
pub use command::{ClientId, Command, Entry, Op, Output, Text};
pub use effect::{Effect, How, Input, Timer, Trace};
pub use hearing::{Hearing, SUSPICION};
pub use leader::{Leader, Next, Pending};
pub use learned::Learned;
pub use machine::{Applied, Machine, Session};
pub use message::{
    Accept, Accepted, Answer, Confirm, Confirmed, Fetch, Fetched, FetchedSnapshot, Heartbeat, Message, MessageKind,
    Promise, Reply,
};
pub use reads::{Read, ReadQueue};
pub use record::{Record, Records};
pub use replica::{Replica, Role};
pub use rule::{Rule, Rules};
pub use settings::{Election, Reads, Settings};
pub use snapshot::{KEPT_BEHIND_WINDOW, Snapshot, Snapshots, Stored};

/// Most entries that one answer to a fetch carries.
pub const BATCH: u64 = 32;

#[cfg(test)]
mod tests;
