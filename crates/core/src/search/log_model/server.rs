//! One server of the model: its replica, its disk, and what waits for the disk.
//!
//! A record that is written is not durable yet. What rests on it waits: a prepare, a promise, an accepted. Everything else
//! leaves at once. A crash loses what is not durable, and what waits for it.
//!
//! Records become durable in the order in which they were written. That some of them are and later ones are not can be seen by
//! a crash only: so it is the crash that says how many were ([`Event::Crash`]). Where no crash can come any more, nobody could
//! see any difference between a fast disk and a slow one: everything is durable at once. A lost disk needs no slow one either: what
//! it had not written is lost with the rest.

use alloc::{collections::VecDeque, sync::Arc, vec::Vec};

use crate::endpoint::Endpoint;
use crate::log::{
    Accept, Effect, Entry, Fetched, FetchedSnapshot, Heartbeat, Input, Message, Record, Records, Replica, Role,
    Settings, Timer, Trace,
};
use crate::paxos::{self, Acceptor, NodeId, Prepare, Vote};

/// What happens to one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A message reaches it.
    Receive(Endpoint, Message),
    /// It stands for leader.
    Stand,
    /// Its timer says that it repeats what was not answered; it has waited long enough for each slot.
    Repeat,
    /// It leads, and tells the others up to where it knows the log.
    Heartbeat,
    /// All that it wrote is durable.
    Sync,
    /// Nothing: it only takes in how it does what it does from now on, and what may leave leaves.
    Settle,
    /// It crashes and comes back, after so many of its records have become durable.
    Crash(usize),
    /// It crashes, loses its disk and comes back with an empty one.
    Wipe,
    /// It takes a snapshot.
    Snapshot,
}

/// How a server of the model does what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Mode {
    /// What is written is durable at once.
    pub(super) at_once: bool,
    /// Nobody begins a ballot any more.
    pub(super) last_ballot: bool,
    /// What it says to itself travels like any other message. Otherwise it arrives at once.
    pub(super) own_travel: bool,
}

/// What comes of it, for the others to see.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// What it says to other servers.
    pub(super) sends: Vec<(NodeId, Message)>,
    /// What it says to itself.
    own: VecDeque<Message>,
    /// Votes that count from now on: they are durable, or the server said so.
    pub(super) votes: Vec<Vote<Entry>>,
    /// What the algorithm did.
    pub(super) traces: Vec<Trace>,
}

/// A message that waits until so many records are durable.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Waiting {
    behind: usize,
    to: NodeId,
    message: Message,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    me: NodeId,
    pub(super) replica: Replica,
    durable: Records,
    queued: Vec<Record>,
    outbox: Vec<Waiting>,
}

impl Server {
    /// A server that has just started for the first time.
    pub(super) fn new(me: NodeId, settings: &Arc<Settings>) -> Self {
        Self::recover(me, settings, Records::default())
    }

    /// A server that is up, with what it wrote and what is not durable of that, and with what has not left it: each message
    /// waits for so many of the records that are not durable.
    pub(super) fn running(
        me: NodeId,
        replica: Replica,
        durable: Records,
        queued: Vec<Record>,
        outbox: impl Iterator<Item = (usize, NodeId, Message)>,
    ) -> Self {
        let outbox = outbox.map(|(behind, to, message)| Waiting { behind, to, message }).collect();
        Self { me, replica, durable, queued, outbox }
    }

    /// A server that comes back with what is on its disk.
    pub(super) fn recover(me: NodeId, settings: &Arc<Settings>, durable: Records) -> Self {
        let mut replica = Replica::recover(me, settings.clone(), &durable);
        // What it says when it starts are heartbeats, and those are counted apart.
        replica.handle(Input::Start, &mut Vec::new());
        Self { me, replica, durable, queued: Vec::new(), outbox: Vec::new() }
    }

    pub(super) const fn me(&self) -> NodeId {
        self.me
    }

    /// Bytes that are equal exactly if two servers are the same state of a search.
    pub(super) fn canonical_key(&self) -> Vec<u8> {
        let outbox: Vec<_> = self.outbox.iter().map(|waiting| (waiting.behind, waiting.to, &waiting.message)).collect();
        postcard::to_allocvec(&(self.replica.canonical_key(), &self.durable, &self.queued, outbox))
            .unwrap_or_else(|_| unreachable!("a server can be serialised"))
    }

    /// Whether the event can happen now.
    pub(super) fn may(&self, event: &Event) -> bool {
        match event {
            Event::Receive(..) | Event::Wipe | Event::Settle => true,
            Event::Snapshot => self.replica.learned().applied() > self.replica.taken_to(),
            Event::Stand => self.replica.may_stand(),
            Event::Repeat => match self.replica.role() {
                Role::Follower | Role::Candidate { catches_up: false, .. } => false,
                Role::Candidate { catches_up: true, .. } => true,
                Role::Leader(leader) => !leader.rests(),
            },
            Event::Heartbeat => matches!(self.replica.role(), Role::Leader(_)),
            Event::Sync => !self.queued.is_empty(),
            Event::Crash(kept) => *kept <= self.queued.len(),
        }
    }

    /// Whether a repeat is a candidate that gives up waiting for what somebody else knows.
    pub(super) const fn catches_up(&self) -> bool {
        matches!(self.replica.role(), Role::Candidate { catches_up: true, .. })
    }

    /// How many records are not durable.
    pub(super) const fn queued(&self) -> usize {
        self.queued.len()
    }

    /// The event happens.
    pub(super) fn happens(&mut self, settings: &Arc<Settings>, event: &Event, mode: Mode) -> Outcome {
        let mut outcome = Outcome::default();
        let mut effects = Vec::new();
        match event {
            Event::Receive(from, message) => {
                self.replica.handle(Input::Receive { from: *from, message: message.clone() }, &mut effects);
            }
            Event::Stand => self.replica.handle(Input::Stand, &mut effects),
            Event::Repeat => {
                // The first time, it only notes what was not answered by then.
                if !self.catches_up() {
                    self.replica.handle(Input::Timeout(Timer::Repeat), &mut Vec::new());
                }
                self.replica.handle(Input::Timeout(Timer::Repeat), &mut effects);
            }
            Event::Heartbeat => self.replica.says_so_now(&mut effects),
            Event::Sync => self.sync(self.queued.len(), &mut outcome),
            // Where a search begins with servers that are at work, what waits for nothing leaves.
            Event::Settle => self.sync(0, &mut outcome),
            Event::Crash(kept) => {
                self.sync(*kept, &mut outcome);
                *self = Self::recover(self.me, settings, core::mem::take(&mut self.durable));
            }
            Event::Wipe => {
                let paxos = paxos::Records { lost: true, ..paxos::Records::default() };
                *self = Self::recover(self.me, settings, Records { paxos, snapshot: None });
            }
            Event::Snapshot => self.replica.handle(Input::TakeSnapshot, &mut effects),
        }
        self.take_all(settings, effects, matches!(event, Event::Heartbeat), &mut outcome);
        loop {
            if mode.at_once {
                self.sync(self.queued.len(), &mut outcome);
            }
            if mode.own_travel {
                outcome.sends.extend(outcome.own.drain(..).map(|message| (self.me, message)));
            }
            let Some(message) = outcome.own.pop_front() else { break };
            let mut effects = Vec::new();
            self.replica.handle(Input::Receive { from: Endpoint::Server(self.me), message }, &mut effects);
            self.take_all(settings, effects, false, &mut outcome);
        }
        self.replica.project_out_time();
        if mode.last_ballot {
            self.replica.project_out_next_ballot();
            self.durable.paxos.round = None;
        }
        outcome
    }

    fn take_all(&mut self, settings: &Settings, effects: Vec<Effect>, heartbeats: bool, outcome: &mut Outcome) {
        for effect in effects {
            self.takes(settings, effect, heartbeats, outcome);
        }
    }

    fn takes(&mut self, settings: &Settings, effect: Effect, heartbeats: bool, outcome: &mut Outcome) {
        match effect {
            Effect::Write(record) => self.queued.push(record),
            Effect::Send { to: Endpoint::Server(to), message } => {
                if matches!(message, Message::Heartbeat(_)) && !heartbeats {
                    return;
                }
                let behind = self.queued.len();
                if behind > 0 && waits(settings.paxos.rules, &message) {
                    // Messages travel as often as anybody likes: a copy adds nothing.
                    if !self.outbox.iter().any(|waiting| (waiting.to, &waiting.message) == (to, &message)) {
                        self.outbox.push(Waiting { behind, to, message });
                    }
                } else {
                    self.leaves(to, message, outcome);
                }
            }
            // Answers are judged where they are given.
            Effect::Send { to: Endpoint::Client(_), .. } | Effect::SetTimer { .. } | Effect::CancelTimer(_) => {}
            Effect::Trace(trace) => outcome.traces.push(trace),
            Effect::Forget(stored) => self.durable.forget(&stored),
        }
    }

    /// Whether a message from another server, which is in this state, could still tell it anything. `stands_again`: ballots are
    /// left to be begun.
    pub(super) fn heeds(&self, from: NodeId, other: &Self, message: &Message, stands_again: bool) -> bool {
        let replica = &self.replica;
        let promised = replica.acceptor().and_then(Acceptor::promised);
        // Who stands or leads, or may, could be told of a higher ballot by any answer.
        let listens = other.replica.own_ballot().is_some() || stands_again && other.replica.stands_at_all();
        match message {
            Message::Prepare(Prepare { ballot, .. }) => {
                listens || self.durable.paxos.promised.min(promised) < Some(*ballot)
            }
            Message::Promise(promise) => replica.counts_promise(promise.promise.ballot),
            Message::Accept(Accept { vote, chosen_to }) => {
                let voted = self.durable.paxos.accepted.get(vote.slot) == Some(vote);
                let casts = replica.casts(vote.ballot) && !voted;
                listens || casts || replica.hears_index(vote.ballot, *chosen_to)
            }
            Message::Accepted(accepted) => replica.counts_vote(from, accepted),
            Message::Nack(nack) => replica.is_below(nack.promised, stands_again),
            Message::Heartbeat(Heartbeat { ballot, chosen_to, .. }) => ballot.is_some_and(|ballot| {
                replica.is_below(ballot, stands_again) || replica.hears_index(ballot, *chosen_to)
            }),
            Message::Fetch(fetch) => listens || other.replica.learned().to() < fetch.to,
            Message::Fetched(Fetched { ballot, from, entries }) => {
                let deposes = ballot.is_some_and(|ballot| replica.is_below(ballot, stands_again));
                deposes || self.catches_up() || replica.learned().to() < from + entries.len() as u64 - 1
            }
            Message::Snapshot(FetchedSnapshot { ballot, snapshot }) => {
                let deposes = ballot.is_some_and(|ballot| replica.is_below(ballot, stands_again));
                deposes || self.catches_up() || replica.learned().to() < snapshot.to
            }
            Message::Confirm(confirm) => listens || replica.is_below(confirm.ballot, stands_again),
            Message::Confirmed(confirmed) => replica.counts_confirmation(from, confirmed),
            Message::Request(_) | Message::Answer(_) => true,
        }
    }

    /// So many records become durable, and what waited for them leaves.
    fn sync(&mut self, count: usize, outcome: &mut Outcome) {
        for record in self.queued.drain(..count) {
            if let Some(paxos::Record::Accepted(vote)) = record.paxos() {
                outcome.votes.push(vote.clone());
            }
            let stored = record.snapshot().cloned();
            self.durable.apply(record);
            // What it does about that is only to forget.
            if let Some(stored) = stored {
                self.replica.handle(Input::Stored(stored), &mut Vec::new());
            }
        }
        for waiting in core::mem::take(&mut self.outbox) {
            if waiting.behind <= count {
                self.leaves(waiting.to, waiting.message, outcome);
            } else {
                self.outbox.push(Waiting { behind: waiting.behind - count, ..waiting });
            }
        }
    }

    /// A message leaves. A vote that is said counts, durable or not.
    fn leaves(&self, to: NodeId, message: Message, outcome: &mut Outcome) {
        if let Message::Accepted(accepted) = &message {
            let vote = self.replica.acceptor().and_then(|acceptor| acceptor.vote(accepted.slot));
            outcome.votes.extend(vote.filter(|vote| vote.ballot == accepted.ballot).cloned());
        }
        if to == self.me {
            outcome.own.push_back(message);
        } else {
            outcome.sends.push((to, message));
        }
    }
}

/// Whether a message waits for what was written before.
fn waits(rules: paxos::Rules, message: &Message) -> bool {
    message.rests_like().is_some_and(|kind| rules.waits_for_disk(kind))
}
