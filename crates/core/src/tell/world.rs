//! Why: every event in one sentence, and what follows from it in another.
//!
//! The sentences are made here, once, so that the page, the terminal and a screen reader say the same. They rest only
//! on what the event itself carries: the same event always reads the same. Here is the world; [`super::paxos`] is the rest.

use alloc::{
    format,
    string::{String, ToString},
};

use crate::paxos::{Ballot, BallotName, Message, NodeId, NodeSet, Record, Scheme};
use crate::paxos::{Timer, Vote};
use crate::run::{Event, EventKind};
use crate::sim::{self, Conditions, Envelope, Fact, Loss};
use crate::text::{add, capital};

impl Event {
    /// What happened and why, in one sentence.
    #[must_use]
    pub fn why(&self, scheme: Scheme) -> String {
        let words = Words(scheme);
        match &self.kind {
            EventKind::Chosen(chosen) => {
                let Vote { ballot, value, .. } = &chosen.vote;
                let (quorum, ballot) = (servers(chosen.quorum), words.ballot(*ballot));
                format!("{value} is chosen: a quorum, {quorum}, has durably accepted it in one ballot, {ballot}.")
            }
            EventKind::Violated(violation) => violation.sentence(scheme),
            EventKind::Fact(Fact::Did { node, trace: sim::Trace::Paxos(trace) }) => words.did(*node, trace),
            EventKind::Fact(fact) => words.happened(fact),
        }
    }

    /// What follows from it, where a newcomer might ask "so what?".
    #[must_use]
    pub fn so(&self, scheme: Scheme) -> Option<String> {
        let words = Words(scheme);
        match &self.kind {
            EventKind::Chosen(_) => {
                Some("It can never be undone. No server has to know it yet: knowing takes a quorum of messages.".into())
            }
            EventKind::Violated(_) => Some("A correct run never does this.".into()),
            EventKind::Fact(Fact::Did { node, trace: sim::Trace::Paxos(trace) }) => words.so_did(*node, trace),
            EventKind::Fact(fact) => words.so_happened(fact),
        }
    }
}

/// The language of one run: it knows how ballots are written.
pub(super) struct Words(Scheme);

/// `server 2`, `servers 1, 2 and 4`.
pub(super) fn servers(nodes: NodeSet) -> String {
    if nodes.len() == 1 { format!("server {nodes}") } else { format!("servers {nodes}") }
}

/// `1 message`, `3 messages`.
fn count(number: u32, thing: &str) -> String {
    if number == 1 { format!("{number} {thing}") } else { format!("{number} {thing}s") }
}

impl Words {
    pub(super) const fn ballot(&self, ballot: Ballot) -> BallotName {
        self.0.name(ballot)
    }

    /// `red at 2.2`.
    pub(super) fn vote(&self, vote: &Vote) -> String {
        format!("{} at {}", vote.value, self.ballot(vote.ballot))
    }

    fn record(&self, record: &sim::Record) -> String {
        let sim::Record::Paxos(record) = record;
        match record {
            Record::Promised(ballot) => format!("the promise {}", self.ballot(*ballot)),
            Record::Accepted(vote) => format!("the vote for {}", self.vote(vote)),
            Record::Round(round) => match self.0 {
                Scheme::Rounds => format!("the note that round {round} is used"),
                Scheme::Ranges => format!("the note that number {round} is used"),
            },
        }
    }

    fn records(&self, records: &[sim::Record]) -> String {
        let mut list = String::new();
        for record in records {
            add(&mut list, " and ", &self.record(record));
        }
        list
    }

    /// `prepare 3.1 from server 1 to server 2`.
    fn message(&self, Envelope { from, to, message, .. }: &Envelope) -> String {
        let (kind, ballot) = (message.kind_name(), self.ballot(message.ballot()));
        match from == to {
            true => format!("{kind} {ballot} from server {from} to itself"),
            false => format!("{kind} {ballot} from server {from} to server {to}"),
        }
    }

    fn happened(&self, fact: &Fact) -> String {
        match fact {
            Fact::Sent(envelope) => self.sent(envelope),
            Fact::Delivered(envelope) => format!("{} arrives.", capital(&self.message(envelope))),
            Fact::Dropped { envelope, loss } => {
                let Envelope { from, to, .. } = envelope;
                let because = match loss {
                    Loss::Network => "the network loses it".into(),
                    Loss::Cut => format!("the link from server {from} to server {to} is cut"),
                    Loss::Down => format!("server {to} is down"),
                    Loss::Paused => format!("server {to} is paused and hears nothing"),
                    Loss::Full => "too many messages are under way".into(),
                };
                format!("{} is lost: {because}.", capital(&self.message(envelope)))
            }
            Fact::Duplicated { envelope, .. } => {
                format!("{} is duplicated: now there are two.", capital(&self.message(envelope)))
            }
            Fact::Held(envelope) => {
                format!("{} is held on its way.", capital(&self.message(envelope)))
            }
            Fact::Released(envelope) => format!("{} goes on.", capital(&self.message(envelope))),
            Fact::Wrote { node, records } => format!("Server {node} writes {} to its disk.", self.records(records)),
            Fact::Durable { node, records, .. } => {
                let what = capital(&self.records(records));
                match records.len() {
                    1 => format!("{what} is durable on server {node}: it survives a crash."),
                    _ => format!("{what} are durable on server {node}: they survive a crash."),
                }
            }
            Fact::TimedOut { node, timer: sim::Timer::Paxos(Timer::Retry) } => {
                format!("Server {node} has waited long enough, and tries again.")
            }
            Fact::TimedOut { node, timer: sim::Timer::Paxos(Timer::Learn) } => {
                format!("Server {node} voted and never heard what came of it, so it goes and finds out.")
            }
            Fact::Crashed { node, queued, written, waiting, ready } => {
                self.crashed(*node, queued, written, *waiting, *ready)
            }
            Fact::Restarted { node, records } => self.restarted(*node, records),
            Fact::Wiped { node } => {
                format!("The disk of server {node} is gone, with everything it promised and accepted.")
            }
            Fact::Paused { node } => {
                format!("Server {node} is paused: it keeps its memory and hears nothing.")
            }
            Fact::Resumed { node } => format!("Server {node} goes on where it was paused."),
            Fact::Cut { from, to } => {
                format!("The link from server {from} to server {to} is cut in this direction.")
            }
            Fact::Mended { from, to } => {
                format!("The link from server {from} to server {to} works again.")
            }
            Fact::Isolated { node } => {
                format!("Server {node} is cut off from all others, in both directions.")
            }
            Fact::Rejoined { node } => {
                format!("Server {node} reaches all others again, and they reach it.")
            }
            Fact::Partitioned { groups } => {
                let mut list = String::new();
                for group in groups {
                    add(&mut list, " | ", &group.to_string());
                }
                format!("The network falls apart: {list}.")
            }
            Fact::Healed => "Every link works again.".into(),
            Fact::Network(Conditions { loss, duplicate, latency: (least, most) }) => format!(
                "From now on messages take {least} to {most} ms, {loss} are lost, and {duplicate} are duplicated."
            ),
            Fact::PowerCut { messages } => {
                let lost = if *messages == 0 {
                    String::new()
                } else {
                    format!(", and {} under way", count(*messages, "message"))
                };
                format!("The power fails: every server loses what is not durable{lost}.")
            }
            Fact::Rule { rule, on } => {
                let (from_now, word) = if *on { ("holds again", "on") } else { ("no longer holds", "off") };
                format!("The rule {} is switched {word}: from now on it {from_now}, for every server.", rule.as_str())
            }
            Fact::Did { node, trace: sim::Trace::Paxos(trace) } => self.did(*node, trace),
        }
    }

    fn sent(&self, Envelope { from, to, message, .. }: &Envelope) -> String {
        let whom = if from == to { "itself".into() } else { format!("server {to}") };
        let ballot = self.ballot(message.ballot());
        let sim::Message::Paxos(message) = message;
        match message {
            Message::Prepare(_) => format!("Server {from} asks {whom} to promise {ballot}."),
            Message::Promise(promise) => match promise.accepted.last() {
                None => format!("Server {from} tells {whom} that it promised {ballot} and has accepted nothing."),
                Some(vote) => {
                    format!(
                        "Server {from} tells {whom} that it promised {ballot} and had accepted {}.",
                        self.vote(vote)
                    )
                }
            },
            Message::Accept(accept) => format!("Server {from} asks {whom} to accept {}.", self.vote(&accept.0)),
            Message::Accepted(accepted) => {
                format!("Server {from} tells {whom} that it accepted {}.", self.vote(&accepted.0))
            }
            Message::Nack(nack) => {
                format!(
                    "Server {from} tells {whom} that it refuses {ballot}, having promised {}.",
                    self.ballot(nack.promised)
                )
            }
        }
    }

    fn crashed(
        &self,
        node: NodeId,
        queued: &[sim::Record],
        written: &[sim::Record],
        waiting: u32,
        ready: u32,
    ) -> String {
        let unsaid = match waiting + ready {
            0 => String::new(),
            messages => format!(" {} will never be sent.", capital(&count(messages, "message"))),
        };
        match (queued, written) {
            ([], []) if ready > 0 => {
                format!("Server {node} crashes with everything durable and not everything said.{unsaid}")
            }
            ([], []) => format!("Server {node} crashes.{unsaid}"),
            (queued, []) => {
                let lost = self.records(queued);
                format!("Server {node} crashes before the write: {lost} never reached its disk.{unsaid}")
            }
            _ => {
                let lost = self.records(&[written, queued].concat());
                format!("Server {node} crashes after the write and before it was durable, and loses {lost}.{unsaid}")
            }
        }
    }

    fn restarted(&self, node: NodeId, records: &sim::Records) -> String {
        let sim::Records::Paxos(records) = records;
        if records.lost {
            return format!("Server {node} comes back with an empty disk in place of the one it lost.");
        }
        let mut known = String::new();
        let mut remembers = |what: String| add(&mut known, " and that ", &what);
        if let Some(ballot) = records.promised {
            remembers(format!("it promised {}", self.ballot(ballot)));
        }
        for vote in records.accepted.as_slice() {
            remembers(format!("it accepted {}", self.vote(vote)));
        }
        if let Some(round) = records.round {
            let used = if self.0 == Scheme::Ranges { "number" } else { "round" };
            remembers(format!("{round} was its last {used}"));
        }
        match known.is_empty() {
            true => format!("Server {node} comes back with an empty disk: nothing was durable."),
            false => format!("Server {node} comes back, and remembers that {known}."),
        }
    }

    fn so_happened(&self, fact: &Fact) -> Option<String> {
        match fact {
            Fact::Wrote { .. } => {
                Some("Written is not durable: a crash before the disk has synced takes it back.".into())
            }
            Fact::Durable { freed, .. } if *freed > 0 => {
                Some(format!("Only now may {} that waited for it leave.", count(*freed, "message")))
            }
            Fact::Crashed { node, .. } => Some(format!("Of server {node}, only what is on its disk remains.")),
            Fact::Restarted { node, records } if records.is_lost() => Some(format!(
                "Server {node} may listen, but never vote or propose again: it no longer knows what it promised."
            )),
            Fact::Wiped { .. } => {
                Some("If its vote was needed for a quorum, that quorum now has one memory less.".into())
            }
            _ => None,
        }
    }
}
