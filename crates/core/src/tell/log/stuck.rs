//! Why a log can go no further, and what would help: as for one value (`tell/paxos/stuck.rs`), with the same promise. It is said
//! only where no planned step has anything chosen, applied or answered.
//!
//! A log goes on through a leader. To become one, a server needs the promises of a quorum: of acceptors that it hears and that
//! hear it. Then it needs votes: of acceptors that hear it. What was cast or counted already counts. Beside that,
//!
//! * what is on its way may end something: votes that are asked for, cast or told, an index, chosen entries, an answer;
//! * a server that hears another one that knows more learns it;
//! * a leader answers an operation again that took effect, and needs nobody for that.
//!
//! Where this is not certain, nothing is said. With a rule off nothing is said at all: then a leader may answer without a quorum.

use alloc::string::String;

use crate::log::{Accept, Accepted, Answer, Entry, Heartbeat, Message, Promise, Replica, Reply, Role};
use crate::paxos::{self, Acceptor, Ballot, NodeId, NodeSet, Slot, Vote};
use crate::run::Simulation;
use crate::sim::{self, Endpoint, Envelope};
use crate::tell::paxos::stuck::{Stuck, with};

impl Simulation {
    /// Why nothing can be chosen, applied or answered as things are.
    pub(in crate::tell) fn log_stuck(&self) -> Option<String> {
        let proposers: NodeSet = self.cluster().nodes().filter(|node| self.may_lead(*node)).collect();
        // Mostly somebody can lead and choose, which is quickly seen.
        if proposers.iter().any(|node| self.lacks_in_log(node).is_none()) || self.has_rules_off() {
            return None;
        }
        if self.something_comes() || self.somebody_learns() || self.somebody_answers(proposers) || self.votes_end() {
            return None;
        }
        let closest = proposers.iter().filter_map(|node| self.lacks_in_log(node));
        let closest = closest.reduce(|one, other| if other.answers.len() > one.answers.len() { other } else { one });
        Some(match closest {
            Some(stuck) => self.explain(&stuck, false),
            None => self.nobody_proposes(),
        })
    }

    fn has_rules_off(&self) -> bool {
        let settings = self.cluster().settings();
        settings.rules.off().next().is_some() || self.cluster().log_rules().off().next().is_some()
    }

    /// The replica of a server that runs.
    fn running(&self, node: NodeId) -> Option<&Replica> {
        self.cluster().server(node).log().filter(|_| self.runs(node))
    }

    /// Whether a server that runs may lead: not one whose disk was lost.
    fn may_lead(&self, node: NodeId) -> bool {
        let lost = self.cluster().server(node).disk().durable().is_lost();
        self.running(node).is_some() && self.cluster().settings().roles.proposers.contains(node) && !lost
    }

    /// The acceptors that run, may vote, and hear a server; `both`: and are heard by it.
    fn reached(&self, node: NodeId, both: bool) -> NodeSet {
        let acceptors = self.cluster().settings().quorums().acceptors;
        let reached = |other: &NodeId| {
            let hears = self.hears(node, *other) && (!both || self.hears(*other, node));
            hears && self.running(*other).is_some() && self.votes(*other)
        };
        acceptors.iter().filter(reached).collect()
    }

    /// What a server lacks to lead and to have something chosen, if it lacks anything.
    fn lacks_in_log(&self, node: NodeId) -> Option<Stuck> {
        let quorums = self.cluster().settings().quorums();
        if let Some(answers) = self.lacks_promises(node) {
            return Some(Stuck { node, answers, needed: quorums.phase1, asks: false });
        }
        let answers = self.reached(node, false);
        let enough = quorums.chooses(answers) || self.ends_a_slot(node, answers);
        (!enough).then_some(Stuck { node, answers, needed: quorums.phase2, asks: true })
    }

    /// Whose promises a server can have that does not lead, if they are too few.
    fn lacks_promises(&self, node: NodeId) -> Option<NodeSet> {
        let counted = match self.running(node)?.role() {
            Role::Leader(_) => return None,
            Role::Candidate { candidate, .. } => candidate.promises(),
            Role::Follower => NodeSet::default(),
        };
        let mut promises = with(self.reached(node, true), &[counted]);
        for envelope in self.arriving().filter(|envelope| envelope.to == node) {
            if let (Some(from), sim::Message::Log(Message::Promise(_))) = (envelope.from.server(), &envelope.message) {
                promises.insert(from);
            }
        }
        let quorums = self.cluster().settings().quorums();
        let promises = promises.and(quorums.acceptors);
        (!quorums.completes_phase1(promises)).then_some(promises)
    }

    /// Whether a leader can end a slot that it has under way: have it chosen with the votes cast already, or learn that it is.
    fn ends_a_slot(&self, node: NodeId, answers: NodeSet) -> bool {
        let Some(Role::Leader(leader)) = self.running(node).map(Replica::role) else { return false };
        let quorums = self.cluster().settings().quorums();
        let both = self.reached(node, true);
        leader.pending().iter().any(|(slot, pending)| {
            let told = with(both, &[pending.votes, self.told(node, *slot, leader.ballot())]);
            let cast = with(answers, &[self.voted_in(*slot, leader.ballot())]);
            quorums.chooses(told.and(quorums.acceptors))
                || !self.is_chosen(*slot) && quorums.chooses(cast.and(quorums.acceptors))
        })
    }

    fn is_chosen(&self, slot: Slot) -> bool {
        self.observer().log().is_some_and(|observer| !observer.chosen(slot).is_empty())
    }

    /// Whose votes in a slot are on their way to a server.
    fn told(&self, node: NodeId, slot: Slot, ballot: Ballot) -> NodeSet {
        let told = |envelope: &Envelope| match &envelope.message {
            sim::Message::Log(Message::Accepted(Accepted { ballot: of, slot: voted }))
                if envelope.to == node && (*of, *voted) == (ballot, slot) =>
            {
                envelope.from.server()
            }
            _ => None,
        };
        self.arriving().filter_map(told).collect()
    }

    /// Who has ever voted in a slot and a ballot, as far as memories and disks have it, those on their way there included.
    fn voted_in(&self, slot: Slot, ballot: Ballot) -> NodeSet {
        let cast = |vote: &Vote<Entry>| (vote.slot, vote.ballot) == (slot, ballot);
        let voted = |node: &NodeId| {
            let server = self.cluster().server(*node);
            let in_memory =
                server.log().and_then(Replica::acceptor).and_then(|acceptor| Acceptor::vote(acceptor, slot));
            let durable = server.disk().durable().log().and_then(|kept| kept.paxos.accepted.get(slot));
            in_memory.is_some_and(cast) || durable.is_some_and(cast)
        };
        self.cluster().nodes().filter(voted).collect()
    }

    /// What is in flight, and what is still going to leave, as far as it will arrive.
    fn arriving(&self) -> impl Iterator<Item = &Envelope> {
        let running = self.cluster().nodes().filter(|node| self.runs(*node));
        let waiting = running.flat_map(|node| self.cluster().server(node).outbox()).map(|waiting| &waiting.message);
        let arrives = |envelope: &&Envelope| {
            let runs = envelope.to.server().is_none_or(|node| self.runs(node));
            runs && (envelope.from == envelope.to || !self.cluster().network().is_cut(envelope.from, envelope.to))
        };
        self.cluster().network().in_flight().chain(waiting).filter(arrives)
    }

    /// Whether something is on its way that may tell its receiver more than it knows: chosen entries or a request for them, an
    /// index, or an answer that a client waits for.
    fn something_comes(&self) -> bool {
        let knows = |to: Endpoint| to.server().and_then(|node| self.running(node)).map_or(0, |it| it.learned().to());
        self.arriving().any(|envelope| {
            let sim::Message::Log(message) = &envelope.message else { return false };
            match message {
                Message::Fetch(_) | Message::Fetched(_) => true,
                Message::Heartbeat(Heartbeat { chosen_to, .. })
                | Message::Accept(Accept { chosen_to, .. })
                | Message::Promise(Promise { chosen_to, .. }) => *chosen_to > knows(envelope.to),
                Message::Answer(Answer { reply: Reply::NotLeader { .. }, .. }) => false,
                Message::Answer(answer) => self.waits_for(answer.client) == Some(answer.seq),
                _ => false,
            }
        })
    }

    fn waits_for(&self, client: crate::log::ClientId) -> Option<u32> {
        let mut clients = self.cluster().clients();
        clients.find(|it| it.id() == client)?.waiting().map(|waiting| waiting.command.seq)
    }

    /// Whether a server hears another one that knows the log further.
    fn somebody_learns(&self) -> bool {
        let to = |node: NodeId| self.running(node).map(|it| it.learned().to());
        let hears_more = |node: NodeId| {
            let mut others = self.cluster().nodes().filter(|other| self.hears(*other, node));
            to(node).is_some_and(|known| others.any(|other| to(other) > Some(known)))
        };
        self.cluster().nodes().any(hears_more)
    }

    /// Whether a client waits for what took effect already, as a server knows that leads, or can.
    fn somebody_answers(&self, proposers: NodeSet) -> bool {
        let network = self.cluster().network();
        let mut leaders = proposers.iter().filter(|node| self.lacks_promises(*node).is_none());
        leaders.any(|node| {
            let Some(replica) = self.running(node) else { return false };
            replica.machine().sessions().any(|(client, session)| {
                let waits = self.waits_for(*client).is_some_and(|seq| seq <= session.seq);
                waits && !network.is_cut(*client, node) && !network.is_cut(node, *client)
            })
        })
    }

    /// Whether votes that are asked for or on their way to a disk may add up to a quorum, whoever asked for them.
    fn votes_end(&self) -> bool {
        let quorums = self.cluster().settings().quorums();
        let asked = self.arriving().filter_map(|envelope| match &envelope.message {
            sim::Message::Log(Message::Accept(Accept { vote, .. })) => Some((envelope.to.server()?, vote)),
            _ => None,
        });
        let running = self.cluster().nodes().filter(|node| self.runs(*node));
        let written = running.flat_map(|node| {
            let disk = self.cluster().server(node).disk();
            let records = disk.queued().iter().chain(disk.written()).filter_map(sim::Record::log);
            records.filter_map(move |record| match record.paxos()? {
                paxos::Record::Accepted(vote) => Some((node, vote)),
                _ => None,
            })
        });
        let coming: alloc::vec::Vec<(NodeId, &Vote<Entry>)> = asked.chain(written).collect();
        coming.iter().any(|(_, vote)| {
            let same = coming.iter().filter(|(_, other)| (other.slot, other.ballot) == (vote.slot, vote.ballot));
            let asked: NodeSet = same.map(|(node, _)| *node).filter(|node| self.votes(*node)).collect();
            let all = with(asked, &[self.voted_in(vote.slot, vote.ballot)]);
            !self.is_chosen(vote.slot) && quorums.chooses(all.and(quorums.acceptors))
        })
    }
}
