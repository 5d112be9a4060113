//! The present, for whoever draws it: plain data, nothing left to interpret.
//!
//! Names are those that pages and scripts rely on. Ballots are text, because how a ballot is written depends on the run.

use alloc::{string::String, vec::Vec};

use super::language::Language;
use super::rules::rule_name;
use super::sentence::{Sentence, Servers, say};
use super::world::{Left, OfBallot};
use crate::json::{Json, Object};
use crate::paxos::{Message, NodeId, NodeSet, Phase, Proposer, Record, Replica, Role, Rule, Scheme, Vote};
use crate::run::{Event, EventKind, PendingSave, Simulation};
use crate::sim::{self, Envelope, Fact, Server, Transit};

/// Above so many servers, only cut links are listed: n·(n − 1) of them say nothing.
const LIST_ALL_LINKS: usize = 9;

pub(super) fn vote(vote: &Vote, language: &Language) -> Json {
    let object = Object::new().with("slot", vote.slot).with("ballot", language.text(vote.ballot));
    object.with("value", &vote.value).into()
}

pub(super) fn votes(votes: &[Vote], language: &Language) -> Json {
    votes.iter().map(|cast| vote(cast, language)).collect()
}

fn record(record: &sim::Record, language: &Language) -> Json {
    let object = Object::new();
    let Some(record) = record.paxos() else { return object.into() };
    match record {
        Record::Promised(ballot) => object.with("promised", language.text(*ballot)),
        Record::Accepted(cast) => object.with("accepted", vote(cast, language)),
        Record::Round(round) => object.with("round", *round),
    }
    .into()
}

pub(super) fn records(records: &[sim::Record], language: &Language) -> Json {
    records.iter().map(|item| record(item, language)).collect()
}

fn durable(object: Object, records: &sim::Records, language: &Language) -> Object {
    let Some(records) = records.paxos() else { return object };
    let promised: Json = records.promised.map(|ballot| language.text(ballot)).into();
    object
        .with("promised", promised)
        .with("accepted", votes(records.accepted.as_slice(), language))
        .with("round", records.round)
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
    let Some(message) = envelope.message.paxos() else { return object };
    let cast = message.vote();
    let object = object.with("slot", cast.map_or(0, |vote| vote.slot)).with("value", cast.map(|vote| &vote.value));
    match message {
        Message::Promise(promise) => object.with("accepted", votes(&promise.accepted, language)),
        Message::Nack(nack) => object.with("promised", language.text(nack.promised)),
        _ => object,
    }
}

/// Durable disks, that of server 1 first.
fn disks<'a>(all: impl Iterator<Item = &'a sim::Records>, language: &Language) -> Json {
    let disk = |(index, records): (usize, &sim::Records)| {
        durable(Object::new().with("node", index as u32 + 1).with("lost", records.is_lost()), records, language)
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
    fn scheme(&self) -> Scheme {
        self.config().ballots
    }

    /// Enough to name what there is now.
    fn language(&self) -> Language {
        self.scheme().into()
    }

    /// Everything there is to draw, now, given the events of the latest step.
    #[must_use]
    pub fn view(&self, latest: &[Event]) -> Object {
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
        let off = cluster.settings().rules.off();
        let off = off.map(|rule| Object::new().with("rule", rule.as_str()).with("name", rule_name(rule)));
        Object::new()
            .with("step", self.steps())
            .with("at", self.schedule().now())
            .with("protocol", self.config().protocol.as_str())
            .with("nodes", cluster.nodes().map(|node| self.node(node)).collect::<Json>())
            .with("messages", self.messages())
            .with("links", self.links())
            .with("chosen", chosen.collect::<Json>())
            .with("violations", violations.collect::<Json>())
            .with("rules", cluster.settings().rules.json(Rule::ALL.into_iter()))
            .with("off", off.collect::<Json>())
            .with(
                "quorums",
                Object::new()
                    .with("phase1", quorums.phase1)
                    .with("phase2", quorums.phase2)
                    .with("acceptors", quorums.acceptors.len()),
            )
            .with("network", cluster.network().conditions())
            .with("headline", self.headline(latest))
            .with("next", self.next().map(Json::from))
    }

    /// Every server's durable disk.
    #[must_use]
    pub fn disks(&self) -> Json {
        let cluster = self.cluster();
        disks(cluster.nodes().map(|node| cluster.server(node).disk().durable()), &self.language())
    }

    fn node(&self, id: NodeId) -> Object {
        let server = self.cluster().server(id);
        let language = &self.language();
        let kept = server.disk().durable();
        let replica = server.paxos();
        // Of a server that is down, the disk is all there is.
        let (promised, accepted) = match (replica.and_then(Replica::acceptor), kept.paxos()) {
            (Some(acceptor), _) => (acceptor.promised(), votes(acceptor.votes(), language)),
            (None, Some(kept)) => (kept.promised, votes(kept.accepted.as_slice(), language)),
            (None, None) => (None, votes(&[], language)),
        };
        let learned: Json = match replica.and_then(Replica::learner) {
            Some(learner) => {
                learner.all().map(|(slot, value)| Object::new().with("slot", slot).with("value", value)).collect()
            }
            None => Json::List([].into()),
        };
        let mut timers = Vec::new();
        for timer in server.timers() {
            timers
                .push(Object::new().with("timer", timer.as_str()).with("due", self.schedule().timer(id, timer)).into());
        }
        let votes_here = !kept.is_lost() && self.cluster().settings().roles.acceptors.contains(id);
        Object::new()
            .with("id", id)
            .with("status", server.status().as_str())
            .with("roles", self.roles(id))
            .with("voting", votes_here)
            .with("phase", replica.and_then(Replica::proposer).map_or(Phase::Idle, Proposer::phase).as_str())
            .with("proposal", self.proposal(server))
            .with("promised", promised.map(|ballot| language.text(ballot)))
            .with("accepted", accepted)
            .with("learned", learned)
            .with("disk", self.disk(server))
            .with("outbox", server.outbox().iter().map(|outgoing| outgoing.message.id).collect::<Json>())
            .with("timers", timers)
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

    fn disk(&self, server: &Server) -> Object {
        let disk = server.disk();
        Object::new()
            .with("durable", durable(Object::new(), disk.durable(), &self.language()))
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
        let mut receivers = NodeSet::default();
        for event in latest {
            if let EventKind::Fact(Fact::Sent(envelope)) = &event.kind {
                envelope.to.server().map(|to| receivers.insert(to));
            }
        }
        let Some(event) = headline(latest) else { return String::new() };
        match &event.kind {
            EventKind::Fact(Fact::Sent(first)) if receivers.len() > 1 => {
                let kind = first.message.kind_name();
                Sentence::of(&Language::of(event, self.scheme()), |to| {
                    say!(to, first.from);
                    to.capital();
                    say!(to, " sends ", kind, OfBallot(first.message.ballot()), " to ", Servers(receivers), Left);
                })
            }
            _ => event.why(self.scheme()),
        }
    }
}

/// The first of the weightiest.
fn headline(events: &[Event]) -> Option<&Event> {
    let heavier = |one: &Event, other: &Event| other.importance() > one.importance();
    events.iter().reduce(|headline, event| if heavier(headline, event) { event } else { headline })
}
