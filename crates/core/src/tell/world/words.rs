//! The sentences about what happened in the world.

use alloc::vec::Vec;

use crate::paxos::{Chosen, Message, NodeId, Record, Rule, Rules, Timer, Vote};
use crate::sim::{self, Conditions, Envelope, Fact, Loss};
use crate::tell::language::Tell;
#[cfg(feature = "log")]
use crate::tell::log;
use crate::tell::sentence::{Blame, Count, Off, Round, Say, Sentence, Servers, say};

/// What happened and why.
pub(super) fn why(fact: &Fact, to: &mut Sentence<'_>) {
    match fact {
        Fact::Sent(envelope) => sent(envelope, to),
        Fact::Delivered(message) => begin(message, " arrives.", to),
        Fact::Dropped { envelope, loss } => dropped(envelope, *loss, to),
        Fact::Duplicated { envelope, .. } => begin(envelope, " is duplicated: a copy of it is under way, too.", to),
        Fact::Held(message) => begin(message, " is held on its way.", to),
        Fact::Released(message) => begin(message, " goes on.", to),
        Fact::Wrote { node, records } => say!(to, "Server ", *node, " writes ", &**records, " to its disk."),
        Fact::Durable { node, records, .. } => durable(*node, records, to),
        Fact::TimedOut { node, timer: sim::Timer::Paxos(Timer::Retry) } => {
            say!(to, "The retry timer of server ", *node, " runs out, and it tries again.");
        }
        Fact::TimedOut { node, timer: sim::Timer::Paxos(Timer::Learn) } => {
            say!(to, "Server ", *node, " voted and never heard what came of it, so it goes and finds out.");
        }
        Fact::Crashed { node, queued, written, waiting, ready } => {
            crashed(*node, queued, written, *ready, to);
            if waiting + ready > 0 {
                say!(to, " ", Count(waiting + ready, "message"), " will never be sent.");
            }
        }
        Fact::Restarted { node, records: sim::Records::Paxos(records) } => restarted(*node, records, to),
        #[cfg(feature = "log")]
        Fact::Restarted { node, records: sim::Records::Log(records) } => log::restarted(*node, records, to),
        Fact::Wiped { node } => {
            say!(to, "The disk of server ", *node, " is gone, with everything it promised and accepted.");
        }
        Fact::Paused { node } => say!(to, "Server ", *node, " is paused: it keeps its memory and hears nothing."),
        Fact::Resumed { node } => say!(to, "Server ", *node, " goes on where it was paused."),
        Fact::Cut { from, to: end } => {
            say!(to, "The link from ", *from, " to ", *end, " is cut in this direction.");
        }
        Fact::Mended { from, to: end } => {
            say!(to, "The link from ", *from, " to ", *end, " works again.");
        }
        Fact::Isolated { node } => say!(to, "Server ", *node, " is cut off from all others, in both directions."),
        Fact::Rejoined { node } => say!(to, "Server ", *node, " reaches all others again, and they reach it."),
        Fact::Partitioned { groups } => {
            let mut between = "The network falls apart: ";
            for group in groups {
                say!(to, between, text!(group).as_str());
                between = " | ";
            }
            say!(to, ".");
        }
        Fact::Healed => say!(to, "Every link works again."),
        Fact::Network(conditions) => network(conditions, to),
        Fact::PowerCut { messages } => {
            say!(to, "The power fails: every server loses what is not durable");
            if *messages > 0 {
                say!(to, ", and ", Count(*messages, "message"), " under way");
            }
            say!(to, ". Then every server comes back.");
        }
        Fact::Rule { rule, on } => {
            let (from_now, word) = if *on { ("holds again", "on") } else { ("no longer holds", "off") };
            say!(to, "“", rule.title(), "” is switched ", word);
            say!(to, ": from now on that rule ", from_now, ", for every server.");
        }
        Fact::Did { node, trace: sim::Trace::Paxos(trace) } => trace.why(*node, to),
        #[cfg(feature = "log")]
        Fact::Did { node, trace: sim::Trace::Log(trace) } => trace.why(*node, to),
        #[cfg(feature = "log")]
        Fact::Client(fact) => fact.why((), to),
        #[cfg(feature = "log")]
        Fact::TimedOut { node, timer: sim::Timer::Log(timer) } => log::timed_out(*node, *timer, to),
    }
}

/// What follows from it.
pub(super) fn so(fact: &Fact, to: &mut Sentence<'_>) {
    match fact {
        Fact::Did { node, trace: sim::Trace::Paxos(trace) } => trace.so(*node, to),
        #[cfg(feature = "log")]
        Fact::Did { node, trace: sim::Trace::Log(trace) } => trace.so(*node, to),
        #[cfg(feature = "log")]
        Fact::Client(fact) => fact.so((), to),
        Fact::Wrote { .. } => {
            say!(to, "Written is not durable: a crash before the disk has synced takes it back.");
        }
        Fact::Durable { freed, .. } if *freed > 0 => {
            say!(to, "Only now may ", Count(*freed, "message"), " that waited for it leave.");
        }
        Fact::Crashed { node, .. } => say!(to, "Of server ", *node, ", only what is on its disk remains."),
        Fact::Restarted { node, records } if records.is_lost() => {
            match to.known().rules.unless_on(Rule::WipedStaysSilent) {
                None => {
                    say!(to, "Server ", *node, " may listen, but never vote or propose again: ");
                    say!(to, "it no longer knows what it promised.");
                }
                Some(rule) => {
                    say!(to, "Server ", *node, " votes again, although it no longer knows what it promised: ");
                    say!(to, Off(rule), ".");
                }
            }
        }
        Fact::Wiped { .. } => {
            say!(to, "If its vote was needed for a quorum, that quorum now has one memory less.");
        }
        _ => {}
    }
}

/// Why a value is chosen.
pub(super) fn chosen_because(Chosen { vote, quorum }: &Chosen, to: &mut Sentence<'_>) {
    let Vote { ballot, value, .. } = vote;
    let known = to.known();
    let durable = known.always.on(Rule::PersistBeforeReply) && known.always.on(Rule::PersistAccepted);
    let durably = if durable { "durably " } else { "" };
    let quorum = Servers(*quorum);
    match known.although {
        None => {
            say!(
                to,
                value,
                " is chosen: a quorum, ",
                quorum,
                ", has ",
                durably,
                "accepted it in one ballot, ",
                *ballot
            );
        }
        Some(Rule::Phase2Intersects) => {
            say!(to, value, " is chosen by so few as ", quorum, ", who have ", durably, "accepted it in one ballot, ");
            say!(to, *ballot);
        }
        Some(_) => {
            say!(to, value, " is chosen: a quorum, ", quorum, ", has accepted it in one ballot, ", *ballot);
            say!(to, ", though not durably on ", Servers(known.undurable));
        }
    }
    say!(to, Blame(known.although), ".");
}

/// The note that a server wrote, or is to write.
impl Say for &sim::Record {
    fn say(self, to: &mut Sentence<'_>) {
        match self {
            sim::Record::Paxos(record) => match record {
                Record::Promised(ballot) => say!(to, "the promise ", *ballot),
                Record::Accepted(vote) => say!(to, "the vote for ", vote),
                Record::Round(round) => say!(to, "the note that ", Round(*round), " is used"),
            },
            #[cfg(feature = "log")]
            sim::Record::Log(record) => say!(to, record),
        }
    }
}

impl Say for &[sim::Record] {
    fn say(self, to: &mut Sentence<'_>) {
        let mut between = "";
        let mut rest = self;
        while let Some((record, after)) = rest.split_first() {
            say!(to, between);
            between = " and ";
            #[cfg(feature = "log")]
            if let Some((votes, after)) = log::votes_at_once(rest) {
                say!(to, votes);
                rest = after;
                continue;
            }
            say!(to, record);
            rest = after;
        }
    }
}

/// `prepare 3.1 from server 1 to server 2`.
impl Say for &Envelope {
    fn say(self, to: &mut Sentence<'_>) {
        match &self.message {
            sim::Message::Paxos(message) => say!(to, message.kind().as_str(), " ", message.ballot()),
            #[cfg(feature = "log")]
            sim::Message::Log(message) => log::name(message, to),
        }
        say!(to, " from ", self.from, " to ", &Whom(self));
    }
}

/// `server 2`; `itself`, where a message goes back to its sender.
struct Whom<'a>(&'a Envelope);

impl Say for &Whom<'_> {
    fn say(self, to: &mut Sentence<'_>) {
        if self.0.from == self.0.to {
            return say!(to, "itself");
        }
        say!(to, self.0.to);
    }
}

/// A sentence that begins with a message.
fn begin(message: &Envelope, then: &str, to: &mut Sentence<'_>) {
    say!(to, message);
    to.capital();
    say!(to, then);
}

fn dropped(message: &Envelope, loss: Loss, to: &mut Sentence<'_>) {
    begin(message, " is lost: ", to);
    match loss {
        Loss::Network => say!(to, "the network loses it."),
        Loss::Cut => say!(to, "the link from ", message.from, " to ", message.to, " is cut."),
        Loss::Down => say!(to, message.to, " is down."),
        Loss::Paused => say!(to, message.to, " is paused and hears nothing."),
        Loss::Full => say!(to, "too many messages are under way."),
    }
}

fn network(Conditions { loss, duplicate, latency: (least, most) }: &Conditions, to: &mut Sentence<'_>) {
    let (loss, duplicate) = (text!(loss), text!(duplicate));
    say!(to, "From now on messages take ", *least, " to ", *most, " ms, ", loss.as_str(), " are lost, and ");
    say!(to, duplicate.as_str(), " are duplicated.");
}

/// The end of a sentence about a message that left: whether it left before it might.
pub(in crate::tell) struct Left;

impl Say for Left {
    fn say(self, to: &mut Sentence<'_>) {
        let known = to.known();
        if !known.undurable.is_empty() {
            say!(to, " before that is durable", Blame(known.although));
        }
        say!(to, ".");
    }
}

fn sent(envelope: &Envelope, to: &mut Sentence<'_>) {
    say!(to, envelope.from);
    to.capital();
    match &envelope.message {
        sim::Message::Paxos(message) => says(message, &Whom(envelope), to),
        #[cfg(feature = "log")]
        sim::Message::Log(message) => log::says(message, &Whom(envelope), to),
    }
    say!(to, Left);
}

fn says(message: &Message, whom: &Whom<'_>, to: &mut Sentence<'_>) {
    let ballot = message.ballot();
    let asks = matches!(message, Message::Prepare(_) | Message::Accept(_));
    say!(to, if asks { " asks " } else { " tells " }, whom);
    match message {
        Message::Prepare(_) => say!(to, " to promise ", ballot),
        Message::Promise(promise) => {
            say!(to, " that it promised ", ballot);
            match promise.accepted.last() {
                None => say!(to, " and has accepted nothing"),
                Some(vote) => say!(to, " and had accepted ", vote),
            }
        }
        Message::Accept(accept) => say!(to, " to accept ", &accept.0),
        Message::Accepted(accepted) => say!(to, " that it accepted ", &accepted.0),
        Message::Nack(nack) => say!(to, " that it refuses ", ballot, ", having promised ", nack.promised),
    }
}

fn crashed(node: NodeId, queued: &[sim::Record], written: &[sim::Record], ready: u32, to: &mut Sentence<'_>) {
    say!(to, "Server ", node, " crashes");
    match (queued, written) {
        ([], []) if ready > 0 => say!(to, " with everything durable and not everything said."),
        ([], []) => say!(to, "."),
        (queued, []) => say!(to, " before the write: ", queued, " never reached its disk."),
        (queued, written) => {
            say!(to, " after the write and before it was durable, and loses ", written);
            say!(to, if queued.is_empty() { "" } else { " and " }, queued, ".");
        }
    }
}

fn restarted(node: NodeId, records: &crate::paxos::Records, to: &mut Sentence<'_>) {
    let rules = to.known().rules;
    say!(to, "Server ", node, " comes back");
    if has_nothing(records, to) {
        return say!(to, ".");
    }
    let mut noted: Vec<Record> = records.promised.map(Record::Promised).into_iter().collect();
    noted.extend(records.accepted.iter().cloned().map(Record::Accepted));
    noted.extend(records.round.map(Record::Round));
    let is_unread = |record: &Record| rules.unread(records).any(|(unread, _)| unread == *record);
    let (unread, read): (Vec<_>, Vec<_>) = noted.into_iter().partition(is_unread);
    let off = rules.unread(records).next().map(|(_, rule)| rule);
    match (read.is_empty(), off) {
        (true, None) => say!(to, " with an empty disk: nothing was durable"),
        (false, None) => say!(to, ", and remembers that ", Remembered(&read)),
        (true, Some(_)) => say!(to, ", and does not read from its disk that ", Remembered(&unread)),
        (false, Some(_)) => {
            say!(to, ", and remembers that ", Remembered(&read));
            say!(to, ", but does not read from its disk that ", Remembered(&unread));
        }
    }
    say!(to, Blame(off), ".");
}

/// Says so, if a server has a new disk in place of one that was lost.
pub(in crate::tell) fn has_nothing<V>(records: &crate::paxos::Records<V>, to: &mut Sentence<'_>) -> bool {
    let rules = to.known().rules;
    let new = records.lost && (rules.on(Rule::WipedStaysSilent) || records.accepted.is_empty());
    if new {
        say!(to, " with an empty disk in place of the one it lost");
        if let Some(off) = rules.unless_on(Rule::WipedStaysSilent) {
            say!(to, ", and nothing keeps it from voting: ", Off(off));
        }
    }
    new
}

/// `it promised 1.1 and that 1 was its last round`.
struct Remembered<'a>(&'a [Record]);

impl Say for Remembered<'_> {
    fn say(self, to: &mut Sentence<'_>) {
        let mut between = "";
        for record in self.0 {
            say!(to, between);
            between = " and that ";
            match record {
                Record::Promised(ballot) => say!(to, "it promised ", *ballot),
                Record::Accepted(vote) => say!(to, "it accepted ", vote),
                Record::Round(round) => say!(to, *round, " was its last ", to.language().round()),
            }
        }
    }
}

fn durable(node: NodeId, records: &[sim::Record], to: &mut Sentence<'_>) {
    say!(to, records);
    to.capital();
    let (is, survives) = match records.len() {
        1 => (" is", "it survives a crash"),
        _ => (" are", "they survive a crash"),
    };
    say!(to, is, " durable on server ", node);
    match unread(records, to) {
        None => say!(to, ": ", survives, "."),
        Some(rule) => say!(to, ", but a restart will not read all its disk: ", Off(rule), "."),
    }
}

/// The rule that is off and keeps a server from reading one of these records when it restarts.
fn unread(records: &[sim::Record], to: &Sentence<'_>) -> Option<Rule> {
    fn first<'a, V: Clone + 'a>(rules: Rules, records: impl Iterator<Item = &'a Record<V>>) -> Option<Rule> {
        let mut disk = crate::paxos::Records::default();
        records.for_each(|record| disk.apply(record.clone()));
        rules.unread(&disk).next().map(|(_, rule)| rule)
    }
    let rules = to.known().rules;
    match records.first()? {
        sim::Record::Paxos(_) => first(rules, records.iter().filter_map(sim::Record::paxos)),
        #[cfg(feature = "log")]
        sim::Record::Log(_) => first(rules, records.iter().filter_map(|record| record.log()?.paxos())),
    }
}
