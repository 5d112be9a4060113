//! The checks of single-decree Paxos: refinement of Lamport's specification.

mod refinement;
mod spec_action;

pub(super) use refinement::{Reading, Refinement};
pub use spec_action::{Obstacle, SpecAction, SpecActionKind};
