//! What happened in the world, in words and as data. What the algorithm did is told in [`super::paxos`].

use alloc::{
    format,
    string::{String, ToString},
};

use super::EventName;
use super::language::{Because, Language, Tell, reason, servers};
use super::paxos::{STAYS_CHOSEN, chose};
use super::rules::rule_name;
use super::view::{envelope, records, votes};
use crate::json::{Json, Object};
use crate::paxos::{Chosen, Message, NodeId, NodeSet, Record, Rule, Timer, Vote};
use crate::run::EventKind;
use crate::sim::{self, Conditions, Envelope, Fact, Loss, Records};
use crate::text::{add, capital};

impl Tell for EventKind {
    type Who = ();

    fn name(&self) -> EventName {
        match self {
            Self::Chosen(_) => EventName::Chosen,
            Self::Violated(_) => EventName::Violated,
            Self::Fact(fact) => fact.name(),
        }
    }

    fn importance(&self) -> u8 {
        match self {
            Self::Violated(_) => 10,
            Self::Chosen(_) => 9,
            Self::Fact(fact) => fact.importance(),
        }
    }

    fn fields(&self, object: Object, language: &Language) -> Object {
        match self {
            Self::Chosen(chosen) => chose(object, chosen, language),
            Self::Violated(violation) => object.with("invariant", violation.invariant().as_str()),
            Self::Fact(fact) => fact.fields(object, language),
        }
    }

    fn because(&self, (): (), language: &Language) -> Option<Because> {
        match self {
            Self::Chosen(Chosen { vote, quorum }) => {
                let reason = reason("quorum-accepted").with("ballot", language.text(vote.ballot));
                let reason = reason.with("have", *quorum).maybe("undurable", some(language.known.undurable));
                Some(Because::from(reason).although(language.known.although))
            }
            Self::Violated(_) => None,
            Self::Fact(fact) => fact.because((), language),
        }
    }

    fn why(&self, (): (), language: &Language) -> String {
        match self {
            Self::Chosen(chosen) => chosen_because(chosen, language),
            Self::Violated(violation) => violation.sentence(language.scheme()),
            Self::Fact(fact) => fact.why((), language),
        }
    }

    fn so(&self, (): (), language: &Language) -> Option<String> {
        match self {
            Self::Chosen(_) => {
                let knows = "No server has to know it yet: knowing takes a quorum of messages.";
                Some(match language.broken(&STAYS_CHOSEN) {
                    None => format!("It can never be undone. {knows}"),
                    Some(rule) => format!("Another value can still be chosen, too: {}. {knows}", language.off(rule)),
                })
            }
            Self::Violated(_) => Some("A correct run never does this.".into()),
            Self::Fact(fact) => fact.so((), language),
        }
    }
}

impl Tell for Fact {
    type Who = ();

    fn name(&self) -> EventName {
        match self {
            Self::Did { trace: sim::Trace::Paxos(trace), .. } => trace.name(),
            Self::Sent(_) => EventName::Sent,
            Self::Delivered(_) => EventName::Delivered,
            Self::Dropped { .. } => EventName::Dropped,
            Self::Duplicated { .. } => EventName::Duplicated,
            Self::Held(_) => EventName::Held,
            Self::Released(_) => EventName::Released,
            Self::Wrote { .. } => EventName::Wrote,
            Self::Durable { .. } => EventName::Durable,
            Self::TimedOut { .. } => EventName::Timer,
            Self::Crashed { .. } => EventName::Crashed,
            Self::Restarted { .. } => EventName::Restarted,
            Self::Wiped { .. } => EventName::Wiped,
            Self::Paused { .. } => EventName::Paused,
            Self::Resumed { .. } => EventName::Resumed,
            Self::Cut { .. } => EventName::Cut,
            Self::Mended { .. } => EventName::Mended,
            Self::Isolated { .. } => EventName::Isolated,
            Self::Rejoined { .. } => EventName::Rejoined,
            Self::Partitioned { .. } => EventName::Partitioned,
            Self::Healed => EventName::Healed,
            Self::Network(_) => EventName::Network,
            Self::PowerCut { .. } => EventName::PowerCut,
            Self::Rule { .. } => EventName::Rule,
        }
    }

    fn importance(&self) -> u8 {
        match self {
            Self::PowerCut { .. } | Self::Wiped { .. } | Self::Rule { .. } => 9,
            Self::Crashed { .. } | Self::Restarted { .. } | Self::Paused { .. } | Self::Resumed { .. } => 8,
            Self::Delivered(_) => 1,
            Self::Did { trace: sim::Trace::Paxos(trace), .. } => trace.importance(),
            _ => 3,
        }
    }

    fn fields(&self, object: Object, language: &Language) -> Object {
        let object = object.maybe("node", self.node());
        match self {
            Self::Did { trace: sim::Trace::Paxos(trace), .. } => trace.fields(object, language),
            Self::Sent(message) | Self::Delivered(message) | Self::Held(message) | Self::Released(message) => {
                object.with("message", envelope(message, language))
            }
            Self::Dropped { envelope: message, .. } => object.with("message", envelope(message, language)),
            Self::Duplicated { envelope: message, copy } => {
                object.with("message", envelope(message, language)).with("copy", *copy)
            }
            Self::Wrote { records: written, .. } | Self::Durable { records: written, .. } => {
                object.with("records", records(written, language))
            }
            Self::Crashed { queued, written, .. } => {
                object.with("records", records(&[&**written, queued].concat(), language))
            }
            Self::TimedOut { timer, .. } => object.with("timer", timer.as_str()),
            Self::Cut { from, to } | Self::Mended { from, to } => object.with("from", *from).with("to", *to),
            Self::Partitioned { groups } => object.with("groups", groups.iter().copied().collect::<Json>()),
            Self::Network(conditions) => object.with("network", *conditions),
            Self::Rule { rule, on } => object.with("rule", rule.as_str()).with("on", *on),
            _ => object,
        }
    }

    fn because(&self, (): (), language: &Language) -> Option<Because> {
        Some(match self {
            Self::Did { node, trace: sim::Trace::Paxos(trace) } => return trace.because(*node, language),
            Self::Dropped { loss, .. } => reason(match loss {
                Loss::Network => "lost-by-network",
                Loss::Cut => "link-cut",
                Loss::Down => "receiver-down",
                Loss::Paused => "receiver-paused",
                Loss::Full => "too-many-messages",
            })
            .into(),
            Self::Sent(_) if !language.known.undurable.is_empty() => {
                Because::from(reason("not-durable")).although(language.known.although)
            }
            Self::Restarted { records: Records::Paxos(disk), .. } => {
                let reason = reason(if disk.lost { "from-new-disk" } else { "from-disk" });
                let reason = reason.with("promised", disk.promised.map(|ballot| language.text(ballot)));
                let reason = reason.with("accepted", votes(disk.accepted.as_slice(), language));
                let reason = reason.with("round", disk.round);
                let awake = language.known.rules.unless_on(Rule::WipedStaysSilent).filter(|_| disk.lost);
                let unread = language.known.rules.unread(disk).next().map(|(_, rule)| rule);
                Because::from(reason).although(awake.or(unread))
            }
            _ => return None,
        })
    }

    fn why(&self, (): (), language: &Language) -> String {
        language.happened(self)
    }

    fn so(&self, (): (), language: &Language) -> Option<String> {
        Some(match self {
            Self::Did { node, trace: sim::Trace::Paxos(trace) } => return trace.so(*node, language),
            Self::Wrote { .. } => "Written is not durable: a crash before the disk has synced takes it back.".into(),
            Self::Durable { freed, .. } if *freed > 0 => {
                format!("Only now may {} that waited for it leave.", count(*freed, "message"))
            }
            Self::Crashed { node, .. } => format!("Of server {node}, only what is on its disk remains."),
            Self::Restarted { node, records } if records.is_lost() => {
                match language.known.rules.unless_on(Rule::WipedStaysSilent) {
                    None => format!(
                        "Server {node} may listen, but never vote or propose again: it no longer knows what it promised."
                    ),
                    Some(rule) => format!(
                        "Server {node} votes again, although it no longer knows what it promised: {}.",
                        language.off(rule)
                    ),
                }
            }
            Self::Wiped { .. } => "If its vote was needed for a quorum, that quorum now has one memory less.".into(),
            _ => return None,
        })
    }
}

fn some(nodes: NodeSet) -> Option<NodeSet> {
    (!nodes.is_empty()).then_some(nodes)
}

/// `1 message`, `3 messages`.
fn count(number: u32, thing: &str) -> String {
    if number == 1 { format!("{number} {thing}") } else { format!("{number} {thing}s") }
}

fn chosen_because(Chosen { vote, quorum }: &Chosen, language: &Language) -> String {
    let Vote { ballot, value, .. } = vote;
    let (quorum, ballot, known) = (servers(*quorum), language.ballot(*ballot), &language.known);
    let durable = [Rule::PersistBeforeReply, Rule::PersistAccepted].into_iter().all(|rule| known.always.on(rule));
    let durably = if durable { "durably " } else { "" };
    let off = known.although.map(|rule| language.off(rule));
    match off {
        None => format!("{value} is chosen: a quorum, {quorum}, has {durably}accepted it in one ballot, {ballot}."),
        Some(off) if known.although == Some(Rule::Phase2Intersects) => {
            format!(
                "{value} is chosen by so few as {quorum}, who have {durably}accepted it in one ballot, {ballot}: {off}."
            )
        }
        Some(off) => format!(
            "{value} is chosen: a quorum, {quorum}, has accepted it in one ballot, {ballot}, though not durably on {}: {off}.",
            servers(known.undurable)
        ),
    }
}

impl Language {
    fn record(&self, record: &sim::Record) -> String {
        let sim::Record::Paxos(record) = record;
        match record {
            Record::Promised(ballot) => format!("the promise {}", self.ballot(*ballot)),
            Record::Accepted(vote) => format!("the vote for {}", self.vote(vote)),
            Record::Round(round) => format!("the note that {} is used", self.round(*round)),
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
                format!("{} is duplicated: a copy of it is under way, too.", capital(&self.message(envelope)))
            }
            Fact::Held(envelope) => {
                format!("{} is held on its way.", capital(&self.message(envelope)))
            }
            Fact::Released(envelope) => format!("{} goes on.", capital(&self.message(envelope))),
            Fact::Wrote { node, records } => format!("Server {node} writes {} to its disk.", self.records(records)),
            Fact::Durable { node, records, .. } => self.durable(*node, records),
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
                let name = rule_name(*rule);
                format!("“{name}” is switched {word}: from now on that rule {from_now}, for every server.")
            }
            Fact::Did { node, trace: sim::Trace::Paxos(trace) } => trace.why(*node, self),
        }
    }

    fn sent(&self, envelope: &Envelope) -> String {
        self.left(self.said(envelope))
    }

    /// Whether a message left before it might, added to what is said of it.
    pub(super) fn left(&self, said: String) -> String {
        match (self.known.undurable.is_empty(), self.known.although) {
            (true, _) => said + ".",
            (false, None) => said + " before that is durable.",
            (false, Some(rule)) => format!("{said} before that is durable: {}.", self.off(rule)),
        }
    }

    fn said(&self, Envelope { from, to, message, .. }: &Envelope) -> String {
        let whom = if from == to { "itself".into() } else { format!("server {to}") };
        let ballot = self.ballot(message.ballot());
        let sim::Message::Paxos(message) = message;
        match message {
            Message::Prepare(_) => format!("Server {from} asks {whom} to promise {ballot}"),
            Message::Promise(promise) => match promise.accepted.last() {
                None => format!("Server {from} tells {whom} that it promised {ballot} and has accepted nothing"),
                Some(vote) => {
                    format!("Server {from} tells {whom} that it promised {ballot} and had accepted {}", self.vote(vote))
                }
            },
            Message::Accept(accept) => format!("Server {from} asks {whom} to accept {}", self.vote(&accept.0)),
            Message::Accepted(accepted) => {
                format!("Server {from} tells {whom} that it accepted {}", self.vote(&accepted.0))
            }
            Message::Nack(nack) => {
                format!(
                    "Server {from} tells {whom} that it refuses {ballot}, having promised {}",
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
        let rules = self.known.rules;
        if records.lost && (rules.on(Rule::WipedStaysSilent) || records.accepted.as_slice().is_empty()) {
            let off = rules.unless_on(Rule::WipedStaysSilent).map(|rule| self.off(rule));
            let votes = off.map_or(String::new(), |off| format!(", and nothing keeps it from voting: {off}"));
            return format!("Server {node} comes back with an empty disk in place of the one it lost{votes}.");
        }
        let is_read = |record: Record| !rules.unread(records).any(|(unread, _)| unread == record.clone().into());
        let (mut known, mut unread) = (String::new(), String::new());
        let mut remembers = |record: Record, what: String| {
            let list = if is_read(record) { &mut known } else { &mut unread };
            add(list, " and that ", &what);
        };
        if let Some(ballot) = records.promised {
            remembers(Record::Promised(ballot), format!("it promised {}", self.ballot(ballot)));
        }
        for vote in records.accepted.as_slice() {
            remembers(Record::Accepted(vote.clone()), format!("it accepted {}", self.vote(vote)));
        }
        if let Some(round) = records.round {
            let round_or_number = self.round(round);
            let word = round_or_number.split(' ').next().unwrap_or_default();
            remembers(Record::Round(round), format!("{round} was its last {word}"));
        }
        let off = rules.unread(records).next().map(|(_, rule)| self.off(rule));
        match (known.is_empty(), off) {
            (true, None) => format!("Server {node} comes back with an empty disk: nothing was durable."),
            (false, None) => format!("Server {node} comes back, and remembers that {known}."),
            (true, Some(off)) => {
                format!("Server {node} comes back, and does not read from its disk that {unread}: {off}.")
            }
            (false, Some(off)) => format!(
                "Server {node} comes back, and remembers that {known}, but does not read from its disk that {unread}: {off}."
            ),
        }
    }

    fn durable(&self, node: NodeId, records: &[sim::Record]) -> String {
        let what = capital(&self.records(records));
        let (is, survives) = match records.len() {
            1 => ("is", "it survives a crash"),
            _ => ("are", "they survive a crash"),
        };
        match self.unread(records) {
            None => format!("{what} {is} durable on server {node}: {survives}."),
            Some(rule) => {
                format!(
                    "{what} {is} durable on server {node}, but a restart will not read all its disk: {}.",
                    self.off(rule)
                )
            }
        }
    }

    /// The rule that is off and keeps a server from reading one of these records when it restarts.
    fn unread(&self, records: &[sim::Record]) -> Option<Rule> {
        let mut disk = crate::paxos::Records::default();
        for sim::Record::Paxos(record) in records {
            disk.apply(record.clone());
        }
        self.known.rules.unread(&disk).next().map(|(_, rule)| rule)
    }
}
