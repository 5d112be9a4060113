//! What held when an event happened: what its sentence has to know, to be true.
//!
//! A server knows what it compared, and says so ([`crate::sim::Trace`]). What it cannot know is what it has forgotten,
//! whether another server's disk has caught up, and which rules somebody switches off in the middle of a run. That is seen
//! from outside, here, at the very step. None of it is part of a digest.

use alloc::{vec, vec::Vec};

use crate::check::Observer;
use crate::paxos::{self, Accept, Accepted, Ballot, Chosen, MessageKind, NodeId, NodeSet, Rule, Rules, Vote};
use crate::sim::{Cluster, Fact, Record, Records, Trace};

/// What held when an event happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The rules in force.
    pub rules: Rules,
    /// The rules that have been in force at every step since the run began.
    pub always: Rules,
    /// Whether the server that the event is about has ever lost or ignored something that it promised, accepted or used.
    pub forgetful: bool,
    /// What its server once promised or began so that others could count on it, and has forgotten: where the event goes back
    /// on that.
    pub went_back: Option<Ballot>,
    /// Of the servers whose promise, vote or ballot the event speaks of: those whose disk does not hold it.
    pub undurable: NodeSet,
    /// Whether a server takes something for chosen that is not.
    pub unchosen: bool,
    /// The rule that is off and without which the event would not have been, where no trace says so.
    pub although: Option<Rule>,
}

/// What is kept of a run so far, to know the circumstances of what comes next.
#[derive(Clone, Debug)]
pub(super) struct Past {
    always: Rules,
    forgetful: NodeSet,
    /// What binds each server, whether it remembers or not.
    words: Vec<Word>,
}

/// What others can count on.
#[derive(Clone, Copy, Debug, Default)]
struct Word {
    /// The highest ballot that it said it promised, or has promised durably.
    promised: Option<Ballot>,
    /// The highest ballot that it asked anybody to promise.
    began: Option<Ballot>,
}

impl Past {
    /// Of a run that begins under these rules.
    pub(super) fn new(rules: Rules, servers: usize) -> Self {
        Self { always: rules, forgetful: NodeSet::default(), words: vec![Word::default(); servers] }
    }

    /// A step happened.
    pub(super) fn take_in(&mut self, rules: Rules, facts: &[Fact]) {
        self.always = self.always.and(rules);
        for fact in facts {
            match fact {
                Fact::Crashed { node, queued, written, .. } if queued.len() + written.len() > 0 => {
                    self.forgetful.insert(*node);
                }
                Fact::Wiped { node } => {
                    self.forgetful.insert(*node);
                }
                Fact::Restarted { node, records: Records::Paxos(records) }
                    if rules.unread(records).next().is_some() =>
                {
                    self.forgetful.insert(*node);
                }
                Fact::Sent(envelope) => {
                    let Some((from, _, message)) = envelope.paxos() else { continue };
                    let Word { promised, began } = &mut self.words[from.index()];
                    match message {
                        paxos::Message::Prepare(prepare) => *began = (*began).max(Some(prepare.ballot)),
                        paxos::Message::Promise(promise) => *promised = (*promised).max(Some(promise.ballot)),
                        _ => {}
                    }
                }
                Fact::Durable { node, records, .. } => {
                    let promised = &mut self.words[node.index()].promised;
                    for record in records.iter().filter_map(Record::paxos) {
                        if let paxos::Record::Promised(ballot) = record {
                            *promised = (*promised).max(Some(*ballot));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// What a server has given its word on, where it now does something else because it has forgotten.
    fn went_back(&self, node: NodeId, trace: &paxos::Trace) -> Option<Ballot> {
        let Word { promised, began } = self.words[node.index()];
        match trace {
            paxos::Trace::Promised { ballot, before, .. } => {
                promised.filter(|promised| promised > ballot && Some(*promised) > *before)
            }
            paxos::Trace::Accepted { vote, before, .. } => {
                promised.filter(|promised| *promised > vote.ballot && Some(*promised) > *before)
            }
            paxos::Trace::Prepares { ballot, .. } => began.filter(|began| began.round >= ballot.round),
            _ => None,
        }
    }

    const fn of(&self, node: Option<NodeId>, rules: Rules) -> Circumstances {
        let forgetful = match node {
            Some(node) => self.forgetful.contains(node),
            None => false,
        };
        let undurable = NodeSet::first(0);
        let always = self.always;
        Circumstances { rules, always, forgetful, went_back: None, undurable, unchosen: false, although: None }
    }

    /// Those of something that happened in the world, which is now like this.
    pub(super) fn of_fact(&self, fact: &Fact, world: &Cluster, observer: &Observer) -> Circumstances {
        let rules = world.settings().rules;
        let mut known = self.of(fact.node(), rules);
        if let Fact::Did { node, trace: Trace::Paxos(trace) } = fact {
            known.went_back = self.went_back(*node, trace);
        }
        match fact {
            Fact::Sent(envelope) => {
                let Some((from, _, message)) = envelope.paxos() else { return known };
                let durable = world.server(from).disk().durable().paxos();
                if durable.is_some_and(|durable| !rests_on_disk(message, durable)) {
                    known.undurable.insert(from);
                    // It may have been off only when the message was made.
                    known.although = let_leave(message.kind(), rules, self.always);
                }
            }
            Fact::Did { trace: Trace::Paxos(paxos::Trace::Learned { chosen, .. }), .. } => {
                known.unchosen = !observer.has_chosen(&chosen.vote);
            }
            Fact::Did { trace: Trace::Paxos(paxos::Trace::Quorum { answer, ballot, .. }), .. }
                if *answer == MessageKind::Accepted =>
            {
                let mut values = observer.votes().filter(|(vote, _)| vote.ballot == *ballot);
                known.unchosen = match (values.next(), values.next()) {
                    (Some((vote, _)), None) => !observer.has_chosen(&vote),
                    _ => true,
                };
            }
            _ => {}
        }
        known
    }

    /// Those of a value that has just been chosen.
    pub(super) fn of_choice(&self, Chosen { vote, quorum }: &Chosen, world: &Cluster) -> Circumstances {
        let settings = world.settings();
        let mut known = self.of(None, settings.rules);
        for node in *quorum {
            let durable = world.server(node).disk().durable().paxos();
            let held = durable.and_then(|durable| durable.accepted.get(vote.slot));
            if held.is_none_or(|held| held.ballot < vote.ballot) {
                known.undurable.insert(node);
            }
        }
        known.although = if quorum.and(settings.sizes.acceptors).len() < settings.sizes.phase2 {
            Some(Rule::Phase2Intersects)
        } else if known.undurable.is_empty() {
            None
        } else {
            let_leave(MessageKind::Accepted, settings.rules, self.always)
        };
        known
    }

    /// Those of something that an observer noticed.
    pub(super) fn of_finding(&self, world: &Cluster) -> Circumstances {
        self.of(None, world.settings().rules)
    }
}

/// The rule that let a message leave before what it rests on was durable: one that is off, or that was when the message
/// was made.
fn let_leave(message: MessageKind, now: Rules, always: Rules) -> Option<Rule> {
    now.lets_leave(message).or_else(|| always.lets_leave(message))
}

/// Whether what a message rests on is on the disk of its sender.
fn rests_on_disk(message: &paxos::Message, durable: &paxos::Records) -> bool {
    match message {
        paxos::Message::Prepare(paxos::Prepare { ballot, .. }) => durable.round >= Some(ballot.round),
        paxos::Message::Accept(Accept(vote)) => durable.round >= Some(vote.ballot.round),
        paxos::Message::Promise(promise) => durable.promised >= Some(promise.ballot),
        paxos::Message::Accepted(Accepted(Vote { slot, ballot, .. })) => {
            durable.accepted.get(*slot).is_some_and(|held| held.ballot >= *ballot)
        }
        paxos::Message::Nack(_) => true,
    }
}

impl Rules {
    /// Those of the records on a disk that a server does not read when it restarts, each with the rule that is off.
    pub(crate) fn unread(self, records: &paxos::Records) -> impl Iterator<Item = (Record, Rule)> {
        let state = self.unless_on(Rule::RecoverState);
        let promise = state.or(self.unless_on(Rule::RecoverPromise));
        let votes = state.or(self.unless_on(Rule::RecoverAccepted));
        let round = self.unless_on(Rule::BallotsUniqueAcrossRestarts);
        let promised = records.promised.map(paxos::Record::Promised).zip(promise);
        let accepted = records.accepted.get(0).cloned().map(paxos::Record::Accepted).zip(votes);
        let used = records.round.map(paxos::Record::Round).zip(round);
        [promised, accepted, used].into_iter().flatten().map(|(record, rule)| (record.into(), rule))
    }
}
