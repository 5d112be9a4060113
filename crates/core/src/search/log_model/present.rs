//! What a search begins with: a new cluster, or one of the simulated world as it is at a step of a run.
//!
//! The model has no time, no distance and no failure that lasts. So in it a server that is down is one that is slow to come
//! back, a paused one is slow, and what a cut link or a hold keeps is late. Everything else is taken over as it is: replicas,
//! disks, what waits for a disk, messages under way, votes that counted, and what clients were told and still wait for.

use alloc::{borrow::ToOwned, format, string::String, sync::Arc, vec::Vec};

use super::Bounds;
use super::past::{Before, Broken, Cast, Past};
use super::server::Server;
use super::table::Packet;
use crate::check::{Invariant, LogObserver};
use crate::endpoint::Endpoint;
use crate::limits::MAX_CHECK_SLOTS;
use crate::log::{ClientId, Command, Message, Op, Output, Reply, Rules, Settings, Text};
use crate::paxos::{NodeId, Slot};
use crate::sim::Cluster;

/// What a search begins with.
#[derive(Clone, Debug)]
pub(super) struct Present {
    pub(super) settings: Arc<Settings>,
    pub(super) bounds: Bounds,
    /// The commands that clients may ask for, and behind them those that more clients than these still wait for.
    pub(super) commands: Vec<Arc<Command>>,
    pub(super) before: Before,
    pub(super) past: Past,
    pub(super) servers: Vec<Server>,
    /// The messages on their way.
    pub(super) packets: Vec<Packet>,
    /// Whether servers are at work already.
    pub(super) at_work: bool,
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap_or_else(|| unreachable!("{text} is short"))
}

/// What a client asks for in a search: to append a text of its own, or to read.
fn asks(key: &Text, index: usize, reads: bool) -> Op {
    match reads {
        true => Op::Get { key: key.clone() },
        false => Op::Append { key: key.clone(), value: text(["1", "2", "3"][index % 3]) },
    }
}

impl Present {
    /// A cluster in which nothing has happened.
    pub(super) fn new(settings: Settings, bounds: Bounds) -> Self {
        let settings = Arc::new(settings);
        let commands = (0..bounds.clients as usize).filter_map(|index| {
            let reads = bounds.reads && index + 1 == bounds.clients as usize;
            Some(Arc::new(Command {
                client: ClientId::at(index)?,
                seq: 1,
                op: asks(&text("x"), index, reads),
                since: 0,
            }))
        });
        Self {
            commands: commands.collect(),
            before: Before::new(
                Vec::new(),
                Vec::new(),
                (settings.paxos.quorums(), settings.rules),
                settings.sessions,
                &[],
            ),
            past: Past::default(),
            servers: settings.paxos.roles.acceptors.iter().map(|node| Server::new(node, &settings)).collect(),
            packets: Vec::new(),
            at_work: false,
            settings,
            bounds,
        }
    }

    /// A cluster that goes on from where it is. The observer has watched it from its beginning.
    ///
    /// # Errors
    /// A sentence, when no search can go on from there.
    pub(super) fn of(cluster: &Cluster, observer: &LogObserver, bounds: Bounds) -> Result<Self, String> {
        let Some(settings) = cluster.log_settings() else { return Err("This run is of no log.".to_owned()) };
        let settings = Arc::new(settings.clone());
        if observer.has_before() {
            let sentence = "This run begins in the middle of what its servers did, and a search has to know all of it: record a \
                            new cluster from its beginning.";
            return Err(sentence.to_owned());
        }
        let chosen = observer.highest_chosen();
        if chosen > MAX_CHECK_SLOTS {
            return Err(format!(
                "Until then {chosen} slots are filled, and a search goes on from {MAX_CHECK_SLOTS} at most: begin earlier."
            ));
        }
        if bounds.snapshots > 0 && settings.snapshots.is_none() {
            return Err("In this run servers take no snapshots: look for none.".to_owned());
        }
        let mut cast = Vec::new();
        for (vote, voters) in observer.votes() {
            let of = |by| Cast { slot: vote.slot, ballot: vote.ballot, entry: vote.value.clone(), by };
            cast.extend(voters.iter().map(of));
        }
        let by = (settings.paxos.quorums(), settings.rules);
        let broken: Vec<_> = observer.violations().iter().filter_map(|broken| has_broken(broken.invariant())).collect();
        let servers: Vec<_> = cluster.nodes().map(|node| server(cluster, node, &settings)).collect();
        // A rule may have been switched only now: until then servers applied the log as they should, or always as they do now.
        let went_by = |rules| Before::new(cast.clone(), waiting(observer), (by.0, rules), settings.sessions, &broken);
        let fits = |before: &Before| !broken.is_empty() || servers.iter().all(|server| before.has_led_to(server));
        let Some(before) = [Rules::default(), by.1].map(went_by).into_iter().find(fits) else {
            let sentence = "In this run a rule about applying the log was switched, and servers applied the same slots by \
                            different rules: begin before that.";
            return Err(sentence.to_owned());
        };
        let commands = commands(cluster, observer, bounds);
        let bounds = Bounds { clients: bounds.clients.min(commands.len() as u32), ..bounds };
        let mut past = Past::told(told_of(observer, u64::MAX), on_their_way(cluster, &commands));
        past.judge(&before, &bounds, by, &[]);
        let packets = cluster.network().in_flight().filter_map(|envelope| {
            let (from, to) = (envelope.from.server()?, envelope.to.server()?);
            (from != to).then_some(Packet { from, to, message: envelope.message.log()?.clone() })
        });
        Ok(Self { commands, before, past, servers, packets: packets.collect(), at_work: true, settings, bounds })
    }
}

/// The property of a search that a breach in a run is about.
const fn has_broken(invariant: Invariant) -> Option<Broken> {
    Some(match invariant {
        Invariant::OneCommandPerSlot => Broken::OneCommandPerSlot,
        Invariant::OnlyChosenLearned => Broken::OnlyChosenLearned,
        Invariant::AppliedIsChosen => Broken::AppliedIsChosen,
        Invariant::EqualStores => Broken::EqualStores,
        Invariant::AppliedOnce => Broken::AppliedOnce,
        Invariant::WithinWindow => Broken::WithinWindow,
        Invariant::Linearizable => Broken::AnswersFollowTheLog,
        _ => return None,
    })
}

/// The highest slot that clients had been told of before this step.
fn told_of(observer: &LogObserver, step: u64) -> Slot {
    let told = observer.history().filter(|it| it.returned.is_some_and(|returned| returned < step));
    told.filter_map(|it| Some(it.result.as_ref()?.1)).max().unwrap_or(0)
}

/// The commands that clients wait for, and up to which slot clients had been told when each was asked for.
fn waiting(observer: &LogObserver) -> Vec<(Arc<Command>, Slot)> {
    let waiting = observer.history().filter(|operation| operation.returned.is_none());
    waiting.map(|operation| (operation.command.clone(), told_of(observer, operation.call))).collect()
}

/// What clients wait for: first of all those that wait longest. If fewer wait than may ask, others ask for something new.
fn commands(cluster: &Cluster, observer: &LogObserver, bounds: Bounds) -> Vec<Arc<Command>> {
    let waiting = observer.history().filter(|operation| operation.returned.is_none());
    let mut commands: Vec<_> = waiting.map(|operation| operation.command.clone()).collect();
    let latest = commands.first().or_else(|| observer.latest(1).last().map(|operation| &operation.command));
    let key = latest.map_or_else(|| text("x"), |command| command.op.key().clone());
    for client in cluster.clients().filter(|client| client.waiting().is_none()) {
        let index = commands.len();
        if index >= bounds.clients as usize {
            break;
        }
        let reads = bounds.reads && index + 1 == bounds.clients as usize;
        let op = asks(&key, index, reads);
        commands.push(Arc::new(Command { client: client.id(), seq: client.seq() + 1, op, since: client.since() }));
    }
    commands
}

/// The answers on their way to clients that still wait for them.
fn on_their_way(cluster: &Cluster, commands: &[Arc<Command>]) -> Vec<(Command, Output, Slot)> {
    let waiting = cluster.nodes().flat_map(|node| cluster.server(node).outbox()).map(|waiting| &waiting.message);
    let all = cluster.network().in_flight().chain(waiting);
    let answers = all.filter_map(|envelope| match envelope.message.log()? {
        Message::Answer(answer) => Some(answer),
        _ => None,
    });
    let open = answers.filter_map(|answer| {
        let Reply::Done { output, slot } = &answer.reply else { return None };
        let command = commands.iter().find(|it| (it.client, it.seq) == (answer.client, answer.seq))?;
        Some(((**command).clone(), output.clone(), *slot))
    });
    open.collect()
}

/// A server as it is: what it says to itself has its way still before it.
fn server(cluster: &Cluster, node: NodeId, settings: &Arc<Settings>) -> Server {
    let it = cluster.server(node);
    let durable = it.disk().durable().log().cloned().unwrap_or_default();
    let Some(replica) = it.log() else { return Server::recover(node, settings, durable) };
    let own =
        cluster.network().in_flight().filter(|envelope| (envelope.from, envelope.to) == (node.into(), node.into()));
    let own = own.filter_map(|envelope| Some((0, node, envelope.message.log()?.clone())));
    let synced = it.disk().synced();
    let waiting = it.outbox().iter().filter_map(|waiting| {
        let Endpoint::Server(to) = waiting.message.to else { return None };
        Some((waiting.behind.saturating_sub(synced) as usize, to, waiting.message.message.log()?.clone()))
    });
    let records = it.disk().written().iter().chain(it.disk().queued());
    let queued = records.filter_map(|record| record.log().cloned()).collect();
    Server::running(node, replica.clone(), durable, queued, own.chain(waiting))
}
