//! What servers do, done once and then looked up.
//!
//! A model has millions of states, but one server of it only thousands: the millions are their combinations. So every state of a
//! server, every message and every past is interned, which means that it gets a number. What a server does about an event is a
//! function of the server's state and the event, and the table remembers it. The first time, the real
//! [`Replica`](crate::log::Replica) does it (`server.rs`); from then on the table is read. SPIN calls this collapse compression:
//! it changes how a state is written down, and not which states there are.

use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::Bounds;
use super::past::{Before, Cast, Note, Past};
use super::present::Present;
use super::server::{Event, Mode, Outcome, Server};
use crate::endpoint::Endpoint;
use crate::log::{Applied, Command, Entry, Message, Reply, Settings, Trace};
use crate::paxos::{NodeId, Scheme, Slot};

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Packet {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) message: Message,
}

/// An event in numbers: what happens to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The message with this number reaches it.
    Deliver(u32),
    /// A client's request reaches it.
    Ask(u8),
    Stand,
    Repeat,
    Heartbeat,
    Sync,
    Settle,
    /// It crashes after so many of its records have become durable.
    Crash(u8),
    Wipe,
    Snapshot,
}

/// What an event does to a server.
#[derive(Clone, Debug, Default)]
pub(super) struct LocalTransition {
    /// The number of the server's state afterwards.
    pub(super) to: u32,
    /// The messages it sends.
    pub(super) sends: Vec<u32>,
    votes: Vec<Cast>,
    notes: Vec<Note>,
    /// Whether it begins a ballot.
    pub(super) begins_ballot: bool,
}

impl LocalTransition {
    /// Whether there is nothing to judge.
    pub(super) const fn is_silent(&self) -> bool {
        self.votes.is_empty() && self.notes.is_empty()
    }
}

/// Something that the table has to learn first.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unknown {
    /// What an event does to a server.
    Event { server: u32, key: Key, mode: Mode },
    /// What a transition does to a past.
    Judge { past: u32, transition: u32 },
    /// Whether a message could still tell a server anything.
    Heeds { packet: u32, to: u32, from: u32, stands_again: bool },
    /// A past in which the reader has just asked.
    Reads { past: u32 },
}

/// Everything that was met, with a number.
#[derive(Clone, Debug)]
struct Numbers<T> {
    all: Vec<Arc<T>>,
    numbers: BTreeMap<Arc<T>, u32>,
}

impl<T: Ord> Numbers<T> {
    const fn new() -> Self {
        Self { all: Vec::new(), numbers: BTreeMap::new() }
    }

    fn intern(&mut self, thing: T) -> u32 {
        if let Some(number) = self.numbers.get(&thing) {
            return *number;
        }
        let (thing, number) = (Arc::new(thing), self.all.len() as u32);
        self.all.push(thing.clone());
        self.numbers.insert(thing, number);
        number
    }
}

/// The memory of everything that servers do.
#[derive(Clone, Debug)]
pub(super) struct Table {
    settings: Arc<Settings>,
    bounds: Bounds,
    /// The commands of the clients that may ask, and behind them those that others wait for.
    commands: Vec<Arc<Command>>,
    before: Before,
    servers: Vec<Server>,
    server_numbers: HashMap<Vec<u8>, u32, FxBuildHasher>,
    packets: Numbers<Packet>,
    pasts: Numbers<Past>,
    verdicts: Vec<u32>,
    transitions: Vec<LocalTransition>,
    /// What an event does to a server, if anything.
    events: HashMap<(u32, Key, Mode), Option<u32>, FxBuildHasher>,
    judged: HashMap<(u32, u32), u32, FxBuildHasher>,
    reading: HashMap<u32, u32, FxBuildHasher>,
    heeded: HashMap<(u32, u32, u32, bool), bool, FxBuildHasher>,
    bytes: usize,
}

impl Table {
    /// What a search begins with, and in numbers: its servers, its past, and the messages on their way.
    pub(super) fn new(present: Present) -> (Self, Vec<u32>, u32, Vec<u32>) {
        let Present { settings, bounds, commands, before, past, servers, packets, .. } = present;
        let mut table = Self {
            commands,
            before,
            settings,
            bounds,
            servers: Vec::new(),
            server_numbers: HashMap::default(),
            packets: Numbers::new(),
            pasts: Numbers::new(),
            verdicts: Vec::new(),
            transitions: Vec::new(),
            events: HashMap::default(),
            judged: HashMap::default(),
            reading: HashMap::default(),
            heeded: HashMap::default(),
            bytes: 0,
        };
        let past = table.intern_past(past);
        let servers = servers.into_iter().map(|server| table.intern_server(server)).collect();
        let packets = packets.into_iter().map(|packet| table.packets.intern(packet)).collect();
        (table, servers, past, packets)
    }

    /// Roughly the bytes it takes.
    pub(super) const fn approx_bytes(&self) -> usize {
        self.bytes
    }

    /// How ballots are written.
    pub(super) fn scheme(&self) -> Scheme {
        self.settings.paxos.scheme
    }

    pub(super) fn server(&self, number: u32) -> &Server {
        &self.servers[number as usize]
    }

    pub(super) fn packet(&self, number: u32) -> &Packet {
        &self.packets.all[number as usize]
    }

    /// Whether a client has not asked yet when the search begins.
    pub(super) fn is_new(&self, client: u8) -> bool {
        self.before.asked(self.command(client)).is_none()
    }

    pub(super) fn command(&self, client: u8) -> &Command {
        &self.commands[usize::from(client)]
    }

    #[cfg(test)]
    pub(super) fn past(&self, number: u32) -> &Past {
        &self.pasts.all[number as usize]
    }

    pub(super) fn verdict(&self, past: u32) -> u32 {
        self.verdicts[past as usize]
    }

    pub(super) fn transition(&self, number: u32) -> &LocalTransition {
        &self.transitions[number as usize]
    }

    /// What an event does to a server; `None`: nothing.
    pub(super) fn event(&self, server: u32, key: Key, mode: Mode) -> Result<Option<u32>, Unknown> {
        self.events.get(&(server, key, mode)).copied().ok_or(Unknown::Event { server, key, mode })
    }

    /// The past after a transition.
    pub(super) fn judge(&self, past: u32, transition: u32) -> Result<u32, Unknown> {
        if self.transition(transition).is_silent() {
            return Ok(past);
        }
        self.judged.get(&(past, transition)).copied().ok_or(Unknown::Judge { past, transition })
    }

    /// Whether a message could still tell its receiver anything, by the numbers of the two servers' states.
    pub(super) fn heeds(&self, packet: u32, to: u32, from: u32, stands_again: bool) -> Result<bool, Unknown> {
        let known = self.heeded.get(&(packet, to, from, stands_again));
        known.copied().ok_or(Unknown::Heeds { packet, to, from, stands_again })
    }

    /// The past after the reader has asked for the first time.
    pub(super) fn reads(&self, past: u32) -> Result<u32, Unknown> {
        self.reading.get(&past).copied().ok_or(Unknown::Reads { past })
    }

    /// Learns something.
    pub(super) fn learn(&mut self, unknown: Unknown) {
        self.bytes += 48;
        match unknown {
            Unknown::Event { server, key, mode } => {
                let transition = self.happens(server, key, mode);
                let number = transition.map(|transition| {
                    self.bytes +=
                        size_of::<LocalTransition>() + 4 * transition.sends.len() + 64 * transition.notes.len();
                    self.transitions.push(transition);
                    self.transitions.len() as u32 - 1
                });
                self.events.insert((server, key, mode), number);
            }
            Unknown::Judge { past, transition } => {
                let mut next = (*self.pasts.all[past as usize]).clone();
                let LocalTransition { votes, notes, .. } = &self.transitions[transition as usize];
                votes.iter().for_each(|vote| next.cast(&self.before, vote.clone()));
                let by = (self.settings.paxos.quorums(), self.settings.rules);
                next.judge(&self.before, &self.bounds, by, notes);
                let next = self.intern_past(next);
                self.judged.insert((past, transition), next);
            }
            Unknown::Heeds { packet, to, from, stands_again } => {
                let Packet { from: sender, message, .. } = self.packet(packet);
                let heeds = self.server(to).heeds(*sender, self.server(from), message, stands_again);
                self.heeded.insert((packet, to, from, stands_again), heeds);
            }
            Unknown::Reads { past } => {
                let mut next = (*self.pasts.all[past as usize]).clone();
                next.reads();
                let next = self.intern_past(next);
                self.reading.insert(past, next);
            }
        }
    }

    fn intern_past(&mut self, past: Past) -> u32 {
        let asked = &self.commands[..self.bounds.clients as usize];
        let verdict = past.verdict(&self.before, self.settings.paxos.quorums(), asked);
        let number = self.pasts.intern(past);
        if number as usize == self.verdicts.len() {
            self.verdicts.push(verdict);
            self.bytes += 400;
        }
        number
    }

    fn intern_server(&mut self, server: Server) -> u32 {
        let key = server.canonical_key();
        if let Some(number) = self.server_numbers.get(&key) {
            return *number;
        }
        let number = self.servers.len() as u32;
        self.bytes += key.len() + size_of::<Server>() + 600;
        self.server_numbers.insert(key, number);
        self.servers.push(server);
        number
    }

    fn event_of(&self, key: Key) -> Event {
        match key {
            Key::Deliver(packet) => {
                let Packet { from, message, .. } = self.packet(packet);
                Event::Receive(Endpoint::Server(*from), message.clone())
            }
            Key::Ask(client) => {
                let command = &self.commands[usize::from(client)];
                Event::Receive(Endpoint::Client(command.client), Message::Request(command.clone()))
            }
            Key::Stand => Event::Stand,
            Key::Repeat => Event::Repeat,
            Key::Heartbeat => Event::Heartbeat,
            Key::Sync => Event::Sync,
            Key::Settle => Event::Settle,
            Key::Crash(kept) => Event::Crash(usize::from(kept)),
            Key::Wipe => Event::Wipe,
            Key::Snapshot => Event::Snapshot,
        }
    }

    /// The real server does it.
    fn happens(&mut self, number: u32, key: Key, mode: Mode) -> Option<LocalTransition> {
        let event = self.event_of(key);
        let mut server = self.servers[number as usize].clone();
        if !server.may(&event) {
            return None;
        }
        let settings = self.settings.clone();
        let before = server.replica.learned().applied();
        let Outcome { sends, votes, traces, .. } = server.happens(&settings, &event, mode);
        let me = server.me();
        let notes = notes(&server, &settings, &self.commands, (key, before), &traces);
        let begins_ballot = traces.iter().any(|trace| matches!(trace, Trace::Stands { .. }));
        let sends =
            sends.into_iter().map(|(to, message)| self.packets.intern(Packet { from: me, to, message })).collect();
        let cast =
            |vote: crate::paxos::Vote<Entry>| Cast { slot: vote.slot, ballot: vote.ballot, entry: vote.value, by: me };
        let votes = votes.into_iter().map(cast).collect();
        let transition = LocalTransition { to: self.intern_server(server), sends, votes, notes, begins_ballot };
        let nothing = transition.to == number && transition.sends.is_empty() && transition.is_silent();
        (!nothing).then_some(transition)
    }
}

/// What has to be judged of what a server did. Up to `before`, it had applied every slot.
fn notes(
    server: &Server,
    settings: &Settings,
    commands: &[Arc<Command>],
    (key, mut before): (Key, Slot),
    traces: &[Trace],
) -> Vec<Note> {
    let mut notes = Vec::new();
    // A server that comes back may begin with the store of a snapshot.
    let mut applied = server.replica.learned().applied() > 0 && matches!(key, Key::Crash(_));
    for trace in traces {
        match trace {
            Trace::Learned { slot, entry, .. } => notes.push(Note::Learned(*slot, entry.clone())),
            Trace::Applied { slot, entry, applied: what, .. } => {
                let changed = matches!(what, Applied::Done(_));
                notes.push(Note::Applied { before, slot: *slot, entry: entry.clone(), changed });
                before = if *slot == before + 1 { *slot } else { before };
                applied = true;
            }
            // From there on it goes on with the store of a snapshot.
            Trace::Installed { to, .. } => {
                before = *to;
                applied = true;
            }
            // What it had applied by then is not more than now.
            Trace::Proposed { slot, .. } | Trace::Finishes { slot, .. } => {
                let last = server.replica.learned().applied() + Slot::from(settings.window);
                if *slot > last {
                    notes.push(Note::AboveWindow);
                }
            }
            // Who was answered before is told the same once more.
            Trace::Answered { client, seq, reply, .. } if !matches!(reply, Reply::NotLeader { .. }) => {
                let asked = commands.iter().find(|command| (command.client, command.seq) == (*client, *seq));
                notes.extend(asked.map(|command| Note::Answered((**command).clone(), reply.clone())));
            }
            Trace::Read { command, output, applied, .. } => {
                let reply = Reply::Done { output: output.clone(), slot: *applied };
                notes.push(Note::Answered((**command).clone(), reply));
            }
            _ => {}
        }
    }
    if applied {
        notes.push(Note::Stands(server.replica.learned().applied(), server.replica.machine().clone()));
    }
    notes
}
