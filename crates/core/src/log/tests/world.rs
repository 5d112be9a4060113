//! A small world for the protocol: milliseconds, a network, disks that take time, and a book of everything.

use alloc::collections::BTreeMap;
use alloc::{format, string::String, sync::Arc, vec::Vec};

use litemap::LiteMap;

mod book;

use super::super::*;
use crate::check::linear::{Called, Jit};
use crate::endpoint::Endpoint;
use crate::paxos::{self, NodeId, NodeSet, Slot};
use crate::sample::node;

/// What may go wrong.
#[derive(Clone, Copy)]
pub(super) struct Faults {
    /// Messages lost and doubled, in thousandths.
    pub(super) loss: u64,
    /// Thousandths of a chance, each 100 ms, that a server crashes, and that a link is cut or mended.
    pub(super) crash: u64,
}

impl Faults {
    pub(super) const NONE: Self = Self { loss: 0, crash: 0 };
    pub(super) const ALL: Self = Self { loss: 60, crash: 60 };
}

enum Event {
    Deliver { from: Endpoint, to: Endpoint, message: Message },
    Timer { node: NodeId, timer: Timer, set: u64 },
    ClientTimer { client: usize, set: u64 },
    Sync { node: NodeId, life: u32, upto: u64 },
    Trouble,
}

struct Server {
    replica: Option<Replica>,
    durable: Records,
    /// Written and not yet durable; `total` counts all records ever written.
    queued: Vec<Record>,
    total: u64,
    outbox: Vec<(u64, Endpoint, Message)>,
    timers: [u64; 3],
    life: u32,
    applied: Vec<(ClientId, u32)>,
    last_applied: Slot,
}

/// One operation of a client, as the client sees it.
struct Operation {
    command: Arc<Command>,
    /// The highest slot that anybody had an answer from when it was asked.
    floor: Slot,
    answer: Option<(Output, Slot)>,
    called: Option<Called>,
}

pub(super) struct World {
    settings: Arc<Settings>,
    servers: Vec<Server>,
    clients: Vec<(Client, u64)>,
    operations: Vec<Operation>,
    to_ask: u32,
    now: u64,
    last: u64,
    events: BTreeMap<(u64, u64), Event>,
    random: u64,
    pub(super) cuts: Vec<(NodeId, NodeId)>,
    /// What the network loses beside: by sender, receiver and message.
    pub(super) loses: fn(Endpoint, Endpoint, &Message) -> bool,
    faults: Faults,
    /// What servers have learned, by slot.
    pub(super) book: BTreeMap<Slot, Entry>,
    answered_to: Slot,
    /// Whether the clients' history so far is linearizable.
    pub(super) judge: Jit,
    /// How many messages of each kind were sent between different servers.
    pub(super) sent: [u64; MessageKind::ALL.len()],
    pub(super) answered: u32,
    pub(super) breach: Option<String>,
    /// The rules that traces named.
    pub(super) blamed: Vec<Rule>,
    /// How often a snapshot was installed, votes made room for one, and a candidate could not decide.
    pub(super) installed: u32,
    pub(super) truncated: u32,
    pub(super) undecided: u32,
    /// A server whose disk takes so many milliseconds.
    pub(super) slow: Option<(NodeId, u64)>,
    /// How much longer than 30 milliseconds a message takes at most while there are faults.
    pub(super) latency: u64,
    /// The longest time that a disk takes, in milliseconds.
    pub(super) disk: u64,
    /// Whether a breach is noted instead of failing at once.
    pub(super) forgiving: bool,
}

impl World {
    /// As many servers as vote.
    pub(super) fn new(settings: Settings, seed: u64, clients: usize) -> Self {
        let count = settings.paxos.roles.acceptors.len();
        Self::of(settings, count, seed, clients)
    }

    /// So many servers.
    pub(super) fn of(settings: Settings, count: u32, seed: u64, clients: usize) -> Self {
        let settings = Arc::new(settings);
        let servers = (0..count).map(|_| Server {
            replica: None,
            durable: Records::default(),
            queued: Vec::new(),
            total: 0,
            outbox: Vec::new(),
            timers: [0; 3],
            life: 0,
            applied: Vec::new(),
            last_applied: 0,
        });
        let mut world = Self {
            servers: servers.collect(),
            clients: (0..clients).map(|index| (Client::new(ClientId::at(index).unwrap(), false), 0)).collect(),
            operations: Vec::new(),
            to_ask: 0,
            now: 0,
            last: 0,
            events: BTreeMap::new(),
            random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            cuts: Vec::new(),
            loses: |_, _, _| false,
            faults: Faults::NONE,
            book: BTreeMap::new(),
            answered_to: 0,
            judge: Jit::new(LiteMap::new(), 100_000),
            sent: [0; MessageKind::ALL.len()],
            answered: 0,
            breach: None,
            blamed: Vec::new(),
            installed: 0,
            truncated: 0,
            undecided: 0,
            disk: 10,
            slow: None,
            latency: 200,
            forgiving: false,
            settings,
        };
        for node in world.nodes() {
            world.restart(node);
        }
        world.plan(100, Event::Trouble);
        world
    }

    pub(super) fn nodes(&self) -> NodeSet {
        NodeSet::first(self.servers.len() as u32)
    }

    fn draw(&mut self, below: u64) -> u64 {
        // xorshift64*
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        (self.random.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % below
    }

    fn plan(&mut self, after: u64, event: Event) {
        self.last += 1;
        self.events.insert((self.now + after, self.last), event);
    }

    fn wrong(&mut self, what: String) {
        assert!(self.forgiving, "at {} ms: {what}", self.now);
        self.breach.get_or_insert(what);
    }

    /// So many operations are asked for, by whichever client is free.
    pub(super) fn workload(&mut self, operations: u32) {
        self.to_ask += operations;
        self.ask();
    }

    pub(super) fn run(&mut self, milliseconds: u64, faults: Faults) {
        self.faults = faults;
        let end = self.now + milliseconds;
        while let Some(entry) = self.events.first_entry()
            && self.breach.is_none()
        {
            if entry.key().0 > end {
                break;
            }
            let ((time, _), event) = entry.remove_entry();
            self.now = time;
            self.happens(event);
        }
        self.now = end;
        self.check_answers();
    }

    /// A client asks a server.
    pub(super) fn request(&mut self, client: usize, op: Op, of: u32) {
        self.client(client, ClientInput::Ask { op, of: Some(node(of)), since: None });
    }

    /// What a client was answered last; `None` while it waits.
    pub(super) fn answer(&self, client: usize) -> Option<&Output> {
        let id = self.clients[client].0.id();
        let last = self.operations.iter().rfind(|operation| operation.command.client == id)?;
        last.answer.as_ref().map(|(output, _)| output)
    }

    /// A server that is up.
    pub(super) fn replica(&self, number: u32) -> &Replica {
        self.servers[node(number).index()].replica.as_ref().unwrap()
    }

    /// Who leads with the highest ballot, and that ballot's round.
    pub(super) fn leader(&self) -> Option<(u32, u32)> {
        let up = self.nodes().iter().filter_map(|node| Some((node, self.servers[node.index()].replica.as_ref()?)));
        let leads = up.filter(|(_, replica)| matches!(replica.role(), Role::Leader(_)));
        let ballots = leads.filter_map(|(node, replica)| Some((replica.own_ballot()?, node)));
        ballots.max().map(|(ballot, node)| (node.get(), ballot.round))
    }

    /// Cuts a link in both directions.
    pub(super) fn cut(&mut self, a: u32, b: u32) {
        self.cuts.extend([(node(a), node(b)), (node(b), node(a))]);
    }

    pub(super) fn heal_links(&mut self) {
        self.cuts.clear();
    }

    pub(super) fn heal(&mut self) {
        self.heal_links();
        for node in self.nodes() {
            if self.servers[node.index()].replica.is_none() {
                self.restart(node);
            }
        }
    }

    pub(super) fn is_answered(&self) -> bool {
        self.to_ask == 0 && self.operations.iter().all(|operation| operation.answer.is_some())
    }

    /// Whether all servers have applied the same log, and hold the same store.
    pub(super) fn has_converged(&self) -> bool {
        let mut states = self.servers.iter().filter_map(|server| server.replica.as_ref());
        let Some(first) = states.next() else { return true };
        states.all(|other| other.learned().applied() == first.learned().applied() && other.machine() == first.machine())
    }

    fn ask(&mut self) {
        for index in 0..self.clients.len() {
            if self.to_ask == 0 || self.clients[index].0.waiting().is_some() {
                continue;
            }
            self.to_ask -= 1;
            let value = || Text::new("v").unwrap();
            let key = Text::new(if self.draw(3) == 0 { "y" } else { "x" }).unwrap();
            let number = Text::new(&format!("{index}.{}", self.to_ask)).unwrap();
            let op = match self.draw(6) {
                0 | 1 => Op::Get { key },
                2 => Op::Put { key, value: value() },
                3 => Op::Cas { key, from: value(), to: number },
                _ => Op::Append { key, value: number },
            };
            self.client(index, ClientInput::Ask { op, of: None, since: None });
        }
    }

    fn client(&mut self, index: usize, input: ClientInput) {
        let is_new = matches!(input, ClientInput::Ask { .. });
        let mut out = Vec::new();
        let servers = self.nodes();
        self.clients[index].0.handle(input, servers, &mut out);
        if is_new {
            let command = self.clients[index].0.waiting().unwrap().command.clone();
            let called = Some(self.judge.call(index as u32, command.op.clone()));
            self.operations.push(Operation { command, floor: self.answered_to, answer: None, called });
        }
        for effect in out {
            match effect {
                ClientEffect::Send { to, message } => {
                    let from = Endpoint::Client(self.clients[index].0.id());
                    self.send(from, Endpoint::Server(to), &message);
                }
                ClientEffect::SetTimer { tries } => {
                    self.last += 1;
                    let (set, wait) = (self.last, 500 << tries.min(3));
                    self.clients[index].1 = set;
                    self.plan(wait, Event::ClientTimer { client: index, set });
                }
                ClientEffect::CancelTimer => self.clients[index].1 = 0,
                ClientEffect::Done { command, reply } => self.done(&command, reply),
            }
        }
    }

    fn done(&mut self, command: &Arc<Command>, reply: Reply) {
        let Reply::Done { output, slot } = reply else { return self.wrong(format!("{command:?} got {reply:?}")) };
        self.answered += 1;
        self.answered_to = self.answered_to.max(slot);
        let operation = self.operations.iter_mut().find(|operation| Arc::ptr_eq(&operation.command, command)).unwrap();
        if let Some(called) = operation.called.take() {
            self.judge.returned(called, Some(&output));
        }
        operation.answer = Some((output, slot));
        assert!(!self.judge.gave_up());
        if self.judge.broken().is_some() {
            self.wrong(format!("the answer to {command:?} is not linearizable"));
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Deliver { from, to: Endpoint::Server(to), message } => {
                let cut = matches!(from, Endpoint::Server(from) if self.cuts.contains(&(from, to)));
                if !cut {
                    self.input(to, Input::Receive { from, message });
                }
            }
            Event::Deliver { from: Endpoint::Server(from), to: Endpoint::Client(client), message } => {
                if let Message::Answer(answer) = message {
                    self.client(client.index(), ClientInput::Answer { from, answer });
                    self.ask();
                }
            }
            Event::Deliver { .. } => {}
            Event::Timer { node, timer, set } => {
                if self.servers[node.index()].timers[timer as usize] == set {
                    self.servers[node.index()].timers[timer as usize] = 0;
                    self.input(node, Input::Timeout(timer));
                }
            }
            Event::ClientTimer { client, set } => {
                if self.clients[client].1 == set {
                    self.client(client, ClientInput::Timeout(None));
                }
            }
            Event::Sync { node, life, upto } => {
                if self.servers[node.index()].life == life {
                    self.sync(node, upto);
                }
            }
            Event::Trouble => {
                self.trouble();
                self.plan(100, Event::Trouble);
            }
        }
    }

    fn trouble(&mut self) {
        let crash = self.faults.crash;
        for node in self.nodes() {
            let happens = self.draw(1000) < crash;
            match (self.servers[node.index()].replica.is_some(), happens) {
                (true, true) => self.crash(node),
                (false, _) if crash > 0 && self.draw(5) == 0 => self.restart(node),
                _ => {}
            }
        }
        if self.draw(1000) < crash {
            let count = self.servers.len() as u64;
            let link = (node(1 + self.draw(count) as u32), node(1 + self.draw(count) as u32));
            match self.cuts.iter().position(|cut| *cut == link) {
                Some(position) => drop(self.cuts.remove(position)),
                None => self.cuts.push(link),
            }
        }
    }

    pub(super) fn crash(&mut self, node: NodeId) {
        let server = &mut self.servers[node.index()];
        server.replica = None;
        server.total -= server.queued.len() as u64;
        server.queued.clear();
        server.outbox.clear();
        server.timers = [0; 3];
        server.life += 1;
    }

    /// A server that is down gets an empty disk in place of its own.
    pub(super) fn wipe(&mut self, node: NodeId) {
        let paxos = paxos::Records { lost: true, ..paxos::Records::default() };
        self.servers[node.index()].durable = Records { paxos, snapshot: None };
    }

    pub(super) fn restart(&mut self, node: NodeId) {
        let server = &mut self.servers[node.index()];
        server.replica = Some(Replica::recover(node, self.settings.clone(), &server.durable));
        let snapshot = server.durable.latest().cloned();
        self.begins_with(node, snapshot.as_deref());
        self.input(node, Input::Start);
    }

    fn sync(&mut self, node: NodeId, upto: u64) {
        let server = &mut self.servers[node.index()];
        let durable = server.total - server.queued.len() as u64;
        let count = upto.saturating_sub(durable) as usize;
        let mut snapshots = Vec::new();
        for record in server.queued.drain(..count) {
            snapshots.extend(record.snapshot().cloned());
            server.durable.apply(record);
        }
        for stored in snapshots {
            self.input(node, Input::Stored(stored));
        }
        self.flush(node);
    }

    fn flush(&mut self, node: NodeId) {
        let server = &mut self.servers[node.index()];
        let durable = server.total - server.queued.len() as u64;
        let ready: Vec<_> = server.outbox.extract_if(.., |(behind, ..)| *behind <= durable).collect();
        for (_, to, message) in ready {
            self.send(Endpoint::Server(node), to, &message);
        }
    }

    fn send(&mut self, from: Endpoint, to: Endpoint, message: &Message) {
        if let (Endpoint::Server(a), Endpoint::Server(b)) = (from, to)
            && a != b
        {
            self.sent[message.kind() as usize] += 1;
        }
        let copies = match self.draw(1000) {
            _ if (self.loses)(from, to, message) => 0,
            draw if draw < self.faults.loss => 0,
            draw if draw < 2 * self.faults.loss => 2,
            _ => 1,
        };
        for _ in 0..copies {
            let slow = if self.faults.loss > 0 { self.latency } else { 10 };
            let latency = if from == to { 1 } else { 30 + self.draw(slow) };
            self.plan(latency, Event::Deliver { from, to, message: message.clone() });
        }
    }

    pub(super) fn input(&mut self, node: NodeId, input: Input) {
        let Some(replica) = &mut self.servers[node.index()].replica else { return };
        let mut out = Vec::new();
        replica.handle(input, &mut out);
        for effect in out {
            self.effect(node, effect);
        }
        let server = &self.servers[node.index()];
        if !server.queued.is_empty() {
            let (life, upto) = (server.life, server.total);
            let takes = 2 + self.draw(self.disk);
            let takes = self.slow.filter(|(slow, _)| *slow == node).map_or(takes, |(_, time)| time);
            self.plan(takes, Event::Sync { node, life, upto });
        }
        self.flush(node);
    }

    fn effect(&mut self, node: NodeId, effect: Effect) {
        let server = &mut self.servers[node.index()];
        match effect {
            Effect::Write(record) => {
                server.queued.push(record);
                server.total += 1;
            }
            Effect::Send { to, message } => {
                let waits = matches!(
                    message.kind(),
                    MessageKind::Prepare | MessageKind::Promise | MessageKind::Accept | MessageKind::Accepted
                );
                server.outbox.push((if waits { server.total } else { 0 }, to, message));
            }
            Effect::SetTimer { timer, tries } => {
                self.last += 1;
                let set = self.last;
                self.servers[node.index()].timers[timer as usize] = set;
                let wait = match timer {
                    Timer::Heartbeat => 100,
                    Timer::Stand => self.draw(400),
                    Timer::Repeat => (300 << tries.min(3)) + self.draw(300),
                };
                self.plan(wait, Event::Timer { node, timer, set });
            }
            Effect::CancelTimer(timer) => server.timers[timer as usize] = 0,
            Effect::Trace(trace) => self.trace(node, trace),
            Effect::Forget(stored) => server.durable.forget(&stored),
        }
    }
}
