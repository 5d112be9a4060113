//! A run: what it starts from, what was done to it, and everything that follows from that.
//!
//! A run *is* a config, a seed and a list of interventions; all else can be worked out again. So that is all that
//! is ever saved ([`Run`]). [`Simulation`] is one moment of it: cluster, clock and observer on one step counter;
//! [`History`] is the run in progress, with the way to any other moment. What comes out of it are [`Event`]s, each with a sentence that says why, and a view of the present, as plain data
//! ([`crate::json`]).

mod check;
mod compare;
mod event;
mod explain;
mod export;
mod history;
mod lessons;
mod link;
mod menu;
mod present;
mod record;
mod scenario;
mod simulation;
mod vary;
mod worlds;

pub use check::{Check, CheckError, ModelKind, Question};
pub use compare::{Difference, first_difference};
pub use event::{Event, Happening};
pub use export::Format;
pub use history::{Branch, BranchError, BranchId, Commitment, Fork, History, Mark};
pub use lessons::{Group, LESSONS, Lesson, lesson, rules};
pub use link::LinkError;
pub use record::{Intervention, LoadError, Note, Run};
pub use scenario::{
    Checked, Expectation, Moment, Pattern, Planned, Played, Remark, SCENARIOS, Scenario, ScenarioError,
};
pub use simulation::{Next, Simulation};
pub use vary::{Change, Done, Varied, VaryError};
pub use worlds::{CONVERGES_WITHIN, World};
