//! For tests: things that many of them talk about.

use crate::paxos::{Ballot, NodeId, Vote};

pub(crate) fn node(number: u32) -> NodeId {
    NodeId::new(number).unwrap()
}

pub(crate) fn ballot(round: u32, server: u32) -> Ballot {
    Ballot { round, server: node(server) }
}

pub(crate) fn vote(round: u32, server: u32, value: &str) -> Vote {
    Vote { slot: 0, ballot: ballot(round, server), value: value.parse().unwrap() }
}
