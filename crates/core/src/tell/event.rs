//! An event as one flat object, for a log and for a page, and how much it says.

use alloc::string::String;

use super::EventName;
use super::view::{envelope, records, vote, votes};
use crate::json::{Json, Object};
use crate::paxos::{Ballot, Chosen, Scheme, Trace, Vote};
use crate::run::{Event, EventKind};
use crate::sim::{self, Fact};
use crate::text::add;

impl Event {
    /// The name of its kind, as in the log.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.kind_name().as_str()
    }

    /// Its kind.
    #[must_use]
    pub const fn kind_name(&self) -> EventName {
        match &self.kind {
            EventKind::Chosen(_) => EventName::Chosen,
            EventKind::Violated(_) => EventName::Violated,
            EventKind::Fact(fact) => match fact {
                Fact::Did { trace: sim::Trace::Paxos(trace), .. } => trace_name(trace),
                Fact::Sent(_) => EventName::Sent,
                Fact::Delivered(_) => EventName::Delivered,
                Fact::Dropped { .. } => EventName::Dropped,
                Fact::Duplicated { .. } => EventName::Duplicated,
                Fact::Held(_) => EventName::Held,
                Fact::Released(_) => EventName::Released,
                Fact::Wrote { .. } => EventName::Wrote,
                Fact::Durable { .. } => EventName::Durable,
                Fact::TimedOut { .. } => EventName::Timer,
                Fact::Crashed { .. } => EventName::Crashed,
                Fact::Restarted { .. } => EventName::Restarted,
                Fact::Wiped { .. } => EventName::Wiped,
                Fact::Paused { .. } => EventName::Paused,
                Fact::Resumed { .. } => EventName::Resumed,
                Fact::Cut { .. } => EventName::Cut,
                Fact::Mended { .. } => EventName::Mended,
                Fact::Isolated { .. } => EventName::Isolated,
                Fact::Rejoined { .. } => EventName::Rejoined,
                Fact::Partitioned { .. } => EventName::Partitioned,
                Fact::Healed => EventName::Healed,
                Fact::Network(_) => EventName::Network,
                Fact::PowerCut { .. } => EventName::PowerCut,
                Fact::Rule { .. } => EventName::Rule,
            },
        }
    }

    /// How much an event says about its step; the one with the highest number is the step's headline.
    #[must_use]
    pub const fn importance(&self) -> u8 {
        match &self.kind {
            EventKind::Violated(_) => 10,
            EventKind::Chosen(_) => 9,
            EventKind::Fact(fact) => match fact {
                Fact::PowerCut { .. } | Fact::Wiped { .. } | Fact::Rule { .. } => 9,
                Fact::Crashed { .. } | Fact::Restarted { .. } | Fact::Paused { .. } | Fact::Resumed { .. } => 8,
                Fact::Delivered(_) => 1,
                Fact::Did { trace: sim::Trace::Paxos(trace), .. } => match trace {
                    Trace::BallotsExhausted(_) => 8,
                    Trace::Adopted { .. } | Trace::FreeChoice(_) | Trace::Learned(_) | Trace::Proposed(_) => 7,
                    Trace::GaveUp { .. } | Trace::NothingToPropose { .. } => 7,
                    Trace::Quorum { .. } | Trace::Promised { .. } | Trace::Accepted { .. } | Trace::Rejected { .. } => {
                        6
                    }
                    Trace::Prepares { .. } => 5,
                    Trace::Counted { .. } | Trace::Stale { .. } | Trace::NotMyRole { .. } => 4,
                },
                _ => 3,
            },
        }
    }

    /// The event as one flat object, with its sentences. What says nothing about it is left out.
    #[must_use]
    pub fn json(&self, scheme: Scheme) -> Json {
        let head = Object::new().with("step", self.step).with("at", self.at).with("event", self.name());
        let body = match &self.kind {
            EventKind::Chosen(chosen) => chose(head, chosen, scheme),
            EventKind::Violated(violation) => head.with("invariant", violation.invariant().as_str()),
            EventKind::Fact(fact) => happened(head.maybe("node", fact.node()), fact, scheme),
        };
        body.with("why", self.why(scheme)).maybe("so", self.so(scheme)).maybe("spec", self.spec(scheme)).into()
    }

    /// The steps of the specification that it is, as `Phase1b(2, 3.1), Phase2b(2, 3.1, blue)`; `None` if it is none.
    #[must_use]
    pub fn spec(&self, scheme: Scheme) -> Option<String> {
        let mut names = String::new();
        for step in &self.spec {
            add(&mut names, ", ", &step.name(scheme));
        }
        (!names.is_empty()).then_some(names)
    }
}

const fn trace_name(trace: &Trace) -> EventName {
    match trace {
        Trace::Proposed(_) => EventName::Proposed,
        Trace::Prepares { .. } => EventName::Prepares,
        Trace::Promised { .. } => EventName::Promised,
        Trace::Accepted { .. } => EventName::Accepted,
        Trace::Rejected { .. } => EventName::Rejected,
        Trace::Counted { .. } => EventName::Counted,
        Trace::Quorum { .. } => EventName::Quorum,
        Trace::Adopted { .. } => EventName::Adopted,
        Trace::FreeChoice(_) => EventName::FreeChoice,
        Trace::NothingToPropose { .. } | Trace::GaveUp { .. } => EventName::GaveUp,
        Trace::BallotsExhausted(_) => EventName::Exhausted,
        Trace::Learned(_) => EventName::Learned,
        Trace::NotMyRole { .. } | Trace::Stale { .. } => EventName::Ignored,
    }
}

fn voted(object: Object, vote: &Vote, scheme: Scheme) -> Object {
    object.with("slot", vote.slot).with("ballot", scheme.text(vote.ballot)).with("value", &vote.value)
}

fn chose(object: Object, chosen: &Chosen, scheme: Scheme) -> Object {
    voted(object, &chosen.vote, scheme).with("quorum", chosen.quorum)
}

fn happened(object: Object, fact: &Fact, scheme: Scheme) -> Object {
    match fact {
        Fact::Did { trace: sim::Trace::Paxos(trace), .. } => did(object, trace, scheme),
        Fact::Sent(message) | Fact::Delivered(message) | Fact::Held(message) | Fact::Released(message) => {
            object.with("message", envelope(message, scheme))
        }
        Fact::Dropped { envelope: message, .. } => object.with("message", envelope(message, scheme)),
        Fact::Duplicated { envelope: message, copy } => {
            object.with("message", envelope(message, scheme)).with("copy", *copy)
        }
        Fact::Wrote { records: written, .. } | Fact::Durable { records: written, .. } => {
            object.with("records", records(written, scheme))
        }
        Fact::Crashed { queued, written, .. } => {
            object.with("records", records(&[&**written, queued].concat(), scheme))
        }
        Fact::TimedOut { timer, .. } => object.with("timer", timer.as_str()),
        Fact::Cut { from, to } | Fact::Mended { from, to } => object.with("from", *from).with("to", *to),
        Fact::Partitioned { groups } => object.with("groups", groups.iter().copied().collect::<Json>()),
        Fact::Network(conditions) => object.with("network", *conditions),
        Fact::Rule { rule, on } => object.with("rule", rule.as_str()).with("on", *on),
        _ => object,
    }
}

fn did(object: Object, trace: &Trace, scheme: Scheme) -> Object {
    let text = |ballot: &Ballot| scheme.text(*ballot);
    match trace {
        Trace::Proposed(value) => object.with("slot", 0_u32).with("value", value),
        Trace::Prepares { ballot } | Trace::NothingToPropose { ballot } => object.with("ballot", text(ballot)),
        Trace::Promised { to, ballot, reports, .. } => {
            object.with("to", *to).with("ballot", text(ballot)).with("accepted", votes(reports.as_slice(), scheme))
        }
        Trace::Accepted { vote, .. } | Trace::FreeChoice(vote) => voted(object, vote, scheme),
        Trace::Adopted { vote: adopted, reported, by, .. } => {
            voted(object, adopted, scheme).with("from", *by).with("reported", vote(reported, scheme))
        }
        Trace::Rejected { to, nack, .. } => {
            object.with("to", *to).with("ballot", text(&nack.ballot)).with("promised", text(&nack.promised))
        }
        Trace::GaveUp { ballot, promised, by } => {
            object.with("from", *by).with("ballot", text(ballot)).with("promised", text(promised))
        }
        Trace::Counted { from, ballot, have: nodes, .. } | Trace::Quorum { from, ballot, nodes, .. } => {
            object.with("from", *from).with("ballot", text(ballot)).with("quorum", *nodes)
        }
        Trace::BallotsExhausted(exhausted) => object.maybe("ballot", exhausted.above.as_ref().map(text)),
        Trace::Learned(chosen) => chose(object, chosen, scheme),
        Trace::NotMyRole { from, .. } => object.with("from", *from),
        Trace::Stale { from, ballot, .. } => object.with("from", *from).with("ballot", text(ballot)),
    }
}
