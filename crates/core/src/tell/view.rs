//! The present, for whoever draws it: plain data, nothing left to interpret.
//!
//! Names are those that pages and scripts rely on. Ballots are text, because how a ballot is written depends on the run.

use alloc::{string::String, vec::Vec};

use super::language::Language;
#[cfg(feature = "log")]
use super::log;
use super::sentence::{Sentence, Servers, say};
use super::world::Left;
use crate::json::{FromJson, Json, Malformed, Object};
use crate::paxos::{Message, NodeId, NodeSet, Phase, Proposer, Record, Records, Replica, Role, Scheme, Slot, Vote};
use crate::run::{Event, EventKind, PendingSave, Simulation};
use crate::sim::{self, Envelope, Fact, ProtocolKind, Server, Transit};

/// Above so many servers, only cut links are listed: n·(n − 1) of them say nothing.
const LIST_ALL_LINKS: usize = 9;

pub(super) fn vote(vote: &Vote, language: &Language) -> Json {
    let object = Object::new().with("slot", vote.slot).with("ballot", language.text(vote.ballot));
    object.with("value", &vote.value).into()
}

pub(super) fn votes<'a>(votes: impl Iterator<Item = &'a Vote>, language: &Language) -> Json {
    votes.map(|cast| vote(cast, language)).collect()
}

fn record(record: &sim::Record, language: &Language) -> Json {
    fn noted<V>(record: &Record<V>, vote: impl Fn(&Vote<V>) -> Json, language: &Language) -> Json {
        let object = Object::new();
        match record {
            Record::Promised(ballot) => object.with("promised", language.text(*ballot)),
            Record::Accepted(cast) => object.with("accepted", vote(cast)),
            Record::Round(round) => object.with("round", *round),
        }
        .into()
    }
    match record {
        sim::Record::Paxos(record) => noted(record, |cast| vote(cast, language), language),
        #[cfg(feature = "log")]
        sim::Record::Log(record) => match record.paxos() {
            Some(record) => noted(record, |cast| log::vote(cast, language), language),
            None => log::record(record).unwrap_or_default(),
        },
    }
}

pub(super) fn records(records: &[sim::Record], language: &Language) -> Json {
    records.iter().map(|item| record(item, language)).collect()
}

/// What is on a disk; of votes, only those in these slots.
fn durable(object: Object, records: &sim::Records, slots: Slots, language: &Language) -> Object {
    let (promised, accepted, round) = match records {
        sim::Records::Paxos(kept) => (kept.promised, votes(kept.accepted.since(slots.from), language), kept.round),
        #[cfg(feature = "log")]
        sim::Records::Log(crate::log::Records { paxos: kept, .. }) => {
            (kept.promised, log::log_votes(&kept.accepted, slots, language), kept.round)
        }
    };
    let promised: Json = promised.map(|ballot| language.text(ballot)).into();
    let object = object.with("promised", promised).with("accepted", accepted).with("round", round);
    #[cfg(feature = "log")]
    if let Some(stored) = records.log().and_then(|kept| kept.snapshot.as_ref()) {
        return object.with("snapshot", log::stored(stored));
    }
    object
}

/// A message, as one flat object.
#[must_use]
pub fn envelope(envelope: &Envelope, language: &Language) -> Object {
    let object = Object::new()
        .with("id", envelope.id)
        .with("kind", envelope.message.kind_name())
        .with("from", envelope.from)
        .with("to", envelope.to)
        .with("ballot", envelope.message.ballot().map(|ballot| language.text(ballot)));
    match &envelope.message {
        sim::Message::Paxos(message) => says(object, message, language),
        #[cfg(feature = "log")]
        sim::Message::Log(message) => log::says_as_data(object, message, language),
    }
}

fn says(object: Object, message: &Message, language: &Language) -> Object {
    let cast = message.vote();
    let object = object.with("slot", cast.map_or(0, |vote| vote.slot)).with("value", cast.map(|vote| &vote.value));
    match message {
        Message::Promise(promise) => object.with("accepted", votes(promise.accepted.iter(), language)),
        Message::Nack(nack) => object.with("promised", language.text(nack.promised)),
        _ => object,
    }
}

/// Durable disks, that of server 1 first.
fn disks<'a>(all: impl Iterator<Item = &'a sim::Records>, language: &Language) -> Json {
    let disk = |(index, records): (usize, &sim::Records)| {
        let object = Object::new().with("node", index as u32 + 1).with("lost", records.is_lost());
        durable(object, records, Slots::ALL, language)
    };
    all.enumerate().map(disk).collect()
}

impl From<PendingSave> for Json {
    fn from(PendingSave { run, disks: all }: PendingSave) -> Self {
        let disks = disks(all.iter(), &run.config.ballots.into());
        Object::new().with("run", &run).with("disks", disks).into()
    }
}

impl Simulation {
    pub(super) fn scheme(&self) -> Scheme {
        self.config().ballots
    }

    /// Enough to name what there is now.
    pub(super) fn language(&self) -> Language {
        self.scheme().into()
    }

    /// Everything there is to draw, now, given the events of the latest step.
    #[must_use]
    pub fn view(&self, latest: &[Event]) -> Object {
        self.view_of(latest, None)
    }

    /// [`Simulation::view`], with these slots of a log; if none are given, the latest ones.
    #[must_use]
    pub fn view_of(&self, latest: &[Event], slots: Option<Slots>) -> Object {
        let slots = self.listed(slots);
        let cluster = self.cluster();
        let quorums = cluster.settings().quorums();
        let chosen = self.observer().chosen().iter().map(|chosen| {
            let Vote { slot, ballot, value } = &chosen.vote;
            let object = Object::new().with("slot", *slot).with("value", value);
            object.with("ballot", self.language().text(*ballot)).with("quorum", chosen.quorum)
        });
        let violations = self.violations().iter().map(|(step, violation)| {
            let object = Object::new().with("step", *step).with("invariant", violation.invariant().as_str());
            object.with("why", violation.sentence(self.scheme()))
        });
        let (mut rules, mut off) = (Object::new(), Vec::new());
        for rule in sim::Rule::of(self.config().protocol) {
            let holds = cluster.rule(rule) != Some(false);
            rules = rules.with(rule.as_str(), holds);
            if !holds {
                off.push(Object::new().with("rule", rule.as_str()).with("name", rule.title()).into());
            }
        }
        let view = Object::new()
            .with("step", self.steps())
            .with("at", self.schedule().now())
            .with("protocol", self.config().protocol.as_str())
            .with("nodes", cluster.nodes().map(|node| self.node(node, slots)).collect::<Json>())
            .with("messages", self.messages())
            .with("links", self.links())
            .with("chosen", chosen.collect::<Json>())
            .with("violations", violations.collect::<Json>())
            .with("rules", rules)
            .with("off", off)
            .with(
                "quorums",
                Object::new()
                    .with("phase1", quorums.phase1)
                    .with("phase2", quorums.phase2)
                    .with("acceptors", quorums.acceptors.len()),
            )
            .with("network", cluster.network().conditions())
            .with("headline", self.headline(latest))
            .with("next", self.next().map(Json::from));
        match self.config().protocol {
            ProtocolKind::Single => view,
            #[cfg(feature = "log")]
            ProtocolKind::Log => self.log_view(view, slots),
        }
    }

    /// The slots that are listed: these, or where nobody asks for any, the latest ones. Single-decree Paxos has one.
    fn listed(&self, slots: Option<Slots>) -> Slots {
        match (self.config().protocol, slots) {
            (ProtocolKind::Single, _) => Slots::ALL,
            #[cfg(feature = "log")]
            (ProtocolKind::Log, Some(slots)) => slots,
            #[cfg(feature = "log")]
            (ProtocolKind::Log, None) => self.latest_slots(),
        }
    }

    /// Every server's durable disk.
    #[must_use]
    pub fn disks(&self) -> Json {
        let cluster = self.cluster();
        disks(cluster.nodes().map(|node| cluster.server(node).disk().durable()), &self.language())
    }

    fn node(&self, id: NodeId, slots: Slots) -> Object {
        let server = self.cluster().server(id);
        let kept = server.disk().durable();
        let votes_here = !kept.is_lost() && self.cluster().settings().roles.acceptors.contains(id);
        let object = Object::new()
            .with("id", id)
            .with("status", server.status().as_str())
            .with("roles", self.roles(id))
            .with("voting", votes_here);
        let object = match kept {
            sim::Records::Paxos(kept) => self.parts(object, server, kept),
            #[cfg(feature = "log")]
            sim::Records::Log(kept) => self.log_parts(object, id, kept, slots),
        };
        let mut timers = Vec::new();
        for timer in server.timers() {
            timers
                .push(Object::new().with("timer", timer.as_str()).with("due", self.schedule().timer(id, timer)).into());
        }
        object
            .with("disk", self.disk(server, slots))
            .with("outbox", server.outbox().iter().map(|outgoing| outgoing.message.id).collect::<Json>())
            .with("timers", timers)
    }

    /// What a server of single-decree Paxos is in the middle of. Of one that is down, the disk is all there is.
    fn parts(&self, object: Object, server: &Server, kept: &Records) -> Object {
        let language = &self.language();
        let replica = server.paxos();
        let (promised, accepted) = match replica.and_then(Replica::acceptor) {
            Some(acceptor) => (acceptor.promised(), votes(acceptor.votes().iter(), language)),
            None => (kept.promised, votes(kept.accepted.iter(), language)),
        };
        let learned: Json = match replica.and_then(Replica::learner) {
            Some(learner) => {
                learner.all().map(|(slot, value)| Object::new().with("slot", slot).with("value", value)).collect()
            }
            None => Json::List([].into()),
        };
        object
            .with("phase", replica.and_then(Replica::proposer).map_or(Phase::Idle, Proposer::phase).as_str())
            .with("proposal", self.proposal(server))
            .with("promised", promised.map(|ballot| language.text(ballot)))
            .with("accepted", accepted)
            .with("learned", learned)
    }

    fn roles(&self, id: NodeId) -> Json {
        let roles = self.cluster().settings().roles;
        let parts =
            [(Role::Proposer, roles.proposers), (Role::Acceptor, roles.acceptors), (Role::Learner, roles.learners)];
        let mut plays = Vec::new();
        for (role, players) in parts {
            if players.contains(id) {
                plays.push(role.as_str().into());
            }
        }
        Json::List(plays)
    }

    fn proposal(&self, server: &Server) -> Option<Object> {
        let proposer = server.paxos()?.proposer()?;
        let (promises, accepts) = proposer.answers();
        if proposer.ballot().is_none() && proposer.asked().is_none() {
            return None;
        }
        let object = Object::new()
            .with("ballot", proposer.ballot().map(|ballot| self.language().text(ballot)))
            .with("value", proposer.value())
            .with("asked", proposer.asked());
        Some(object.with("promises", promises).with("accepts", accepts))
    }

    fn disk(&self, server: &Server, slots: Slots) -> Object {
        let disk = server.disk();
        Object::new()
            .with("durable", durable(Object::new(), disk.durable(), slots, &self.language()))
            .with("queued", records(disk.queued(), &self.language()))
            .with("pending", records(disk.written(), &self.language()))
            .with("lost", disk.durable().is_lost())
    }

    /// First the messages that have left, in the order they were made, then each server's outbox.
    fn messages(&self) -> Json {
        let mut messages = Vec::new();
        for message in self.cluster().network().in_flight() {
            messages.push(self.in_flight(message).into());
        }
        for node in self.cluster().nodes() {
            let server = self.cluster().server(node);
            for outgoing in server.outbox() {
                let status = if server.may_leave(outgoing) { "ready" } else { "waiting-for-disk" };
                messages.push(self.message(&outgoing.message, status, None).into());
            }
        }
        Json::List(messages)
    }

    fn in_flight(&self, message: &Envelope) -> Object {
        let held = self.cluster().network().is_held(message.id);
        self.message(message, if held { "held" } else { "flying" }, self.schedule().transit(message.id))
    }

    fn message(&self, message: &Envelope, status: &'static str, transit: Option<Transit>) -> Object {
        let held = status == "held";
        envelope(message, &self.language())
            .with("sentAt", transit.map(|transit| transit.left))
            .with("dueAt", transit.filter(|_| !held).map(|transit| transit.arrives()))
            .with("progress", transit.filter(|_| held).map(|transit| transit.progress()))
            .with("status", status)
    }

    fn links(&self) -> Json {
        let (cluster, network) = (self.cluster(), self.cluster().network());
        let all = cluster.nodes().count() <= LIST_ALL_LINKS;
        let mut links = Vec::new();
        for (from, to) in cluster.links() {
            let up = !network.is_cut(from, to);
            if all || !up {
                links.push(Object::new().with("from", from).with("to", to).with("up", up).into());
            }
        }
        Json::List(links)
    }

    /// The event that says most about the latest step. Several messages sent at once are told as one.
    fn headline(&self, latest: &[Event]) -> Option<Json> {
        let event = headline(latest)?;
        let Json::Object(view) = event.json(self.scheme()) else { return None };
        Some(view.set("why", self.headline_says(latest).into()).into())
    }

    /// What it says.
    pub(super) fn headline_says(&self, latest: &[Event]) -> String {
        let Some(event) = headline(latest) else { return String::new() };
        let EventKind::Fact(Fact::Sent(first)) = &event.kind else { return event.why(self.scheme()) };
        let receivers = receivers(latest, first);
        if receivers.len() < 2 {
            return event.why(self.scheme());
        }
        Sentence::of(&Language::of(event, self.scheme()), |to| {
            say!(to, first.from);
            to.capital();
            match &first.message {
                sim::Message::Paxos(message) => {
                    say!(to, " sends ", message.kind().as_str(), " ", message.ballot(), " to ", Servers(receivers));
                }
                #[cfg(feature = "log")]
                sim::Message::Log(message) => log::says(message, Servers(receivers), to),
            }
            say!(to, Left);
        })
    }
}

/// The servers to which something left together with a first message: in a log, the very same.
fn receivers(latest: &[Event], first: &Envelope) -> NodeSet {
    let sent = latest.iter().filter_map(|event| match &event.kind {
        EventKind::Fact(Fact::Sent(envelope)) => Some(envelope),
        _ => None,
    });
    let together = sent.filter(|envelope| envelope.message == first.message || envelope.message.paxos().is_some());
    together.filter_map(|envelope| envelope.to.server()).collect()
}

/// Slots of a log, from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slots {
    /// The first.
    pub from: Slot,
    /// The last.
    pub to: Slot,
}

impl Slots {
    /// All of them.
    pub const ALL: Self = Self { from: 0, to: Slot::MAX };

    /// Whether a slot is among them.
    #[must_use]
    pub const fn contains(self, slot: Slot) -> bool {
        self.from <= slot && slot <= self.to
    }
}

/// `[4, 9]`.
impl FromJson for Slots {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        match *Vec::from_json(json, name)? {
            [from, to] if from <= to => Ok(Self { from, to }),
            _ => Err(Malformed::new(&text!("\"", name, "\" must be two slots: the first and the last"))),
        }
    }
}

/// The first of the weightiest.
fn headline(events: &[Event]) -> Option<&Event> {
    let heavier = |one: &Event, other: &Event| other.importance() > one.importance();
    events.iter().reduce(|headline, event| if heavier(headline, event) { event } else { headline })
}
