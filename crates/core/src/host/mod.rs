//! What a simulated server and a real one share: the shell around a replica.
//!
//! A replica decides *what* is written and said, and in which order. Its host decides *when*. Two promises of a host are
//! the same wherever it runs, and so they are written once:
//!
//! * **The disk barrier.** A message leaves only when every record written before it is durable ([`Outbox`]).
//! * **Timers grow.** The more tries have failed, the longer the next one waits ([`Delays`]).
//!
//! Nothing here knows a clock, a disk or a network. A host counts the records it hands to its disk, and says how many of
//! them are durable.

mod delay;
mod outbox;

pub use delay::Delays;
pub use outbox::{Outbox, Waiting};
