//! What a message looks like: its colour, what is written beside its shape, and what it is called. In single-decree Paxos
//! colour means value; in a log it means ballot, and values are spelled as operations. As on the page (`web/lab/protocols`).

use alloc::{format, string::String, string::ToString};

use super::excerpt::Excerpt;
use super::op::{brief, held, told_as, written};
use super::shapes::{class, is_quiet, kind_of};
use super::value_style::ValueStyle;
use quorum_core::log::{self, Answer, Entry, MessageKind, Reply};
use quorum_core::paxos::{self, Ballot, Vote};
use quorum_core::sim::Message;
use quorum_core::text::told;

/// How a message is drawn.
pub(crate) struct Look {
    pub(crate) kind: MessageKind,
    /// The class of its colour.
    pub(crate) class: &'static str,
    /// What is written beside it, in few letters; and where there is more room.
    pub(crate) beside: String,
    pub(crate) at_length: String,
    /// The value it asks for or votes for.
    pub(crate) value: Option<ValueStyle>,
    /// The value it speaks of: that one, or the one it reports.
    pub(crate) inside: Option<ValueStyle>,
}

impl Excerpt {
    /// How a message is drawn.
    pub(crate) fn look(&self, message: &Message) -> Look {
        let kind = kind_of(message);
        match message {
            Message::Paxos(message) => {
                let style = |vote: &Vote| self.value_styles.of(&vote.value);
                let value = message.vote().map(style);
                let reported =
                    if let paxos::Message::Promise(promise) = message { promise.accepted.last() } else { None };
                let beside = self.ballot(message.ballot());
                let inside = value.or_else(|| reported.map(style));
                Look { kind, class: value.map_or("m", class), at_length: beside.clone(), beside, value, inside }
            }
            Message::Log(message) => {
                let tinted = message.ballot().filter(|_| !is_quiet(kind));
                let class = tinted.map_or("m", |ballot| self.ballot_styles.class(ballot));
                let (beside, more) = (self.beside(message), more(message));
                let at_length = if more.is_empty() { beside.clone() } else { format!("{beside}: {more}") };
                Look { kind, class, beside, at_length, value: None, inside: None }
            }
        }
    }

    /// The ballot a message is in, if it is in one.
    pub(crate) fn ballot_of(message: &Message) -> Option<Ballot> {
        match message {
            Message::Paxos(message) => Some(message.ballot()),
            Message::Log(message) => message.ballot(),
        }
    }

    /// A ballot, as it is written in this run.
    pub(crate) fn ballot(&self, ballot: Ballot) -> String {
        self.scheme().name(ballot).to_string()
    }

    /// A message without its addresses, in words: `accept 1.1 for blue`, `accept 1.1 of put x 9 in slot 5`.
    pub(crate) fn called(&self, message: &Message) -> String {
        match message {
            Message::Paxos(message) => {
                let value = message.vote().map(|vote| told(vote.value.as_str(), usize::MAX));
                let value = value.map_or_else(String::new, |value| format!(" for {value}"));
                format!("{} {}{value}", message.kind().as_str(), self.ballot(message.ballot()))
            }
            Message::Log(message) => {
                let about = self.about(message);
                let between = if about.is_empty() { "" } else { " " };
                format!("{}{between}{about}", message.kind().as_str())
            }
        }
    }

    /// What is written beside a message of a log: its slot, or what a client asks or is told. Nothing beside the quiet ones.
    fn beside(&self, message: &log::Message) -> String {
        match message {
            log::Message::Accept(accept) => format!("{}", accept.vote.slot),
            log::Message::Accepted(accepted) => format!("{} ✓", accepted.slot),
            log::Message::Request(command) => brief(&command.op),
            log::Message::Answer(Answer { reply, .. }) => match reply {
                Reply::Done { output, .. } => told_as(output),
                Reply::NotLeader { leader: Some(leader) } => format!("ask {leader}"),
                Reply::NotLeader { leader: None } => "not me".into(),
                Reply::Old { .. } => String::new(),
                Reply::Expired { .. } => "forgotten".into(),
            },
            log::Message::Heartbeat(_) | log::Message::Fetch(_) | log::Message::Fetched(_) => String::new(),
            log::Message::Snapshot(fetched) => format!("{}", fetched.snapshot.to),
            log::Message::Prepare(_)
            | log::Message::Promise(_)
            | log::Message::Nack(_)
            | log::Message::Confirm(_)
            | log::Message::Confirmed(_) => message.ballot().map_or_else(String::new, |ballot| self.ballot(ballot)),
        }
    }

    /// What a message of a log is about, in words.
    pub(crate) fn about(&self, message: &log::Message) -> String {
        let slots =
            |first: u64, last: u64| if first < last { format!("{first} to {last}") } else { format!("{first}") };
        match message {
            log::Message::Heartbeat(heartbeat) => {
                let follows = heartbeat.ballot.map(|ballot| self.ballot(ballot));
                let does = if heartbeat.leads { "leads" } else { "follows" };
                follows.map_or_else(String::new, |ballot| format!("{does} {ballot}"))
            }
            log::Message::Prepare(prepare) => format!("{} from slot {} on", self.ballot(prepare.ballot), prepare.from),
            log::Message::Promise(promise) => {
                let ballot = self.ballot(promise.promise.ballot);
                match promise.promise.accepted.len() {
                    0 => format!("{ballot}, no vote"),
                    1 => format!("{ballot}, 1 vote"),
                    votes => format!("{ballot}, {votes} votes"),
                }
            }
            log::Message::Accept(accept) => {
                let Vote { slot, ballot, value } = &accept.vote;
                format!("{} of {} in slot {slot}", self.ballot(*ballot), entry(value))
            }
            log::Message::Accepted(accepted) => format!("{} in slot {}", self.ballot(accepted.ballot), accepted.slot),
            log::Message::Nack(nack) => {
                format!("{}, promised {}", self.ballot(nack.ballot), self.ballot(nack.promised))
            }
            log::Message::Fetch(fetch) => format!("of slots {}", slots(fetch.from, fetch.to)),
            log::Message::Fetched(fetched) => {
                let last = (fetched.from + fetched.entries.len() as u64).saturating_sub(1);
                format!("of slots {}", slots(fetched.from, last))
            }
            log::Message::Snapshot(fetched) => format!("up to slot {}", fetched.snapshot.to),
            log::Message::Confirm(confirm) => self.ballot(confirm.ballot),
            log::Message::Confirmed(confirmed) => self.ballot(confirmed.ballot),
            log::Message::Request(command) => written(&command.op),
            log::Message::Answer(_) => self.beside(message),
        }
    }
}

/// What more there is to say where there is room.
fn more(message: &log::Message) -> String {
    match message {
        log::Message::Accept(accept) => held(&accept.vote.value),
        _ => String::new(),
    }
}

/// An entry in a sentence.
pub(crate) fn entry(entry: &Entry) -> String {
    entry.command().map_or_else(|| "a no-op".into(), |command| written(&command.op))
}
