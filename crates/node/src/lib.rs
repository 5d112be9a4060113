//! # Real servers
//!
//! A server is a deterministic machine: inputs go in, effects come out in order, and a barrier stands between disk and network.
//! The laboratory drives it with a simulated world. This crate drives **the very same code**, [`quorum_core::log::Replica`],
//! with tokio, gRPC and a file.
//!
//! | module | what it is |
//! |---|---|
//! | [`proto`], [`convert`] | the messages of `proto/quorum/v1`, and the core's, exactly both ways |
//! | [`storage`] | a file that survives being killed, and the thread that commits |
//! | [`runner`] | the one task that owns a replica: inputs, timers, the outbox and its barrier |
//! | [`record`] | what servers note, and the run that comes of it |
//! | [`server`] | the services of one process: Paxos, the store, faults |
//! | [`config`], [`limits`] | `cluster.toml`; how much is too much |
//! | [`rules`] | rules that are switched off |
//! | [`supervisor`] | a cluster on this machine: processes, and a door for faults |
//! | [`client`], [`load`] | those who ask |
//! | [`tls`], [`token`] | who is let in |

pub mod client;
pub mod config;
pub mod convert;
mod files;
pub mod limits;
pub mod load;
pub mod proto;
pub mod record;
pub mod rules;
pub mod runner;
pub mod server;
pub mod storage;
pub mod supervisor;
pub mod tls;
pub mod token;
