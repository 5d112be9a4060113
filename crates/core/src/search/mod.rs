//! Is every run right? A search through every run within bounds.
//!
//! [`explorer`] is an explicit-state model checker that knows nothing of Paxos: breadth first, exact, deterministic. It
//! searches one of two models: [`paxos_model`], the real cluster with every order of deliveries, timeouts and crashes, and
//! [`spec`], Lamport's abstract algorithm. A [`Question`] says which rules are off, how far to look and where to begin; a
//! [`ModelCheck`] answers it in slices. A counterexample is an ordinary [`Run`](crate::run::Run).
//!
//! Those two models are of single-decree Paxos, and of nothing else: their reductions argue about one slot and two phases. A
//! third one is of the replicated log: [`log_model`], with a [`LogQuestion`] and a [`LogCheck`] of its own.

mod counterexample;
pub mod explorer;
#[cfg(feature = "log")]
mod log_check;
#[cfg(feature = "log")]
mod log_counterexample;
#[cfg(feature = "log")]
pub mod log_model;
mod model_check;
pub mod paxos_model;
mod question;
mod rule_questions;
pub mod spec;
mod start;

#[cfg(feature = "log")]
pub use log_check::{LogCheck, LogQuestion};
pub use model_check::ModelCheck;
pub use question::{ModelCheckError, ModelKind, Question};
#[cfg(feature = "log")]
pub use rule_questions::log_rules;
pub use rule_questions::rules;
