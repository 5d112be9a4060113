//! Is this run right? The all-knowing observer.
//!
//! No server can see what is *chosen*: it is a fact about many disks at once. The [`Observer`] sees all of them.
//! After every step it says what has been chosen, and whether one of the [`Invariant`]s no longer holds. It also reads
//! all that happens as actions of Lamport's abstract algorithm ([`SpecAction`]), and says so where that is not possible. It stands
//! outside: it reads the world through [`WorldView`], changes nothing, and no protocol code knows of it.
//!
//! There is one way to check consensus, and it is for one slot. Single-decree Paxos has one; a replicated log has many, and what
//! servers make of them is checked beside that: what they apply, and what clients are answered. What clients saw is judged by
//! itself: is their history linearizable?
//!
//! Whether *every* run is right is another question: [`crate::search`].

mod finding;
mod invariant;
#[cfg(feature = "log")]
pub mod linear;
#[cfg(feature = "log")]
mod log;
mod observer;
mod paxos;
#[cfg(test)]
mod stub;
mod violation;
mod world_view;

pub use finding::{Finding, Observed, SpecStep};
pub use invariant::Invariant;
#[cfg(feature = "log")]
pub use log::{Difference, Judged, LogObserver, LogView, Operation, Violation as LogViolation};
pub use observer::Observer;
pub use paxos::{Obstacle, PaxosObserver, SpecAction, SpecActionKind, Violation as PaxosViolation};
pub use violation::Violation;
pub use world_view::WorldView;
