//! The clients of a replicated log: ends of the network like servers, with retries and a workload of their own.
//!
//! A client has no disk and never crashes. What it says leaves at once. Its links can be cut, and its messages lost, held
//! and copied, as those of servers. Most of what it does is in [`crate::log::Client`].

use alloc::{format, sync::Arc, vec::Vec};

use serde::Serialize;

use super::enabled::Reason;
use super::network::InFlight;
use super::server::Armed;
use super::workload::{Workload, key};
use super::{Action, Begun, Cluster, Config, Envelope, Fact, Message, ProtocolKind};
use crate::endpoint::Endpoint;
use crate::log::{self, Client, ClientEffect, ClientId, ClientInput, Command, Op, Reads, Reply, Text};
use crate::paxos::{NodeId, NodeSet, Slot};

/// What happens to a client, by somebody's choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientAction {
    /// A client asks for something.
    Request {
        /// The client.
        client: ClientId,
        /// What it asks for.
        op: Op,
        /// The server it asks; `None`: the one that it takes for the leader.
        node: Option<NodeId>,
        /// Up to where it says that it knows the log; `None`: what it knows by itself. Records of real servers have such.
        since: Option<Slot>,
    },
    /// A client has waited long enough, and asks another server.
    Retry {
        /// The client.
        client: ClientId,
        /// The server it asks; `None`: the one after the one it asked last.
        node: Option<NodeId>,
    },
    /// A request that a client sent some time ago turns up: it was held up somewhere. The client may have been answered since,
    /// by another server. Records of real servers have such.
    ///
    /// Where reads take no slot, a read of before a record began left nothing by which its client could be known to have asked for it.
    /// So it may have a higher number than the client has counted, and then the client counts on from there.
    Stray {
        /// The client.
        client: ClientId,
        /// Which of its operations, from 1.
        seq: u32,
        /// What it had asked for.
        op: Op,
        /// The server it had asked.
        node: NodeId,
        /// Up to where it had said that it knew the log.
        since: Slot,
    },
    /// From now on clients ask by themselves, or no more.
    Workload(Option<Workload>),
}

/// One thing that a client did. Digests count on the order of these: add at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ClientFact {
    /// It asked for something new.
    Asked {
        /// What.
        command: Arc<Command>,
        /// The server.
        at: NodeId,
    },
    /// It waited in vain, and asked again.
    Retried {
        /// The client.
        client: ClientId,
        /// Which of its operations.
        seq: u32,
        /// How often it has asked in vain.
        tries: u32,
        /// The server it asks now.
        at: NodeId,
    },
    /// A server that does not lead sent it on.
    Redirected {
        /// The client.
        client: ClientId,
        /// Which of its operations.
        seq: u32,
        /// The server that sent it on.
        from: NodeId,
        /// The server it asks now.
        to: NodeId,
    },
    /// It was answered: the operation is over for it.
    Answered {
        /// What it had asked for.
        command: Arc<Command>,
        /// The server.
        from: NodeId,
        /// The answer.
        reply: Reply,
    },
    /// A workload began, changed or ended.
    Workload(Option<Workload>),
}

impl ClientFact {
    /// The client it is about, if it is about one.
    #[must_use]
    pub fn client(&self) -> Option<ClientId> {
        match self {
            Self::Asked { command, .. } | Self::Answered { command, .. } => Some(command.client),
            Self::Retried { client, .. } | Self::Redirected { client, .. } => Some(*client),
            Self::Workload(_) => None,
        }
    }
}

/// A client, and its timer.
#[derive(Clone, Debug)]
struct Asking {
    client: Client,
    retry: Option<Armed>,
    settings: u32,
}

/// All clients of a cluster.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    all: Vec<Asking>,
    servers: NodeSet,
    pub(super) workload: Option<Workload>,
}

/// What has come of an input to a client.
pub(super) struct Asked {
    /// What it says, and to whom, in order.
    pub(super) says: Vec<(NodeId, log::Message)>,
    /// What it did, if that is worth telling.
    pub(super) fact: Option<ClientFact>,
}

impl Clients {
    /// So many clients, each of which knows all servers.
    fn new(count: u32, servers: NodeSet, workload: Option<Workload>, may_expire: bool) -> Self {
        let ids = (0..count as usize).filter_map(ClientId::at);
        let all = ids.map(|id| Asking { client: Client::new(id, may_expire), retry: None, settings: 0 }).collect();
        Self { all, servers, workload }
    }

    /// Those of a config; servers of single-decree Paxos have none.
    pub(super) fn of(config: &Config) -> Self {
        let count = if config.protocol == ProtocolKind::Log { config.log.clients } else { 0 };
        let may_expire = config.log.sessions.is_some();
        let mut clients = Self::new(count, NodeSet::first(config.nodes), config.log.workload, may_expire);
        let Some(begins) = config.begins() else { return clients };
        // Who has never asked asks for everything later than this, and so in no slot that is applied by now.
        let newcomer = Begun { since: begins.applied(), ..Begun::default() };
        let begun = begins.clients.iter().chain(core::iter::repeat(&newcomer));
        for (asking, Begun { seq, waiting, since }) in clients.all.iter_mut().zip(begun) {
            asking.client = Client::begun(asking.client.id(), *seq, waiting.clone(), *since, may_expire);
            if waiting.is_some() {
                asking.settings += 1;
                asking.retry = Some(Armed { tries: 0, setting: asking.settings });
            }
        }
        clients
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Client> {
        self.all.iter().map(|asking| &asking.client)
    }

    /// One of them.
    pub(super) fn get(&self, client: ClientId) -> Option<&Client> {
        self.all.get(client.index()).map(|asking| &asking.client)
    }

    /// A request of one of them turns up that has this number.
    fn counts_to(&mut self, client: ClientId, seq: u32) {
        if let Some(asking) = self.all.get_mut(client.index()) {
            asking.client.counts_to(seq);
        }
    }

    /// The timer of one of them, if it is set.
    pub(super) fn retry(&self, client: ClientId) -> Option<Armed> {
        self.all.get(client.index())?.retry
    }

    /// Whether a client asks by itself, and has nothing under way.
    pub(super) fn asks_next(&self, client: ClientId) -> bool {
        let asks = self.workload.is_some_and(|workload| client.index() < workload.clients as usize);
        asks && self.get(client).is_some_and(|client| client.waiting().is_none())
    }

    /// Gives a client an input.
    pub(super) fn handle(&mut self, client: ClientId, input: ClientInput) -> Asked {
        let Self { all, servers, .. } = self;
        let Some(asking) = all.get_mut(client.index()) else { return Asked { says: Vec::new(), fact: None } };
        let (mut out, mut says, mut fact) = (Vec::new(), Vec::new(), None);
        let came = input.clone();
        asking.client.handle(input, *servers, &mut out);
        for effect in out {
            match effect {
                ClientEffect::Send { to, message } => says.push((to, message)),
                ClientEffect::SetTimer { tries } => {
                    asking.settings += 1;
                    asking.retry = Some(Armed { tries, setting: asking.settings });
                }
                ClientEffect::CancelTimer => asking.retry = None,
                ClientEffect::Done { command, reply } => {
                    if let ClientInput::Answer { from, .. } = came {
                        fact = Some(ClientFact::Answered { command, from, reply });
                    }
                }
            }
        }
        if fact.is_none()
            && let (Some(waiting), false) = (asking.client.waiting(), says.is_empty())
        {
            let (seq, at) = (waiting.command.seq, waiting.at);
            fact = Some(match came {
                ClientInput::Ask { .. } => ClientFact::Asked { command: waiting.command.clone(), at },
                ClientInput::Timeout(_) => ClientFact::Retried { client, seq, tries: waiting.tries, at },
                ClientInput::Answer { from, .. } => ClientFact::Redirected { client, seq, from, to: at },
            });
        }
        Asked { says, fact }
    }

    /// Whether something may happen to a client.
    pub(super) fn check(&self, action: &ClientAction, reads: Option<Reads>) -> Result<(), Reason> {
        let refuse = |text, one, two| Err(Reason::new(text, [one, two]));
        let last = self.len() as u32;
        match action {
            ClientAction::Request { client, .. }
            | ClientAction::Retry { client, .. }
            | ClientAction::Stray { client, .. }
                if client.index() >= self.len() =>
            {
                refuse("there is no such client: this cluster has # of them, named by letters from a on", last, 0)
            }
            ClientAction::Request { client, .. } if self.get(*client).is_some_and(|it| it.waiting().is_some()) => {
                refuse("it waits for an answer, and a client has one operation under way at most", 0, 0)
            }
            ClientAction::Retry { client, .. } if self.retry(*client).is_none() => refuse("it waits for nothing", 0, 0),
            ClientAction::Stray { client, seq, op, since, .. } => match self.get(*client) {
                Some(it) if *seq > it.seq() && *seq < u32::MAX && may_be_unknown(it, op, reads) => Ok(()),
                Some(it) if !(1..=it.seq()).contains(seq) => refuse("it has asked for # things so far", it.seq(), 0),
                Some(it)
                    if it.waiting().is_some_and(|now| {
                        now.command.seq == *seq && (&now.command.op, now.command.since) != (op, *since)
                    }) =>
                {
                    refuse("it asked for something else", 0, 0)
                }
                _ => Ok(()),
            },
            ClientAction::Workload(Some(workload)) => workload.check(last),
            ClientAction::Workload(None) if self.workload.is_none() => refuse("there is none", 0, 0),
            _ => Ok(()),
        }
    }
}

/// Whether a client may have asked for this without a trace of it.
fn may_be_unknown(client: &Client, op: &Op, reads: Option<Reads>) -> bool {
    reads == Some(Reads::Index) && op.only_reads() && client.waiting().is_none()
}

impl Cluster {
    /// The clients, in the order of their letters. Single-decree Paxos has none.
    pub fn clients(&self) -> impl ExactSizeIterator<Item = &Client> {
        self.clients.iter()
    }

    /// How clients ask by themselves, if they do.
    #[must_use]
    pub const fn workload(&self) -> Option<Workload> {
        self.clients.workload
    }

    /// What every server of a log knows about its cluster; `None` of single-decree Paxos.
    #[must_use]
    pub fn log_settings(&self) -> Option<&log::Settings> {
        self.settings.log()
    }

    pub(super) fn act_on_client(&mut self, action: &ClientAction, facts: &mut Vec<Fact>) {
        match action {
            ClientAction::Request { client, op, node, since } => {
                self.client_takes(*client, ClientInput::Ask { op: op.clone(), of: *node, since: *since }, facts);
            }
            ClientAction::Retry { client, node } => self.client_takes(*client, ClientInput::Timeout(*node), facts),
            ClientAction::Stray { client, seq, op, node, since } => {
                let command = Arc::new(Command { client: *client, seq: *seq, op: op.clone(), since: *since });
                self.clients.counts_to(*client, *seq);
                self.client_says(*client, *node, log::Message::Request(command), facts);
            }
            ClientAction::Workload(workload) => {
                self.clients.workload = *workload;
                facts.push(Fact::Client(ClientFact::Workload(*workload)));
            }
        }
    }

    /// A message reaches a client. Servers send nothing else than answers to clients.
    pub(super) fn client_receives(&mut self, to: ClientId, from: Endpoint, message: Message, facts: &mut Vec<Fact>) {
        if let (Some(from), Message::Log(log::Message::Answer(answer))) = (from.server(), message) {
            self.client_takes(to, ClientInput::Answer { from, answer }, facts);
        }
    }

    fn client_takes(&mut self, client: ClientId, input: ClientInput, facts: &mut Vec<Fact>) {
        let Asked { says, fact } = self.clients.handle(client, input);
        facts.extend(fact.map(Fact::Client));
        for (to, message) in says {
            self.client_says(client, to, message, facts);
        }
    }

    fn client_says(&mut self, client: ClientId, to: NodeId, message: log::Message, facts: &mut Vec<Fact>) {
        let id = self.next_message();
        let envelope = Envelope { id, from: client.into(), to: to.into(), message: message.into(), copy: 0 };
        facts.push(Fact::Sent(envelope.clone()));
        self.network.in_flight.insert(id, InFlight { envelope, held: false });
    }

    /// What could be done to a client, possible now or not. Its request is a suggestion.
    pub(super) fn client_candidates(&self, client: ClientId) -> Vec<Action> {
        let Some(it) = self.clients.get(client) else { return Vec::new() };
        let text = |text: &str| Text::new(text).unwrap_or_else(|| unreachable!("it is short"));
        let op = Op::Put { key: text(&key(0)), value: text(&format!("{client}{}", it.seq() + 1)) };
        Vec::from(
            [ClientAction::Request { client, op, node: None, since: None }, ClientAction::Retry { client, node: None }]
                .map(Action::Client),
        )
    }

    /// Whether something may happen to a client. A request to a server that cannot hear it is refused, rather than lost.
    pub(super) fn client_may(&self, action: &ClientAction) -> Result<(), Reason> {
        self.clients.check(action, self.settings.log().map(|settings| settings.reads))?;
        match action {
            ClientAction::Request { node: Some(node), .. } => {
                self.exists(*node)?;
                self.up(*node)?;
            }
            ClientAction::Retry { node: Some(node), .. } | ClientAction::Stray { node, .. } => self.exists(*node)?,
            _ => {}
        }
        match action {
            ClientAction::Request { .. } | ClientAction::Retry { .. } | ClientAction::Stray { .. } => self.has_room(1),
            ClientAction::Workload(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
