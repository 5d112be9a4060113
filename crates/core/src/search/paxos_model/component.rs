//! A part of a server, and what is known of each of its states.

use alloc::vec::Vec;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::execute::may_happen;
use super::local_event::LocalEvent;
use crate::paxos::NodeId;
use crate::sim::Server;

/// What is looked at by itself.
///
/// A server's acceptor tells its proposer which ballots it has seen, for the sake of its next one. Once a server can begin no
/// further ballot, none of its roles needs to know what another one does, and instead of every combination of their states
/// there are only those of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// A server that may still begin a ballot.
    Server,
    /// One that may not: its acceptor. Or all of it, where it cannot be decomposed: see [`Summary::joined`].
    Acceptor,
    /// The other role of such a server that hears of anything: its proposer, or its learner if that listens.
    Other,
}

/// A part of one of the servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Component {
    /// The server, counted from 0.
    pub(super) node: u8,
    pub(super) scope: Scope,
}

impl Component {
    pub(super) const COUNT: usize = 3 * super::Bounds::MOST_SERVERS as usize;

    #[inline]
    pub(super) const fn index(self) -> usize {
        3 * self.node as usize + self.scope as usize
    }

    pub(super) fn id(self) -> NodeId {
        NodeId::new(u32::from(self.node) + 1).unwrap_or(NodeId::FIRST)
    }
}

/// A state of a part of a server: the component, and the state's number among those of the same component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ComponentState {
    pub(super) component: Component,
    pub(super) number: u32,
}

/// What is to be known of a state at a summary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Summary {
    /// The value that its learner knows, as one bit; 0 for none.
    pub(super) learned: u32,
    /// Which of [`LocalEvent::ALONE`] may happen to it, one bit each.
    pub(super) alone: u8,
    /// Whether it is all there is of its server.
    pub(super) joined: bool,
}

/// Every state of one component that was met.
#[derive(Clone, Debug, Default)]
pub(super) struct ComponentStates {
    pub(super) servers: Vec<Server>,
    pub(super) summaries: Vec<Summary>,
    numbers: HashMap<Vec<u8>, u32, FxBuildHasher>,
    /// For each state, what came of each event that was tried: see [`TransitionTable::slot`](super::TransitionTable::slot).
    pub(super) tried: Vec<Vec<u32>>,
    /// What becomes of a whole server that can begin no further ballot.
    pub(super) decomposed: Vec<Option<(u32, u32)>>,
    pub(super) bytes: usize,
}

impl ComponentStates {
    /// The number of a state; `learned` is asked for only if it is a new one.
    pub(super) fn number(&mut self, server: Server, joined: bool, learned: impl FnOnce(&Server) -> u32) -> u32 {
        let key = server.canonical_key();
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = self.servers.len() as u32;
        let mut alone = 0;
        for (bit, event) in LocalEvent::ALONE.into_iter().enumerate() {
            alone |= u8::from(may_happen(&server, event)) << bit;
        }
        self.summaries.push(Summary { learned: learned(&server), alone, joined });
        self.bytes += 2 * key.len() + size_of::<Server>();
        self.numbers.insert(key, number);
        self.servers.push(server);
        self.tried.push(Vec::new());
        self.decomposed.push(None);
        number
    }

    /// Notes what came of an event.
    pub(super) fn note(&mut self, number: u32, slot: usize, transition: u32) {
        let row = &mut self.tried[number as usize];
        if row.len() <= slot {
            let before = row.capacity();
            row.resize(slot + 1, super::transition_table::UNKNOWN);
            self.bytes += (row.capacity() - before) * size_of::<u32>();
        }
        row[slot] = transition;
    }
}
