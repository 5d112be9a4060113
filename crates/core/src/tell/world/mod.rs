//! What happened in the world, in words and as data. What the algorithm did is told in [`super::paxos`].

pub(super) mod words;

use super::EventName;
use super::language::{Because, Language, Tell, reason};
#[cfg(feature = "log")]
use super::log::{chosen, kept_votes, stored};
use super::paxos::{STAYS_CHOSEN, chose};
use super::sentence::{Off, Sentence, say};
use super::view::{envelope, records, votes};
use crate::json::{Json, Object};
use crate::paxos::{self, Chosen, NodeSet, Rule};
use crate::run::EventKind;
use crate::sim::{self, Fact, Loss, Records};

pub(super) use words::Left;
use words::chosen_because;

impl Tell for EventKind {
    type Who = ();

    fn name(&self) -> EventName {
        match self {
            Self::Chosen(_) => EventName::Chosen,
            #[cfg(feature = "log")]
            Self::ChosenInSlot(_) => EventName::Chosen,
            Self::Violated(_) => EventName::Violated,
            Self::Fact(fact) => fact.name(),
        }
    }

    fn importance(&self) -> u8 {
        match self {
            Self::Violated(_) => 10,
            Self::Chosen(_) => 9,
            #[cfg(feature = "log")]
            Self::ChosenInSlot(_) => 6,
            Self::Fact(fact) => fact.importance(),
        }
    }

    fn fields(&self, object: Object, language: &Language) -> Object {
        match self {
            Self::Chosen(chosen) => chose(object, chosen, language),
            #[cfg(feature = "log")]
            Self::ChosenInSlot(chosen) => chosen::fields(object, chosen, language),
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
            #[cfg(feature = "log")]
            Self::ChosenInSlot(chosen) => Some(chosen::because(chosen, language)),
            Self::Violated(_) => None,
            Self::Fact(fact) => fact.because((), language),
        }
    }

    fn why(&self, (): (), to: &mut Sentence<'_>) {
        match self {
            Self::Chosen(chosen) => chosen_because(chosen, to),
            #[cfg(feature = "log")]
            Self::ChosenInSlot(chosen) => chosen::why(chosen, to),
            Self::Violated(violation) => say!(to, violation.sentence(to.language().scheme()).as_str()),
            Self::Fact(fact) => fact.why((), to),
        }
    }

    fn so(&self, (): (), to: &mut Sentence<'_>) {
        match self {
            Self::Chosen(_) => {
                match to.language().broken(&STAYS_CHOSEN) {
                    None => say!(to, "It can never be undone."),
                    Some(rule) => say!(to, "Another value can still be chosen, too: ", Off(rule), "."),
                }
                say!(to, " No server has to know it yet: knowing takes a quorum of messages.");
            }
            #[cfg(feature = "log")]
            Self::ChosenInSlot(_) => chosen::so(to),
            Self::Violated(violation) => {
                say!(to, "A correct run never does this.");
                let step = violation.in_the_specification(to.language().scheme());
                if !step.is_empty() {
                    say!(to, " ", step.as_str());
                }
            }
            Self::Fact(fact) => fact.so((), to),
        }
    }
}

impl Tell for Fact {
    type Who = ();

    fn name(&self) -> EventName {
        match self {
            Self::Did { trace: sim::Trace::Paxos(trace), .. } => trace.name(),
            #[cfg(feature = "log")]
            Self::Did { trace: sim::Trace::Log(trace), .. } => trace.name(),
            #[cfg(feature = "log")]
            Self::Client(fact) => fact.name(),
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
            #[cfg(feature = "log")]
            Self::Did { trace: sim::Trace::Log(trace), .. } => trace.importance(),
            #[cfg(feature = "log")]
            Self::Client(fact) => fact.importance(),
            _ => 3,
        }
    }

    fn fields(&self, object: Object, language: &Language) -> Object {
        let object = object.maybe("node", self.node());
        match self {
            Self::Did { trace: sim::Trace::Paxos(trace), .. } => trace.fields(object, language),
            #[cfg(feature = "log")]
            Self::Did { trace: sim::Trace::Log(trace), .. } => trace.fields(object, language),
            #[cfg(feature = "log")]
            Self::Client(fact) => fact.fields(object, language),
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
            #[cfg(feature = "log")]
            Self::Did { node, trace: sim::Trace::Log(trace) } => return trace.because(*node, language),
            #[cfg(feature = "log")]
            Self::Client(fact) => return fact.because((), language),
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
                from_disk(disk, votes(disk.accepted.iter(), language), language)
            }
            #[cfg(feature = "log")]
            Self::Restarted { records: Records::Log(disk), .. } => {
                let because = from_disk(&disk.paxos, kept_votes(disk, language), language);
                let snapshot = disk.snapshot.as_ref().map(stored);
                Because { reason: because.reason.maybe("snapshot", snapshot), ..because }
            }
            _ => return None,
        })
    }

    fn why(&self, (): (), to: &mut Sentence<'_>) {
        words::why(self, to);
    }

    fn so(&self, (): (), to: &mut Sentence<'_>) {
        words::so(self, to);
    }
}

/// What a server that restarts finds.
fn from_disk<V: Clone>(disk: &paxos::Records<V>, accepted: Json, language: &Language) -> Because {
    let reason = reason(if disk.lost { "from-new-disk" } else { "from-disk" });
    let reason = reason.with("promised", disk.promised.map(|ballot| language.text(ballot)));
    let reason = reason.with("accepted", accepted).with("round", disk.round);
    let awake = language.known.rules.unless_on(Rule::WipedStaysSilent).filter(|_| disk.lost);
    let unread = language.known.rules.unread(disk).next().map(|(_, rule)| rule);
    Because::from(reason).although(awake.or(unread))
}

fn some(nodes: NodeSet) -> Option<NodeSet> {
    (!nodes.is_empty()).then_some(nodes)
}
