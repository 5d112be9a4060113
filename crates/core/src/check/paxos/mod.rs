//! The checks of consensus: what is chosen in each slot, what is broken, and refinement of Lamport's specification.
//!
//! They know nothing of messages and events: a protocol's observer reads those, and says here what they are to Paxos. So a
//! log is checked by the very same code as a single decision, slot by slot.

mod consensus;
mod observer;
mod reading;
mod refinement;
mod spec_action;
#[cfg(feature = "log")]
mod standing;
mod violation;

pub(super) use consensus::{Consensus, Said};
pub use observer::PaxosObserver;
pub(super) use reading::Finding;
pub(super) use reading::Reading;
pub use spec_action::{Obstacle, SpecAction, SpecActionKind};
pub use violation::Violation;
