//! The checks of a replicated log.
//!
//! **Each slot is a run of single-decree Paxos** under one common phase 1. So each slot is checked by the very same code as a
//! single decision (`Consensus`): one command in each slot, whatever is done is a step of the specification, promises are
//! kept, and so on. What a log adds to that is checked here:
//!
//! | invariant | how |
//! |---|---|
//! | only asked for | what is applied is a client's command, or a no-op |
//! | applied is chosen | each server applies slot 1, 2, 3 … after each start, and finds in each what is chosen there |
//! | equal stores | by what one slot changed: its key's value and its client's session, kept once for each slot; a whole snapshot, where a server begins with one |
//! | chosen stays chosen | votes may make room for a durable snapshot that covers them, and for nothing else. So nothing chosen is without a quorum's votes and without a snapshot |
//! | applied once | each operation of a client takes effect in one slot |
//! | within the window | by what the leader had applied when it proposed |
//! | linearizable | the clients' history so far, judged as it happens ([`linear::Jit`](super::linear::Jit)) |
//!
//! A run may begin in the middle (`beginning`). What was done before is not judged, and nothing that rests on it is called broken.
//!
//! A run may have a hundred thousand slots. So a step costs what happened in it, and not what happened before: only a crash
//! looks at all slots.

mod beginning;
mod clients;
mod observer;
mod positions;
mod stores;
mod view;
mod violation;
mod words;

pub use clients::{Judged, Operation};
pub use observer::LogObserver;
pub use view::LogView;
pub use violation::{Difference, Violation};

#[cfg(test)]
mod tests;
