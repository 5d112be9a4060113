//! The specification: Lamport's abstract Paxos, without servers, disks or a network.
//!
//! *Paxos Made Simple* (§2.2) as its author specifies it: a state is what each acceptor knows, `maxBal` (the highest
//! ballot it has taken part in), `maxVBal` and `maxVal` (its latest vote), and the set of all messages ever sent. There are
//! four actions, each of them one step:
//!
//! | action | may happen | effect |
//! |---|---|---|
//! | `Phase1a(b)` | always | asks everybody to promise ballot `b` |
//! | `Phase1b(a, b)` | asked, and `b > maxBal` of `a` | `a` promises `b` and reports its vote |
//! | `Phase2a(b, v)` | no value asked for in `b` yet, and a quorum's promises allow `v` | asks everybody to vote for `v` in `b` |
//! | `Phase2b(a, b)` | asked, and `b ≥ maxBal` of `a` | `a` votes in `b` |
//!
//! Messages are never removed, so a late message is a step that happens late, and a lost message is a step that never happens.
//! A step that changes nothing is left out here.
//!
//! Three observations make a state small. A ballot asks for one value at most, so its number is enough to name a vote or a
//! report. An acceptor answers each ballot once. Acceptors differ only in their names, and so do values: states that differ
//! only in names can be [merged](Spec::merged).

mod actions;
mod layout;
mod model;
mod sleep;
mod state;
mod step;

pub use actions::{Fault, Spec};
pub use state::{Report, State};
pub use step::{Names, Numbers, SpecAction, Told};

#[cfg(test)]
mod tests;
