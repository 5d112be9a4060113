//! The world the algorithm runs in: disks that take time, links that lose and delay, servers that crash.
//!
//! [`Cluster`] is the world without a clock: a plain transition system. Every change is one [`Action`], every
//! action is one *step*, and what happened comes back as [`Fact`]s. [`Schedule`] is the clock: it looks at a
//! cluster and says which action comes next, and when. It is only one of those who may choose actions; a person, a
//! script and a search are others, and the cluster cannot tell them apart.
//!
//! Nothing in here knows whether agreement holds. That is for [`crate::check`].

mod action;
mod action_json;
#[cfg(feature = "log")]
mod beginning;
mod canonical;
#[cfg(feature = "log")]
mod clients;
#[cfg(feature = "log")]
mod clients_json;
mod cluster;
mod config;
mod config_json;
mod describe;
mod disk;
mod draws;
mod enabled;
mod fact;
mod links;
mod network;
mod protocol;
mod schedule;
mod server;
#[cfg(feature = "log")]
mod workload;

pub use action::{Action, Target};
#[cfg(feature = "log")]
pub use beginning::{Beginning, Begun, UnderWay};
#[cfg(feature = "log")]
pub use clients::{ClientAction, ClientFact};
pub use cluster::Cluster;
#[cfg(feature = "log")]
pub use config::LogConfig;
pub use config::{Clock, Config, ConfigError, ProtocolKind, QuorumSpec};
pub use disk::Disk;
pub use draws::{Counter, Probability};
pub use enabled::{NotEnabled, Reason};
pub use fact::{Fact, Loss};
pub use network::{Conditions, Envelope, Link, MessageId, Network};
pub use protocol::{Message, Record, Records, Replica, Rule, Timer, Trace};
pub use schedule::{Schedule, Time, Transit};
pub use server::{Server, ServerStatus};
#[cfg(feature = "log")]
pub use workload::Workload;

pub use crate::endpoint::Endpoint;
