//! Why a run can go no further, and what would help.
//!
//! A proposer needs two quorums, one after the other: promises, then votes. An acceptor can answer it if it runs, may
//! vote, and hears it and is heard: a link that is cut in one direction is as good as none. What it has answered already,
//! or is on its way, counts. Only what holds now is looked at; so a run that is stuck may go on after a restart.

use alloc::string::String;

use super::super::sentence::{Sentence, Servers, say};
use crate::paxos::{Ballot, Message, NodeId, NodeSet, Phase, Proposer};
use crate::run::{Knows, Simulation, who_knows};
use crate::sim::{self, ServerStatus};

/// A proposer that cannot finish.
struct Stuck {
    node: NodeId,
    /// Who can answer it, or has.
    answers: NodeSet,
    /// How many it needs.
    needed: u32,
}

impl Simulation {
    /// Why no value can be agreed on as things are; `None` while one can, or everybody knows one.
    #[must_use]
    pub fn stuck(&self) -> Option<String> {
        if !self.observer().chosen().is_empty() && who_knows(self) == Knows::Everyone {
            return None;
        }
        let proposers = || {
            self.cluster().nodes().filter(|node| self.runs(*node)).filter_map(|node| {
                let proposer = self.proposer(node)?;
                Some((node, proposer, proposer.phase() != Phase::Idle || proposer.asked().is_some()))
            })
        };
        if proposers().next().is_none() {
            return Some(self.nobody_proposes());
        }
        // Of those who try, whether one can; else of all others. What is told is about the one that is closest.
        let mut closest = None::<Stuck>;
        for wanted in [true, false] {
            let told = closest.is_some();
            for (node, proposer, _) in proposers().filter(|(.., tries)| *tries == wanted) {
                match self.lacks(node, proposer) {
                    None if told => return closest.map(|stuck| self.explain(&stuck, true)),
                    None => return None,
                    Some(stuck)
                        if told || closest.as_ref().is_some_and(|one| one.answers.len() >= stuck.answers.len()) => {}
                    Some(stuck) => closest = Some(stuck),
                }
            }
        }
        closest.map(|stuck| self.explain(&stuck, false))
    }

    fn runs(&self, node: NodeId) -> bool {
        self.cluster().server(node).status() == ServerStatus::Up
    }

    fn proposer(&self, node: NodeId) -> Option<&Proposer> {
        self.cluster().server(node).paxos()?.proposer()
    }

    /// Whether two servers hear each other.
    fn connected(&self, one: NodeId, other: NodeId) -> bool {
        let network = self.cluster().network();
        one == other || !(network.is_cut(one, other) || network.is_cut(other, one))
    }

    /// Whether a server that runs may vote: not one whose disk was lost.
    fn votes(&self, node: NodeId) -> bool {
        self.cluster().server(node).paxos().is_some_and(|replica| replica.acceptor().is_some())
    }

    fn lacks(&self, node: NodeId, proposer: &Proposer) -> Option<Stuck> {
        let quorums = self.cluster().settings().quorums();
        let able: NodeSet = quorums
            .acceptors
            .iter()
            .filter(|other| self.runs(*other) && self.votes(*other) && self.connected(node, *other))
            .collect();
        let (promises, accepts) = proposer.answers();
        let (mut promised, mut accepted) = (able, able);
        if let Some(ballot) = proposer.ballot() {
            let (promises_coming, accepts_coming) = self.coming(node, ballot);
            promised = with(promised, &[promises, promises_coming]);
            accepted = with(accepted, &[accepts, accepts_coming]);
        }
        let (promised, accepted) = (promised.and(quorums.acceptors), accepted.and(quorums.acceptors));
        if proposer.phase() != Phase::Accepting && !quorums.completes_phase1(promised) {
            return Some(Stuck { node, answers: promised, needed: quorums.phase1 });
        }
        (!quorums.chooses(accepted)).then_some(Stuck { node, answers: accepted, needed: quorums.phase2 })
    }

    /// Whose answers to this ballot are under way to a proposer, and will arrive: promises and votes.
    fn coming(&self, node: NodeId, ballot: Ballot) -> (NodeSet, NodeSet) {
        let (mut promises, mut votes) = (NodeSet::default(), NodeSet::default());
        let network = self.cluster().network();
        for envelope in network.in_flight().filter(|envelope| envelope.to == node) {
            let sim::Message::Paxos(message) = &envelope.message;
            if message.ballot() != ballot || (envelope.from != node && network.is_cut(envelope.from, node)) {
                continue;
            }
            match message {
                Message::Promise(_) => promises.insert(envelope.from),
                Message::Accepted(_) => votes.insert(envelope.from),
                _ => false,
            };
        }
        (promises, votes)
    }

    fn nobody_proposes(&self) -> String {
        let all = self.cluster().settings().roles.proposers;
        Sentence::of(&self.config().ballots.into(), |to| {
            say!(to, "No server that could propose is up. Restart ");
            some(1, all, to);
        })
    }

    /// `alone`: another one could, and does not try.
    fn explain(&self, stuck: &Stuck, alone: bool) -> String {
        let Stuck { node, answers, needed } = stuck;
        let quorums = self.cluster().settings().quorums();
        Sentence::of(&self.config().ballots.into(), |to| {
            say!(to, answers.len(), " of ", quorums.acceptors.len(), " can answer");
            if alone {
                say!(to, " server ", *node);
            }
            say!(to, "; ", *needed, if *needed == 1 { " is needed." } else { " are needed." });
            self.help(stuck, to);
        })
    }

    /// What would bring enough of them back: the least of it.
    fn help(&self, stuck: &Stuck, to: &mut Sentence<'_>) {
        let missing = self.cluster().settings().quorums().acceptors.without(stuck.answers);
        let (mut away, mut paused, mut down) = (NodeSet::default(), NodeSet::default(), NodeSet::default());
        for node in missing.iter() {
            let server = self.cluster().server(node);
            let sim::Records::Paxos(disk) = server.disk().durable();
            match server.status() {
                ServerStatus::Up if self.votes(node) => away.insert(node),
                ServerStatus::Paused if self.votes(node) => paused.insert(node),
                ServerStatus::Down if !disk.lost => down.insert(node),
                _ => false,
            };
        }
        let mut lacking = stuck.needed.saturating_sub(stuck.answers.len());
        for (others, verb) in [(away, " Mend the links to "), (paused, " Resume "), (down, " Restart ")] {
            if lacking == 0 || others.is_empty() {
                continue;
            }
            say!(to, verb);
            some(lacking, others, to);
            lacking = lacking.saturating_sub(others.len());
        }
        if lacking > 0 {
            say!(to, " The disks of the others are lost: this can never be decided.");
        }
    }
}

/// So many of these, or all.
fn some(count: u32, of: NodeSet, to: &mut Sentence<'_>) {
    match count {
        _ if count >= of.len() => {}
        1 => say!(to, "one of "),
        _ => say!(to, count, " of "),
    }
    say!(to, Servers(of), ".");
}

fn with(mut set: NodeSet, others: &[NodeSet]) -> NodeSet {
    for other in others {
        for node in other.iter() {
            set.insert(node);
        }
    }
    set
}
