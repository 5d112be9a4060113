//! A record that begins in the middle: at a consistent cut through what the servers did.
//!
//! Each server stands somewhere ([`Standing`]), and messages are under way between them ([`Crossing`]). Which clients take part
//! is not known from that: it is told, and those that only servers remember get no place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use quorum_core::log::{Checkpoint, Command, Message, Reads};
use quorum_core::paxos::NodeId;
use quorum_core::sim::{Beginning, Begun, Config, ConfigError, Endpoint, LogConfig, MessageId, UnderWay};

use crate::names::Names;
use crate::recording::{OnItsWay, Recording, Server};
use crate::{Note, Number};

/// One server where a record begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Which start of its process it is; any number, where it is down.
    pub incarnation: u64,
    /// How many records its disk has taken since it was made.
    pub records: u64,
    /// How many of them since its process started.
    pub written: u64,
    /// What it has, with the clients as real servers number them.
    pub checkpoint: Checkpoint,
}

/// A message that left before the record began, and arrived in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// Who sent it.
    pub from: NodeId,
    /// Whom it reached.
    pub to: NodeId,
    /// Which of that server's messages to this one.
    pub number: Number,
    /// What it says.
    pub message: Message,
}

/// A client that takes part, and which of its operations it asked for first in the record; `None`: for none.
pub type TakesPart = (u64, Option<u32>);

/// Who takes part, as this note says.
#[must_use]
pub const fn takes_part(note: &Note) -> Option<TakesPart> {
    match note {
        Note::Request { client, seq, .. } => Some((*client, Some(*seq))),
        Note::Sent { to: Endpoint::Client(client), .. } => Some((client.number(), None)),
        _ => None,
    }
}

impl Recording {
    /// A recording of servers that stand where they are, server 1 first. There are as many places for clients as the config
    /// says: first those that take part, in this order, and then others that may come.
    ///
    /// # Errors
    /// What is wrong with the config, or with the beginning.
    pub fn begin(
        config: Config,
        standing: &[Standing],
        crossing: &[Crossing],
        take_part: &[TakesPart],
    ) -> Result<Self, ConfigError> {
        let mut names = Names::default();
        let places = config.log.clients as usize;
        for (number, _) in take_part.iter().take(places) {
            names.name(*number);
        }
        let mut rename = |client: quorum_core::log::ClientId| names.remembered(client.number());
        let mut servers: Vec<Checkpoint> = standing.iter().map(|server| server.checkpoint.clone()).collect();
        servers.iter_mut().for_each(|server| server.rename(&mut rename));
        let messages = crossing.iter().map(|it| {
            let message = names.inside(&it.message);
            UnderWay { from: it.from, to: it.to, message }
        });
        let mut begins = Beginning { servers, clients: Vec::new(), messages: messages.collect() };
        begins.clients = clients(&begins, take_part, &names, (places, config.log.sessions, config.log.reads));
        let log = LogConfig { begins: Some(Arc::new(begins)), ..config.log };
        let mut recording = Self::new(Config { log, ..config })?;
        recording.servers = standing.iter().map(server).collect();
        for (it, id) in crossing.iter().zip(1..) {
            let way = OnItsWay { message: MessageId(id), left: 0, large: it.message.kind().may_be_large() };
            recording.links.entry((it.from, it.to)).or_default().insert(it.number, way);
        }
        recording.names = names;
        Ok(recording)
    }
}

fn server(Standing { incarnation, records, written, checkpoint }: &Standing) -> Server {
    Server {
        incarnation: Some(*incarnation),
        down: checkpoint.memory.is_none(),
        durable: *records,
        before: records - written,
        ..Server::default()
    }
}

/// What each client that takes part has asked for by then. It waits for the latest command that may still take effect; if the
/// first thing that it asks for is another one, it was answered, or gave up. One whose session was dropped is not waited for,
/// unless it is asked for again.
///
/// What it waits for says up to where it knew the log. What it asks for next it asks for after the beginning, and so in no slot
/// that is applied by then.
fn clients(
    begins: &Beginning,
    take_part: &[TakesPart],
    names: &Names,
    (places, most_sessions, reads): (usize, Option<u32>, Reads),
) -> Vec<Begun> {
    let machines = begins.servers.iter().filter_map(|server| server.machine(most_sessions));
    let furthest = machines.max_by_key(|(slot, _)| *slot);
    let answered: BTreeMap<_, u32> = furthest
        .iter()
        .flat_map(|(_, machine)| machine.sessions())
        .map(|(client, session)| (*client, session.seq))
        .collect();
    let next = most_sessions.map_or(0, |_| begins.applied());
    let open: BTreeSet<&Arc<Command>> = begins.commands().into_iter().collect();
    let begun = |(number, first): &TakesPart| {
        let Some(client) = names.get(*number) else { return Begun { since: next, ..Begun::default() } };
        let done = answered.get(&client).copied().unwrap_or(0);
        let latest = open.iter().filter(|it| it.client == client && it.seq > done).max_by_key(|it| it.seq);
        let forgotten = |it: &Command| furthest.as_ref().is_some_and(|(_, machine)| machine.is_forgotten(it));
        // A read that takes no slot leaves no session: it may have been answered, and wait in vain in a server that leads no more.
        let known_open = latest.filter(|it| reads == Reads::Log || !it.op.only_reads());
        let waiting = known_open.filter(|it| first.map_or_else(|| !forgotten(it), |first| first <= it.seq));
        let known = latest.map_or(done, |it| it.seq);
        let seq = first.map_or(known, |first| if first > known { first - 1 } else { known });
        Begun { seq, waiting: waiting.map(|it| it.op.clone()), since: waiting.map_or(next, |it| it.since) }
    };
    take_part.iter().take(places).map(begun).collect()
}
