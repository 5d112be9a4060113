//! The cluster as something to search.
//!
//! A random world follows one seed; this model follows *every* order in which messages can arrive, timers run out and
//! servers crash, within [`Bounds`]. What servers do about it is the program's own: see `model/transition_table.rs`. A state is what
//! every server has in memory and on disk, what is under way between them, and every vote ever cast.
//!
//! One move is one thing that happens to one server, with all that it does about it at once: it syncs its disk and sends
//! its answers. The states in between are seen by nobody but whoever crashes it: see `model/table/execute.rs`.
//!
//! Not part of a state: numbers of messages, times, how long somebody waits, and messages that can make no difference any
//! more. So worlds that only look different are one.

mod bounds;
mod component;
mod execute;
mod local_event;
mod moves;
mod reductions;
mod state;
mod transition_table;
mod vote_sets;

use alloc::vec::Vec;

pub use bounds::Bounds;
pub(crate) use transition_table::settle_io;

use local_event::LocalEvent;
use moves::{Frozen, Learning, Moves, Transition};
use state::State;
use transition_table::{Component, ComponentState, Packet, Reductions, Scope, TransitionTable};

use super::explorer::{Model, Property, SleepSet, Successors};
use crate::check::Observer;
use crate::paxos::{Message, NodeId, Rules, Timer, Value};
use crate::sim::{self, Cluster, Config, ConfigError};

/// What a search says of every run within its bounds.
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

/// Those of [`PROPERTIES`] that are about what servers believe.
const BELIEFS: u32 = 1 << 1 | 1 << 8;

/// What clients ask for, one after the other, where nothing else was asked for.
const VALUES: [&str; 8] = ["blue", "red", "green", "yellow", "purple", "orange", "white", "black"];

/// One thing that happens, as a search found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelAction {
    /// A client asks a server for a value.
    Propose(NodeId, Value),
    /// A message arrives.
    Deliver(NodeId, NodeId, Message),
    /// A message is lost.
    Drop(NodeId, NodeId, Message),
    /// A message is duplicated.
    Duplicate(NodeId, NodeId, Message),
    /// A timer runs out.
    Timeout(NodeId, Timer),
    /// A server's outbox is emptied.
    Flush(NodeId),
    /// A server that was down comes back.
    Restart(NodeId),
    /// A server crashes and comes back; what was not durable is lost.
    Crash(NodeId),
    /// The same, just after everything had become durable.
    LateCrash(NodeId),
    /// A server loses its disk and comes back.
    Wipe(NodeId),
}

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

/// Kinds of moves, in the upper bits of a move's number. Below stand a packet, or an event and a server.
const DELIVER: u32 = 0;
const DROP: u32 = 1;
const DUPLICATE: u32 = 2;
const ASK: u32 = 3;
const ALONE: u32 = 4;
const KIND: u32 = 28;

impl PaxosModel {
    /// A cluster in which nothing has happened. Its config says which rules hold, and how many servers there are.
    ///
    /// # Errors
    /// What is wrong with the config.
    pub fn new(config: &Config, bounds: Bounds) -> Result<Self, ConfigError> {
        let cluster = Cluster::new(config)?;
        let observer = Observer::new(cluster.settings().sizes);
        Ok(Self::from_present(&cluster, &observer, cluster.settings().rules, bounds))
    }

    /// A cluster that goes on from where it is; somebody has watched it from its beginning. The rules that `held` are those
    /// that were never off, until now and from now on.
    #[must_use]
    pub fn from_present(cluster: &Cluster, observer: &Observer, held: Rules, bounds: Bounds) -> Self {
        let reductions = Reductions::new(cluster, held, bounds, observer.violations().is_empty());
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
        let mut votes = Vec::new();
        for (vote, voters) in observer.votes() {
            votes.extend(voters.iter().map(|node| (node, vote.clone())));
        }
        let mut first = State { votes: table.intern_vote_set(&votes), ..State::new() };
        first.decomposed = first.used.decomposed(&bounds);
        let mut known = 0;
        for node in cluster.nodes() {
            let (at, component) = (node.index(), Component { node: node.index() as u8, scope: Scope::Server });
            first.servers[at] = table.number(component, cluster.server(node).clone(), true);
            known |= table.summary(ComponentState { component, number: first.servers[at] }).learned;
            if first.decomposed >> at & 1 == 1 {
                (first.servers[at], first.others[at]) = table.learn_decomposed(component.node, first.servers[at]);
            }
        }
        for envelope in cluster.network().in_flight() {
            let sim::Message::Paxos(message) = envelope.message.clone();
            let (from, to) = (envelope.from, envelope.to);
            let packet = table.intern_packet(Packet { from, to, message });
            let hears = first.hears(to.index(), table.is_answer(packet));
            table.learn(hears, LocalEvent::Deliver(packet));
            if table.is_relevant(hears, packet, true) == Some(true) {
                first.in_flight.push(packet);
            }
        }
        first.in_flight.sort_unstable();
        let before = proposed.iter().fold(0, |bits, value| bits | table.value_bit(value));
        let mut requested = Vec::from([before]);
        for value in table.requests().to_vec() {
            requested.push(requested.last().copied().unwrap_or(0) | table.value_bit(&value));
        }
        Self { bounds, approx_bytes: table.approx_bytes(), table, first, known, requested }
    }

    /// What it looks at.
    #[must_use]
    pub const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The properties about what servers believe, one bit each, if none of them hears of votes: those that could have won
    /// their own ballot do not listen. Nothing can be said of them then.
    #[must_use]
    pub fn unheard(&self) -> u32 {
        if self.table.reductions().listens() { 0 } else { BELIEFS }
    }

    /// What the number of a move means in the state it leads from.
    #[must_use]
    pub fn read(&self, number: u32, from: &[u8]) -> ModelAction {
        let rest = number & ((1 << KIND) - 1);
        let node = NodeId::new(rest % 8 + 1).unwrap_or(NodeId::FIRST);
        match number >> KIND {
            ASK => {
                let asked = State::decode(&self.bounds, from).used.values;
                ModelAction::Propose(node, self.table.requests()[usize::from(asked)].clone())
            }
            ALONE => match LocalEvent::ALONE[(rest / 8) as usize] {
                LocalEvent::Timeout(timer) => ModelAction::Timeout(node, timer),
                LocalEvent::Flush => ModelAction::Flush(node),
                LocalEvent::Restart => ModelAction::Restart(node),
                LocalEvent::LateCrash => ModelAction::LateCrash(node),
                LocalEvent::Wipe => ModelAction::Wipe(node),
                _ => ModelAction::Crash(node),
            },
            kind => {
                let Packet { from, to, message } = self.table.packet(rest).clone();
                match kind {
                    DROP => ModelAction::Drop(from, to, message),
                    DUPLICATE => ModelAction::Duplicate(from, to, message),
                    _ => ModelAction::Deliver(from, to, message),
                }
            }
        }
    }
}

/// The number of a move.
fn number(step: Transition) -> u32 {
    match step {
        Transition::Happens(_, LocalEvent::Deliver(packet)) => DELIVER << KIND | packet,
        Transition::Happens(node, LocalEvent::Propose(_)) => ASK << KIND | node as u32,
        Transition::Happens(node, event) => {
            let place = LocalEvent::ALONE.iter().position(|other| *other == event).unwrap_or_default();
            ALONE << KIND | (place as u32) << 3 | node as u32
        }
        Transition::Drop(packet) => DROP << KIND | packet,
        Transition::Duplicate(packet) => DUPLICATE << KIND | packet,
    }
}

impl Model for PaxosModel {
    fn begin(&mut self, out: &mut Successors) {
        out.write(0, 0, |bytes| self.first.encode(&self.bounds, bytes));
    }

    fn successors(&self, state: &[u8], sleep_set: SleepSet, out: &mut Successors) -> bool {
        let before = out.len();
        let state = State { sleep_set, ..State::decode(&self.bounds, state) };
        let mut moves = Moves { bounds: &self.bounds, lookup: Frozen(&self.table) };
        let found =
            |step, next: &State| out.write(number(step), next.sleep_set, |bytes| next.encode(&self.bounds, bytes));
        if moves.each(&state, found).is_ok() {
            return true;
        }
        out.truncate(before);
        false
    }

    fn learn(&mut self, state: &[u8]) {
        let state = State::decode(&self.bounds, state);
        let mut moves = Moves { bounds: &self.bounds, lookup: Learning(&mut self.table) };
        // One that may try knows everything.
        let _ = moves.each(&state, |_, _| {});
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
            learned |= self.table.summary(state.hears(node, false)).learned;
            learned |= state.rest(node).map_or(0, |rest| self.table.summary(rest).learned);
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
