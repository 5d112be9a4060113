//! What may happen now, and why something may not.
//!
//! Every action is checked in full before anything changes, so that a refusal leaves the cluster exactly as it was.

use alloc::{string::String, vec::Vec};

use super::Timer;
use super::{Action, Cluster, Conditions, Envelope, MessageId, ProtocolKind, Server, ServerStatus, Target};
use crate::endpoint::Endpoint;
use crate::limits::MAX_MESSAGES;
#[cfg(feature = "log")]
use crate::log;
use crate::paxos::{NodeId, Value};
use crate::text::Piece;

/// An action that cannot happen now. Reads as a sentence that names the action and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotEnabled {
    action: Action,
    reason: Reason,
}

impl Piece for NotEnabled {
    fn put(&self, to: &mut String) {
        *to += &text!("Cannot ", self.action, ": ", self.reason, ".");
    }
}

displayed!(NotEnabled, Reason);

impl core::error::Error for NotEnabled {}

impl NotEnabled {
    pub(crate) fn new(action: &Action, reason: Reason) -> Self {
        Self { action: action.clone(), reason }
    }

    /// Why not: the end of the sentence, without its full stop.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }
}

/// Why something cannot happen: the end of a sentence, and the numbers to fill in. Whoever only tries what is possible
/// never reads it, so it is put into words when somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// With `#` where a number belongs.
    text: &'static str,
    numbers: [u32; 2],
}

impl Reason {
    pub(crate) const fn new(text: &'static str, numbers: [u32; 2]) -> Self {
        Self { text, numbers }
    }
}

impl Piece for Reason {
    fn put(&self, to: &mut String) {
        let mut numbers = self.numbers.iter();
        for (position, part) in self.text.split('#').enumerate() {
            if position > 0
                && let Some(number) = numbers.next()
            {
                number.put(to);
            }
            to.push_str(part);
        }
    }
}

/// `Err(reason)`.
macro_rules! refuse {
    ($text:literal) => {
        refuse!($text, 0, 0)
    };
    ($text:literal, $number:expr) => {
        refuse!($text, $number, 0)
    };
    ($text:literal, $one:expr, $two:expr) => {
        Err(Reason::new($text, [$one, $two]))
    };
}

pub(super) use refuse;

pub(super) type Verdict<T = ()> = Result<T, Reason>;

impl Cluster {
    /// Whether an action may happen now.
    ///
    /// # Errors
    /// [`NotEnabled`], with the reason.
    pub fn check(&self, action: &Action) -> Result<(), NotEnabled> {
        self.verdict(action).map_err(|reason| NotEnabled::new(action, reason))
    }

    /// Whether an action may happen now, for whoever does not ask why.
    #[must_use]
    pub fn is_enabled(&self, action: &Action) -> bool {
        self.verdict(action).is_ok()
    }

    fn verdict(&self, action: &Action) -> Verdict {
        action.node().map_or(Ok(()), |node| self.exists(node))?;
        match action {
            Action::Propose { node, .. } => self.may_propose(*node),
            Action::Deliver { message } => self.may_arrive(self.in_flight(*message)?),
            Action::Drop { message } => self.in_flight(*message).map(drop),
            Action::Duplicate { message } => self.in_flight(*message).and_then(|_| self.has_room(1)),
            Action::Hold { message } => match self.in_flight(*message)? {
                _ if self.network().is_held(*message) => refuse!("it is held already"),
                _ => Ok(()),
            },
            Action::Release { message } => match self.in_flight(*message)? {
                _ if self.network().is_held(*message) => Ok(()),
                _ => refuse!("it is not held"),
            },
            Action::Send { message } => self.may_leave(*message),
            Action::Timeout { node, timer } => self.may_time_out(*node, *timer),
            Action::Write { node }
            | Action::Sync { node }
            | Action::SyncFirst { node, .. }
            | Action::Flush { node } => self.disk_may(*node, action),
            Action::Crash { node } => match self.server(*node).status() {
                ServerStatus::Down => refuse!("it is down already; restart it first"),
                ServerStatus::Up | ServerStatus::Paused => Ok(()),
            },
            Action::Restart { node } => match self.server(*node).status() {
                ServerStatus::Down => Ok(()),
                ServerStatus::Up => refuse!("it is up"),
                ServerStatus::Paused => refuse!("it is paused, not down; resume it, or crash it first"),
            },
            Action::Wipe { node } if self.server(*node).disk().durable().is_lost() => {
                refuse!("its disk is gone already")
            }
            Action::Pause { node } => self.up(*node).map(drop),
            Action::Resume { node } => match self.server(*node).status() {
                ServerStatus::Paused => Ok(()),
                ServerStatus::Up => refuse!("it is not paused"),
                ServerStatus::Down => refuse!("it is down, not paused; restart it"),
            },
            Action::Network { latency, .. } => {
                let now = self.network().conditions();
                let then = Conditions { latency: latency.unwrap_or(now.latency), ..now };
                then.check().map_err(|wrong| Reason::new(wrong, [0, 0]))
            }
            Action::Rule { rule, on } => match self.rule(*rule) {
                None => refuse!("this protocol does not have it"),
                Some(now) if now != *on => Ok(()),
                Some(true) => refuse!("it is on already"),
                Some(false) => refuse!("it is off already"),
            },
            #[cfg(feature = "log")]
            Action::Client(action) => self.client_may(action),
            #[cfg(feature = "log")]
            Action::Snapshot { node } => self.may_take_snapshot(*node),
            Action::Wipe { .. } | Action::PowerCut => Ok(()),
            _ => self.links_may(action),
        }
    }

    pub(super) fn exists(&self, node: NodeId) -> Verdict {
        match self.everyone().len() {
            last if node.get() <= last => Ok(()),
            1 => refuse!("there is no server #: this cluster has only server 1", node.get()),
            last => refuse!("there is no server #: this cluster has servers 1 to #", node.get(), last),
        }
    }

    pub(super) fn up(&self, node: NodeId) -> Verdict<&Server> {
        let server = self.server(node);
        match server.status() {
            ServerStatus::Up => Ok(server),
            ServerStatus::Down => refuse!("server # is down; restart it first", node.get()),
            ServerStatus::Paused => refuse!("server # is paused; resume it first", node.get()),
        }
    }

    pub(super) fn has_room(&self, messages: usize) -> Verdict {
        if self.messages() + messages <= MAX_MESSAGES {
            return Ok(());
        }
        refuse!("there is no room for more than # messages under way; deliver or drop some first", MAX_MESSAGES as u32)
    }

    /// Room for whatever one input can make a server say: an answer to everyone, and a new attempt; in a log, as much for
    /// each slot of the window.
    fn has_room_for_answers(&self) -> Verdict {
        let servers = self.everyone().len() as usize;
        #[cfg(feature = "log")]
        if let Some(settings) = self.log_settings() {
            return self.has_room((settings.window as usize + 2) * servers + 1);
        }
        self.has_room(2 * servers + 1)
    }

    fn may_propose(&self, node: NodeId) -> Verdict {
        if self.protocol != ProtocolKind::Single {
            return refuse!("a replicated log takes requests of clients, not proposals; send a request instead");
        }
        let server = self.up(node)?;
        if server.disk().durable().is_lost() {
            return refuse!(
                "its disk was lost, so it no longer knows which ballots it used, and may not propose again"
            );
        }
        match server.paxos().and_then(|replica| replica.proposer()) {
            None => refuse!("server # is not a proposer", node.get()),
            Some(_) => self.has_room_for_answers(),
        }
    }

    /// A timer that is set may run out at any time. A server of a log may stand for leader at any time, too: it never hurts
    /// agreement, and who suspects a leader may be wrong.
    fn may_time_out(&self, node: NodeId, timer: Timer) -> Verdict {
        let server = self.up(node)?;
        match server.timers.get(timer) {
            Some(_) => self.has_room_for_answers(),
            #[cfg(feature = "log")]
            None if timer == Timer::Log(log::Timer::Stand) => match server.log() {
                Some(replica) if replica.may_stand() => self.has_room_for_answers(),
                Some(replica) if matches!(replica.role(), log::Role::Leader(_)) => refuse!("it leads already"),
                Some(replica) if matches!(replica.role(), log::Role::Candidate { .. }) => refuse!("it stands already"),
                _ => refuse!("it is no proposer, or its disk was lost and it no longer knows which ballots it used"),
            },
            None => refuse!("its timer is not running"),
        }
    }

    /// A server takes a snapshot by hand where snapshots are taken at all, and there is anything new to be taken.
    #[cfg(feature = "log")]
    fn may_take_snapshot(&self, node: NodeId) -> Verdict {
        if self.log_settings().is_none_or(|settings| settings.snapshots.is_none()) {
            return refuse!("this run has no snapshots; start a log that has them");
        }
        let applies = |replica: &log::Replica| (replica.learned().applied(), replica.taken_to());
        match self.up(node)?.log().map(applies) {
            Some((0, _)) => refuse!("it has applied nothing yet"),
            Some((applied, taken)) if applied <= taken => refuse!("it has applied nothing since its last snapshot"),
            _ => Ok(()),
        }
    }

    fn disk_may(&self, node: NodeId, action: &Action) -> Verdict {
        let server = self.up(node)?;
        let disk = server.disk();
        match action {
            Action::Write { .. } if disk.queued().is_empty() => {
                refuse!("nothing waits to be written")
            }
            Action::Sync { .. } if disk.queued().is_empty() && disk.written().is_empty() => {
                refuse!("everything it wrote is durable already")
            }
            Action::SyncFirst { records, .. } => match (disk.written().len() + disk.queued().len()) as u32 {
                pending if (1..=pending).contains(records) => Ok(()),
                pending => refuse!("it has # records that are not durable, and can sync 1 to as many", pending),
            },
            Action::Flush { .. } if server.outbox().is_empty() => refuse!("its outbox is empty"),
            Action::Flush { .. } if server.ready() == 0 => {
                refuse!("every message in its outbox waits for a write that is not durable; sync the disk first")
            }
            _ => Ok(()),
        }
    }

    fn in_flight(&self, id: MessageId) -> Verdict<&Envelope> {
        if let Some(envelope) = self.network().get(id) {
            return Ok(envelope);
        }
        match self.waiting(id) {
            Some((server, _)) => refuse!("it has not left server # yet", server.get()),
            None if id.0 == 0 || id.0 > self.last_message() => {
                refuse!("there is no such message yet")
            }
            None => refuse!("it is gone: it was delivered or lost"),
        }
    }

    fn may_leave(&self, id: MessageId) -> Verdict {
        let Some((node, outgoing)) = self.waiting(id) else {
            return match self.in_flight(id) {
                Ok(_) => refuse!("it has left already"),
                Err(reason) => Err(reason),
            };
        };
        if self.up(node)?.may_leave(outgoing) {
            return Ok(());
        }
        refuse!("it waits for a write that is not durable; sync the disk of server # first", node.get())
    }

    fn may_arrive(&self, envelope: &Envelope) -> Verdict {
        let Envelope { from, to, .. } = *envelope;
        if self.network().is_cut(from, to) {
            return match (from, to) {
                (Endpoint::Server(from), Endpoint::Server(to)) => {
                    refuse!("the link from server # to server # is cut; mend it first", from.get(), to.get())
                }
                #[cfg(feature = "log")]
                _ => refuse!("its link is cut; mend it first"),
            };
        }
        to.server().map_or(Ok(()), |to| self.up(to).map(drop))?;
        self.has_room_for_answers()
    }

    /// Everything that may happen now, in a fixed order: messages, servers, links, the world. Proposals carry a
    /// suggested value; what has endless variants (partitions, network conditions) is left out.
    #[must_use]
    pub fn actions(&self) -> Vec<Action> {
        let mut targets = Vec::new();
        for envelope in self.network().in_flight() {
            targets.push(Target::Message(envelope.id));
        }
        for node in self.nodes() {
            for outgoing in self.server(node).outbox() {
                targets.push(Target::Message(outgoing.message.id));
            }
        }
        for node in self.nodes() {
            targets.push(Target::Node(node));
        }
        for (from, to) in self.links() {
            targets.push(Target::Link(from, to));
        }
        let mut actions = Vec::new();
        for target in targets {
            actions.append(&mut self.candidates(target));
        }
        actions.push(Action::Heal);
        actions.push(Action::PowerCut);
        actions.retain(|action| self.is_enabled(action));
        actions
    }

    /// What could be done to one thing, possible now or not.
    #[must_use]
    pub fn candidates(&self, target: Target) -> Vec<Action> {
        match target {
            Target::Node(node) => (self.protocol == ProtocolKind::Single)
                .then(|| Action::Propose { node, value: suggestion(node) })
                .into_iter()
                .chain([
                    Action::Write { node },
                    Action::Sync { node },
                    Action::Flush { node },
                    Action::Crash { node },
                    Action::Restart { node },
                    Action::Pause { node },
                    Action::Resume { node },
                    Action::Isolate { node },
                    Action::Rejoin { node },
                    Action::Wipe { node },
                ])
                .chain(Timer::of(self.protocol).iter().map(|timer| Action::Timeout { node, timer: *timer }))
                .chain(self.snapshot_candidate(node))
                .collect(),
            Target::Message(message) if self.waiting(message).is_some() => [Action::Send { message }].into(),
            Target::Message(message) => Vec::from([
                Action::Deliver { message },
                Action::Drop { message },
                Action::Duplicate { message },
                Action::Hold { message },
                Action::Release { message },
            ]),
            Target::Link(from, to) => Vec::from([Action::Cut { from, to }, Action::Mend { from, to }]),
            #[cfg(feature = "log")]
            Target::Client(client) => self.client_candidates(client),
        }
    }
}

impl Cluster {
    /// Only where snapshots are taken at all.
    #[cfg(feature = "log")]
    fn snapshot_candidate(&self, node: NodeId) -> Option<Action> {
        self.log_settings()?.snapshots.map(|_| Action::Snapshot { node })
    }

    #[cfg(not(feature = "log"))]
    #[expect(clippy::unused_self)]
    const fn snapshot_candidate(&self, _: NodeId) -> Option<Action> {
        None
    }
}

/// A value for a server to propose when nobody has a better idea.
fn suggestion(node: NodeId) -> Value {
    const VALUES: [&str; 8] = ["blue", "red", "green", "yellow", "purple", "orange", "white", "black"];
    let text = VALUES[node.index() % VALUES.len()];
    text.parse().unwrap_or_else(|_| unreachable!("{text} is short"))
}
