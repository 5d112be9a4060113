//! The cluster: all servers and everything between them, as one deterministic state machine.

use alloc::vec::Vec;

#[cfg(feature = "log")]
use super::UnderWay;
#[cfg(feature = "log")]
use super::clients::Clients;
use super::network::InFlight;
use super::protocol::{Effect, Input, Settings};
use super::server::Timers;
use super::{Action, Config, ConfigError, Disk, Envelope, Fact, Loss, MessageId, Network, NotEnabled, Timer};
use super::{ProtocolKind, Replica, Rule, Server, ServerStatus};
use crate::endpoint::Endpoint;
use crate::host::{Outbox, Waiting};
#[cfg(feature = "log")]
use crate::log;
use crate::paxos::{self, NodeId, NodeSet, Nodes};

/// The world at one moment.
///
/// * [`Cluster::apply`] is the only way it changes.
/// * The same actions in the same order lead to the same cluster and the same facts, everywhere.
/// * It has no clock. When something happens is for whoever chooses the actions.
#[derive(Clone, Debug)]
pub struct Cluster {
    pub(super) protocol: ProtocolKind,
    pub(super) settings: Settings,
    pub(super) servers: Vec<Server>,
    pub(super) network: Network,
    last_message: u32,
    /// What servers did at their first start. It is told with the first step.
    begun: Vec<Fact>,
    #[cfg(feature = "log")]
    pub(super) clients: Clients,
}

impl Cluster {
    /// A cluster whose servers start for the first time.
    ///
    /// # Errors
    /// What is wrong with the config.
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        let settings = config.settings()?;
        let mut servers = Vec::new();
        for me in NodeSet::first(config.nodes) {
            servers.push(Self::first_server(me, config, &settings));
        }
        #[cfg(feature = "log")]
        let clients = Clients::of(config);
        #[cfg(feature = "log")]
        let count = clients.len() as u32;
        #[cfg(not(feature = "log"))]
        let count = 0;
        let network = Network::new(config.nodes, count, config.network);
        let mut cluster = Self {
            protocol: config.protocol,
            servers,
            network,
            last_message: 0,
            begun: Vec::new(),
            settings,
            #[cfg(feature = "log")]
            clients,
        };
        cluster.start(config);
        Ok(cluster)
    }

    /// A server that has never done anything, or stands where the run begins with it.
    fn first_server(me: NodeId, config: &Config, settings: &Settings) -> Server {
        #[cfg(feature = "log")]
        if let (Some(begins), Settings::Log(settings)) = (config.begins(), settings)
            && let Some(checkpoint) = begins.servers.get(me.index())
        {
            return Server::standing(me, checkpoint, settings);
        }
        let disk = Disk::new(config.protocol);
        let replica = Some(Replica::recover(me, settings, disk.durable()));
        Server { replica, paused: false, disk, outbox: Outbox::default(), timers: Timers::default() }
    }

    /// Whoever has something to do at its first start does it: servers of single-decree Paxos wait to be asked, and those that a
    /// run begins with in the middle were started long ago.
    fn start(&mut self, config: &Config) {
        #[cfg(feature = "log")]
        if let Some(begins) = config.begins() {
            for UnderWay { from, to, message } in &begins.messages {
                let (id, from, to) = (self.next_message(), (*from).into(), (*to).into());
                let envelope = Envelope { id, from, to, message: message.clone().into(), copy: 0 };
                self.network.in_flight.insert(id, InFlight { envelope, held: false });
            }
            return;
        }
        #[cfg(not(feature = "log"))]
        let _ = config;
        if self.protocol != ProtocolKind::Single {
            let mut begun = Vec::new();
            for node in self.nodes() {
                self.handle(node, Input::Start, &mut begun);
            }
            self.begun = begun;
        }
    }

    /// The protocol that its servers speak.
    #[must_use]
    pub const fn protocol(&self) -> ProtocolKind {
        self.protocol
    }

    /// What every server knows about its cluster. A log rests on it, and has more: [`Cluster::log_settings`].
    #[must_use]
    pub fn settings(&self) -> &paxos::Settings {
        self.settings.paxos()
    }

    /// The rules of the log that hold; where no log runs, all of them.
    #[cfg(feature = "log")]
    #[must_use]
    pub fn log_rules(&self) -> log::Rules {
        self.settings.log_rules()
    }

    /// Whether a rule holds; `None` where the protocol does not know it.
    #[must_use]
    pub fn rule(&self, rule: Rule) -> Option<bool> {
        self.settings.rule(rule)
    }

    /// All servers.
    #[must_use]
    pub const fn everyone(&self) -> NodeSet {
        NodeSet::first(self.servers.len() as u32)
    }

    /// The servers' numbers, lowest first.
    #[must_use]
    pub const fn nodes(&self) -> Nodes {
        self.everyone().iter()
    }

    /// One server.
    ///
    /// # Panics
    /// When the cluster has no such server.
    #[must_use]
    pub fn server(&self, node: NodeId) -> &Server {
        &self.servers[node.index()]
    }

    fn server_mut(&mut self, node: NodeId) -> &mut Server {
        &mut self.servers[node.index()]
    }

    /// Everything between the servers.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// Messages under way, those in outboxes included.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.network.in_flight.len() + self.servers.iter().map(|server| server.outbox.len()).sum::<usize>()
    }

    /// The number of the latest message made.
    pub(super) const fn last_message(&self) -> u32 {
        self.last_message
    }

    /// A message that waits in an outbox, and whose.
    #[must_use]
    pub fn waiting(&self, id: MessageId) -> Option<(NodeId, &Waiting<Envelope>)> {
        self.nodes().find_map(|node| {
            let outbox = self.server(node).outbox();
            // Message numbers grow, and an outbox is in the order they were made.
            let position = outbox.binary_search_by_key(&id, |outgoing| outgoing.message.id).ok()?;
            Some((node, &outbox[position]))
        })
    }

    /// Does one thing, and says what happened.
    ///
    /// # Errors
    /// [`NotEnabled`] when it cannot happen now. Then nothing has changed.
    pub fn apply(&mut self, action: &Action) -> Result<Vec<Fact>, NotEnabled> {
        self.check(action)?;
        let mut facts = Vec::new();
        self.perform(action, &mut facts);
        Ok(facts)
    }

    /// [`Cluster::apply`] for whoever knows already that the action may happen, and keeps a list for what happened.
    pub(crate) fn perform(&mut self, action: &Action, facts: &mut Vec<Fact>) {
        debug_assert!(self.is_enabled(action), "{action:?}");
        facts.append(&mut self.begun);
        match action {
            Action::Propose { node, value } => self.handle(*node, Input::Request(value.clone()), facts),
            Action::Timeout { node, timer } => self.time_out(*node, *timer, facts),
            Action::Write { node } => facts.push(self.write(*node)),
            Action::Sync { node } => self.sync(*node, usize::MAX, facts),
            Action::SyncFirst { node, records } => self.sync(*node, *records as usize, facts),
            Action::Flush { node } => self.flush(*node, |_| true, facts),
            Action::Send { message } => {
                let node = self.waiting(*message).map(|(node, _)| node);
                node.into_iter().for_each(|node| self.flush(node, |id| id == *message, facts));
            }
            Action::Crash { node } => facts.push(self.crash(*node)),
            Action::Restart { node } => self.restart(*node, facts),
            Action::Wipe { node } => {
                if self.server(*node).status() != ServerStatus::Down {
                    facts.push(self.crash(*node));
                }
                self.server_mut(*node).disk.wipe();
                facts.push(Fact::Wiped { node: *node });
            }
            Action::Pause { node } => {
                self.server_mut(*node).paused = true;
                facts.push(Fact::Paused { node: *node });
            }
            Action::Resume { node } => {
                self.server_mut(*node).paused = false;
                facts.push(Fact::Resumed { node: *node });
            }
            Action::PowerCut => self.power_cut(facts),
            Action::Rule { rule, on } => facts.push(self.switch(*rule, *on)),
            #[cfg(feature = "log")]
            Action::Snapshot { node } => self.handle(*node, Input::TakeSnapshot, facts),
            #[cfg(feature = "log")]
            Action::Client(action) => self.act_on_client(action, facts),
            _ if action.message().is_some() => self.act_on_message(action, facts),
            _ => {
                if let Some(fact) = self.act_on_links(action) {
                    facts.push(fact);
                }
            }
        }
    }

    fn time_out(&mut self, node: NodeId, timer: Timer, facts: &mut Vec<Fact>) {
        let timers = &mut self.server_mut(node).timers;
        #[cfg(feature = "log")]
        if timers.get(timer).is_none() {
            // Nothing had told it to wait: somebody lets it stand for leader.
            return self.handle(node, Input::Stand, facts);
        }
        timers.cancel(timer);
        facts.push(Fact::TimedOut { node, timer });
        self.handle(node, Input::Timeout(timer), facts);
    }

    fn act_on_message(&mut self, action: &Action, facts: &mut Vec<Fact>) {
        let Some(id) = action.message() else { return };
        match action {
            Action::Deliver { .. } => {
                let Some(envelope) = self.network.take(id) else {
                    return;
                };
                facts.push(Fact::Delivered(envelope.clone()));
                let Envelope { from, to, message, .. } = envelope;
                match to {
                    Endpoint::Server(to) => self.handle(to, Input::Receive { from, message }, facts),
                    #[cfg(feature = "log")]
                    Endpoint::Client(to) => self.client_receives(to, from, message, facts),
                }
            }
            Action::Drop { .. } => {
                let Some(envelope) = self.network.take(id) else {
                    return;
                };
                let loss = self.cause_of_loss(&envelope);
                facts.push(Fact::Dropped { envelope, loss });
            }
            Action::Duplicate { .. } => {
                let copy = self.next_message();
                let Some(envelope) = self.network.get(id).cloned() else { return };
                let twin = Envelope { id: copy, copy: envelope.copy + 1, ..envelope.clone() };
                facts.push(Fact::Duplicated { envelope, copy });
                self.network.in_flight.insert(copy, InFlight { envelope: twin, held: false });
            }
            _ => {
                let Some(in_flight) = self.network.in_flight.get_mut(&id) else { return };
                in_flight.held = matches!(action, Action::Hold { .. });
                let envelope = in_flight.envelope.clone();
                facts.push(if in_flight.held { Fact::Held(envelope) } else { Fact::Released(envelope) });
            }
        }
    }

    fn cause_of_loss(&self, Envelope { from, to, .. }: &Envelope) -> Loss {
        let status = to.server().map_or(ServerStatus::Up, |to| self.server(to).status());
        match status {
            _ if self.network.is_cut(*from, *to) => Loss::Cut,
            ServerStatus::Down => Loss::Down,
            ServerStatus::Paused => Loss::Paused,
            ServerStatus::Up if self.messages() + 2 * self.servers.len() >= crate::limits::MAX_MESSAGES => Loss::Full,
            ServerStatus::Up => Loss::Network,
        }
    }

    /// Gives a server an input, and sees to what it wants done about it. Messages join the outbox behind every
    /// record handed to the disk so far: that is the disk barrier.
    fn handle(&mut self, node: NodeId, input: Input, facts: &mut Vec<Fact>) {
        let Some(replica) = &mut self.server_mut(node).replica else { return };
        for effect in replica.handle(input) {
            match effect {
                Effect::Trace(trace) => facts.push(Fact::Did { node, trace }),
                Effect::Write(record) => self.server_mut(node).disk.queue(record),
                Effect::Send { to, message } => {
                    let waits = message.waits_for_disk(self.settings().rules);
                    let envelope = Envelope { id: self.next_message(), from: node.into(), to, message, copy: 0 };
                    let server = self.server_mut(node);
                    let behind = if waits { server.disk.total() } else { 0 };
                    server.outbox.push(envelope, behind);
                }
                Effect::SetTimer { timer, tries } => {
                    self.server_mut(node).timers.set(timer, tries);
                }
                Effect::CancelTimer(timer) => {
                    self.server_mut(node).timers.cancel(timer);
                }
                #[cfg(feature = "log")]
                Effect::Forget(stored) => self.server_mut(node).disk.forget(&stored),
            }
        }
    }

    pub(super) const fn next_message(&mut self) -> MessageId {
        self.last_message += 1;
        MessageId(self.last_message)
    }

    fn write(&mut self, node: NodeId) -> Fact {
        Fact::Wrote { node, records: self.server_mut(node).disk.write(usize::MAX) }
    }

    /// So many records become durable, or all there are. What is not written yet is written first.
    fn sync(&mut self, node: NodeId, most: usize, facts: &mut Vec<Fact>) {
        let wrote = self.server_mut(node).disk.write(most);
        if !wrote.is_empty() {
            facts.push(Fact::Wrote { node, records: wrote });
        }
        let server = self.server_mut(node);
        let before = server.ready();
        let records = server.disk.sync(most);
        #[cfg(feature = "log")]
        let stored: Vec<_> = records.iter().filter_map(|record| record.log()?.snapshot().cloned()).collect();
        facts.push(Fact::Durable { node, records, freed: server.ready() - before });
        // A server hears when a snapshot is durable: what it takes the place of is gone from the disk, too.
        #[cfg(feature = "log")]
        for stored in stored {
            self.handle(node, Input::Stored(stored), facts);
        }
    }

    fn flush(&mut self, node: NodeId, which: impl Fn(MessageId) -> bool, facts: &mut Vec<Fact>) {
        let server = &mut self.servers[node.index()];
        for envelope in server.outbox.release(server.disk.synced(), |envelope| which(envelope.id)) {
            facts.push(Fact::Sent(envelope.clone()));
            self.network.in_flight.insert(envelope.id, InFlight { envelope, held: false });
        }
    }

    fn crash(&mut self, node: NodeId) -> Fact {
        let server = self.server_mut(node);
        let ready = server.ready();
        let waiting = server.outbox.len() as u32 - ready;
        let (queued, written) = server.disk.crash();
        server.outbox.clear();
        server.timers.clear();
        server.replica = None;
        server.paused = false;
        Fact::Crashed { node, queued, written, waiting, ready }
    }

    fn restart(&mut self, node: NodeId, facts: &mut Vec<Fact>) {
        let settings = self.settings.clone();
        let server = self.server_mut(node);
        let durable = server.disk.durable();
        server.replica = Some(Replica::recover(node, &settings, durable));
        facts.push(Fact::Restarted { node, records: durable.clone() });
        self.handle(node, Input::Start, facts);
    }

    fn switch(&mut self, rule: Rule, on: bool) -> Fact {
        self.settings.switch(rule, on);
        for server in &mut self.servers {
            if let Some(replica) = &mut server.replica {
                replica.change(&self.settings);
            }
        }
        Fact::Rule { rule, on }
    }

    fn power_cut(&mut self, facts: &mut Vec<Fact>) {
        facts.push(Fact::PowerCut { messages: self.network.in_flight.len() as u32 });
        self.network.in_flight.clear();
        for node in self.nodes() {
            if self.server(node).status() != ServerStatus::Down {
                facts.push(self.crash(node));
            }
        }
        for node in self.nodes() {
            self.restart(node, facts);
        }
    }
}
