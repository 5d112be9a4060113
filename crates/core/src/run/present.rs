//! Makes views of a simulation.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use super::view::{
    ChosenView, DiskView, DurableView, EnvelopeView, LearnedView, LinkView, MessageStatus, MessageView, NodeDiskView,
    NodeView, ProposalView, QuorumsView, RecordView, RulesView, TimerView, View, ViolationView, VoteView,
};
use super::{Event, EventView, Simulation};
use crate::paxos::{
    Ballot, Learner, Message, NodeId, NodeSet, Phase, Proposer, Record, Records, Replica, Role, Scheme, Vote,
};
use crate::sim::{Envelope, Fact, Server};

/// Above so many servers, only cut links are listed: n·(n − 1) of them say nothing.
const LIST_ALL_LINKS: usize = 9;

fn name(scheme: Scheme, ballot: Ballot) -> String {
    scheme.name(ballot).to_string()
}

impl VoteView {
    pub(super) fn new(vote: &Vote, scheme: Scheme) -> Self {
        Self { slot: vote.slot, ballot: name(scheme, vote.ballot), value: vote.value.clone() }
    }
}

impl RecordView {
    pub(super) fn new(record: &Record, scheme: Scheme) -> Self {
        let nothing = Self { promised: None, accepted: None, round: None };
        match record {
            Record::Promised(ballot) => Self { promised: Some(name(scheme, *ballot)), ..nothing },
            Record::Accepted(vote) => Self { accepted: Some(VoteView::new(vote, scheme)), ..nothing },
            Record::Round(round) => Self { round: Some(*round), ..nothing },
        }
    }
}

impl DurableView {
    fn new(records: &Records, scheme: Scheme) -> Self {
        Self {
            promised: records.promised.map(|ballot| name(scheme, ballot)),
            accepted: votes(records.accepted.iter(), scheme),
            round: records.round,
        }
    }
}

impl EnvelopeView {
    pub(super) fn new(envelope: &Envelope, scheme: Scheme) -> Self {
        let message = &envelope.message;
        let vote = message.vote();
        Self {
            id: envelope.id,
            kind: message.kind(),
            from: envelope.from,
            to: envelope.to,
            ballot: name(scheme, message.ballot()),
            slot: vote.map_or(0, |vote| vote.slot),
            value: vote.map(|vote| vote.value.clone()),
            accepted: match message {
                Message::Promise(promise) => Some(votes(&promise.accepted, scheme)),
                _ => None,
            },
            promised: match message {
                Message::Nack(nack) => Some(name(scheme, nack.promised)),
                _ => None,
            },
        }
    }
}

impl MessageView {
    fn new(envelope: &Envelope, status: MessageStatus, scheme: Scheme) -> Self {
        let EnvelopeView { id, kind, from, to, ballot, slot, value, accepted, promised } =
            EnvelopeView::new(envelope, scheme);
        let (sent_at, due_at, progress) = (None, None, None);
        Self { id, kind, from, to, ballot, slot, value, accepted, promised, sent_at, due_at, progress, status }
    }
}

fn votes<'a>(votes: impl IntoIterator<Item = &'a Vote>, scheme: Scheme) -> Vec<VoteView> {
    votes.into_iter().map(|vote| VoteView::new(vote, scheme)).collect()
}

impl Simulation {
    const fn scheme(&self) -> Scheme {
        self.config().ballots
    }

    /// Everything there is to draw, now, given the events of the latest step.
    #[must_use]
    pub fn view(&self, latest: &[Event]) -> View {
        let cluster = self.cluster();
        let quorums = cluster.settings().quorums;
        let chosen = self.observer().chosen().iter().map(|chosen| {
            let VoteView { slot, ballot, value } = VoteView::new(&chosen.vote, self.scheme());
            ChosenView { slot, ballot, value, quorum: chosen.quorum }
        });
        let violations = self.violations().iter().map(|(step, violation)| ViolationView {
            step: *step,
            invariant: violation.invariant(),
            why: violation.sentence(self.scheme()),
        });
        View {
            step: self.steps(),
            at: self.schedule().now(),
            protocol: self.config().protocol,
            nodes: cluster.nodes().map(|node| self.node(node)).collect(),
            messages: self.messages(),
            links: self.links(),
            chosen: chosen.collect(),
            violations: violations.collect(),
            rules: RulesView {},
            quorums: QuorumsView { phase1: quorums.phase1, phase2: quorums.phase2, acceptors: quorums.acceptors.len() },
            network: cluster.network().conditions(),
            headline: self.headline(latest),
            next: self.next(),
        }
    }

    /// Every server's durable disk.
    #[must_use]
    pub fn disks(&self) -> Vec<DiskView> {
        let disk = |node| {
            let records = self.cluster().server(node).disk().durable();
            let DurableView { promised, accepted, round } = DurableView::new(records, self.scheme());
            DiskView { node, lost: records.lost, promised, accepted, round }
        };
        self.cluster().nodes().map(disk).collect()
    }

    fn node(&self, id: NodeId) -> NodeView {
        let server = self.cluster().server(id);
        let durable = DurableView::new(server.disk().durable(), self.scheme());
        let replica = server.replica();
        // Of a server that is down, the disk is all there is.
        let (promised, accepted) = match replica.and_then(Replica::acceptor) {
            Some(acceptor) => {
                (acceptor.promised().map(|ballot| name(self.scheme(), ballot)), votes(acceptor.votes(), self.scheme()))
            }
            None => (durable.promised.clone(), durable.accepted.clone()),
        };
        let learned = replica.and_then(Replica::learner).into_iter().flat_map(Learner::all);
        let timers = server.timers().map(|timer| TimerView { timer, due: self.schedule().timer(id, timer) });
        NodeView {
            id,
            status: server.status(),
            roles: self.roles(id),
            voting: !server.disk().durable().lost && self.cluster().settings().roles.acceptors.contains(id),
            phase: replica.and_then(Replica::proposer).map_or(Phase::Idle, Proposer::phase),
            proposal: self.proposal(server),
            promised,
            accepted,
            learned: learned.map(|(slot, value)| LearnedView { slot, value: value.clone() }).collect(),
            disk: self.disk(server, durable),
            outbox: server.outbox().iter().map(|outgoing| outgoing.envelope.id).collect(),
            timers: timers.collect(),
        }
    }

    fn roles(&self, id: NodeId) -> Vec<Role> {
        let roles = self.cluster().settings().roles;
        let plays = |set: NodeSet, role| set.contains(id).then_some(role);
        let all = [
            plays(roles.proposers, Role::Proposer),
            plays(roles.acceptors, Role::Acceptor),
            plays(roles.learners, Role::Learner),
        ];
        all.into_iter().flatten().collect()
    }

    fn proposal(&self, server: &Server) -> Option<ProposalView> {
        let proposer = server.replica()?.proposer()?;
        let (promises, accepts) = proposer.answers();
        let ballot = proposer.ballot().map(|ballot| name(self.scheme(), ballot));
        if ballot.is_none() && proposer.asked().is_none() {
            return None;
        }
        let (value, asked) = (proposer.value().cloned(), proposer.asked().cloned());
        Some(ProposalView { ballot, value, asked, promises, accepts })
    }

    fn disk(&self, server: &Server, durable: DurableView) -> NodeDiskView {
        let records =
            |records: &[Record]| records.iter().map(|record| RecordView::new(record, self.scheme())).collect();
        let disk = server.disk();
        NodeDiskView {
            durable,
            queued: records(disk.queued()),
            pending: records(disk.written()),
            lost: disk.durable().lost,
        }
    }

    fn messages(&self) -> Vec<MessageView> {
        let network = self.cluster().network();
        let mut messages: Vec<_> = network.flying().map(|envelope| self.flying(envelope)).collect();
        for server in self.cluster().nodes().map(|node| self.cluster().server(node)) {
            messages.extend(server.outbox().iter().map(|outgoing| {
                let ready = server.may_leave(outgoing);
                let status = if ready { MessageStatus::Ready } else { MessageStatus::WaitingForDisk };
                MessageView::new(&outgoing.envelope, status, self.scheme())
            }));
        }
        messages
    }

    fn flying(&self, envelope: &Envelope) -> MessageView {
        let held = self.cluster().network().is_held(envelope.id);
        let status = if held { MessageStatus::Held } else { MessageStatus::Flying };
        let mut view = MessageView::new(envelope, status, self.scheme());
        if let Some(trip) = self.schedule().trip(envelope.id) {
            view.sent_at = Some(trip.left);
            view.due_at = (!held).then(|| trip.arrives());
            view.progress = held.then(|| trip.progress());
        }
        view
    }

    fn links(&self) -> Vec<LinkView> {
        let (cluster, network) = (self.cluster(), self.cluster().network());
        if cluster.nodes().count() > LIST_ALL_LINKS {
            return network.cuts().map(|(from, to)| LinkView { from, to, up: false }).collect();
        }
        cluster.links().map(|(from, to)| LinkView { from, to, up: !network.is_cut(from, to) }).collect()
    }

    /// The event that says most about the latest step. Several messages sent at once are told as one.
    fn headline(&self, latest: &[Event]) -> Option<EventView> {
        // Of equals, the first: `max_by_key` would take the last.
        let event = latest.iter().rev().max_by_key(|event| event.weight())?;
        let mut view = event.view(self.scheme());
        let sent = latest.iter().filter_map(|event| match &event.happening {
            super::Happening::Fact(Fact::Sent(envelope)) => Some(envelope),
            _ => None,
        });
        let receivers: NodeSet = sent.map(|envelope| envelope.to).collect();
        if let (super::Happening::Fact(Fact::Sent(first)), 2..) = (&event.happening, receivers.len()) {
            let (from, kind, ballot) = (first.from, first.message.kind().word(), first.message.ballot());
            view.why =
                alloc::format!("Server {from} sends {kind} {} to servers {receivers}.", name(self.scheme(), ballot));
        }
        Some(view)
    }
}
