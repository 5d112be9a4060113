//! A host for replicas, in a few lines and without a thing from the simulated world: queues, a disk that is busy, clients, and a
//! random choice of what happens next. It takes notes as a real server does.
#![allow(dead_code, reason = "each test file uses some of it")]

mod begins;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use quorum_core::log::{
    Client, ClientEffect, ClientId, ClientInput, Effect, Input, Message, Op, Record, Records, Replica, Settings, Text,
    Timer,
};
use quorum_core::paxos::{NodeId, NodeSet};
use quorum_core::sim::{Cluster, Config, Endpoint, ProtocolKind, Rule};
use quorum_recording::{Note, Number, Standing, digest};

pub(crate) const CLIENTS: usize = 4;

/// Random numbers, from a seed alone (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize) % bound.max(1)
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// A process: all of it is gone when it is killed.
struct Process {
    incarnation: u64,
    replica: Replica,
    /// Messages, and how many records must be durable before each may leave.
    outbox: Vec<(u64, Endpoint, Message)>,
    timers: Vec<Timer>,
    sent: BTreeMap<Endpoint, u64>,
    /// Handed to the disk, and not durable.
    pending: VecDeque<Record>,
    written: u64,
    durable: u64,
    stopped: bool,
}

struct Server {
    records: Records,
    taken: u64,
    process: Option<Process>,
}

/// A client with a number that nobody would choose as a name.
struct Asker {
    number: u64,
    client: Client,
    /// Requests on their way, and answers.
    requests: Vec<(NodeId, Message)>,
}

/// Messages on their way, each with whether its sender had begun with the record when it left.
type Link = VecDeque<(Number, bool, Message)>;

/// Servers, clients, and what is between them.
pub(crate) struct Room {
    settings: Arc<Settings>,
    servers: Vec<Server>,
    askers: Vec<Asker>,
    links: BTreeMap<(NodeId, NodeId), Link>,
    cut: Vec<(NodeId, NodeId)>,
    dice: Dice,
    now: u64,
    notes: Vec<(NodeId, Duration, Note)>,
    /// Whether a record begins in the middle; and what each server was when it had begun there.
    begins: bool,
    off: Vec<Rule>,
    begun: Vec<Option<(Standing, usize)>>,
    /// A server that does not get its turn: what is for it waits in the links.
    stalls: Option<NodeId>,
}

impl Room {
    pub(crate) fn new(servers: u32, seed: u64) -> Self {
        let config = Config { nodes: servers, protocol: ProtocolKind::Log, ..Config::default() };
        Self::with(&config, seed)
    }

    /// A room whose servers have these settings.
    pub(crate) fn with(config: &Config, seed: u64) -> Self {
        let servers = config.nodes;
        let off = config.rules.off().map(Rule::from).chain(config.log.rules.off().map(Rule::from)).collect();
        let settings = Arc::new(Cluster::new(config).unwrap().log_settings().unwrap().clone());
        let may_expire = config.log.sessions.is_some();
        let server = |_| Server { records: Records::default(), taken: 0, process: None };
        let askers = (0..CLIENTS as u64).map(|place| {
            let number = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed + place + 1);
            Asker { number, client: Client::new(ClientId::numbered(number), may_expire), requests: Vec::new() }
        });
        let mut room = Self {
            settings,
            servers: (0..servers).map(server).collect(),
            askers: askers.collect(),
            links: BTreeMap::new(),
            cut: Vec::new(),
            dice: Dice(seed.wrapping_mul(0xD134_2543_DE82_EF95) | 1),
            now: 0,
            notes: Vec::new(),
            begins: false,
            off,
            begun: vec![None; servers as usize],
            stalls: None,
        };
        for node in room.nodes() {
            room.start(node);
        }
        room
    }

    pub(crate) fn servers(&self) -> u32 {
        self.servers.len() as u32
    }

    pub(crate) fn notes(&self) -> &[(NodeId, Duration, Note)] {
        &self.notes
    }

    fn nodes(&self) -> NodeSet {
        NodeSet::first(self.servers())
    }

    fn any(&mut self) -> NodeId {
        NodeId::new(self.dice.below(self.servers.len()) as u32 + 1).unwrap()
    }

    /// So many things happen.
    pub(crate) fn live(&mut self, steps: u32) {
        (0..steps).for_each(|_| self.step(100));
    }

    /// So many things happen. Processes that run go on running, and what is cut is mended.
    pub(crate) fn live_in_peace(&mut self, steps: u32) {
        for (from, to) in std::mem::take(&mut self.cut) {
            self.note(to, Note::Mended(from));
        }
        for node in self.nodes() {
            match &mut self.servers[node.index()].process {
                None => self.start(node),
                Some(process) => {
                    if std::mem::take(&mut process.stopped) {
                        self.note(node, Note::Continued);
                    }
                }
            }
        }
        (0..steps).for_each(|_| self.step(97));
    }

    /// So many things happen in peace, and none of them to one server, which nobody notes.
    #[allow(dead_code, reason = "only one of the tests that have such a room needs it")]
    pub(crate) fn live_without(&mut self, node: NodeId, steps: u32) {
        self.stalls = Some(node);
        (0..steps).for_each(|_| self.step(97));
        self.stalls = None;
    }

    fn step(&mut self, kinds: usize) {
        self.now += self.dice.below(900) as u64;
        match self.dice.below(kinds) {
            0..=54 => self.arrival(),
            55..=76 => self.disk(),
            77..=84 => self.time(),
            85..=96 => self.ask(),
            97 => self.link(),
            98 => self.process(),
            _ => self.stop(),
        }
    }

    fn note(&mut self, node: NodeId, note: Note) {
        self.notes.push((node, Duration::from_micros(self.now), note));
    }

    fn start(&mut self, node: NodeId) {
        self.begin_at(node);
        let (now, settings) = (self.now, Arc::clone(&self.settings));
        let server = &mut self.servers[node.index()];
        let incarnation = now * 128 + u64::from(node.get());
        server.process = Some(Process {
            incarnation,
            replica: Replica::recover(node, settings, &server.records),
            outbox: Vec::new(),
            timers: Vec::new(),
            sent: BTreeMap::new(),
            pending: VecDeque::new(),
            written: 0,
            durable: 0,
            stopped: false,
        });
        let records = server.taken;
        let off = self.off.clone();
        self.note(node, Note::Start { incarnation, records, replaced: false, off });
        self.give(node, Input::Start);
    }

    /// A process starts, and whoever looks after it may do something to it before its first word.
    fn start_slowly(&mut self, node: NodeId) {
        let begins_now = self.begins && self.begun[node.index()].is_none();
        if begins_now || !self.dice.one_in(4) {
            return self.start(node);
        }
        self.note(node, Note::Stopped);
        self.now += self.dice.below(900) as u64;
        match self.dice.below(3) {
            0 => self.note(node, Note::Killed { records: None }),
            1 => {
                self.note(node, Note::Continued);
                self.start(node);
            }
            // The signal was noted before it reached the process.
            _ => {
                self.start(node);
                self.servers[node.index()].process.as_mut().unwrap().stopped = true;
            }
        }
    }

    fn runs(&mut self, node: NodeId) -> Option<&mut Process> {
        let stalls = self.stalls == Some(node);
        self.servers[node.index()].process.as_mut().filter(|process| !process.stopped && !stalls)
    }

    fn give(&mut self, node: NodeId, input: Input) {
        let rules = self.settings.paxos.rules;
        let Some(process) = self.runs(node) else { return };
        let mut effects = Vec::new();
        process.replica.handle(input, &mut effects);
        for effect in effects {
            match effect {
                Effect::Write(record) => {
                    process.written += 1;
                    process.pending.push_back(record);
                }
                Effect::Send { to, message } => {
                    let waits = message.rests_like().is_some_and(|kind| rules.waits_for_disk(kind));
                    process.outbox.push((if waits { process.written } else { 0 }, to, message));
                }
                Effect::SetTimer { timer, .. } => {
                    process.timers.retain(|other| *other != timer);
                    process.timers.push(timer);
                }
                Effect::CancelTimer(timer) => process.timers.retain(|other| *other != timer),
                Effect::Forget(_) | Effect::Trace(_) => {}
            }
        }
        // A busy server lets nothing out between two inputs, now and then.
        if !self.dice.one_in(4) {
            self.release(node);
        }
    }

    fn release(&mut self, node: NodeId) {
        let Some(process) = self.runs(node) else { return };
        let durable = process.durable;
        let (leave, stay) =
            std::mem::take(&mut process.outbox).into_iter().partition(|(behind, ..)| *behind <= durable);
        process.outbox = stay;
        let leave: Vec<(u64, Endpoint, Message)> = leave;
        for (_, to, message) in leave {
            let Some(process) = self.runs(node) else { return };
            let sequence = process.sent.entry(to).or_default();
            *sequence += 1;
            let number = Number { incarnation: process.incarnation, sequence: *sequence };
            let taken = !(matches!(to, Endpoint::Client(_)) && self.dice.one_in(8));
            self.note(node, Note::Sent { to, number, digest: digest(&message), taken });
            match (to, message) {
                (Endpoint::Server(to), message) => {
                    let begun = self.begun[node.index()].is_some();
                    self.links.entry((node, to)).or_default().push_back((number, begun, message));
                }
                (Endpoint::Client(client), Message::Answer(answer)) if taken => {
                    self.hear(client, ClientInput::Answer { from: node, answer });
                }
                _ => {}
            }
        }
    }

    fn hear(&mut self, client: ClientId, input: ClientInput) {
        let all = self.nodes();
        let Some(asker) = self.askers.iter_mut().find(|asker| asker.number == client.number()) else { return };
        let mut effects = Vec::new();
        asker.client.handle(input, all, &mut effects);
        for effect in effects {
            if let ClientEffect::Send { to, message } = effect {
                asker.requests.push((to, message));
            }
        }
    }

    /// The first message of a link arrives, or is lost with those behind it, as when a connection breaks.
    fn arrival(&mut self) {
        let (from, to) = (self.any(), self.any());
        if self.stalls == Some(to) {
            return;
        }
        let Some(link) = self.links.get_mut(&(from, to)) else { return };
        if from != to && self.dice.one_in(60) {
            return link.clear();
        }
        let Some((number, begun, message)) = link.pop_front() else { return };
        if self.cut.contains(&(from, to)) || self.runs(to).is_none() {
            return;
        }
        if begun {
            self.begin_at(to);
        }
        let crosses = !begun && self.begun[to.index()].is_some();
        self.note(
            to,
            match crosses {
                false => Note::Received { from, number },
                true => Note::Crossed { from, number, epoch: 0, message: Box::new(message.clone()) },
            },
        );
        self.give(to, Input::Receive { from: from.into(), message });
    }

    /// A commit ends: the first of the records are durable.
    fn disk(&mut self) {
        let (node, part) = (self.any(), self.dice.one_in(3));
        self.commit(node, if part { 1 } else { usize::MAX });
    }

    fn commit(&mut self, node: NodeId, most: usize) {
        let Some(process) = self.runs(node) else { return };
        let count = process.pending.len().min(most);
        let records: Vec<_> = process.pending.drain(..count).collect();
        process.durable += count as u64;
        let durable = process.durable;
        let stored: Vec<_> = records.iter().filter_map(|record| record.snapshot().cloned()).collect();
        self.apply(node, records);
        if count > 0 {
            self.note(node, Note::Durable(durable));
            stored.into_iter().for_each(|stored| self.give(node, Input::Stored(stored)));
            self.release(node);
        }
    }

    fn apply(&mut self, node: NodeId, records: Vec<Record>) {
        let server = &mut self.servers[node.index()];
        server.taken += records.len() as u64;
        for record in records {
            server.records.apply(record);
        }
    }

    fn time(&mut self) {
        let (node, place) = (self.any(), self.dice.below(3));
        let seldom = self.dice.one_in(6);
        let Some(process) = self.runs(node) else { return };
        let Some(timer) = process.timers.get(place).copied() else { return };
        // Elections are for now and then, or nothing else happens.
        if timer != Timer::Heartbeat && !seldom {
            return;
        }
        process.timers.remove(place);
        self.note(node, Note::Timeout(timer));
        self.give(node, Input::Timeout(timer));
    }

    fn ask(&mut self) {
        let place = self.dice.below(self.askers.len());
        let (key, kind) = (self.dice.below(2), self.dice.below(3));
        let asker = &self.askers[place];
        let (client, number) = (asker.client.id(), asker.number);
        if asker.client.waiting().is_none() {
            let text = |text: String| Text::new(&text).unwrap();
            let (key, value) = (text(format!("k{key}")), text(format!("v{}", self.now)));
            let op = match kind {
                0 => Op::Get { key },
                1 => Op::Append { key, value },
                _ => Op::Put { key, value },
            };
            self.hear(client, ClientInput::Ask { op, of: None, since: None });
        } else if self.askers[place].requests.is_empty() {
            let of = self.dice.one_in(2).then(|| self.any());
            self.hear(client, ClientInput::Timeout(of));
        }
        let lost = self.dice.one_in(20);
        for (to, message) in std::mem::take(&mut self.askers[place].requests) {
            let Message::Request(command) = &message else { continue };
            if self.runs(to).is_none() || lost {
                continue;
            }
            self.note(
                to,
                Note::Request { client: number, seq: command.seq, op: command.op.clone(), since: command.since },
            );
            self.give(to, Input::Receive { from: client.into(), message });
        }
    }

    fn link(&mut self) {
        let (from, to) = (self.any(), self.any());
        if from == to {
            return;
        }
        if self.cut.contains(&(from, to)) {
            self.cut.retain(|link| *link != (from, to));
            self.note(to, Note::Mended(from));
        } else if self.dice.one_in(2) {
            self.cut.push((from, to));
            self.note(to, Note::Cut(from));
        }
    }

    /// A process is killed, maybe in the middle of a commit; or one starts again, seldom with a new disk.
    fn process(&mut self) {
        let node = self.any();
        if self.servers[node.index()].process.is_none() {
            return self.start_slowly(node);
        }
        if !self.dice.one_in(3) {
            return;
        }
        let Some(mut process) = self.servers[node.index()].process.take() else { return };
        if self.dice.one_in(2) {
            let records = process.pending.drain(..).collect();
            self.apply(node, records);
        }
        let looked = self.dice.one_in(2).then(|| self.servers[node.index()].taken);
        if self.dice.one_in(2) {
            self.note(node, Note::Killed { records: looked });
        }
        if self.dice.one_in(12) && self.servers.iter().all(|server| !server.records.paxos.lost) {
            self.note(node, Note::Wiped);
            let server = &mut self.servers[node.index()];
            (server.records, server.taken) = (Records::default(), 0);
            server.records.paxos.lost = true;
        }
    }

    fn stop(&mut self) {
        let (node, stops) = (self.any(), self.dice.one_in(4));
        let Some(process) = &mut self.servers[node.index()].process else { return };
        if process.stopped {
            process.stopped = false;
            self.note(node, Note::Continued);
        } else if stops {
            process.stopped = true;
            self.note(node, Note::Stopped);
        }
    }
}
