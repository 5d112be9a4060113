//! # Paxos, and a world to run it in
//!
//! Several servers must agree on **one value**. Any of them may crash and come back, messages may be lost,
//! repeated or arrive in any order, and nobody may ever be told two different answers. Paxos does it with three
//! roles, and a server may play any of them:
//!
//! * A **proposer** wants a value chosen. It numbers its attempt with a **ballot** that no other attempt will
//!   ever carry.
//! * An **acceptor** votes. It remembers on disk what it promised and what it voted for.
//! * A **learner** counts votes, and so finds out.
//!
//! A ballot goes through two phases:
//!
//! 1. **Prepare / promise.** The proposer asks the acceptors to *promise* never again to vote below its ballot.
//!    Each one that can, answers with the vote it has already cast, if any.
//! 2. **Accept / accepted.** When a **quorum** (usually a majority) has promised, the proposer asks them to
//!    *accept* a value. It is free to choose the value only if none of those promises reported a vote;
//!    otherwise it must propose the value of the highest ballot reported.
//!
//! A value is **chosen** the moment a quorum of acceptors has accepted the same ballot. Any two quorums share an
//! acceptor; so whoever prepares a higher ballot afterwards meets one acceptor that voted, hears of the value,
//! and has to propose it again. That one sentence is the whole of the safety argument. Chosen is not known:
//! at that moment no server may yet have heard enough votes to have **learned** it.
//!
//! Paxos promises nothing about *when*. Two proposers can outbid each other for ever
//! (*Paxos Made Simple*, §2.4); waiting a random, growing time before the next try ends that in practice.
//!
//! ## How this crate is laid out
//!
//! One idea carries it: **a cluster is a deterministic state machine, and [`sim::Cluster::apply`] is the only
//! way it changes.** Everything else only chooses the next [`sim::Action`].
//!
//! | module | what it is | what it may not know |
//! |---|---|---|
//! | [`paxos`] | the algorithm: three roles and the replica that joins them | time, chance, disks, message ids |
//! | [`log`] | the replicated log that stands on it: Multi-Paxos, a key-value store, and its clients | the same |
//! | [`host`] | the shell around a replica that a simulated and a real server share | clocks, disks, networks |
//! | [`sim`] | the world: disks, links, crashes, and the seeded clock | what is right or wrong |
//! | [`check`] | the all-knowing observer: what is chosen, which invariant broke; are histories linearizable? | who chose the action |
//! | [`run`] | a run: config, seed and interventions, its events, and the way back | what people call things |
//! | [`tell`] | sentences, views and menus, for people and for pages | who is asking |
//! | [`scenario`] | runs made up beforehand: shipped scenarios, random runs | |
//! | [`search`] | every run there is, within bounds: a model checker | |
//!
//! Read them in that order; each module begins with the idea it implements.
//!
//! ```
//! use quorum_core::{run::Simulation, sim::{Action, Config}};
//!
//! let mut simulation = Simulation::new(Config::default())?;
//! let node = simulation.cluster().nodes().next().expect("a cluster has servers");
//! simulation.apply(&Action::Propose { node, value: "blue".parse()? })?;
//! while simulation.step().is_some() {}
//! assert_eq!(simulation.observer().chosen()[0].vote.value.as_str(), "blue");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

#[macro_use]
mod words;
#[macro_use]
pub mod text;

pub mod check;
mod cow_map;
mod digest;
mod endpoint;
pub mod host;
pub mod json;
pub mod limits;
#[cfg(feature = "log")]
pub mod log;
pub mod paxos;
pub mod run;
#[cfg(test)]
mod sample;
pub mod scenario;
pub mod search;
pub mod sim;
mod slot_map;
pub mod tell;
