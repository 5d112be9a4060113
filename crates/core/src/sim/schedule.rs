//! The seeded clock: what happens next if nobody interferes, and when.
//!
//! The schedule never acts. It watches what happened, works out when each consequence is due (a message arrives,
//! a disk finishes, a timer runs out), and names the earliest. Whoever drives the run may follow it or not; an
//! action it did not choose only changes what it sees next.

use alloc::{vec, vec::Vec};

use litemap::LiteMap;

#[cfg(feature = "log")]
use super::ClientAction;
use super::draws::{Draws, Purpose};
use super::server::Armed;
use super::{Action, Cluster, Config, Envelope, Fact, Message, MessageId, ProtocolKind, ServerStatus, Timer};
use crate::endpoint::Endpoint;
use crate::host::Delays;
#[cfg(feature = "log")]
use crate::log::{self, ClientId};
use crate::paxos::NodeId;

/// Simulated milliseconds since the run began.
pub type Time = u64;

/// How long a server's message to itself takes.
const TO_ITSELF: u32 = 1;

/// A place in the queue: a time, and among things due at the same time, the order they were planned in.
type Place = (Time, u64);

/// A message's way from sender to receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transit {
    /// When it left. A message that was held and released left that much later.
    pub left: Time,
    /// How long it takes, in simulated milliseconds.
    takes: u32,
    /// For how long it had been under way when it was stopped, if it was.
    stopped_after: Option<u32>,
    arrival: Option<Place>,
    copy: Option<Place>,
}

impl Transit {
    /// When it arrives, unless it is held.
    #[must_use]
    pub fn arrives(&self) -> Time {
        self.left + Time::from(self.takes)
    }

    /// How far a held message had come, in thousandths of its way.
    #[must_use]
    pub fn progress(&self) -> u32 {
        self.stopped_after.map_or(0, |after| after * 1000 / self.takes.max(1))
    }
}

/// What a server waits for.
#[derive(Clone, Copy, Debug, Default)]
struct Waits {
    write: Option<Place>,
    sync: Option<Place>,
    flush: Option<Place>,
    /// Each timer, and which setting of it was planned, to notice when it is set anew.
    timers: [Option<(Place, u32)>; Timer::ALL.len()],
}

/// What a client waits for.
#[cfg(feature = "log")]
#[derive(Clone, Copy, Debug, Default)]
struct ClientWaits {
    retry: Option<(Place, u32)>,
    ask: Option<Place>,
}

/// Something that is going to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Arrival(MessageId),
    Copy(MessageId),
    Write(NodeId),
    Sync(NodeId),
    Flush(NodeId),
    Timer(NodeId, Timer),
    #[cfg(feature = "log")]
    Retry(ClientId),
    #[cfg(feature = "log")]
    Ask(ClientId),
}

/// The clock of one run.
///
/// * Time never goes back.
/// * What is due at the same time happens in the order it was planned.
/// * Whatever holds a place in the queue is in the queue, and the other way round.
#[derive(Clone, Debug)]
pub struct Schedule {
    draws: Draws,
    disk: (u32, u32),
    delays: Delays,
    now: Time,
    planned: u64,
    queue: LiteMap<Place, Due>,
    transits: LiteMap<MessageId, Transit>,
    waits: Vec<Waits>,
    #[cfg(feature = "log")]
    clients: Vec<ClientWaits>,
}

impl Schedule {
    /// A clock at 0 with nothing to come. The config must have passed [`Config::check`].
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            draws: Draws::new(config.seed),
            disk: config.disk,
            delays: Delays { retry: config.retry, backoff: config.backoff },
            now: 0,
            planned: 0,
            queue: LiteMap::new(),
            transits: LiteMap::new(),
            waits: vec![Waits::default(); config.nodes as usize],
            #[cfg(feature = "log")]
            clients: vec![ClientWaits::default(); config.log.clients as usize],
        }
    }

    /// Takes in what servers and clients wait for from the beginning.
    pub fn begin(&mut self, cluster: &Cluster) {
        if cluster.protocol() != ProtocolKind::Single {
            for node in cluster.nodes() {
                self.look_at(node, cluster);
            }
        }
        #[cfg(feature = "log")]
        for client in cluster.clients() {
            self.look_at_client(client.id(), cluster);
        }
        // Messages may be under way where a run begins in the middle.
        #[cfg(feature = "log")]
        for envelope in cluster.network().in_flight() {
            self.travel(envelope, cluster);
        }
    }

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// A message's journey, while it is under way or held.
    #[must_use]
    pub fn transit(&self, message: MessageId) -> Option<Transit> {
        self.transits.get(&message).copied()
    }

    /// When a timer runs out, if it is set.
    #[must_use]
    pub fn timer(&self, node: NodeId, timer: Timer) -> Option<Time> {
        self.waits[node.index()].timers[timer.index()].map(|((time, _), _)| time)
    }

    /// When something would be due, if it is planned.
    #[must_use]
    pub fn due(&self, action: &Action) -> Option<Time> {
        let waits = |node: NodeId| &self.waits[node.index()];
        let place = match *action {
            Action::Deliver { message } => self.transits.get(&message)?.arrival,
            Action::Write { node } => waits(node).write,
            // What is not written yet is written first.
            Action::Sync { node } | Action::SyncFirst { node, .. } => waits(node).sync.or(waits(node).write),
            Action::Flush { node } => waits(node).flush,
            Action::Timeout { node, timer } => return self.timer(node, timer),
            _ => None,
        };
        place.map(|(time, _)| time)
    }

    /// What comes next, and when; `None` when nothing is left to happen. Asking changes nothing.
    #[must_use]
    pub fn next(&self, cluster: &Cluster) -> Option<(Time, Action)> {
        for ((time, _), due) in self.queue.iter() {
            if let Some(action) = self.action(*due, cluster) {
                return Some(((*time).max(self.now), action));
            }
        }
        None
    }

    /// The clock moves to the time of an action it named.
    pub fn advance(&mut self, to: Time) {
        self.now = self.now.max(to);
    }

    /// What a due thing turns out to be, now that its time has come; `None` while it has to wait.
    fn action(&self, due: Due, cluster: &Cluster) -> Option<Action> {
        let action = match due {
            Due::Arrival(message) => {
                return Some(self.arrive(cluster.network().get(message)?, cluster));
            }
            Due::Copy(message) => Action::Duplicate { message },
            Due::Write(node) => Action::Write { node },
            Due::Sync(node) => Action::Sync { node },
            Due::Flush(node) => Action::Flush { node },
            Due::Timer(node, timer) => Action::Timeout { node, timer },
            #[cfg(feature = "log")]
            Due::Retry(client) => Action::Client(ClientAction::Retry { client, node: None }),
            #[cfg(feature = "log")]
            Due::Ask(client) => {
                let seq = cluster.clients.get(client)?.seq() + 1;
                let op = cluster.workload()?.op(self.draws, client, seq);
                Action::Client(ClientAction::Request { client, op, node: None, since: None })
            }
        };
        cluster.is_enabled(&action).then_some(action)
    }

    fn arrive(&self, envelope: &Envelope, cluster: &Cluster) -> Action {
        let message = envelope.id;
        let deliver = Action::Deliver { message };
        let left = self.transits.get(&message).map_or(self.now, |transit| transit.left);
        let unlucky = self.happens(cluster.network().conditions().loss, Purpose::Loss, envelope, left);
        if unlucky || !cluster.is_enabled(&deliver) { Action::Drop { message } } else { deliver }
    }

    /// Takes in what a step brought about.
    pub fn observe(&mut self, cluster: &Cluster, facts: &[Fact]) {
        for fact in facts {
            match fact {
                Fact::Sent(envelope) => self.travel(envelope, cluster),
                Fact::Held(envelope) => self.stop(envelope.id),
                Fact::Released(envelope) => self.go_on(envelope.id),
                Fact::Duplicated { envelope, copy } => {
                    if let Some(copied) = self.transits.get_mut(&envelope.id).and_then(|transit| transit.copy.take()) {
                        self.queue.remove(&copied);
                    }
                    cluster.network().get(*copy).into_iter().for_each(|twin| self.travel(twin, cluster));
                }
                Fact::Delivered(envelope) | Fact::Dropped { envelope, .. } => {
                    self.stop(envelope.id);
                    self.transits.remove(&envelope.id);
                }
                Fact::PowerCut { .. } => {
                    self.queue.clear();
                    self.transits.clear();
                    self.waits.fill(Waits::default());
                    #[cfg(feature = "log")]
                    self.clients.fill(ClientWaits::default());
                    #[cfg(feature = "log")]
                    cluster.clients().for_each(|client| self.look_at_client(client.id(), cluster));
                }
                #[cfg(feature = "log")]
                Fact::Client(fact) => match fact.client() {
                    Some(client) => self.look_at_client(client, cluster),
                    None => cluster.clients().for_each(|client| self.look_at_client(client.id(), cluster)),
                },
                _ => {}
            }
        }
        let mut last = None;
        for node in facts.iter().filter_map(Fact::node) {
            if last.replace(node) != Some(node) {
                self.look_at(node, cluster);
            }
        }
    }

    fn travel(&mut self, envelope: &Envelope, cluster: &Cluster) {
        let conditions = cluster.network().conditions();
        let takes = self.draw(conditions.latency, Purpose::Latency, envelope);
        let arrival = Some(self.plan(Due::Arrival(envelope.id), takes));
        // A copy is not copied again, or a probability of 1 would never end.
        let twice = envelope.copy == 0 && self.happens(conditions.duplicate, Purpose::Duplicate, envelope, self.now);
        let copy = twice.then(|| {
            let after = self.draw((0, takes), Purpose::DuplicateAfter, envelope);
            self.plan(Due::Copy(envelope.id), after)
        });
        self.transits.insert(envelope.id, Transit { left: self.now, takes, stopped_after: None, arrival, copy });
    }

    fn draw(&self, span: (u32, u32), purpose: Purpose, envelope: &Envelope) -> u32 {
        if envelope.from == envelope.to {
            return TO_ITSELF;
        }
        self.draws.between(span, purpose, &draw_key(envelope))
    }

    /// Whether this happens to a message that left then. Single-decree Paxos tries again in another ballot, and so says
    /// something else. In a log the very same is said again: then it has another luck, or it would be lost for ever.
    #[cfg_attr(not(feature = "log"), expect(unused_variables))]
    fn happens(&self, chance: super::Probability, purpose: Purpose, envelope: &Envelope, left: Time) -> bool {
        #[cfg(feature = "log")]
        if envelope.message.log().is_some() {
            // Nothing is said again before a heartbeat has passed.
            let (heartbeat, _) = Timer::Log(log::Timer::Heartbeat).delay(self.delays, 0);
            let thing = (draw_key(envelope), left / Time::from(heartbeat));
            return envelope.from != envelope.to && self.draws.happens(chance, purpose, &thing);
        }
        envelope.from != envelope.to && self.draws.happens(chance, purpose, &draw_key(envelope))
    }

    fn stop(&mut self, message: MessageId) {
        let Some(transit) = self.transits.get_mut(&message) else { return };
        let under_way = self.now.saturating_sub(transit.left).min(Time::from(transit.takes));
        transit.stopped_after = Some(under_way as u32);
        for place in [transit.arrival.take(), transit.copy.take()].into_iter().flatten() {
            self.queue.remove(&place);
        }
    }

    /// A released message has the rest of its way still before it.
    fn go_on(&mut self, message: MessageId) {
        let Some(mut transit) = self.transits.get(&message).copied() else { return };
        let done = transit.stopped_after.take().unwrap_or_default();
        transit.left = self.now.saturating_sub(Time::from(done));
        transit.arrival = Some(self.plan(Due::Arrival(message), transit.takes - done));
        self.transits.insert(message, transit);
    }

    /// Plans what a server now waits for, and drops what it no longer waits for. A paused server's affairs stay as
    /// they are, and what is overdue then happens when it resumes.
    fn look_at(&mut self, node: NodeId, cluster: &Cluster) {
        let server = cluster.server(node);
        if server.status() == ServerStatus::Paused {
            return;
        }
        let mut waits = self.waits[node.index()];
        let disk = server.disk();
        let (draws, span) = (self.draws, self.disk);
        let time = |purpose| move || draws.between(span, purpose, &(node, disk.total()));
        self.wants(&mut waits.write, !disk.queued().is_empty(), Due::Write(node), time(Purpose::WriteTime));
        self.wants(&mut waits.sync, !disk.written().is_empty(), Due::Sync(node), time(Purpose::SyncTime));
        self.wants(&mut waits.flush, server.ready() > 0, Due::Flush(node), || 0);
        for timer in Timer::ALL {
            let planned = &mut waits.timers[timer.index()];
            let armed = server.timers.get(timer);
            if planned.map(|(_, setting)| setting) == armed.map(|armed| armed.setting) {
                continue;
            }
            if let Some((place, _)) = planned.take() {
                self.queue.remove(&place);
            }
            *planned = armed.map(|Armed { tries, setting }| {
                (self.plan(Due::Timer(node, timer), self.delay(node, timer, tries, setting)), setting)
            });
        }
        self.waits[node.index()] = waits;
    }

    /// Plans what a client now waits for, and drops what it no longer waits for.
    #[cfg(feature = "log")]
    fn look_at_client(&mut self, client: ClientId, cluster: &Cluster) {
        let mut waits = self.clients[client.index()];
        let armed = cluster.clients.retry(client);
        if waits.retry.map(|(_, setting)| setting) != armed.map(|armed| armed.setting) {
            if let Some((place, _)) = waits.retry.take() {
                self.queue.remove(&place);
            }
            waits.retry = armed.map(|Armed { tries, setting }| {
                // Twice as long as servers wait: they may be about to find a leader.
                let (least, most) = self.delays.before_retry(tries);
                let after = self.draws.between((2 * least, 2 * most), Purpose::ClientRetry, &(client, setting));
                (self.plan(Due::Retry(client), after), setting)
            });
        }
        let (draws, seq) = (self.draws, cluster.clients.get(client).map_or(0, log::Client::seq));
        let pause = cluster.workload().map_or((0, 0), |workload| workload.pause());
        let after = || draws.between(pause, Purpose::Pause, &(client, seq));
        self.wants(&mut waits.ask, cluster.clients.asks_next(client), Due::Ask(client), after);
        self.clients[client.index()] = waits;
    }

    /// How long a timer runs this time.
    fn delay(&self, node: NodeId, timer: Timer, tries: u32, setting: u32) -> u32 {
        self.draws.between(timer.delay(self.delays, tries), Purpose::TimerJitter, &(node, timer, setting))
    }

    fn wants(&mut self, planned: &mut Option<Place>, wanted: bool, due: Due, after: impl FnOnce() -> u32) {
        match (wanted, *planned) {
            (true, None) => *planned = Some(self.plan(due, after())),
            (false, Some(place)) => {
                self.queue.remove(&place);
                *planned = None;
            }
            _ => {}
        }
    }

    fn plan(&mut self, due: Due, after: u32) -> Place {
        let place = (self.now + Time::from(after), self.planned);
        self.planned += 1;
        self.queue.insert(place, due);
        place
    }
}

/// What a draw about a message depends on: what it says and between whom, and not its number, which other messages would
/// shift.
const fn draw_key(envelope: &Envelope) -> (Endpoint, Endpoint, &Message, u32) {
    (envelope.from, envelope.to, &envelope.message, envelope.copy)
}
