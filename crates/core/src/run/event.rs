//! Events: what happened, when, and why, one line each.

use alloc::{string::String, vec::Vec};

use serde::Serialize;

use super::view::{EnvelopeView, RecordView, VoteView};
use crate::check::{Finding, Violation};
use crate::paxos::{Chosen, NodeId, NodeSet, Note, Scheme, Slot, Value};
use crate::sim::{Conditions, Envelope, Fact, MessageId, Time};

/// What an event is about: something in the world, or something only an observer of the whole can say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Happening {
    /// It happened in the world.
    Fact(Fact),
    /// A value has been chosen.
    Chosen(Chosen),
    /// An invariant is broken.
    Violated(Violation),
}

impl From<Finding> for Happening {
    fn from(finding: Finding) -> Self {
        match finding {
            Finding::Chosen(chosen) => Self::Chosen(chosen),
            Finding::Violated(violation) => Self::Violated(violation),
        }
    }
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The step that made it, from 1.
    pub step: u64,
    /// When, in simulated milliseconds.
    pub at: Time,
    /// What.
    pub happening: Happening,
}

/// An event for JavaScript and for JSON: one flat object. Fields that say nothing are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// The step that made it, from 1.
    pub step: u64,
    /// When, in simulated milliseconds.
    pub at: Time,
    /// Which kind of event: `sent`, `promised`, `chosen`, …
    pub event: &'static str,
    /// The server it happened on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeId>,
    /// The message it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<EnvelopeView>,
    /// The number of the copy, for `duplicated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy: Option<MessageId>,
    /// One end of a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NodeId>,
    /// The other end of a link, or whom an answer is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NodeId>,
    /// The ballot it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ballot: Option<String>,
    /// The slot it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slot: Option<Slot>,
    /// The value it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(type = "string"))]
    pub value: Option<Value>,
    /// The servers that make up a quorum, or have answered so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(type = "NodeId[]"))]
    pub quorum: Option<NodeSet>,
    /// The votes a promise reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Vec<VoteView>>,
    /// The promise that caused a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promised: Option<String>,
    /// What was written, became durable, or was lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<Vec<RecordView>>,
    /// The timer that ran out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timer: Option<crate::paxos::Timer>,
    /// The groups of a partition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(type = "NodeId[][]"))]
    pub groups: Option<Vec<NodeSet>>,
    /// The network's new conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Conditions>,
    /// The invariant that is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invariant: Option<crate::check::Invariant>,
    /// What happened and why, in one sentence.
    pub why: String,
    /// What follows from it, where that is worth a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub so: Option<String>,
}

impl Event {
    /// The kind of event, as in the log.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match &self.happening {
            Happening::Chosen(_) => "chosen",
            Happening::Violated(_) => "violated",
            Happening::Fact(fact) => match fact {
                Fact::Did { note, .. } => note_name(note),
                Fact::Sent(_) => "sent",
                Fact::Delivered(_) => "delivered",
                Fact::Dropped { .. } => "dropped",
                Fact::Duplicated { .. } => "duplicated",
                Fact::Held(_) => "held",
                Fact::Released(_) => "released",
                Fact::Wrote { .. } => "wrote",
                Fact::Durable { .. } => "durable",
                Fact::TimedOut { .. } => "timer",
                Fact::Crashed { .. } => "crashed",
                Fact::Restarted { .. } => "restarted",
                Fact::Wiped { .. } => "wiped",
                Fact::Paused { .. } => "paused",
                Fact::Resumed { .. } => "resumed",
                Fact::Cut { .. } => "cut",
                Fact::Mended { .. } => "mended",
                Fact::Isolated { .. } => "isolated",
                Fact::Rejoined { .. } => "rejoined",
                Fact::Partitioned { .. } => "partitioned",
                Fact::Healed => "healed",
                Fact::Network(_) => "network",
                Fact::PowerCut { .. } => "power-cut",
            },
        }
    }

    /// How much an event says about its step; the one with the highest number is the step's headline.
    pub(super) fn weight(&self) -> u8 {
        match self.name() {
            "violated" => 10,
            "chosen" | "power-cut" | "wiped" => 9,
            "crashed" | "restarted" | "paused" | "resumed" | "exhausted" => 8,
            "adopted" | "free-choice" | "learned" | "gave-up" | "proposed" => 7,
            "quorum" | "promised" | "accepted" | "rejected" => 6,
            "prepares" => 5,
            "counted" | "ignored" => 4,
            "delivered" => 1,
            _ => 3,
        }
    }

    /// The event as one flat object, with its sentences.
    #[must_use]
    pub fn view(&self, scheme: Scheme) -> EventView {
        let mut view = EventView { step: self.step, at: self.at, event: self.name(), ..EventView::default() };
        view.why = self.why(scheme);
        view.so = self.so(scheme);
        match &self.happening {
            Happening::Chosen(chosen) => view.chosen(chosen, scheme),
            Happening::Violated(violation) => view.invariant = Some(violation.invariant()),
            Happening::Fact(fact) => view.fact(fact, scheme),
        }
        view
    }
}

const fn note_name(note: &Note) -> &'static str {
    match note {
        Note::Proposed(_) => "proposed",
        Note::Prepares { .. } => "prepares",
        Note::Promised { .. } => "promised",
        Note::Accepted { .. } => "accepted",
        Note::Rejected { .. } => "rejected",
        Note::Counted { .. } => "counted",
        Note::Quorum { .. } => "quorum",
        Note::Adopted { .. } => "adopted",
        Note::FreeChoice(_) => "free-choice",
        Note::NothingToPropose { .. } | Note::GaveUp { .. } => "gave-up",
        Note::Exhausted(_) => "exhausted",
        Note::Learned(_) => "learned",
        Note::NotMyRole { .. } | Note::Stale { .. } => "ignored",
    }
}

impl EventView {
    fn vote(&mut self, vote: &crate::paxos::Vote, scheme: Scheme) {
        let VoteView { slot, ballot, value } = VoteView::new(vote, scheme);
        (self.slot, self.ballot, self.value) = (Some(slot), Some(ballot), Some(value));
    }

    fn chosen(&mut self, chosen: &Chosen, scheme: Scheme) {
        self.vote(&chosen.vote, scheme);
        self.quorum = Some(chosen.quorum);
    }

    fn envelope(&mut self, envelope: &Envelope, scheme: Scheme) {
        self.message = Some(EnvelopeView::new(envelope, scheme));
    }

    fn fact(&mut self, fact: &Fact, scheme: Scheme) {
        let records = |records: &[_]| Some(records.iter().map(|record| RecordView::new(record, scheme)).collect());
        self.node = fact.node();
        match fact {
            Fact::Did { note, .. } => self.note(note, scheme),
            Fact::Sent(envelope) | Fact::Delivered(envelope) | Fact::Held(envelope) | Fact::Released(envelope) => {
                self.envelope(envelope, scheme);
            }
            Fact::Dropped { envelope, .. } => self.envelope(envelope, scheme),
            Fact::Duplicated { envelope, copy } => {
                self.envelope(envelope, scheme);
                self.copy = Some(*copy);
            }
            Fact::Wrote { records: written, .. } => self.records = records(written),
            Fact::Durable { records: durable, .. } => self.records = records(durable),
            Fact::Crashed { queued, written, .. } => {
                self.records = records(&[written.as_slice(), queued.as_slice()].concat());
            }
            Fact::TimedOut { timer, .. } => self.timer = Some(*timer),
            Fact::Cut { from, to } | Fact::Mended { from, to } => (self.from, self.to) = (Some(*from), Some(*to)),
            Fact::Partitioned { groups } => self.groups = Some(groups.clone()),
            Fact::Network(conditions) => self.network = Some(*conditions),
            _ => {}
        }
    }

    fn note(&mut self, note: &Note, scheme: Scheme) {
        let name = |ballot| Some(alloc::format!("{}", scheme.name(ballot)));
        match note {
            Note::Proposed(value) => (self.slot, self.value) = (Some(0), Some(value.clone())),
            Note::Prepares { ballot } | Note::NothingToPropose { ballot } => self.ballot = name(*ballot),
            Note::Promised { to, ballot, reports, .. } => {
                (self.to, self.ballot) = (Some(*to), name(*ballot));
                self.accepted = Some(reports.iter().map(|vote| VoteView::new(vote, scheme)).collect());
            }
            Note::Accepted { vote, .. } | Note::Adopted { vote, .. } | Note::FreeChoice(vote) => {
                self.vote(vote, scheme);
            }
            Note::Rejected { to, nack, .. } => {
                (self.to, self.ballot, self.promised) = (Some(*to), name(nack.ballot), name(nack.promised));
            }
            Note::GaveUp { ballot, promised, by } => {
                (self.from, self.ballot, self.promised) = (Some(*by), name(*ballot), name(*promised));
            }
            Note::Counted { from, ballot, have, .. } => {
                (self.from, self.ballot, self.quorum) = (Some(*from), name(*ballot), Some(*have));
            }
            Note::Quorum { from, ballot, nodes, .. } => {
                (self.from, self.ballot, self.quorum) = (Some(*from), name(*ballot), Some(*nodes));
            }
            Note::Exhausted(exhausted) => self.ballot = exhausted.above.and_then(name),
            Note::Learned(chosen) => self.chosen(chosen, scheme),
            Note::NotMyRole { from, .. } => self.from = Some(*from),
            Note::Stale { from, ballot, .. } => (self.from, self.ballot) = (Some(*from), name(*ballot)),
        }
    }
}
