//! A run: what it starts from, what was done to it, and everything that follows from that.
//!
//! A run *is* a config, a seed and a list of interventions; all else can be worked out again. So that is all that
//! is ever saved ([`Run`]). [`Simulation`] is one moment of it: cluster, clock and observer on one step counter;
//! [`History`] is the run in progress, with the way to any other moment. What comes out of it are [`Event`]s. The sentences
//! about them are made elsewhere: [`crate::tell`].

mod circumstances;
mod event;
mod history;
mod record;
mod replay;
mod simulation;
mod variation;

pub use circumstances::Circumstances;
pub use event::{Event, EventKind};
pub use history::{BeatSize, Branch, BranchError, BranchId, Fork, History, Mark, Pace, PendingSave, is_idea};
pub(crate) use history::{Knows, is_answer, who_knows};
pub use record::{Annotation, Intervention, LoadError, Run};
pub use replay::Replay;
pub use simulation::{Ended, Next, Simulation};
pub use variation::{Done, Edit, Variation, VariationError};
