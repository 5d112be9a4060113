//! Why a run can go no further, and what would help.
//!
//! It is said only where no step that the clock has planned can bring a value closer to being chosen and known. Steps
//! of proposers that come to nothing do not count: a server that asks a minority again and again is stuck all the same.
//!
//! A proposer needs two quorums, one after the other: promises, then votes. It hears a promise if the acceptor runs,
//! may vote, and hears it and is heard; to vote, an acceptor need not be heard. What was answered already, or is on its
//! way, counts. What goes on by itself, in flight or by a timer, is in `under_way.rs`.
//!
//! Only what holds now is looked at; so a run that is stuck may go on after a restart.

mod under_way;

use alloc::string::String;

use super::super::sentence::{Sentence, Servers, say};
use crate::paxos::{NodeId, NodeSet, Phase, Proposer};
use crate::run::{Knows, Simulation, who_knows};
use crate::sim::{ProtocolKind, ServerStatus};

/// A proposer that cannot finish.
pub(in crate::tell) struct Stuck {
    pub(in crate::tell) node: NodeId,
    /// Who can answer it, or has.
    pub(in crate::tell) answers: NodeSet,
    /// How many it needs.
    pub(in crate::tell) needed: u32,
    /// Whether it comes as far as to ask for votes.
    pub(in crate::tell) asks: bool,
}

impl Simulation {
    /// Why no value can be agreed on as things are; `None` while one can, or everybody knows one.
    #[must_use]
    pub fn stuck(&self) -> Option<String> {
        #[cfg(feature = "log")]
        if self.config().protocol == ProtocolKind::Log {
            return self.log_stuck();
        }
        if !self.observer().chosen().is_empty() && who_knows(self) == Knows::Everyone {
            return None;
        }
        // Mostly somebody can finish, which is quickly seen.
        if self.asking().iter().any(|node| self.lacks(node).is_none()) || self.votes_come() {
            return None;
        }
        let proposers: NodeSet = self.cluster().nodes().filter(|node| self.proposer(*node).is_some()).collect();
        if proposers.is_empty() {
            return Some(self.nobody_proposes());
        }
        // Of those who go on by themselves, whether one can; else of all others. What is told is about the one that is
        // closest.
        let going_on = self.going_on();
        let mut closest = None::<Stuck>;
        for wanted in [going_on, proposers.without(going_on)] {
            let told = closest.is_some();
            for node in wanted.iter() {
                match self.lacks(node) {
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

    pub(in crate::tell) fn runs(&self, node: NodeId) -> bool {
        self.cluster().server(node).status() == ServerStatus::Up
    }

    /// The proposer of a server that runs.
    fn proposer(&self, node: NodeId) -> Option<&Proposer> {
        self.cluster().server(node).paxos().filter(|_| self.runs(node))?.proposer()
    }

    /// Whether a server that runs may vote: not one whose disk was lost.
    pub(in crate::tell) fn votes(&self, node: NodeId) -> bool {
        let server = self.cluster().server(node);
        #[cfg(feature = "log")]
        if let Some(replica) = server.log() {
            return replica.acceptor().is_some();
        }
        server.paxos().is_some_and(|replica| replica.acceptor().is_some())
    }

    /// What a proposer lacks to finish, if it lacks anything.
    fn lacks(&self, node: NodeId) -> Option<Stuck> {
        let proposer = self.proposer(node)?;
        let quorums = self.cluster().settings().quorums();
        let asked = |other: &NodeId| self.runs(*other) && self.votes(*other) && self.hears(node, *other);
        let asked: NodeSet = quorums.acceptors.iter().filter(asked).collect();
        let heard = asked.iter().filter(|other| self.hears(*other, node)).collect();
        let (promises, accepts) = proposer.answers();
        let (promises_coming, accepts_coming) = self.coming(node, proposer.ballot());
        let promised = with(heard, &[promises, promises_coming]).and(quorums.acceptors);
        if proposer.phase() != Phase::Accepting && !quorums.completes_phase1(promised) {
            return Some(Stuck { node, answers: promised, needed: quorums.phase1, asks: false });
        }
        let accepted = with(asked, &[accepts, accepts_coming]).and(quorums.acceptors);
        let enough = quorums.chooses(accepted) || self.counts_loosely();
        (!enough).then_some(Stuck { node, answers: accepted, needed: quorums.phase2, asks: true })
    }

    pub(in crate::tell) fn nobody_proposes(&self) -> String {
        let all = self.cluster().settings().roles.proposers;
        Sentence::of(&self.config().ballots.into(), |to| {
            let part = if self.config().protocol == ProtocolKind::Single { "propose" } else { "lead" };
            say!(to, "No server that could ", part, " is up. Restart ");
            some(1, all, to);
        })
    }

    /// `alone`: another one could, and does not try.
    pub(in crate::tell) fn explain(&self, stuck: &Stuck, alone: bool) -> String {
        let Stuck { node, answers, needed, .. } = stuck;
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
            match server.status() {
                ServerStatus::Up if self.votes(node) => away.insert(node),
                ServerStatus::Paused if self.votes(node) => paused.insert(node),
                ServerStatus::Down if !server.disk().durable().is_lost() => down.insert(node),
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

pub(in crate::tell) fn with(mut set: NodeSet, others: &[NodeSet]) -> NodeSet {
    for other in others {
        for node in other.iter() {
            set.insert(node);
        }
    }
    set
}
