//! The cluster as something to search.
//!
//! A random world follows one seed. This model follows *every* order in which messages can arrive, timers run out and
//! servers crash, within [`Bounds`]. A state is what every server has in memory and on disk, the packets in flight between the
//! servers, and every vote ever cast.
//!
//! An action of the model is one event at one server, with everything that the server does about it at once: it syncs its disk
//! and sends its answers. Only a crash could show the moments in between: see `execute.rs`.
//!
//! | file | what it does |
//! |---|---|
//! | `transition_table.rs`, `cell.rs` | memoises what each component of a server does about each event |
//! | `execute.rs` | lets the real cluster do it, once |
//! | `component.rs`, `packet.rs`, `vote_sets.rs` | intern states of components, messages and sets of votes |
//! | `state.rs` | a state in those numbers, and as bytes |
//! | `expand.rs`, `apply.rs`, `in_flight.rs`, `sleep.rs` | the actions of a state, the state after one, its packets, its sleep set |
//! | `lookup.rs` | reading the table, or letting it learn |
//! | `reductions.rs` | what a state leaves out, why that is sound, and which test says so |

mod action;
mod apply;
mod bounds;
mod cell;
mod component;
mod execute;
mod expand;
mod in_flight;
mod local_event;
mod lookup;
mod packet;
mod reductions;
mod sleep;
mod state;
mod transition_table;
mod vote_sets;

use alloc::vec::Vec;
use core::convert::Infallible;

pub use action::ModelAction;
pub use bounds::Bounds;
#[cfg(feature = "log")]
pub(super) use bounds::beyond;
pub(super) use bounds::too_large;
pub(crate) use execute::settle_io;

use action::ActionKey;
use component::{Component, Scope};
use execute::packet_of;
use expand::Expander;
use local_event::LocalEvent;
use lookup::{Frozen, Learning};
use packet::Packet;
use reductions::Reductions;
use state::State;
use transition_table::TransitionTable;

use super::explorer::{Model, Property, SleepSet, Successors};
use crate::check::Observer;
use crate::paxos::{NodeId, Rules, Value};
use crate::sim::{Cluster, Config, ConfigError};

/// What a search decides about every run within its bounds.
const PROPERTIES: [Property; 9] = [
    Property::always("one-value-chosen"),
    Property::always("only-chosen-learned"),
    Property::always("only-proposed-chosen"),
    Property::sometimes("a value is chosen"),
    Property::sometimes("the first value is chosen"),
    Property::sometimes("the second value is chosen"),
    Property::sometimes("a value is chosen in two ballots"),
    Property::sometimes("a value is taken over by another ballot"),
    Property::sometimes("a value is learned"),
];

/// The [`PROPERTIES`] about what servers believe, one bit each.
const BELIEFS: u32 = 1 << 1 | 1 << 8;

/// What clients ask for, one after the other. A value that was asked for before the search began is skipped.
const VALUES: [&str; 8] = ["blue", "red", "green", "yellow", "purple", "orange", "white", "black"];

/// The cluster, within bounds.
#[derive(Clone, Debug)]
pub struct PaxosModel {
    bounds: Bounds,
    table: TransitionTable,
    /// The bytes that the table takes.
    approx_bytes: usize,
    first: State,
    /// The values that servers knew to begin with, one bit each.
    known: u32,
    /// The values asked for after so many requests, one bit each.
    requested: Vec<u32>,
}

impl PaxosModel {
    /// A cluster in which nothing has happened. Its config says which rules hold, and how many servers there are.
    ///
    /// # Errors
    /// What is wrong with the config.
    pub fn new(config: &Config, bounds: Bounds) -> Result<Self, ConfigError> {
        let cluster = Cluster::new(config)?;
        let observer = Observer::new(&cluster);
        Ok(Self::from_present(&cluster, &observer, cluster.settings().rules, bounds))
    }

    /// A cluster that goes on from where it is. The observer has watched it from its beginning. The rules that `held` are those
    /// that were never off, until now and from now on.
    #[must_use]
    pub fn from_present(cluster: &Cluster, observer: &Observer, held: Rules, bounds: Bounds) -> Self {
        let reductions = Reductions::new(cluster, held, bounds, !observer.has_violations());
        Self::with(cluster, observer, bounds, reductions)
    }

    fn with(cluster: &Cluster, observer: &Observer, bounds: Bounds, reductions: Reductions) -> Self {
        let proposed = observer.proposed();
        let mut requests = Vec::new();
        for text in VALUES {
            let value: Value = text.parse().unwrap_or_else(|_| unreachable!("{text} is short"));
            if !proposed.contains(&value) && requests.len() < bounds.values as usize {
                requests.push(value);
            }
        }
        let mut table = TransitionTable::new(cluster, requests, reductions);
        let (first, known) = first_state(&mut table, cluster, observer, &bounds);
        let before = proposed.iter().fold(0, |bits, value| bits | table.value_bit(value));
        let mut requested = Vec::from([before]);
        for value in table.requests.clone() {
            requested.push(requested.last().copied().unwrap_or(0) | table.value_bit(&value));
        }
        Self { bounds, approx_bytes: table.approx_bytes(), table, first, known, requested }
    }

    /// How far it looks.
    #[must_use]
    pub const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The properties about what servers believe, one bit each, if no server hears of votes: a server that proposes does not
    /// listen. Then these properties are not decided.
    #[must_use]
    pub fn unheard(&self) -> u32 {
        if self.table.reductions.listens() { 0 } else { BELIEFS }
    }

    /// The action that has this number in a state.
    #[must_use]
    pub fn action(&self, number: u32, from: &[u8]) -> ModelAction {
        let values = State::decode(&self.bounds, from).used.values;
        let packet = |number: u32| {
            let Packet { from, to, message } = self.table.packets.get(number).clone();
            (from, to, message)
        };
        let (node, event) = match ActionKey::numbered(number, values, |packet| self.table.info(packet).receiver()) {
            ActionKey::Local(node, event) => (NodeId::new(node as u32 + 1).unwrap_or(NodeId::FIRST), event),
            ActionKey::Drop(number) => {
                let (from, to, message) = packet(number);
                return ModelAction::Drop(from, to, message);
            }
            ActionKey::Duplicate(number) => {
                let (from, to, message) = packet(number);
                return ModelAction::Duplicate(from, to, message);
            }
        };
        match event {
            LocalEvent::Deliver(number) => {
                let (from, to, message) = packet(number);
                ModelAction::Deliver(from, to, message)
            }
            LocalEvent::Propose(request) => {
                ModelAction::Propose(node, self.table.requests[usize::from(request)].clone())
            }
            LocalEvent::Timeout(timer) => ModelAction::Timeout(node, timer),
            LocalEvent::Flush => ModelAction::Flush(node),
            LocalEvent::Restart => ModelAction::Restart(node),
            LocalEvent::Crash => ModelAction::Crash(node),
            LocalEvent::LateCrash => ModelAction::LateCrash(node),
            LocalEvent::Wipe => ModelAction::Wipe(node),
            LocalEvent::Settle => unreachable!("settling is no action"),
        }
    }
}

/// The state to begin with, and the values that servers know in it, one bit each.
fn first_state(table: &mut TransitionTable, cluster: &Cluster, observer: &Observer, bounds: &Bounds) -> (State, u32) {
    let mut votes = Vec::new();
    for (vote, voters) in observer.votes() {
        votes.extend(voters.iter().map(|node| (node, vote.clone())));
    }
    let mut first = State::new();
    first.votes = table.intern_vote_set(&votes);
    let mut known = 0;
    for node in cluster.nodes() {
        let component = Component { node: node.index() as u8, scope: Scope::Server };
        first.set_server(node.index(), table.intern_state(component, cluster.server(node).clone(), true));
        known |= table.summary(first.receiver(node.index(), false)).learned;
    }
    let Ok(()) = first.retire(bounds, |node, server| Ok::<_, Infallible>(table.learn_decomposed(node, server)));
    for envelope in cluster.network().in_flight() {
        let packet = packet_of(envelope);
        let receiver = packet.to.index();
        let packet = table.intern_packet(packet);
        let component = first.receiver(receiver, table.info(packet).is_answer());
        if table.learn(component, LocalEvent::Deliver(packet)).is_relevant(true) {
            first.in_flight.push(packet);
        }
    }
    first.in_flight.sort_unstable();
    (first, known)
}

impl Model for PaxosModel {
    fn begin(&mut self, out: &mut Successors) {
        out.write(0, 0, |bytes| self.first.encode(&self.bounds, bytes));
    }

    fn successors(&self, state: &[u8], sleep_set: SleepSet, out: &mut Successors) -> bool {
        let before = out.len();
        let mut state = State::decode(&self.bounds, state);
        state.sleep_set = sleep_set;
        let mut expander = Expander { bounds: &self.bounds, lookup: Frozen(&self.table) };
        let expanded = expander.expand(&state, |action, next| {
            out.write(action.number(), next.sleep_set, |bytes| next.encode(&self.bounds, bytes));
        });
        if expanded.is_ok() {
            return true;
        }
        out.truncate(before);
        false
    }

    fn learn(&mut self, state: &[u8]) {
        let state = State::decode(&self.bounds, state);
        let mut expander = Expander { bounds: &self.bounds, lookup: Learning(&mut self.table) };
        // A table that learns is never at a loss.
        let _ = expander.expand(&state, |_, _| {});
        self.approx_bytes = self.table.approx_bytes();
    }

    fn properties(&self) -> &[Property] {
        &PROPERTIES
    }

    fn evaluate(&self, state: &[u8]) -> u32 {
        let state = State::decode_head(&self.bounds, &mut &*state);
        let verdict = self.table.vote_sets.verdict(state.votes);
        let mut learned = self.known;
        for node in 0..self.bounds.servers as usize {
            learned |= self.table.summary(state.receiver(node, false)).learned;
            learned |= state.other(node).map_or(0, |other| self.table.summary(other).learned);
        }
        if verdict.chosen | learned == 0 && !verdict.adopted {
            return 0;
        }
        let asked = self.requested[usize::from(state.used.values)];
        let request = |number: usize| {
            self.requested.get(number + 1).is_some_and(|after| verdict.chosen & (after ^ self.requested[number]) != 0)
        };
        let findings = [
            verdict.chosen.count_ones() > 1,
            learned & !verdict.chosen != 0,
            verdict.chosen & !asked != 0,
            verdict.chosen != 0,
            request(0),
            request(1),
            verdict.twice,
            verdict.adopted,
            learned != 0,
        ];
        findings.iter().enumerate().fold(0, |mask, (at, found)| mask | u32::from(*found) << at)
    }

    fn approx_bytes(&self) -> usize {
        self.approx_bytes
    }
}

#[cfg(test)]
mod tests;
