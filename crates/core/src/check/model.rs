//! The cluster as something to search.
//!
//! A random world follows one seed; this model follows *every* order in which messages can arrive, timers run out and
//! servers crash, within [`Bounds`]. What servers do about it is the program's own: see `model/atlas.rs`. A state is what
//! every server has in memory and on disk, what is under way between them, and every vote ever cast.
//!
//! One move is one thing that happens to one server, with all that it does about it at once: it syncs its disk and sends
//! its answers. The states in between are seen by nobody (see [`follow_up`]).
//!
//! Not part of a state: numbers of messages, times, how long somebody waits, and messages that can make no difference any
//! more. So worlds that only look different are one.

mod atlas;
mod bounds;
mod event;
mod state;

use alloc::vec::Vec;

pub(crate) use atlas::follow_up;
pub use bounds::Bounds;

use atlas::{Atlas, Letter, Outcome};
use event::Event;
use state::{MOST_SERVERS, State};

use super::explore::{Model, Property, Successors};
use crate::paxos::{Message, NodeId, NodeSet, Timer, Value, Vote};
use crate::run::Simulation;
use crate::sim::{Action, Cluster, Config, ConfigError, MessageId};

/// What a search says of every run within its bounds.
const PROPERTIES: [Property; 10] = [
    Property::always("one-value-chosen"),
    Property::always("only-chosen-learned"),
    Property::always("only-proposed-chosen"),
    Property::sometimes("a value is chosen"),
    Property::sometimes("the first value is chosen"),
    Property::sometimes("the second value is chosen"),
    Property::sometimes("a value is chosen in two ballots"),
    Property::sometimes("a value is taken over by another ballot"),
    Property::sometimes("a value is learned"),
    Property::sometimes("a value is chosen and not learned"),
];

/// What clients ask for, one after the other, where nothing else was asked for.
const VALUES: [&str; 8] = ["blue", "red", "green", "yellow", "purple", "orange", "white", "black"];

/// One thing that happens, as a search found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
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
    /// A server's disk catches up.
    Sync(NodeId),
    /// A server's outbox is emptied.
    Flush(NodeId),
    /// A server comes back.
    Restart(NodeId),
    /// A server crashes and comes back.
    Crash(NodeId),
    /// A server loses its disk and comes back.
    Wipe(NodeId),
}

/// The cluster, within bounds.
#[derive(Clone, Debug)]
pub struct ClusterModel {
    bounds: Bounds,
    atlas: Atlas,
    first: State,
    /// The values that clients had asked for before.
    proposed: u32,
    /// The values of the requests, one bit each, and of all requests so far.
    requested: Vec<u32>,
}

/// Kinds of moves, in the upper bits of a move's number. Below stand a letter, or a server and what happens to it.
const DELIVER: u32 = 0;
const DROP: u32 = 1;
const DUPLICATE: u32 = 2;
const SERVER: u32 = 3;
const KIND: u32 = 28;

/// What can happen to a server without anybody sending it anything.
const EVENTS: [Event; 7] = [
    Event::Timeout(Timer::Retry),
    Event::Timeout(Timer::Learn),
    Event::Sync,
    Event::Flush,
    Event::Restart,
    Event::Crash,
    Event::Wipe,
];

impl ClusterModel {
    /// A cluster in which nothing has happened. Its config says which rules hold, and how many servers there are.
    ///
    /// # Errors
    /// What is wrong with the config.
    pub fn new(config: &Config, bounds: Bounds) -> Result<Self, ConfigError> {
        Ok(Self::from_cluster(&Cluster::new(config)?, bounds, &[], &[]))
    }

    /// A cluster that goes on from the present of a run.
    #[must_use]
    pub fn from_present(now: &Simulation, bounds: Bounds) -> Self {
        let votes: Vec<(Vote, NodeSet)> = now.observer().votes().collect();
        Self::from_cluster(now.cluster(), bounds, &votes, now.observer().proposed())
    }

    fn from_cluster(cluster: &Cluster, bounds: Bounds, votes: &[(Vote, NodeSet)], proposed: &[Value]) -> Self {
        let mut requests = Vec::new();
        for text in VALUES {
            let value: Value = text.parse().unwrap_or_else(|_| unreachable!("{text} is short"));
            if !proposed.contains(&value) && requests.len() < bounds.values as usize {
                requests.push(value);
            }
        }
        let mut atlas = Atlas::new(cluster.clone(), bounds, requests);
        let mut casts = Vec::new();
        for (vote, voters) in votes {
            casts.extend(voters.iter().map(|node| (node, vote.clone())));
        }
        let mut first = State { history: atlas.number_history(&casts), ..State::default() };
        for (node, number) in cluster.nodes().zip(&mut first.servers) {
            *number = atlas.number_server(node, cluster.server(node).clone());
        }
        for envelope in cluster.network().flying() {
            let (from, to, message) = (envelope.from, envelope.to, envelope.message.clone());
            let letter = atlas.number_letter(Letter { from, to, message });
            atlas.try_out(first.servers[to.index()], Event::Deliver(letter));
            if atlas.outcome(first.servers[to.index()], Event::Deliver(letter)).flatten().is_some() {
                first.letters.push(letter);
            }
        }
        first.letters.sort_unstable();
        let before = proposed.iter().fold(0, |bits, value| bits | atlas.bit(value));
        let mut requested = Vec::from([before]);
        for value in atlas.requests().to_vec() {
            requested.push(requested.last().copied().unwrap_or(0) | atlas.bit(&value));
        }
        Self { bounds, atlas, first, proposed: before, requested }
    }

    /// What it looks at.
    #[must_use]
    pub const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// What the number of a move means.
    #[must_use]
    pub fn read(&self, number: u32, from: &[u8]) -> Move {
        let rest = number & ((1 << KIND) - 1);
        let letter = || {
            let Letter { from, to, message } = self.atlas.letter(rest).clone();
            (from, to, message)
        };
        let node = NodeId::new(rest % 8 + 1).unwrap_or(NodeId::FIRST);
        match (number >> KIND, rest / 8) {
            (DELIVER, _) => {
                let (from, to, message) = letter();
                Move::Deliver(from, to, message)
            }
            (DROP, _) => {
                let (from, to, message) = letter();
                Move::Drop(from, to, message)
            }
            (DUPLICATE, _) => {
                let (from, to, message) = letter();
                Move::Duplicate(from, to, message)
            }
            (_, 0) => {
                let asked = State::decode(&self.bounds, from).spent.values;
                Move::Propose(node, self.atlas.requests()[usize::from(asked)].clone())
            }
            (_, event) => match EVENTS[event as usize - 1] {
                Event::Timeout(timer) => Move::Timeout(node, timer),
                Event::Sync => Move::Sync(node),
                Event::Flush => Move::Flush(node),
                Event::Restart => Move::Restart(node),
                Event::Crash => Move::Crash(node),
                _ => Move::Wipe(node),
            },
        }
    }

    /// Whether the bounds leave room for an event, and what it then has used up.
    fn spend(&self, state: &State, node: usize, event: Event) -> Option<state::Spent> {
        let (bounds, mut spent) = (&self.bounds, state.spent);
        let (part, most) = match event {
            Event::Propose(_) => (&mut spent.values, bounds.values),
            Event::Crash => (&mut spent.crashes, bounds.crashes),
            Event::Wipe => (&mut spent.wipes, bounds.wipes),
            Event::Timeout(_) if node >= bounds.proposers as usize => return None,
            _ => return Some(spent),
        };
        if u32::from(*part) >= most {
            return None;
        }
        *part += 1;
        Some(spent)
    }

    /// Makes `next` the state after an outcome at a server; whether the bounds allow it.
    #[inline]
    fn after(&self, state: &State, node: usize, outcome: &Outcome, next: &mut State) -> Result<bool, Unknown> {
        next.servers = state.servers;
        next.servers[node] = outcome.server;
        if outcome.begins {
            if !self.may_begin(state, node) {
                return Ok(false);
            }
            next.spent.ballots[node] += 1;
        }
        next.history = state.history;
        for cast in self.atlas.casts(outcome) {
            next.history = self.atlas.with_vote(next.history, *cast).ok_or(Unknown)?;
        }
        for letter in self.atlas.sends(outcome) {
            let to = self.atlas.letter(*letter).to;
            if Some(to) == self.bounds.listener() && self.atlas.is_vote(*letter) {
                self.hear(next, to.index(), *letter)?;
            } else {
                next.letters.push(*letter);
            }
        }
        self.tidy(state, next)?;
        Ok(true)
    }

    /// A vote reaches the one who listens.
    fn hear(&self, next: &mut State, listener: usize, letter: u32) -> Result<(), Unknown> {
        let outcome = self.atlas.outcome(next.servers[listener], Event::Deliver(letter)).ok_or(Unknown)?;
        if let Some(outcome) = outcome {
            next.servers[listener] = outcome.server;
        }
        Ok(())
    }

    fn may_begin(&self, state: &State, node: usize) -> bool {
        node < self.bounds.proposers as usize
            && state.spent.all_ballots() < self.bounds.ballots
            && u32::from(state.spent.ballots[node]) < self.bounds.ballots_each
    }

    /// Takes out of a state what can make no difference any more.
    fn tidy(&self, before: &State, next: &mut State) -> Result<(), Unknown> {
        let last = next.spent.all_ballots() >= self.bounds.ballots;
        if last {
            for server in &mut next.servers[..self.bounds.servers as usize] {
                let retired = self.atlas.outcome(*server, Event::Retire).ok_or(Unknown)?;
                *server = retired.map_or(*server, |outcome| outcome.server);
            }
        }
        let mut kept = 0;
        let already = before.spent.all_ballots() >= self.bounds.ballots;
        for at in 0..next.letters.len() {
            let letter = next.letters[at];
            let to = self.atlas.letter(letter).to.index();
            let known = at < before.letters.len().saturating_sub(1) && last == already && before.servers[to] == next.servers[to];
            if known || self.is_alive(next.servers[to], letter, last)? {
                next.letters[kept] = letter;
                kept += 1;
            }
        }
        next.letters.truncate(kept);
        next.letters.sort_unstable();
        Ok(())
    }

    #[inline]
    fn is_alive(&self, server: u32, letter: u32, last: bool) -> Result<bool, Unknown> {
        if last && self.atlas.is_refusal(letter) {
            // It tells a proposer to go higher, and none can.
            return Ok(false);
        }
        let outcome = self.atlas.outcome(server, Event::Deliver(letter)).ok_or(Unknown)?;
        Ok(outcome.is_some_and(|outcome| !(last && outcome.only_refuses)))
    }

    /// Every state after one move.
    fn expand(&self, state: &State, next: &mut State, out: &mut Successors) -> Result<(), Unknown> {
        let mut last = None;
        for (at, letter) in state.letters.iter().enumerate() {
            // Of equal letters, it does not matter which.
            if last.replace(*letter) == Some(*letter) {
                continue;
            }
            let node = self.atlas.letter(*letter).to.index();
            let outcome = self.atlas.outcome(state.servers[node], Event::Deliver(*letter)).ok_or(Unknown)?;
            let Some(outcome) = outcome else { continue };
            next.letters.clear();
            next.letters.extend(state.letters[..at].iter().chain(&state.letters[at + 1..]));
            next.spent = state.spent;
            if self.after(state, node, outcome, next)? {
                out.write(DELIVER << KIND | letter, |bytes| next.encode(&self.bounds, bytes));
            }
        }
        for node in 0..self.bounds.servers as usize {
            let request = Event::Propose(state.spent.values);
            let asked = (node < self.bounds.proposers as usize).then_some(request);
            for (number, event) in (0..).zip(asked.into_iter().chain(EVENTS)) {
                let number = if asked.is_some() { number } else { number + 1 };
                let Some(spent) = self.spend(state, node, event) else { continue };
                let outcome = self.atlas.outcome(state.servers[node], event).ok_or(Unknown)?;
                let Some(outcome) = outcome else { continue };
                next.letters.clone_from(&state.letters);
                next.spent = spent;
                if self.after(state, node, outcome, next)? {
                    out.write(SERVER << KIND | number << 3 | node as u32, |bytes| next.encode(&self.bounds, bytes));
                }
            }
        }
        self.lose_or_duplicate(state, next, out);
        Ok(())
    }

    fn lose_or_duplicate(&self, state: &State, next: &mut State, out: &mut Successors) {
        let may_lose = u32::from(state.spent.losses) < self.bounds.losses;
        let may_copy = u32::from(state.spent.duplicates) < self.bounds.duplicates;
        if !may_lose && !may_copy {
            return;
        }
        let mut last = None;
        for (at, letter) in state.letters.iter().enumerate() {
            if last.replace(*letter) == Some(*letter) {
                continue;
            }
            if may_lose {
                next.clone_from(state);
                next.letters.remove(at);
                next.spent.losses += 1;
                out.write(DROP << KIND | letter, |bytes| next.encode(&self.bounds, bytes));
            }
            if may_copy {
                next.clone_from(state);
                next.letters.insert(at, *letter);
                next.spent.duplicates += 1;
                out.write(DUPLICATE << KIND | letter, |bytes| next.encode(&self.bounds, bytes));
            }
        }
    }

    /// Tries out whatever [`ClusterModel::after`] needs to know.
    fn prepare(&mut self, state: &State, node: usize, event: Event) {
        self.atlas.try_out(state.servers[node], event);
        let Some(Some(outcome)) = self.atlas.outcome(state.servers[node], event) else { return };
        let outcome = outcome.clone();
        let mut history = state.history;
        for cast in self.atlas.casts(&outcome).to_vec() {
            history = match self.atlas.with_vote(history, cast) {
                Some(grown) => grown,
                None => self.atlas.grow(history, cast),
            };
        }
        let mut servers = state.servers;
        servers[node] = outcome.server;
        let mut letters = state.letters.clone();
        letters.extend(self.atlas.sends(&outcome));
        if let Some(listener) = self.bounds.listener() {
            for letter in letters.clone() {
                if self.atlas.is_vote(letter) && self.atlas.letter(letter).to == listener {
                    self.atlas.try_out(servers[listener.index()], Event::Deliver(letter));
                    if let Some(Some(heard)) = self.atlas.outcome(servers[listener.index()], Event::Deliver(letter)) {
                        servers[listener.index()] = heard.server;
                    }
                }
            }
        }
        for server in &mut servers[..self.bounds.servers as usize] {
            for letter in &letters {
                if self.atlas.letter(*letter).to == self.atlas.node(*server) {
                    self.atlas.try_out(*server, Event::Deliver(*letter));
                }
            }
            self.atlas.try_out(*server, Event::Retire);
            let retired = self.atlas.outcome(*server, Event::Retire).flatten().map_or(*server, |outcome| outcome.server);
            for letter in &letters {
                if self.atlas.letter(*letter).to == self.atlas.node(retired) {
                    self.atlas.try_out(retired, Event::Deliver(*letter));
                }
            }
        }
    }
}

/// The atlas has not tried this out yet.
struct Unknown;

impl Model for ClusterModel {
    fn begin(&mut self, out: &mut Successors) {
        out.write(0, |bytes| self.first.encode(&self.bounds, bytes));
    }

    fn successors(&self, state: &[u8], out: &mut Successors) -> bool {
        let before = out.len();
        let state = State::decode(&self.bounds, state);
        let mut next = State::default();
        if self.expand(&state, &mut next, out).is_ok() {
            return true;
        }
        out.truncate(before);
        false
    }

    fn learn(&mut self, state: &[u8]) {
        let state = State::decode(&self.bounds, state);
        for letter in state.letters.clone() {
            let node = self.atlas.letter(letter).to.index();
            self.prepare(&state, node, Event::Deliver(letter));
        }
        for node in 0..self.bounds.servers as usize {
            for event in core::iter::once(Event::Propose(state.spent.values)).chain(EVENTS) {
                if self.spend(&state, node, event).is_some() {
                    self.prepare(&state, node, event);
                }
            }
        }
    }

    fn properties(&self) -> &[Property] {
        &PROPERTIES
    }

    fn judge(&self, state: &[u8]) -> u32 {
        let (servers, history, values) = State::decode_head(&self.bounds, state);
        let verdict = self.atlas.verdict(history);
        let mut learned = 0;
        for server in &servers[..self.bounds.servers as usize] {
            learned |= self.atlas.learned(*server);
        }
        if verdict.chosen | learned == 0 && !verdict.adopted {
            return 0;
        }
        let asked = self.requested[usize::from(values)];
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
            verdict.chosen & !learned != 0,
        ];
        findings.iter().enumerate().fold(0, |mask, (at, found)| mask | u32::from(*found) << at)
    }

    fn weight(&self) -> usize {
        self.atlas.weight()
    }
}

#[cfg(test)]
mod tests;
