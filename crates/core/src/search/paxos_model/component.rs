//! Components of servers, and what is known of each of their states.
//!
//! A server's acceptor tells its proposer which ballots it has seen, for the sake of the proposer's next ballot. Once a server
//! can begin no further ballot, none of its roles reads what another one knows. From then on a state of the server is a pair:
//! the acceptor's state, and the state of the one other role that still receives messages. The table then has a row for each
//! state of each role, instead of one for each combination.

use alloc::vec::Vec;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::cell::Cell;
use super::execute::may_happen;
use super::local_event::EventSet;
use crate::paxos::NodeId;
use crate::sim::Server;

/// How much of a server a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// A whole server, which may still begin a ballot.
    Server,
    /// The acceptor of a server that may not; or all of that server, if it cannot be decomposed: see [`Summary::whole`].
    Acceptor,
    /// The other role of such a server that receives messages: its learner if that listens, or else its proposer.
    Other,
}

/// A component of one server.
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

/// A component in one of its states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ComponentState {
    pub(super) component: Component,
    /// The number of the state among those of this component.
    pub(super) number: u32,
}

/// What a search asks most often about a state of a component.
#[derive(Clone, Copy, Debug)]
pub(super) struct Summary {
    /// The value that the learner knows, as one bit; 0 for none.
    pub(super) learned: u32,
    /// The spontaneous events that may happen.
    pub(super) events: EventSet,
    /// Whether the component is all of its server.
    pub(super) whole: bool,
}

/// All states of one component that were met, and a row of the transition table for each.
#[derive(Clone, Debug, Default)]
pub(super) struct ComponentStates {
    pub(super) servers: Vec<Server>,
    pub(super) summaries: Vec<Summary>,
    numbers: HashMap<Vec<u8>, u32, FxBuildHasher>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// For a whole server that can begin no further ballot, the numbers of its components.
    pub(super) decomposed: Vec<Option<Decomposed>>,
    pub(super) bytes: usize,
}

/// The components of a server: its acceptor, and the other one. `None`: the first number stands for all of the server.
pub(super) type Decomposed = (u32, Option<u32>);

impl ComponentStates {
    /// The number of a state. `learned` is called only for a new one.
    pub(super) fn intern(&mut self, server: Server, whole: bool, learned: impl FnOnce(&Server) -> u32) -> u32 {
        let key = server.canonical_key();
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = self.servers.len() as u32;
        let events = EventSet::of(|event| may_happen(&server, event));
        self.summaries.push(Summary { learned: learned(&server), events, whole });
        self.bytes += 2 * key.len() + size_of::<Server>();
        self.numbers.insert(key, number);
        self.servers.push(server);
        self.rows.push(Vec::new());
        self.decomposed.push(None);
        number
    }

    /// What the table says in this row and column.
    #[inline]
    pub(super) fn cell(&self, number: u32, column: usize) -> Cell {
        self.rows[number as usize].get(column).copied().unwrap_or_default()
    }

    pub(super) fn set_cell(&mut self, number: u32, column: usize, cell: Cell) {
        let row = &mut self.rows[number as usize];
        if row.len() <= column {
            let before = row.capacity();
            row.resize(column + 1, Cell::default());
            self.bytes += (row.capacity() - before) * size_of::<Cell>();
        }
        row[column] = cell;
    }
}

/// A set of components, two bits for each server: one for the component that receives requests, one for the component that
/// receives answers. A whole server has both bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ComponentSet(u16);

impl ComponentSet {
    pub(super) const NONE: Self = Self(0);
    pub(super) const ALL: Self = Self(u16::MAX);

    /// The component that receives answers, or requests.
    #[inline]
    pub(super) const fn receiver(node: usize, is_answer: bool) -> Self {
        Self(1 << (2 * node + is_answer as usize))
    }

    /// Of one server: the component that receives requests or not, and the component that receives answers or not.
    #[inline]
    pub(super) const fn of_server(node: usize, requests: bool, answers: bool) -> Self {
        Self((requests as u16 | (answers as u16) << 1) << (2 * node))
    }

    /// All of a server.
    #[inline]
    pub(super) const fn server(node: usize) -> Self {
        Self::of_server(node, true, true)
    }

    #[inline]
    pub(super) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[inline]
    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}
