//! What goes on by itself, and so can still bring a value closer.
//!
//! * A proposer goes on while it asks, while its client waits, and while a timer of its server runs: then it will ask.
//!   One that rests is woken by a request for its vote: it waits for the outcome, and then asks itself.
//! * A server may crash, or be cut off, after it has asked for votes. What it sent goes on: acceptors vote, and tell
//!   every learner. So a value may be chosen, and learned, where no proposer could ever finish.
//!
//! Where this is not certain, it says yes: a vote that was cast counts whether or not everybody has heard of it. That
//! is only asked while something is on its way, which does not last.

use alloc::vec::Vec;

use super::{Stuck, with};
use crate::paxos::{Ballot, Message, NodeId, NodeSet, Phase, Record, Rule};
use crate::run::Simulation;
use crate::sim::{self, Envelope};

impl Simulation {
    /// The proposers that ask, or are going to ask by themselves.
    pub(super) fn asking(&self) -> NodeSet {
        let asks = |node: &NodeId| {
            self.proposer(*node).is_some_and(|proposer| {
                let timer = || self.cluster().server(*node).timers().next().is_some();
                proposer.phase() != Phase::Idle || proposer.asked().is_some() || timer()
            })
        };
        self.cluster().nodes().filter(asks).collect()
    }

    /// The proposers that go on by themselves: those that ask, and those that they wake.
    pub(super) fn going_on(&self) -> NodeSet {
        let mut going_on = self.asking();
        for (_, to, message) in self.on_their_way() {
            if matches!(message, Message::Accept(_)) && self.wakes(to) {
                going_on.insert(to);
            }
        }
        // Whoever is woken may wake others.
        loop {
            let asks = |node: &NodeId| self.lacks(*node).is_none_or(|Stuck { asks, .. }| asks);
            let asking: NodeSet = going_on.iter().filter(asks).collect();
            let woken = |node: &NodeId| self.wakes(*node) && asking.iter().any(|other| self.hears(other, *node));
            let more: NodeSet = self.cluster().nodes().filter(|node| going_on.contains(*node) || woken(node)).collect();
            if more == going_on {
                return going_on;
            }
            going_on = more;
        }
    }

    /// Whether a request for its vote makes a server wait for the outcome, and ask for it when none comes.
    fn wakes(&self, node: NodeId) -> bool {
        self.proposer(node).is_some() && self.votes(node) && self.is_ignorant(node)
    }

    /// Whether a server that runs should learn, and has not.
    fn is_ignorant(&self, node: NodeId) -> bool {
        let learner = self.cluster().server(node).paxos().and_then(|replica| replica.learner());
        self.runs(node) && learner.is_some_and(|learner| learner.all().next().is_none())
    }

    /// Whether votes may add up that are none for the same ballot, because a rule is off.
    pub(super) fn counts_loosely(&self) -> bool {
        let rules = self.cluster().settings().rules;
        !(rules.on(Rule::VotesWithinBallot) && rules.on(Rule::OneVotePerAcceptor))
    }

    /// Whether votes that are under way may lead to a value being chosen; where one is, to somebody learning it.
    pub(super) fn votes_come(&self) -> bool {
        let chosen = !self.observer().chosen().is_empty();
        self.ballots_under_way().into_iter().any(|ballot| {
            let enough = self.cluster().settings().quorums().chooses(self.voters(ballot));
            (enough || self.counts_loosely()) && (!chosen || self.somebody_hears(ballot))
        })
    }

    /// Whose answers to a proposer's ballot are under way and will arrive: promises and votes.
    pub(super) fn coming(&self, node: NodeId, ballot: Option<Ballot>) -> (NodeSet, NodeSet) {
        let (mut promises, mut votes) = (NodeSet::default(), NodeSet::default());
        let any_promise = !self.cluster().settings().rules.on(Rule::PromisesForOwnBallot);
        for (from, _, message) in self.on_their_way().filter(|(_, to, _)| *to == node) {
            let own = ballot == Some(message.ballot());
            match message {
                Message::Promise(_) if own || any_promise => promises.insert(from),
                Message::Accepted(_) if own => votes.insert(from),
                _ => false,
            };
        }
        (promises, votes)
    }

    /// Whether a message from one server arrives at another, as things are.
    pub(in crate::tell) fn hears(&self, from: NodeId, to: NodeId) -> bool {
        from == to || !self.cluster().network().is_cut(from, to)
    }

    /// What is in flight, and what is still going to leave, as far as it will arrive.
    fn on_their_way(&self) -> impl Iterator<Item = (NodeId, NodeId, &Message)> {
        let running = self.cluster().nodes().filter(|node| self.runs(*node));
        let waiting = running.flat_map(|node| self.cluster().server(node).outbox()).map(|waiting| &waiting.message);
        let all = self.cluster().network().in_flight().chain(waiting);
        all.filter_map(Envelope::paxos).filter(|(from, to, _)| self.runs(*to) && self.hears(*from, *to))
    }

    /// The votes on their way to a disk, each with its server.
    fn votes_to_come(&self) -> impl Iterator<Item = (NodeId, Ballot)> {
        self.cluster().nodes().filter(|node| self.runs(*node)).flat_map(|node| {
            let disk = self.cluster().server(node).disk();
            let records = disk.queued().iter().chain(disk.written()).filter_map(sim::Record::paxos);
            records.filter_map(move |record| match record {
                Record::Accepted(vote) => Some((node, vote.ballot)),
                _ => None,
            })
        })
    }

    /// The ballots in which votes are asked for, told, or on their way to a disk.
    fn ballots_under_way(&self) -> Vec<Ballot> {
        let told = self.on_their_way().filter_map(|(_, _, message)| message.vote().map(|vote| vote.ballot));
        let mut ballots = Vec::new();
        for ballot in told.chain(self.votes_to_come().map(|(_, ballot)| ballot)) {
            if !ballots.contains(&ballot) {
                ballots.push(ballot);
            }
        }
        ballots
    }

    /// Who has ever voted in a ballot, or may yet.
    fn voters(&self, ballot: Ballot) -> NodeSet {
        let mut voters = NodeSet::default();
        for (_, nodes) in self.observer().votes().filter(|(vote, _)| vote.ballot == ballot) {
            voters = with(voters, &[nodes]);
        }
        for (node, _) in self.votes_to_come().filter(|(_, other)| *other == ballot) {
            voters.insert(node);
        }
        for (_, to, message) in self.on_their_way() {
            if matches!(message, Message::Accept(_)) && message.ballot() == ballot && self.votes(to) {
                voters.insert(to);
            }
        }
        voters.and(self.cluster().settings().quorums().acceptors)
    }

    /// Whether a learner that knows nothing yet hears of a vote in this ballot, or may.
    fn somebody_hears(&self, ballot: Ballot) -> bool {
        self.on_their_way().any(|(_, to, message)| {
            message.ballot() == ballot
                && match message {
                    Message::Accepted(_) => self.is_ignorant(to),
                    Message::Accept(_) => {
                        self.cluster().nodes().any(|node| self.is_ignorant(node) && self.hears(to, node))
                    }
                    _ => false,
                }
        })
    }
}
