//! Quorums: how many is enough.
//!
//! All that safety needs is that every phase-1 quorum shares an acceptor with every phase-2 quorum. Two majorities
//! always do (*Paxos Made Simple*, §2.2). So do a phase-1 quorum of `a` and a phase-2 quorum of `b` out of `n`
//! whenever `a + b > n` (*Flexible Paxos*, §3): phase 2 can be made smaller at the price of a larger phase 1.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Serialize, Serializer};

use super::{Ballot, NodeId};
use crate::text::Piece;

/// A set of servers, in one word.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeSet(u128);

impl NodeSet {
    /// Servers 1 to `count`, which is at most [`MAX_NODES`](crate::limits::MAX_NODES).
    #[must_use]
    pub const fn first(count: u32) -> Self {
        Self((1 << count) - 1)
    }

    /// The server alone. Shifting 128 bits takes WebAssembly many instructions: one copy of them is enough.
    #[cfg_attr(target_family = "wasm", inline(never))]
    const fn only(node: NodeId) -> Self {
        Self(1 << node.index())
    }

    /// Adds a server; whether it was new.
    pub const fn insert(&mut self, node: NodeId) -> bool {
        let before = self.0;
        self.0 |= Self::only(node).0;
        self.0 != before
    }

    /// Takes a server out; whether it was in.
    pub const fn remove(&mut self, node: NodeId) -> bool {
        let before = self.0;
        self.0 &= !Self::only(node).0;
        self.0 != before
    }

    /// Whether the server is in the set.
    #[must_use]
    pub const fn contains(self, node: NodeId) -> bool {
        self.0 & Self::only(node).0 != 0
    }

    /// How many servers are in it.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether it is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The servers in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The servers in this set that are not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The servers, lowest first.
    #[must_use]
    pub const fn iter(self) -> Nodes {
        Nodes(self)
    }
}

/// The servers of a [`NodeSet`], lowest first.
#[derive(Clone, Debug)]
pub struct Nodes(NodeSet);

impl Iterator for Nodes {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let rest = self.0.0;
        let node = NodeId::new(rest.trailing_zeros() + 1)?;
        // Without its lowest bit. There is one: of an empty set, there was no node.
        self.0.0 = rest & (rest - 1);
        Some(node)
    }
}

impl IntoIterator for NodeSet {
    type Item = NodeId;
    type IntoIter = Nodes;

    fn into_iter(self) -> Nodes {
        self.iter()
    }
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<I: IntoIterator<Item = NodeId>>(nodes: I) -> Self {
        let mut set = Self::default();
        for node in nodes {
            set.insert(node);
        }
        set
    }
}

impl fmt::Debug for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(NodeId::get)).finish()
    }
}

/// As people list servers: `1, 2 and 4`.
/// Most servers that are told one by one.
const EACH: u32 = 9;

/// `1, 2 and 4`; where there are more than nine, neighbours together: `1 to 56 and 101`.
impl Piece for NodeSet {
    fn put(&self, to: &mut String) {
        let mut parts: Vec<(NodeId, NodeId)> = Vec::new();
        for node in self.iter() {
            match parts.last_mut() {
                Some((_, end)) if self.len() > EACH && end.get() + 1 == node.get() => *end = node,
                _ => parts.push((node, node)),
            }
        }
        for (position, (first, end)) in parts.iter().enumerate() {
            to.push_str(match position {
                0 => "",
                position if position + 1 == parts.len() => " and ",
                _ => ", ",
            });
            first.put(to);
            if first != end {
                " to ".put(to);
                end.put(to);
            }
        }
    }
}

displayed!(NodeSet);

impl Serialize for NodeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let mut list = serializer.serialize_seq(Some(self.len() as usize))?;
        for node in self.iter() {
            list.serialize_element(&node)?;
        }
        list.end()
    }
}

/// The quorum system of a cluster.
///
/// Invariant (kept by whoever builds one, see [`crate::sim::Config::check`]): `phase1 + phase2` is more than the
/// number of acceptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorums {
    /// Who may vote.
    pub acceptors: NodeSet,
    /// How many promises complete phase 1.
    pub phase1: u32,
    /// How many votes choose a value.
    pub phase2: u32,
}

impl Quorums {
    /// More than half, in both phases.
    #[must_use]
    pub const fn majority(acceptors: NodeSet) -> Self {
        let half = acceptors.len() / 2 + 1;
        Self { acceptors, phase1: half, phase2: half }
    }

    /// Whether these promises complete phase 1.
    #[must_use]
    pub const fn completes_phase1(&self, promised: NodeSet) -> bool {
        promised.and(self.acceptors).len() >= self.phase1
    }

    /// Whether these votes choose a value.
    #[must_use]
    pub const fn chooses(&self, voted: NodeSet) -> bool {
        voted.and(self.acceptors).len() >= self.phase2
    }
}

/// What one more answer did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tally<T> {
    /// Nothing: it came too late.
    Stale(Late),
    /// It was counted, and so many have answered so far: not yet enough.
    Of(Count),
    /// It completed the quorum, with this result. Said once.
    Quorum(Count, T),
}

/// Why an answer came too late to matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// The proposer has no attempt under way.
    Idle,
    /// The attempt under way has another ballot: this one.
    Other(Ballot),
    /// The attempt under way, with this ballot, has a quorum of promises already.
    Enough(Ballot),
    /// The attempt under way, with this ballot, has not asked for votes yet.
    NotAsked(Ballot),
    /// The learner knows the outcome already.
    Learned,
}

/// The answers counted towards one quorum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The servers that count as having answered.
    pub nodes: NodeSet,
    /// Those of the answers that count only because a rule is off. There are none while all rules hold.
    pub loose: Vec<Loose>,
}

/// An answer that counts only because a rule is off: as that of another server, or although it is for another ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loose {
    /// The server that it counts for.
    pub counts_for: NodeId,
    /// The server that sent it.
    pub from: NodeId,
    /// The ballot that it is for.
    pub ballot: Ballot,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn set(numbers: &[u32]) -> NodeSet {
        numbers.iter().filter_map(|n| NodeId::new(*n)).collect()
    }

    #[test]
    fn a_majority_is_more_than_half() {
        for (servers, needed) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (101, 51)] {
            let all = (1..=servers).filter_map(NodeId::new).collect();
            assert_eq!(Quorums::majority(all).phase1, needed);
        }
    }

    #[test]
    fn a_few_servers_are_told_one_by_one_and_many_by_their_neighbours() {
        let told = |numbers: &[u32]| set(numbers).to_string();
        assert_eq!(told(&[]), "");
        assert_eq!(told(&[4]), "4");
        assert_eq!(told(&[1, 2, 3, 4, 5, 6, 7, 8, 9]), "1, 2, 3, 4, 5, 6, 7, 8 and 9");
        assert_eq!(told(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), "1 to 10");
        assert_eq!(told(&[1, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 101]), "1, 3 to 10, 12 to 13 and 101");
    }

    #[test]
    fn only_acceptors_count() {
        let quorums = Quorums::majority(set(&[1, 2, 3]));
        assert!(!quorums.chooses(set(&[1, 4, 5])));
        assert!(quorums.chooses(set(&[1, 3, 5])));
    }

    /// *Paxos Made Simple* §2.2: "any two majorities have at least one acceptor in common".
    #[test]
    fn any_two_majorities_share_an_acceptor() {
        for servers in 1..=7u32 {
            let all: NodeSet = (1..=servers).filter_map(NodeId::new).collect();
            let quorums = Quorums::majority(all);
            let subsets = || (0..1u128 << servers).map(NodeSet).filter(|s| quorums.chooses(*s));
            assert!(subsets().all(|a| subsets().all(|b| !a.and(b).is_empty())));
        }
    }

    #[test]
    fn sets_read_as_a_sentence() {
        assert_eq!(set(&[2]).to_string(), "2");
        assert_eq!(set(&[4, 2]).to_string(), "2 and 4");
        assert_eq!(set(&[4, 2, 101]).to_string(), "2, 4 and 101");
    }
}
