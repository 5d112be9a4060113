//! What held when an event happened: what its sentence has to know, to be true.
//!
//! A server knows what it compared, and says so ([`crate::sim::Trace`]). What it cannot know is what it has forgotten,
//! whether another server's disk has caught up, and which rules somebody switches off in the middle of a run. That is seen
//! from outside, here, at the very step. None of it is part of a digest.

use alloc::{vec, vec::Vec};

#[cfg(feature = "log")]
use litemap::LiteMap;

#[cfg(feature = "log")]
use crate::check::LogObserver;
use crate::check::Observer;
#[cfg(feature = "log")]
use crate::log::{self, ClientId};
use crate::paxos::{self, Accept, Accepted, Ballot, Chosen, MessageKind, NodeId, NodeSet, Rule, Rules, Slot, Vote};
#[cfg(feature = "log")]
use crate::sim::ClientFact;
use crate::sim::{Cluster, Fact, Message, Record, Records, Time, Trace};

/// What held when an event happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The rules in force.
    pub rules: Rules,
    /// The rules that have been in force at every step since the run began.
    pub always: Rules,
    /// The rules of the log in force; where no log runs, all of them.
    #[cfg(feature = "log")]
    pub log: log::Rules,
    /// The rules of the log that have been in force at every step since the run began.
    #[cfg(feature = "log")]
    pub log_always: log::Rules,
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
    /// Whether nothing has been answered since the run began, or since something last failed.
    pub unanswered: bool,
    /// Whether the client that is answered has asked in vain before.
    pub in_vain: bool,
    /// Whether a server of a log has found out already that it hears no leader, and none has led since.
    pub leaderless: bool,
}

/// What is kept of a run so far, to know the circumstances of what comes next.
#[derive(Clone, Debug)]
pub(super) struct Past {
    always: Rules,
    #[cfg(feature = "log")]
    log_always: log::Rules,
    forgetful: NodeSet,
    /// What binds each server, whether it remembers or not.
    words: Vec<Word>,
    /// When each client asked for what it asked for last.
    #[cfg(feature = "log")]
    asked: LiteMap<ClientId, Time>,
    /// See [`Circumstances::unanswered`]; and whether that ends with the latest step.
    unanswered: bool,
    answered: bool,
    /// The clients that have asked in vain for what they ask for.
    #[cfg(feature = "log")]
    in_vain: LiteMap<ClientId, ()>,
    /// See [`Circumstances::leaderless`]; and whether that begins with the latest step.
    #[cfg(feature = "log")]
    leaderless: bool,
    #[cfg(feature = "log")]
    discontent: bool,
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
    /// Of a run that begins like this.
    pub(super) fn new(world: &Cluster) -> Self {
        let words = vec![Word::default(); world.nodes().count()];
        Self {
            always: world.settings().rules,
            forgetful: NodeSet::default(),
            words,
            unanswered: true,
            answered: false,
            #[cfg(feature = "log")]
            log_always: world.log_rules(),
            #[cfg(feature = "log")]
            asked: LiteMap::new(),
            #[cfg(feature = "log")]
            in_vain: LiteMap::new(),
            #[cfg(feature = "log")]
            leaderless: false,
            #[cfg(feature = "log")]
            discontent: false,
        }
    }

    /// When a client asked for what it asked for last.
    #[cfg(feature = "log")]
    pub(super) fn asked_at(&self, client: ClientId) -> Option<Time> {
        self.asked.get(&client).copied()
    }

    /// A step happened, and the world is like this now.
    pub(super) fn take_in(&mut self, world: &Cluster, now: Time, facts: &[Fact]) {
        self.unanswered &= !core::mem::take(&mut self.answered);
        self.unanswered |= facts.iter().any(is_failure);
        let rules = world.settings().rules;
        self.always = self.always.and(rules);
        #[cfg(feature = "log")]
        {
            self.log_always = self.log_always.and(world.log_rules());
            self.leaderless |= core::mem::take(&mut self.discontent);
        }
        #[cfg(not(feature = "log"))]
        let _ = now;
        for fact in facts {
            match fact {
                #[cfg(feature = "log")]
                Fact::Client(ClientFact::Asked { command, .. }) => {
                    self.asked.insert(command.client, now);
                    self.in_vain.remove(&command.client);
                }
                #[cfg(feature = "log")]
                Fact::Client(ClientFact::Retried { client, .. }) => drop(self.in_vain.insert(*client, ())),
                #[cfg(feature = "log")]
                Fact::Client(ClientFact::Answered { .. }) => self.answered = true,
                #[cfg(feature = "log")]
                Fact::Did { trace: Trace::Log(log::Trace::Discontent { .. }), .. } => self.discontent = true,
                #[cfg(feature = "log")]
                Fact::Did { trace: Trace::Log(log::Trace::Leads { .. }), .. } => self.leaderless = false,
                Fact::Crashed { node, queued, written, .. } if queued.len() + written.len() > 0 => {
                    self.forgetful.insert(*node);
                }
                Fact::Wiped { node } => {
                    self.forgetful.insert(*node);
                }
                Fact::Restarted { node, records } if ignores(rules, records) => {
                    self.forgetful.insert(*node);
                }
                Fact::Sent(envelope) => {
                    let Some(from) = envelope.from.server() else { continue };
                    let Word { promised, began } = &mut self.words[from.index()];
                    match gives(&envelope.message) {
                        (Some(MessageKind::Prepare), ballot) => *began = (*began).max(ballot),
                        (Some(MessageKind::Promise), ballot) => *promised = (*promised).max(ballot),
                        _ => {}
                    }
                }
                Fact::Durable { node, records, .. } => {
                    let promised = &mut self.words[node.index()].promised;
                    *promised = (*promised).max(records.iter().filter_map(promise).max());
                }
                _ => {}
            }
        }
    }

    /// What a server has given its word on, where it now does something else because it has forgotten.
    fn went_back(&self, node: NodeId, trace: &Trace) -> Option<Ballot> {
        let Word { promised, began } = self.words[node.index()];
        let below = |ballot: Ballot, before: Option<Ballot>| {
            promised.filter(|promised| *promised > ballot && Some(*promised) > before)
        };
        let begun = |ballot: Ballot| began.filter(|began| began.round >= ballot.round);
        match trace {
            Trace::Paxos(trace) => match trace {
                paxos::Trace::Promised { ballot, before, .. } => below(*ballot, *before),
                paxos::Trace::Accepted { vote, before, .. } => below(vote.ballot, *before),
                paxos::Trace::Prepares { ballot, .. } => begun(*ballot),
                _ => None,
            },
            #[cfg(feature = "log")]
            Trace::Log(trace) => match trace {
                log::Trace::Promised { ballot, before, .. } | log::Trace::Accepted { ballot, before, .. } => {
                    below(*ballot, *before)
                }
                log::Trace::Stands { ballot, .. } => begun(*ballot),
                _ => None,
            },
        }
    }

    fn of(&self, node: Option<NodeId>, world: &Cluster) -> Circumstances {
        let forgetful = match node {
            Some(node) => self.forgetful.contains(node),
            None => false,
        };
        let (rules, always) = (world.settings().rules, self.always);
        Circumstances {
            rules,
            always,
            forgetful,
            unanswered: self.unanswered,
            #[cfg(feature = "log")]
            log: world.log_rules(),
            #[cfg(feature = "log")]
            log_always: self.log_always,
            #[cfg(feature = "log")]
            leaderless: self.leaderless,
            ..Circumstances::default()
        }
    }

    /// Those of something that happened in the world, which is now like this.
    pub(super) fn of_fact(&self, fact: &Fact, world: &Cluster, observer: &Observer) -> Circumstances {
        let rules = world.settings().rules;
        let mut known = self.of(fact.node(), world);
        if let Fact::Did { node, trace } = fact {
            known.went_back = self.went_back(*node, trace);
        }
        match fact {
            Fact::Sent(envelope) => {
                let Some(from) = envelope.from.server() else { return known };
                if !rests_on_disk(&envelope.message, world.server(from).disk().durable()) {
                    known.undurable.insert(from);
                    // It may have been off only when the message was made.
                    let (kind, _) = gives(&envelope.message);
                    known.although = kind.and_then(|kind| let_leave(kind, rules, self.always));
                }
            }
            Fact::Did { trace: Trace::Paxos(paxos::Trace::Learned { chosen, .. }), .. } => {
                known.unchosen = !observer.has_chosen(&chosen.vote);
            }
            #[cfg(feature = "log")]
            Fact::Did { trace: Trace::Log(log::Trace::Learned { slot, entry, .. }), .. } => {
                let chosen = |observer: &LogObserver| observer.chosen(*slot).iter().any(|it| it.vote.value == *entry);
                known.unchosen = !observer.log().is_some_and(chosen);
            }
            #[cfg(feature = "log")]
            Fact::Client(ClientFact::Answered { command, .. }) => {
                known.in_vain = self.in_vain.contains_key(&command.client);
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
    pub(super) fn of_choice<V>(&self, Chosen { vote, quorum }: &Chosen<V>, world: &Cluster) -> Circumstances {
        let settings = world.settings();
        let mut known = self.of(None, world);
        for node in *quorum {
            let held = match world.server(node).disk().durable() {
                Records::Paxos(durable) => holds(durable, vote.slot, vote.ballot),
                #[cfg(feature = "log")]
                Records::Log(durable) => {
                    vote.slot < durable.kept_from() || holds(&durable.paxos, vote.slot, vote.ballot)
                }
            };
            if !held {
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
        self.of(None, world)
    }
}

/// Whether clients may have to wait for their answers after this.
const fn is_failure(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Crashed { .. }
            | Fact::Paused { .. }
            | Fact::Cut { .. }
            | Fact::Isolated { .. }
            | Fact::Partitioned { .. }
            | Fact::PowerCut { .. }
    )
}

/// The rule that let a message leave before what it rests on was durable: one that is off, or that was when the message
/// was made.
fn let_leave(message: MessageKind, now: Rules, always: Rules) -> Option<Rule> {
    now.lets_leave(message).or_else(|| always.lets_leave(message))
}

/// What a message is in single-decree Paxos, if it is something there, and its ballot.
fn gives(message: &Message) -> (Option<MessageKind>, Option<Ballot>) {
    let kind = match message {
        Message::Paxos(message) => Some(message.kind()),
        #[cfg(feature = "log")]
        Message::Log(message) => message.rests_like(),
    };
    (kind, message.ballot())
}

/// The ballot that a record says is promised.
fn promise(record: &Record) -> Option<Ballot> {
    match record {
        Record::Paxos(paxos::Record::Promised(ballot)) => Some(*ballot),
        #[cfg(feature = "log")]
        Record::Log(log::Record::Paxos(paxos::Record::Promised(ballot))) => Some(*ballot),
        _ => None,
    }
}

/// Whether a server that restarts does not read all of its disk.
fn ignores(rules: Rules, records: &Records) -> bool {
    match records {
        Records::Paxos(records) => rules.unread(records).next().is_some(),
        #[cfg(feature = "log")]
        Records::Log(records) => rules.unread(&records.paxos).next().is_some(),
    }
}

/// Whether what a message rests on is on the disk of its sender.
fn rests_on_disk(message: &Message, durable: &Records) -> bool {
    match (message, durable) {
        (Message::Paxos(message), Records::Paxos(durable)) => match message {
            paxos::Message::Prepare(paxos::Prepare { ballot, .. }) => durable.round >= Some(ballot.round),
            paxos::Message::Accept(Accept(vote)) => durable.round >= Some(vote.ballot.round),
            paxos::Message::Promise(promise) => durable.promised >= Some(promise.ballot),
            paxos::Message::Accepted(Accepted(Vote { slot, ballot, .. })) => holds(durable, *slot, *ballot),
            paxos::Message::Nack(_) => true,
        },
        #[cfg(feature = "log")]
        (Message::Log(message), Records::Log(durable)) => match message {
            log::Message::Prepare(paxos::Prepare { ballot, .. }) => durable.paxos.round >= Some(ballot.round),
            log::Message::Promise(promise) => durable.paxos.promised >= Some(promise.promise.ballot),
            // Where a vote has made room for a snapshot, it was durable before.
            log::Message::Accepted(log::Accepted { ballot, slot }) => {
                *slot < durable.kept_from() || holds(&durable.paxos, *slot, *ballot)
            }
            _ => true,
        },
        #[cfg(feature = "log")]
        _ => true,
    }
}

/// Whether a disk holds a vote of this ballot in a slot, or of a higher one.
fn holds<V>(durable: &paxos::Records<V>, slot: Slot, ballot: Ballot) -> bool {
    durable.accepted.get(slot).is_some_and(|held| held.ballot >= ballot)
}

impl Rules {
    /// Those of the records on a disk that a server does not read when it restarts, each with the rule that is off.
    pub(crate) fn unread<V: Clone>(
        self,
        records: &paxos::Records<V>,
    ) -> impl Iterator<Item = (paxos::Record<V>, Rule)> {
        let state = self.unless_on(Rule::RecoverState);
        let promise = state.or(self.unless_on(Rule::RecoverPromise));
        let votes = state.or(self.unless_on(Rule::RecoverAccepted));
        let round = self.unless_on(Rule::BallotsUniqueAcrossRestarts);
        let promised = records.promised.map(paxos::Record::Promised).zip(promise);
        let accepted = records.accepted.iter().cloned().map(paxos::Record::Accepted);
        let accepted = accepted.filter_map(move |vote| Some(vote).zip(votes));
        let used = records.round.map(paxos::Record::Round).zip(round);
        promised.into_iter().chain(accepted).chain(used)
    }
}
